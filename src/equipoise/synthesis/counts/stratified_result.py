"""The record that pooling strata of counts gives back."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class StratifiedResult:
    """A pooled effect of 2 x 2 tables, to which nothing was added.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, level, p_value : float
        Common effect, standard error, normal interval and two-sided P, on the analysis scale
        (log for OR and RR).
    q, q_p_value : float
        Heterogeneity: `Q = sum (yi - estimate)^2 / vi` over the trials' own effects, and its P
        by chi-square with one degree of freedom fewer than those trials. See `message` for
        trials with an empty cell.
    cmh, cmh_p_value : float
        Cochran-Mantel-Haenszel test that no trial has an effect (1 degree of freedom).
    breslow_day, breslow_day_p_value, tarone, tarone_p_value : float
        Tests that the odds ratio is common; Tarone's is the corrected one. NaN unless
        `measure` is OR.
    weights : array, shape (k_given,)
        Weights in per cent, 0 for a trial that contributes nothing.
    k, k_given, k_double_zero : int
        Trials that contribute to the estimate, trials passed, and those of them in which nobody
        or everybody had the event.
    measure, method : str
        OR, RR or RD; ``mantel-haenszel`` or ``peto``.
    status : str
        ``converged``, or ``undefined`` when the counts do not determine the effect.
    message : str
        What a reader should know before using the numbers; empty if nothing.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    p_value: float
    q: float
    q_p_value: float
    cmh: float
    cmh_p_value: float
    breslow_day: float
    breslow_day_p_value: float
    tarone: float
    tarone_p_value: float
    weights: Array
    k: int
    k_given: int
    k_double_zero: int
    measure: str
    method: str
    status: str
    message: str
