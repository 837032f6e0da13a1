"""One step of an implicit method for small stiff systems.

RODAS of order 4(3), six stages, stiffly accurate and L-stable: E. Hairer, G. Wanner, *Solving
Ordinary Differential Equations II*, 2nd ed., Springer 1996, section IV.10. In the variables used
here stage i solves `(1/(h gamma) - J) u_i = f(y + sum_j a_ij u_j) + sum_j c_ij u_j / h`.
"""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.records import (
    BYTES,
    RIGHT,
    SCALE,
    SLOPE,
    STAGE,
    TRIAL,
    Array,
    Y,
)
from equipoise.synthesis.compiled import part

GAMMA = 0.25
COUNT = 6
ORDER = 4

A = np.zeros((COUNT, COUNT))
A[1, :1] = 1.544
A[2, :2] = 0.9466785280815826, 0.2557011698983284
A[3, :3] = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A[4, :4] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
A[5, :4] = A[4, :4]
A[5, 4] = 1.0

C = np.zeros((COUNT, COUNT))
C[1, :1] = -5.6688
C[2, :2] = -2.430093356833875, -0.2063599157091915
C[3, :3] = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C[4, :4] = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
C[5, :5] = (
    *(8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136),
    -6.058818238834054,
)

LOW_SHARE = 1e-3
"""Errors are measured against the state, or this share of its largest value so far if larger."""


@part
def rosenbrock_step(
    rates: int,
    slopes: int,
    size: int,
    to_p: int,
    room: Array,
    base: int,
    W: Array,
    to_W: int,
    h: float,
    limit: float,
) -> float:
    """Fill `room[TRIAL]` with the states after a step; return its error in `limit`s.

    `room[SLOPE]` holds the rates at the start; `to_p`, `base` and `to_W` are addresses.
    """
    line = BYTES * room.shape[1]
    call_native(slopes, base + Y * line, to_p, to_W)
    factor(W, size, 1.0 / (h * GAMMA))
    for s in range(COUNT):
        if s == 0:
            for i in range(size):
                room[RIGHT, i] = room[SLOPE, i]
        else:
            for i in range(size):
                value = room[Y, i]
                for j in range(s):
                    value += A[s, j] * room[STAGE + j, i]
                room[TRIAL, i] = value
            call_native(rates, base + TRIAL * line, to_p, base + RIGHT * line)
            for i in range(size):
                value = 0.0
                for j in range(s):
                    value += C[s, j] * room[STAGE + j, i]
                room[RIGHT, i] += value / h
        solve(W, size, room, STAGE + s)
    worst = 0.0
    for i in range(size):
        wrong = room[STAGE + COUNT - 1, i]
        room[TRIAL, i] += wrong
        if wrong != 0.0:
            level = max(abs(room[TRIAL, i]), abs(room[Y, i]), LOW_SHARE * room[SCALE, i])
            worst = max(worst, abs(wrong) / (limit * level))
    return worst


@part
def factor(W: Array, size: int, diagonal: float) -> None:
    """Turn the slopes in W, by rows, into the factors of `diagonal - W`, without pivots.

    What flows from state to state makes a matrix that its diagonal dominates; where it does not,
    the error of the step shows it.
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
def solve(W: Array, size: int, room: Array, line: int) -> None:
    """Solve for `room[RIGHT]` with the factors of `factor`, into a line of `room`."""
    for i in range(size):
        value = room[RIGHT, i]
        for j in range(i):
            value -= W[i * size + j] * room[line, j]
        room[line, i] = value
    for i in range(size - 1, -1, -1):
        value = room[line, i]
        for j in range(i + 1, size):
            value -= W[i * size + j] * room[line, j]
        room[line, i] = value * W[i * size + i]
