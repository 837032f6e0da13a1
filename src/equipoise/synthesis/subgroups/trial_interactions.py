"""Is the effect different in one stratum, by comparisons within trials only."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, refuse
from equipoise.synthesis.multiplicity import sidak
from equipoise.synthesis.pooling import PooledEffect
from equipoise.synthesis.subgroups.aggregation_bias import WrongWay, daft, deluded
from equipoise.synthesis.subgroups.floating import (
    FloatingEffects,
    floating_effects,
    trial_centre,
)
from equipoise.synthesis.subgroups.strata import Strata, equal_sizes, read_strata
from equipoise.synthesis.subgroups.within_trial import (
    NO_CONTRAST,
    TrialContrast,
    pool_contrasts,
    trial_contrasts,
)

METHOD_CITES = {
    "deft": ("deft2017",),
    "floating": ("godolphin2023",),
    "difference": ("altman2003",),
    "multiplicity": ("sidak1967",),
}


@dataclass(frozen=True)
class Interaction:
    """How much the effect differs between strata, and how large it then is in each.

    Attributes
    ----------
    levels : tuple, length k
        The strata, the reference first.
    within : PooledEffect
        The interaction of the second level with the reference ("deft"): within-trial differences
        pooled, on the analysis scale (log of a ratio of ratios for ratios).
    contrasts : tuple of PooledEffect, length k - 1
        The same for every level; the first is `within`.
    covariance : array, shape (k - 1, k - 1)
        Of the pooled contrasts.
    joint_statistic, joint_df, joint_p : float, tuple, float
        Test that no level differs from the reference: chi-squared (second degree of freedom
        infinite) or F.
    trials : tuple of TrialContrast
        What each trial gives.
    one_stratum : tuple
        Trials with one stratum: they say nothing about the interaction, but something about the
        floating effects.
    floating, floating_common : FloatingEffects
        Effects in each stratum under `method`, and with no heterogeneity.
    deluded, daft : WrongWay
        The two wrong ways, second level against reference.
    factors : int
        Number of factors examined, as declared.
    sidak_p : float
        P of `joint_p` among that many.
    status, message : str
        Of `within`.
    """

    levels: tuple[Hashable, ...]
    within: PooledEffect
    contrasts: tuple[PooledEffect, ...]
    covariance: Array
    joint_statistic: float
    joint_df: tuple[float, float]
    joint_p: float
    trials: tuple[TrialContrast, ...]
    one_stratum: tuple[Hashable, ...]
    floating: FloatingEffects
    floating_common: FloatingEffects
    deluded: WrongWay
    daft: WrongWay
    factors: int
    sidak_p: float
    status: str
    message: str


def interaction(
    yi: ArrayLike,
    vi: ArrayLike,
    trial: Sequence[Hashable],
    stratum: Sequence[Hashable],
    *,
    reference: Hashable | None = None,
    levels: Sequence[Hashable] | None = None,
    covariance: ArrayLike | None = None,
    patients: ArrayLike | None = None,
    method: str = "REML",
    ci: str | None = None,
    confidence: float = 0.95,
    factors: int = 1,
) -> Interaction:
    """Pool the differences between strata *within* trials, and the effects that go with them.

    For two strata, `d_i = y_i1 - y_i0` has variance `v_i0 + v_i1 - 2 c_i` and the `d_i` are
    pooled (`within_trial.pool_contrasts` has the equations for more strata); the effects in each
    stratum float on that interaction (`floating.floating_effects`).

    Parameters
    ----------
    yi, vi : array_like, shape (n,)
        Effect in one stratum of one trial, on the analysis scale (log for ratios), and its
        sampling variance. Rows derived by subtraction are welcome (`contrasts_from_whole`).
    trial, stratum : sequence, length n
        Labels. A trial may give any number of the strata, each once.
    reference : label, optional
        Level the others are compared with; the first of `levels` by default.
    levels : sequence, optional
        All levels; by default those found, in the order of their text.
    covariance : array_like, shape (n, n), optional
        Covariance of the rows within trials (a shared covariate model, patients in both strata);
        disjoint strata of a randomised trial are independent, which is the default.
    patients : array_like, shape (n,), optional
        Patients of each row, for the shares that "daft" regresses on; without them the shares
        of information are used.
    method : str
        Estimator of heterogeneity, as in `pool`; EE, ML or REML for three and more levels.
    ci : str, optional
        Interval as in `pool`; by default ``hksj``, and ``wald`` when one trial has two strata.
    confidence : float
        Level of all intervals.
    factors : int
        How many factors were examined; `sidak_p` allows for them.

    Returns
    -------
    Interaction
        NaN with status ``undefined`` and a sentence when no trial gives two strata.

    Raises
    ------
    ArrayError
        Every unusable row or option at once.

    Notes
    -----
    Do not use it when strata of one trial overlap and the covariance is not known, nor to pick
    the most striking of many factors.

    Sources: Fisher and others 2017, 10.1136/bmj.j573; Godolphin and others 2023,
    10.1002/jrsm.1590.

    Examples
    --------
    >>> result = interaction(
    ...     [0.0, -0.4, 0.1, -0.5, -0.3], [0.04, 0.06, 0.05, 0.05, 0.04],
    ...     ["A", "A", "B", "B", "C"], ["no", "yes", "no", "yes", "yes"],
    ...     method="EE", ci="wald")
    >>> round(result.within.estimate, 3), round(result.within.se, 3)
    (-0.5, 0.224)
    >>> effects = result.floating.estimates
    >>> round(float(effects[1] - effects[0]), 3)
    -0.5
    """
    table = read_strata(
        yi, vi, trial, stratum, reference=reference, levels=levels, covariance=covariance
    )
    _check_options(table, factors)
    shares = _shares(table, trial, stratum, patients)
    pooled = pool_contrasts(table, method=method, ci=ci, confidence=confidence)
    common = pool_contrasts(table, method="EE", ci="wald", confidence=confidence)
    within = pooled.effects[0]
    joint_p = pooled.joint_p
    return Interaction(
        table.levels,
        within,
        pooled.effects,
        pooled.covariance,
        pooled.joint_statistic,
        pooled.joint_df,
        joint_p,
        trial_contrasts(table),
        tuple(one.trial for one in table.trials if len(one.levels) == 1),
        floating_effects(table, pooled, method=method, ci=ci, confidence=confidence),
        floating_effects(table, common, method="EE", ci="wald", confidence=confidence),
        deluded(table, 1, method=method, confidence=confidence),
        daft(table, 1, shares=shares, method=method, confidence=confidence),
        factors,
        sidak(joint_p, factors) if math.isfinite(joint_p) else math.nan,
        within.status,
        NO_CONTRAST if within.k == 0 else within.message,
    )


def _check_options(table: Strata, factors: int) -> None:
    problems = []
    if len(table.levels) < 2:
        allowed, action = "two levels or more", "Give both levels, by name in `levels` if need be."
        found = ", ".join(str(x) for x in table.levels) or "none"
        problems.append(Problem("", "", "stratum", found, allowed, action))
    if not isinstance(factors, int | np.integer) or factors < 1:
        action = "Count every factor that was looked at."
        problems.append(Problem("", "", "factors", repr(factors), "1 or more", action))
    if problems:
        raise ArrayError(problems)


def _shares(
    table: Strata,
    trial: Sequence[Hashable],
    stratum: Sequence[Hashable],
    patients: ArrayLike | None,
) -> Array:
    """Share of each level in each trial (trials, k), of patients or else of information."""
    k = len(table.levels)
    if patients is None:
        return np.array([trial_centre(one, k).mix for one in table.trials]).reshape(-1, k)
    n = as_vector(patients, "patients")
    equal_sizes({"yi": len(trial), "patients": n.size})
    problems = refuse("patients", n, ~(np.isfinite(n) & (n > 0.0)), "a number above 0")
    if problems:
        raise ArrayError(problems)
    counts = {(t, s): float(x) for t, s, x in zip(trial, stratum, n, strict=True)}
    rows = [[counts.get((one.trial, level), 0.0) for level in table.levels] for one in table.trials]
    found = np.array(rows).reshape(-1, k)
    out: Array = found / found.sum(axis=1, keepdims=True)
    return out
