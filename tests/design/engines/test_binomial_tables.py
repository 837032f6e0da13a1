"""Counts by inversion are binomial, to the last comparison."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr

from equipoise.design.engines.binomial_tables import binomial_tables
from equipoise.synthesis.arrays import ArrayError


@settings(max_examples=25)
@given(st.integers(0, 300), st.floats(0.0, 1.0), st.integers(0, 10**6))
def test_counts_are_those_of_a_plain_search(n: int, rate: float, seed: int) -> None:
    drawn = binomial_tables([n], [rate]).draw(np.random.default_rng(seed), 50)[:, 0]
    uniforms = np.random.default_rng(seed).random(50)
    plain = []
    for u in uniforms:
        x = 0
        while x < n and bdtr(x, n, rate) <= u:
            x += 1
        plain.append(x)
    assert drawn.tolist() == plain


def test_frequencies_are_binomial() -> None:
    size = 200_000
    drawn = binomial_tables([7], [0.3]).draw(np.random.default_rng(3), size)[:, 0]
    expected = np.diff(bdtr(np.arange(8.0), 7, 0.3), prepend=0.0)
    found = np.bincount(drawn, minlength=8) / size
    assert np.all(np.abs(found - expected) < 4.0 * np.sqrt(expected * (1 - expected) / size))


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=25)
def test_a_larger_rate_gives_no_smaller_count(a: float, b: float) -> None:
    low, high = (
        binomial_tables([40], [p]).draw(np.random.default_rng(1), 100) for p in sorted((a, b))
    )
    assert np.all(low <= high)


def test_cells_come_in_order_and_certain_events_are_certain() -> None:
    drawn = binomial_tables([0, 5, 5], [0.5, 0.0, 1.0]).draw(np.random.default_rng(1), 20)
    assert np.all(drawn == [0, 0, 5])


def test_every_bad_cell_is_named() -> None:
    with pytest.raises(ArrayError) as caught:
        binomial_tables([10, -1, 2.5, np.nan], [1.5, 0.5, np.nan, 0.1])
    assert [(p.row, p.field) for p in caught.value.problems] == [
        ("cell 1", "n"),
        ("cell 2", "n"),
        ("cell 3", "n"),
        ("cell 0", "rate"),
        ("cell 2", "rate"),
    ]
