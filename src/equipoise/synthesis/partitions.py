"""Partitions of a trial: no patient may be counted twice in one pool."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from equipoise.errors import ComputationError, InputError, Problem
from equipoise.estimate import Estimate, Standing
from equipoise.evidence.schema import ResultRow, phenotype_of

FILE = "evidence/results.csv"
_WEAKEST_FIRST: tuple[Standing, ...] = ("reconstructed", "derived", "printed")


def check_partition(rows: Sequence[ResultRow]) -> None:
    """Raise unless the rows of one trial are mutually exclusive strata.

    Two strata exclude each other only when some axis is named in both with different levels:
    level *a* of one axis and level *x* of another share the patients who are both, and a number
    for everybody shares patients with every other. One row alone is always a partition.

    Raises
    ------
    InputError
        Naming every pair of rows that overlap.

    Notes
    -----
    That the strata together cover the whole trial cannot be read from the rows; the caller
    knows it from the axis (`Axis.complete`) or from the case.
    """
    problems = []
    for first, second in combinations(rows, 2):
        a, b = phenotype_of(first), phenotype_of(second)
        if first.trial_id != second.trial_id:
            problems.append(_overlap(first, second, "rows of one trial"))
        elif a == b:
            problems.append(_twice(first, second))
        elif not any(a[axis] != b[axis] for axis in a.keys() & b.keys()):
            problems.append(_overlap(first, second, "strata that share no patient"))
    if problems:
        raise InputError(problems)


def _overlap(first: ResultRow, second: ResultRow, allowed: str) -> Problem:
    return Problem(
        FILE,
        f"{first.result_id} with {second.result_id}",
        "analysed",
        f"{_patients(first)} with {_patients(second)}",
        f"{allowed}, all on one axis",
        "Keep one partition of the trial: set chosen to no on the other rows, with the reason.",
    )


def _twice(first: ResultRow, second: ResultRow) -> Problem:
    """Two rows of one outcome in the same patients, such as two time points."""
    times = " and ".join(row.timepoint or "no time given" for row in (first, second))
    return Problem(
        FILE,
        f"{first.result_id} with {second.result_id}",
        "chosen",
        f"both yes, for {_patients(first)} ({times})",
        "one row of an outcome for the same patients, as both would enter the pool and time "
        "points are not compared",
        "Give both rows the same group and set chosen to no on one of them, with the reason.",
    )


def _patients(row: ResultRow) -> str:
    return row.analysed or "everybody"


def combine_strata(strata: Sequence[Estimate], standing: Standing = "derived") -> Estimate:
    """Fixed-effect mean of the strata of one trial: the whole trial, derived.

    With `w = 1 / se^2`: `value = sum w y / sum w`, `se = (sum w)^(-1/2)`. Within a trial the
    strata share protocol and period, so that the precision-weighted mean stands for the
    trial's stratified estimate; it assumes an exact partition. One stratum is returned as is.
    """
    if not strata:
        raise ComputationError("no strata to combine")
    first = strata[0]
    if len(strata) == 1:
        return first
    weights = [1.0 / stratum.variance for stratum in strata]
    total = sum(weights)
    value = sum(w * s.value for w, s in zip(weights, strata, strict=True)) / total
    standings = {s.standing for s in strata} | {standing}
    return Estimate(
        value,
        total**-0.5,
        first.measure,
        tuple(row for stratum in strata for row in stratum.source),
        next(s for s in _WEAKEST_FIRST if s in standings),
        first.unit,
    )
