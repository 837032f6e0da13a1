"""The rows of a model's tables: a parameter, a state, an equation."""

from __future__ import annotations

import keyword
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from equipoise.evidence.fields import Confidence, Name, Number, Record, Text, Url
from equipoise.mechanism.formulas.tree import FUNCTIONS


def _free(name: str) -> str:
    if keyword.iskeyword(name) or name in (*FUNCTIONS, "pow", "time"):
        raise ValueError("a name that means nothing else in a formula")
    return name


Symbol = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60), AfterValidator(_free)
]
UnitText = Annotated[str, Field(min_length=1, max_length=80)]

STATE_ROLES = ("exact", "stiff", "quasi_steady", "integrated")
BLOCK_ROLES = ("exact", "stiff")
"""Roles of states that are solved by themselves, a block at a time."""

SOURCED = ("printed", "derived")
"""Standings that rest on a source, which must then be given."""


def _plain_number(value: object) -> object:
    if isinstance(value, str) and "_" in value:
        raise ValueError("a number in plain digits")
    return value


Value = Annotated[float, BeforeValidator(_plain_number), Field(allow_inf_nan=False)]
Spread = Annotated[float, BeforeValidator(_plain_number), Field(ge=0, le=1000)]


class Parameter(Record):
    """A number of the model, with where it comes from (``parameters.csv``)."""

    symbol: Symbol
    """Name in the equations."""
    label: Name
    """What it is, in words."""
    value: Value
    """Value of the reference patient."""
    unit: UnitText
    """Unit of the value, ``1`` for a plain number."""
    cv_percent: Spread | None = None
    """Spread between patients, as a coefficient of variation in per cent."""
    low: Number = None
    """Lowest value that is believed."""
    high: Number = None
    """Highest value that is believed."""
    role: Literal["constant", "covariate", "fitted", "switch", "input"]
    """What may change it: nothing, the patient, the calibration, the rival, the dosing."""
    standing: Literal["printed", "derived", "fitted", "assumed"]
    """Printed in the source, derived from it, fitted here, or assumed."""
    source_url: Url = ""
    """Address of the source; needed by what is printed or derived."""
    quote: Text = ""
    """Words of the source that hold the number."""
    confidence: Confidence | Literal[""] = ""
    """How sure the reading is."""
    note: Text = ""
    """What else a reader should know."""


class State(Record):
    """A quantity with a rate equation (``states.csv``)."""

    name: Symbol
    """Name in the equations."""
    label: Name
    """What it is, in words."""
    unit: UnitText
    """Unit; its rate is in this unit per day."""
    role: Literal["exact", "stiff", "quasi_steady", "integrated"]
    """How it is solved."""
    block: Text = ""
    """States that are solved together by themselves; for exact and stiff states only."""


class Equation(Record):
    """One equation (``equations.csv``, written from the SBML model)."""

    kind: Literal["rate", "assignment", "initial"]
    """Rate of a state (per day), a quantity that follows from others, or a value at the start."""
    name: Symbol
    """What the equation gives."""
    formula: Annotated[str, Field(min_length=1, max_length=4000)]
    """Its right side."""
