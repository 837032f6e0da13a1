"""Dates, and trials that may be one."""

from __future__ import annotations

import pytest

from equipoise.evidence.question import Question
from equipoise.evidence.rules_trials import (
    dates_after_collection,
    dates_out_of_order,
    parse_date,
    trials_may_be_one,
)


def test_dates_are_spans() -> None:
    assert parse_date("2016") == ((2016, 1, 1), (2016, 12, 31))
    assert parse_date(" 2016-07-01 ") == ((2016, 7, 1), (2016, 7, 1))
    assert parse_date("summer 2016") is None


def test_an_end_before_the_start(make, question: Question) -> None:
    wrong = make.trial(start_date="2016-07", end_date="2015")
    open_ = make.trial(trial_id="t2", start_date="2016-07", end_date="2016")
    (found,) = dates_out_of_order(make.base(wrong, open_), question)
    assert (found.severity, found.arithmetic) == ("error", "end 2015 < start 2016-07")


def test_a_report_before_the_start(make, question: Question) -> None:
    evidence = make.base(
        make.trial(start_date="2016-07-01"),
        make.report(year=2015),
        make.report(report_id="p2", year=2015, type="protocol"),
        make.report(report_id="p3", year=2016),
    )
    (found,) = dates_out_of_order(evidence, question)
    assert found.rows == ("p1",)


def test_the_future(make, question: Question) -> None:
    evidence = make.base(
        make.trial(status="completed", end_date="2030-01"),
        make.trial(trial_id="t2", status="ongoing", end_date="2030-01"),
        make.report(year=2025),
        make.report(report_id="p2", year=2024),
        make.cohort(year=2031),
    )
    found = list(dates_after_collection(evidence, question))
    assert [(f.rows, f.severity) for f in found] == [
        (("p1",), "error"),
        (("c1",), "error"),
        (("t1",), "warning"),
    ]


def test_nothing_is_late_without_a_date(make, question: Question) -> None:
    evidence = make.base(make.report(year=9999))
    undated = question.model_copy(update={"evidence_date": ""})
    assert len(list(dates_after_collection(evidence, question))) == 1
    assert list(dates_after_collection(evidence, undated)) == []


def two(make, *records, **second):
    first = {"site": "Smalltown", "start_date": "2016-07-01", "end_date": "2019-09-01"}
    return make.base(
        make.trial(n_randomised=50, **first),
        make.trial(**{"trial_id": "t2", "n_randomised": 30, **first, **second}),
        *records,
    )


def test_same_site_and_dates(make, question: Question) -> None:
    (found,) = trials_may_be_one(two(make), question)
    assert (found.severity, found.rows) == ("warning", ("t1", "t2"))
    assert "same site (smalltown), same dates" in found.arithmetic
    assert found.arithmetic.endswith("n 50 and 30")


def test_overlapping_dates_are_noted(make, question: Question) -> None:
    (found,) = trials_may_be_one(two(make, end_date="2018"), question)
    assert found.severity == "note"


@pytest.mark.parametrize(
    "second", [{"site": "Bigtown"}, {"site": ""}, {"start_date": "2020", "end_date": "2021"}]
)
def test_another_site_or_time_is_silent(make, question: Question, second) -> None:
    assert list(trials_may_be_one(two(make, **second), question)) == []


def test_a_shared_identifier(make, question: Question) -> None:
    evidence = two(
        make,
        make.report(registry_id="NCT1; NCT2"),
        make.report(report_id="p2", trial_id="t2", registry_id="nct2"),
        site="Bigtown",
    )
    (found,) = trials_may_be_one(evidence, question)
    assert (found.severity, found.arithmetic) == ("warning", "both cite nct2; n 50 and 30")
