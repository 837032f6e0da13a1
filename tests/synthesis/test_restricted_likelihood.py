"""The restricted likelihood: derivative, modes, and a guard against the wrong one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from equipoise.synthesis.restricted_likelihood import (
    modes,
    restricted_log_likelihood,
    slope,
    tau2_reml,
)

hard = st.lists(
    st.tuples(st.floats(-3, 3), st.floats(-3, 0.5).map(lambda x: 10.0**x)), min_size=2, max_size=13
).map(lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True)))


def best_of_grid(yi, vi):
    """The slow way: 2,000 log-spaced points and zero, the best polished."""
    grid = np.concatenate([[0.0], np.geomspace(1e-8, 1e4, 2000)])
    heights = [restricted_log_likelihood(yi, vi, t) for t in grid]
    i = int(np.argmax(heights))
    low, high = grid[max(i - 1, 0)], grid[min(i + 1, grid.size - 1)]
    found = minimize_scalar(
        lambda t: -restricted_log_likelihood(yi, vi, t), bounds=(low, high), method="bounded"
    )
    return max(heights[i], -found.fun)


@given(hard)
@settings(max_examples=150)
def test_no_grid_point_is_better(data):
    tau = tau2_reml(*data)
    assert restricted_log_likelihood(*data, tau.tau2) > best_of_grid(*data) - 1e-9


@given(hard, st.floats(0.01, 5))
def test_slope_is_twice_the_derivative(data, tau2):
    step = 1e-5 * tau2
    rise = restricted_log_likelihood(*data, tau2 + step) - restricted_log_likelihood(
        *data, tau2 - step
    )
    assert slope(*data, tau2) == pytest.approx(rise / step, rel=1e-4, abs=1e-4)


def test_two_modes_are_reported_with_both_values():
    yi, vi = np.array([0.152, 0.283, -1.86]), np.array([0.0017, 0.0019, 0.6704])
    assert len(modes(yi, vi)) == 2
    tau = tau2_reml(yi, vi)
    assert tau.status == "bimodal"
    assert tau.tau2 == pytest.approx(0.00782, abs=1e-5)
    assert "0.6215" in tau.message


def test_equal_variances_have_a_closed_form():
    yi = np.array([0.1, 0.9, -0.4, 1.7])
    vi = np.full(4, 0.2)
    assert tau2_reml(yi, vi).tau2 == pytest.approx(yi.var(ddof=1) - 0.2, rel=1e-12)
    assert tau2_reml(yi * 0.01, vi).status == "boundary"
