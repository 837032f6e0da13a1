"""One patient after the other: blocks, groups, then what couples them."""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.driven_groups import follow_group
from equipoise.mechanism.solving.exact_blocks import follow_exact
from equipoise.mechanism.solving.records import (
    BYTES,
    EXPLICIT,
    IMPLICIT,
    LEFT,
    SCALE,
    SLOPE,
    Array,
    Code,
    Events,
    Integers,
    Modes,
    Stops,
    Tolerances,
    Y,
)
from equipoise.mechanism.solving.runge_kutta import advance
from equipoise.mechanism.solving.sources import forget, tell
from equipoise.mechanism.solving.statuses import NOT_FINITE, OK
from equipoise.mechanism.solving.stiff_blocks import follow_stiff
from equipoise.synthesis.compiled import kernel, part

UNEXACT = 1e-3
"""Tolerance of an exact block that has to be stepped, as a share of that of stiff blocks."""


@kernel
def constants_kernel(
    constants: int, linear: int, parameters: Array, p: Array, made: Array, out: Array
) -> None:
    """Fill the rows of `p` with parameters and constants, of `out` with the exact blocks."""
    count = parameters.shape[1]
    for n in range(parameters.shape[0]):
        for i in range(count):
            p[n, i] = parameters[n, i]
        call_native(constants, made.ctypes.data, p[n].ctypes.data, made.ctypes.data)
        for i in range(made.size):
            p[n, count + i] = made[i]
        call_native(linear, made.ctypes.data, p[n].ctypes.data, out[n].ctypes.data)


@kernel
def patients_kernel(
    code: Code,
    events: Events,
    stops: Stops,
    tolerances: Tolerances,
    p: Array,
    modes: Modes,
    row: Array,
    book: Integers,
    room: Array,
    values: Array,
    status: Integers,
    tried: Integers,
) -> None:
    """Fill `values`, shape (n, days, outputs), `status`, shape (n,), and steps, shape (n, 2)."""
    starts, steps = np.zeros(code.floor.size + 1), np.zeros(3, np.int64)
    for n in range(p.shape[0]):
        steps[:] = 0
        steps[LEFT] = tolerances.steps
        call_native(code.start, starts.ctypes.data, p[n].ctypes.data, starts.ctypes.data)
        status[n] = before(
            *(code, events, stops, tolerances, n, p[n], modes, row, book, room, steps, starts)
        )
        if status[n] == OK:
            limit = tolerances.coupled
            status[n] = coupled(code, stops, limit, row, book, room, steps, p[n], starts, values[n])
        tried[n, 0], tried[n, 1] = steps[EXPLICIT], steps[IMPLICIT]
        if status[n] != OK:
            values[n] = np.nan


@part
def before(
    code: Code,
    events: Events,
    stops: Stops,
    tolerances: Tolerances,
    n: int,
    p: Array,
    modes: Modes,
    row: Array,
    book: Integers,
    room: Array,
    steps: Integers,
    starts: Array,
) -> int:
    """Solve all that needs nothing of the coupled states; return a status."""
    until, exact = stops.time[stops.time.size - 1], modes.whole.shape[1]
    for b in range(code.size.size):
        at, size = code.at[b], code.size[b]
        if b < exact and modes.whole[n, b]:
            status = follow_exact(events, b, n, modes, row, book, p, starts[at : at + size])
        else:
            limit = tolerances.stiff * (UNEXACT if b < exact else 1.0)
            put(starts, at, size, room)
            status = follow_stiff(code, events, b, row, book, room, steps, p, until, limit)
        if status != OK:
            return status
    for g in range(code.own_slopes.size):
        put(starts, code.own_at[g], code.own_size[g], room)
        status = follow_group(code, g, row, book, room, steps, p, until, tolerances.driven)
        if status != OK:
            return status
    forget(book)
    return OK


@part
def put(starts: Array, at: int, size: int, room: Array) -> None:
    """Set states to their starts."""
    for i in range(size):
        room[Y, i] = starts[at + i]
        room[SCALE, i] = abs(starts[at + i])


@part
def coupled(
    code: Code,
    stops: Stops,
    limit: float,
    row: Array,
    book: Integers,
    room: Array,
    steps: Integers,
    p: Array,
    starts: Array,
    values: Array,
) -> int:
    """Solve the coupled states from stop to stop, and write the outputs on their days."""
    g = code.own_slopes.size
    rates, size, at, reads = code.own_rates[g], code.own_size[g], code.own_at[g], code.reads[g]
    base, line, to_p = room.ctypes.data, BYTES * room.shape[1], p.ctypes.data
    floor, to_values = code.floor[at : at + size], values.ctypes.data
    t, h, status = 0.0, 1e-2, OK
    put(starts, at, size, room)
    for k in range(stops.time.size):
        if stops.time[k] > t and size > 0:
            end = stops.time[k]
            h, status = advance(
                rates, size, floor, reads, row, book, room, steps, p, t, end, h, -1, limit
            )
            if status != OK:
                return status
        t, day = stops.time[k], stops.day[k]
        if day >= 0:
            tell(row, book, code.reads[g + 1], t, False, p)
            out = to_values + BYTES * values.shape[1] * day
            call_native(code.outputs, base + Y * line, to_p, out)
            for i in range(values.shape[1]):
                if not math.isfinite(values[day, i]):
                    return NOT_FINITE
        if stops.jump[k] and size > 0:
            tell(row, book, reads, t, True, p)
            call_native(rates, base + Y * line, to_p, base + SLOPE * line)
    return OK
