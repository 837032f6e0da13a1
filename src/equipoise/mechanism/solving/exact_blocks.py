"""Linear blocks, solved exactly between doses.

A block `x' = A x + b` with `A = V diag(l) V^-1` has coordinates `z = V^-1 x` that move by
themselves: `z(t + s) = e^(l s) z(t) + g (e^(l s) - 1)/l`, `g = V^-1 b`. A matrix without a full set
of real, well separated eigenvectors is stepped by the Taylor series of the exponential instead.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.mechanism.solving.records import Array, Events, Integers, Layout, Modes
from equipoise.synthesis.compiled import part

LARGEST_CONDITION = 1e6
"""Of the eigenvectors: beyond it more than six of sixteen digits are lost."""

TAYLOR_TERMS = 19
"""1/19! is below the spacing of floating-point numbers; steps keep |A| s at most 1."""


def decompose(matrices: Array) -> tuple[Array, Array, Array, np.ndarray]:
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
    n, k, _ = matrices.shape
    finite = np.isfinite(matrices).all(axis=(1, 2))
    rate, basis = np.linalg.eig(np.where(finite[:, None, None], matrices, 0.0))
    whole = finite & (np.abs(rate.imag) == 0.0).all(axis=1)
    basis = np.where(whole[:, None, None], basis.real, np.eye(k))
    sizes = np.linalg.svd(basis, compute_uv=False)
    whole &= sizes[:, 0] <= LARGEST_CONDITION * sizes[:, -1]
    basis = np.where(whole[:, None, None], basis, np.eye(k))
    return np.ascontiguousarray(rate.real), basis, np.linalg.inv(basis), whole


@part
def move(modes: Modes, b: int, size: int, j: int, span: float, out: Array) -> None:
    """Fill `out` with the coordinates of block b a time `span` after node j."""
    level, drive = modes.level[b, j], modes.drive[b, j]
    if not modes.whole[b]:
        taylor(modes.matrix[b], size, level, drive, span, out)
        return
    for m in range(size):
        grown = modes.rate[b, m] * span
        factor = math.exp(grown)
        out[m] = factor * level[m]
        if modes.forced[b, j]:
            if abs(grown) < 0.5:
                out[m] += drive[m] * span * (math.expm1(grown) / grown if grown != 0.0 else 1.0)
            else:
                out[m] += drive[m] * (factor - 1.0) / modes.rate[b, m]


@part
def taylor(A: Array, size: int, start: Array, drive: Array, span: float, out: Array) -> None:
    """Fill `out` with the solution of `x' = A x + drive` after `span`."""
    term, new = np.empty(size), np.empty(size)
    largest = 0.0
    for i in range(size):
        row = 0.0
        for k in range(size):
            row += abs(A[i, k])
        largest = max(largest, row)
        out[i] = start[i]
    steps = max(1, int(math.ceil(largest * span)))
    h = span / steps
    for _ in range(steps):
        for i in range(size):
            term[i] = drive[i]
            for k in range(size):
                term[i] += A[i, k] * out[k]
            term[i] *= h
        for i in range(size):
            out[i] += term[i]
        for order in range(2, TAYLOR_TERMS):
            for i in range(size):
                new[i] = 0.0
                for k in range(size):
                    new[i] += A[i, k] * term[k]
            for i in range(size):
                term[i] = new[i] * h / order
                out[i] += term[i]


@part
def amount_of(events: Events, e: int, p: Array) -> float:
    """Amount of an event for one patient; 0 if no longer taken."""
    until, scaling = events.until[e], events.scaling[e]
    if until >= 0 and not events.taken[e] < p[until]:
        return 0.0
    return events.amount[e] * (p[scaling] if scaling >= 0 else 1.0)


@part
def set_drive(layout: Layout, modes: Modes, b: int, j: int, linear: Array, flow: Array) -> None:
    """Work out the drive of node j from the constant drive and the infusions that run."""
    size, inputs = layout.exact_size[b], layout.exact_inputs[b]
    at = layout.linear_at[b] + size * size
    for m in range(size):
        drive = 0.0
        for i in range(size):
            given = linear[at + i]
            for c in range(inputs):
                given += linear[at + (1 + c) * size + i] * flow[c]
            drive += modes.inverse[b, m, i] * given
        modes.drive[b, j, m] = drive
        if drive != 0.0:
            modes.forced[b, j] = True


@part
def follow_block(
    layout: Layout, events: Events, b: int, modes: Modes, p: Array, x: Array, linear: Array
) -> None:
    """Lay the nodes of exact block b from its start in `x` through all its events."""
    size, at = layout.exact_size[b], layout.exact_at[b]
    flow = np.zeros(max(layout.exact_inputs[b], 1))
    running = np.zeros(flow.size, np.int64)
    for m in range(size):
        level = 0.0
        for i in range(size):
            level += modes.inverse[b, m, i] * x[at + i]
        modes.level[b, 0, m] = level
    modes.time[b, 0] = 0.0
    modes.forced[b, 0] = False
    set_drive(layout, modes, b, 0, linear, flow)
    j = 0
    for e in range(events.first[b], events.first[b + 1]):
        amount = amount_of(events, e, p)
        if amount == 0.0:
            continue
        if events.time[e] > modes.time[b, j]:
            move(modes, b, size, j, events.time[e] - modes.time[b, j], modes.level[b, j + 1])
            j += 1
            modes.time[b, j] = events.time[e]
            modes.forced[b, j] = modes.forced[b, j - 1]
            modes.drive[b, j] = modes.drive[b, j - 1]
        if events.state[e] >= 0:
            for m in range(size):
                modes.level[b, j, m] += modes.inverse[b, m, events.state[e]] * amount
        else:
            switch(flow, running, events.column[e], amount)
            modes.forced[b, j] = False
            set_drive(layout, modes, b, j, linear, flow)
    modes.last[b] = j


@part
def switch(flow: Array, running: Integers, column: int, amount: float) -> None:
    """Start or end an infusion; when none runs, the flow is exactly zero."""
    running[column] += 1 if amount > 0.0 else -1
    flow[column] = flow[column] + amount if running[column] > 0 else 0.0


@part
def place(modes: Modes, b: int, t: float, right: bool) -> int:
    """Return the node of block b from which time t is reached; the one at t itself if `right`."""
    j = modes.cursor[b]
    while j > 0 and modes.time[b, j] > t:
        j -= 1
    while j < modes.last[b] and (modes.time[b, j + 1] < t or (right and modes.time[b, j + 1] == t)):
        j += 1
    modes.cursor[b] = j
    return j


@part
def read_block(layout: Layout, modes: Modes, b: int, t: float, right: bool, x: Array) -> None:
    """Write the states of block b at time t into x; at a node, after it if `right`."""
    j = place(modes, b, t, right)
    size, at = layout.exact_size[b], layout.exact_at[b]
    z = modes.level[b, modes.level.shape[1] - 1]
    move(modes, b, size, j, t - modes.time[b, j], z)
    for i in range(size):
        total = 0.0
        for m in range(size):
            total += modes.basis[b, i, m] * z[m]
        x[at + i] = total
