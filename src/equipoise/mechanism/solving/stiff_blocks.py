"""Small nonlinear blocks with fast parts: adaptive implicit steps between doses.

A dosing cycle that begins where the one before began, and holds the same doses, has the same
course: its pieces are laid again. What two courses differ by at the start can only fade, so the
error is that of one step.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.dose_events import cycle_of, give, same_cycle
from equipoise.mechanism.solving.records import (
    BYTES,
    CUBIC,
    IMPLICIT,
    LAST,
    LEFT,
    NEW_SLOPE,
    SCALE,
    SIZE,
    SLOPE,
    TRIAL,
    WIDTH,
    Array,
    Code,
    Events,
    Integers,
    Y,
)
from equipoise.mechanism.solving.rosenbrock import ORDER, rosenbrock_step
from equipoise.mechanism.solving.sources import accept, add_cubic, finite, new_piece
from equipoise.mechanism.solving.statuses import NO_STEP, NOT_FINITE, OK, TOO_MANY
from equipoise.synthesis.compiled import part

SMALLEST_STEP = 1e-12
"""Days; a step below it means that the solution runs away."""

SAME_TIME = 1e-9
"""Days by which two distances of dose times may differ: rounding."""


@part
def follow_stiff(
    code: Code,
    events: Events,
    b: int,
    row: Array,
    book: Integers,
    room: Array,
    steps: Integers,
    p: Array,
    until: float,
    limit: float,
) -> int:
    """Lay the pieces of block b from its start in `room[Y]` to `until`; return a status."""
    size, last = code.size[b], events.first[b + 1]
    running, W = np.zeros(p.size, np.int64), np.zeros(size * size)
    began = np.full(size, np.inf)
    begin(row, book, b, room, size)
    t, e, old, old_piece, status = 0.0, events.first[b], -1, 0, OK
    while t < until and status == OK:
        next_e = cycle_of(events, e, last, p, t)
        end = min(events.time[next_e], until) if next_e < last else until
        piece, alike = book[b, LAST] + 1, begins_alike(room, began, size, limit)
        if (
            alike
            and next_e - e == e - old
            and abs((end - t) - (t - events.time[old])) < SAME_TIME
            and same_cycle(events, old, e, e - old, p, SAME_TIME)
        ):
            status = lay_again(row, book, b, old_piece, piece, t - events.time[old])
        else:
            status = step_cycle(
                code, events, e, next_e, b, row, book, room, W, steps, p, running, t, end, limit
            )
        t, old, e, old_piece = end, e, next_e, piece
    return status


@part
def begin(row: Array, book: Integers, b: int, room: Array, size: int) -> None:
    """Lay a piece without length, for who asks for the start before any dose."""
    book[b, LAST] = -1
    new_piece(row, book, b, 0.0)
    for i in range(size):
        room[SCALE, i] = abs(room[Y, i])
        row[b, 0, book[b, CUBIC] + i * book[b, WIDTH]] = room[Y, i]


@part
def begins_alike(room: Array, began: Array, size: int, limit: float) -> bool:
    """Return whether the states are where the last cycle began; keep them."""
    same = True
    for i in range(size):
        same = same and abs(room[Y, i] - began[i]) <= limit * room[SCALE, i]
        began[i] = room[Y, i]
    return same


@part
def lay_again(row: Array, book: Integers, b: int, old: int, first: int, later: float) -> int:
    """Lay pieces `old` to `first` again, some time later; the states end where they stand."""
    for j in range(old, first):
        new = new_piece(row, book, b, row[b, j, 0] + later)
        if new < 0:
            return TOO_MANY
        for m in range(1, book[b, SIZE] + 1):
            row[b, new, m] = row[b, j, m]
    return OK


@part
def step_cycle(
    code: Code,
    events: Events,
    e: int,
    next_e: int,
    b: int,
    row: Array,
    book: Integers,
    room: Array,
    W: Array,
    steps: Integers,
    p: Array,
    running: Integers,
    t: float,
    end: float,
    limit: float,
) -> int:
    """Step block b from t through the events e to `next_e` to `end`; return a status."""
    rates, slopes, size = code.rates[b], code.slopes[b], code.size[b]
    while t < end:
        while e < next_e and events.time[e] <= t:
            give(events, e, room, p, running)
            e += 1
        stop = min(events.time[e], end) if e < next_e else end
        status = step_to(rates, slopes, b, size, row, book, room, W, steps, p, t, stop, limit)
        if status != OK:
            return status
        t = stop
    return OK


@part
def step_to(
    rates: int,
    slopes: int,
    b: int,
    size: int,
    row: Array,
    book: Integers,
    room: Array,
    W: Array,
    steps: Integers,
    p: Array,
    t: float,
    end: float,
    limit: float,
) -> int:
    """Step block b from t to `end`, laying a piece a step; return a status."""
    base, line, at, to_W = room.ctypes.data, BYTES * room.shape[1], p.ctypes.data, W.ctypes.data
    call_native(rates, base + Y * line, at, base + SLOPE * line)
    h = first_step(room, size, end - t)
    while t < end:
        steps[LEFT] -= 1
        steps[IMPLICIT] += 1
        if steps[LEFT] < 0:
            return TOO_MANY
        whole = end - t < 1.1 * h
        if whole:
            h = end - t
        error = rosenbrock_step(rates, slopes, size, at, room, base, W, to_W, h, limit)
        if not math.isfinite(error):
            error = 1e9
        if error <= 1.0:
            call_native(rates, base + TRIAL * line, at, base + NEW_SLOPE * line)
            if not add_cubic(row, book, b, size, t, h, room):
                return TOO_MANY
            t = end if whole else t + h
            accept(room, size)
        h *= min(6.0, max(0.1, 0.9 * max(error, 1e-10) ** (-1.0 / ORDER)))
        if h < SMALLEST_STEP and t < end:
            return NO_STEP
    return OK if finite(room, size) else NOT_FINITE


@part
def first_step(room: Array, size: int, span: float) -> float:
    """Guess a first step: the fiftieth part of the time in which the block changes by its size."""
    level, speed = 0.0, 0.0
    for i in range(size):
        level = max(level, abs(room[Y, i]))
        speed = max(speed, abs(room[SLOPE, i]))
    if speed == 0.0:
        return span
    return min(span, max(1e-6, 0.02 * level / speed) if level > 0.0 else 1e-3)
