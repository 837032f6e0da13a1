"""Effect sizes: textbook examples, metafor's escalc, swapped arms, zero cells, bad input."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.synthesis.effect_sizes import (
    log_odds_ratio,
    log_ratio_of_means,
    log_risk_ratio,
    mean_difference,
    risk_difference,
    small_sample_factor,
    standardised_mean_difference,
)

BY_MEASURE = {
    "OR": log_odds_ratio,
    "RR": log_risk_ratio,
    "RD": risk_difference,
    "MD": mean_difference,
    "SMD": standardised_mean_difference,
    "ROM": log_ratio_of_means,
}
PINNED = Path(__file__).parents[2] / "validation" / "metafor" / "effect_sizes.csv"

tables = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))


@pytest.mark.parametrize(
    ("function", "yi", "vi"),
    [(log_odds_ratio, -0.7472, 0.3216), (log_risk_ratio, -0.6931, 0.2800),
     (risk_difference, -0.0500, 0.001375)],
)  # fmt: skip
def test_textbook_table(function, yi, vi):
    # Borenstein and others 2009, Introduction to Meta-Analysis, chapter 5: 5/100 v 10/100
    found = function(5, 100, 10, 100)
    assert found.yi[0] == pytest.approx(yi, abs=5e-5)
    assert found.vi[0] == pytest.approx(vi, abs=5e-5)


def test_textbook_means():
    # Borenstein and others 2009, chapter 4: means 103 and 100, SD 5.5 and 4.5, 50 in each arm
    found = standardised_mean_difference(103, 5.5, 50, 100, 4.5, 50)
    assert found.yi[0] == pytest.approx(0.5924, abs=5e-5)
    assert mean_difference(103, 5.5, 50, 100, 4.5, 50).yi[0] == 3.0


def test_small_sample_factor_against_its_usual_approximation():
    m = np.array([2.0, 10.0, 98.0, 1e6])
    np.testing.assert_allclose(small_sample_factor(m), 1 - 3 / (4 * m - 1), rtol=0.014)
    assert small_sample_factor(2.0) == pytest.approx(math.gamma(1) / math.gamma(0.5))


def test_agrees_with_escalc():
    with PINNED.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 74
    for row in rows:
        values = [float(row[f"x{i}"]) for i in range(1, 7) if row[f"x{i}"]]
        options = {"zero_cells": "half"} if row["measure"] in {"OR", "RR", "RD"} else {}
        found = BY_MEASURE[row["measure"]](*values, **options)
        assert found.yi[0] == pytest.approx(float(row["yi"]), rel=1e-10, abs=1e-12), row
        assert found.vi[0] == pytest.approx(float(row["vi"]), rel=1e-10), row


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@given(table=tables)
def test_swapping_arms_flips_the_sign_of_counts(measure, table):
    a, b, c, d = table
    one = BY_MEASURE[measure](a, a + b, c, c + d)
    other = BY_MEASURE[measure](c, c + d, a, a + b)
    assert one.yi[0] == pytest.approx(-other.yi[0], abs=1e-12)
    assert one.vi[0] == pytest.approx(other.vi[0], rel=1e-12)


@given(tables)
def test_counting_the_other_outcome_flips_the_odds_ratio(table):
    a, b, c, d = table
    event = log_odds_ratio(a, a + b, c, c + d)
    no_event = log_odds_ratio(b, a + b, d, c + d)
    assert event.yi[0] == pytest.approx(-no_event.yi[0], abs=1e-12)


@pytest.mark.parametrize("measure", ["MD", "SMD", "ROM"])
@given(
    st.floats(0.5, 50), st.floats(0.1, 9), st.integers(2, 90),
    st.floats(0.5, 50), st.floats(0.1, 9), st.integers(2, 90),
)  # fmt: skip
def test_swapping_arms_flips_the_sign_of_means(measure, m1, s1, n1, m2, s2, n2):
    one = BY_MEASURE[measure](m1, s1, n1, m2, s2, n2)
    other = BY_MEASURE[measure](m2, s2, n2, m1, s1, n1)
    assert one.yi[0] == pytest.approx(-other.yi[0], abs=1e-12)
    assert one.vi[0] == pytest.approx(other.vi[0], rel=1e-12)


def test_arrays_are_worked_out_element_by_element(bcg):
    whole = log_risk_ratio(*bcg)
    assert whole.yi.shape == whole.vi.shape == (13,)
    for i in range(13):
        alone = log_risk_ratio(*(column[i] for column in bcg))
        assert (alone.yi[0], alone.vi[0]) == (whole.yi[i], whole.vi[i])


def test_nothing_is_added_to_a_zero_cell_unasked():
    found = log_odds_ratio([0, 5], [20, 20], [3, 4], [20, 20])
    assert np.isnan(found.yi[0])
    assert np.isnan(found.vi[0])
    assert np.isfinite(found.yi[1])
    with pytest.raises(InputError, match="index 0"):
        log_odds_ratio([0, 5], [20, 20], [3, 4], [20, 20], zero_cells="refuse")
    half = log_odds_ratio([0, 5], [20, 20], [3, 4], [20, 20], zero_cells="half")
    assert half.yi[0] == pytest.approx(math.log(0.5 * 17.5 / (20.5 * 3.5)))
    assert half.yi[1] == found.yi[1]


@pytest.mark.parametrize("function", [log_odds_ratio, log_risk_ratio])
def test_a_double_zero_table_stays_silent_even_when_half_is_asked_for(function):
    assert np.isnan(function(0, 20, 0, 30, zero_cells="half").yi[0])
    assert np.isnan(function(20, 20, 30, 30, zero_cells="half").yi[0])


def test_risk_difference_keeps_a_single_zero_and_refuses_no_variance():
    assert risk_difference(0, 20, 5, 20).yi[0] == -0.25
    assert np.isnan(risk_difference(0, 20, 0, 20).vi[0])
    assert risk_difference(0, 20, 0, 20, zero_cells="half").vi[0] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((5, 4, 1, 4), "at most n_treatment"),
        ((-1, 4, 1, 4), "a count of 0 or more"),
        ((0, 0, 1, 4), "at least 1 patient"),
        (([1, 2], [5, 5], [1, 2, 3], [5, 5, 5]), "equal lengths"),
    ],
)
def test_impossible_tables_are_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        log_odds_ratio(*arguments)


def test_impossible_means_are_refused():
    with pytest.raises(InputError, match="standard deviation above 0"):
        mean_difference(1, 0, 10, 1, 1, 10)
    with pytest.raises(InputError, match="mean above 0"):
        log_ratio_of_means(-1, 1, 10, 1, 1, 10)
    with pytest.raises(InputError, match="nan, refuse, half"):
        log_odds_ratio(1, 4, 1, 4, zero_cells="auto")
