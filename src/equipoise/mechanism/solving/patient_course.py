"""One patient after the other: blocks, groups, then what couples them."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.driven_groups import follow_group
from equipoise.mechanism.solving.exact_blocks import follow_block
from equipoise.mechanism.solving.readers import fill, rates_at
from equipoise.mechanism.solving.records import (
    Array,
    Events,
    Integers,
    Layout,
    Modes,
    Scratch,
    Stops,
    Tolerances,
    Tracks,
)
from equipoise.mechanism.solving.runge_kutta import advance
from equipoise.mechanism.solving.statuses import NOT_FINITE, OK
from equipoise.mechanism.solving.stiff_blocks import follow_stiff
from equipoise.synthesis.compiled import kernel, part


@kernel
def constants_kernel(layout: Layout, parameters: Array, p: Array, linear: Array) -> None:
    """Fill the rows of `p` with parameters and constants, of `linear` with the exact blocks."""
    made = np.empty(max(layout.constants, 1))
    x = np.zeros(layout.states + 1)
    for i in range(parameters.shape[0]):
        row, out = p[i], linear[i]
        row[: layout.parameters] = parameters[i]
        call_native(layout.constants_code, x.ctypes.data, row.ctypes.data, made.ctypes.data)
        row[layout.parameters :] = made[: layout.constants]
        call_native(layout.linear_code, x.ctypes.data, row.ctypes.data, out.ctypes.data)


@kernel
def patients_kernel(
    layout: Layout,
    events: Events,
    stops: Stops,
    tolerances: Tolerances,
    p: Array,
    linear: Array,
    blocks: tuple[Array, Array, Array, Array, np.ndarray],
    modes: Modes,
    tracks: Tracks,
    room: Scratch,
    values: Array,
    status: Integers,
) -> None:
    """Fill `values`, shape (n, days, outputs), and `status`, shape (n,)."""
    for n in range(p.shape[0]):
        modes.matrix[:] = blocks[0][n]
        modes.rate[:] = blocks[1][n]
        modes.basis[:] = blocks[2][n]
        modes.inverse[:] = blocks[3][n]
        modes.whole[:] = blocks[4][n]
        room.p[:] = p[n]
        room.steps[0] = tolerances.steps
        start(layout, room)
        status[n] = before(layout, events, stops, tolerances, linear[n], modes, tracks, room)
        if status[n] == OK:
            status[n] = coupled(layout, stops, tolerances, modes, tracks, room, values[n])
        if status[n] != OK:
            values[n] = np.nan


@part
def start(layout: Layout, room: Scratch) -> None:
    """Set every state to its start."""
    x, p, out = room.x, room.p, room.trial
    call_native(layout.start_code, x.ctypes.data, p.ctypes.data, out.ctypes.data)
    for i in range(layout.states):
        x[i] = out[i]


@part
def before(
    layout: Layout,
    events: Events,
    stops: Stops,
    tolerances: Tolerances,
    linear: Array,
    modes: Modes,
    tracks: Tracks,
    room: Scratch,
) -> int:
    """Solve all that needs nothing of the coupled states; return a status."""
    until, p = stops.time[stops.time.size - 1], room.p
    for b in range(layout.exact_at.size):
        follow_block(layout, events, b, modes, p, room.x, linear)
    for k in range(layout.stiff_code.size):
        status = follow_stiff(layout, events, k, tracks, room, p, until, tolerances.stiff)
        if status != OK:
            return status
    for g in range(layout.own_code.size):
        status = follow_group(layout, g, modes, tracks, room, p, until, tolerances.driven)
        if status != OK:
            return status
    modes.cursor[:] = 0
    tracks.cursor[:] = 0
    return OK


@part
def coupled(
    layout: Layout,
    stops: Stops,
    tolerances: Tolerances,
    modes: Modes,
    tracks: Tracks,
    room: Scratch,
    values: Array,
) -> int:
    """Solve the coupled states from stop to stop, and write the outputs on their days."""
    reader, x, p, t, h, status = layout.own_code.size, room.x, room.p, 0.0, 1e-2, OK
    size, at = layout.own_size[reader], layout.own_at[reader]
    start(layout, room)
    for i in range(size):
        room.y[i] = x[at + i]
        room.scale[i] = abs(room.y[i])
    for k in range(stops.time.size):
        if stops.time[k] > t:
            if size > 0:
                end, tolerance = stops.time[k], tolerances.coupled
                h, status = advance(
                    layout, reader, modes, tracks, room, p, t, end, h, -1, tolerance
                )
            t = stops.time[k]
        if status != OK:
            return status
        for i in range(size):
            x[at + i] = room.y[i]
        if stops.day[k] >= 0:
            out = values[stops.day[k]]
            if t > 0.0:
                fill(layout, reader + 1, modes, tracks, t, False, x)
            call_native(layout.outputs_code, x.ctypes.data, p.ctypes.data, out.ctypes.data)
            if not np.all(np.isfinite(out)):
                return NOT_FINITE
        if stops.jump[k] and size > 0:
            rates_at(layout, reader, modes, tracks, t, True, x, p, room.stages[0])
    return OK
