"""Levels that pharmacokinetic sources imply, whether their doses were salt or base.

A source that counted the salt as if it were base printed a clearance that is too high by the factor
between them. Where it does not say what it counted, both readings are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from equipoise.evidence.fields import Id, Name, Positive, Record, Text, Url
from equipoise.mechanism.dosing import Drug, Regimen
from equipoise.mechanism.records import read_records

FILE = "mechanism/popk_sources.csv"
HOURS, MICRO = 24.0, 1000.0


class PkSource(Record):
    """One source of an oral drug's clearance."""

    id: Id
    """Name of the row."""
    reference: Name
    """Source, for the reader."""
    cl_per_f_l_per_h: Positive = None
    """Apparent clearance, litres an hour; blank where none is printed."""
    cl_standing: Literal["printed", "derived", ""] = ""
    """Printed, or worked out from printed numbers."""
    reference_patient: Text = ""
    """Whom the clearance is about."""
    dose_basis: Literal["salt", "base", ""] = ""
    """What the source counted as dose; blank where it does not say."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """Words it stood in."""
    note: Text = ""
    """Anything else."""


@dataclass(frozen=True)
class DoseReading:
    """Mean level at steady state that a source implies for the case's dose, umol/L.

    `if_base` and `if_salt` are the two readings of the source's doses; NaN where a clearance is not
    printed, or the source rules the reading out.
    """

    source: str
    reference: str
    patient: str
    clearance: float
    basis: str
    if_base: float
    if_salt: float
    source_url: str
    note: str


def read_pk_sources(file: Traversable | Path) -> tuple[PkSource, ...]:
    """Read the table; raises `InputError` with every problem."""
    return read_records(file, PkSource, FILE, key="id")


def dose_readings(
    sources: tuple[PkSource, ...], regimen: Regimen, drug: Drug
) -> tuple[DoseReading, ...]:
    r"""Mean level `C = D f / (tau CL/F M)` under both readings.

    `D` is the dose of salt, `tau` the hours between doses, `M` the molar mass of the base; `f` is
    the salt's factor where the source counted base, and 1 where it counted salt.
    """
    dose = regimen.doses[0]
    rate = dose.amount / (dose.every_days * HOURS) / (drug.molar_mass or float("nan")) * MICRO
    found = []
    for row in sources:
        clearance = row.cl_per_f_l_per_h or float("nan")
        levels = {"base": rate * drug.salt_factor / clearance, "salt": rate / clearance}
        if row.dose_basis:
            levels = {k: v if k == row.dose_basis else float("nan") for k, v in levels.items()}
        found.append(
            DoseReading(
                *(row.id, row.reference, row.reference_patient, clearance, row.dose_basis),
                *(levels["base"], levels["salt"], row.source_url, row.note),
            )
        )
    return tuple(found)
