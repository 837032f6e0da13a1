"""The Mantel-Haenszel method: one effect from many tables, none of which needs a correction."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.synthesis.arrays import Array, not_among
from equipoise.synthesis.counts.stratified_result import StratifiedResult
from equipoise.synthesis.counts.stratified_tests import NO_TEST, Chi2, cmh_test, common_odds_tests
from equipoise.synthesis.counts.tables import Tables, checked_tables, normal_interval, trials
from equipoise.synthesis.heterogeneity import q_p_value

METHOD_CITES = {
    "OR": ("mantel1959", "robins1986"),
    "RR": ("greenland1985",),
    "RD": ("greenland1985",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each measure."""

MEASURES = ("OR", "RR", "RD")


class _Sums(NamedTuple):
    """Estimate, its variance, and the weight of each trial."""

    estimate: float
    variance: float
    weights: Array


def mantel_haenszel(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    measure: str = "OR",
    level: float = 0.95,
    correct: bool = True,
) -> StratifiedResult:
    """Pool many sparse tables: what is the common odds ratio, risk ratio or risk difference.

    With `n1 = a + b`, `n2 = c + d`, `N = n1 + n2`, sums over trials:

    - OR: `R = a d / N`, `S = b c / N`, `exp(estimate) = sum R / sum S`; variance of the log by
      Robins, Breslow and Greenland, `sum P R / (2 (sum R)^2) + sum (P S + Q R) / (2 sum R sum S)
      + sum Q S / (2 (sum S)^2)`, `P = (a + d) / N`, `Q = (b + c) / N`;
    - RR: `exp(estimate) = sum (a n2 / N) / sum (c n1 / N)`; variance of the log by Greenland
      and Robins, `sum ((n1 n2 (a + c) - a c N) / N^2)` over the product of the two sums;
    - RD: `estimate = sum (a n2 - c n1) / N / sum (n1 n2 / N)`; variance by Sato.

    Nothing is added to any cell. For OR and RR a trial without events in either arm is zero in
    every sum and so says nothing (for OR nor does one in which everybody had the event); for RD
    it says "no difference" and counts. Only `q` needs the trials' own effects: there 1/2 goes
    to all four cells of a trial with an empty cell, double-zero trials are left out, and
    `message` says how many of each there were.

    Parameters
    ----------
    a, b, c, d : array_like, shape (k,)
        Events and non-events under treatment, events and non-events under control.
    measure : {"OR", "RR", "RD"}
        Odds ratio and risk ratio are given as logarithms.
    level : float
        Confidence level; above 0, at most 0.999999999.
    correct : bool
        Continuity correction of the Cochran-Mantel-Haenszel test (not of the estimate).

    Returns
    -------
    StratifiedResult
        Status ``undefined`` with NaN when one of the sums is 0 (no events in an arm, say).

    Raises
    ------
    ArrayError
        Unknown option, unequal lengths, a value that is no count, an arm without patients;
        every offending index is named.

    Notes
    -----
    Assumes one common effect; where `q` or Tarone's test say otherwise use `binomial_normal`.

    Sources: Mantel and Haenszel 1959, 10.1093/jnci/22.4.719; Robins, Breslow and Greenland
    1986, 10.2307/2531052; Greenland and Robins 1985, 10.2307/2530643; Sato, Greenland and
    Robins 1989, Biometrics 45:1323-1324.

    Examples
    --------
    >>> result = mantel_haenszel([4, 0, 2], [119, 50, 98], [11, 3, 5], [128, 47, 95])
    >>> round(result.estimate, 4), result.k
    (-1.1251, 3)
    """
    problems = not_among("measure", measure, MEASURES)
    tables = checked_tables(a, b, c, d, level=level, problems=problems)
    sums = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}[measure](tables)
    used = tables.a.size if measure == "RD" else int((~_silent(tables, measure)).sum())
    known = sums.variance > 0.0
    se = math.sqrt(sums.variance) if known else math.nan
    interval = normal_interval(sums.estimate, se, level)
    q = _heterogeneity(tables, measure, sums.estimate) if known else NO_TEST
    alike = (NO_TEST, NO_TEST)
    if measure == "OR" and known:
        alike = common_odds_tests(tables, math.exp(sums.estimate))
    return StratifiedResult(
        *(sums.estimate, se, interval.low, interval.high, level, interval.p_value),
        *(*q, *cmh_test(tables, correct=correct), *alike[0], *alike[1]),
        *(sums.weights, used, tables.a.size, int(tables.double_zero.sum())),
        *(measure, "mantel-haenszel", "converged" if known else "undefined"),
        message=" ".join(_remarks(tables, measure, known)),
    )


def _silent(tables: Tables, measure: str) -> NDArray[np.bool_]:
    """Whether a trial is zero in every sum."""
    out: NDArray[np.bool_] = tables.events == 0
    return tables.double_zero if measure == "OR" else out


def _percent(weights: Array) -> Array:
    """Weights as shares of their sum, in per cent; zero when all are."""
    total = float(weights.sum())
    return 100.0 * weights / total if total > 0.0 else np.zeros_like(weights)


def _odds_ratio(t: Tables) -> _Sums:
    """Log odds ratio and the variance of Robins, Breslow and Greenland."""
    n = t.total
    r, s = t.a * (t.d / n), t.b * (t.c / n)
    p, q = (t.a + t.d) / n, (t.b + t.c) / n
    top, bottom = float(r.sum()), float(s.sum())
    if top == 0.0 or bottom == 0.0:
        return _Sums(math.nan, math.nan, _percent(s))
    variance = 0.5 * (
        float(p @ r) / top**2
        + (float(p @ s) + float(q @ r)) / top / bottom
        + float(q @ s) / bottom**2
    )
    return _Sums(math.log(top / bottom), variance, _percent(s))


def _risk_ratio(t: Tables) -> _Sums:
    """Log risk ratio and the variance of Greenland and Robins."""
    n, n1, n2 = t.total, t.treated, t.controls
    r, s = t.a * (n2 / n), t.c * (n1 / n)
    top, bottom = float(r.sum()), float(s.sum())
    if top == 0.0 or bottom == 0.0:
        return _Sums(math.nan, math.nan, _percent(s))
    spread = (n1 / n) * (n2 / n) * t.events - t.a * (t.c / n)
    return _Sums(math.log(top / bottom), float(spread.sum()) / top / bottom, _percent(s))


def _risk_difference(t: Tables) -> _Sums:
    """Risk difference and Sato's variance, right for few large and for many small trials."""
    n, n1, n2 = t.total, t.treated, t.controls
    weights = n1 * (n2 / n)
    total = float(weights.sum())
    if total == 0.0:
        return _Sums(math.nan, math.nan, weights)
    estimate = float((t.a * (n2 / n) - t.c * (n1 / n)).sum()) / total
    p = t.c * (n1 / n) ** 2 - t.a * (n2 / n) ** 2 + (n1 / n) * (n2 / n) * (n2 - n1) / 2.0
    q = t.a * (t.d / n) + t.c * (t.b / n)
    variance = (estimate * float(p.sum()) + float(q.sum()) / 2.0) / total**2
    return _Sums(estimate, variance if variance > 0.0 else math.nan, _percent(weights))


def _heterogeneity(tables: Tables, measure: str, estimate: float) -> Chi2:
    """Q of the trials' own effects about the common one, 1/2 added where a cell is empty."""
    t = tables.only(~tables.double_zero)
    a, b, c, d = (cell + 0.5 * t.some_zero for cell in t)
    n1, n2 = a + b, c + d
    if measure == "OR":
        yi, vi = np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d
    elif measure == "RR":
        yi, vi = np.log(a / n1) - np.log(c / n2), b / a / n1 + d / c / n2
    else:
        yi, vi = a / n1 - c / n2, a / n1 * (b / n1) / n1 + c / n2 * (d / n2) / n2
    if yi.size == 0:
        return NO_TEST
    q = float(((yi - estimate) ** 2 / vi).sum())
    return Chi2(q, q_p_value(q, yi.size))


def _remarks(tables: Tables, measure: str, known: bool) -> list[str]:
    """Say what a reader should know."""
    out = []
    if not known:
        out.append(
            "The counts do not determine the effect: a sum over trials on which it, or its "
            "error, rests is zero."
        )
    silent = int(_silent(tables, measure).sum())
    if silent and measure != "RD":
        out.append(f"{trials(silent)} with a double zero carried no weight.")
    halved = int((tables.some_zero & ~tables.double_zero).sum())
    if halved and known:
        out.append(
            f"For Q alone, 1/2 was added to the cells of {trials(halved)} with an empty cell; "
            "the estimate, its error and the other tests have nothing added."
        )
    apart = int(tables.double_zero.sum())
    if apart and known and measure != "OR":
        out.append(f"Q leaves out {trials(apart)} with no events or only events.")
    return out
