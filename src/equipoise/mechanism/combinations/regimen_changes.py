"""The same regimen with one drug begun later, or at another dose."""

from __future__ import annotations

from dataclasses import replace

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing import Regimen


def scaled(regimen: Regimen, drug: str, factor: float) -> Regimen:
    """Return the regimen with every amount of a drug multiplied by `factor`, 0 or more.

    With 0 its doses are left out.
    """
    _require(regimen, drug, "factor", factor)
    doses = tuple(
        replace(dose, amount=dose.amount * factor) if dose.drug == drug else dose
        for dose in regimen.doses
        if factor > 0.0 or dose.drug != drug
    )
    return Regimen(f"{regimen.name} ({drug} x {factor:g})", doses)


def begun(regimen: Regimen, drug: str, day: float) -> Regimen:
    """Return the regimen with the first dose of a drug on `day`, 0 or more.

    All its doses move by the same number of days; those due at or after surgery are not given, so
    that a later start is a shorter course.
    """
    _require(regimen, drug, "day", day)
    first = min(dose.start_day for dose in regimen.doses if dose.drug == drug)
    doses = tuple(
        replace(dose, start_day=dose.start_day - first + day) if dose.drug == drug else dose
        for dose in regimen.doses
    )
    return Regimen(f"{regimen.name} ({drug} from day {day:g})", doses)


def _require(regimen: Regimen, drug: str, field: str, value: float) -> None:
    problems = []
    if drug not in regimen.drugs:
        allowed = ", ".join(regimen.drugs)
        problems.append(Problem("", regimen.name, "drug", drug, allowed, "Name one of these."))
    if not 0.0 <= value < float("inf"):
        action = "Correct the number."
        problems.append(Problem("", regimen.name, field, f"{value:g}", "0 or more", action))
    if problems:
        raise InputError(problems)
