"""A user's own patients: one row each, checked cell by cell before anything is computed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array

Family = Literal["binary", "survival"]
FEWEST = 10
"""Patients an arm must have; below that an effect in part of them is a play of single patients."""
MOST_SHOWN = 50
"""Cells reported one by one; what is wrong beyond them is counted."""
COMMA = re.compile(r"^\s*[-+]?\d+,\d+\s*$")


@dataclass(frozen=True, eq=False)
class PatientTable:
    """Patients of one trial or cohort; arrays have one entry a patient, shape (n,).

    Attributes
    ----------
    treatment : array
        1 for treatment, 0 for control.
    event : array
        1 for an event (``survival``: 0 for censored).
    time : array
        Time of event or censoring; empty for ``binary``.
    covariates : array, shape (n, p)
        Measured before treatment.
    names : tuple of str, length p
    event_is : {"harm", "benefit"}
        Whether an event is bad (death) or good (a tumour that is gone).
    randomised : bool
        Whether chance assigned the treatment.
    family : {"binary", "survival"}
    """

    treatment: Array
    event: Array
    time: Array
    covariates: Array
    names: tuple[str, ...]
    event_is: Literal["harm", "benefit"]
    randomised: bool
    family: Family

    @property
    def sign(self) -> float:
        """1 where an event avoided is the benefit, -1 where an event gained is."""
        return 1.0 if self.event_is == "harm" else -1.0

    @property
    def size(self) -> int:
        """Number of patients."""
        return int(self.treatment.size)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> PatientTable:
        """Return the table of some of the patients; a row may be taken more than once."""
        time = self.time[rows] if self.family == "survival" else self.time
        return replace(
            self,
            treatment=self.treatment[rows],
            event=self.event[rows],
            time=time,
            covariates=self.covariates[rows],
        )


def read_patient_table(
    source: pd.DataFrame | str | Path,
    *,
    treatment: str,
    event: str,
    covariates: Sequence[str],
    time: str = "",
    event_is: str = "harm",
    randomised: bool = True,
) -> PatientTable:
    """Read a data frame or CSV file of patients, or say everything that is wrong with it.

    Parameters
    ----------
    source : data frame, or path of a CSV file
    treatment, event : str
        Columns of 0 and 1.
    covariates : sequence of str
        Columns of numbers, named before looking at the outcome; categories as columns of 0 and 1.
    time : str
        Column of times from the start of treatment; empty for an outcome without a time.
    event_is : {"harm", "benefit"}
    randomised : bool

    Raises
    ------
    InputError
        Every missing column and unusable cell at once, with row, column, value, what is allowed
        and what to do.

    Notes
    -----
    A missing value is a problem, not a patient to be dropped in silence: leave patients out or
    fill values in knowingly, beforehand.
    """
    name = str(source) if isinstance(source, str | Path) else "table"
    frame = _frame(source, name)
    wanted = [treatment, event, *([time] if time else []), *covariates]
    problems = _columns(name, frame, wanted, event_is)
    values = {
        column: _numbers(name, frame[column], problems) for column in wanted if column in frame
    }
    for column in (treatment, event):
        _cells(name, values, column, lambda x: np.isin(x, (0.0, 1.0)), "0 or 1", problems)
    if time:
        _cells(name, values, time, lambda x: x >= 0.0, "0 or more", problems)
    if not problems:
        problems += _content(name, values, treatment, event, covariates)
    if problems:
        raise InputError(_shortened(name, problems))
    return PatientTable(
        values[treatment],
        values[event],
        values[time] if time else np.empty(0),
        np.column_stack([values[column] for column in covariates]),
        tuple(covariates),
        "harm" if event_is == "harm" else "benefit",
        randomised,
        "survival" if time else "binary",
    )


def _frame(source: pd.DataFrame | str | Path, name: str) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        return source.reset_index(drop=True)
    try:
        return pd.read_csv(source, dtype=str, keep_default_na=False)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        problem = Problem(name, "", "", str(error), "a CSV file in UTF-8", "Check path and file.")
        raise InputError([problem]) from error


def _columns(name: str, frame: pd.DataFrame, wanted: Sequence[str], event_is: str) -> list[Problem]:
    problems = []
    there = ", ".join(map(str, frame.columns))
    for column in wanted:
        if column not in frame.columns:
            action = f"Correct the name; the columns are {there}."
            problems.append(Problem(name, "", column, "", "a column of the table", action))
    for column in sorted({c for c in wanted if list(wanted).count(c) > 1}):
        problems.append(Problem(name, "", column, "named twice", "one part", "Name it once."))
    for column in sorted({c for c in wanted if list(frame.columns).count(c) > 1}):
        problems.append(Problem(name, "", column, "there twice", "one column", "Rename one."))
    if len(wanted) < 3:
        problems.append(Problem(name, "", "covariates", "", "at least one", "Name a covariate."))
    if event_is not in {"harm", "benefit"}:
        allowed = "harm, benefit"
        problems.append(Problem(name, "", "event_is", event_is, allowed, "Choose one of these."))
    return problems


def _numbers(name: str, column: pd.Series | pd.DataFrame, problems: list[Problem]) -> Array:
    """Return a column as numbers (n,), NaN where a cell is none, and say why."""
    if isinstance(column, pd.DataFrame):  # a name that two columns share is reported already
        return np.zeros(len(column))
    out = np.empty(len(column))
    for i, cell in enumerate(column):
        out[i], action = _number(cell)
        if action:
            shown = "" if _blank(cell) else str(cell)
            where = f"row {i + 1}"
            problems.append(Problem(name, where, str(column.name), shown, "a number", action))
    return out


def _blank(cell: Any) -> bool:
    return cell is None or cell is pd.NA or str(cell).strip().lower() in {"", "nan", "na", "nat"}


def _number(cell: Any) -> tuple[float, str]:
    """Return the number a cell holds and an empty action, or NaN and what to do."""
    if _blank(cell):
        return math.nan, "Fill it in, or leave the patient out knowingly."
    text = str(cell).strip()
    if COMMA.match(text):
        return math.nan, "Write it with a decimal point."
    try:
        value = float(cell if not isinstance(cell, str) else text)
    except (TypeError, ValueError):
        return math.nan, "Write a number; code a category as columns of 0 and 1."
    return (value, "") if math.isfinite(value) else (math.nan, "Write a finite number.")


def _cells(
    name: str,
    values: dict[str, Array],
    column: str,
    test: Any,
    allowed: str,
    problems: list[Problem],
) -> None:
    if column not in values:
        return
    numbers = values[column]
    for i in np.flatnonzero(np.isfinite(numbers) & ~test(numbers)):
        action = "Correct it, or leave the patient out."
        shown = f"{numbers[i]:g}"
        problems.append(Problem(name, f"row {i + 1}", column, shown, allowed, action))


def _content(
    name: str, values: dict[str, Array], treatment: str, event: str, covariates: Sequence[str]
) -> list[Problem]:
    """Say what cannot be analysed although every cell is a number."""
    problems = []
    for arm, word in ((1.0, "treated"), (0.0, "untreated")):
        count = int((values[treatment] == arm).sum())
        if count < FEWEST:
            allowed = f"{FEWEST} patients or more"
            found = f"{count} {word}"
            problems.append(Problem(name, "", treatment, found, allowed, "Add patients."))
    if values[event].size and np.ptp(values[event]) == 0.0:
        found = f"all {values[event][0]:g}"
        allowed = "patients with and without the event"
        problems.append(Problem(name, "", event, found, allowed, "Choose another outcome."))
    for column in covariates:
        if values[column].size and np.ptp(values[column]) == 0.0:
            found = f"all {values[column][0]:g}"
            allowed = "a covariate that varies"
            problems.append(Problem(name, "", column, found, allowed, "Leave the covariate out."))
    return problems


def _shortened(name: str, problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MOST_SHOWN:
        return problems
    more = len(problems) - MOST_SHOWN
    rest = Problem(name, "", "", f"{more} more", "none", "Correct these and read it again.")
    return [*problems[:MOST_SHOWN], rest]
