"""The closed test over populations and stages: which hypotheses are rejected, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.design.closed.combination import Combination
from equipoise.design.closed.intersections import Intersection, intersection_test
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {"closed_test": ("marcus1976", "brannath2009")}
"""Keys of `equipoise.cite.REFERENCES` behind closed testing in adaptive enrichment."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ClosedTest:
    """Decisions of a closed combination test in n trials.

    Attributes
    ----------
    members : array, shape (2^m - 1, m)
        Which hypotheses each intersection holds; the last is all of them, the strong null.
    stage_p : array, shape (n, 2^m - 1, K)
        P-value of each intersection in each stage; NaN where nothing in it was tested.
    combined : array, shape (n, 2^m - 1, K)
        Combined statistic up to each stage.
    intersections : array of bool, shape (n, 2^m - 1, K)
        Rejected by that stage.
    rejected : array of bool, shape (n, m, K)
        Elementary hypotheses rejected by that stage: all their intersections are.
    adjusted_p : array, shape (n, m, K)
        Largest p-value of the combined statistics of the hypothesis' intersections, as if the
        stage were the only look; with interim bounds `repeated_p_values` is the one to report.
    """

    members: Flags
    stage_p: Array
    combined: Array
    intersections: Flags
    rejected: Flags
    adjusted_p: Array

    @property
    def strong_null(self) -> Flags:
        """Whether "no effect in any population" is rejected by each stage: shape (n, K)."""
        return np.asarray(self.intersections[:, -1, :])


def intersection_members(m: int) -> Flags:
    """Every non-empty set of m hypotheses as a row of flags: shape (2^m - 1, m).

    Examples
    --------
    >>> intersection_members(2).astype(int).tolist()
    [[1, 0], [0, 1], [1, 1]]
    """
    codes = np.arange(1, 2**m)[:, None]
    return np.asarray((codes >> np.arange(m)) & 1, dtype=bool)


def closed_test(
    p: ArrayLike,
    combination: Combination,
    intersection: str | Intersection = "simes",
    information: ArrayLike | None = None,
) -> ClosedTest:
    """Test each population's hypothesis at the family-wise level of the combination test.

    A hypothesis is rejected by stage k when every intersection that holds it has been rejected
    by then, at one stage or another. An intersection is tested in a stage with the populations
    in it that the stage still tests; with none left, its last decision stands.

    Parameters
    ----------
    p : array_like, shape (n, m, K) or (m, K)
        One-sided p-values of every population from the patients of each stage alone; NaN from
        the stage on in which a population is no longer tested. Populations from the smallest to
        the whole.
    combination : InverseNormal or FisherProduct
        Its K stages.
    intersection : str or function
        ``bonferroni``, ``sidak``, ``simes``, ``spiessens-debois``, or a function of p-values
        (n, m) and information (n, m).
    information : array_like, broadcast to (n, m, K)
        Patients or events of each population in each stage; needed by Spiessens-Debois.

    Raises
    ------
    ArrayError
        P-values outside 0 to 1, of a wrong shape, a population that returns after it was
        dropped, or information missing.

    Notes
    -----
    Marcus, Peritz and Gabriel 1976, 10.1093/biomet/63.3.655; Brannath and others 2009,
    10.1002/sim.3559.

    Examples
    --------
    >>> from equipoise.design.closed.combination import inverse_normal
    >>> rule = inverse_normal([0.5, 1.0], [np.inf, 1.959964])
    >>> test = closed_test([[0.01, 0.02], [0.30, np.nan]], rule)
    >>> test.rejected[0, :, 1].tolist(), test.adjusted_p[0, 0].round(5).tolist()
    ([True, False], [0.02, 0.00184])
    """
    values = _checked(p, combination.stages)
    test = intersection_test(intersection) if isinstance(intersection, str) else intersection
    if information is None and test is intersection_test("spiessens-debois"):
        action = "Pass patients or events of every population in every stage."
        raise ArrayError([Problem("", "", "information", "None", "shape (n, m, K)", action)])
    size = _information(information, values.shape)
    members = intersection_members(values.shape[1])
    stage_p = np.stack([_stage_p(values, size, test, held) for held in members], axis=1)
    return decide(members, stage_p, combination, values.shape[1])


def decide(
    members: Flags, stage_p: Array, combination: Combination, populations: int
) -> ClosedTest:
    """Combine the stages of every intersection and close: see `closed_test`."""
    combined = combination.statistics(stage_p)
    crossed = combination.rejects(combined)
    intersections = np.logical_or.accumulate(crossed, axis=-1)
    level = combination.level_reached(combined)
    holding = [np.flatnonzero(members[:, j]) for j in range(populations)]
    rejected = np.stack([intersections[:, held].all(axis=1) for held in holding], axis=1)
    adjusted = np.stack([level[:, held].max(axis=1) for held in holding], axis=1)
    return ClosedTest(members, stage_p, combined, intersections, rejected, adjusted)


def repeated_p_values(
    test: ClosedTest, combination_at: Callable[[float], Combination], tolerance: float = 1e-10
) -> Array:
    """Smallest family-wise level at which each hypothesis would be rejected by each stage.

    Parameters
    ----------
    test : ClosedTest
        Its p-values of the stages are used; its decisions are not.
    combination_at : function
        The combination test, weights and shape of the spending unchanged, at one-sided level
        alpha.
    tolerance : float
        Width of the bracket at which the bisection ends.

    Returns
    -------
    array, shape (n, m, K)
        At or below alpha exactly where the closed test at level alpha rejects; 0.5 where no level
        below one half would.
    """
    shape = (*test.rejected.shape,)
    found = np.empty(shape)
    for cell in np.ndindex(shape):
        trial = test.stage_p[cell[0]][None]
        a, b = 0.0, 0.5
        while b - a > tolerance:
            middle = 0.5 * (a + b)
            closed = decide(test.members, trial, combination_at(middle), shape[1])
            if closed.rejected[0, cell[1], cell[2]]:
                b = middle
            else:
                a = middle
        found[cell] = b
    return found


def _stage_p(p: Array, size: Array, test: Intersection, held: Flags) -> Array:
    """P-values (n, K) of one intersection in each stage."""
    if held.sum() == 1:
        return np.asarray(p[:, held][:, 0])
    stages = range(p.shape[2])
    return np.stack([test(p[:, held, k], size[:, held, k]) for k in stages], axis=-1)


def _checked(p: ArrayLike, stages: int) -> Array:
    """P-values as (n, m, K), or every reason why they are not."""
    values = _numbers(p, "p")
    if values.ndim == 2:
        values = values[None]
    if values.ndim != 3 or values.shape[2] != stages or values.shape[1] == 0:
        shown, allowed = f"shape {values.shape}", f"shape (n, m, {stages}) for these bounds"
        action = "One p-value a stage that the combination test plans; NaN for what is to come."
        raise ArrayError([Problem("", "", "p", shown, allowed, action)])
    problems = []
    outside = (values < 0.0) | (values > 1.0)
    for place in np.argwhere(outside)[:20]:
        where, value = (
            f"trial, population, stage {place.tolist()}",
            repr(values[tuple(place)].item()),
        )
        problems.append(Problem("", where, "p", value, "0 to 1, or NaN", "Correct it."))
    dropped = np.isnan(values)
    back = np.argwhere(dropped[:, :, :-1] & ~dropped[:, :, 1:])
    for place in back[:20]:
        where = f"trial, population, stage {place.tolist()}"
        action = "A dropped population stays dropped."
        problems.append(Problem("", where, "p", "NaN, then a number", "no return", action))
    if problems:
        raise ArrayError(problems)
    return values


def _information(information: ArrayLike | None, shape: tuple[int, ...]) -> Array:
    """Information as (n, m, K); ones where none is given."""
    given = np.ones(1) if information is None else _numbers(information, "information")
    try:
        return np.broadcast_to(given, shape)
    except ValueError as error:
        shown, allowed = f"shape {given.shape}", f"what broadcasts to {shape}"
        problem = Problem("", "", "information", shown, allowed, "Reshape the array.")
        raise ArrayError([problem]) from error


def _numbers(values: ArrayLike, name: str) -> Array:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        problem = Problem("", "", name, repr(values), "numbers", "Pass an array of numbers.")
        raise ArrayError([problem]) from error
