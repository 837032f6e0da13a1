"""Drug levels of a reference patient against levels that were printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from equipoise.errors import InputError, Problem
from equipoise.evidence.fields import Id, Name, Record, Text, Url
from equipoise.mechanism.dosing import Drug, Regimen, combined, schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.records import read_records
from equipoise.mechanism.solving import simulate_patients

FILE = "mechanism/exposure_checks.csv"
STEP = 1.0 / 48.0
"""Half an hour, in days: readings for means and areas."""

Day = Annotated[float, Field(ge=0, le=3660)]


class ExposureRow(Record):
    """One printed level."""

    id: Id
    """Name of the row."""
    label: Name
    """What it is, for the reader."""
    regimen: Name
    """Regimen as in the dosing table."""
    patient: Text = ""
    """Parameters of the reference patient that are not the table's: ``name=value; name=value``."""
    output: Name
    """State or assigned quantity."""
    statistic: Literal["mean", "last", "area"]
    """Mean or area over the days, or the level on the last day, before its dose."""
    start_day: Day
    """First day."""
    end_day: Day
    """Last day."""
    unit: Name
    """Unit of the value."""
    factor: Annotated[float, Field(gt=0)] = 1.0
    """What the simulated number is multiplied by, such as a salt reading of the source's doses."""
    reference: float
    """Level as printed, or as worked out by hand."""
    low: float
    """Least level that agrees."""
    high: float
    """Greatest level that agrees."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """Words it stood in."""
    note: Text = ""
    """Anything else."""


@dataclass(frozen=True)
class ExposureCheck:
    """A level: simulated and printed."""

    id: str
    label: str
    unit: str
    simulated: float
    reference: float
    low: float
    high: float
    inside: bool
    source_url: str
    note: str


def read_exposure_rows(
    file: Traversable | Path, model: MechanismModel, regimens: dict[str, Regimen]
) -> tuple[ExposureRow, ...]:
    """Read the table; raises `InputError` with every problem."""
    rows = read_records(file, ExposureRow, FILE, key="id")
    problems = [problem for row in rows for problem in _problems(row, model, regimens)]
    if problems:
        raise InputError(problems)
    return rows


def _problems(
    row: ExposureRow, model: MechanismModel, regimens: dict[str, Regimen]
) -> Iterator[Problem]:
    outputs = {*model.names_of_states, *model.assignments}
    if row.output not in outputs:
        yield Problem(FILE, row.id, "output", row.output, "a quantity of the model", "Correct it.")
    if row.end_day <= row.start_day:
        yield Problem(FILE, row.id, "end_day", str(row.end_day), "after start_day", "Correct it.")
    if row.regimen not in regimens:
        yield Problem(FILE, row.id, "regimen", row.regimen, "a regimen of regimens.csv", "Name it.")
    for name, text in _pairs(row.patient):
        if name not in model.names_of_parameters or not _is_number(text):
            allowed = "name=value; name=value, each name a parameter"
            yield Problem(FILE, row.id, "patient", row.patient, allowed, "Correct it.")


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in parts]


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def check_exposures(
    rows: tuple[ExposureRow, ...],
    model: MechanismModel,
    drugs: dict[str, Drug],
    regimens: dict[str, Regimen],
) -> tuple[ExposureCheck, ...]:
    """Simulate each row's reference patient, who takes every dose."""
    return tuple(_check(row, model, drugs, regimens) for row in rows)


def _check(
    row: ExposureRow, model: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen]
) -> ExposureCheck:
    changes = {name: float(value) for name, value in _pairs(row.patient)}
    patient = model.with_values(changes).values[None, :]
    timed = schedule(combined(regimens, row.regimen), drugs, model, row.end_day)
    steps = max(2, round((row.end_day - row.start_day) / STEP) + 1)
    days = np.linspace(row.start_day, row.end_day, steps)
    response = simulate_patients(model, timed, patient, outputs=[row.output], days=days.tolist())
    level = response.of(row.output)[0]
    if row.statistic == "last":
        value = float(level[-1])
    else:
        value = float(np.trapezoid(level, days))
        value /= row.end_day - row.start_day if row.statistic == "mean" else 1.0
    value *= row.factor
    return ExposureCheck(
        row.id, row.label, row.unit, value, row.reference, row.low, row.high,
        bool(row.low <= value <= row.high), row.source_url, row.note,
    )  # fmt: skip
