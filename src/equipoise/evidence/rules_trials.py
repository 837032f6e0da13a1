"""Rules on trials: dates that cannot be, and trials that may be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from equipoise.evidence.finding import Finding, Rule, Severity
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, Trial

BEFORE_START = frozenset({"registry", "protocol"})
"""Types of report that may come before the first patient."""

FINISHED = frozenset({"published", "completed", "terminated"})
"""Words of a trial's status that say it is over."""

_ISO = re.compile(r"^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")
Moment = tuple[int, int, int]


def parse_date(text: str) -> tuple[Moment, Moment] | None:
    """First and last day that ``2016``, ``2016-07`` or ``2016-07-01`` can mean.

    Examples
    --------
    >>> parse_date("2016-07")
    ((2016, 7, 1), (2016, 7, 31))
    """
    match = _ISO.match(text.strip())
    if match is None:
        return None
    year = int(match[1])
    month = int(match[2]) if match[2] else None
    day = int(match[3]) if match[3] else None
    return (year, month or 1, day or 1), (year, month or 12, day or 31)


def dates_out_of_order(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report trials that end before they start and results reported before the start."""
    del question
    for trial in evidence.trials:
        start, end = parse_date(trial.start_date), parse_date(trial.end_date)
        if start and end and end[1] < start[0]:
            yield Finding(
                "dates-out-of-order",
                "error",
                (trial.trial_id,),
                trial.trial_id,
                f"{trial.trial_id}: ends before it starts.",
                f"end {trial.end_date} < start {trial.start_date}",
            )
        for report in evidence.reports:
            if report.trial_id != trial.trial_id or report.year is None or start is None:
                continue
            if report.year < start[0][0] and report.type.casefold() not in BEFORE_START:
                yield Finding(
                    "dates-out-of-order",
                    "error",
                    (report.report_id,),
                    trial.trial_id,
                    f"{report.report_id}: reports on {trial.trial_id} before it started.",
                    f"reported {report.year} < start {trial.start_date}",
                )


def dates_after_collection(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report years after the collection was closed, and finished trials with an end after it."""
    closed = parse_date(question.evidence_date)
    if closed is None:
        return
    last = closed[1]
    for name, study, year in (
        *((report.report_id, report.trial_id, report.year) for report in evidence.reports),
        *((row.cohort_id, row.study, row.year) for row in evidence.cohorts),
    ):
        if year is not None and year > last[0]:
            yield Finding(
                "dates-after-collection",
                "error",
                (name,),
                study,
                f"{name}: printed after the evidence was closed.",
                f"{year} > {last[0]}",
            )
    for trial in evidence.trials:
        end = parse_date(trial.end_date)
        if end and end[0] > last and trial.status in FINISHED:
            yield Finding(
                "dates-after-collection",
                "warning",
                (trial.trial_id,),
                trial.trial_id,
                f"{trial.trial_id}: {trial.status}, yet it ends after the evidence was closed.",
                f"end {trial.end_date} > {question.evidence_date}",
            )


def _identifiers(evidence: EvidenceBase, trial: Trial) -> set[str]:
    """Registry numbers, DOIs and PMIDs of a trial and its reports, in one spelling."""
    own = [trial.registry_id, trial.doi, trial.pmid]
    for report in evidence.reports:
        if report.trial_id == trial.trial_id:
            own += [report.registry_id, report.doi, report.pmid]
    parts = (part for text in own for part in re.split(r"[;,]", text))
    return {"".join(part.casefold().split()) for part in parts} - {""}


def _same_place(one: Trial, two: Trial) -> str:
    """Name the common site of two trials, or nothing."""
    sites = [{part.strip().casefold() for part in t.site.split(";")} - {""} for t in (one, two)]
    return "; ".join(sorted(sites[0] & sites[1]))


def _overlap(one: Trial, two: Trial) -> str:
    """Say how the dates of two trials overlap, or nothing."""
    spans = []
    for trial in (one, two):
        start, end = parse_date(trial.start_date), parse_date(trial.end_date)
        if start is None or end is None:
            return ""
        spans.append((start[0], end[1]))
    if (one.start_date, one.end_date) == (two.start_date, two.end_date):
        return "same dates"
    overlapping = spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]
    return "overlapping dates" if overlapping else ""


def trials_may_be_one(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report pairs of trials that share an identifier, or a site and a time."""
    del question
    known = {trial.trial_id: _identifiers(evidence, trial) for trial in evidence.trials}
    for one, two in combinations(evidence.trials, 2):
        shared = sorted(known[one.trial_id] & known[two.trial_id])
        place, time = _same_place(one, two), _overlap(one, two)
        if not shared and not (place and time):
            continue
        severity: Severity = "warning" if shared or time == "same dates" else "note"
        clues = [f"both cite {identifier}" for identifier in shared]
        if place and time:
            clues.append(
                f"same site ({place}), {time} ({one.start_date} to {one.end_date}, "
                f"{two.start_date} to {two.end_date})"
            )
        sizes = " and ".join(
            "?" if trial.n_randomised is None else str(trial.n_randomised) for trial in (one, two)
        )
        yield Finding(
            "trials-may-be-one",
            severity,
            (one.trial_id, two.trial_id),
            one.trial_id,
            f"{one.trial_id} and {two.trial_id} may share patients.",
            f"{'; '.join(clues)}; n {sizes}",
        )


RULES = (
    Rule(
        "dates-out-of-order",
        "Does each trial end after it starts and report after it starts?",
        "error",
        dates_out_of_order,
    ),
    Rule(
        "dates-after-collection",
        "Is everything dated on or before the day the evidence was closed?",
        "error",
        dates_after_collection,
    ),
    Rule(
        "trials-may-be-one",
        "Do two trials share an identifier, or a site and a time?",
        "warning",
        trials_may_be_one,
    ),
)
