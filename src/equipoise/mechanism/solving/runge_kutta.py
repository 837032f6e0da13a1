"""Explicit adaptive Runge-Kutta steps for states that are not stiff.

What is integrated here is mostly a quadrature: rates that hang on time, through what was solved
before, and hardly on the states. So the nodes and weights are those of Lobatto's quadrature,

    c = 0, (5 - sqrt 5)/10, (5 + sqrt 5)/10, 1,      b = 1/12, 5/12, 5/12, 1/12,

exact for polynomials of degree 5, and the rest is the one method of order 4 that has them (W.
Kutta's family of four stages: E. Hairer, S. P. Norsett, G. Wanner, *Solving Ordinary Differential
Equations I*, 2nd ed., Springer 1993, section II.1, doi:10.1007/978-3-540-78862-1). The error is
taken to be the difference from a method of order 3, for a quadrature the rule of degree 2 on the
first three nodes: far larger than the true error, and never small by chance, as the difference of
two good rules is when both miss a peak.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.records import (
    BYTES,
    EXPLICIT,
    LEFT,
    NEW_SLOPE,
    SCALE,
    SLOPE,
    TRIAL,
    Array,
    Integers,
    Y,
)
from equipoise.mechanism.solving.sources import accept, add_cubic, finite, tell
from equipoise.mechanism.solving.statuses import NO_STEP, NOT_FINITE, OK, TOO_MANY
from equipoise.synthesis.compiled import part

STAGES = 4
ORDER = 4
NODES = np.array([0.0, (5.0 - math.sqrt(5.0)) / 10.0, (5.0 + math.sqrt(5.0)) / 10.0, 1.0])
WEIGHTS = np.array([1.0, 5.0, 5.0, 1.0]) / 12.0


def stage_weights(c2: float, c3: float) -> np.ndarray:
    """Return the stages of the method of order 4 with nodes 0, c2, c3, 1."""
    A = np.zeros((STAGES, STAGES))
    shared = 6.0 * c2 * c3 - 4.0 * (c2 + c3) + 3.0
    A[1, 0] = c2
    A[2, 1] = c3 * (c3 - c2) / (2.0 * c2 * (1.0 - 2.0 * c2))
    A[2, 0] = c3 - A[2, 1]
    A[3, 1] = (1.0 - c2) * (c2 + c3 - 1.0 - (2.0 * c3 - 1.0) ** 2)
    A[3, 1] /= 2.0 * c2 * (c3 - c2) * shared
    A[3, 2] = (1.0 - 2.0 * c2) * (1.0 - c2) * (1.0 - c3) / (c3 * (c3 - c2) * shared)
    A[3, 0] = 1.0 - A[3, 1] - A[3, 2]
    return A


A = stage_weights(float(NODES[1]), float(NODES[2]))


ERROR = np.array([-1.0, math.sqrt(5.0), -math.sqrt(5.0), -1.0, 2.0]) / 12.0
"""Weights of the error, the rate after the step last; orthogonal to all conditions of order 3."""

SMALLEST = 1e-6
"""Least size of a state, in its unit, that its errors are measured against: one that accumulates
nothing but rounding has no size of its own."""

SMALLEST_STEP = 1e-11
"""Days; a step below it means that the solution runs away."""


@part
def advance(
    rates: int,
    size: int,
    floor: Array,
    reads: Integers,
    row: Array,
    book: Integers,
    room: Array,
    steps: Integers,
    p: Array,
    t: float,
    end: float,
    h: float,
    track: int,
    limit: float,
) -> tuple[float, int]:
    """Step states from t to `end`; return the next step and a status.

    `room[Y]` holds the states, `room[SLOPE]` their rates at t; both move on. Pieces are laid as
    source `track` unless it is negative.
    """
    base, to_p = room.ctypes.data, p.ctypes.data
    while t < end:
        steps[LEFT] -= 1
        steps[EXPLICIT] += 1
        if steps[LEFT] < 0:
            return h, TOO_MANY
        left = end - t
        whole = left <= 1.01 * h
        step = left if whole else (0.5 * left if left < 2.0 * h else h)
        stop = end if whole else t + step
        error = step_error(
            rates, size, floor, reads, row, book, room, base, p, to_p, t, step, stop, limit
        )
        if not math.isfinite(error):
            error = 1e9
        best = step * min(5.0, max(0.1, 0.9 * max(error, 1e-12) ** (-1.0 / ORDER)))
        if error <= 1.0:
            if track >= 0 and not add_cubic(row, book, track, size, t, step, room):
                return h, TOO_MANY
            t = stop
            accept(room, size)
            h = max(best, h) if step < h else best
        else:
            h = best
            if h < SMALLEST_STEP:
                return h, NO_STEP
    return h, OK if finite(room, size) else NOT_FINITE


@part
def step_error(
    rates: int,
    size: int,
    floor: Array,
    reads: Integers,
    row: Array,
    book: Integers,
    room: Array,
    base: int,
    p: Array,
    to_p: int,
    t: float,
    h: float,
    stop: float,
    limit: float,
) -> float:
    """Make a trial step of h to `stop`, rates after it included; return its error in `limit`s.

    `base` and `to_p` are the addresses of `room` and `p`.
    """
    line = BYTES * room.shape[1]
    for s in range(1, STAGES):
        for i in range(size):
            change = 0.0
            for j in range(s):
                change += A[s, j] * room[SLOPE + j, i]
            room[TRIAL, i] = room[Y, i] + h * change
        tell(row, book, reads, stop if s == STAGES - 1 else t + NODES[s] * h, False, p)
        call_native(rates, base + TRIAL * line, to_p, base + (SLOPE + s) * line)
    for i in range(size):
        change = 0.0
        for j in range(STAGES):
            change += WEIGHTS[j] * room[SLOPE + j, i]
        room[TRIAL, i] = room[Y, i] + h * change
    call_native(rates, base + TRIAL * line, to_p, base + NEW_SLOPE * line)
    worst = 0.0
    for i in range(size):
        wrong = ERROR[STAGES] * room[NEW_SLOPE, i]
        for j in range(STAGES):
            wrong += ERROR[j] * room[SLOPE + j, i]
        if wrong != 0.0:
            level = floor[i]
            if level < 0.0:
                level *= -max(SMALLEST, room[SCALE, i], abs(room[TRIAL, i]))
            worst = max(worst, abs(wrong) * h / (limit * level))
    return worst
