"""P values against intervals and against counts."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.evidence.question import Question
from equipoise.evidence.rules_p_values import p_against_counts, p_against_interval
from equipoise.evidence.table_tests import Table, two_sided, two_sided_tests

Z = 1.959963984540054


def test_a_p_of_another_test_is_a_warning(make, question: Question) -> None:
    row = make.result(measure="HR", estimate=1.09, ci_low=0.75, ci_high=1.58, p_value="0.382")
    (found,) = p_against_interval(make.base(row), question)
    assert found.severity == "warning"
    assert found.arithmetic == "HR 1.09 (0.75 to 1.58) gives P 0.629 to 0.672, printed 0.382"


def test_a_p_on_the_other_side_of_significance_is_an_error(make, question: Question) -> None:
    row = make.result(measure="HR", estimate=0.60, ci_low=0.45, ci_high=0.80, p_value="0.21")
    (found,) = p_against_interval(make.base(row), question)
    assert found.severity == "error"
    assert "disagree on significance" in found.arithmetic


@pytest.mark.parametrize("kind", ["profile", "exact"])
def test_profile_and_exact_intervals_are_left_alone(make, question: Question, kind: str) -> None:
    row = make.result(
        measure="OR", estimate=1.67, ci_low=0.39, ci_high=7.43, p_value="0.02", interval=kind
    )
    assert list(p_against_interval(make.base(row), question)) == []


def test_cohort_rows_are_checked(make, question: Question) -> None:
    row = make.cohort(estimate=0.52, ci_low=0.28, ci_high=0.97, p_value="0.41")
    (found,) = p_against_interval(make.base(row), question)
    assert (found.rows, found.trial_id, found.severity) == (("c1",), "s1", "error")


def test_percent_changes_may_be_symmetric_on_either_scale(make, question: Question) -> None:
    plain = make.result(measure="PCT", estimate=-7.9, ci_low=-15.0, ci_high=-0.8, p_value="0.029")
    z = math.log(0.8) / ((math.log(1.0) - math.log(0.64)) / (2 * Z))
    logged = make.result(
        measure="PCT",
        estimate=-20.0,
        ci_low=-36.0,
        ci_high=0.0,
        p_value=f"{two_sided(z):.3f}",
        quote="-20.00 (-36.00 to 0.00)",
    )
    assert list(p_against_interval(make.base(plain, logged), question)) == []


def test_small_differences_may_rest_on_students_t(make, question: Question) -> None:
    row = make.result(
        outcome="marker",
        measure="MD",
        estimate=3.0,
        ci_low=0.772,
        ci_high=5.228,
        n_treatment=6,
        n_control=6,
        p_value="0.013",
        quote="3.000 (0.772 to 5.228)",
    )
    assert list(p_against_interval(make.base(row), question)) == []
    assert (
        len(
            list(
                p_against_interval(make.base(row.model_copy(update={"n_control": None})), question)
            )
        )
        == 1
    )


@given(
    st.floats(-2, 2),
    st.floats(0.05, 1.5),
    st.sampled_from(["HR", "OR", "RR", "ROM"]),
)
def test_wald_p_values_are_never_flagged(make, question, log_ratio, se, measure) -> None:
    numbers = [f"{math.exp(log_ratio + k * se):.2f}" for k in (0, -Z, Z)]
    estimate, low, high = (float(text) for text in numbers)
    assume(low > 0 and low < estimate < high)
    p = two_sided(log_ratio / se)
    row = make.result(
        measure=measure,
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        p_value=f"{p:.3f}" if p >= 0.001 else "<0.001",
        quote=" ".join(numbers),
    )
    assert list(p_against_interval(make.base(row), question)) == []


def counts(make, a, n1, c, n2, p, **fields):
    given = {
        "events_treatment": a,
        "n_treatment": n1,
        "events_control": c,
        "n_control": n2,
        "p_value": p,
        "counts_from": "printed",
    }
    return make.result(**{**given, **fields})


def test_a_p_that_no_test_gives_is_an_error(make, question: Question) -> None:
    (found,) = p_against_counts(make.base(counts(make, 12, 15, 9, 15, "0.089")), question)
    assert found.severity == "error"
    assert "Fisher 0.427" in found.arithmetic
    assert "chi-square 0.232" in found.arithmetic


def test_a_one_sided_p_is_a_warning_that_says_so(make, question: Question) -> None:
    (found,) = p_against_counts(make.base(counts(make, 31, 57, 47, 65, "0.019")), question)
    assert found.severity == "warning"
    assert "one-sided Wald, risk difference (0.0188)" in found.arithmetic


def test_counts_worked_back_can_only_warn(make, question: Question) -> None:
    row = counts(make, 12, 15, 9, 15, "0.089", counts_from="percentages")
    assert [f.severity for f in p_against_counts(make.base(row), question)] == ["warning"]


def test_percentages_stand_in_for_counts(make, question: Question) -> None:
    row = make.result(
        n_treatment=15, percent_treatment=80, n_control=15, percent_control=60, p_value="0.089"
    )
    assert len(list(p_against_counts(make.base(row), question))) == 1


@pytest.mark.parametrize(
    "numbers",
    [(19, 29, 17, 29, "0.589"), (23, 29, 17, 29, "0.089"), (50, 75, 44, 78, "0.193")],
)
def test_p_values_that_fit_stay_silent(make, question: Question, numbers) -> None:
    assert list(p_against_counts(make.base(counts(make, *numbers)), question)) == []


@pytest.mark.parametrize(
    "fields", [{"adjusted": "yes"}, {"outcome": "death"}, {"measure": "HR"}, {"p_value": ""}]
)
def test_adjusted_and_time_to_event_rows_are_skipped(make, question: Question, fields) -> None:
    row = counts(make, 12, 15, 9, 15, "0.089").model_copy(update=fields)
    assert list(p_against_counts(make.base(row), question)) == []


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.data(),
    st.integers(0, 5),
    st.integers(1, 4),
)
def test_any_usual_test_is_accepted(make, question, n1, n2, data, which, decimals) -> None:
    a, c = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    tests = list(two_sided_tests(Table(a, n1, c, n2)).values())
    p = min(tests[which % len(tests)], 1.0)
    row = counts(make, a, n1, c, n2, f"{p:.{decimals}f}")
    assert list(p_against_counts(make.base(row), question)) == []
