"""Printed effects: an estimate and its error from what a paper prints.

Hazard ratios are mostly printed with an interval, sometimes with a P value only, sometimes with
no more than P and the number of events. Each route below returns `EffectSizes(yi, vi)`; the
later in the file, the more it assumes. Sources: Parmar, Torri and Stewart 1998,
10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8; Tierney and others 2007,
10.1186/1745-6215-8-16.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from equipoise.synthesis.arrays import Array, ArrayError, broadcast, failing, require
from equipoise.synthesis.effect_sizes import EffectSizes

METHOD_CITES = {
    "interval": ("parmar1998",),
    "p_value": ("parmar1998", "tierney2007"),
    "events": ("parmar1998", "tierney2007"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each route."""


def _normal_quantile(level: Array) -> Array:
    out: Array = ndtri(0.5 * (1.0 + level))
    return out


def from_interval(
    estimate: ArrayLike,
    ci_low: ArrayLike,
    ci_high: ArrayLike,
    *,
    level: ArrayLike = 0.95,
    ratio: bool = True,
) -> EffectSizes:
    """Effect and variance from an estimate and its symmetric confidence interval.

    `yi = log(estimate)` and `vi = ((log high - log low) / (2 z))^2`, `z` the normal quantile of
    `level`; without logarithms for differences (`ratio` false). The width is used, not where
    the estimate lies in it; an interval that is far from symmetric about it (exact, profile)
    has no standard error in this sense.

    Parameters
    ----------
    estimate, ci_low, ci_high : array_like, shape (k,)
        Natural scale.
    level : array_like
        Level of the interval.
    ratio : bool
        Whether the measure is analysed as a logarithm.

    Raises
    ------
    ArrayError
        A number that is not finite, a ratio that is not above 0, limits out of order, an estimate
        outside its interval, a level that is not between 0 and 1; every one is named.

    Examples
    --------
    >>> yi, vi = from_interval(0.64, 0.43, 0.95)
    >>> round(float(yi[0]), 4), round(float(vi[0]) ** 0.5, 4)
    (-0.4463, 0.2022)
    """
    x = broadcast(estimate=estimate, ci_low=ci_low, ci_high=ci_high, level=level)
    numbers = ("estimate", "ci_low", "ci_high")
    low, high = x["ci_low"], x["ci_high"]
    problems = failing(x, numbers, np.isfinite, "a finite number")
    if ratio:
        problems += failing(x, numbers, lambda v: ~np.isfinite(v) | (v > 0), "a ratio above 0")
    problems += failing(x, ("level",), lambda v: (v > 0) & (v < 1), "between 0 and 1")
    problems += failing(x, ("ci_high",), lambda v: ~(v <= low), "above ci_low")
    outside = (low < high) & ((x["estimate"] < low) | (x["estimate"] > high))
    problems += failing(x, ("estimate",), lambda _: ~outside, "between ci_low and ci_high")
    if problems:
        raise ArrayError(problems)
    if ratio:
        x |= {name: np.log(x[name]) for name in numbers}
    se = (x["ci_high"] - x["ci_low"]) / (2.0 * _normal_quantile(x["level"]))
    return EffectSizes(x["estimate"], se * se)


def from_p_value(
    estimate: ArrayLike, p_value: ArrayLike, *, df: ArrayLike = np.inf, ratio: bool = True
) -> EffectSizes:
    """Effect and variance from an estimate and its two-sided P.

    `vi = (yi / z)^2` with `z` the normal (or Student, `df` degrees of freedom) quantile of
    `1 - P/2`. Where the estimate is exactly the null value, or P is 1, the variance cannot be
    found and the study is NaN. P must be an equality: "P < 0.05" says too little.
    """
    x = broadcast(estimate=estimate, p_value=p_value, df=df)
    require(x, ("p_value",), lambda p: (p > 0) & (p <= 1), "above 0, at most 1, and exact")
    require(x, ("df",), lambda n: n > 0, "above 0, infinite for a normal quantile")
    require(x, ("estimate",), np.isfinite, "a finite number")
    if ratio:
        require(x, ("estimate",), lambda v: v > 0, "a ratio above 0")
    yi = np.log(x["estimate"]) if ratio else x["estimate"]
    # from below, where a small P keeps its digits
    tail, normal = 0.5 * x["p_value"], np.isinf(x["df"])
    quantile = -np.where(normal, ndtri(tail), stdtrit(np.where(normal, 1.0, x["df"]), tail))
    known = (yi != 0) & (quantile > 0)
    vi = np.full(yi.size, np.nan)
    vi[known] = (yi[known] / quantile[known]) ** 2
    return EffectSizes(np.where(known, yi, np.nan), vi)


def from_observed_minus_expected(
    observed_minus_expected: ArrayLike, variance: ArrayLike
) -> EffectSizes:
    """Log hazard ratio from the log-rank `O - E` of the treatment arm and its variance `V`.

    `yi = (O - E) / V`, `vi = 1 / V` (Peto's approximation, good for hazard ratios not far
    from 1; Parmar 1998, eq 3).
    """
    x = broadcast(o_minus_e=observed_minus_expected, variance=variance)
    require(x, ("o_minus_e",), np.isfinite, "a finite number")
    require(x, ("variance",), lambda v: np.isfinite(v) & (v > 0), "a variance above 0")
    return EffectSizes(x["o_minus_e"] / x["variance"], 1.0 / x["variance"])


def from_p_value_and_events(
    p_value: ArrayLike,
    events: ArrayLike,
    direction: ArrayLike,
    *,
    allocation: ArrayLike = 0.5,
) -> EffectSizes:
    """Log hazard ratio from a two-sided log-rank P and the number of events.

    `V = events r (1 - r)`, `O - E = direction sqrt(V) z`, then as
    `from_observed_minus_expected`; `z` is the normal quantile of `1 - P/2` (Parmar 1998, eq 7
    and 8; Tierney 2007, methods 7 to 9).

    Parameters
    ----------
    p_value : array_like, shape (k,)
        Two-sided and exact.
    events : array_like
        Events in both arms together.
    direction : array_like
        -1 where the treatment arm did better (hazard ratio below 1), 1 where it did worse.
    allocation : array_like
        Share `r` of the patients (better: of those at risk) in the treatment arm. Where events
        are printed by arm, the treatment arm's share of them makes `V` their product over their
        sum (Tierney's method 6).
    """
    x = broadcast(p_value=p_value, events=events, direction=direction, allocation=allocation)
    require(x, ("p_value",), lambda p: (p > 0) & (p <= 1), "above 0, at most 1, and exact")
    require(x, ("events",), lambda e: np.isfinite(e) & (e > 0), "at least 1 event")
    require(x, ("direction",), lambda s: np.abs(s) == 1, "-1 or 1")
    require(x, ("allocation",), lambda r: (r > 0) & (r < 1), "between 0 and 1")
    variance = x["events"] * x["allocation"] * (1.0 - x["allocation"])
    z = -ndtri(0.5 * x["p_value"])
    return from_observed_minus_expected(x["direction"] * np.sqrt(variance) * z, variance)
