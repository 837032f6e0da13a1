"""Rank correlation: do effects and variances go together (Begg and Mazumdar)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.bias.funnel_tests import FEW, LOW_POWER, OTHER_CAUSES
from equipoise.synthesis.bias.study_effects import checked, in_unit, sentences
from equipoise.synthesis.heterogeneity import all_but_one
from equipoise.synthesis.intervals import two_sided_p

METHOD_CITES = {"rank_test": ("begg1994", "sterne2011")}

EXACT = 700
"""Studies up to which P is counted out (a third of a second); beyond, it is as good as normal."""


@dataclass(frozen=True)
class RankTest:
    """Kendall's rank correlation between standardised effects and their variances.

    Attributes
    ----------
    statistic : float
        Kendall's tau-b, between -1 and 1.
    concordance : float
        Concordant minus discordant pairs.
    df : float
        NaN: the test has none.
    p_value : float
        Two-sided.
    exact : bool
        Whether P was counted over all orders (no ties, at most `EXACT` studies).
    k : int
    status, message : str
        As in `FunnelTest`.
    """

    statistic: float
    concordance: float
    df: float
    p_value: float
    exact: bool
    k: int
    status: str
    message: str


def rank_test(yi: ArrayLike, vi: ArrayLike) -> RankTest:
    """Test by ranks whether small studies show other effects than large ones.

    With `wi = 1 / vi` and `mu` the weighted mean, the standardised effects are
    `ti = (yi - mu) / sqrt(vi - 1 / sum w)`; the statistic is Kendall's tau of `ti` and `vi`.
    P is exact without ties: twice the smaller tail of the number of concordant pairs over all
    k! orders, at most 1. With ties `S / sd(S)` is referred to the normal distribution, the
    variance of `S` allowing for ties and without a continuity correction.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.

    Returns
    -------
    RankTest
        ``undefined`` with a sentence for fewer than two studies, or if all variances or all
        standardised effects are equal.

    Raises
    ------
    ArrayError
        As `egger`.

    Notes
    -----
    Of lower power than `egger` in most settings. Source: Begg and Mazumdar 1994,
    10.2307/2533446.

    Examples
    --------
    >>> result = rank_test([0.1, 0.2, 0.5, 0.7, 0.6], [0.01, 0.02, 0.05, 0.09, 0.2])
    >>> round(result.statistic, 1), round(result.p_value, 4), result.exact
    (0.6, 0.2333, True)
    """
    y, v, _ = in_unit(*checked(yi, vi))
    k = y.size
    if k < 2:
        return _undefined(k, f"A rank correlation needs two studies; there are {k}.")
    w = 1.0 / v
    centred = y - y[np.argmin(v)]
    centred = centred - w @ centred / w.sum()
    # For a dominant study the subtraction would lose every digit; for the others it keeps
    # studies of equal variance equal, which the ranks need.
    total = float(w.sum())
    variance = np.where(w > 0.5 * total, v * all_but_one(w) / total, v - 1.0 / total)
    standardised = centred / np.sqrt(variance)
    concordance = _concordance(standardised, v)
    ties = [_tie_sizes(standardised), _tie_sizes(v)]
    pairs = 0.5 * k * (k - 1)
    free = [pairs - 0.5 * float((t * (t - 1)).sum()) for t in ties]
    if min(free) <= 0.0:
        which = "variances" if free[1] <= 0.0 else "standardised effects"
        return _undefined(k, f"All {which} are equal: there is no order to compare.")
    exact = k <= EXACT and not any(t.size for t in ties)
    p_value = (
        _exact_p(round(0.5 * (pairs + concordance)), k)
        if exact
        else two_sided_p(concordance / math.sqrt(_variance(k, *ties)))
    )
    few = LOW_POWER.format(k=k) if k < FEW else ""
    tau = concordance / math.sqrt(free[0] * free[1])
    said = sentences(few, OTHER_CAUSES)
    return RankTest(tau, concordance, math.nan, p_value, exact, k, "converged", said)


def _undefined(k: int, why: str) -> RankTest:
    return RankTest(*(math.nan,) * 4, exact=False, k=k, status="undefined", message=why)


def _concordance(x: Array, y: Array) -> float:
    """Concordant minus discordant pairs."""
    total = 0.0
    for i in range(1, x.size):
        total += float((np.sign(x[i] - x[:i]) * np.sign(y[i] - y[:i])).sum())
    return total


def _tie_sizes(x: Array) -> Array:
    """Sizes of the groups of equal values, those of one left out."""
    sizes = np.unique(x, return_counts=True)[1].astype(np.float64)
    out: Array = sizes[sizes > 1]
    return out


def _variance(k: int, t: Array, u: Array) -> float:
    """Variance of concordant minus discordant pairs with ties of sizes `t` and `u` (Kendall)."""

    def cubic(n: Array | float) -> float:
        return float(np.sum(n * (n - 1) * (2 * n + 5)))

    pairs = float((t * (t - 1)).sum()) * float((u * (u - 1)).sum())
    triples = float((t * (t - 1) * (t - 2)).sum()) * float((u * (u - 1) * (u - 2)).sum())
    out = (cubic(float(k)) - cubic(t) - cubic(u)) / 18.0 + pairs / (2.0 * k * (k - 1))
    return out + (triples / (9.0 * k * (k - 1) * (k - 2)) if k > 2 else 0.0)


def _exact_p(concordant: int, k: int) -> float:
    """Two-sided P of a number of concordant pairs among `k` untied studies.

    The number of pairs in order is a sum of independent uniforms on 0..i-1, i = 1..k. Only the
    smaller tail is worked out: there the distribution rises, so that a window taken as the
    difference of two running sums keeps its digits.
    """
    pairs = k * (k - 1) // 2
    tail = min(concordant, pairs - concordant)
    chance = np.zeros(tail + 1)
    chance[0] = 1.0
    for i in range(2, k + 1):
        running = np.cumsum(chance)
        running[i:] -= running[:-i].copy()
        chance = running / i
    return min(1.0, 2.0 * float(chance.sum()))
