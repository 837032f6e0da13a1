"""A marker as a record: what is measured, where the cut is, how common, and what is claimed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.evidence.question import Slice

Confidence = Literal["high", "medium", "low"]
Share = Annotated[float, Field(ge=0, le=1)]


class Quantity(Slice):
    """A share with where it was read; a blank value is a number that was not found."""

    value: Share | None = None
    """The share, 0 to 1; left out where nobody printed it."""
    source: str
    """Where it was read, or how it was worked out; say so if it was not found."""
    confidence: Confidence = "low"
    """How sure the reader was."""


class Assay(Slice):
    """How the marker is measured."""

    name: str
    """Name of the assay."""
    material: str = ""
    """What it is done on, such as blood or tumour tissue."""
    sensitivity: Quantity | None = None
    """Share of true positives that it calls positive."""
    specificity: Quantity | None = None
    """Share of true negatives that it calls negative."""


class Claim(Slice):
    """One claim that the effect differs by the marker, named by the rows that hold its numbers.

    Exactly one of three forms: `level_row` and `against_row` (effects in the two strata, or the
    marker's effect within each arm); `level_row` and `whole_rows` (the rest by subtraction);
    `interaction_row` (the ratio or difference itself is printed).
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    """Name of the claim."""
    outcome: str
    """Outcome, as in the evidence."""
    measure: str
    """Measure of the effects, such as HR; counts are turned into it."""
    level: str
    """Level in which the effect is said to be different."""
    against: str
    """Level it is compared with."""
    level_row: str = ""
    """Row of the effect in the level."""
    against_row: str = ""
    """Row of the effect in the other level."""
    whole_rows: tuple[str, ...] = ()
    """Rows that add up to everybody, from which the other level follows by subtraction."""
    interaction_row: str = ""
    """Row that prints the interaction itself."""
    printed_p: float | None = Field(default=None, gt=0, le=1)
    """P of the interaction as a source prints it; blank if it does not."""
    factors: int | None = Field(default=None, ge=1)
    """Factors examined in the trial; blank when nobody knows."""
    direction: str = "unknown"
    """Was the direction foretold: a word of the credibility tool."""
    prior_evidence: str = "unknown"
    """Evidence before this trial: a word of the credibility tool."""
    protocol: bool | None = None
    """Whether a protocol shows how many factors were planned."""
    status: Literal["exploratory", "pre-specified", "confirmed", "not_stated"] = "not_stated"
    """What its source says of it."""
    note: str = ""
    """Anything else a reader must know."""

    @property
    def form(self) -> str:
        """Which of the three forms its rows have; ``none`` if not exactly one."""
        given = {
            "strata": bool(self.level_row and self.against_row and not self.whole_rows),
            "subtraction": bool(self.level_row and self.whole_rows and not self.against_row),
            "interaction": not (self.level_row or self.against_row or self.whole_rows),
        }
        fits = [name for name, yes in given.items() if yes]
        if len(fits) != 1 or (fits[0] == "interaction") != bool(self.interaction_row):
            return "none"
        return fits[0]

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows it rests on."""
        named = (self.level_row, self.against_row, *self.whole_rows, self.interaction_row)
        return tuple(row for row in named if row)


class Marker(Slice):
    """A candidate modifier of the effect."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    """Name of the marker; that of its axis where the case has one."""
    label: str
    """Name as shown."""
    kind: Literal["genotype", "receptor", "metabolic", "pathway", "other"]
    """What sort of marker."""
    assay: Assay
    """How it is measured."""
    cut: str = ""
    """Cut point, as written; blank where there is none."""
    cut_chosen: Literal["not continuous", "continuum", "pre-specified", "unknown", "exploratory"]
    """How the cut point was chosen."""
    cut_source: str = ""
    """Where that is said."""
    level: str
    """Level that is thought to benefit more."""
    against: str
    """The other level."""
    prevalence: Quantity
    """Share of patients in the level."""
    reasoning: str = ""
    """Why anybody thought of it."""
    claims: tuple[Claim, ...] = ()
    """What is claimed, number by number."""
