"""The log-rank test and its weighted relatives: do the two arms have the same hazard."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.survival.patients import (
    Codes,
    bad_level,
    bad_option,
    missing_arms,
    patients,
    stop_if,
)
from equipoise.synthesis.survival.risk_sets import two_arm_table

METHOD_CITES = {
    "log_rank": ("petopeto1972",),
    "log_hazard_ratio": ("petopeto1972", "parmar1998"),
    "weights": ("harrington1982",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the test, its log hazard ratio and its weights."""


@dataclass(frozen=True)
class LogRank:
    """A two-arm log-rank test.

    Attributes
    ----------
    observed, expected : array, shape (2,)
        Events under control and under treatment: seen, and expected were the hazards equal;
        weighted if the test is.
    variance : float
        Variance of observed minus expected (hypergeometric).
    chi2, p_value : float
        `(O - E)^2 / V` on one degree of freedom, and its P.
    z : float
        `(O - E) / sqrt V` of the treatment arm; below 0 when it had fewer events.
    log_hazard_ratio, se, ci_low, ci_high, level : float
        Peto's one-step estimate `(O - E) / V`, error `1 / sqrt V`; log scale. NaN when the test
        is weighted: it then estimates no hazard ratio.
    rho, gamma : float
        Exponents of the weights.
    n, events : int
        Patients and events.
    status, message : str
        ``undefined`` when no event happened while both arms were at risk, or only one at which
        all of them had it.
    """

    observed: Array
    expected: Array
    variance: float
    chi2: float
    p_value: float
    z: float
    log_hazard_ratio: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    rho: float
    gamma: float
    n: int
    events: int
    status: str
    message: str


@njit(nogil=True, cache=True)
def log_rank_kernel(
    table: Array, stratum: Codes, rho: float, gamma: float
) -> tuple[float, float, float, float, float]:
    """Observed and expected under control and treatment, and the variance of `O - E`.

    `table` and `stratum` come from `two_arm_table`.
    """
    observed_0, observed_1, expected_0, expected_1, variance = 0.0, 0.0, 0.0, 0.0, 0.0
    survival = 1.0
    for i in range(table.shape[0]):
        if i == 0 or stratum[i] != stratum[i - 1]:
            survival = 1.0
        at_risk_0, at_risk_1, events_0, events_1 = table[i]
        n = at_risk_0 + at_risk_1
        d = events_0 + events_1
        weight = 1.0
        if rho != 0.0:
            weight *= survival**rho
        if gamma != 0.0:
            weight *= (1.0 - survival) ** gamma
        observed_0 += weight * events_0
        observed_1 += weight * events_1
        expected_0 += weight * d * at_risk_0 / n
        expected_1 += weight * d * at_risk_1 / n
        if n > 1.0:
            share = at_risk_1 / n
            variance += weight * weight * d * share * (1.0 - share) * (n - d) / (n - 1.0)
        survival *= 1.0 - d / n
    return observed_0, observed_1, expected_0, expected_1, variance


def log_rank(
    time: ArrayLike,
    event: ArrayLike,
    treatment: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    level: float = 0.95,
) -> LogRank:
    """Test whether the hazard is the same in two arms.

    At each event time, with `d` events among `n` at risk and `n1` of them treated, the treated
    are expected to have `w d n1 / n` events with variance
    `w^2 d (n1 / n)(1 - n1 / n)(n - d) / (n - 1)`; sums over event times, and strata, give
    `O - E` and `V`, and `(O - E)^2 / V` is chi-square with one degree of freedom. The weight is
    `w = S(t-)^rho (1 - S(t-))^gamma`, `S(t-)` the Kaplan-Meier curve of the stratum just before
    the time: 1 for the log-rank test, `rho = 1` looks at early differences (Peto-Peto),
    `gamma = 1` at late ones.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Time from the start and 1 for an event, 0 for censored.
    treatment : array_like, shape (n,)
        1 for treatment, 0 for control.
    strata : array_like, shape (n,)
        Labels; patients are compared within a stratum only.
    rho, gamma : float
        Exponents of the weights, 0 or above; fix them before seeing the data.
    level : float
        Confidence level of the log hazard ratio.

    Raises
    ------
    ArrayError
        Data or options that cannot be used, or an arm without patients.

    Notes
    -----
    Peto's `(O - E) / V` is close to the Cox estimate for hazard ratios not far from 1; below
    about 0.5 or above 2 use `cox`. Sources: Peto and Peto 1972, 10.2307/2344317; Harrington
    and Fleming 1982, 10.1093/biomet/69.3.553.

    Examples
    --------
    >>> result = log_rank([2, 4, 6, 1, 3, 5], [1, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    >>> [round(float(e), 4) for e in result.expected], round(result.chi2, 4)
    ([1.9, 3.1], 1.2222)
    """
    problems = bad_level(level) + _bad_exponents(rho=rho, gamma=gamma)
    data = patients(time, event, treatment, strata, problems)
    stop_if(missing_arms(data))
    table, codes = two_arm_table(data.time, data.event, data.treatment, data.stratum)
    o0, o1, e0, e1, v = log_rank_kernel(table, codes, float(rho), float(gamma))
    events = int(data.event.sum())
    observed, expected = np.array([o0, o1]), np.array([e0, e1])
    known, weighted = v > 0.0, not rho == gamma == 0.0
    difference = o1 - e1 if known else math.nan
    root = math.sqrt(v) if known else math.nan
    chi2 = (difference / root) ** 2
    se = math.nan if weighted else 1.0 / root
    effect = difference * se * se
    half = critical_value(level) * se
    return LogRank(
        *(observed, expected, v, chi2, float(chdtrc(1, chi2)), difference / root),
        *(effect, se, effect - half, effect + half, level, rho, gamma),
        n=data.time.size,
        events=events,
        status="converged" if known else "undefined",
        message="" if known else _why_undefined(table),
    )


def _why_undefined(table: Array) -> str:
    """Say why `O - E` has no variance."""
    if ((table[:, 0] > 0.0) & (table[:, 1] > 0.0)).any():
        return "Whenever both arms were at risk and an event happened, everybody had it at once."
    return "No event happened while patients of both arms were at risk."


def _bad_exponents(**exponents: float) -> list[Problem]:
    return [
        problem
        for name, value in exponents.items()
        for problem in bad_option(name, value, 0.0 <= value < math.inf, "finite, 0 or above")
    ]
