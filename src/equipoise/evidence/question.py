"""The question a case asks: the evidence room's slice of ``case.toml``.

Everything a reader would call domain knowledge (which drug, which phenotype, which outcomes) is
data here; the engines know only axes, levels and outcomes.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from equipoise.evidence.fields import MAX_TEXT, printable


class Slice(BaseModel):
    """A frozen part of ``case.toml``; an unknown key is an error, not a silent no-op."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        str_max_length=MAX_TEXT,
        use_attribute_docstrings=True,
    )

    @field_validator("*")
    @classmethod
    def _printable(cls, value: object) -> object:
        """Refuse control characters in every text of the slice."""
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, str):
                printable(item)
        return value


class Level(Slice):
    """One level of a phenotype axis, for instance ``positive`` shown as ``+``."""

    name: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    """Name used in the evidence."""
    label: str
    """Name as shown."""
    symbol: str = ""
    """Short sign, such as `+`."""


class Axis(Slice):
    """A phenotype axis: a way to divide patients, such as a receptor or a genotype."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Name used in the evidence."""
    label: str
    """Name as shown."""
    kind: Literal["phenotype", "marker"] = "phenotype"
    """`phenotype`: a trial may enrol by it; `marker`: a candidate modifier."""
    complete: bool = True
    """Whether the levels cover every patient, so that their results add up to the whole."""
    levels: tuple[Level, ...] = Field(min_length=2)
    """Levels, mutually exclusive."""

    def level(self, name: str) -> Level:
        """Return the level of that name."""
        return next(level for level in self.levels if level.name == name)


class Outcome(Slice):
    """An outcome by its standard name."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    """Name used in the evidence."""
    label: str
    """Name as shown."""
    role: Literal["benefit", "harm", "biomarker"]
    """Where it is told."""
    measure: Literal["HR", "OR", "RR", "ROM", "RD", "MD", "PCT"]
    """Measure on which it is pooled: hazard, odds, risk ratio, ratio of means, risk or mean
    difference, difference in percent change."""
    better: Literal["lower", "higher", "neither"]
    """Direction of the measure that is good for the patient."""
    smallest_worthwhile: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """Smallest effect worth having, on the natural scale of the measure."""
    smallest_worthwhile_source: str = ""
    """Where that comes from; say so if it is assumed."""
    synthesise: bool = True
    """False for an outcome that is listed and not pooled."""
    time_to_event: bool = False
    """Whether it is a time to an event."""
    note: str = ""
    """A word to the reader."""


class PhenotypeLevel(Slice):
    """A pointer to one level of one axis."""

    axis: str
    """Name of the axis."""
    level: str
    """Name of the level."""


class ContrastRule(Slice):
    """What counts as a randomised contrast that may enter a pool."""

    scopes: tuple[str, ...] = ("eligible",)
    """Scopes of trials."""
    standings: tuple[Literal["printed", "derived", "reconstructed"], ...] = ("printed",)
    """Standings of rows."""
    confidences: tuple[Literal["high", "medium", "low"], ...] = ("high", "medium", "low")
    """Confidences of rows."""


class Question(Slice):
    """What is asked: population, intervention, comparator, axes and outcomes."""

    title: str
    """Title of the dossier."""
    evidence_date: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    """Day on which the collection was closed: what is later lies in the future."""
    population: str
    """Who."""
    intervention: str
    """What is given."""
    comparator: str
    """Against what."""
    settings: tuple[str, ...] = Field(min_length=1)
    """Words a trial's `setting` may hold."""
    scopes: tuple[str, ...] = ("eligible",)
    """Words a trial's `scope` may hold."""
    focus: PhenotypeLevel | None = None
    """The level the question is about."""
    axes: tuple[Axis, ...] = ()
    """Ways to divide patients."""
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    """Outcomes by their standard names."""
    contrast: ContrastRule = ContrastRule()
    """What may enter a pool."""

    @field_validator("evidence_date")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        if value:
            date.fromisoformat(value)
        return value

    def level_label(self, axis_name: str, level_name: str) -> str:
        """Name of one level of one axis in words; an undeclared one is shown as it is."""
        for axis in self.axes:
            if axis.name == axis_name:
                for level in axis.levels:
                    if level.name == level_name:
                        says = _says_axis(axis, level)
                        return level.label if says else f"{axis.label} {level.label}"
                return f"{axis.label} {level_name}".strip()
        return f"{axis_name} {level_name}".strip()

    def axis(self, name: str) -> Axis:
        """Return the axis of that name."""
        return next(axis for axis in self.axes if axis.name == name)

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)


def _says_axis(axis: Axis, level: Level) -> bool:
    """Say whether a level's label can stand without its axis.

    It can when it repeats a word of the axis, or when the axis is a list of parts (not complete)
    whose labels are phrases of their own.
    """
    words = {word.strip("()").casefold() for word in axis.label.split()}
    text = level.label.casefold()
    return not axis.complete or any(word in text for word in words if len(word) > 2)
