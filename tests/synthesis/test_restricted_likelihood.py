"""The likelihood of tau2: derivative, modes, and a guard against the wrong one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from equipoise.synthesis import pool
from equipoise.synthesis.restricted_likelihood import (
    log_likelihood,
    modes,
    restricted_log_likelihood,
    slope,
)

HEIGHT = {"REML": restricted_log_likelihood, "ML": log_likelihood}

hard = st.lists(
    st.tuples(st.floats(-3, 3), st.floats(-3, 0.5).map(lambda x: 10.0**x)), min_size=2, max_size=13
).map(lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True)))


def best_of_grid(yi, vi, height):
    """The slow way: 800 log-spaced points and zero, the best polished."""
    grid = np.concatenate([[0.0], np.geomspace(1e-8, 1e4, 800)])
    heights = [height(yi, vi, t) for t in grid]
    i = int(np.argmax(heights))
    low, high = grid[max(i - 1, 0)], grid[min(i + 1, grid.size - 1)]
    found = minimize_scalar(lambda t: -height(yi, vi, t), bounds=(low, high), method="bounded")
    return max(heights[i], -found.fun)


@pytest.mark.parametrize("method", ["REML", "ML"])
@given(data=hard)
@settings(max_examples=15)
def test_no_grid_point_is_better(method, data):
    found = pool(*data, method=method)
    height = HEIGHT[method]
    assert height(*data, found.tau2) > best_of_grid(*data, height) - 1e-9
    assert found.loglik == pytest.approx(height(*data, found.tau2), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("method", ["REML", "ML"])
@given(data=hard, tau2=st.floats(0.01, 5))
def test_slope_is_twice_the_derivative(method, data, tau2):
    step, height = 1e-5 * tau2, HEIGHT[method]
    rise = height(*data, tau2 + step) - height(*data, tau2 - step)
    found = slope(*data, tau2, restricted=method == "REML")
    assert found == pytest.approx(rise / step, rel=1e-4, abs=1e-4)


def test_two_modes_are_reported_with_both_values():
    yi, vi = np.array([0.152, 0.283, -1.86]), np.array([0.0017, 0.0019, 0.6704])
    assert len(modes(yi, vi)) == 2
    found = pool(yi, vi)
    assert found.status == "bimodal"
    assert found.tau2 == pytest.approx(0.00782, abs=1e-5)
    assert "0.6215" in found.message


def test_the_full_likelihood_can_have_two_modes_as_well():
    # Two precise trials that agree, one rough trial far away, in a scale that balances them.
    yi, vi = np.array([0.0, 0.10, 3.2]), np.array([0.0017, 0.0019, 0.6704])
    found = pool(yi, vi, method="ML")
    assert (found.status, len(modes(yi, vi, restricted=False))) == ("bimodal", 2)
    assert found.message.startswith("The likelihood has more than one maximum")


def test_equal_variances_have_a_closed_form():
    yi = np.array([0.1, 0.9, -0.4, 1.7])
    vi = np.full(4, 0.2)
    assert pool(yi, vi).tau2 == pytest.approx(yi.var(ddof=1) - 0.2, rel=1e-12)
    assert pool(yi, vi, method="ML").tau2 == pytest.approx(yi.var() - 0.2, rel=1e-12)
    assert pool(yi * 0.01, vi).status == "boundary"


def test_a_march_over_twelve_decades_ends():
    yi, vi = np.array([0.3, 0.1, 0.7, 5.0]), np.array([1e-22, 1e-12, 1.0, 2.0])
    for method in ("REML", "ML"):
        found = pool(yi, vi, method=method)
        assert found.status in {"converged", "boundary", "bimodal"}
        grid = [0.0, *np.geomspace(1e-26, 1e4, 3000)]
        height = HEIGHT[method]
        assert height(yi, vi, found.tau2) > max(height(yi, vi, t) for t in grid) - 1e-8
