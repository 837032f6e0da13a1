"""Tests of funnel-plot asymmetry for two-by-two tables, where an odds ratio carries its own error.

The standard error of a log odds ratio grows with the log odds ratio itself, so that Egger's test
finds asymmetry where there is none. Both tests here use a measure of size that does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.arrays import Array, as_vector, broadcast, require
from equipoise.synthesis.bias.funnel_tests import Ask, FunnelTest, regression_test
from equipoise.synthesis.bias.study_effects import sentences

METHOD_CITES = {
    "peters": ("peters2006", "sterne2011"),
    "harbord": ("harbord2006", "sterne2011"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each test."""


def peters(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> FunnelTest:
    """Test two-by-two tables for small-study effects without the odds ratio's own error.

    Weighted regression of the log odds ratio on `1 / n`, `n` all patients of a trial, with
    weights `(1 / events + 1 / nonevents)^-1`, events and nonevents counted over both arms; Student
    with k - 2 degrees of freedom. Unlike the standard error, neither depends on the effect.

    Parameters
    ----------
    a, b : array_like, shape (k,)
        Patients with and without the event in the treatment arm.
    c, d : array_like, shape (k,)
        The same in the control arm.
    level : float
        Level of the interval of the limit.

    Returns
    -------
    FunnelTest
        Trials in which nobody or everybody had the event are left out; 1/2 is added to all
        cells of a trial with another zero cell, for its log odds ratio only. `message` says in
        how many trials.

    Raises
    ------
    ArrayError
        Unequal lengths or a count below zero or not finite.

    Notes
    -----
    Source: Peters and others 2006, 10.1001/jama.295.6.676.

    Examples
    --------
    >>> result = peters([4, 6, 3], [119, 300, 228], [11, 29, 11], [128, 274, 209])
    >>> round(result.statistic, 3), result.df
    (8.037, 1.0)
    """
    t, left_out = _tables(a, b, c, d)
    zero = (t == 0).any(axis=0)
    events, nonevents = t[0] + t[2], t[1] + t[3]
    a1, b1, c1, d1 = t + 0.5 * zero
    y = np.log(a1) - np.log(b1) - np.log(c1) + np.log(d1)
    v = 1.0 / events + 1.0 / nonevents
    remark = f"1/2 was added to the cells of {int(zero.sum())} trials." if zero.any() else ""
    ask = Ask("peters", "ninv", "lm", "EE", _level(level))
    return regression_test(ask, y, v, t.sum(axis=0), sentences(left_out, remark))


def harbord(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> FunnelTest:
    """Test two-by-two tables for small-study effects through the score of the log odds ratio.

    With `Z = a - (a + b)(a + c) / n` and `V = (a + b)(c + d)(a + c)(b + d) / (n^2 (n - 1))`,
    weighted regression of `Z / V` on `1 / sqrt(V)` with weights `V`; Student with k - 2 degrees
    of freedom. No zero cell needs a correction. Arguments, result and errors as in `peters`; the
    limit is a Peto log odds ratio. Source: Harbord, Egger and Sterne 2006, 10.1002/sim.2380.
    """
    t, left_out = _tables(a, b, c, d)
    n = t.sum(axis=0)
    events = t[0] + t[2]
    score = t[0] - (t[0] + t[1]) * events / n
    information = (t[0] + t[1]) / n * (t[2] + t[3]) / n * events * (n - events) / (n - 1.0)
    y, v = score / information, 1.0 / information
    ask = Ask("harbord", "sei", "lm", "EE", _level(level))
    return regression_test(ask, y, v, n, left_out)


def _level(level: float) -> float:
    """Return the level of the interval, or refuse it."""
    require({"level": as_vector(level, "level")}, ("level",), _is_level, "between 0 and 1")
    return level


def _is_level(x: Array) -> ArrayLike:
    return (x > 0.0) & (x < 1.0)


def _tables(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> tuple[Array, str]:
    """Tables (4, k) that hold information on an odds ratio, and how many do not."""
    x = broadcast(a=a, b=b, c=c, d=d)
    require(x, "abcd", lambda n: np.isfinite(n) & (n >= 0), "a count of at least 0")
    t = np.stack([x[name] for name in "abcd"])
    keep = (t[0] + t[1] > 0) & (t[2] + t[3] > 0) & (t[0] + t[2] > 0) & (t[1] + t[3] > 0)
    lost = int((~keep).sum())
    said = f"Left out: {lost} trials with no or only events, or an empty arm." if lost else ""
    return t[:, keep], said
