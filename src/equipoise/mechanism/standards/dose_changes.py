"""Doses as they reach a model: at a time, a target jumps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from equipoise.errors import InputError, Problem
from equipoise.mechanism.standards.sbml_model import SbmlModel


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
    ordered = sorted(changes, key=lambda dose: dose.time)
    together = []
    for time, group in groupby(ordered, key=lambda dose: dose.time):
        added: dict[str, float] = {}
        for dose in group:
            added[dose.target] = added.get(dose.target, 0.0) + dose.change
        together.append((float(time), added))
    return together


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
