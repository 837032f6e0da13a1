"""Dosing: drugs, dosing tables, and the times at which something is given."""

from equipoise.mechanism.dosing.amounts import GivenAmount, amount_given
from equipoise.mechanism.dosing.combining import combined
from equipoise.mechanism.dosing.drug import Drug, read_drugs
from equipoise.mechanism.dosing.regimen import Dose, Regimen
from equipoise.mechanism.dosing.regimen_table import read_regimens
from equipoise.mechanism.dosing.scheduling import Schedule, schedule

__all__ = [
    "Dose",
    "Drug",
    "GivenAmount",
    "Regimen",
    "Schedule",
    "amount_given",
    "combined",
    "read_drugs",
    "read_regimens",
    "schedule",
]
