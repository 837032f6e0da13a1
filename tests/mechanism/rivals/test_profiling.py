"""Profiles: a known quadratic, a plain grid, and likelihoods that hold nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.checkpoints import from_plain, to_plain
from equipoise.errors import InputError
from equipoise.mechanism.rivals import Profile, along, profile

START = {"a": 0.0, "b": 0.0, "c": 0.0}
GRID = np.linspace(-2.0, 4.0, 25)


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(0.2, 0.8), st.floats(-0.5, 1.5))
def test_the_profile_of_a_quadratic_is_the_marginal_normal(
    correlation: float, sd: float, centre: float
) -> None:
    """l = -(x - m)' S^-1 (x - m) / 2 has the profile -(a - m_a)^2 / (2 S_aa)."""
    covariance = np.array([[sd**2, correlation * sd], [correlation * sd, 1.0]])
    inverse, mean = np.linalg.inv(covariance), np.array([centre, 0.3])

    def density(x: np.ndarray) -> float:
        return 5.0 - 0.5 * float((x - mean) @ inverse @ (x - mean))

    found = profile(density, ["a", "b"], {"a": 0.0, "b": 0.0}, "a", GRID)
    exact = -0.5 * ((GRID - centre) / sd) ** 2
    assert found.values == pytest.approx(exact - exact.max(), abs=1e-5)
    regression = 0.3 + correlation / sd * (GRID - centre)
    assert [row[0] for row in found.others] == pytest.approx(regression, abs=2e-3)
    assert found.shape == "closed"
    assert found.converged
    assert found.low is not None
    assert found.high is not None
    assert found.low == pytest.approx(centre - 1.96 * sd, abs=0.12)  # the grid is 0.25 wide
    assert found.high == pytest.approx(centre + 1.96 * sd, abs=0.12)


def bent(x: np.ndarray) -> float:
    a, b, c = x
    return float(-((a - 1.0) ** 2) - 2.0 * (b - a**2 / 4) ** 2 - np.cosh(c - 0.5 * a))


def test_a_plain_search_over_a_fine_grid_gives_the_same() -> None:
    grid = np.linspace(-1.0, 3.0, 9)
    found = profile(bent, list("abc"), START, "a", grid)
    fine = np.linspace(-2.0, 3.0, 101)
    slow = np.array([max(bent(np.array([a, b, c])) for b in fine for c in fine) for a in grid])
    assert found.values == pytest.approx(slow - slow.max(), abs=2e-3)
    assert found.free == ("b", "c")


def test_what_only_a_product_holds_is_flat() -> None:
    def density(x: np.ndarray) -> float:
        return -0.5 * float((x[0] + x[1] - 1.0) ** 2) / 0.01

    found = profile(density, ["a", "b"], START, "a", GRID)
    assert found.shape == "flat"
    assert (found.low, found.high) == (None, None)
    assert found.values == pytest.approx(np.zeros(25), abs=1e-5)
    steps = np.array([-3.0, 0.0, 2.0])
    assert along(density, [0.4, 0.6], [1.0, -1.0], steps) == pytest.approx([0.0, 0.0, 0.0])
    assert along(density, [0.4, 0.6], [1.0, 0.0], steps) == pytest.approx([-450.0, 0.0, -200.0])


def test_a_threshold_is_one_sided() -> None:
    def density(x: np.ndarray) -> float:
        return -float(np.exp(3.0 * x[0]))

    found = profile(density, ["a"], START, "a", GRID)
    assert found.shape == "one-sided"
    assert found.low is None
    # it falls by 1.92 where exp(3 a) = 1.92 + exp(-6)
    assert found.high == pytest.approx(np.log(1.9207 + np.exp(-6.0)) / 3, abs=0.05)
    mirrored = profile(lambda x: density(-x), ["a"], START, "a", -GRID[::-1])
    assert mirrored.high is None
    assert mirrored.low == pytest.approx(-(found.high or 0.0))


def test_the_record_survives_a_checkpoint() -> None:
    found = profile(bent, list("abc"), START, "b", [-1.0, 0.0, 1.0])
    assert from_plain(Profile, json.loads(json.dumps(to_plain(found)))) == found


@pytest.mark.parametrize(("name", "grid"), [("z", [1, 2, 3]), ("a", [1, 2]), ("a", [1, 3, 2])])
def test_a_profile_of_nothing_is_a_problem(name: str, grid: list[float]) -> None:
    with pytest.raises(InputError):
        profile(bent, list("abc"), START, name, grid)
