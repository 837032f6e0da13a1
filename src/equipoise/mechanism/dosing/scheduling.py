"""Every dose of a regimen in the order of time, with the place where it enters the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.amounts import amount_given, misfits
from equipoise.mechanism.dosing.drug import Drug
from equipoise.mechanism.dosing.regimen import HOURS_PER_DAY, Dose, Regimen
from equipoise.mechanism.dosing.table_cells import near_words

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

SAME_DAY = 1e-9
"""Days within which two times are one: 0.1 ms, far below any dosing interval."""


class NamedModel(Protocol):
    """What a schedule has to know of a model: what its vectors hold."""

    @property
    def names_of_states(self) -> tuple[str, ...]:
        """States, in order."""

    @property
    def names_of_parameters(self) -> tuple[str, ...]:
        """Parameters, in order."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """Doses in the order of time; arrays have one entry a dose.

    Attributes
    ----------
    days : float
        End of the simulation. A dose due then is no longer given.
    drugs : tuple of str
        Drug of each dose.
    times : array
        Day on which it enters the model: day of taking it plus the lag of the drug.
    taken : array
        Day of taking it.
    durations : array
        Days of infusion; 0 if given at once.
    targets : array of int
        State, by its index, or infusion rate, by the number of states plus the index of the
        parameter.
    amounts : array
        In the drug's unit, before scaling; of an infusion, all that runs in.
    scaling, until : array of int
        Index of the parameter that multiplies the amount, and of the one that holds the day from
        which a patient takes no more; -1 if there is none.
    states : int
        Number of states of the model.
    """

    days: float
    drugs: tuple[str, ...]
    times: Array
    taken: Array
    durations: Array
    targets: Integers
    amounts: Array
    scaling: Integers
    until: Integers
    states: int

    def count(self, drug: str) -> int:
        """Return the number of doses of a drug."""
        return self.drugs.count(drug)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a dose."""
        columns = ("drugs", "times", "taken", "durations", "targets", "amounts", "scaling", "until")
        return pd.DataFrame({name: getattr(self, name) for name in columns})


def schedule(
    regimen: Regimen, drugs: Mapping[str, Drug], model: NamedModel, days: float
) -> Schedule:
    """List every dose of a regimen before day `days`, in the order of time.

    Times are worked out from the first dose of a row, never from the one before, so that no
    rounding adds up. Infusions of one drug may overlap: their rates add.

    Raises
    ------
    InputError
        Every reason for which the regimen does not fit the drugs or the model.
    """
    problems = [] if 0.0 < days < math.inf else [_no_days(days)]
    for dose in regimen.doses:
        problems += _problems(regimen.name, dose, drugs, model)
    if problems:
        raise InputError(problems)
    rows = sorted(
        (row for dose in regimen.doses for row in _rows(dose, drugs[dose.drug], model, days)),
        key=lambda row: row[1],
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    floats = [np.array(columns[k], dtype=np.float64) for k in (1, 2, 3, 5)]
    whole = [np.array(columns[k], dtype=np.int64) for k in (4, 6, 7)]
    times, taken, durations, amounts = floats
    targets, scaling, until = whole
    return Schedule(
        *(float(days), tuple(columns[0]), times, taken, durations, targets, amounts, scaling),
        *(until, len(model.names_of_states)),
    )


Listed = tuple[str, float, float, float, int, float, int, int]


def _rows(dose: Dose, drug: Drug, model: NamedModel, days: float) -> list[Listed]:
    given = amount_given(dose, drug)
    duration = dose.infusion_hours / HOURS_PER_DAY
    states, parameters = model.names_of_states, model.names_of_parameters
    if duration > 0.0:
        target = len(states) + parameters.index(drug.input)
    else:
        target = states.index(drug.state)
    scaling = parameters.index(given.scaling) if given.scaling else -1
    until = parameters.index(dose.adherence) if dose.adherence else -1
    lag = drug.lag_hours / HOURS_PER_DAY
    return [
        (dose.drug, day + lag, day, duration, target, given.amount, scaling, until)
        for day in dose.days()
        if day + lag < days - SAME_DAY
    ]


def _problems(name: str, dose: Dose, drugs: Mapping[str, Drug], model: NamedModel) -> list[Problem]:
    if dose.drug not in drugs:
        action = near_words(dose.drug, drugs) or "Add it to the table of drugs."
        return [Problem("", name, "drug", dose.drug, ", ".join(drugs), action)]
    drug = drugs[dose.drug]
    found = [Problem("", f"{name}, {drug.drug}", *problem) for problem in misfits(dose, drug)]
    found += _number_problems(name, dose)
    if found:
        return found
    needed = [(dose.adherence, "adherence"), (amount_given(dose, drug).scaling, "unit")]
    names = model.names_of_parameters
    if dose.infusion_hours > 0.0:
        needed.append((drug.input, "input"))
    elif drug.state not in model.names_of_states:
        action = near_words(drug.state, model.names_of_states) or "Correct the table of drugs."
        found.append(Problem("", drug.drug, "state", drug.state, "a state of the model", action))
    for parameter, field in needed:
        if parameter and parameter not in names:
            action = near_words(parameter, names) or "Add the parameter to the model."
            where = f"{name}, {drug.drug}"
            found.append(Problem("", where, field, parameter, "a parameter of the model", action))
    return found


def _number_problems(name: str, dose: Dose) -> list[Problem]:
    fits = {
        "amount": (dose.amount, 0.0 <= dose.amount < math.inf, "0 or more"),
        "infusion_hours": (dose.infusion_hours, 0.0 <= dose.infusion_hours < math.inf, "0 or more"),
        "start_day": (dose.start_day, 0.0 <= dose.start_day < math.inf, "0 or more"),
        "every_days": (dose.every_days, dose.doses <= 1 or dose.every_days > 0.0, "above 0"),
        "doses": (dose.doses, dose.doses >= 1, "1 or more"),
    }
    where = f"{name}, {dose.drug}"
    return [
        Problem("", where, field, f"{value:g}", allowed, "Correct the number.")
        for field, (value, good, allowed) in fits.items()
        if not good
    ]


def _no_days(days: float) -> Problem:
    return Problem("", "", "days", f"{days:g}", "a number above 0", "Say how long to simulate.")
