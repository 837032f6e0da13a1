"""The rows that hold numbers: of trials (``results.csv``) and of cohorts (``cohorts.csv``)."""

from __future__ import annotations

from typing import Literal

from equipoise.evidence.fields import (
    AnalysisSet,
    Confidence,
    Count,
    ExposureTime,
    Id,
    Kind,
    Level,
    Number,
    Percent,
    Positive,
    Record,
    Standing,
    Text,
    Url,
    YesNo,
)


class ResultRow(Record):
    """One printed, derived or reconstructed number of a trial (``results.csv``).

    Fill in what was printed and leave the rest blank. ``*_treatment`` and ``*_control`` are the
    arms; estimates and intervals are on the natural scale.
    """

    result_id: Id
    """Name of the number; every figure and result points back to it."""
    trial_id: Id
    """Trial in trials.csv."""
    report_id: Text = ""
    """Report in reports.csv that prints it."""
    kind: Kind
    """What is compared; only `randomised` contrasts enter a pool."""
    outcome: Text
    """Standard name of an outcome declared in case.toml."""
    analysed: Text = ""
    """Phenotype it was computed in, `axis=level` joined by `;`; blank for everybody."""
    subgroup: Text = ""
    """The same in the source's words."""
    timepoint: Text = ""
    """When it was measured."""
    analysis_set: AnalysisSet = "not_stated"
    """Patients analysed, as the source calls them."""
    measure: Literal["", "HR", "OR", "RR", "ROM", "RD", "MD", "PCT", "BETA"] = ""
    """Measure of the estimate: hazard, odds, risk ratio, ratio of means, risk or mean difference,
    difference in percent change; BETA is a regression coefficient, kept and never pooled."""
    unit: Text = ""
    """Unit of means, medians, changes and differences."""
    events_treatment: Count = None
    """Patients with the event, treatment arm."""
    n_treatment: Count = None
    """Patients analysed, treatment arm."""
    events_control: Count = None
    """Patients with the event, control arm."""
    n_control: Count = None
    """Patients analysed, control arm."""
    events_total: Count = None
    """Events in both arms, where the split is not printed."""
    n_total: Count = None
    """Patients in both arms, where the split is not printed."""
    counts_from: Literal["", "printed", "percentages", "reconstruction"] = ""
    """Whether the events are printed, worked back from percentages, or reconstructed."""
    percent_treatment: Percent = None
    """Printed percentage, treatment arm."""
    percent_control: Percent = None
    """Printed percentage, control arm."""
    mean_treatment: Number = None
    """Mean, treatment arm."""
    sd_treatment: Positive = None
    """Standard deviation (not standard error), treatment arm."""
    mean_control: Number = None
    """Mean, control arm."""
    sd_control: Positive = None
    """Standard deviation (not standard error), control arm."""
    median_treatment: Number = None
    """Median, treatment arm."""
    median_control: Number = None
    """Median, control arm."""
    rate_treatment: Number = None
    """Rate (say per 100 patient-years), treatment arm."""
    rate_control: Number = None
    """Rate, control arm."""
    change_treatment: Number = None
    """Change within the treatment arm."""
    change_control: Number = None
    """Change within the control arm."""
    estimate: Number = None
    """Effect, treatment against control."""
    ci_low: Number = None
    """Lower limit of its interval."""
    ci_high: Number = None
    """Upper limit of its interval."""
    ci_level: Level = 0.95
    """Level of the interval."""
    interval: Literal["", "wald", "profile", "exact", "model"] = ""
    """How the interval was made, where the source says; blank is read as symmetric."""
    p_value: Text = ""
    """P in its printed form (`0.026`, `<0.001`): its rounding matters to the rules."""
    adjusted: Literal["yes", "no", "not_stated"] = "not_stated"
    """Whether the estimate is adjusted for covariates."""
    direction: Text = ""
    """Which arm a number without a sign favours, or what a modifier row compares."""
    standing: Standing = "printed"
    """Whether the number stands in a source or was worked out."""
    derived_from: Text = ""
    """Rows or rule it was worked out from; needed unless printed."""
    group: Text = ""
    """Name shared by conflicting versions of one number."""
    chosen: YesNo = "yes"
    """Whether this version may be used; at most one of a group."""
    reason: Text = ""
    """Why it is chosen or not; needed where it is not."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """The words in which it was read."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else; the rules never read it."""


class CohortRow(Record):
    """One estimate of an observational study (``cohorts.csv``); never pooled with trials."""

    cohort_id: Id
    """Name of the estimate."""
    cohort: Text
    """Name of the study as shown."""
    study: Id
    """Name shared by the estimates of one study."""
    year: Count = None
    """Year of publication."""
    n: Count = None
    """Patients in the study."""
    n_exposed: Count = None
    """Patients counted as users in this analysis."""
    n_comparator: Count = None
    """Patients they are compared with."""
    population: Text = ""
    """Who they are."""
    analysed: Text = ""
    """Phenotype it was computed in, `axis=level` joined by `;`; blank for everybody."""
    subgroup: Text = ""
    """The same in the source's words."""
    exposure: Text
    """What counts as use of the drug."""
    comparator: Text
    """What it is compared with."""
    contrast: Literal["direct", "indirect", "summary"]
    """`direct`: users against patients with the same disease who did not take the drug (some may
    have taken another); `indirect`: any other comparison; `summary`: a meta-analysis."""
    outcome: Text
    """Standard name of an outcome declared in case.toml."""
    measure: Literal["", "HR", "OR", "RR"] = ""
    """Measure of the estimate."""
    estimate: Number = None
    """Effect as printed."""
    ci_low: Number = None
    """Lower limit of its interval."""
    ci_high: Number = None
    """Upper limit of its interval."""
    ci_level: Level = 0.95
    """Level of the interval."""
    p_value: Text = ""
    """P in its printed form."""
    reference: Literal["unexposed", "exposed"] = "unexposed"
    """Whom the printed ratio takes as 1; with `exposed` it is turned round to be shown."""
    exposure_time: ExposureTime
    """How the time before the drug was started was handled: the one choice in the design that
    decides whether immortal time can enter."""
    exposure_unit: Text = ""
    """Unit of a dose-like exposure, such as a year of use."""
    standing: Standing = "printed"
    """Whether the number stands in a source or was worked out."""
    group: Text = ""
    """Name shared by conflicting versions of one number."""
    chosen: YesNo = "yes"
    """Whether this version is shown; at most one of a group."""
    reason: Text = ""
    """Why it is chosen or not; needed where it is not."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """The words in which it was read."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else."""
