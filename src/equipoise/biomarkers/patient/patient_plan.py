"""What a case knows of single patients: the slice `[patient]` of case.toml.

Every number says where it comes from; one that was not found anywhere says that it is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from equipoise.errors import Problem
from equipoise.evidence.question import Question, Slice
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.plan import Plan, pools_of
from equipoise.synthesis.printed_rows import has_interval

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Inside = Annotated[float, Field(gt=0, lt=1)]
FactorName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]

MEASURES = ("HR", "OR")
"""Measures that can be turned into a difference of risks here."""


class SourcedPositive(Slice):
    """A number above 0 with its source."""

    value: Positive
    """The number."""
    source: str = Field(min_length=1)
    """Where it was read, or that it is assumed."""


class SourcedSpread(Slice):
    """A standard deviation with its source."""

    value: NotNegative
    """The number, at least 0."""
    source: str = Field(min_length=1)
    """Where it was read, or that it is assumed."""


class SourcedShare(Slice):
    """A share between 0 and 1 with its source."""

    value: Inside
    """The share."""
    source: str = Field(min_length=1)
    """Where it was read, or that it is assumed."""


class FactorLevel(Slice):
    """One value of a factor."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=40)
    """Name used in the table of baseline risks and on the command line."""
    label: str
    """Name as shown."""
    accepted: tuple[str, ...] = ()
    """Other words for it on the command line."""


class Factor(Slice):
    """Something that changes the risk without the drug, such as the stage or the regimen."""

    name: FactorName
    """Name on the command line."""
    label: str
    """Name as shown."""
    levels: tuple[FactorLevel, ...] = Field(min_length=1)
    """Its values."""


class Measured(Slice):
    """A continuous marker and its cut."""

    cut: Annotated[float, Field(allow_inf_nan=False)]
    """Values above it are in `level`, the others in `rest`."""
    lowest: Annotated[float, Field(allow_inf_nan=False)]
    """Values below it are refused."""
    highest: Annotated[float, Field(allow_inf_nan=False)]
    """Values above it are refused."""
    unit: str = ""
    """Unit of the number."""
    source: str = Field(min_length=1)
    """Where cut and limits come from; say so if they are assumed."""


class Spelling(Slice):
    """Words that stand for one level of a marker."""

    level: str
    """Level of the axis."""
    accepted: tuple[str, ...] = Field(min_length=1)
    """Words for it, such as genotypes."""


class PatientMarker(Slice):
    """A marker that may change the effect inside one level of the phenotype."""

    axis: str
    """Axis declared in the question."""
    level: str
    """Level in which more benefit is expected."""
    rest: str
    """The other level."""
    row: str = ""
    """Result row of `level` on the outcome, if one is printed."""
    rest_row: str = ""
    """Result row of `rest`."""
    prevalence: SourcedShare
    """Share of patients in `level`; used where no rows are printed."""
    only: tuple[str, ...] = ()
    """Levels of the phenotype in which it was studied; empty for any."""
    spellings: tuple[Spelling, ...] = ()
    """Other words for the levels."""
    measured: Measured | None = None
    """For a continuous marker: the patient's number is cut here."""
    note: str = ""
    """A word to the reader."""


class PatientPlan(Slice):
    """From the evidence to one patient: which effect, which baseline, which harms."""

    comparison: str
    """Comparison of the synthesis whose effect is used; of a hazard or an odds ratio."""
    horizon_years: SourcedPositive
    """Time the answer should be about; the row of baseline risks nearest to it is taken."""
    smallest_worthwhile: SourcedShare
    """Smallest difference of risks worth having the treatment for."""
    baseline_spread: SourcedSpread
    """Standard deviation, on the log odds, of the risk between the population of a trial and the
    patient's; added to what the source's own interval says."""
    headline: Literal["sceptic", "reference", "enthusiast"] = "reference"
    """Prior whose answer is told first."""
    factors: tuple[Factor, ...] = ()
    """What changes the risk besides the phenotypes."""
    markers: tuple[PatientMarker, ...] = ()
    """What may change the effect."""
    harms: tuple[str, ...] = ()
    """Pools of harms shown beside the benefit."""
    further_sizes: tuple[Annotated[int, Field(ge=4, le=1_000_000)], ...] = (100, 200, 400, 800)
    """Events (hazard ratio) or patients (odds ratio) of further trials that are tried."""
    notes: tuple[str, ...] = ()
    """What a reader of any answer must know."""


def patient_problems(
    patient: PatientPlan, question: Question, synthesis: Plan, evidence: EvidenceBase | None
) -> Iterator[Problem]:
    """Yield every name in the patient slice that the case does not know."""
    comparisons = {asked.id: asked for asked in synthesis.comparisons}
    yield from _one_of("", "comparison", [patient.comparison], list(comparisons))
    asked = comparisons.get(patient.comparison)
    outcomes = {outcome.name: outcome for outcome in question.outcomes}
    outcome = outcomes.get(asked.outcome) if asked else None
    if outcome is not None:
        yield from _one_of(outcome.name, "measure", [outcome.measure], MEASURES)
        yield from _one_of(outcome.name, "better", [outcome.better], ("lower", "higher"))
    yield from _one_of("", "harms", patient.harms, [p.id for p in pools_of(synthesis, question)])
    yield from _doubled(patient, question)
    axes = {axis.name: [level.name for level in axis.levels] for axis in question.axes}
    for marker in patient.markers:
        where = f"marker {marker.axis}"
        yield from _one_of(where, "axis", [marker.axis], list(axes))
        levels = [marker.level, marker.rest, *(s.level for s in marker.spellings)]
        yield from _one_of(where, "level, rest", levels, axes.get(marker.axis, []))
        if asked is not None:
            yield from _one_of(where, "only", marker.only, axes.get(asked.axis, []))
        if evidence is not None and outcome is not None:
            yield from _row_problems(marker, evidence, outcome.name, outcome.measure)


def _doubled(patient: PatientPlan, question: Question) -> Iterator[Problem]:
    """Yield names that would be two options at once."""
    phenotypes = [axis.name for axis in question.axes if axis.kind == "phenotype"]
    names = [*phenotypes, *(f.name for f in patient.factors), *(m.axis for m in patient.markers)]
    for name in sorted({n for n in (*names, "json", "help") if [*names, "json"].count(n) > 1}):
        yield _problem("", "factors, markers", name, "each name once", "Rename one of them.")
    spoken = {f"factor {f.name}": _words_of(f) for f in patient.factors}
    spoken |= {
        f"marker {m.axis}": [w.casefold() for s in m.spellings for w in s.accepted]
        for m in patient.markers
    }
    for where, words in spoken.items():
        for word in sorted({w for w in words if words.count(w) > 1}):
            yield _problem(where, "levels", word, "each word once", "Take it from one level.")


def _words_of(factor: Factor) -> list[str]:
    """Every word of a factor, folded; a level may repeat its own name."""
    return [w for v in factor.levels for w in {x.casefold() for x in (v.name, *v.accepted)}]


def _row_problems(
    marker: PatientMarker, evidence: EvidenceBase, outcome: str, measure: str
) -> Iterator[Problem]:
    where = f"marker {marker.axis}"
    named = [marker.row, marker.rest_row]
    if bool(marker.row) != bool(marker.rest_row):
        yield _problem(where, "row, rest_row", ", ".join(named), "both or none", "Name the other.")
        return
    rows = {row.result_id: row for row in evidence.results}
    for row_id in filter(None, named):
        row = rows.get(row_id)
        if row is None:
            action = "Correct the id."
            yield _problem(where, "row, rest_row", row_id, "a result_id of results.csv", action)
        elif row.outcome != outcome or row.measure != measure or not has_interval(row):
            allowed = f"a row of {outcome} that prints {measure} with its interval"
            yield _problem(where, "row, rest_row", row_id, allowed, "Name another row, or none.")


def _one_of(row: str, field: str, values: Sequence[str], names: Sequence[str]) -> Iterator[Problem]:
    allowed = "one of " + ", ".join(names) if names else "nothing: none is declared"
    for value in values:
        if value not in names:
            yield _problem(row, field, value, allowed, f"Correct {field!r} or declare the name.")


def _problem(row: str, field: str, value: str, allowed: str, action: str) -> Problem:
    return Problem("case.toml", f"[patient] {row}".strip(), field, value, allowed, action)
