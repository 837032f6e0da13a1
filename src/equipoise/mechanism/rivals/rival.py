"""A rival: one story of how the drug acts, as values of the model's switches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.table_cells import rows_of
from equipoise.mechanism.models import MechanismModel

FILE = "rivals.csv"


@dataclass(frozen=True)
class Rival:
    """One mechanism among those that are weighed against each other.

    Attributes
    ----------
    id, label : str
    switches : dict of str to float
        Value of every switch of the model.
    note : str
    """

    id: str
    label: str
    switches: dict[str, float]
    note: str = ""


def switches_of(model: MechanismModel) -> tuple[str, ...]:
    """Return the parameters of a model that a rival sets."""
    return tuple(p.symbol for p in model.parameters if p.role == "switch")


def read_rivals(file: Traversable | Path, model: MechanismModel) -> tuple[Rival, ...]:
    """Read the rivals of a model.

    Parameters
    ----------
    file : Traversable or Path
        CSV with the columns `id, label, note` and one for each switch of the model.
    model : MechanismModel

    Raises
    ------
    InputError
        Every problem of the file: a switch that has no column, a value outside the range of its
        parameter, an id that comes twice, two rivals with the same switches, fewer than two rivals.
    """
    problems: list[Problem] = []
    switches = switches_of(model)
    columns = ("id", "label", *switches, "note")
    found: dict[str, Rival] = {}
    for row in rows_of(file, columns, columns[:-1], problems):
        values = {name: row.number(name, least=-math.inf) for name in switches}
        for name, value in values.items():
            low, high = _range(model, name)
            if value < low or value > high:
                row.refuse(name, f"{low:g} to {high:g}", "Correct the value, or its range.")
        rival = Rival(row.word("id"), row.word("label"), values, row.text("note"))
        same = [other.id for other in found.values() if other.switches == values]
        if rival.id in found:
            row.refuse("id", "each rival once", "Rename or remove one of the rows.")
        elif same:
            row.refuse("id", f"switches other than those of {same[0]}", "Remove one of the rows.")
        found.setdefault(rival.id, rival)
    if not problems and len(found) < 2:
        action = "Add the rivals to be weighed."
        problems.append(Problem(file.name, "", "", str(len(found)), "two rivals or more", action))
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def _range(model: MechanismModel, name: str) -> tuple[float, float]:
    parameter = model.parameters[model.index(name)]
    low = -math.inf if parameter.low is None else parameter.low
    return low, math.inf if parameter.high is None else parameter.high
