"""Printed numbers stand for ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.evidence.printed import (
    Range,
    counts_with_percent,
    decimals_in,
    decimals_of,
    parse_p,
    rounding,
    rounding_of_interval,
    truncated_p,
    truncation,
)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.026", 0.0255, 0.0265),
        ("0.700", 0.6995, 0.7005),
        ("<0.001", 0.0, 0.001),
        ("≤0.05", 0.0, 0.05),
        (">0.05", 0.05, 1.0),
        (".04", 0.035, 0.045),
        ("0,04", 0.035, 0.045),
        ("P = 0.5", 0.45, 0.55),
        ("1.0", 0.95, 1.0),
        ("0", 0.0, 0.5),
        ("2e-5", 1.5e-5, 2.5e-5),
    ],
)
def test_a_printed_p_is_a_range(text: str, low: float, high: float) -> None:
    found = parse_p(text)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["", "NS", "not significant", "5", "0.04 (trend)"])
def test_what_is_not_a_p_is_none(text: str) -> None:
    assert parse_p(text) is None


def test_a_cut_off_p_lies_above_the_digits() -> None:
    found = truncated_p("0.019")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.019, 0.020))
    assert truncated_p("<0.05") is None
    assert truncated_p("n.s.") is None


@pytest.mark.parametrize(
    ("value", "quote", "decimals"),
    [
        (0.7, "", 1),
        (0.7, "HR 1.21 (0.70-2.12)", 2),
        (12.0, "12% and 27.0%", 0),
        (0.51, "0.51 and 0.510", 2),
        (-26.1, "CI, -26.1% to 8.4%", 1),
        (-26.1, "CI, −26.10% to 8.4%", 2),
        (0.085, "95% CI 0,085-4,284", 3),
        (0.3, "1.30", 1),
        (5e-7, "", 7),
    ],
)
def test_the_quote_knows_trailing_zeros(value: float, quote: str, decimals: int) -> None:
    assert decimals_in(value, quote) == decimals


def test_decimals_of_text() -> None:
    assert [decimals_of(t) for t in ("0.70", "15", "2e-3", "1,5")] == [2, 0, 3, 1]


def test_the_smaller_end_has_no_fewer_decimals() -> None:
    low, high = rounding_of_interval(0.7, 2.12)
    assert (low.low, low.high) == pytest.approx((0.695, 0.705))
    low, high = rounding_of_interval(1.88, 15.3)
    assert (high.low, high.high) == pytest.approx((15.25, 15.35))
    low, high = rounding_of_interval(-15.25, -0.8)
    assert (high.low, high.high) == pytest.approx((-0.805, -0.795))


def test_the_quote_wins_over_the_other_end() -> None:
    low, _ = rounding_of_interval(0.7, 2.12, "0.7 to 2.12")
    assert (low.low, low.high) == pytest.approx((0.65, 0.75))


def test_truncation_runs_away_from_zero() -> None:
    assert truncation(16.6).holds(16.67)
    assert not truncation(16.6).holds(16.59)
    assert truncation(-1.5).holds(-1.55)


def test_ranges_meet_at_their_ends() -> None:
    assert Range(0, 1).meets(Range(1, 2))
    assert not Range(0, 1).meets(Range(1.001, 2))
    assert Range(0, 1).holds(1.0)


def test_counts_with_percent() -> None:
    assert counts_with_percent(66.7, 75) == (50,)
    assert counts_with_percent(56.4, 75) == ()
    assert counts_with_percent(31, 18) == ()
    assert len(counts_with_percent(50, 400)) == 5


@given(st.floats(-1000, 1000, allow_nan=False), st.integers(0, 4))
def test_a_rounded_number_stands_for_its_origin(x: float, decimals: int) -> None:
    assert rounding(float(f"{x:.{decimals}f}"), decimals=decimals).holds(x)


@given(st.integers(1, 500), st.data(), st.integers(0, 2))
def test_a_true_count_is_among_those_its_percent_allows(
    n: int, data: st.DataObject, decimals: int
) -> None:
    k = data.draw(st.integers(0, n))
    text = f"{100 * k / n:.{decimals}f}"
    assert k in counts_with_percent(float(text), n, text + "%")
