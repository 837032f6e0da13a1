"""Units in which a dose is written: of what, how much, and for each kilogram or square metre."""

from __future__ import annotations

from dataclasses import dataclass

MASS = {"ug": 1e-3, "mg": 1.0, "g": 1e3}
"""Masses, in mg."""

SUBSTANCE = {"nmol": 1e-3, "umol": 1.0, "mmol": 1e3}
"""Amounts of substance, in umol."""

COUNTS = ("cycle", "dose")
"""Counts: the effect of a cycle that has no pharmacokinetics."""

SCALES = {"": "", "kg": "weight", "m2": "surface_area"}
"""What a dose is multiplied by, and the parameter of the model that holds it."""

MODEL_UNITS = (*MASS, *SUBSTANCE, *COUNTS)
DOSE_UNITS = (
    *MODEL_UNITS,
    *(f"{unit}/{scale}" for unit in (*MASS, *SUBSTANCE) for scale in ("kg", "m2")),
)


@dataclass(frozen=True)
class DoseUnit:
    """A unit taken apart.

    Attributes
    ----------
    kind : str
        ``mass``, ``substance``, or the word of a count.
    factor : float
        Its size in mg, in umol, or 1.
    scaling : str
        Parameter that multiplies the dose; empty if there is none.
    """

    kind: str
    factor: float
    scaling: str


def dose_unit(text: str) -> DoseUnit:
    """Take one of `DOSE_UNITS` apart.

    Examples
    --------
    >>> dose_unit("g/m2")
    DoseUnit(kind='mass', factor=1000.0, scaling='surface_area')
    """
    unit, _, scale = text.partition("/")
    if unit in MASS:
        return DoseUnit("mass", MASS[unit], SCALES[scale])
    if unit in SUBSTANCE:
        return DoseUnit("substance", SUBSTANCE[unit], SCALES[scale])
    return DoseUnit(unit, 1.0, SCALES[scale])
