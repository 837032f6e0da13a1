"""Explicit adaptive Runge-Kutta steps of order 5(4), for states that are not stiff.

Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
assumption, *Computers & Mathematics with Applications* 2011;62:770-775,
doi:10.1016/j.camwa.2011.06.002. The seventh stage is the first of the next step.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.records import (
    BYTES,
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

STAGES = 7
ORDER = 5
NODES = np.array([0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0])
A = np.zeros((STAGES, STAGES))
A[1, :1] = 0.161
A[2, :2] = -0.008480655492356989, 0.335480655492357
A[3, :3] = 2.8971530571054935, -6.359448489975075, 4.3622954328695815
A[4, :4] = 5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525
A[5, :5] = (
    *(5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401),
    -0.028269050394068383,
)
A[6, :6] = (
    *(0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742),
    *(-3.290069515436081, 2.324710524099774),
)
ERROR = np.array(
    [
        *(-0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995),
        *(-0.1447110071732629, 0.5823571654525552, -0.45808210592918697, 0.015151515151515152),
    ]
)
"""Weights of the difference from the embedded solution of order 4."""

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
    while t < end:
        steps[0] -= 1
        if steps[0] < 0:
            return h, TOO_MANY
        left = end - t
        whole = left <= 1.01 * h
        step = left if whole else (0.5 * left if left < 2.0 * h else h)
        stop = end if whole else t + step
        error = step_error(rates, size, floor, reads, row, book, room, p, t, step, stop, limit)
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
    p: Array,
    t: float,
    h: float,
    stop: float,
    limit: float,
) -> float:
    """Fill `room[TRIAL]` with the states after a step of h to `stop`; its error in `limit`s."""
    base, line, at = room.ctypes.data, BYTES * room.shape[1], p.ctypes.data
    for s in range(1, STAGES):
        for i in range(size):
            change = 0.0
            for j in range(s):
                change += A[s, j] * room[SLOPE + j, i]
            room[TRIAL, i] = room[Y, i] + h * change
        if s < STAGES - 1:  # the last two stages are at one time
            tell(row, book, reads, stop if NODES[s] == 1.0 else t + NODES[s] * h, False, p)
        out = NEW_SLOPE if s == STAGES - 1 else SLOPE + s
        call_native(rates, base + TRIAL * line, at, base + out * line)
    worst = 0.0
    for i in range(size):
        wrong = ERROR[STAGES - 1] * room[NEW_SLOPE, i]
        for j in range(STAGES - 1):
            wrong += ERROR[j] * room[SLOPE + j, i]
        if wrong != 0.0:
            level = max(floor[i], max(room[SCALE, i], abs(room[TRIAL, i])))
            worst = max(worst, abs(wrong) * h / (limit * level))
    return worst
