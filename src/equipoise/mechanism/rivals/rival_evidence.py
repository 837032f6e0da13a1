"""Findings of trials that speak to the rivals: a readout of the tumour under the drug."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from equipoise.errors import InputError, Problem
from equipoise.evidence.fields import Count, Id, Name, Number, Positive, Record, Text, Url
from equipoise.evidence.read import read_records
from equipoise.mechanism.calibration.response_targets import Z95
from equipoise.mechanism.dosing import Regimen
from equipoise.mechanism.dosing.table_cells import near_words
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals.stratum import ALL, strata_problems

FILE = "mechanism/rival_evidence.csv"
SINGLE_ARM = "single arm"

Probability = Annotated[float, Field(gt=0, lt=1)] | None


class RivalEvidence(Record):
    """One printed finding."""

    id: Id
    """Name of the row."""
    study: Name
    """Patients it is about: rows of one study are about the same patients, and go together."""
    design: Literal["randomised", "single arm"]
    """Against a control arm, or against the patients' own values before."""
    n: Count = None
    """Patients."""
    readout: Name
    """State or assigned quantity of the model."""
    stratum: Text = ALL
    """``all``, or a condition on a parameter."""
    regimen: Name
    """Regimen as in the dosing table."""
    days: Positive = None
    """Day of the readout; blank: the end of the regimen, which is then assumed."""
    kind: Literal["ratio", "sign", "no change"]
    """What is printed: a ratio with its interval, a direction with its P, or that nothing moved."""
    value: Number = None
    """The ratio; 1 or -1 for a rise or a fall."""
    low: Positive = None
    """Lower 95 % limit of the ratio."""
    high: Positive = None
    """Upper limit."""
    p_value: Probability = None
    """Two-sided P; needed by a sign."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """Words it stood in."""
    note: Text = ""
    """Anything else."""

    @property
    def single_arm(self) -> bool:
        """Whether there was no control arm."""
        return self.design == SINGLE_ARM

    @property
    def log_ratio(self) -> float:
        """Logarithm of the ratio; 0 for no change."""
        return math.log(self.value) if self.kind == "ratio" and self.value else 0.0

    @property
    def log_se(self) -> float:
        """`(ln high - ln low) / (2 z)`; NaN where no interval is printed."""
        if self.low is None or self.high is None:
            return math.nan
        return (math.log(self.high) - math.log(self.low)) / (2 * Z95)


def read_rival_evidence(
    file: Traversable | Path, model: MechanismModel, regimens: Mapping[str, Regimen]
) -> tuple[RivalEvidence, ...]:
    """Read the table.

    Raises
    ------
    InputError
        Every problem: what a kind needs and a row lacks, unknown readouts, regimens and strata,
        two designs in one study, an id that comes twice.
    """
    problems: list[Problem] = []
    rows = read_records(FILE, file, RivalEvidence, problems)
    for row in rows:
        problems += [Problem(FILE, row.id, *found) for found in _of_kind(row)]
        problems += [Problem(FILE, row.id, *found) for found in _unknown(row, model, regimens)]
    for k, allowed in strata_problems([row.stratum for row in rows], model):
        problems.append(
            Problem(FILE, rows[k].id, "stratum", rows[k].stratum, allowed, "Correct it.")
        )
    problems += _doubled([row.id for row in rows])
    problems += _mixed_designs(rows)
    if not rows and not problems:
        problems.append(Problem(FILE, "", "", "", "at least one row", "Add a finding."))
    if problems:
        raise InputError(problems)
    return rows


Found = tuple[str, str, str, str]
"""Field, value, what is allowed, what to do."""


def _of_kind(row: RivalEvidence) -> Iterator[Found]:
    value = "" if row.value is None else f"{row.value:g}"
    if row.kind == "sign":
        if row.value not in (1.0, -1.0):
            yield "value", value, "1 for a rise, -1 for a fall", "Correct it."
        if row.p_value is None:
            yield "p_value", "", "the P of a sign, above 0 and below 1", "Fill it in."
    elif row.kind == "no change":
        if not row.n:
            yield "n", "", "patients of a finding of no change", "Fill it in."
    elif row.value is None or row.low is None or row.high is None:
        yield "value, low, high", value, "a ratio with both limits", "Fill them in."
    elif not row.low <= row.value <= row.high or row.low == row.high:
        text = f"{row.value:g} ({row.low:g}, {row.high:g})"
        yield "value, low, high", text, "a ratio between its limits", "Correct them."


def _unknown(
    row: RivalEvidence, model: MechanismModel, regimens: Mapping[str, Regimen]
) -> Iterator[Found]:
    readouts = {*model.names_of_states, *model.assignments}
    if row.readout not in readouts:
        action = near_words(row.readout, readouts) or "Correct the name."
        yield "readout", row.readout, "a state or assigned quantity of the model", action
    if row.regimen not in regimens:
        action = near_words(row.regimen, regimens) or "Add it to the dosing table."
        yield "regimen", row.regimen, "a regimen of the dosing table", action


def _doubled(ids: list[str]) -> Iterator[Problem]:
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        yield Problem(FILE, name, "id", name, "each id once", "Rename one of the rows.")


def _mixed_designs(rows: Iterable[RivalEvidence]) -> Iterator[Problem]:
    designs: dict[str, str] = {}
    for row in rows:
        first = designs.setdefault(row.study, row.design)
        if row.design != first:
            allowed = f"{first}, as the first row of {row.study}"
            yield Problem(FILE, row.id, "design", row.design, allowed, "Make them one.")
