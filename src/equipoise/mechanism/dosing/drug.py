"""Drugs: where a dose enters the model, and in which unit the model counts it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.dose_units import MODEL_UNITS
from equipoise.mechanism.dosing.table_cells import Row, rows_of

COLUMNS = ("drug", "state", "input", "unit", "salt_factor", "lag_hours", "molar_mass", "note")
REQUIRED = COLUMNS[:4]


@dataclass(frozen=True)
class Drug:
    """One drug as the model knows it.

    Attributes
    ----------
    drug : str
        Its name in dosing tables.
    state : str
        State that a dose given at once is added to; empty if the drug is only infused.
    input : str
        Parameter that is the rate of an infusion, in `unit` per day; empty if it is never infused.
    unit : str
        Unit of the amounts in the model: a mass, an amount of substance, or a count of doses.
    salt_factor : float
        Mass of the base in one unit mass of the salt; NaN if no salt is known of. A drug with a
        factor is counted as base in the model.
    lag_hours : float
        Time from taking a dose to its entry into the model.
    molar_mass : float
        g/mol (of the base); NaN if not given.
    note : str
    """

    drug: str
    state: str
    input: str
    unit: str
    salt_factor: float = math.nan
    lag_hours: float = 0.0
    molar_mass: float = math.nan
    note: str = ""


def read_drugs(file: Traversable) -> dict[str, Drug]:
    """Read the drugs of a model, by name.

    Parameters
    ----------
    file : Traversable
        CSV with the columns `drug, state, input, unit, salt_factor, lag_hours, molar_mass, note`.

    Raises
    ------
    InputError
        Every problem of the file.
    """
    problems: list[Problem] = []
    drugs: dict[str, Drug] = {}
    for row in rows_of(file, COLUMNS, REQUIRED, problems):
        drug = _drug(row)
        if drug.drug in drugs:
            row.refuse("drug", "each drug once", "Remove one of the rows.")
        drugs[drug.drug] = drug
    if problems:
        raise InputError(problems)
    return drugs


def _drug(row: Row) -> Drug:
    if not row.text("state") and not row.text("input"):
        row.refuse("state", "a state, or an input for infusions", "Say where a dose enters.")
    return Drug(
        drug=row.word("drug"),
        state=row.text("state"),
        input=row.text("input"),
        unit=row.one_of("unit", MODEL_UNITS),
        salt_factor=_factor(row),
        lag_hours=row.number("lag_hours", blank=0.0),
        molar_mass=row.number("molar_mass", blank=math.nan, above=True),
        note=row.text("note"),
    )


def _factor(row: Row) -> float:
    factor = row.number("salt_factor", blank=math.nan, above=True)
    if factor > 1.0:
        row.refuse("salt_factor", "above 0, at most 1", "Give mass of base per mass of salt.")
    return factor
