"""Dosing tables: each row a drug of a regimen."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.amounts import misfits
from equipoise.mechanism.dosing.drug import Drug
from equipoise.mechanism.dosing.regimen import Dose, Regimen
from equipoise.mechanism.dosing.table_cells import Row, rows_of

COLUMNS = (
    *("regimen", "drug", "amount", "unit", "form", "route", "infusion_hours", "start_day"),
    *("every_days", "doses", "adherence", "source_url", "quote"),
)
REQUIRED = tuple(name for name in COLUMNS if name not in ("adherence", "source_url", "quote"))

MOST_DOSES = 100_000
"""Doses of one row; more is a slip of the pen."""


def read_regimens(file: Traversable, drugs: Mapping[str, Drug]) -> dict[str, Regimen]:
    """Read the regimens of a dosing table, by name.

    Parameters
    ----------
    file : Traversable
        CSV with the columns of `COLUMNS`; see `Dose` for what they mean. Blank cells mean: no
        infusion, from day 0, one dose.
    drugs : mapping of str to Drug

    Raises
    ------
    InputError
        Every problem of the file: unknown drugs and units, negative doses, repeats of zero, salt
        or base left open.
    """
    problems: list[Problem] = []
    found: dict[str, list[Dose]] = {}
    for row in rows_of(file, COLUMNS, REQUIRED, problems):
        name, dose = row.word("regimen"), _dose(row)
        row.one_of("drug", drugs)
        if dose.drug in drugs:
            for problem in misfits(dose, drugs[dose.drug]):
                problems.append(Problem(row.file, row.where, *problem))
        found.setdefault(name, []).append(dose)
    if not found and not problems:
        action = "Add the rows of a regimen."
        problems.append(Problem(file.name, "", "", "", "at least one row", action))
    if problems:
        raise InputError(problems)
    return {name: Regimen(name, tuple(doses)) for name, doses in found.items()}


def _dose(row: Row) -> Dose:
    repeats = row.number("doses", blank=1.0, least=1.0, whole=True)
    if repeats > MOST_DOSES:
        row.refuse("doses", f"at most {MOST_DOSES:,}", "Correct the number.")
    several = repeats > 1.0
    return Dose(
        drug=row.text("drug"),
        amount=row.number("amount"),
        unit=row.text("unit"),
        form=row.text("form"),
        route=row.one_of("route", ("oral", "iv")),
        infusion_hours=row.number("infusion_hours", blank=0.0),
        start_day=row.number("start_day", blank=0.0),
        every_days=row.number("every_days", blank=None if several else 0.0, above=several),
        doses=int(repeats) if 1.0 <= repeats <= MOST_DOSES else 1,
        adherence=row.text("adherence"),
        source_url=row.text("source_url"),
        quote=row.text("quote"),
    )
