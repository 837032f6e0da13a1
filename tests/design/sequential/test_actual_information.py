"""Bounds at the information that came: a printed trial, and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipoise.design.sequential import (
    OBRIEN_FLEMING,
    POCOCK,
    HaybittlePeto,
    Spending,
    exit_probabilities,
    sequential_plan,
    with_information,
)
from equipoise.synthesis.arrays import ArrayError

SQUARE = Spending("kim-demets", 2.0)
OF = Spending("obrien-fleming")
FIFTHS = np.arange(1, 6) / 5


def test_a_printed_trial():
    # Jennison and Turnbull 2013, tables 25.2 and 25.3: one-sided 2.5 %, power 0.8 at 0.5, both
    # errors spent as t^2; largest information 34.48 (binding) or 35.58; then monitored.
    # The last bound there is that of a look that is not the last.
    plan = sequential_plan(SQUARE, FIFTHS, futility=SQUARE, beta=0.2, binding=True)
    assert (plan.drift / 0.5) ** 2 == pytest.approx(34.48, abs=0.005)
    free = sequential_plan(SQUARE, FIFTHS, futility=SQUARE, beta=0.2)
    assert (free.drift / 0.5) ** 2 == pytest.approx(35.58, abs=0.005)
    information = np.array([5.43, 12.58, 21.11, 30.55, 33.28])
    seen = with_information(plan, information / (plan.drift / 0.5) ** 2)
    np.testing.assert_allclose(seen.upper, [3.23, 2.76, 2.44, 2.16, 2.14], atol=0.0051)


@pytest.mark.parametrize("family", [OF, SQUARE, OBRIEN_FLEMING, POCOCK, HaybittlePeto(3.2)])
@pytest.mark.parametrize("sided", [1, 2])
def test_the_planned_information_gives_the_planned_bounds(family, sided):
    plan = sequential_plan(family, FIFTHS, sided=sided)
    same = with_information(plan, FIFTHS)
    np.testing.assert_allclose(same.upper, plan.upper, atol=1e-10)
    np.testing.assert_allclose(same.lower, plan.lower, atol=1e-10)
    part = with_information(plan, FIFTHS[:3])
    np.testing.assert_allclose(part.upper, plan.upper[:3], atol=1e-10)


@settings(max_examples=20, deadline=None)
@given(
    gaps=st.lists(st.floats(0.05, 0.6), min_size=1, max_size=5),
    family=st.sampled_from([OF, SQUARE, OBRIEN_FLEMING, POCOCK]),
    sided=st.sampled_from([1, 2]),
)
@example(gaps=[0.25, 0.125, 0.5, 0.5], family=POCOCK, sided=1)  # more looks than planned
@example(gaps=[0.05] * 4 + [0.6, 0.6], family=POCOCK, sided=2)
def test_the_last_look_spends_all_that_is_left(gaps, family, sided):
    planned = np.array([0.3, 0.7, 1.0])
    plan = sequential_plan(family, planned, sided=sided)
    t = np.cumsum(gaps)
    t = t[: np.searchsorted(t, 1.0) + 1]
    seen = with_information(plan, t, final=True)
    up, down = exit_probabilities(t, seen.upper, seen.lower)
    size = up.sum() + (down.sum() if sided == 2 else 0.0)
    if np.isfinite(seen.upper[-1]):
        assert size == pytest.approx(0.025, abs=1e-12)
    else:
        assert size <= 0.025 + 1e-12


def test_bounds_that_were_applied_stand_and_the_next_spends_the_rest():
    plan = sequential_plan(OF, [0.5, 1.0])
    seen = with_information(plan, [0.55, 1.2], used=[plan.upper[0]])
    assert seen.upper[0] == plan.upper[0]
    assert seen.alpha_spent[-1] == pytest.approx(0.025, abs=1e-13)
    exact = with_information(plan, [0.55, 1.2])
    assert exact.upper[0] < plan.upper[0]
    assert exact.upper[1] > seen.upper[1]


def test_nothing_is_left_after_too_much_was_spent():
    plan = sequential_plan(OF, [0.5, 1.0])
    seen = with_information(plan, [0.5, 1.0], used=[1.5])
    assert seen.upper[1] == np.inf


def test_futility_follows_the_information():
    plan = sequential_plan(OF, [0.3, 0.6, 1.0], futility=[-0.5, 0.4], binding=True)
    interim = with_information(plan, [0.35])
    np.testing.assert_array_equal(interim.lower, [-0.5])
    ended = with_information(plan, [0.35, 0.8], final=True)
    assert ended.lower.tolist() == [-0.5, ended.upper[-1]]
    both = sequential_plan(OF, [0.3, 0.6, 1.0], futility=SQUARE, beta=0.1)
    later = with_information(both, [0.35, 0.7])
    assert later.beta_spent == pytest.approx([0.1 * 0.35**2, 0.1 * 0.7**2], abs=1e-12)
    assert later.alpha_spent[-1] < 0.025


@pytest.mark.parametrize(
    ("t", "change", "said"),
    [
        ([0.5, 0.4], {}, "look 2, t"),
        ([1.0, 1.2], {}, "below 1 at every look but the last"),
        ([0.5, 0.8], {"used": [2.9, 2.5]}, "fewer than the 2 looks"),
        ([0.5, 0.8], {"used": [-2.0]}, "a bound above 0"),
        ([np.nan], {}, "look 1, t"),
    ],
)
def test_what_cannot_be_used_is_refused(t, change, said):
    plan = sequential_plan(OF, [0.5, 1.0])
    with pytest.raises(ArrayError, match=said):
        with_information(plan, t, **change)


def test_spending_known_only_at_the_planned_looks_cannot_move():
    plan = sequential_plan(Spending("user", cumulative=(0.01, 0.025)), [0.5, 1.0])
    assert with_information(plan, [0.5]).upper == pytest.approx(plan.upper[:1])
    with pytest.raises(ArrayError, match="share function"):
        with_information(plan, [0.6])


def test_a_plan_made_anew_can_be_made_anew_again():
    plan = sequential_plan(OF, [0.3, 0.6, 1.0], futility=[-0.5, 0.4])
    assert plan.futility == (-0.5, 0.4)
    once = with_information(plan, [0.35, 0.7])
    again = with_information(once, [0.35, 0.7, 1.1], used=once.upper)
    direct = with_information(plan, [0.35, 0.7, 1.1])
    np.testing.assert_allclose(again.upper, direct.upper, atol=1e-10)
    np.testing.assert_array_equal(again.lower, [-0.5, 0.4, again.upper[-1]])


def test_more_looks_than_futility_bounds_are_refused():
    plan = sequential_plan(OF, [0.5, 1.0], futility=[0.0])
    with pytest.raises(ArrayError, match="as many as futility bounds"):
        with_information(plan, [0.3, 0.6])
