"""Doses as they reach a model: at a time, a target jumps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from equipoise.errors import InputError, Problem
from equipoise.mechanism.standards.sbml_model import SbmlModel

NEAR = 1e-12
"""Times nearer than this share of themselves are one: 3 x 0.1 and 0.3 differ in the last digit."""


class DoseChange(NamedTuple):
    """At `time`, `change` is added to `target`.

    Attributes
    ----------
    time : float
        In the model's unit of time; not negative.
    target : str
        Id of a species (the amount jumps, also where its symbol means a concentration), of a
        parameter with a rate rule (a state: it jumps), or of a parameter without a rule (a rate of
        infusion: it jumps, and jumps back at the end of the infusion).
    change : float
        What is added.
    """

    time: float
    target: str
    change: float


def by_time(
    doses: Iterable[tuple[float, str, float]], model: SbmlModel
) -> list[tuple[float, dict[str, float]]]:
    """Return the changes of each time in order; several of one target at one time are added.

    Times that differ by rounding alone are one (`NEAR`).

    Raises
    ------
    InputError
        If a time is negative or not finite, a change is not finite, or a target is nothing that
        can jump; every one of them at once.
    """
    changes = [DoseChange(*dose) for dose in doses]
    problems = [p for i, dose in enumerate(changes, 1) for p in _wrong(i, dose, model)]
    if problems:
        raise InputError(problems)
    one = same_times(dose.time for dose in changes)
    at: dict[float, dict[str, float]] = {}
    for dose in sorted(changes):
        added = at.setdefault(one[dose.time], {})
        added[dose.target] = added.get(dose.target, 0.0) + dose.change
    return list(at.items())


def same_times(times: Iterable[float], preferred: Iterable[float] = ()) -> dict[float, float]:
    """Return for each time the one that stands for all that differ from it by rounding.

    That is the first of `preferred` among them if there is one, else the smallest.
    """
    anchors = {float(time) for time in preferred}
    groups: list[list[float]] = []
    for time in sorted({*map(float, times), *anchors}):
        if groups and time - groups[-1][0] <= NEAR * time:
            groups[-1].append(time)
        else:
            groups.append([time])
    return {
        time: next((t for t in group if t in anchors), group[0])
        for group in groups
        for time in group
    }


def _wrong(number: int, dose: DoseChange, model: SbmlModel) -> list[Problem]:
    row, found = f"dose {number}", []
    if not math.isfinite(dose.time) or dose.time < 0.0:
        action = "Count time from the start of the simulation."
        found.append(("time", repr(dose.time), "0 or later", action))
    if not math.isfinite(dose.change):
        found.append(("change", repr(dose.change), "a finite number", "Correct the amount."))
    known = dose.target in {*model.species, *model.parameters}
    ruled = model.rules.get(dose.target) == "assignmentRule"
    if not known or ruled:
        shown = f"{dose.target}, which an assignment rule determines" if ruled else dose.target
        allowed = "a species or a parameter without an assignment rule"
        found.append(("target", shown, allowed, "Name a state or a rate of infusion."))
    return [Problem(model.file, row, *rest) for rest in found]
