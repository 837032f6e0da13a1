"""Driven groups: linear states fed by exact blocks, solved before the others.

While the dosing repeats and the blocks that feed a group have settled, a dosing interval is the one
before it: the difference of the two solutions only decays, as `e^(c s)`, `c` the coefficient of a
state in its own rate. The pieces of the interval are then laid again with that difference, and no
rate is evaluated.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.records import (
    BYTES,
    CURSOR,
    LAST,
    NEW_SLOPE,
    SCALE,
    SLOPE,
    TRIAL,
    WIDTH,
    Array,
    Code,
    Integers,
    Y,
)
from equipoise.mechanism.solving.runge_kutta import advance
from equipoise.mechanism.solving.source_terms import CUBIC as WIDTH_OF_CUBIC
from equipoise.mechanism.solving.sources import accept, add_cubic, forget, tell
from equipoise.mechanism.solving.statuses import OK, TOO_MANY
from equipoise.synthesis.compiled import part

SETTLED = 1e-7
"""Relative change of what feeds a group, below which an interval is the one before."""

SAME_SPAN = 1e-9
"""Days by which two intervals of one length may differ: rounding of the dose times."""


@part
def follow_group(
    code: Code,
    g: int,
    row: Array,
    book: Integers,
    room: Array,
    steps: Integers,
    p: Array,
    until: float,
    limit: float,
) -> int:
    """Lay the pieces of driven group g from its start in `room[Y]` to `until`; return a status."""
    size, at, track = code.own_size[g], code.own_at[g], code.size.size + g
    reads, rates, floor = code.reads[g], code.own_rates[g], code.floor[at : at + size]
    base, line = room.ctypes.data, BYTES * room.shape[1]
    own = np.empty(size)
    call_native(code.own_slopes[g], base + Y * line, p.ctypes.data, own.ctypes.data)
    for i in range(size):
        room[SCALE, i] = abs(room[Y, i])
    forget(book)
    book[track, LAST] = -1
    t, h, span, old, status = 0.0, 1e-2, -1.0, 0, OK
    while t < until and status == OK:
        tell(row, book, reads, t, True, p)
        end = next_piece(row, book, reads, until)
        first = book[track, LAST] + 1
        if abs(end - t - span) < SAME_SPAN and settled(code, g, row, book, t, span):
            status = repeat(row, book, room, track, old, first, t, end, own)
        else:
            call_native(rates, base + Y * line, p.ctypes.data, base + SLOPE * line)
            h, status = advance(
                rates, size, floor, reads, row, book, room, steps, p, t, end, h, track, limit
            )
        t, old, span = end, first, end - t
    return status


@part
def next_piece(row: Array, book: Integers, reads: Integers, until: float) -> float:
    """Return when the first piece that is being read ends."""
    end = until
    for i in range(1, reads[0] + 1):
        k = reads[i]
        if book[k, CURSOR] < book[k, LAST]:
            end = min(end, row[k, book[k, CURSOR] + 1, 0])
    return end


@part
def settled(code: Code, g: int, row: Array, book: Integers, t: float, span: float) -> bool:
    """Return whether all that feeds group g begins a piece at t that is like its last one."""
    for i in range(1, code.reads[g, 0] + 1):
        k = code.reads[g, i]
        j = book[k, CURSOR]
        if j == 0 or row[k, j, 0] != t or abs(t - row[k, j - 1, 0] - span) > SAME_SPAN:
            return False
        size, width = code.size[k], book[k, WIDTH]
        for state in range(size):
            if not code.uses[g, code.at[k] + state]:
                continue
            at, change, whole = 1 + size + state * width, 0.0, 0.0
            for m in range(at, at + width):
                change += abs(row[k, j, m] - row[k, j - 1, m])
                whole += abs(row[k, j, m])
            if change > SETTLED * whole:
                return False
    return True


@part
def repeat(
    row: Array,
    book: Integers,
    room: Array,
    track: int,
    old: int,
    first: int,
    t: float,
    end: float,
    own: Array,
) -> int:
    """Lay the pieces `old` to `first` again from t to `end`, starting at `room[Y]`; a status."""
    size, later = own.size, t - row[track, old, 0]
    apart = np.empty(size)
    for i in range(size):
        apart[i] = room[Y, i] - row[track, old, 1 + WIDTH_OF_CUBIC * i]
    for j in range(old, first):
        start = row[track, j, 0] + later
        h = (row[track, j + 1, 0] + later if j + 1 < first else end) - start
        for i in range(size):
            at = 1 + WIDTH_OF_CUBIC * i
            c0, c1 = row[track, j, at], row[track, j, at + 1]
            c2, c3 = row[track, j, at + 2], row[track, j, at + 3]
            room[Y, i] = c0 + apart[i]
            room[SLOPE, i] = c1 + own[i] * apart[i]
            apart[i] *= math.exp(own[i] * h)
            room[TRIAL, i] = c0 + h * (c1 + h * (c2 + h * c3)) + apart[i]
            room[NEW_SLOPE, i] = c1 + h * (2.0 * c2 + 3.0 * h * c3) + own[i] * apart[i]
        if not add_cubic(row, book, track, size, start, h, room):
            return TOO_MANY
        accept(room, size)
    return OK
