"""The question a case asks: the evidence room's slice of ``case.toml``.

Everything a reader would call domain knowledge (which drug, which phenotype, which outcomes) is
data here; the engines know only axes, levels and outcomes.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Slice(BaseModel):
    """A frozen part of ``case.toml``; an unknown key is an error, not a silent no-op."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Level(Slice):
    """One level of a phenotype axis, for instance ``positive`` shown as ``+``."""

    name: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    label: str
    symbol: str = ""


class Axis(Slice):
    """A phenotype axis: a way to divide patients, such as a receptor or a genotype.

    `kind` is ``phenotype`` for tumour classes a trial may enrol by and ``marker`` for
    candidate modifiers. `complete` says that the levels cover every patient.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    kind: Literal["phenotype", "marker"] = "phenotype"
    complete: bool = True
    levels: tuple[Level, ...] = Field(min_length=2)

    def level(self, name: str) -> Level:
        """Return the level of that name."""
        return next(level for level in self.levels if level.name == name)


class Outcome(Slice):
    """An outcome by its standard name.

    `measure` is the effect measure it is pooled on, `better` the direction that is good for the
    patient, `smallest_worthwhile` the smallest effect worth having (natural scale) with its
    source. `synthesise` is false for outcomes that are only listed. `scheme` groups harm and
    benefit.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    label: str
    role: Literal["benefit", "harm", "biomarker"]
    measure: Literal["HR", "OR", "RR", "ROM", "RD", "MD", "PCT"]
    better: Literal["lower", "higher", "neither"]
    smallest_worthwhile: float | None = None
    smallest_worthwhile_source: str = ""
    synthesise: bool = True
    time_to_event: bool = False
    note: str = ""


class PhenotypeLevel(Slice):
    """A pointer to one level of one axis."""

    axis: str
    level: str


class ContrastRule(Slice):
    """What counts as a randomised contrast that may enter a pool."""

    scopes: tuple[str, ...] = ("eligible",)
    standings: tuple[Literal["printed", "derived", "reconstructed"], ...] = ("printed",)
    confidences: tuple[Literal["high", "medium", "low"], ...] = ("high", "medium", "low")


class Question(Slice):
    """Population, intervention, comparator, settings, axes and outcomes of a case.

    `evidence_date` is the day on which the collection was closed: what is later lies in the
    future. Left empty, nothing does.
    """

    title: str
    evidence_date: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    population: str
    intervention: str
    comparator: str
    settings: tuple[str, ...] = Field(min_length=1)
    scopes: tuple[str, ...] = ("eligible",)
    focus: PhenotypeLevel | None = None
    axes: tuple[Axis, ...] = ()
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    contrast: ContrastRule = ContrastRule()

    def axis(self, name: str) -> Axis:
        """Return the axis of that name."""
        return next(axis for axis in self.axes if axis.name == name)

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of that name."""
        return next(outcome for outcome in self.outcomes if outcome.name == name)
