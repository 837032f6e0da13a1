"""Peto's one-step method: observed minus expected events over their variance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.counts.stratified_result import StratifiedResult
from equipoise.synthesis.counts.stratified_tests import NO_TEST, Chi2, hypergeometric_moments
from equipoise.synthesis.counts.tables import checked_tables, normal_interval, trials
from equipoise.synthesis.heterogeneity import q_p_value

METHOD_CITES = {"peto": ("yusuf1985",)}
"""Keys of `equipoise.cite.REFERENCES` behind the method."""


def peto(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> StratifiedResult:
    """Pool by Peto: what is the common odds ratio when events are rare and effects small.

    Per trial `O = a`, `E = n1 m / N`, `V = n1 n2 m (N - m) / (N^2 (N - 1))`, with
    `n1 = a + b`, `n2 = c + d`, `m = a + c`, `N = n1 + n2`. Then `estimate = sum (O - E) / sum V`
    on the log scale, `se = (sum V)^(-1/2)`, and `q = sum (O - E)^2 / V - (sum (O - E))^2 /
    sum V`. Nothing is added to any cell: a trial with an empty cell has an `O - E` like any
    other, and one in which nobody or everybody had the event has `V = 0`, contributes nothing
    and is counted in `k_double_zero`.

    Parameters
    ----------
    a, b, c, d : array_like, shape (k,)
        Events and non-events under treatment, events and non-events under control.
    level : float
        Confidence level; above 0, at most 0.999999999.

    Returns
    -------
    StratifiedResult
        `cmh` is `(sum (O - E))^2 / sum V`, without continuity correction. Status ``undefined``
        with NaN when every trial has `V = 0`.

    Raises
    ------
    ArrayError
        Unequal lengths, a value that is no count, an arm without patients, a level that is
        none; every offending index is named.

    Notes
    -----
    One Newton step from no effect, with one common effect assumed: biased when the effect is
    large or the arms are of very unequal size. Use `mantel_haenszel` there.

    Source: Yusuf, Peto and others 1985, 10.1016/S0033-0620(85)80003-7.

    Examples
    --------
    >>> result = peto([4, 0, 2], [119, 50, 98], [11, 3, 5], [128, 47, 95])
    >>> round(result.estimate, 4), round(result.se, 4)
    (-1.0124, 0.4094)
    """
    tables = checked_tables(a, b, c, d, level=level, problems=[])
    mean, variance = hypergeometric_moments(tables)
    says = variance > 0.0
    k, silent = int(says.sum()), int((~says).sum())
    message = (
        f"{trials(silent)} with no events or only events contributed nothing." if silent else ""
    )
    if k == 0:
        message = "No trial has both events and non-events, so there is no odds ratio. " + message
    total = float(variance.sum())
    difference = (tables.a - mean)[says]
    estimate = float(difference.sum()) / total if k else math.nan
    se = total**-0.5 if k else math.nan
    interval = normal_interval(estimate, se, level)
    q, overall = NO_TEST, NO_TEST
    if k:
        residual = difference - estimate * variance[says]
        statistic = float((residual**2 / variance[says]).sum())
        q = Chi2(statistic, q_p_value(statistic, k))
        overall = Chi2((estimate / se) ** 2, interval.p_value)
    weights = 100.0 * variance / total if k else np.zeros_like(variance)
    return StratifiedResult(
        *(estimate, se, interval.low, interval.high, level, interval.p_value),
        *(*q, *overall, *NO_TEST, *NO_TEST),
        *(weights, k, tables.a.size, silent, "OR", "peto"),
        *("converged" if k else "undefined", message if silent or not k else ""),
    )
