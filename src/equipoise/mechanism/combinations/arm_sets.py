"""Four arms of a backbone: alone, with the drug, with the partner, with both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.mechanism.dosing import Drug, Regimen, Schedule, combined, schedule
from equipoise.mechanism.models import MechanismModel

ARMS = ("alone", "drug", "partner", "both")


@dataclass(frozen=True, eq=False)
class ArmSet:
    """Schedules that end on the day of surgery.

    Attributes
    ----------
    backbone, drug, partner : str
        Names in the dosing table.
    schedules : mapping of str to Schedule
        By `ARMS`.
    dosed : mapping of str to tuple of str
        By `ARMS`: states and infusion rates that the arm's drugs enter.
    sources : tuple of str
        Those of the drug.
    """

    backbone: str
    drug: str
    partner: str
    schedules: Mapping[str, Schedule]
    dosed: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]


def arm_set(
    model: MechanismModel,
    regimens: Mapping[str, Regimen],
    drugs: Mapping[str, Drug],
    backbone: str,
    drug: str,
    partner: str,
    surgery_day: float,
) -> ArmSet:
    """Return the four arms of a backbone; `drug` and `partner` are regimens that are added to it.

    Raises
    ------
    InputError
        A regimen that is not known or does not fit the model.
    """
    names = {
        "alone": backbone,
        "drug": f"{backbone}+{drug}",
        "partner": f"{backbone}+{partner}",
        "both": f"{backbone}+{drug}+{partner}",
    }
    joined = {arm: combined(regimens, name) for arm, name in names.items()}
    return ArmSet(
        backbone,
        drug,
        partner,
        {arm: schedule(joined[arm], drugs, model, surgery_day) for arm in ARMS},
        {arm: entries(joined[arm], drugs) for arm in ARMS},
        entries(combined(regimens, drug), drugs),
    )


def entries(regimen: Regimen, drugs: Mapping[str, Drug]) -> tuple[str, ...]:
    """Return the states and infusion rates that the drugs of a regimen enter."""
    found = [name for d in regimen.drugs for name in (drugs[d].state, drugs[d].input) if name]
    return tuple(dict.fromkeys(found))
