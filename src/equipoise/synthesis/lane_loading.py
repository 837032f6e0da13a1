"""How a set of trials gets into its lane, and what is refused or left to the scaled route."""

from __future__ import annotations

import math

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part
from equipoise.synthesis.lane_sums import (
    DATA,
    EFFECT,
    LANES,
    LEAST,
    MOST,
    ORIGIN,
    ROUNDS,
    ROW,
    SIZE,
    TAU2,
    TRIAL,
    VARIANCE,
)
from equipoise.synthesis.pool_input import SPAN, TAME

FIT, BAD, APART, UNTAME = range(4)
"""Verdicts on a row: pooled here; not a number or variance; too far apart; needs scaling."""

TINY = float(np.finfo(np.float64).tiny)


@part
def present(y: float, v: float) -> bool:
    """Whether a trial is there; both its numbers are NaN if not."""
    return not (math.isnan(y) and math.isnan(v))


@part
def judge(effects: Array, variances: Array) -> tuple[int, int, float, float, float]:
    """Verdict on a row, its number of trials, effect of the most precise, extreme variances."""
    n, origin, least, most, largest = 0, 0.0, math.inf, 0.0, 0.0
    for j in range(effects.size):
        y, v = effects[j], variances[j]
        if not present(y, v):
            continue
        if not (math.isfinite(y) and math.isfinite(v) and v >= TINY):
            return BAD, n, origin, least, most
        n += 1
        if v < least:
            least, origin = v, y
        most = v if v > most else most
        largest = abs(y) if abs(y) > largest else largest
    if n == 0:
        return FIT, 0, 0.0, 1.0, 1.0
    se = math.sqrt(least)
    if math.sqrt(most) / se > SPAN or largest / se > SPAN:
        return APART, n, origin, least, most
    faint = 0.0 < largest < se / TAME
    if least < 1.0 / TAME or most > TAME or faint:
        return UNTAME, n, origin, least, most
    return FIT, n, origin, least, most


@part
def load(i: int, effects: Array, variances: Array, work: Array) -> int:
    """Put one row (k,) into lane `i`, effects counted from the most precise; its verdict."""
    verdict, n, origin, least, most = judge(effects, variances)
    work[SIZE * LANES + i] = n
    if verdict != FIT:
        return verdict
    at = DATA + i
    for j in range(effects.size):
        if present(effects[j], variances[j]):
            work[at + EFFECT * LANES] = effects[j] - origin
            work[at + VARIANCE * LANES] = variances[j]
            at += TRIAL
    for _ in range(effects.size - n):
        work[at + EFFECT * LANES] = 0.0
        work[at + VARIANCE * LANES] = math.inf
        at += TRIAL
    work[LEAST * LANES + i] = least
    work[ORIGIN * LANES + i] = origin
    work[MOST * LANES + i] = most
    work[ROUNDS * LANES + i] = 0.0
    return verdict


@part
def empty(i: int, k: int, work: Array) -> None:
    """Leave lane `i` without a set; sums over it mean nothing and harm nothing."""
    for j in range(k):
        work[DATA + j * TRIAL + EFFECT * LANES + i] = 0.0
        work[DATA + j * TRIAL + VARIANCE * LANES + i] = math.inf
    work[LEAST * LANES + i] = 1.0
    work[TAU2 * LANES + i] = 0.0
    work[ROW * LANES + i] = -1.0


@part
def unweighted(i: int, n: int, work: Array) -> tuple[float, float, float]:
    """Sum of squared deviations of the effects from their plain mean, `sum v`, `sum v^2`."""
    mean = 0.0
    for j in range(n):
        mean += work[DATA + j * TRIAL + EFFECT * LANES + i]
    mean /= n
    spread, total, squares = 0.0, 0.0, 0.0
    for j in range(n):
        apart = work[DATA + j * TRIAL + EFFECT * LANES + i] - mean
        v = work[DATA + j * TRIAL + VARIANCE * LANES + i]
        spread += apart * apart
        total += v
        squares += v * v
    return spread, total, squares


@part
def unload(i: int, n: int, work: Array) -> tuple[Array, Array]:
    """Effects from the origin and variances of lane `i`, each (n,)."""
    y, v = np.empty(n), np.empty(n)
    for j in range(n):
        y[j] = work[DATA + j * TRIAL + EFFECT * LANES + i]
        v[j] = work[DATA + j * TRIAL + VARIANCE * LANES + i]
    return y, v
