"""Restricted mean survival time: how long, on average, up to a horizon."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.survival.patients import (
    bad_level,
    bad_option,
    missing_arms,
    patients,
    stop_if,
)

METHOD_CITES = {"restricted_mean": ("royston2013",), "rmst_difference": ("royston2013",)}
"""Keys of `equipoise.cite.REFERENCES` behind each estimator."""


@dataclass(frozen=True)
class RestrictedMean:
    """Mean time free of the event up to `horizon`, in the unit of the times.

    `status` is ``undefined``, and the numbers NaN, where the curve is not known up to the
    horizon; `message` then says how far it is.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    horizon: float
    n: int
    status: str
    message: str


@dataclass(frozen=True)
class RestrictedMeanDifference:
    """Treatment minus control, with both arms; a positive difference is time gained."""

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    level: float
    horizon: float
    treatment: RestrictedMean
    control: RestrictedMean
    status: str
    message: str


@njit(nogil=True, cache=True)
def restricted_mean_kernel(time: Array, event: Array, horizon: float) -> tuple[float, float]:
    """Restricted mean and its variance from times in order; NaN if not known to `horizon`."""
    n = time.size
    last = time[n - 1]
    j = n - 1
    deaths_last = 0.0
    while j >= 0 and time[j] == last:
        deaths_last += event[j]
        j -= 1
    if horizon > last and deaths_last < (n - 1 - j):
        return np.nan, np.nan
    survival = 1.0
    area = 0.0
    previous = 0.0
    # area to the left of each event time, and its term of Greenwood's sum
    lefts = np.empty(n)
    terms = np.empty(n)
    rows = 0
    i = 0
    while i < n and time[i] <= horizon:
        area += survival * (time[i] - previous)
        previous = time[i]
        deaths = 0.0
        j = i
        while j < n and time[j] == time[i]:
            deaths += event[j]
            j += 1
        at_risk = float(n - i)
        survival *= 1.0 - deaths / at_risk
        # where the last of them die nothing lies to the right, and the term counts nothing
        if 0.0 < deaths < at_risk:
            lefts[rows] = area
            terms[rows] = deaths / (at_risk * (at_risk - deaths))
            rows += 1
        i = j
    area += survival * (horizon - previous)
    variance = 0.0
    for row in range(rows):
        variance += (area - lefts[row]) ** 2 * terms[row]
    return area, variance


def restricted_mean(
    time: ArrayLike, event: ArrayLike, horizon: float, *, level: float = 0.95
) -> RestrictedMean:
    """Estimate the mean time free of the event up to `horizon`.

    The area under the Kaplan-Meier curve, `mu = int_0^horizon S(t) dt`, with variance
    `sum_{ti <= horizon} A(ti)^2 di / (ni (ni - di))`, `A(t)` the area from `t` to the horizon.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Time from the start and 1 for an event, 0 for censored.
    horizon : float
        Above 0, in the unit of `time`; fix it before seeing the data. It may lie beyond the
        last time only where the last patient had the event.
    level : float
        Confidence level of `estimate -+ z se`.

    Raises
    ------
    ArrayError
        Times, events, level or horizon that cannot be used.

    Notes
    -----
    Source: Royston and Parmar 2013, 10.1186/1471-2288-13-152.

    Examples
    --------
    >>> restricted_mean([1, 2, 3, 4], [1, 1, 1, 1], 4).estimate
    2.5
    """
    problems = bad_level(level) + _bad_horizon(horizon)
    data = patients(time, event, problems=problems)
    return _of_arm(data.time, data.event, horizon, level)


def _bad_horizon(horizon: float) -> list[Problem]:
    return bad_option("horizon", horizon, 0.0 < horizon < math.inf, "finite, above 0")


def _of_arm(time: Array, event: Array, horizon: float, level: float) -> RestrictedMean:
    mean, variance = restricted_mean_kernel(time, event, float(horizon))
    if math.isnan(mean):
        said = (
            f"The curve is known to {float(time[-1]):g} only, where patients are censored; "
            f"choose a horizon no later than that."
        )
        nan = math.nan
        return RestrictedMean(nan, nan, nan, nan, level, horizon, time.size, "undefined", said)
    se = math.sqrt(variance)
    half = critical_value(level) * se
    return RestrictedMean(
        mean, se, mean - half, mean + half, level, horizon, time.size, "converged", ""
    )


def rmst_difference(
    time: ArrayLike,
    event: ArrayLike,
    treatment: ArrayLike,
    horizon: float,
    *,
    level: float = 0.95,
) -> RestrictedMeanDifference:
    """Estimate how much longer, on average up to `horizon`, the treated stay free of the event.

    `mu1 - mu0` with `se^2 = se1^2 + se0^2`, each as in `restricted_mean`; normal interval and P.
    No proportional hazards are assumed. Unadjusted.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Time from the start and 1 for an event, 0 for censored.
    treatment : array_like, shape (n,)
        1 for treatment, 0 for control.
    horizon : float
        Above 0, in the unit of `time`.
    level : float
        Confidence level.

    Returns
    -------
    RestrictedMeanDifference
        ``undefined`` where one of the curves is not known up to the horizon.

    Raises
    ------
    ArrayError
        Data, level or horizon that cannot be used, or an arm without patients.

    Examples
    --------
    >>> result = rmst_difference([2, 4, 1, 3], [1, 1, 1, 1], [1, 1, 0, 0], 4)
    >>> result.estimate
    1.0
    """
    problems = bad_level(level) + _bad_horizon(horizon)
    data = patients(time, event, treatment, problems=problems)
    stop_if(missing_arms(data))
    arms = [
        _of_arm(data.time[data.treatment == arm], data.event[data.treatment == arm], horizon, level)
        for arm in (1.0, 0.0)
    ]
    difference = arms[0].estimate - arms[1].estimate
    se = math.hypot(arms[0].se, arms[1].se)
    half = critical_value(level) * se
    known = not math.isnan(difference)
    p_value = _p_value(difference, se) if known else math.nan
    message = " ".join(
        f"{name}: {arm.message}"
        for name, arm in zip(("Treatment", "Control"), arms, strict=True)
        if arm.message
    )
    return RestrictedMeanDifference(
        *(difference, se, difference - half, difference + half, p_value, level, horizon),
        treatment=arms[0],
        control=arms[1],
        status="converged" if known else "undefined",
        message=message,
    )


def _p_value(difference: float, se: float) -> float:
    if difference == 0.0:
        return 1.0
    return two_sided_p(difference / se) if se > 0.0 else 0.0
