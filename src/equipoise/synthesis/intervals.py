"""Confidence and prediction intervals of weighted means."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.tail_kernels import Whole, student_tails


class Intervals(NamedTuple):
    """Intervals of n means, each array (n,).

    `half` is half the width; `wald_se` is the standard error before any Hartung-Knapp factor
    and `wald_half` half the width of the normal interval made from it.
    """

    se: Array
    low: Array
    high: Array
    p_value: Array
    half: Array
    wald_se: Array
    wald_half: Array


def two_sided_p(statistic: float, df: float = math.inf) -> float:
    """P of a statistic at least as far from zero, normal or Student with `df`."""
    tail = ndtr(-abs(statistic)) if math.isinf(df) else stdtr(df, -abs(statistic))
    return float(2.0 * tail)


@lru_cache(maxsize=4096)
def critical_value(level: float, df: float = math.inf) -> float:
    """Two-sided quantile of the normal, or of Student's t with `df` degrees of freedom."""
    upper = 0.5 * (1.0 + level)
    return float(ndtri(upper) if math.isinf(df) else stdtrit(df, upper))


def critical_values(level: float, df: Whole) -> Array:
    """Student quantiles of every row's `df` (n,), each looked up once; NaN below 1."""
    if df.size == 1:
        only = int(df[0])
        return np.array([critical_value(level, float(only)) if only > 0 else math.nan])
    table = np.full(max(int(df.max(initial=0)), 0) + 1, math.nan)
    for value in np.flatnonzero(np.bincount(np.maximum(df, 0))):
        if value:
            table[value] = critical_value(level, float(value))
    out: Array = table[np.maximum(df, 0)]
    return out


def mean_intervals(
    estimate: Array, total_weight: Array, q: Array, *, k: Whole, ci: str, level: float
) -> Intervals:
    """Intervals of n weighted means.

    Parameters
    ----------
    estimate : array, shape (n,)
        The weighted means.
    total_weight : array, shape (n,)
        `sum wi`, so that the Wald standard error is `total_weight ** -0.5`.
    q : array, shape (n,)
        `Q = sum wi (yi - estimate)^2` with the same weights.
    k : array of int, shape (n,)
        Numbers of studies.
    ci : {"wald", "t", "hksj", "hksj-adhoc"}
        ``hksj`` multiplies the Wald variance by `Q / (k - 1)` (Hartung and Knapp 2001,
        10.1002/sim.1009; Sidik and Jonkman 2002, 10.1002/sim.1262); ``hksj-adhoc`` does so
        only when that factor is above 1 (Knapp and Hartung 2003, 10.1002/sim.1482).
    level : float
        Confidence level.

    Returns
    -------
    Intervals
        NaN, but for the Wald parts, where k - 1 degrees of freedom are needed and there are none.
    """
    wald_se = 1.0 / np.sqrt(total_weight)
    wald_half = critical_value(level) * wald_se
    df = k - 1
    if ci == "wald":
        se, half = wald_se, wald_half
    else:
        factor = np.where(df > 0, 1.0, math.nan)
        if ci.startswith("hksj"):
            factor *= np.sqrt(q) / np.sqrt(df)
        if ci == "hksj-adhoc":
            factor = np.maximum(1.0, factor)
        se = factor * wald_se
        half = critical_values(level, df) * se
    statistic = np.where(se == 0.0, math.inf, np.abs(estimate) / se)
    p = 2.0 * ndtr(-statistic) if ci == "wald" else student_tails(statistic, df)
    p = np.where((estimate == 0.0) & ~np.isnan(se), 1.0, p)
    return Intervals(se, estimate - half, estimate + half, p, half, wald_se, wald_half)


def prediction_half(
    intervals: Intervals, tau2: Array, *, k: Whole, ci: str, level: float, convention: str
) -> Array:
    """Half the width of the interval for the true effect in a further study.

    ``metafor``: `crit sqrt(se^2 + tau2)` with the error and quantile of the confidence interval.
    ``riley``: Wald error and Student's t with k - 2 degrees of freedom (Higgins, Thompson and
    Spiegelhalter 2009, 10.1111/j.1467-985X.2008.00552.x). Two studies leave no degree of freedom
    for ``riley``, one study tells nothing about a second: NaN.
    """
    if convention == "riley":
        return critical_values(level, k - 2) * np.hypot(intervals.wald_se, np.sqrt(tau2))
    spread = np.hypot(intervals.se, np.sqrt(tau2))
    if ci == "wald":
        out: Array = np.where(k > 1, critical_value(level), math.nan) * spread
        return out
    return critical_values(level, k - 1) * spread
