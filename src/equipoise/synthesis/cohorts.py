"""Observational estimates, grouped by how the time before the drug was started was handled.

A patient who starts the drug late has survived until then. An analysis that counts those years as
exposed credits the drug with them (immortal time; Suissa 2008, 10.1093/aje/kwm324). The groups
below run from the analyses that let this in to those that do not; estimates are shown beside the
trials and are never pooled, with each other or with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.estimate import Estimate
from equipoise.evidence.question import Question
from equipoise.evidence.schema import CohortRow, EvidenceBase
from equipoise.synthesis.printed_effects import from_interval

EXPOSURE_TIMES: dict[str, tuple[str, str]] = {
    "naive": (
        "Ever against never",
        "Users are known only by looking ahead; the years before the first dose count as exposed.",
    ),
    "at_entry": (
        "Exposure at study entry",
        "Drug use is fixed when follow-up starts; prevalent users have survived their first years.",
    ),
    "not_stated": (
        "Not stated",
        "What was read does not say how the time before the drug was handled.",
    ),
    "landmark": (
        "Landmark",
        "Exposure is fixed at a set time after diagnosis, in those still followed then.",
    ),
    "time_varying": (
        "Time-varying",
        "A patient counts as unexposed until the first dose.",
    ),
    "new_user": (
        "New-user design",
        "Starters are compared with like patients who did not start at the same time.",
    ),
    "not_applicable": (
        "Not applicable",
        "The outcome is not a time to an event.",
    ),
}
"""Order and words of the groups, from most to least open to immortal time."""

METHOD_CITES = {"cohorts": ("suissa2008", "levesque2010"), "new_user": ("suissa2017",)}


@dataclass(frozen=True)
class CohortEstimate:
    """One cohort estimate, exposed against unexposed.

    Attributes
    ----------
    row : CohortRow
        The evidence as collected.
    label : str
        Study and year.
    estimate : Estimate
        Log scale; `se` is NaN when no interval is printed.
    ci_low, ci_high : float
        Natural scale, NaN when no interval is printed.
    inverted : bool
        The printed estimate ran from exposed to unexposed and was turned round.
    note : str
        What was done to the printed number, as a sentence; empty if nothing.
    favours_drug_below_one : bool
        False for the few outcomes of which more is better.
    """

    row: CohortRow
    label: str
    estimate: Estimate
    ci_low: float
    ci_high: float
    inverted: bool
    note: str
    favours_drug_below_one: bool = True


@dataclass(frozen=True)
class CohortGroup:
    """Estimates that handled exposure time in the same way."""

    exposure_time: str
    label: str
    explanation: str
    estimates: tuple[CohortEstimate, ...]


@dataclass(frozen=True)
class CohortExclusion:
    """A cohort row that is not shown, and why."""

    row_id: str
    reason: str


@dataclass(frozen=True)
class CohortPanel:
    """Direct estimates by group, indirect and summary ones apart, and what is not shown."""

    groups: tuple[CohortGroup, ...]
    apart: tuple[CohortEstimate, ...]
    excluded: tuple[CohortExclusion, ...]


def arrange_cohorts(evidence: EvidenceBase, question: Question) -> CohortPanel:
    """Orient the cohort estimates and group them by the handling of exposure time.

    Only groups that hold an estimate are returned, in the order of `EXPOSURE_TIMES`. Rows whose
    `contrast` is not direct (patients of another kind as comparator, a published summary) stand
    apart.
    Nothing is pooled.
    """
    shown, excluded = [], []
    for row in evidence.cohorts:
        reason = _unusable(row)
        if reason:
            excluded.append(CohortExclusion(row.cohort_id, reason))
        else:
            shown.append(orient(row, question))
    groups = []
    for exposure_time, (label, explanation) in EXPOSURE_TIMES.items():
        members = tuple(
            x for x in shown if x.row.contrast == "direct" and x.row.exposure_time == exposure_time
        )
        if members:
            groups.append(CohortGroup(exposure_time, label, explanation, members))
    apart = tuple(x for x in shown if x.row.contrast != "direct")
    return CohortPanel(tuple(groups), apart, tuple(excluded))


def _unusable(row: CohortRow) -> str:
    if row.chosen == "no":
        said = f": {row.reason}" if row.reason else ""
        return f"another version of this number is shown{said}"
    if not row.measure:
        return "no ratio measure is printed"
    if row.estimate is None or row.estimate <= 0:
        return "no estimate is printed"
    return ""


def orient(row: CohortRow, question: Question) -> CohortEstimate:
    """Bring a printed ratio to the direction exposed against unexposed.

    A ratio printed with the exposed as reference is inverted, and its limits change places:
    `1 / estimate (1 / high to 1 / low)`.
    """
    value = float(row.estimate or math.nan)
    low, high, notes = math.nan, math.nan, []
    if row.ci_low is not None and row.ci_high is not None and 0 < row.ci_low < row.ci_high:
        low, high = row.ci_low, row.ci_high
        if not low <= value <= high:
            notes.append(f"The printed interval, {low:g} to {high:g}, does not hold the estimate.")
            low, high = math.nan, math.nan
    else:
        notes.append("No interval is printed.")
    inverted = row.reference == "exposed"
    if inverted:
        notes.append(f"Printed as {value:g} with the exposed as reference; turned round.")
        value, low, high = 1.0 / value, 1.0 / high, 1.0 / low
    log_value, se = math.log(value), math.nan
    if not math.isnan(low):
        se = float(from_interval(value, low, high, level=row.ci_level).vi[0]) ** 0.5
    directions = {outcome.name: outcome.better for outcome in question.outcomes}
    standing = "derived" if inverted and row.standing == "printed" else row.standing
    return CohortEstimate(
        row,
        f"{row.study} {row.year}" if row.year and str(row.year) not in row.study else row.study,
        Estimate(log_value, se, row.measure, (row.cohort_id,), standing),  # type: ignore[arg-type]  # _unusable refuses an empty measure
        low,
        high,
        inverted,
        " ".join(notes),
        directions.get(row.outcome) != "higher",
    )
