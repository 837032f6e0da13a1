"""Confidence and prediction intervals of a weighted mean."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtr, ndtri, stdtr, stdtrit


class Interval(NamedTuple):
    """An interval, the standard error and degrees of freedom (inf: normal) behind it.

    `half` is half the width; `wald_se` is the standard error before any Hartung-Knapp factor
    and `wald_half` half the width of the normal interval made from it.
    """

    se: float
    df: float
    low: float
    high: float
    p_value: float
    half: float
    wald_se: float
    wald_half: float


def two_sided_p(statistic: float, df: float = math.inf) -> float:
    """P of a statistic at least as far from zero, normal or Student with `df`."""
    tail = ndtr(-abs(statistic)) if math.isinf(df) else stdtr(df, -abs(statistic))
    return float(2.0 * tail)


def critical_value(level: float, df: float = math.inf) -> float:
    """Two-sided quantile of the normal, or of Student's t with `df` degrees of freedom."""
    upper = 0.5 * (1.0 + level)
    return float(ndtri(upper) if math.isinf(df) else stdtrit(df, upper))


def mean_interval(
    estimate: float, total_weight: float, root_q: float, *, k: int, ci: str, level: float
) -> Interval:
    """Interval of a weighted mean.

    Parameters
    ----------
    estimate : float
        The weighted mean.
    total_weight : float
        `sum wi`, so that the Wald standard error is `total_weight ** -0.5`.
    root_q : float
        Root of `Q = sum wi (yi - estimate)^2` with the same weights; the root, because the
        square of a very small spread is not a number a computer can hold.
    k : int
        Number of studies.
    ci : {"wald", "t", "hksj", "hksj-adhoc"}
        ``hksj`` multiplies the Wald variance by `Q / (k - 1)` (Hartung and Knapp 2001,
        10.1002/sim.1009; Sidik and Jonkman 2002, 10.1002/sim.1262); ``hksj-adhoc`` does so
        only when that factor is above 1 (Knapp and Hartung 2003, 10.1002/sim.1482).
    level : float
        Confidence level.

    Returns
    -------
    Interval
        NaN, but for the Wald parts, when k - 1 degrees of freedom are needed and there are none.
    """
    wald_se = total_weight**-0.5
    wald_half = critical_value(level) * wald_se
    if ci != "wald" and k < 2:
        return Interval(*(math.nan,) * 6, wald_se, wald_half)
    factor = root_q / math.sqrt(k - 1) if ci.startswith("hksj") else 1.0
    if ci == "hksj-adhoc":
        factor = max(1.0, factor)
    se = factor * wald_se
    df = math.inf if ci == "wald" else float(k - 1)
    half = critical_value(level, df) * se
    statistic = estimate / se if se > 0.0 else math.copysign(math.inf, estimate)
    p_value = 1.0 if estimate == 0.0 else two_sided_p(statistic, df)
    low, high = estimate - half, estimate + half
    return Interval(se, df, low, high, p_value, half, wald_se, wald_half)


def prediction_interval(
    estimate: float, interval: Interval, tau2: float, *, k: int, level: float, convention: str
) -> tuple[float, float]:
    """Interval for the true effect in a further study.

    ``metafor``: `estimate +- crit sqrt(se^2 + tau2)` with the error and quantile of the
    confidence interval. ``riley``: Wald error and Student's t with k - 2 degrees of freedom
    (Higgins, Thompson and Spiegelhalter 2009, 10.1111/j.1467-985X.2008.00552.x). Two studies
    leave no degree of freedom for ``riley``, one study tells nothing about a second: NaN.
    """
    if k < 2 or (convention == "riley" and k < 3):
        return math.nan, math.nan
    se, df = interval.se, interval.df
    if convention == "riley":
        se, df = interval.wald_se, float(k - 2)
    half = critical_value(level, df) * math.hypot(se, math.sqrt(tau2))
    return estimate - half, estimate + half
