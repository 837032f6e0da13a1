"""Estimates, their intervals, their counts and their copies."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.evidence.question import Question
from equipoise.evidence.rules_estimates import (
    estimate_against_centre,
    estimate_against_counts,
    ratio_of,
    same_estimate_two_outcomes,
    same_interval_two_estimates,
)
from equipoise.evidence.table_tests import Table

Z = 1.959963984540054


def test_an_estimate_off_the_geometric_centre(make, question: Question) -> None:
    row = make.cohort(estimate=6.51, ci_low=1.88, ci_high=15.28)
    (found,) = estimate_against_centre(make.base(row), question)
    assert (found.severity, found.rows) == ("warning", ("c1",))
    assert found.arithmetic.startswith("centre of 1.88 to 15.28 = 5.36 (5.352 to 5.368")


def test_an_interval_said_to_be_wald_makes_it_an_error(make, question: Question) -> None:
    row = make.result(measure="OR", estimate=6.51, ci_low=1.88, ci_high=15.28, interval="wald")
    assert [f.severity for f in estimate_against_centre(make.base(row), question)] == ["error"]


@pytest.mark.parametrize("kind", ["profile", "exact"])
def test_profile_and_exact_intervals_are_left_alone(make, question: Question, kind: str) -> None:
    row = make.result(measure="OR", estimate=6.51, ci_low=1.88, ci_high=15.28, interval=kind)
    assert list(estimate_against_centre(make.base(row), question)) == []


def test_differences_have_an_arithmetic_centre(make, question: Question) -> None:
    good = make.result(measure="MD", estimate=2.49, ci_low=0.274, ci_high=4.712)
    bad = make.result(result_id="r2", measure="MD", estimate=2.1, ci_low=0.5, ci_high=4.5)
    (found,) = estimate_against_centre(make.base(good, bad), question)
    assert found.rows == ("r2",)
    assert "arithmetic" in found.message


def test_percent_changes_may_be_centred_on_either_scale(make, question: Question) -> None:
    logged = make.result(measure="PCT", estimate=-10.5, ci_low=-26.1, ci_high=8.4)
    plain = make.result(measure="PCT", estimate=-7.9, ci_low=-15.0, ci_high=-0.8)
    wrong = make.result(result_id="r2", measure="PCT", estimate=-2.0, ci_low=-26.1, ci_high=8.4)
    found = list(estimate_against_centre(make.base(logged, plain, wrong), question))
    assert [f.rows for f in found] == [("r2",)]


@given(st.floats(-2, 2), st.floats(0.02, 1.5))
def test_true_ratios_are_never_flagged(make, question, log_ratio, se) -> None:
    numbers = [f"{math.exp(log_ratio + k * se):.2f}" for k in (0, -Z, Z)]
    estimate, low, high = (float(text) for text in numbers)
    assume(estimate > 0)
    for quote in (" ".join(numbers), ""):
        row = make.result(measure="HR", estimate=estimate, ci_low=low, ci_high=high, quote=quote)
        assert list(estimate_against_centre(make.base(row), question)) == []


@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_true_differences_are_never_flagged(make, question, mean, se) -> None:
    estimate, low, high = (round(mean + k * se, 1) for k in (0, -Z, Z))
    row = make.result(measure="MD", estimate=estimate, ci_low=low, ci_high=high)
    assert list(estimate_against_centre(make.base(row), question)) == []


def table_row(make, **fields):
    given = {
        "measure": "OR",
        "events_treatment": 19,
        "n_treatment": 29,
        "events_control": 17,
        "n_control": 29,
        "adjusted": "no",
        "counts_from": "printed",
    }
    return make.result(**{**given, **fields})


def test_an_odds_ratio_that_its_counts_do_not_give(make, question: Question) -> None:
    (found,) = estimate_against_counts(make.base(table_row(make, estimate=1.9)), question)
    assert found.severity == "error"
    assert found.arithmetic == "19/29 v 17/29 gives OR 1.341, printed 1.9"


@pytest.mark.parametrize(("value", "reading"), [(0.75, "1/OR"), (1.12, "RR")])
def test_an_innocent_reading_is_named(make, question: Question, value, reading) -> None:
    (found,) = estimate_against_counts(make.base(table_row(make, estimate=value)), question)
    assert found.severity == "warning"
    assert f"it would fit {reading}" in found.arithmetic


def test_ratios_that_fit_and_adjusted_ones_are_silent(make, question: Question) -> None:
    rows = (
        table_row(make, estimate=1.34),
        table_row(make, estimate=1.118, measure="RR"),
        table_row(make, estimate=9.9, adjusted="yes"),
        table_row(make, estimate=9.9, events_treatment=None),
    )
    assert list(estimate_against_counts(make.base(*rows), question)) == []


def test_ratio_of_an_empty_cell_is_none() -> None:
    assert ratio_of(Table(0, 10, 3, 10), "OR") is None
    assert ratio_of(Table(3, 10, 0, 10), "RR") is None


def pair(make, **second):
    first = {"measure": "HR", "estimate": 1.09, "ci_low": 0.75, "ci_high": 1.58}
    return make.base(
        make.result(outcome="relapse", p_value="0.651", **first),
        make.result(**{"result_id": "r2", "outcome": "death", **first, **second}),
    )


def test_a_copy_under_another_outcome(make, question: Question) -> None:
    (found,) = same_estimate_two_outcomes(pair(make), question)
    assert (found.severity, found.rows) == ("warning", ("r1", "r2"))
    (found,) = same_estimate_two_outcomes(pair(make, p_value="0.382"), question)
    assert found.severity == "error"


@pytest.mark.parametrize(
    "second", [{"outcome": "relapse"}, {"ci_high": 1.6}, {"trial_id": "t2"}, {"estimate": 1.1}]
)
def test_other_estimates_are_no_copies(make, question: Question, second) -> None:
    assert list(same_estimate_two_outcomes(pair(make, **second), question)) == []


def test_one_interval_for_two_estimates(make, question: Question) -> None:
    shared = {"ci_low": 1.88, "ci_high": 15.28}
    one = make.cohort(estimate=6.51, **shared)
    two = make.cohort(cohort_id="c2", outcome="relapse", estimate=5.37, **shared)
    (found,) = same_interval_two_estimates(make.base(one, two), question)
    assert (found.severity, found.rows) == ("error", ("c1", "c2"))
    assert found.arithmetic.endswith("centre is 5.36")


def test_rounded_versions_of_one_estimate_share_an_interval(make, question: Question) -> None:
    shared = {"measure": "HR", "ci_low": 0.7, "ci_high": 2.1}
    one = make.result(estimate=1.2, **shared)
    two = make.result(result_id="r2", estimate=1.21, **shared)
    assert list(same_interval_two_estimates(make.base(one, two), question)) == []
