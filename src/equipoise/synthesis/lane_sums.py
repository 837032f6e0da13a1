"""Weighted sums of many sets of trials side by side, one set a lane.

A sum over one set is a chain of dependent additions; the same sum over `LANES` sets at once keeps
a vector unit busy, and each lane still adds its trials in their own order, so that a set gives
the same bits alone or among others. An absent trial has an infinite variance: its weight is zero
and it adds nothing.

Layout: one flat array `work`. First `FIELDS` runs of `LANES` numbers, what is known of each lane;
then, from `DATA` on, four runs for each trial (effect, variance, weight, weights before it).
Nothing is subtracted that could be nearly equal: effects count from that of the lane's most
precise trial, `P`'s diagonal comes from the weights before and after, and `y'PPPy` is summed
around the term of the most precise trial.
"""

from __future__ import annotations

import math

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part

LANES = 32
"""Sets side by side; eight vectors of four doubles. 16 and 64 were slower by a quarter."""

EFFECT, VARIANCE, WEIGHT, BEFORE = range(4)
TRIAL = 4 * LANES

TAU2, LEAST, MOST, ORIGIN, SIZE, ROW, PHASE, ROUNDS, LOW, HIGH = range(10)
"""Where the sums are taken; extreme variances, origin of the effects, number of trials and row of
the lane's set; phase, rounds so far and bounds of its search."""

A0, B0, C0, D0 = range(10, 14)
"""The score at zero, see `certificates`."""

STATUS, FOUND_TAU2, FOUND_SE, FOUND_MEAN, FOUND_TOTAL = range(14, 19)
FOUND_Q, FOUND_Q0, FOUND_TRACE, FOUND_LOGS = range(19, 23)
"""Result: status, tau2 and its error, mean, sum w, Q(tau2), Q(0), tr P at 0, sum log(v + tau2)."""

TOTAL, PAIRS, PRODUCT, AFTER, SQUARES, DIAGONAL, CROSS, Q, SCORE, FIRST, SECOND = range(23, 34)
"""Running sums."""

MEAN, ORIGIN_TERM = range(34, 36)
FIELDS = 36
DATA = FIELDS * LANES


@part
def clear_sums(work: Array) -> None:
    """Set every running sum to zero."""
    for i in range(TOTAL * LANES, MEAN * LANES):
        work[i] = 0.0


@part
def sum_weights(k: int, work: Array) -> None:
    """`w = 1 / (v + tau2)`; sums of `w`, of `w y`, and of the products of all pairs of `w`."""
    for j in range(k):
        trial = work[DATA + j * TRIAL : DATA + (j + 1) * TRIAL]
        for i in range(LANES):
            w = 1.0 / (trial[VARIANCE * LANES + i] + work[TAU2 * LANES + i])
            before = work[TOTAL * LANES + i]
            trial[WEIGHT * LANES + i] = w
            trial[BEFORE * LANES + i] = before
            work[PAIRS * LANES + i] += w * before
            work[TOTAL * LANES + i] = before + w
            work[PRODUCT * LANES + i] += w * trial[EFFECT * LANES + i]
    for i in range(LANES):
        mean = work[PRODUCT * LANES + i] / work[TOTAL * LANES + i]
        work[MEAN * LANES + i] = mean
        work[ORIGIN_TERM * LANES + i] = -mean / (work[LEAST * LANES + i] + work[TAU2 * LANES + i])


@part
def sum_residuals(k: int, work: Array) -> None:
    """Add what needs the mean, and the squares of `P`, from the last trial to the first."""
    for back in range(k):
        j = k - 1 - back
        trial = work[DATA + j * TRIAL : DATA + (j + 1) * TRIAL]
        for i in range(LANES):
            w = trial[WEIGHT * LANES + i]
            after = work[AFTER * LANES + i]
            others = w * (trial[BEFORE * LANES + i] + after)
            work[AFTER * LANES + i] = after + w
            work[DIAGONAL * LANES + i] += others * others
            squares = work[SQUARES * LANES + i]
            work[CROSS * LANES + i] += w * w * squares
            work[SQUARES * LANES + i] = squares + w * w
            residual = trial[EFFECT * LANES + i] - work[MEAN * LANES + i]
            u = w * residual
            work[Q * LANES + i] += u * residual
            work[SCORE * LANES + i] += u * u
            apart = u - work[ORIGIN_TERM * LANES + i]
            work[FIRST * LANES + i] += w * apart
            work[SECOND * LANES + i] += w * apart * apart


@part
def evaluate(k: int, work: Array) -> None:
    """Take all sums of every lane at its own `tau2`."""
    clear_sums(work)
    sum_weights(k, work)
    sum_residuals(k, work)


@part
def moments(i: int, work: Array, restricted: bool) -> tuple[float, float, float, float]:
    """Return `A = y'PPy`, `B = tr P` (ML: `sum w`), `C = y'PPPy`, `D = -B'` of lane `i`."""
    total = work[TOTAL * LANES + i]
    first = work[FIRST * LANES + i]
    c = work[SECOND * LANES + i] - first * first / total
    if not restricted:
        return work[SCORE * LANES + i], total, c, work[SQUARES * LANES + i]
    return work[SCORE * LANES + i], trace(i, work), c, trace_of_square(i, work)


@part
def trace(i: int, work: Array) -> float:
    """`tr P = sum over pairs 2 wi wj / sum w` of lane `i`."""
    out: float = 2.0 * work[PAIRS * LANES + i] / work[TOTAL * LANES + i]
    return out


@part
def trace_of_square(i: int, work: Array) -> float:
    """`tr PP` of lane `i`."""
    both = work[DIAGONAL * LANES + i] + 2.0 * work[CROSS * LANES + i]
    out: float = both / work[TOTAL * LANES + i] ** 2
    return out


@part
def log_sum(i: int, n: int, work: Array, tau2: float) -> float:
    """`sum log(v + tau2)` of lane `i`, as logarithms of products that stay far from overflow."""
    total, product = 0.0, 1.0
    for j in range(n):
        product *= work[DATA + j * TRIAL + VARIANCE * LANES + i] + tau2
        if product > 1e150 or product < 1e-150:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)
