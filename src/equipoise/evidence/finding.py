"""What an arithmetic rule is and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from equipoise.evidence.question import Question
from equipoise.evidence.schema import CohortRow, EvidenceBase, ResultRow, Trial, phenotype_of

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From worst to mildest, the order in which findings are listed."""


@dataclass(frozen=True)
class Finding:
    """One thing the arithmetic says about the printed numbers.

    Attributes
    ----------
    rule : str
        Name of the rule.
    severity : str
        ``error``: the printed numbers contradict each other under any reading; ``warning``: they
        do not fit but an innocent reading exists; ``note``: worth knowing.
    rows : tuple of str
        Ids of the rows (or trials, reports) concerned.
    trial_id : str
        The trial, or the study of a cohort row.
    message : str
        What is wrong, as a sentence that names the rows.
    arithmetic : str
        The sum, to be done again by hand.
    explanation : str
        What a person who looked at it found; empty until somebody did.
    """

    rule: str
    severity: Severity
    rows: tuple[str, ...]
    trial_id: str
    message: str
    arithmetic: str
    explanation: str = ""


@dataclass(frozen=True)
class Rule:
    """A small pure function with a name.

    `question` is what it asks, in one line; `severity` the worst it can report. A rule reads
    numbers and labels; it never reads `note`, `reason` or any ledger.
    """

    name: str
    question: str
    severity: Severity
    find: Callable[[EvidenceBase, Question], Iterator[Finding]]


EVERYBODY = frozenset({"", "all", "all patients", "whole trial"})
"""Wordings of `subgroup` that mean no subgroup."""


def row_id(row: ResultRow | CohortRow) -> str:
    """Id of a row of either file."""
    return row.result_id if isinstance(row, ResultRow) else row.cohort_id


def study_id(row: ResultRow | CohortRow) -> str:
    """Trial of a result, or study of a cohort row."""
    return row.trial_id if isinstance(row, ResultRow) else row.study


def all_rows(evidence: EvidenceBase) -> tuple[ResultRow | CohortRow, ...]:
    """Results and cohort rows, in the order of the files, chosen or not."""
    return (*evidence.results, *evidence.cohorts)


def is_time_to_event(row: ResultRow | CohortRow, question: Question) -> bool:
    """Say whether counts alone cannot carry this outcome's P value."""
    if row.measure == "HR":
        return True
    return any(o.time_to_event for o in question.outcomes if o.name == row.outcome)


def covers_whole(row: ResultRow, trial: Trial) -> bool:
    """Say whether a row was computed in everybody the trial enrolled.

    True when each phenotype it was analysed in is the one the trial enrolled. A printed subgroup
    that no axis can express, and an analysis set that is a subset by name, do not cover it.
    """
    if row.analysis_set in {"genotyped", "subset"}:
        return False
    if row.subgroup.casefold() not in EVERYBODY and not row.analysed:
        return False
    return all(trial.enrolled.get(axis) == level for axis, level in phenotype_of(row).items())
