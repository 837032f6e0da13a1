"""Proven stretches: the sign holds on all of them, and they are not needlessly short."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis.certificates import (
    falling_reach,
    reach,
    rising_reach,
    rising_reach_left,
    step_to_root,
)
from equipoise.synthesis.likelihood_modes import sums_at

hard = st.lists(
    st.tuples(st.floats(-3, 3), st.floats(-3, 0.5).map(lambda x: 10.0**x)), min_size=2, max_size=9
).map(lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True)))


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.floats(0, 3))
def test_no_polynomial_falls_below_zero_within_its_reach(low, last):
    length = reach(*low, last)
    ends = np.linspace(0.0, min(length, 50.0), 400)
    if length > 0.0:
        assert np.polyval([last, *low[::-1]], ends).min() >= -1e-9


def test_reach_is_infinite_or_ends_near_the_root():
    assert reach(1.0, 1.0, 0.0, 0.0, 0.0) == math.inf
    assert reach(1.0, -1.0, 1.0, 0.0, 0.0) == math.inf
    assert reach(0.0, 1.0, 1.0, 1.0, 1.0) == 0.0
    assert reach(1.0, -1.0, 0.0, 0.0, 0.0) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("restricted", [True, False])
@given(data=hard, t=st.floats(0.0, 3.0))
@settings(max_examples=60)
def test_the_score_keeps_its_sign_over_a_proven_stretch(restricted, data, t):
    y, v = data[0] - data[0][np.argmin(data[1])], data[1]
    a, b, c, d, *_ = sums_at(y, v, t, restricted)
    if not a > 0.0:
        return
    u0, u1 = 1.0 / (v.max() + t), 1.0 / (v.min() + t)

    def signs(low, high):
        points = [sums_at(y, v, x, restricted) for x in np.linspace(low, high, 60)]
        return [p[0] - p[1] for p in points], 1e-9 * b

    if a < b:
        step = falling_reach(a, b, c, d, u0, u1, False)
        values, slack = signs(t, t + min(step, 1e3))
        assert max(values) <= slack
    elif a > b:
        values, slack = signs(t, t + rising_reach(a, b, c, d, u0, u1))
        assert min(values) >= -slack
        values, slack = signs(max(0.0, t - rising_reach_left(a, b, c, d, u0, u1, False)), t)
        assert min(values) >= -slack


def test_with_equal_variances_one_step_is_enough_and_proves_everything():
    y, v = np.array([0.0, 0.8, -0.5, 1.6]), np.full(4, 0.2)
    t = step_to_root(*sums_at(y, v, 0.0, True)[:4])
    assert t == pytest.approx(y.var(ddof=1) - 0.2, rel=1e-12)
    a, b, c, d, *_ = sums_at(y, v, t, True)
    u = 1.0 / (0.2 + t)
    assert falling_reach(a, b, c, d, u, u, True) == math.inf
    assert rising_reach_left(a, b, c, d, u, u, True) >= t
