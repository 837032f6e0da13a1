"""Linear blocks, solved exactly between doses.

A block `x' = A x + b` with `A = V diag(l) V^-1` has coordinates `z = V^-1 x` that move by
themselves, `z' = l z + g`, `g = V^-1 b`: `z(s) = (z + g/l) e^(l s) - g/l`, or `z + g s` where l is
zero. So every state is a sum of exponentials, a constant and a line. A matrix without a full set of
real, well separated eigenvectors is left to the steps for stiff blocks.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from equipoise.mechanism.solving.dose_events import amount_of, switch
from equipoise.mechanism.solving.records import LAST, Array, Events, Integers, Modes
from equipoise.mechanism.solving.sources import new_piece
from equipoise.mechanism.solving.statuses import OK, TOO_MANY
from equipoise.synthesis.compiled import part

LARGEST_CONDITION = 1e6
"""Of the eigenvectors: beyond it more than six of sixteen digits are lost."""

NO_RATE = 1e-7
"""Per day; an infusion of a day at a slower rate is a line to seven digits."""

STATE, FALLING, CONSTANT, LINE = range(4)
"""Lines of `parts`: the states; of each coordinate what falls off, stays, and grows with time."""

PARTS = 4


def decompose(matrices: Array) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Return eigenvalues, eigenvectors, their inverse, and whether they can be used.

    Parameters
    ----------
    matrices : array, shape (n, k, k)
        One for each patient.

    Returns
    -------
    rate : array, shape (n, k)
    basis, inverse : array, shape (n, k, k)
        The identity where they cannot be used.
    whole : array of bool, shape (n,)
    """
    _, k, _ = matrices.shape
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))
    rate, basis = np.linalg.eig(np.where(finite[:, None, None], matrices, 0.0))
    whole: NDArray[np.bool_] = finite & np.all(rate.imag == 0.0, axis=1)
    basis = np.where(whole[:, None, None], basis.real, np.eye(k))
    sizes = np.linalg.svd(basis, compute_uv=False)
    whole &= sizes[:, 0] <= LARGEST_CONDITION * sizes[:, -1]
    basis = np.where(whole[:, None, None], basis, np.eye(k))
    return rate.real, basis, np.linalg.inv(basis), whole


@part
def follow_exact(
    events: Events,
    b: int,
    n: int,
    modes: Modes,
    row: Array,
    book: Integers,
    p: Array,
    start: Array,
) -> int:
    """Lay the pieces of exact block b of patient n through its events; return a status."""
    size = start.size
    flow = np.zeros(max(modes.column.shape[2], 1))
    running = np.zeros(flow.size, np.int64)
    parts = np.zeros((PARTS, size))
    for i in range(size):
        parts[STATE, i] = start[i]
    drive(modes, n, b, flow, parts)
    book[b, LAST] = -1
    e, last, t = events.first[b], events.first[b + 1], 0.0
    write(modes, n, b, parts, row, new_piece(row, book, b, t))
    while e < last:
        move(modes, n, b, parts, row, book[b, LAST], events.time[e] - t)
        t = events.time[e]
        while e < last and events.time[e] <= t:
            amount = amount_of(events, e, p)
            if events.state[e] >= 0:
                parts[STATE, events.state[e]] += amount
            elif amount != 0.0:
                switch(flow, running, events.column[e], amount)
                drive(modes, n, b, flow, parts)
            e += 1
        j = new_piece(row, book, b, t)
        if j < 0:
            return TOO_MANY
        write(modes, n, b, parts, row, j)
    return OK


@part
def drive(modes: Modes, n: int, b: int, flow: Array, parts: Array) -> None:
    """Work out constant and line of each coordinate under the infusions that run."""
    size = parts.shape[1]
    for m in range(size):
        total = 0.0
        for i in range(size):
            given = modes.constant[n, b, i]
            for c in range(modes.column.shape[2]):
                given += modes.column[n, b, c, i] * flow[c]
            total += modes.inverse[n, b, m, i] * given
        slow = abs(modes.rate[n, b, m]) < NO_RATE
        parts[CONSTANT, m] = 0.0 if slow else -total / modes.rate[n, b, m]
        parts[LINE, m] = total if slow else 0.0


@part
def write(modes: Modes, n: int, b: int, parts: Array, row: Array, j: int) -> None:
    """Write piece j: eigenvalues, then of each state its weights, its constant and its line.

    The constant takes up what the weights are off by rounding, so that the piece begins where the
    states stand: one that is empty begins at 0, not a little below it.
    """
    size = parts.shape[1]
    for m in range(size):
        row[b, j, 1 + m] = modes.rate[n, b, m]
        parts[FALLING, m] = -parts[CONSTANT, m]
        for i in range(size):
            parts[FALLING, m] += modes.inverse[n, b, m, i] * parts[STATE, i]
    at = 1 + size
    for i in range(size):
        total = 0.0
        for m in range(size):
            row[b, j, at + m] = modes.basis[n, b, i, m] * parts[FALLING, m]
            row[b, j, at + size + 1] += modes.basis[n, b, i, m] * parts[LINE, m]
            total += row[b, j, at + m]
        row[b, j, at + size] = parts[STATE, i] - total
        at += size + 4


@part
def move(modes: Modes, n: int, b: int, parts: Array, row: Array, j: int, span: float) -> None:
    """Set the states to those at the end of piece j."""
    size = parts.shape[1]
    for m in range(size):
        parts[FALLING, m] = math.exp(modes.rate[n, b, m] * span)
    at = 1 + size
    for i in range(size):
        total = 0.0
        for m in range(size):
            total += row[b, j, at + m] * parts[FALLING, m]
        parts[STATE, i] = total + (row[b, j, at + size] + span * row[b, j, at + size + 1])
        at += size + 4
