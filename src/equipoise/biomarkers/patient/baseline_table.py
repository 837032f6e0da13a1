"""Risks without the drug, read in contemporary control arms (``biomarkers/baseline_risks.csv``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from equipoise.biomarkers.patient.patient_plan import PatientPlan
from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, parse_rows, read_bytes
from equipoise.evidence.fields import Confidence, Id, Level, Name, Positive, Record, Text, Url
from equipoise.evidence.question import Question
from equipoise.evidence.read import problems_of

FILE = "biomarkers/baseline_risks.csv"
FOR = "for_"
OPEN = ("any", "not_stated")
"""`any`: the source took every level. `not_stated`: it could not be read which."""

Risk = Annotated[float, Field(gt=0, lt=1)]


class BaselineRow(Record):
    """One risk without the drug.

    Besides these the file has one column ``for_<name>`` for each phenotype and each factor of the
    patient slice: the levels the row is used for, joined by `;`, or ``any`` or ``not_stated``.
    """

    row_id: Id
    """Name of the row."""
    study: Name
    """Study and arm."""
    outcome: Name
    """Outcome, as in the question."""
    horizon_years: Positive = None
    """Years by which the risk is counted; blank for an outcome at surgery."""
    risk: Risk
    """Share with the event (or the response) by then."""
    low: Risk | None = None
    """Lower limit; blank where none is printed."""
    high: Risk | None = None
    """Upper limit."""
    ci_level: Level = 0.95
    """Level of the interval."""
    standing: Literal["printed", "derived"] = "printed"
    """Printed (or one minus what is printed), or worked out."""
    fit: Literal["printed", "assumed"]
    """Whether the source says that it is about these levels."""
    fit_note: Text = ""
    """What is assumed, and why."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """Words it stood in."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else."""
    used_for: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Factor to levels; made from the ``for_`` columns."""

    def covers(self, factor: str, level: str | None) -> bool:
        """Whether the row is used for a level; an open cell is, also for an unknown one."""
        cell = self.used_for[factor]
        return cell[0] in OPEN or level in cell

    def cells(self) -> str:
        """Levels the row is used for, as options of the command; open cells are left out."""
        told = {name: cell for name, cell in self.used_for.items() if cell[0] not in OPEN}
        return " ".join(f"--{name}={'|'.join(cell)}" for name, cell in told.items())

    def told(self) -> int:
        """Return how many factors the row tells apart."""
        return sum(cell[0] not in OPEN for cell in self.used_for.values())


def baseline_levels(plan: PatientPlan, question: Question) -> dict[str, tuple[str, ...]]:
    """Phenotypes and factors by which the table tells risks apart, with their levels."""
    axes = {
        axis.name: tuple(level.name for level in axis.levels)
        for axis in question.axes
        if axis.kind == "phenotype"
    }
    return axes | {f.name: tuple(level.name for level in f.levels) for f in plan.factors}


def read_baselines(
    file: Traversable | Path,
    levels: Mapping[str, Sequence[str]],
    outcomes: Sequence[str],
    name: str = FILE,
) -> tuple[BaselineRow, ...]:
    """Read the table.

    Parameters
    ----------
    file : Traversable or Path
    levels : mapping of str to sequence of str
        Phenotypes and factors with their levels.
    outcomes : sequence of str
        Names that a row may be about.
    name : str
        File name as the user knows it.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    problems: list[Problem] = []
    data = read_bytes(name, file, problems)
    text = decode(name, data, problems) if data is not None else None
    rows = list(_rows(name, text, levels, problems)) if text is not None else []
    for line, row in rows:
        problems += _row_problems(name, f"line {line} ({row.row_id})", row, levels, outcomes)
    ids = [row.row_id for _, row in rows]
    for row_id in sorted({i for i in ids if ids.count(i) > 1}):
        problems.append(Problem(name, "", "row_id", row_id, "each id once", "Rename one of them."))
    if problems:
        raise InputError(problems)
    return tuple(row for _, row in rows)


def _rows(
    name: str, text: str, levels: Mapping[str, Sequence[str]], problems: list[Problem]
) -> Iterator[tuple[int, BaselineRow]]:
    fields = {k: f for k, f in BaselineRow.model_fields.items() if k != "used_for"}
    extra = [FOR + factor for factor in levels]
    required = [key for key, field in fields.items() if field.is_required()] + extra
    for line, cells in parse_rows(name, text, [*fields, *extra], required, problems):
        values: dict[str, object] = {
            key: cell
            for key, cell in cells.items()
            if key not in extra and (cell.strip() or key in required)
        }
        values["used_for"] = {
            factor: tuple(part.strip() for part in cells[FOR + factor].split(";"))
            for factor in levels
        }
        try:
            yield line, BaselineRow.model_validate(values)
        except ValidationError as error:
            problems += problems_of(name, f"line {line} ({cells['row_id'].strip()[:80]})", error)


def _row_problems(
    name: str,
    where: str,
    row: BaselineRow,
    levels: Mapping[str, Sequence[str]],
    outcomes: Sequence[str],
) -> Iterator[Problem]:
    if row.outcome not in outcomes:
        yield Problem(name, where, "outcome", row.outcome, ", ".join(outcomes), "Correct it.")
    for factor, cell in row.used_for.items():
        known = [*levels[factor], *(OPEN if len(cell) == 1 else ())]
        for part in cell:
            if part not in known:
                yield Problem(name, where, FOR + factor, part, ", ".join(known), "Correct it.")
    if (row.low is None) != (row.high is None):
        yield Problem(name, where, "low, high", "one", "both limits or none", "Add the other.")
    elif row.low is not None and row.high is not None and not row.low < row.risk < row.high:
        shown = f"{row.low}, {row.risk}, {row.high}"
        action = "Correct the three numbers; a risk is one minus a survival."
        yield Problem(name, where, "low, risk, high", shown, "in increasing order", action)
    if row.fit == "assumed" and not row.fit_note:
        yield Problem(name, where, "fit_note", "", "what is assumed, and why", "Say it.")


def matching(rows: Sequence[BaselineRow], given: Mapping[str, str]) -> tuple[BaselineRow, ...]:
    """Rows that are used for the patient's levels; a level not given fits open cells only."""
    return tuple(
        row for row in rows if all(row.covers(name, given.get(name)) for name in row.used_for)
    )


def best_of(rows: Sequence[BaselineRow], outcome: str, horizon_years: float) -> BaselineRow | None:
    """Row that tells the most factors apart, then the nearest in time, then the first."""
    fit = [row for row in rows if row.outcome == outcome]
    if not fit:
        return None
    return min(fit, key=lambda r: (-r.told(), abs((r.horizon_years or 0.0) - horizon_years)))
