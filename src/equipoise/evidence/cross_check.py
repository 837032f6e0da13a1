"""Checks that need more than one field or more than one file.

A row can be well formed and still impossible (more events than patients, an interval that
excludes its estimate) or point nowhere (a trial, outcome or axis that does not exist).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from equipoise.errors import Problem
from equipoise.estimate import RATIO_MEASURES
from equipoise.evidence.question import Question
from equipoise.evidence.schema import CohortRow, EvidenceBase, ResultRow

PRINTED_P = re.compile(r"^[<>=]?\s*(0?\.\d+|1(\.0*)?|0)(e-\d+)?$")
SELECTION_WORDS = ("any", "not_stated")
CORRECT = "Correct it; if the source prints it so, leave the field blank and keep the quote."


def cross_check(evidence: EvidenceBase, question: Question, complete: bool) -> list[Problem]:
    """Return every contradiction between fields, files and the question.

    `complete` is false when some file could not be read; references are then not followed,
    since a missing target would only repeat that problem.
    """
    problems = [
        *_repeated_ids(evidence),
        *_trials(evidence, question),
        *(p for row in evidence.results for p in _result(row, question)),
        *(p for row in evidence.cohorts for p in _cohort(row, question)),
        *_groups(evidence),
        *_phenotypes(evidence, question),
    ]
    if complete:
        problems += _references(evidence)
    return problems


def _repeated_ids(evidence: EvidenceBase) -> Iterator[Problem]:
    ids = {
        "evidence/trials.csv": [trial.trial_id for trial in evidence.trials],
        "evidence/reports.csv": [report.report_id for report in evidence.reports],
        "evidence/results.csv": [row.result_id for row in evidence.results],
        "evidence/cohorts.csv": [row.cohort_id for row in evidence.cohorts],
    }
    for file, values in ids.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield Problem(
                    file, value, "id", value, "each id once", f"Rename one of the {count} rows."
                )
    shared = {row.result_id for row in evidence.results} & set(ids["evidence/cohorts.csv"])
    for value in sorted(shared):
        yield Problem(
            "evidence/cohorts.csv",
            value,
            "cohort_id",
            value,
            "an id not used in results.csv",
            "Rename the cohort row.",
        )


def _trials(evidence: EvidenceBase, question: Question) -> Iterator[Problem]:
    for trial in evidence.trials:
        file, row = "evidence/trials.csv", trial.trial_id
        if trial.scope not in question.scopes:
            yield _unknown(file, row, "scope", trial.scope, question.scopes)
        if trial.setting and trial.setting not in question.settings:
            yield _unknown(file, row, "setting", trial.setting, question.settings)
        for axis, value in trial.enrolled.items():
            allowed = [level.name for level in question.axis(axis).levels] + list(SELECTION_WORDS)
            if value not in allowed:
                yield _unknown(file, row, f"enrolled_{axis}", value, allowed)


def _unknown(file: str, row: str, field: str, value: str, allowed: object) -> Problem:
    words = [str(word) for word in allowed] if isinstance(allowed, (list, tuple)) else []
    return Problem(
        file,
        row,
        field,
        value or "(blank)",
        "one of " + ", ".join(words),
        f"Correct {field!r} here, or declare the word in case.toml.",
    )


def _result(row: ResultRow, question: Question) -> Iterator[Problem]:
    file, name = "evidence/results.csv", row.result_id
    yield from _common(file, name, row, question)
    pairs = (
        ("events_treatment", row.events_treatment, "n_treatment", row.n_treatment),
        ("events_control", row.events_control, "n_control", row.n_control),
        ("events_total", row.events_total, "n_total", row.n_total),
    )
    for field, events, n_field, n in pairs:
        if events is not None and n is not None and events > n:
            yield Problem(file, name, field, str(events), f"at most {n_field} = {n}", CORRECT)
    if row.standing != "printed" and not row.derived_from:
        yield Problem(
            file,
            name,
            "derived_from",
            "",
            f"how a {row.standing} number was worked out",
            "Name the rows or the rule it comes from.",
        )


def _cohort(row: CohortRow, question: Question) -> Iterator[Problem]:
    yield from _common("evidence/cohorts.csv", row.cohort_id, row, question)


def _common(
    file: str, name: str, row: ResultRow | CohortRow, question: Question
) -> Iterator[Problem]:
    outcomes = [outcome.name for outcome in question.outcomes]
    if row.outcome not in outcomes:
        yield _unknown(file, name, "outcome", row.outcome, outcomes)
    yield from _analysed(file, name, row.analysed, question)
    if row.p_value and not PRINTED_P.match(row.p_value):
        yield Problem(
            file,
            name,
            "p_value",
            row.p_value,
            "0.03, <0.001, >0.05 or blank",
            "Write the printed P with a decimal point.",
        )
    yield from _interval(file, name, row)


def _interval(file: str, name: str, row: ResultRow | CohortRow) -> Iterator[Problem]:
    low, high, estimate = row.ci_low, row.ci_high, row.estimate
    if estimate is not None and not row.measure:
        yield Problem(
            file, name, "measure", "(blank)", "the measure of the estimate", "Name the measure."
        )
    if row.measure in RATIO_MEASURES:
        for field, value in (("estimate", estimate), ("ci_low", low), ("ci_high", high)):
            if value is not None and value <= 0:
                yield Problem(file, name, field, str(value), f"above 0 for {row.measure}", CORRECT)
    if low is not None and high is not None:
        if low > high:
            yield Problem(file, name, "ci_low", str(low), f"at most ci_high = {high}", CORRECT)
        elif estimate is not None and not low <= estimate <= high:
            yield Problem(
                file,
                name,
                "estimate",
                str(estimate),
                f"inside its interval {low} to {high}",
                CORRECT,
            )


def _analysed(file: str, name: str, text: str, question: Question) -> Iterator[Problem]:
    axes = {axis.name: [level.name for level in axis.levels] for axis in question.axes}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        axis, _, level = (piece.strip() for piece in part.partition("="))
        if axis not in axes:
            yield _unknown(file, name, "analysed", part, [f"{a}=..." for a in axes])
        elif level not in axes[axis]:
            yield _unknown(file, name, "analysed", part, [f"{axis}={v}" for v in axes[axis]])


def _groups(evidence: EvidenceBase) -> Iterator[Problem]:
    for file, rows in (
        ("evidence/results.csv", evidence.results),
        ("evidence/cohorts.csv", evidence.cohorts),
    ):
        groups: dict[str, list[str]] = {}
        for row in rows:
            if row.group:
                groups.setdefault(row.group, []).append(row.chosen)
            if row.chosen == "no" and not row.reason:
                name = row.result_id if isinstance(row, ResultRow) else row.cohort_id
                yield Problem(
                    file, name, "reason", "", "why the row is not chosen", "Write the reason."
                )
        for group, chosen in groups.items():
            if chosen.count("yes") > 1:
                yield Problem(
                    file,
                    f"group {group}",
                    "chosen",
                    f"{chosen.count('yes')} rows chosen",
                    "at most one chosen row a group",
                    "Choose one and say why.",
                )


def _phenotypes(evidence: EvidenceBase, question: Question) -> Iterator[Problem]:
    axes = {axis.name: [level.name for level in axis.levels] for axis in question.axes}
    for record in evidence.phenotypes:
        file, row = "evidence/phenotypes.csv", f"{record.trial_id}/{record.axis}/{record.level}"
        if record.axis not in axes:
            yield _unknown(file, row, "axis", record.axis, list(axes))
        elif record.level and record.level not in axes[record.axis]:
            yield _unknown(file, row, "level", record.level, axes[record.axis])


def _references(evidence: EvidenceBase) -> Iterator[Problem]:
    trials = {trial.trial_id for trial in evidence.trials}
    reports = {report.report_id for report in evidence.reports}
    pointers = [
        *(("arms.csv", arm.arm_id, arm.trial_id) for arm in evidence.arms),
        *(("reports.csv", report.report_id, report.trial_id) for report in evidence.reports),
        *(("phenotypes.csv", p.trial_id, p.trial_id) for p in evidence.phenotypes),
        *(("results.csv", row.result_id, row.trial_id) for row in evidence.results),
    ]
    for file, row, trial_id in pointers:
        if trial_id not in trials:
            yield Problem(
                f"evidence/{file}",
                row,
                "trial_id",
                trial_id,
                "a trial of trials.csv",
                "Add the trial or correct the id.",
            )
    for result in evidence.results:
        if result.report_id and result.report_id not in reports:
            yield Problem(
                "evidence/results.csv",
                result.result_id,
                "report_id",
                result.report_id,
                "a report of reports.csv",
                "Add the report or correct the id.",
            )
