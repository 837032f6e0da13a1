"""Small nonlinear blocks with fast parts: adaptive Rosenbrock steps between doses.

RODAS of order 4(3), six stages, stiffly accurate and L-stable: E. Hairer, G. Wanner, *Solving
Ordinary Differential Equations II*, 2nd ed., Springer 1996, section IV.10. In the variables used
here a stage solves `(1/(h gamma) - J) u_i = f(y + sum a_ij u_j) + sum c_ij u_j / h`.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.exact_blocks import amount_of, switch
from equipoise.mechanism.solving.records import Array, Events, Integers, Layout, Scratch, Tracks
from equipoise.mechanism.solving.statuses import NOT_FINITE, NO_STEP, OK, TOO_MANY
from equipoise.mechanism.solving.tracks import add_piece
from equipoise.synthesis.compiled import part

GAMMA = 0.25
STAGES = 6
ORDER = 4

A = np.zeros((STAGES, STAGES))
A[1, :1] = 1.544
A[2, :2] = 0.9466785280815826, 0.2557011698983284
A[3, :3] = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A[4, :4] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
A[5, :4] = A[4, :4]
A[5, 4] = 1.0

C = np.zeros((STAGES, STAGES))
C[1, :1] = -5.6688
C[2, :2] = -2.430093356833875, -0.2063599157091915
C[3, :3] = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C[4, :4] = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
C[5, :5] = (
    *(8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136),
    -6.058818238834054,
)

SMALLEST_STEP = 1e-12
"""Days; a step below it means that the solution runs away."""

LOW_SHARE = 1e-3
"""Errors are measured against the state and this share of its largest value so far."""


@part
def follow_stiff(
    layout: Layout,
    events: Events,
    k: int,
    tracks: Tracks,
    room: Scratch,
    p: Array,
    until: float,
    tolerance: float,
) -> int:
    """Solve stiff block k from its start in `room.x` to `until`; return a status."""
    size, at = layout.track_size[k], layout.track_at[k]
    b = layout.exact_at.size + k
    y = room.y[:size]
    for i in range(size):
        y[i] = room.x[at + i]
        room.scale[i] = abs(y[i])
    last = events.first[b + 1]
    running = np.zeros(p.size, np.int64)
    tracks.last[k] = -1
    t, e, status = 0.0, events.first[b], OK
    while t < until and status == OK:
        while e < last and events.time[e] <= t:
            give(events, e, p, y, running)
            e += 1
        end = min(events.time[e], until) if e < last else until
        status = rosenbrock(layout, k, tracks, room, p, y, t, end, tolerance)
        t = end
    return status


@part
def give(events: Events, e: int, p: Array, y: Array, running: Integers) -> None:
    """Add a dose to a state, or start or end an infusion."""
    amount = amount_of(events, e, p)
    if amount == 0.0:
        return
    if events.state[e] >= 0:
        y[events.state[e]] += amount
    else:
        switch(p, running, events.parameter[e], amount)


@part
def rosenbrock(
    layout: Layout,
    k: int,
    tracks: Tracks,
    room: Scratch,
    p: Array,
    y: Array,
    t: float,
    end: float,
    tolerance: float,
) -> int:
    """Step block k from t to `end`, laying a piece a step; return a status."""
    size = y.size
    at = layout.track_at[k]
    new, slope, new_slope = room.trial[:size], room.small[0, :size], room.small[1, :size]
    stiff_rates(layout, k, room.x, at, y, p, slope)
    h = min(end - t, first_step(y, slope, end - t))
    while t < end:
        room.steps[0] -= 1
        if room.steps[0] < 0:
            return TOO_MANY
        if end - t < 1.1 * h:
            h = end - t
        error = rodas_step(layout, k, room, p, y, slope, h, new, tolerance)
        if not math.isfinite(error):
            error = 1e9
        if error <= 1.0:
            stiff_rates(layout, k, room.x, at, new, p, new_slope)
            if not add_piece(tracks, k, t, h, y, slope, new, new_slope):
                return TOO_MANY
            t = end if h == end - t else t + h
            for i in range(size):
                y[i], slope[i] = new[i], new_slope[i]
                room.scale[i] = max(room.scale[i], abs(y[i]))
        h *= min(6.0, max(0.1, 0.9 * max(error, 1e-10) ** (-1.0 / ORDER)))
        if h < SMALLEST_STEP and t + h < end:
            return NO_STEP
    for i in range(size):
        if not math.isfinite(y[i]):
            return NOT_FINITE
    return OK


@part
def first_step(y: Array, slope: Array, span: float) -> float:
    """Guess a first step: a hundredth of the time in which the block would change by its size."""
    size, speed = 0.0, 0.0
    for i in range(y.size):
        size = max(size, abs(y[i]))
        speed = max(speed, abs(slope[i]))
    return max(1e-6, 0.02 * size / speed) if speed > 0.0 and size > 0.0 else min(1e-3, span)


@part
def stiff_rates(layout: Layout, k: int, x: Array, at: int, y: Array, p: Array, out: Array) -> None:
    """Write the rates of block k at the states y."""
    for i in range(y.size):
        x[at + i] = y[i]
    call_native(layout.stiff_code[k], x.ctypes.data, p.ctypes.data, out.ctypes.data)


@part
def rodas_step(
    layout: Layout,
    k: int,
    room: Scratch,
    p: Array,
    y: Array,
    slope: Array,
    h: float,
    new: Array,
    tolerance: float,
) -> float:
    """Fill `new` with the state after a step; return its error in units of the tolerance."""
    size, x, at = y.size, room.x, layout.track_at[k]
    stages, W = room.stages, room.square
    right = room.small[2]
    for i in range(size):
        x[at + i] = y[i]
    call_native(layout.slopes_code[k], x.ctypes.data, p.ctypes.data, W.ctypes.data)
    factor(W, size, 1.0 / (h * GAMMA))
    for s in range(STAGES):
        if s == 0:
            for i in range(size):
                right[i] = slope[i]
        else:
            for i in range(size):
                value = y[i]
                for j in range(s):
                    value += A[s, j] * stages[j, i]
                new[i] = value
            stiff_rates(layout, k, x, at, new[:size], p, right)
            for i in range(size):
                for j in range(s):
                    right[i] += C[s, j] * stages[j, i] / h
        solve(W, size, right, stages[s])
    error = 0.0
    for i in range(size):
        new[i] += stages[STAGES - 1, i]
        scale = max(abs(new[i]), abs(y[i]), LOW_SHARE * room.scale[i])
        if stages[STAGES - 1, i] != 0.0:
            error = max(error, abs(stages[STAGES - 1, i]) / (tolerance * scale))
    return error


@part
def factor(W: Array, size: int, diagonal: float) -> None:
    """Turn the slopes in W, by rows, into the factors of `diagonal - W` (no pivots needed).

    With `diagonal` at its size or above the matrix is dominated by its diagonal for a block whose
    states flow into one another; where it is not, the error of the step shows it.
    """
    for i in range(size):
        for j in range(size):
            W[i * size + j] = (diagonal if i == j else 0.0) - W[i * size + j]
    for i in range(size):
        W[i * size + i] = 1.0 / W[i * size + i]
        for r in range(i + 1, size):
            W[r * size + i] *= W[i * size + i]
            for c in range(i + 1, size):
                W[r * size + c] -= W[r * size + i] * W[i * size + c]


@part
def solve(W: Array, size: int, right: Array, out: Array) -> None:
    """Solve with the factors of `factor`."""
    for i in range(size):
        value = right[i]
        for j in range(i):
            value -= W[i * size + j] * out[j]
        out[i] = value
    for i in range(size - 1, -1, -1):
        value = out[i]
        for j in range(i + 1, size):
            value -= W[i * size + j] * out[j]
        out[i] = value * W[i * size + i]
