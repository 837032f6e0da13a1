"""The same regimen with one drug begun later, or at another dose."""

from __future__ import annotations

import math
from dataclasses import replace

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing import Regimen


def scaled(regimen: Regimen, drug: str, factor: float) -> Regimen:
    """Return the regimen with every amount of a drug multiplied by `factor`, 0 or more.

    With 0 its doses are left out.
    """
    _require(regimen, drug, "factor", factor, 0.0)
    doses = tuple(
        replace(dose, amount=dose.amount * factor) if dose.drug == drug else dose
        for dose in regimen.doses
        if factor > 0.0 or dose.drug != drug
    )
    return Regimen(f"{regimen.name} ({drug} x {factor:g})", doses)


def begun(regimen: Regimen, drug: str, day: float) -> Regimen:
    """Return the regimen with the first dose of a drug on `day` of the others.

    All its doses move by the same number of days; those due at or after surgery are not given, so
    that a later start is a shorter course. Before day 0 the drug leads in: its first dose is day 0
    of the regimen that is returned, and all else begins `-day` later.
    """
    _require(regimen, drug, "day", day, -math.inf)
    first = min(dose.start_day for dose in regimen.doses if dose.drug == drug)
    lead = max(0.0, -day)
    doses = tuple(
        replace(dose, start_day=dose.start_day + lead + (day - first if dose.drug == drug else 0.0))
        for dose in regimen.doses
    )
    return Regimen(f"{regimen.name} ({drug} from day {day:g})", doses)


def _require(regimen: Regimen, drug: str, field: str, value: float, least: float) -> None:
    problems = []
    if drug not in regimen.drugs:
        allowed = ", ".join(regimen.drugs)
        problems.append(Problem("", regimen.name, "drug", drug, allowed, "Name one of these."))
    if not (math.isfinite(value) and value >= least):
        allowed = "0 or more" if least == 0.0 else "a number"
        action = "Correct the number."
        problems.append(Problem("", regimen.name, field, f"{value:g}", allowed, action))
    if problems:
        raise InputError(problems)
