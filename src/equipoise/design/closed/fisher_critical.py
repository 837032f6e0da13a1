"""Critical values of Fisher's product of stage-wise p-values, by exact formula."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial import Polynomial
from scipy.optimize import brentq
from scipy.special import gammaincc, gammainccinv

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {"fisher_bounds": ("bauer1994", "wassmer1999")}
"""Keys of `equipoise.cite.REFERENCES` behind the product test and its many-stage form."""

Piece = tuple[float, float, Polynomial]
"""A polynomial and the interval on which it is the density factor."""


def _next_pieces(pieces: Sequence[Piece], last: float, shift: float) -> list[Piece]:
    """Factor of the next stage, `q(s) = integral of the last one up to min(s - shift, last)`."""
    found: list[Piece] = []
    done = 0.0
    for low, high, factor in pieces:
        end = min(high, last)
        if end <= low:
            continue
        primitive = factor.integ(lbnd=low) + done
        found.append((low + shift, end + shift, primitive(Polynomial([-shift, 1.0]))))
        done = float(primitive(end))
    found.append((last + shift, math.inf, Polynomial([done])))
    return found


def _beyond(pieces: Sequence[Piece], bound: float) -> float:
    """Integral of `exp(-s) q(s)` above `bound`, by repeated parts: no digit lost in the tail."""
    total = 0.0
    for low, high, factor in pieces:
        start = max(low, bound)
        if start >= high:
            continue
        derivative, value = factor, 0.0
        for _ in range(factor.degree() + 1):
            value += math.exp(-start) * float(derivative(start))
            if math.isfinite(high):
                value -= math.exp(-high) * float(derivative(high))
            derivative = derivative.deriv()
        total += value
    return total


def stage_probabilities(critical: Array, accept: Array | None = None) -> Array:
    """Probability, under the null, that the product test first rejects at each stage.

    With independent uniform `p_k` the sum `S_k = -log p_1 - ... - log p_k` is a walk with
    exponential steps. While it has not crossed `L_k = -log c_k`, its density is
    `exp(-s) q_k(s)` with `q_1 = 1` and
    `q_k+1(s) = integral from 0 to min(s - a, L_k) of q_k(u) du`, a piecewise polynomial; `a` is 0
    for the step that rejects and `-log alpha0` for one that continues. So every probability is a
    finite sum.

    Parameters
    ----------
    critical : array, shape (K,)
        `c_k`: reject when `p_1 ... p_k <= c_k`.
    accept : array, shape (K - 1,), optional
        `alpha0_k`: stop without rejection when `p_k > alpha0_k` (binding). None is never.

    Returns
    -------
    array, shape (K,)
        The sum is the size of the test.

    Notes
    -----
    Wassmer 1999, 10.1002/(SICI)1521-4036(199906)41:3<279::AID-BIMJ279>3.0.CO;2-V.

    Examples
    --------
    >>> c = 0.0038042234663
    >>> round(float(stage_probabilities(np.array([c, c])).sum()), 9)
    0.025
    """
    _refuse_outside(critical=critical, accept=np.ones(1) if accept is None else accept)
    stages = critical.size
    least = np.zeros(stages)
    if accept is not None:
        least[:-1] = -np.log(accept)
    free: list[Piece] = [(0.0, math.inf, Polynomial([1.0]))]
    going: list[Piece] = [(float(least[0]), math.inf, Polynomial([1.0]))]
    found = np.empty(stages)
    for k in range(stages):
        bound = -math.log(critical[k])
        found[k] = _beyond(free, bound)
        if k + 1 < stages:
            free = _next_pieces(going, bound, 0.0)
            going = _next_pieces(going, bound, float(least[k + 1]))
    return found


def fisher_bounds(spent: Sequence[float], accept: Sequence[float] | None = None) -> Array:
    """Critical values of the product that spend `spent` of the one-sided error by each stage.

    Parameters
    ----------
    spent : sequence, length K
        Cumulative error, increasing; the last is the level of the test.
    accept : sequence, length K - 1, optional
        As `alpha0` of `stage_probabilities`.

    Returns
    -------
    array, shape (K,)
        `c_k`, exact to the rounding of the root.

    Examples
    --------
    >>> fisher_bounds([0.001, 0.01, 0.025]).round(9).tolist()
    [0.001, 0.001309183, 0.00068077]
    """
    given = np.asarray(spent, dtype=np.float64)
    if given.size == 0 or not np.all(np.diff(given, prepend=0.0) > 0.0) or given[-1] >= 1.0:
        action = "Spend something at every stage; leave out a look that spends nothing."
        allowed = "rising, above 0, below 1"
        raise ArrayError([Problem("", "", "spent", str(given.tolist()), allowed, action)])
    critical: list[float] = []
    stop = None if accept is None else np.asarray(accept, dtype=np.float64)
    before = 0.0
    for k, total in enumerate(spent):
        part_stop = None if stop is None else stop[:k]

        def excess(log_c: float, want: float = total - before, cut: Array | None = part_stop):  # type: ignore[no-untyped-def]
            trial = np.array([*critical, math.exp(log_c)])
            return math.log(stage_probabilities(trial, cut)[-1]) - math.log(want)

        critical.append(math.exp(brentq(excess, -700.0, -1e-12, xtol=1e-15, rtol=1e-15)))
        before = total
    return np.array(critical)


def full_level_bounds(stages: int, alpha: float = 0.025) -> Array:
    """One critical value for all stages: the product alone decides at level `alpha` in the end.

    `P(p_1 ... p_K <= c) = alpha`, so `c = exp(-x)` with `x` the upper `alpha` point of a gamma
    variable of shape K (Bauer and Köhne 1994, 10.2307/2533441, section 2).

    Examples
    --------
    >>> full_level_bounds(2).round(9).tolist()
    [0.003804223, 0.003804223]
    """
    _refuse_plan(stages, alpha)
    return np.full(stages, math.exp(-gammainccinv(stages, alpha)))


def equal_level_bounds(stages: int, alpha: float = 0.025) -> Array:
    """Critical values at which every stage's product has the same local level.

    `P(p_1 ... p_k <= c_k)` is the same for all k, and the whole test has size `alpha`.

    Examples
    --------
    >>> equal_level_bounds(2).round(9).tolist()
    [0.015788073, 0.002220544]
    """
    _refuse_plan(stages, alpha)
    shapes = np.arange(1.0, stages + 1.0)

    def bounds(level: float) -> Array:
        return np.asarray(np.exp(-gammainccinv(shapes, level)))

    level = brentq(
        lambda p: float(stage_probabilities(bounds(p)).sum()) - alpha,
        *(alpha / stages, alpha),
        xtol=1e-16,
    )
    return bounds(level)


def product_level(critical: float, stages: int) -> float:
    """Level of `p_1 ... p_K <= critical` alone: the gamma tail beyond `-log critical`."""
    return float(gammaincc(stages, -math.log(critical)))


def _refuse_plan(stages: int, alpha: float) -> None:
    """Refuse a test without a stage or a level that is none."""
    if stages < 1 or not 0.0 < alpha < 1.0:
        shown, allowed = f"stages {stages}, alpha {alpha}", "1 stage or more, alpha in (0, 1)"
        raise ArrayError([Problem("", "", "plan", shown, allowed, "Correct it.")])


def _refuse_outside(**values: Array) -> None:
    """Refuse critical values outside (0, 1) and limits of acceptance outside (0, 1]."""
    problems = [
        Problem("", "", name, str(v.tolist()), "above 0, at most 1", "Correct it.")
        for name, v in values.items()
        if not np.all((v > 0.0) & (v <= 1.0))
    ]
    if problems:
        raise ArrayError(problems)
