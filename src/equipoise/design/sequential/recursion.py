"""Exact exit probabilities of a group-sequential trial: one look after the other.

The canonical joint normal statistics are a Brownian motion with drift seen at times `t_k`:
`B_k = Z_k sqrt(t_k)`, increments `B_k - B_{k-1} ~ N(delta (t_k - t_{k-1}), t_k - t_{k-1})`.
The density of `Z_k` among trials that went on at every look before is carried from look to look
by an integral over the continuation region (Armitage, McPherson and Rowe 1969,
10.2307/2343787; Jennison and Turnbull 2000, chapter 19).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.sequential.plan_input import (
    as_bounds,
    as_drifts,
    as_information_fractions,
)
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

METHOD_CITES = {"exit_probabilities": ("armitage1969", "jennison2000")}
"""Keys of `equipoise.cite.REFERENCES` behind the recursion."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)

PANEL = 11.5
"""Width of a panel in standard deviations: 32 Gauss-Legendre nodes then integrate a normal
density of any centre with an error below 1.5e-15 (the error passes 2e-15 at a width of 12.5)."""

OPEN = 9.0
"""Where an unbounded region ends, in standard deviations of Z: the rest holds 1.1e-19."""

FAR = 38.0
"""Beyond it the normal density is below the smallest double; no bound needs more."""

BRIDGE = 9.5
"""Half-width of what is summed, in standard deviations of `Z_k` given `Z_{k+1}`: 2e-21 is lost."""


@part
def region(lower: float, upper: float, centre: float) -> tuple[float, float]:
    """Find the ends of the continuation region, cut where a normal around `centre` has no mass."""
    low = centre - OPEN if lower == -np.inf else max(lower, centre - FAR)
    high = centre + OPEN if upper == np.inf else min(upper, centre + FAR)
    return low, high


@part
def grid(low: float, high: float, before: float, now: float, after: float) -> tuple[Array, Array]:
    """Nodes and weights on (low, high), fine enough for the densities that meet at look `now`.

    The density that arrives has the scale `sqrt(1 - before / now)`, the step that leaves
    `sqrt(after / now - 1)`; their product has the scale at which the two inverse squares add.
    """
    if not low < high:
        return np.empty(0), np.empty(0)
    scale = 1.0 / math.sqrt(now / (now - before) + now / (after - now))
    panels = math.ceil((high - low) / (PANEL * scale))
    half = 0.5 * (high - low) / panels
    z, w = np.empty(32 * panels), np.empty(32 * panels)
    for p in range(panels):
        middle = low + (2 * p + 1) * half
        for i in range(32):
            z[32 * p + i] = middle + half * NODES[i]
            w[32 * p + i] = half * WEIGHTS[i]
    return z, w


@part
def first_density(t: Array, delta: float, lower: float, upper: float) -> tuple[Array, Array]:
    """Nodes at look 1 and the probability each stands for."""
    centre = delta * math.sqrt(t[0])
    low, high = region(lower, upper, centre)
    z, w = grid(low, high, 0.0, t[0], t[1])
    for i in range(z.size):
        w[i] *= math.exp(-0.5 * (z[i] - centre) ** 2) / math.sqrt(2.0 * math.pi)
    return z, w


@part
def next_density(
    t: Array, k: int, delta: float, lower: float, upper: float, z: Array, mass: Array
) -> tuple[Array, Array]:
    """Nodes at look `k` and the probability each stands for, from those of look `k - 1`.

    Only nodes within `BRIDGE` of the mean of `Z_{k-1}` given `Z_k` are summed: with a thousand
    looks a step is short and the rest is nothing.
    """
    low, high = region(lower, upper, delta * math.sqrt(t[k]))
    y, w = grid(low, high, t[k - 1], t[k], t[k + 1])
    step = t[k] - t[k - 1]
    back, reach = math.sqrt(t[k - 1] / t[k]), BRIDGE * math.sqrt(step / t[k])
    a, b = math.sqrt(t[k] / step), math.sqrt(t[k - 1] / step)
    shift = delta * math.sqrt(step)
    start, stop = 0, 0
    for i in range(y.size):
        middle = back * y[i]
        while start < z.size and z[start] < middle - reach:
            start += 1
        while stop < z.size and z[stop] <= middle + reach:
            stop += 1
        total = 0.0
        for j in range(start, stop):
            total += mass[j] * math.exp(-0.5 * (a * y[i] - b * z[j] - shift) ** 2)
        w[i] *= total * a / math.sqrt(2.0 * math.pi)
    return y, w


@part
def exits(
    t: Array, k: int, delta: float, bound: float, sign: float, z: Array, mass: Array
) -> float:
    """P(going on before look `k`, then `sign Z_k >= sign bound`); `sign` 1 is up, -1 down."""
    if bound == sign * np.inf:
        return 0.0
    if k == 0:
        return 0.5 * math.erfc(sign * (bound - delta * math.sqrt(t[0])) / math.sqrt(2.0))
    step = t[k] - t[k - 1]
    a, b = math.sqrt(0.5 * t[k] / step), math.sqrt(0.5 * t[k - 1] / step)
    shift = a * bound - delta * math.sqrt(0.5 * step)
    total = 0.0
    for j in range(z.size):
        total += mass[j] * math.erfc(sign * (shift - b * z[j]))
    return 0.5 * total


@part
def density(t: Array, k: int, delta: float, at: float, z: Array, mass: Array) -> float:
    """Density of `Z_k` at `at` among trials that went on before look `k`."""
    if k == 0:
        return math.exp(-0.5 * (at - delta * math.sqrt(t[0])) ** 2) / math.sqrt(2.0 * math.pi)
    step = t[k] - t[k - 1]
    a, b = math.sqrt(t[k] / step), math.sqrt(t[k - 1] / step)
    shift = a * at - delta * math.sqrt(step)
    total = 0.0
    for j in range(z.size):
        total += mass[j] * math.exp(-0.5 * (shift - b * z[j]) ** 2)
    return total * a / math.sqrt(2.0 * math.pi)


@part
def go_on(
    t: Array, k: int, delta: float, lower: float, upper: float, z: Array, mass: Array
) -> tuple[Array, Array]:
    """Density at look `k` inside the region, whichever look it is."""
    if k == 0:
        return first_density(t, delta, lower, upper)
    return next_density(t, k, delta, lower, upper, z, mass)


@kernel
def exit_kernel(t: Array, upper: Array, lower: Array, delta: Array, up: Array, down: Array) -> None:
    """Fill `up` and `down` (n, K) with the exit probabilities under each drift of `delta` (n,)."""
    last = t.size - 1
    for i in range(delta.size):
        z, mass = np.empty(0), np.empty(0)
        for k in range(t.size):
            up[i, k] = exits(t, k, delta[i], upper[k], 1.0, z, mass)
            down[i, k] = exits(t, k, delta[i], lower[k], -1.0, z, mass)
            if k < last:
                z, mass = go_on(t, k, delta[i], lower[k], upper[k], z, mass)


def exit_table(t: Array, upper: Array, lower: Array, delta: Array) -> tuple[Array, Array]:
    """Exit probabilities (n, K) under drifts (n,) of arrays already checked."""
    up, down = np.empty((delta.size, t.size)), np.empty((delta.size, t.size))
    exit_kernel(t, upper, lower, delta, up, down)
    return up, down


def exit_probabilities(
    t: ArrayLike, upper: ArrayLike, lower: ArrayLike | None = None, delta: ArrayLike = 0.0
) -> tuple[Array, Array]:
    """Probability of leaving above or below at each look, and not before.

    Parameters
    ----------
    t : array_like, shape (K,)
        Information fractions, increasing, in (0, 1]; at least 1e-6 of themselves apart.
    upper, lower : array_like, shape (K,)
        Bounds on the z scale; `inf` and `-inf` for none. `lower` is none if left out. At the
        last look they may be equal.
    delta : float or array_like, shape (n,)
        Drift: `E[Z_k] = delta sqrt(t_k)`, `delta = theta sqrt(I_max)`.

    Returns
    -------
    upper, lower : array, shape (K,) or (n, K)
        `P(first exit at look k)` on either side.

    Raises
    ------
    ArrayError
        Fractions, bounds or drifts that cannot be used.

    Notes
    -----
    Error below 1e-12, absolute. The region is cut into panels of 32 Gauss-Legendre nodes whose
    width follows the spacing of the looks. Tails are sums of positive `erfc`, never `1 - cdf`.

    Examples
    --------
    >>> up, _ = exit_probabilities([0.5, 1.0], [2.0, 2.0])
    >>> [round(float(p), 6) for p in up]
    [0.02275, 0.015236]
    """
    fractions = as_information_fractions(t)
    high, low = as_bounds(fractions, upper, lower)
    drifts = as_drifts(delta)
    up, down = exit_table(fractions, high, low, drifts)
    return (up[0], down[0]) if np.ndim(delta) == 0 else (up, down)
