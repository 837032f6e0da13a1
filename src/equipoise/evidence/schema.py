"""The records of the evidence room, one class a CSV file.

Each number keeps its source, the quote it was read in, a confidence and a standing. Five kinds
of numbers look alike in text and are never mixed: a randomised contrast, a change within one
arm, a comparison of post-treatment values only, the effect of a modifier within an arm, and a
cohort estimate (which has a file of its own).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Literal["high", "medium", "low"]
Standing = Literal["printed", "derived", "reconstructed"]
Kind = Literal["randomised", "within_arm", "post_treatment", "modifier_within_arm"]
ExposureTime = Literal[
    "naive", "at_entry", "landmark", "time_varying", "new_user", "not_applicable", "not_stated"
]
Recorded = Literal[
    "reported", "analysed_not_reported", "stored_samples", "not_collectable", "unknown"
]

MEASURES = ("HR", "OR", "RR", "ROM", "RD", "MD", "PCT")


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=80)]
Text = Annotated[str, Field(max_length=2000)]
Count = Annotated[int, Field(ge=0)] | None
Number = Annotated[float, Field(allow_inf_nan=False)] | None
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)] | None
Percent = Annotated[float, Field(ge=0, le=100)] | None
Url = Annotated[str, Field(pattern=r"^(https?://\S+)?$", max_length=1000)]
YesNo = Literal["yes", "no"]


class Record(BaseModel):
    """A frozen row.

    A blank cell means "not printed" and takes the field's default; unknown columns are reported
    by the reader, not ignored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Trial(Record):
    """A trial, whatever the number of its reports (``trials.csv``).

    `scope` says how the trial stands to the question (the case lists the allowed words);
    `enrolled` maps an axis to the level enrolled, ``any``, or ``not_stated`` (columns
    ``enrolled_<axis>``): "not stated" is not "any".
    """

    trial_id: Id
    name: Text
    scope: Text
    registry_id: Text = ""
    first_author_year: Text = ""
    title: Text = ""
    country: Text = ""
    phase: Text = ""
    design: Text = ""
    setting: Text = ""
    population: Text = ""
    n_randomised: Count = None
    duration_weeks: Text = ""
    backbone: Text = ""
    primary_outcome: Text = ""
    status: Text = ""
    start_date: Text = ""
    end_date: Text = ""
    site: Text = ""
    pmid: Text = ""
    doi: Text = ""
    source_url: Url = ""
    confidence: Confidence
    note: Text = ""
    enrolled: dict[str, str] = Field(default_factory=dict)


class Arm(Record):
    """One arm of a trial (``arms.csv``)."""

    trial_id: Id
    arm_id: Id
    role: Literal["treatment", "control", "other"]
    label: Text
    n_randomised: Count = None
    dose_mg_per_day: Text = ""
    source_url: Url = ""
    confidence: Confidence
    note: Text = ""


class Report(Record):
    """A publication, abstract, protocol or registry page of a trial (``reports.csv``)."""

    report_id: Id
    trial_id: Id
    year: Count = None
    type: Text
    first_author: Text = ""
    journal: Text = ""
    pmid: Text = ""
    doi: Text = ""
    registry_id: Text = ""
    source_url: Url = ""


class PhenotypeRecord(Record):
    """What is known of a phenotype axis in a trial (``phenotypes.csv``).

    `level` empty means the axis as a whole. `n` counts randomised patients of that level.
    `recorded` says what a request could yield where nothing is reported.
    """

    trial_id: Id
    axis: Id
    level: Text = ""
    n: Count = None
    recorded: Recorded
    source_url: Url = ""
    quote: Text = ""
    confidence: Confidence
    note: Text = ""


class ResultRow(Record):
    """One printed, derived or reconstructed number of a trial (``results.csv``).

    ``*_treatment`` and ``*_control`` are arms; `estimate`, `ci_low`, `ci_high` are on the
    natural scale of `measure` (PCT: difference in percent change; ROM: ratio of means; BETA: a
    regression coefficient kept as printed and never pooled).
    `analysed` is the phenotype the number was computed in, as ``axis=level`` joined by ``;``,
    empty for everybody; `subgroup` is the printed wording. `p_value` keeps its printed form
    (``0.026``, ``<0.001``) because rounding matters to the arithmetic rules. `counts_from` says
    whether events were printed or worked back from percentages. `group` names conflicting
    versions of the same number, of which one has `chosen` yes and all have a `reason`.
    """

    result_id: Id
    trial_id: Id
    report_id: Text = ""
    kind: Kind
    outcome: Text
    analysed: Text = ""
    subgroup: Text = ""
    timepoint: Text = ""
    analysis_set: Literal[
        "itt", "per_protocol", "evaluable", "safety", "genotyped", "subset", "not_stated"
    ] = "not_stated"
    measure: Literal["", "HR", "OR", "RR", "ROM", "RD", "MD", "PCT", "BETA"] = ""
    unit: Text = ""
    events_treatment: Count = None
    n_treatment: Count = None
    events_control: Count = None
    n_control: Count = None
    events_total: Count = None
    n_total: Count = None
    counts_from: Literal["", "printed", "percentages", "reconstruction"] = ""
    percent_treatment: Percent = None
    percent_control: Percent = None
    mean_treatment: Number = None
    sd_treatment: Positive = None
    mean_control: Number = None
    sd_control: Positive = None
    median_treatment: Number = None
    median_control: Number = None
    rate_treatment: Number = None
    rate_control: Number = None
    change_treatment: Number = None
    change_control: Number = None
    estimate: Number = None
    ci_low: Number = None
    ci_high: Number = None
    ci_level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    interval: Literal["", "wald", "profile", "exact", "model"] = ""
    p_value: Text = ""
    adjusted: Literal["yes", "no", "not_stated"] = "not_stated"
    direction: Text = ""
    standing: Standing = "printed"
    derived_from: Text = ""
    group: Text = ""
    chosen: YesNo = "yes"
    reason: Text = ""
    source_url: Url
    quote: Text
    confidence: Confidence
    note: Text = ""


class CohortRow(Record):
    """One estimate of an observational study (``cohorts.csv``).

    `exposure_time` says how the time before the drug was started was handled, the one design
    choice that decides whether immortal time can enter. `reference` says which way the printed
    estimate runs; `contrast` is ``direct`` when users are compared with non-users of the drug
    in the same disease, else ``indirect``.
    """

    cohort_id: Id
    cohort: Text
    study: Id
    year: Count = None
    n: Count = None
    n_exposed: Count = None
    n_comparator: Count = None
    population: Text = ""
    analysed: Text = ""
    subgroup: Text = ""
    exposure: Text
    comparator: Text
    contrast: Literal["direct", "indirect", "summary"]
    outcome: Text
    measure: Literal["", "HR", "OR", "RR"] = ""
    estimate: Number = None
    ci_low: Number = None
    ci_high: Number = None
    ci_level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    p_value: Text = ""
    reference: Literal["unexposed", "exposed"] = "unexposed"
    exposure_time: ExposureTime
    exposure_unit: Text = ""
    standing: Standing = "printed"
    group: Text = ""
    chosen: YesNo = "yes"
    reason: Text = ""
    source_url: Url
    quote: Text
    confidence: Confidence
    note: Text = ""


class KnownFinding(Record):
    """A finding of the arithmetic rules that a person looked at (``known_findings.csv``).

    `rows` are the row ids of the finding joined by ``;``.
    """

    rule: Id
    rows: Text
    explanation: Text


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
