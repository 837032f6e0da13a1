"""What the rules and the gap map say of the packaged cases, counted and explained.

The rows are named in ``tests/data/``, so that a changed number, row or rule shows up here as a
changed list and not as a silent one.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from equipoise.case import Case, load_case, packaged_cases
from equipoise.evidence.check import STALE, check
from equipoise.evidence.finding import Finding, all_rows, row_id
from equipoise.evidence.gap_map import gap_map

DATA = Path(__file__).resolve().parents[1] / "data"
CASES = sorted(packaged_cases())


@cache
def case_of(name: str) -> Case:
    return load_case(name)


@cache
def findings_of(name: str) -> tuple[Finding, ...]:
    case = case_of(name)
    return check(case.evidence, case.question)


def lines(file: str, case: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as handle:
        return [line for line in csv.DictReader(handle) if line["case"] == case]


@pytest.mark.parametrize("name", CASES)
def test_the_findings_are_the_expected_ones(name: str) -> None:
    found = [(f.severity, f.rule, ";".join(f.rows)) for f in findings_of(name)]
    expected = [(e["severity"], e["rule"], e["rows"]) for e in lines("expected_findings.csv", name)]
    assert found == expected


@pytest.mark.parametrize("name", CASES)
def test_every_finding_is_explained_and_no_explanation_is_stale(name: str) -> None:
    assert [f for f in findings_of(name) if not f.explanation or f.rule == STALE] == []


@pytest.mark.parametrize("name", CASES)
def test_rows_that_hold_stay_silent(name: str) -> None:
    case = case_of(name)
    known = {row_id(row) for row in all_rows(case.evidence)}
    alarms = {(f.rule, row) for f in findings_of(name) for row in f.rows if len(f.rows) == 1}
    for line in lines("silent_rows.csv", name):
        assert line["row"] in known
        assert (line["rule"], line["row"]) not in alarms


@pytest.mark.parametrize("name", CASES)
def test_blank_notes_and_reasons_change_nothing(name: str) -> None:
    case = case_of(name)
    blank = {
        field: tuple(
            record.model_copy(
                update={key: "" for key in ("note", "reason") if key in type(record).model_fields}
            )
            for record in getattr(case.evidence, field)
        )
        for field in type(case.evidence).model_fields
    }
    assert check(case.evidence.model_copy(update=blank), case.question) == findings_of(name)


@pytest.mark.parametrize("name", CASES)
def test_the_headline_counts(name: str) -> None:
    case = case_of(name)
    headline = gap_map(case.evidence, case.question).headline
    for line in lines("expected_headline.csv", name):
        assert len(getattr(headline, line["figure"])) == int(line["count"]), line["figure"]


@pytest.mark.parametrize("name", CASES)
def test_every_result_of_a_trial_in_scope_has_its_cells(name: str) -> None:
    case = case_of(name)
    found = gap_map(case.evidence, case.question)
    cells = {(cell.trial_id, cell.outcome) for cell in found.cells}
    assert {(row.trial_id, row.outcome) for row in case.evidence.results} <= cells
    reported = {row for cell in found.cells for row in cell.rows}
    derived = {row for cell in found.cells for row in cell.derived_rows}
    assert reported.isdisjoint(derived)
