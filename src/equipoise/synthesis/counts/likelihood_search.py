"""Search of a likelihood with one or two standard deviations so that the best mode is found.

For fixed standard deviations the likelihoods of this room are log-concave in what is left
(Prekopa), so that Newton's steps lead to the one peak there. The standard deviations themselves
are laid out on a grid from zero to more than any log odds can vary; each point of the grid that
is no lower than its neighbours is polished in all parameters, and the highest mode wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.ndimage import maximum_filter

from equipoise.synthesis.arrays import Array

Surface = Callable[[Array], tuple[float, Array, Array]]
"""Log-likelihood, gradient (p,) and Hessian (p, p) at parameters (p,)."""

LONGEST = 3.0
"""Longest step of a climb: a factor of twenty in the odds."""

FINE, COARSE = 1e-15, 1e-5
"""Gain still expected at which a climb, or one of a scan, ends.

With the fine one the estimate stands to 1e-7 of its error.
"""

BLUNT = 1000.0
"""A step whose gain is below so many times that end is taken without asking for a rise.

Derivatives and value come from one set of nodes, but agree only as far as the nodes suffice.
"""

VANISHED = 1e-5
"""A standard deviation of log odds below this is zero: it moves no probability by 1e-5."""


class Peak(NamedTuple):
    """Where a climb ended; `settled` says whether nothing was left to gain."""

    at: Array
    value: float
    hessian: Array
    settled: bool


def climb(
    surface: Surface, start: Array, free: Sequence[int], end: float = FINE, steps: int = 100
) -> Peak:
    """Climb from `start` in the parameters `free`, the others held.

    Newton's steps with negative curvature turned round, shortened until they lead upwards.
    """
    index = np.array(free)
    at = start.astype(np.float64)
    value, gradient, hessian = surface(at)
    for _ in range(steps):
        step = _newton_step(gradient[index], hessian[np.ix_(index, index)])
        gain = float(gradient[index] @ step)
        if not gain > end:
            return Peak(at, value, hessian, bool(np.isfinite(value)))
        step = step * min(1.0, LONGEST / float(np.abs(step).max()))
        for _half in range(40):
            new = at.copy()
            new[index] += step
            there = surface(new)
            if there[0] >= value or gain < BLUNT * end:
                break
            step, gain = 0.5 * step, 0.5 * gain
        else:
            return Peak(at, value, hessian, False)
        at, (value, gradient, hessian) = new, there
    return Peak(at, value, hessian, False)


def _newton_step(gradient: Array, hessian: Array) -> Array:
    """Return the Newton step, uphill in every direction."""
    curvature, axes = np.linalg.eigh(-hessian)
    least = 1e-10 * max(float(np.abs(curvature).max()), 1e-10)
    step: Array = axes @ ((axes.T @ gradient) / np.maximum(np.abs(curvature), least))
    return step


class Scan(NamedTuple):
    """The grid of a scan, the best value at each point and the parameters that reach it."""

    grids: tuple[Array, ...]
    values: Array
    at: Array


def scan(surface: Surface, start: Array, spreads: Sequence[int], grids: Sequence[Array]) -> Scan:
    """Maximise over all but the standard deviations `spreads`, at every point of their grids."""
    shape = tuple(grid.size for grid in grids)
    rest = [i for i in range(start.size) if i not in spreads]
    values, at = np.empty(shape), np.empty((*shape, start.size))
    for place in product(*(range(size) for size in shape)):
        here = _neighbour(at, place, start).copy()
        here[list(spreads)] = [grid[i] for grid, i in zip(grids, place, strict=True)]
        peak = climb(surface, here, rest, COARSE)
        values[place], at[place] = peak.value, peak.at
    return Scan(tuple(grids), values, at)


def _neighbour(at: Array, place: tuple[int, ...], start: Array) -> Array:
    """Parameters of a point next to `place` that has been visited, or `start`."""
    for axis in reversed(range(len(place))):
        if place[axis]:
            before = (*place[:axis], place[axis] - 1, *place[axis + 1 :])
            out: Array = at[before]
            return out
    return start


def modes(surface: Surface, found: Scan, spreads: Sequence[int], most: int = 4) -> list[Peak]:
    """Polish every point of a scan that is no lower than its neighbours; best first."""
    tops = found.values == maximum_filter(found.values, size=3, mode="nearest")
    places = sorted(map(tuple, np.argwhere(tops)), key=lambda place: -found.values[place])[:most]
    peaks: list[Peak] = []
    for place in places:
        peak = polish(surface, found.at[place], spreads)
        if all(_apart(peak, other, spreads) for other in peaks):
            peaks.append(peak)
    return sorted(peaks, key=lambda peak: -peak.value)


def polish(
    surface: Surface, start: Array, spreads: Sequence[int], fixed: Sequence[int] = ()
) -> Peak:
    """Climb in all parameters but the `fixed`; a spread of zero is left if that leads upwards.

    The likelihood is even in each standard deviation, so that its slope is zero at zero and the
    curvature decides.
    """
    free = [i for i in range(start.size) if i not in fixed]
    spreads = [i for i in spreads if i in free]
    held = {i for i in spreads if start[i] < VANISHED}
    for _ in range(6):
        at = start.copy()
        at[list(held)] = 0.0
        peak = climb(surface, at, [i for i in free if i not in held])
        peak.at[list(spreads)] = np.abs(peak.at[list(spreads)])
        gone = {i for i in spreads if peak.at[i] < VANISHED and peak.at[i] > 0.0}
        rising = {i for i in held if peak.hessian[i, i] > 1e-9}
        if not gone and not rising:
            return peak
        start, held = peak.at, (held | gone) - rising
        start[list(rising)] = 0.01
    return peak._replace(settled=False)


def _apart(one: Peak, other: Peak, spreads: Sequence[int]) -> bool:
    """Whether two peaks are two modes, not one reached twice."""
    a, b = one.at[list(spreads)], other.at[list(spreads)]
    return bool((np.abs(a - b) > 1e-3 * (1.0 + b)).any())
