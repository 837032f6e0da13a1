r"""Integration over variance parameters: where the mass is, and nodes that catch it.

Each axis is `s = log tau`. Around the mode c with width w (where the log density has fallen by
1/2) it is stretched to `s = c + w sinh(x)`, so that long tails in log tau (the spread may be as
good as 0) cost few nodes, and equal steps in x are summed. For an integrand that is analytic and
dies away at both ends such sums converge exponentially (Trefethen and Weideman 2014,
10.1137/130932132), so that halving the step squares the error; what remains is seen by comparing
a grid with a finer one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from equipoise.synthesis.arrays import Array

METHOD_CITES = {"trapezoidal rule": ("trefethen2014",)}

LogDensity = Callable[[Array], Array]
"""Log density (m,) at points (m, r)."""

NEGLIGIBLE = 34.0
"""Log of the share of the peak below which the integrand is left out: exp(-34) = 2e-15."""
SCAN = {1: 129, 2: 33}
"""Points an axis in the first look, by number of axes."""
ZOOMS = 10
"""Rounds of searching around the best point, each four times narrower."""

NEAR = 2.0 ** np.arange(-22.0, 9.0)
"""Distances from the mode at which its width is looked for."""
DOUBLINGS = 20
"""How often the distance from the mode to an end may be doubled."""


@dataclass(frozen=True)
class Stretch:
    """Axes `s = centre + width sinh(x)`, x from `low` to `high`; all (r,).

    `peak` is the log density at the centre.
    """

    centre: Array
    width: Array
    low: Array
    high: Array
    peak: float

    def points(self, x: Array) -> tuple[Array, Array]:
        """Points s and the log of `ds/dx`, less its constant, for x (m, r)."""
        jacobian = np.sum(np.log(np.cosh(x)), axis=1)
        return self.centre + self.width * np.sinh(x), jacobian


@dataclass(frozen=True)
class Grid:
    """Nodes of one grid: points s (m, r), normalised weights (m,), place on the axes (m, r)."""

    s: Array
    weights: Array
    steps: np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def product(axes: list[Array]) -> Array:
    """All combinations of the values of each axis; shape (m, r)."""
    mesh = np.meshgrid(*axes, indexing="ij")
    return np.stack([axis.ravel() for axis in mesh], axis=1)


def stretch(log_density: LogDensity, low: Array, high: Array) -> Stretch:
    """Find the mode of a density between `low` and `high` (r,), its width and its ends."""
    found = _surroundings(log_density, _mode(log_density, low, high), low, high)
    for _ in range(low.size):  # two axes are looked at more coarsely, hence twice
        found = _trim(log_density, found)
    return found


def _mode(log_density: LogDensity, low: Array, high: Array) -> Array:
    count = SCAN[low.size]
    points = product([np.linspace(a, b, count) for a, b in zip(low, high, strict=True)])
    step = (high - low) / (count - 1)
    best = points[np.argmax(log_density(points))]
    nearby = product([np.linspace(-1.0, 1.0, 9)] * low.size)
    for _ in range(ZOOMS):
        points = np.clip(best + nearby * step, low, high)
        values = log_density(points)
        best = points[np.argmax(values)]
        step = step / 4.0
        if np.ptp(values) < 0.5:  # the whole neighbourhood is within the width of the peak
            break
    return np.asarray(best)


def _surroundings(log_density: LogDensity, centre: Array, low: Array, high: Array) -> Stretch:
    """Look from the mode along each axis: how wide the peak is, and where nothing is left.

    The ends are moved out from `low` and `high` as far as needed: log-Student-t tails are long.
    """
    r = centre.size
    far = 2.0 ** np.arange(DOUBLINGS)
    offsets = np.stack(
        [
            np.concatenate([-NEAR, NEAR, (a - c) * far, (b - c) * far])
            for a, b, c in zip(low, high, centre, strict=True)
        ]
    )
    points = np.broadcast_to(centre, (r, offsets.shape[1], r)).copy()
    for axis in range(r):
        points[axis, :, axis] += offsets[axis]
    values = log_density(np.concatenate([centre[None, :], points.reshape(-1, r)]))
    drops = values[0] - values[1:].reshape(offsets.shape)
    near, split = NEAR.size, 2 * NEAR.size + DOUBLINGS
    width = [min(_width(line[:near]), _width(line[near : 2 * near])) for line in drops]
    left = drops - np.log(np.abs(offsets) + 1e-300) > NEGLIGIBLE
    stretched = np.array(width)
    ends = [
        np.arcsinh(offsets[range(r), first + np.argmax(left[:, first:last], axis=1)] / stretched)
        for first, last in ((2 * near, split), (split, split + DOUBLINGS))
    ]
    return Stretch(centre, stretched, ends[0], ends[1], float(values[0]))


def _width(drops: Array) -> float:
    """Distance at which the log density is 1/2 lower, from its drops at the distances `NEAR`."""
    low_enough = np.flatnonzero(drops >= 0.5)
    if low_enough.size == 0:
        return float(NEAR[-1])
    first = low_enough[0]
    return float(NEAR[first] * max(math.sqrt(0.5 / drops[first]), 0.5))


def _trim(log_density: LogDensity, found: Stretch) -> Stretch:
    """Pull the ends in to where the integrand is no longer negligible."""
    r = found.centre.size
    count = SCAN[r]
    axes = [np.linspace(a, b, count) for a, b in zip(found.low, found.high, strict=True)]
    s, jacobian = found.points(product(axes))
    values = (log_density(s) + jacobian).reshape((count,) * r)
    kept = values > values.max() - NEGLIGIBLE
    low, high = found.low.copy(), found.high.copy()
    for axis in range(r):
        others = tuple(other for other in range(r) if other != axis)
        inside = np.flatnonzero(kept.any(axis=others))
        low[axis] = axes[axis][max(inside[0] - 1, 0)]
        high[axis] = axes[axis][min(inside[-1] + 1, count - 1)]
    return replace(found, low=low, high=high)


def grid(log_density: LogDensity, found: Stretch, intervals: int) -> Grid:
    """Lay a grid with so many equal steps along each axis."""
    r = found.centre.size
    axes = [np.linspace(a, b, intervals + 1) for a, b in zip(found.low, found.high, strict=True)]
    s, jacobian = found.points(product(axes))
    values = log_density(s) + jacobian
    weights = np.exp(values - values.max())
    steps = product([np.arange(intervals + 1.0)] * r).astype(np.int64)
    kept = weights > np.exp(-NEGLIGIBLE)
    weights = weights[kept]
    return Grid(s[kept], weights / weights.sum(), steps[kept])


def refinements(axes: int) -> Iterator[tuple[int, int]]:
    """Yield intervals an axis of ever finer grids, and the stride of the grid a quarter the size.

    One axis: every fourth node is the smaller grid; two: every second along each axis, which is
    again a quarter of the nodes.
    """
    first, stride, rounds = (40, 4, 8) if axes == 1 else (36, 2, 3)
    for doubling in range(rounds):
        yield first * stride * 2**doubling, stride
