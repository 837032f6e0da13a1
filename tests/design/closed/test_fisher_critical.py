"""Fisher's product: published values, a plain simulation, and the shape of the critical values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.closed import fisher_bounds, full_level_bounds, stage_probabilities


def test_bauer_and_kohne_1994_table_1() -> None:
    """c = 0.0038 at level 0.025 and 0.0087 at 0.05; with alpha0 = 0.5, alpha1 = 0.0102."""
    assert full_level_bounds(2, 0.025)[0] == pytest.approx(0.0038, abs=5e-5)
    assert full_level_bounds(2, 0.05)[0] == pytest.approx(0.0087, abs=5e-5)
    c = full_level_bounds(2, 0.025)[0]
    spent = stage_probabilities(np.array([0.0102, c]), np.array([0.5]))
    assert spent.sum() == pytest.approx(0.025, abs=1e-4)


def test_two_stages_in_closed_form() -> None:
    c1, c2, a = 0.01, 0.004, 0.6
    assert stage_probabilities(np.array([c1, c2]), np.array([a])).tolist() == pytest.approx(
        [c1, c2 * np.log(a / c1)], rel=1e-13
    )


def test_against_plain_simulation() -> None:
    p = np.random.default_rng(4).random((400_000, 3))
    c, a = [0.02, 0.03, 0.001], [0.6, 0.4]
    alive, found = np.ones(len(p), dtype=bool), []
    for k in range(3):
        hit = alive & (p[:, : k + 1].prod(axis=1) <= c[k])
        found.append(hit.mean())
        alive &= ~hit
        if k < 2:
            alive &= p[:, k] <= a[k]
    exact = stage_probabilities(np.array(c), np.array(a))
    error = np.sqrt(exact * (1 - exact) / len(p))
    assert np.all(np.abs(np.array(found) - exact) < 4 * error)


@settings(max_examples=8)
@given(steps=st.lists(st.floats(1e-5, 0.02), min_size=1, max_size=4))
def test_bounds_spend_what_they_should(steps: list[float]) -> None:
    spent = np.cumsum(steps)
    np.testing.assert_allclose(stage_probabilities(fisher_bounds(spent)), steps, rtol=1e-9)
