"""Does the phenotype change the effect, from individual data of several trials."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import HIGHEST_LEVEL, ArrayError, not_among
from equipoise.synthesis.pooling import PooledEffect, pool
from equipoise.synthesis.subgroups.block_likelihood import blocks_of, fit_blocks
from equipoise.synthesis.subgroups.patient_rows import read_patients
from equipoise.synthesis.subgroups.trial_regressions import (
    TrialFit,
    base_columns,
    regress,
    trial_fit,
    variances_of,
)
from equipoise.synthesis.subgroups.wald_effect import WaldEffect, wald_effect

METHOD_CITES = {
    "one-stage": ("hua2017",),
    "two-stage": ("hua2017", "deft2017"),
    "why they differ": ("burke2017",),
}


@dataclass(frozen=True)
class OneStageInteraction:
    """Within- and across-trial interactions from one regression of all patients.

    Attributes
    ----------
    within : WaldEffect
        Change of the treatment effect for one unit of the covariate, among patients of one trial.
    across : WaldEffect
        The same, for one unit of the trials' means: shown, not used; NaN when the treatment
        effect is a trial's own or the means do not differ.
    amalgamated : WaldEffect
        What a plain product of treatment and covariate gives: the two mixed, the one-stage form
        of "deluded".
    treatment : WaldEffect
        Effect at the mean of all patients; NaN when it is each trial's own.
    k, n : int
        Trials and patients used.
    excluded : tuple
        Trials without both arms, or in which the outcome does not vary.
    """

    within: WaldEffect
    across: WaldEffect
    amalgamated: WaldEffect
    treatment: WaldEffect
    k: int
    n: int
    family: str
    excluded: tuple[Hashable, ...]
    loglik: float
    status: str
    message: str


@dataclass(frozen=True)
class TwoStageInteraction:
    """Each trial's own interaction, pooled, and what the trials' means add.

    Attributes
    ----------
    within : PooledEffect
        Trials' interactions pooled.
    across : WaldEffect
        Slope of the trials' effects on their means of the covariate (REML), shown, not used.
    trials : tuple of TrialFit
    excluded : tuple
        Trials that say nothing, or whose regression has no finite maximum.
    """

    within: PooledEffect
    across: WaldEffect
    trials: tuple[TrialFit, ...]
    k: int
    n: int
    family: str
    excluded: tuple[Hashable, ...]
    status: str
    message: str


def one_stage(
    trial: Sequence[Hashable],
    treatment: ArrayLike,
    stratum: ArrayLike,
    outcome: ArrayLike | None = None,
    *,
    time: ArrayLike | None = None,
    event: ArrayLike | None = None,
    family: str = "logistic",
    effect: str = "common",
    confidence: float = 0.95,
) -> OneStageInteraction:
    """Fit all patients at once, with the covariate centred by trial.

    `g(E y) = a_i + b_i (x - m_i) + c t + w t (x - m_i) + s t (m_i - m)`: `m_i` the trial's mean
    of the covariate x, `m` that of all, t the treatment; `w` is the within-trial interaction
    and `s` the across-trial one. Intercepts `a_i` (for ``cox`` baseline hazards) and slopes
    `b_i` are each trial's own.

    Parameters
    ----------
    trial, treatment, stratum : sequence, length n
        Label, 0 or 1, and the covariate: 0 or 1 for a phenotype, or any number.
    outcome : array_like, shape (n,)
        A number (``linear``) or 0 and 1 (``logistic``).
    time, event : array_like, shape (n,)
        For ``cox``.
    family : {"logistic", "linear", "cox"}
        Log odds ratio, mean difference (residual variance each trial's own), log hazard ratio.
    effect : {"common", "trial"}
        ``trial`` gives each trial a treatment effect `c_i` of its own; `s` is then not defined.
        For ``linear`` the answer is then exactly that of `two_stage` with ``method="EE"``.
    confidence : float
        Level of the intervals.

    Notes
    -----
    The interaction is taken as the same in all trials; `two_stage` lets it vary. Source: Hua
    and others 2017, 10.1002/sim.7171.
    """
    _check_confidence(confidence)
    rows = read_patients(
        trial, treatment, stratum, outcome=outcome, time=time, event=event, family=family
    )
    unknown = not_among("effect", effect, ("common", "trial"))
    if unknown:
        raise ArrayError(unknown)
    nothing = wald_effect(math.nan, math.nan, confidence)
    if not rows.names or not (rows.centred != 0.0).any():
        message = "No trial has both arms, outcomes that differ, and a covariate that varies."
        return OneStageInteraction(
            *(nothing,) * 4, 0, 0, family, rows.excluded, math.nan, "undefined", message
        )
    t, k = rows.treatment, len(rows.names)
    base = base_columns(rows)
    spread = (rows.means - rows.mean)[rows.place]
    own = (rows.place[:, None] == np.arange(k)) * t[:, None]
    arms = [t] if effect == "common" else list(own.T)
    across = [t * spread] if effect == "common" and np.ptp(rows.means) > 0.0 else []
    fit = regress(rows, np.column_stack([t * rows.centred, *across, *arms, *base]))
    plain = regress(rows, np.column_stack([t * rows.x, *arms, *base]))
    found = [
        wald_effect(b, v, confidence) for b, v in zip(fit.beta, variances_of(fit), strict=True)
    ]
    return OneStageInteraction(
        found[0],
        found[1] if across else nothing,
        wald_effect(plain.beta[0], variances_of(plain)[0], confidence),
        found[1 + len(across)] if effect == "common" else nothing,
        k,
        t.size,
        family,
        rows.excluded,
        fit.loglik,
        fit.status,
        " ".join([*([fit.message] if fit.message else []), *_left_out(rows.excluded)]),
    )


def two_stage(
    trial: Sequence[Hashable],
    treatment: ArrayLike,
    stratum: ArrayLike,
    outcome: ArrayLike | None = None,
    *,
    time: ArrayLike | None = None,
    event: ArrayLike | None = None,
    family: str = "logistic",
    method: str = "REML",
    ci: str | None = None,
    confidence: float = 0.95,
) -> TwoStageInteraction:
    """Fit each trial alone, then pool the interactions; arguments as in `one_stage` and `pool`.

    Stage one, in each trial: `g(E y) = a + b (x - m_i) + c t + w t (x - m_i)`. Stage two pools
    the `w`; the `c`, effects at the trials' own means, are regressed on the means.

    Notes
    -----
    A trial in which the covariate does not vary has no interaction; it still counts across
    trials. Trials whose own regression has no finite maximum are left out and named, which
    favours trials with many events; `one_stage` keeps them.
    """
    _check_confidence(confidence)
    rows = read_patients(
        trial, treatment, stratum, outcome=outcome, time=time, event=event, family=family
    )
    fits, lost = [], []
    for i, name in enumerate(rows.names):
        one = trial_fit(rows, i)
        if one is None:
            lost.append(name)
        else:
            fits.append(one)
    own = [f for f in fits if math.isfinite(f.interaction)]
    chosen = ci or ("hksj" if len(own) > 1 else "wald")
    within = pool(
        [f.interaction for f in own],
        [f.interaction_variance for f in own],
        method=method,
        ci=chosen,
        level=confidence,
    )
    return TwoStageInteraction(
        within,
        _slope(fits, rows.mean, confidence),
        tuple(fits),
        len(fits),
        int(np.isin(rows.place, [rows.names.index(f.trial) for f in fits]).sum()),
        family,
        (*rows.excluded, *lost),
        within.status,
        " ".join(
            [
                *([within.message] if within.message else []),
                *_left_out(rows.excluded),
                *_without_maximum(lost),
            ]
        ),
    )


def _slope(fits: Sequence[TrialFit], mean: float, confidence: float) -> WaldEffect:
    """Meta-regression of the trials' effects on their means; NaN without different means."""
    means = np.array([f.mean for f in fits])
    if means.size < 3 or np.ptp(means) == 0.0:
        return wald_effect(math.nan, math.nan, confidence)
    fit = fit_blocks(
        blocks_of(
            [np.array([f.effect]) for f in fits],
            [np.array([[f.effect_variance]]) for f in fits],
            [np.array([[1.0, m - mean]]) for m in means],
            [[np.ones((1, 1))] * len(fits)],
        )
    )
    return wald_effect(fit.beta[1], fit.covariance[1, 1], confidence)


def _left_out(names: Sequence[Hashable]) -> list[str]:
    if not names:
        return []
    return [f"Left out, having nothing to compare: {', '.join(str(n) for n in names)}."]


def _without_maximum(names: Sequence[Hashable]) -> list[str]:
    if not names:
        return []
    shown = ", ".join(str(n) for n in names)
    return [f"Left out, its own regression having no finite maximum (one_stage keeps it): {shown}."]


def _check_confidence(confidence: float) -> None:
    if not 0.0 < confidence <= HIGHEST_LEVEL:
        problem = Problem("", "", "confidence", repr(confidence), "above 0, below 1", "Use 0.95.")
        raise ArrayError([problem])
