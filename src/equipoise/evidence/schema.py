"""The records of the evidence room, one class a CSV file.

Each number keeps its source, the quote it was read in, a confidence and a standing. Five kinds
of numbers look alike in text and are never mixed: a randomised contrast, a change within one
arm, a comparison of post-treatment values only, the effect of a modifier within an arm, and a
cohort estimate (which has a file of its own).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from equipoise.evidence.fields import Confidence, Count, Id, Name, Record, Recorded, Text, Url
from equipoise.evidence.number_rows import CohortRow, ResultRow

__all__ = [
    "Arm",
    "CohortRow",
    "EvidenceBase",
    "KnownFinding",
    "PhenotypeRecord",
    "Record",
    "Report",
    "ResultRow",
    "Trial",
    "has_number",
    "phenotype_of",
]


class Trial(Record):
    """A trial, whatever the number of its reports (``trials.csv``).

    Besides these the file has one column ``enrolled_<axis>`` for each axis of kind "phenotype":
    the level enrolled, ``any``, or ``not_stated``. "Not stated" is not "any".
    """

    trial_id: Id
    """Name of the trial, used by the other files."""
    name: Name
    """Name as shown."""
    scope: Name
    """How it stands to the question: a word of `question.scopes`."""
    registry_id: Text = ""
    """Registration number."""
    first_author_year: Text = ""
    """First author and year, as in a reference."""
    title: Text = ""
    """Short title."""
    country: Text = ""
    """Countries, joined by `;`."""
    phase: Text = ""
    """Phase."""
    design: Text = ""
    """Randomisation, arms, masking."""
    setting: Text = ""
    """A word of `question.settings`."""
    population: Text = ""
    """Who was enrolled, apart from the phenotype."""
    n_randomised: Count = None
    """Patients randomised."""
    duration_weeks: Text = ""
    """Duration of treatment in weeks."""
    backbone: Text = ""
    """Treatment both arms receive."""
    primary_outcome: Text = ""
    """Primary outcome as registered."""
    status: Text = ""
    """Such as published, ongoing, terminated."""
    start_date: Text = ""
    """First patient: `2016`, `2016-07` or `2016-07-01`."""
    end_date: Text = ""
    """Last patient, in the same form."""
    site: Text = ""
    """Hospital or town; two trials of one site and time may be one."""
    pmid: Text = ""
    """PubMed number of the main report."""
    doi: Text = ""
    """DOI of the main report."""
    source_url: Url = ""
    """Page at which the row was read."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else; the rules never read it."""
    enrolled: dict[str, str] = Field(default_factory=dict)
    """Axis to level enrolled, ``any`` or ``not_stated``; made from the ``enrolled_`` columns."""


class Arm(Record):
    """One arm of a trial (``arms.csv``)."""

    trial_id: Id
    """Trial in trials.csv."""
    arm_id: Id
    """Name of the arm."""
    role: Literal["treatment", "control", "other"]
    """Part it plays in the question."""
    label: Text
    """What was given."""
    n_randomised: Count = None
    """Patients randomised to it."""
    dose_mg_per_day: Text = ""
    """Dose of the drug in mg a day."""
    source_url: Url = ""
    """Page at which the row was read."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else."""


class Report(Record):
    """A publication, abstract, protocol or registry page of a trial (``reports.csv``)."""

    report_id: Id
    """Name of the report."""
    trial_id: Id
    """Trial in trials.csv."""
    year: Count = None
    """Year it appeared."""
    type: Text
    """Such as full paper, abstract, protocol, registry."""
    first_author: Text = ""
    """First author."""
    journal: Text = ""
    """Journal or meeting."""
    pmid: Text = ""
    """PubMed number."""
    doi: Text = ""
    """DOI."""
    registry_id: Text = ""
    """Registration number it names."""
    source_url: Url = ""
    """Page at which it was read."""


class PhenotypeRecord(Record):
    """What is known of a phenotype axis in a trial (``phenotypes.csv``)."""

    trial_id: Id
    """Trial in trials.csv."""
    axis: Id
    """Axis declared in case.toml."""
    level: Text = ""
    """Level of the axis; blank for the axis as a whole."""
    n: Count = None
    """Randomised patients of that level."""
    recorded: Recorded
    """What a request could yield where nothing is reported."""
    source_url: Url = ""
    """Page at which it was read."""
    quote: Text = ""
    """The words in which it was read."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else."""


class KnownFinding(Record):
    """A finding of the arithmetic rules that a person looked at (``known_findings.csv``)."""

    rule: Id
    """Name of the rule."""
    rows: Text
    """Row ids of the finding, joined by `;`."""
    explanation: Text
    """What was found on looking."""


class EvidenceBase(BaseModel):
    """Everything collected for a case, typed; order is the order of the files."""

    model_config = ConfigDict(frozen=True)

    trials: tuple[Trial, ...]
    results: tuple[ResultRow, ...]
    arms: tuple[Arm, ...] = ()
    reports: tuple[Report, ...] = ()
    phenotypes: tuple[PhenotypeRecord, ...] = ()
    cohorts: tuple[CohortRow, ...] = ()
    known_findings: tuple[KnownFinding, ...] = ()

    def trial(self, trial_id: str) -> Trial:
        """Return the trial of that id."""
        return next(trial for trial in self.trials if trial.trial_id == trial_id)

    def result(self, result_id: str) -> ResultRow:
        """Return the result row of that id."""
        return next(row for row in self.results if row.result_id == result_id)


def phenotype_of(row: ResultRow | CohortRow) -> dict[str, str]:
    """Phenotype a number was computed in, as ``{axis: level}``; empty for everybody."""
    pairs = (part.split("=", 1) for part in row.analysed.split(";") if part.strip())
    return {axis.strip(): level.strip() for axis, level in pairs}


def has_number(row: ResultRow) -> bool:
    """Whether a row prints more than a direction."""
    stems = ("estimate", "p_value", "events_", "percent_", "mean_", "median_", "rate_", "change_")
    numbers = (getattr(row, f) for f in ResultRow.model_fields if f.startswith(stems))
    return any(number not in (None, "") for number in numbers)
