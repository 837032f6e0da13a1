"""The two ways of looking for an interaction that mix in differences between trials."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.pooling import PooledEffect, pool
from equipoise.synthesis.subgroups.block_likelihood import blocks_of, fit_blocks
from equipoise.synthesis.subgroups.floating import trial_centre
from equipoise.synthesis.subgroups.strata import Strata

DELUDED_WHY = (
    "Pools each stratum over whichever trials give it and compares the two means: trials that "
    "weigh more in one stratum than in the other differ in other ways too, so differences between "
    "trials pass for an interaction."
)
DAFT_WHY = (
    "Regresses the effect of whole trials on their share of patients in the stratum: it compares "
    "trials and not patients, so that anything that goes with the share can make it."
)


@dataclass(frozen=True)
class WrongWay:
    """An interaction with aggregation bias, shown beside the right one and never used.

    Attributes
    ----------
    name : str
        ``deluded`` or ``daft`` (Fisher and others 2017, 10.1136/bmj.j573).
    estimate, se, ci_low, ci_high, p_value : float
        Second level minus reference, on the analysis scale; Wald.
    pooled : tuple of PooledEffect
        For ``deluded`` the pooled effect in the reference and in the second level; else empty.
    why : str
        Why it is wrong.
    status, message : str
        ``undefined`` when the trials cannot give it.
    """

    name: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    pooled: tuple[PooledEffect, ...]
    why: str
    status: str
    message: str


def deluded(strata: Strata, level: int, *, method: str, confidence: float) -> WrongWay:
    """Compare the pooled effects of two strata, as if they were of different trials."""
    pools = []
    for place in (0, level):
        rows = [
            (float(one.effects[one.levels.index(place)]), float(one.covariance[i, i]))
            for one in strata.trials
            if place in one.levels
            for i in [one.levels.index(place)]
        ]
        y, v = [r[0] for r in rows], [r[1] for r in rows]
        pools.append(pool(y, v, method=method, ci="wald", level=confidence))
    first, second = pools
    se = math.hypot(first.se, second.se)
    message = "" if math.isfinite(se) else "A stratum is given by no trial."
    return _wrong_way(
        "deluded",
        (second.estimate - first.estimate, se),
        confidence,
        DELUDED_WHY,
        pooled=(first, second),
        message=message,
    )


def daft(strata: Strata, level: int, *, shares: Array, method: str, confidence: float) -> WrongWay:
    """Slope, across trials, of the whole-trial effect on the share (k,) of each stratum.

    `shares` is (trials, levels). The whole-trial effect is the inverse-covariance mean of the
    trial's strata; the residual variance between trials is estimated by REML unless `method` is
    ``EE`` or ``ML``.
    """
    k = len(strata.levels)
    centres = [trial_centre(one, k) for one in strata.trials]
    X = np.column_stack([np.ones(len(centres)), shares[:, 1:]])
    used = np.concatenate([[True], np.ptp(shares[:, 1:], axis=0) > 0.0])
    if len(centres) <= k or not used[level]:
        message = "Needs more trials than strata, with different shares."
        return _wrong_way("daft", (math.nan, math.nan), confidence, DAFT_WHY, message=message)
    blocks = blocks_of(
        [np.array([c.value]) for c in centres],
        [np.array([[c.variance]]) for c in centres],
        [row[None, used] for row in X],
        [[np.ones((1, 1))] * len(centres)],
    )
    fit = fit_blocks(blocks, method if method in {"EE", "ML"} else "REML")
    place = int(used[:level].sum())
    pair = (float(fit.beta[place]), math.sqrt(float(fit.covariance[place, place])))
    message = "" if fit.status != "undefined" else "The shares are collinear."
    return _wrong_way("daft", pair, confidence, DAFT_WHY, message=message)


def _wrong_way(
    name: str,
    pair: tuple[float, float],
    confidence: float,
    why: str,
    *,
    pooled: tuple[PooledEffect, ...] = (),
    message: str = "",
) -> WrongWay:
    estimate, se = pair
    half = critical_value(confidence) * se
    p_value = two_sided_p(estimate / se) if se > 0.0 else math.nan
    low, high = estimate - half, estimate + half
    status = "undefined" if message else "converged"
    return WrongWay(name, estimate, se, low, high, p_value, pooled, why, status, message)
