r"""Profile likelihood: how well data hold one parameter, whatever the others.

`l_p(x) = max over the others of l(x, others)`; the 95 % interval holds every x with
`2 (l_max - l_p(x)) <= 3.84`, the 0.95 quantile of chi-square on one degree of freedom (Raue et al.,
Bioinformatics 2009;25:1923, doi 10.1093/bioinformatics/btp358). A profile that never falls that far
on a side has no end there: the parameter is not identifiable from these data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array

DROP = 3.841458820694124 / 2
"""Fall of the log likelihood at the ends of a 95 % interval."""
STEP, GRADIENT = 1e-4, 1e-3
"""Of the search over the others, on a working scale on which parameters move by about 1: a density
with a gradient of 0.001 left is within about 0.000001 of its top."""

LogDensity = Callable[[Array], float]


@dataclass(frozen=True)
class Profile:
    """One profile.

    Attributes
    ----------
    name : str
    grid, values : tuple of float
        Points, and the log density there, maximised over the others and relative to the highest.
    others : tuple of tuple of float
        The other parameters at each point, in the order of `free`.
    free : tuple of str
    low, high : float or None
        Ends of the 95 % interval, by linear interpolation; None where it does not end on the grid.
    shape : str
        ``flat`` (no end), ``one-sided`` (one end) or ``closed`` (two).
    converged : bool
        Whether every search over the others ended well.
    """

    name: str
    grid: tuple[float, ...]
    values: tuple[float, ...]
    others: tuple[tuple[float, ...], ...]
    free: tuple[str, ...]
    low: float | None
    high: float | None
    shape: str
    converged: bool


def profile(
    log_density: LogDensity,
    names: Sequence[str],
    start: Mapping[str, float],
    name: str,
    grid: Sequence[float],
) -> Profile:
    """Profile one parameter on a fixed grid.

    The search at a point starts where that of its neighbour ended, from the point nearest to
    `start` outwards.

    Parameters
    ----------
    log_density : callable of a point (p,)
        Log likelihood, or log posterior, on a working scale.
    names : sequence of str, length p
    start : mapping of str to float
        A point of high density.
    name : str
        Parameter to profile.
    grid : sequence of float
        Increasing values of it.

    Raises
    ------
    InputError
        `name` is none of `names`, or the grid has fewer than three points or does not increase.
    """
    points = np.asarray(grid, dtype=float)
    _require(names, name, points)
    place = list(names).index(name)
    begin = np.array([start[n] for n in names if n != name], dtype=float)
    middle = int(np.argmin(np.abs(points - start[name])))
    values = np.empty(len(points))
    others = np.empty((len(points), len(begin)))
    good = True
    for order in (range(middle, len(points)), range(middle - 1, -1, -1)):
        at = begin if order.step > 0 else others[middle]
        for k in order:
            at, values[k], well = _highest(log_density, at, place, points[k])
            others[k], good = at, good and well
    values -= values.max()
    low, high = interval(points, values)
    shape = ("closed", "one-sided", "flat")[(low is None) + (high is None)]
    return Profile(
        name=name,
        grid=tuple(points.tolist()),
        values=tuple(values.tolist()),
        others=tuple(tuple(row) for row in others.tolist()),
        free=tuple(n for n in names if n != name),
        low=low,
        high=high,
        shape=shape,
        converged=good,
    )


def _highest(
    log_density: LogDensity, start: Array, place: int, value: float
) -> tuple[Array, float, bool]:
    """Highest density over the others with one parameter held; where, how high, and how well."""
    if not len(start):
        return start, log_density(np.array([value])), True

    def lowered(others: Array) -> float:
        return -log_density(np.insert(others, place, value))

    found = optimize.minimize(
        lowered, start, method="BFGS", options={"eps": STEP, "gtol": GRADIENT}
    )
    steepest = float(np.abs(found.jac).max())
    return found.x, -float(found.fun), bool(steepest < 20 * GRADIENT)


def interval(grid: Array, values: Array) -> tuple[float | None, float | None]:
    """Return where a profile, relative to its highest value, crosses `-DROP` on either side."""
    top = int(np.argmax(values))

    def crossing(order: range) -> float | None:
        for k in order:
            before = k - order.step
            if values[k] < -DROP:
                share = (values[before] + DROP) / (values[before] - values[k])
                return float(grid[before] + share * (grid[k] - grid[before]))
        return None

    return crossing(range(top - 1, -1, -1)), crossing(range(top + 1, len(grid)))


def along(
    log_density: LogDensity, start: Sequence[float], direction: Sequence[float], steps: Array
) -> Array:
    """Return the log density at `start + step * direction`, relative to that at `start`.

    All zeros along a direction mean that the data cannot place the parameters on it: it is a ridge,
    and only what is constant along it can be learnt.
    """
    begin, way = np.asarray(start, dtype=float), np.asarray(direction, dtype=float)
    level = log_density(begin)
    return np.array([log_density(begin + step * way) - level for step in steps])


def _require(names: Sequence[str], name: str, grid: Array) -> None:
    problems = []
    if name not in names:
        problems.append(Problem("", "", "name", name, ", ".join(names), "Name one of these."))
    if grid.ndim != 1 or len(grid) < 3 or not np.all(np.diff(grid) > 0):
        allowed = "three increasing values or more"
        problems.append(Problem("", name, "grid", str(grid.tolist()), allowed, "Correct it."))
    if problems:
        raise InputError(problems)
