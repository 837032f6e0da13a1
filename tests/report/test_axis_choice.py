from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from equipoise.report.figures.axis_choice import choose_axis

far = st.floats(-1e4, 1e4)
ratios = st.floats(0.05, 20)


@given(st.lists(ratios, min_size=1, max_size=8), st.lists(st.floats(1e-6, 1e6), max_size=8))
def test_a_ratio_axis_holds_every_estimate_and_no_effect(
    estimates: list[float], ends: list[float]
) -> None:
    axis = choose_axis(estimates, ends, logarithmic=True)
    assert all(axis.inside(value) for value in (*estimates, 1.0))
    assert 1.0 in axis.ticks
    assert all(axis.inside(tick) for tick in axis.ticks)
    assert axis.ticks == tuple(sorted(axis.ticks))


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8), st.lists(far, max_size=8))
def test_a_difference_axis_holds_every_estimate_and_zero(
    estimates: list[float], ends: list[float]
) -> None:
    axis = choose_axis(estimates, ends, logarithmic=False)
    assert all(axis.low - 1e-9 <= value <= axis.high + 1e-9 for value in (*estimates, 0.0))
    assert 2 <= len(axis.ticks) <= 12


def test_an_interval_far_out_is_cut_and_the_estimate_is_not() -> None:
    axis = choose_axis([22.67, 1.2], [2.77, 185.18, 0.8, 1.9], logarithmic=True)
    assert axis.high < 30
    assert axis.clipped(185.18) == axis.high
    assert axis.high >= 1.3 * 22.67, "the arrow stands clear of the mark"


@given(st.lists(ratios, min_size=1, max_size=8), st.lists(st.floats(1e-6, 1e6), max_size=8))
def test_a_cut_interval_leaves_room_for_its_arrow(
    estimates: list[float], ends: list[float]
) -> None:
    axis = choose_axis(estimates, ends, logarithmic=True)
    if any(end > axis.high for end in ends):
        assert axis.high >= 1.3 * max(estimates) * (1 - 1e-12)
    if any(end < axis.low for end in ends):
        assert axis.low <= min(estimates) / 1.3 * (1 + 1e-12)


def test_missing_and_infinite_ends_are_ignored() -> None:
    axis = choose_axis([0.9], [math.nan, math.inf, 0.0], logarithmic=True)
    assert math.isfinite(axis.low)
    assert math.isfinite(axis.high)
