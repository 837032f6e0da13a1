"""Printed effects: each route undone by the route that made it, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, stdtr

from equipoise.errors import InputError
from equipoise.synthesis.printed_effects import (
    from_interval,
    from_observed_minus_expected,
    from_p_value,
    from_p_value_and_events,
)

log_ratios = st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3)
errors = st.floats(0.05, 2)


@given(log_ratios, errors, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_interval_gives_back_the_error_it_was_made_of(y, se, level):
    z = {0.8: 1.2815515655, 0.9: 1.6448536270, 0.95: 1.9599639845, 0.99: 2.5758293035}[level]
    limits = (math.exp(y - z * se), math.exp(y + z * se))
    found = from_interval(math.exp(y), *limits, level=level)
    np.testing.assert_allclose([found.yi[0], found.vi[0]], [y, se * se], rtol=1e-8)
    plain = from_interval(y, y - z * se, y + z * se, level=level, ratio=False)
    np.testing.assert_allclose([plain.yi[0], plain.vi[0]], [y, se * se], rtol=1e-8)


@given(log_ratios, errors)
def test_p_gives_back_the_error_it_was_made_of(y, se):
    p = 2 * ndtr(-abs(y / se))
    if p > 1e-12:
        found = from_p_value(math.exp(y), p)
        np.testing.assert_allclose([found.yi[0], found.vi[0]], [y, se * se], rtol=1e-4)


def test_p_of_a_t_test_uses_its_degrees_of_freedom():
    p = 2 * stdtr(10, -2.5)
    found = from_p_value(5.0, p, df=10, ratio=False)
    assert found.vi[0] == pytest.approx((5.0 / 2.5) ** 2)


def test_the_null_value_tells_nothing_of_the_error():
    assert np.isnan(from_p_value(1.0, 0.9).vi[0])
    assert np.isnan(from_p_value(0.8, 1.0).vi[0])


@given(st.floats(-20, 20), st.floats(0.5, 200))
def test_observed_minus_expected(o_minus_e, variance):
    found = from_observed_minus_expected(o_minus_e, variance)
    assert found.yi[0] == pytest.approx(o_minus_e / variance)
    assert found.vi[0] == pytest.approx(1 / variance)


@given(st.floats(1e-6, 0.999), st.integers(4, 900), st.sampled_from([-1, 1]), st.floats(0.2, 0.8))
def test_p_and_events(p, events, direction, allocation):
    found = from_p_value_and_events(p, events, direction, allocation=allocation)
    z = found.yi[0] / math.sqrt(found.vi[0])
    assert 2 * ndtr(-abs(z)) == pytest.approx(p, rel=1e-6)
    assert np.sign(found.yi[0]) == direction
    assert 1 / found.vi[0] == pytest.approx(events * allocation * (1 - allocation))


def test_equal_arms_have_a_quarter_of_the_events():
    # Parmar 1998, eq 8: V = events / 4 for equal arms
    assert from_p_value_and_events(0.05, 100, -1).vi[0] == pytest.approx(4 / 100)
    assert from_p_value_and_events(0.05, 100, -1).yi[0] == pytest.approx(-1.959964 / 5, abs=1e-6)


def test_a_tiny_p_keeps_its_digits():
    # pnorm(-8.5) and pt(-60, 30) of R, doubled
    assert from_p_value(0.5, 1.8959069644406e-17).vi[0] == pytest.approx((math.log(2) / 8.5) ** 2)
    found = from_p_value(6.0, 8.3113096135322e-33, df=30, ratio=False)
    assert found.vi[0] == pytest.approx(0.01, rel=1e-6)
    assert from_p_value_and_events(1.8959069644406e-17, 400, -1).yi[0] == pytest.approx(-0.85)


def test_events_by_arm_make_the_variance_their_product_over_their_sum():
    # Tierney 2007, method 6
    found = from_p_value_and_events(0.075, 485, -1, allocation=229 / 485)
    assert 1 / found.vi[0] == pytest.approx(229 * 256 / 485)


def test_nothing_gives_nothing():
    assert from_interval([], [], []).yi.size == 0
    assert from_p_value_and_events([], 10, -1).vi.size == 0


def test_everything_wrong_is_named_at_once():
    with pytest.raises(InputError, match="8 problems") as caught:
        from_interval([2, math.nan, 0.5, 0.5], [0.5, 0.5, 0.9, 0], [0.9, 0.9, 0.7, 0.9], level=95)
    for said in ("index 0, estimate: found '2.0'; allowed: between ci_low", "index 2, ci_high"):
        assert said in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: from_interval(0.9, 1.1, 0.8), "above ci_low"),
        (lambda: from_interval(0.9, -0.1, 1.8), "a ratio above 0"),
        (lambda: from_interval(0.9, 0.5, 1.8, level=95), "between 0 and 1"),
        (lambda: from_interval(2.0, 0.5, 0.9), "between ci_low and ci_high"),
        (lambda: from_p_value(0.9, 0.0), "exact"),
        (lambda: from_p_value(0.9, 0.1, df=0), "infinite for a normal"),
        (lambda: from_p_value(math.nan, 0.1, ratio=False), "a finite number"),
        (lambda: from_p_value_and_events(0.05, 0, -1), "at least 1 event"),
        (lambda: from_p_value_and_events(0.05, 10, 0), "-1 or 1"),
        (lambda: from_observed_minus_expected(1.0, 0.0), "a variance above 0"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()
