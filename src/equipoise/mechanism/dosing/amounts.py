"""A dose as written, as the amount that enters the model."""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.dose_units import DOSE_UNITS, DoseUnit, dose_unit
from equipoise.mechanism.dosing.drug import Drug
from equipoise.mechanism.dosing.regimen import Dose
from equipoise.mechanism.dosing.table_cells import near_words

UMOL_PER_MMOL = 1e3
"""A molar mass in g/mol is one in mg/mmol."""


@dataclass(frozen=True)
class GivenAmount:
    """An amount in the drug's unit, and the parameter of the model that multiplies it."""

    amount: float
    scaling: str


def amount_given(dose: Dose, drug: Drug) -> GivenAmount:
    """Return what one dose adds to the model.

    `a = amount u s c`: `u` the size of the dose's unit, `s` the salt factor where a mass of salt
    is given (amounts of substance are the same for salt and base), `c` the change from mass to
    amount of substance by the molar mass, or back, and into the unit of the drug.

    Raises
    ------
    InputError
        Every reason for which the two do not fit.

    Examples
    --------
    >>> drug = Drug("oral", "gut", "", "mg", salt_factor=0.780)
    >>> amount_given(Dose("oral", 850.0, "mg", "salt", "oral"), drug).amount
    663.0
    """
    problems = misfits(dose, drug)
    if problems:
        raise InputError(Problem("", drug.drug, *problem) for problem in problems)
    given, model = dose_unit(dose.unit), dose_unit(drug.unit)
    amount = dose.amount * given.factor
    if dose.form == "salt" and given.kind == "mass":
        amount *= drug.salt_factor
    if given.kind == "mass" and model.kind == "substance":
        amount *= UMOL_PER_MMOL / drug.molar_mass
    elif given.kind == "substance" and model.kind == "mass":
        amount *= drug.molar_mass / UMOL_PER_MMOL
    return GivenAmount(amount / model.factor, given.scaling)


def misfits(dose: Dose, drug: Drug) -> list[tuple[str, str, str, str]]:
    """Return field, value, what is allowed and what to do for all that hinders a conversion."""
    found = _form_misfits(dose, drug) + _route_misfits(dose, drug)
    if dose.unit not in DOSE_UNITS:
        hint = near_words(dose.unit, DOSE_UNITS) or "Convert the amount to one of these."
        return [*found, ("unit", dose.unit, ", ".join(DOSE_UNITS), hint)]
    return found + _unit_misfits(dose, drug, dose_unit(dose.unit), dose_unit(drug.unit))


def _unit_misfits(
    dose: Dose, drug: Drug, given: DoseUnit, model: DoseUnit
) -> list[tuple[str, str, str, str]]:
    if given.kind == model.kind:
        return []
    if {given.kind, model.kind} != {"mass", "substance"}:
        allowed = f"a unit of the kind of {drug.unit}, in which the model counts {drug.drug}"
        return [("unit", dose.unit, allowed, "Convert the amount.")]
    if math.isnan(drug.molar_mass):
        action = f"Give molar_mass of {drug.drug} in the table of drugs."
        return [("unit", dose.unit, f"{drug.unit}, or a drug with a molar mass", action)]
    return []


def _form_misfits(dose: Dose, drug: Drug) -> list[tuple[str, str, str, str]]:
    if dose.form not in ("salt", "base", ""):
        return [("form", dose.form, "salt, base or blank", "Say what the amount is a mass of.")]
    known = not math.isnan(drug.salt_factor)
    if dose.form == "salt" and not known:
        action = f"Give salt_factor of {drug.drug} in the table of drugs, or convert to base."
        return [("form", "salt", "base or blank: the drug has no salt factor", action)]
    if not dose.form and known:
        allowed = f"salt or base: 1 mg salt of {drug.drug} is {drug.salt_factor:g} mg base"
        return [("form", "(blank)", allowed, "Look up what the source gives.")]
    return []


def _route_misfits(dose: Dose, drug: Drug) -> list[tuple[str, str, str, str]]:
    shown = f"{dose.infusion_hours:g}"
    if dose.infusion_hours > 0.0 and dose.route == "oral":
        return [("infusion_hours", shown, "0 for an oral dose", "Correct the route or the hours.")]
    if dose.infusion_hours > 0.0 and not drug.input:
        action = "Name the input in the table of drugs, or give it at once."
        return [("infusion_hours", shown, f"0: {drug.drug} has no input for infusions", action)]
    if dose.infusion_hours == 0.0 and not drug.state:
        allowed = f"above 0: {drug.drug} has no state for doses given at once"
        return [("infusion_hours", shown, allowed, "Give the hours of the infusion.")]
    return []
