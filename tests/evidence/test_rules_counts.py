"""Percentages, events, patients and totals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from equipoise.evidence.question import Question
from equipoise.evidence.rules_counts import (
    events_against_patients,
    implied_events,
    percent_against_counts,
    percent_without_count,
)


def test_a_wrong_percentage_is_an_error_with_its_sum(make, question: Question) -> None:
    row = make.result(
        events_treatment=12, n_treatment=40, percent_treatment=32.5, counts_from="printed"
    )
    (found,) = percent_against_counts(make.base(row), question)
    assert (found.severity, found.rows) == ("error", ("r1",))
    assert found.arithmetic == "treatment: 12/40 = 30%, printed 32.5%; 13/40 would print so"


def test_cut_off_digits_are_only_a_warning(make, question: Question) -> None:
    row = make.result(events_control=2, n_control=12, percent_control=16.6, counts_from="printed")
    (found,) = percent_against_counts(make.base(row), question)
    assert found.severity == "warning"
    assert "cut off" in found.arithmetic


def test_a_percentage_no_count_gives(make, question: Question) -> None:
    row = make.result(events_control=5, n_control=18, percent_control=31, counts_from="printed")
    (found,) = percent_against_counts(make.base(row), question)
    assert "no count of 18 prints so" in found.arithmetic


def test_counts_worked_back_can_only_warn(make, question: Question) -> None:
    row = make.result(
        events_treatment=5, n_treatment=18, percent_treatment=31, counts_from="percentages"
    )
    assert [f.severity for f in percent_against_counts(make.base(row), question)] == ["warning"]


@given(st.integers(1, 2000), st.data(), st.integers(0, 3))
def test_true_percentages_are_never_flagged(make, question, n, data, decimals) -> None:
    k = data.draw(st.integers(0, n))
    text = f"{100 * k / n:.{decimals}f}"
    row = make.result(
        events_treatment=k, n_treatment=n, percent_treatment=float(text), quote=f"{text}%"
    )
    bare = make.result(n_control=n, percent_control=float(text), quote=f"{text}%")
    assert list(percent_against_counts(make.base(row), question)) == []
    assert list(percent_without_count(make.base(bare), question)) == []


def test_a_percentage_without_a_count(make, question: Question) -> None:
    row = make.result(n_treatment=57, percent_treatment=48, n_control=65, percent_control=49)
    (found,) = percent_without_count(make.base(row), question)
    assert found.severity == "warning"
    assert found.arithmetic == "treatment: 27/57 = 47.37%, 28/57 = 49.12%, printed 48%"


def test_curve_percentages_and_means_are_left_alone(make, question: Question) -> None:
    curve = make.result(outcome="death", n_treatment=57, percent_treatment=48)
    fraction = make.result(measure="MD", n_treatment=57, percent_treatment=48)
    assert list(percent_without_count(make.base(curve, fraction), question)) == []


def test_more_events_than_patients(make, question: Question) -> None:
    row = make.result(events_treatment=11, n_treatment=10)
    (found,) = events_against_patients(make.base(row), question)
    assert (found.severity, found.arithmetic) == ("error", "treatment: 11 events > 10 patients")


def test_totals(make, question: Question) -> None:
    above = make.result(events_treatment=5, events_control=6, events_total=10)
    below = make.result(result_id="r2", n_treatment=72, n_control=75, n_total=153)
    exact = make.result(result_id="r3", n_treatment=72, n_control=75, n_total=147)
    found = list(events_against_patients(make.base(above, below, exact), question))
    assert [(f.rows, f.severity) for f in found] == [(("r1",), "error"), (("r2",), "warning")]
    assert found[1].arithmetic == "patients: 72 + 75 = 147 < total 153"


def test_a_cohort_smaller_than_its_groups(make, question: Question) -> None:
    small = make.cohort(n=100, n_exposed=60, n_comparator=70)
    fine = make.cohort(cohort_id="c2", n=1000, n_exposed=60, n_comparator=70)
    (found,) = events_against_patients(make.base(small, fine), question)
    assert (found.rows, found.arithmetic) == (("c1",), "60 + 70 = 130 > 100")


def test_implied_events() -> None:
    assert implied_events(7, 10, 20.0, "") == 7
    assert implied_events(None, 75, 66.7, "") == 50
    assert implied_events(None, 400, 50, "") is None
    assert implied_events(None, None, 50, "") is None
