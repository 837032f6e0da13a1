"""Driven groups: linear states fed by exact blocks, solved before the others.

While the dosing repeats and the blocks that feed a group have settled, a dosing interval is the one
before it: the difference of the two solutions only decays, as `e^(c s)`, `c` the coefficient of a
state in its own rate. The pieces of the interval are then copied with that difference, and no rate
is evaluated.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.exact_blocks import move, place
from equipoise.mechanism.solving.readers import rates_at
from equipoise.mechanism.solving.records import Array, Layout, Modes, Scratch, Tracks
from equipoise.mechanism.solving.runge_kutta import advance
from equipoise.mechanism.solving.statuses import OK, TOO_MANY
from equipoise.mechanism.solving.tracks import add_piece
from equipoise.synthesis.compiled import part

SETTLED = 1e-7
"""Relative change of what feeds a group, below which an interval is the one before."""

SAME_SPAN = 1e-9
"""Days by which two intervals of one length may differ: rounding of the dose times."""


@part
def follow_group(
    layout: Layout,
    g: int,
    modes: Modes,
    tracks: Tracks,
    room: Scratch,
    p: Array,
    until: float,
    tolerance: float,
) -> int:
    """Solve driven group g from its start in `room.x` to `until`; return a status."""
    size, at, track = layout.own_size[g], layout.own_at[g], layout.stiff_code.size + g
    own = np.empty(size)
    call_native(layout.own_code[g], room.x.ctypes.data, p.ctypes.data, own.ctypes.data)
    for i in range(size):
        room.y[i] = room.x[at + i]
        room.scale[i] = abs(room.y[i])
    fed = np.zeros((2, modes.level.shape[0], modes.level.shape[2], 2))
    modes.cursor[:] = 0
    tracks.last[track] = -1
    t, h, span, old, status = 0.0, 1e-2, -1.0, 0, OK
    while t < until and status == OK:
        end = next_node(layout, g, modes, t, until)
        same = settled(layout, g, modes, t, fed) and abs(end - t - span) < SAME_SPAN
        span, first = end - t, tracks.last[track] + 1
        if same:
            status = repeat(tracks, track, old, first, t, own, room.y)
        else:
            for i in range(size):
                room.x[at + i] = room.y[i]
            rates_at(layout, g, modes, tracks, t, True, room.x, p, room.stages[0])
            h, status = advance(layout, g, modes, tracks, room, p, t, end, h, track, tolerance)
        t, old = end, first
    return status


@part
def next_node(layout: Layout, g: int, modes: Modes, t: float, until: float) -> float:
    """Return the next time after t at which a block that feeds group g is dosed."""
    end = until
    for b in range(layout.exact_at.size):
        if layout.reads_exact[g, b]:
            j = place(modes, b, t, True)
            if j < modes.last[b]:
                end = min(end, modes.time[b, j + 1])
    return end


@part
def settled(layout: Layout, g: int, modes: Modes, t: float, fed: Array) -> bool:
    """Return whether what feeds group g starts at t as it did the last time; keep it in `fed`.

    `fed[0]` holds coordinates and drives of the last time, `fed[1]` is room.
    """
    same = True
    for b in range(layout.exact_at.size):
        if not layout.reads_exact[g, b]:
            continue
        size, at, j = layout.exact_size[b], layout.exact_at[b], place(modes, b, t, True)
        now = fed[1, b, :, 0]
        move(modes, b, size, j, t - modes.time[b, j], now)
        same = same and modes.whole[b]
        for i in range(size):
            change, whole = 0.0, 0.0
            for m in range(size):
                weight = abs(modes.basis[b, i, m])
                change += weight * abs(now[m] - fed[0, b, m, 0])
                whole += weight * abs(now[m])
            same = same and (change <= SETTLED * whole or not layout.uses[g, at + i])
        for m in range(size):
            same = same and modes.drive[b, j, m] == fed[0, b, m, 1]
            fed[0, b, m, 0], fed[0, b, m, 1] = now[m], modes.drive[b, j, m]
    return same


@part
def repeat(tracks: Tracks, track: int, old: int, first: int, t: float, own: Array, y: Array) -> int:
    """Lay the pieces `old` to `first` again from time t on, starting at y; return a status."""
    size = y.size if y.size < own.size else own.size
    y0, f0, y1, f1 = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    apart = np.empty(size)
    for i in range(size):
        apart[i] = y[i] - tracks.cubic[track, old, i, 0]
    start = t
    for j in range(old, first):
        h = tracks.end[track, j]
        for i in range(size):
            c = tracks.cubic[track, j, i]
            y0[i] = c[0] + apart[i]
            f0[i] = c[1] + own[i] * apart[i]
            apart[i] *= math.exp(own[i] * h)
            y1[i] = c[0] + h * (c[1] + h * (c[2] + h * c[3])) + apart[i]
            f1[i] = c[1] + h * (2.0 * c[2] + 3.0 * h * c[3]) + own[i] * apart[i]
            y[i] = y1[i]
        if not add_piece(tracks, track, start, h, y0, f0, y1, f1):
            return TOO_MANY
        start += h
    return OK
