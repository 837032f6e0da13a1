"""Tallies add over chunks, and their errors are those of their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.engines import Moments, Tally
from equipoise.synthesis.arrays import ArrayError


def tally(values: list[float]) -> Tally:
    x = np.array(values)
    return Tally(x.size, {"positive": np.array([(x > 0).sum()])}, {"x": Moments.of(x[:, None])})


@settings(max_examples=25)
@given(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=30),
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=30),
)
def test_the_tally_of_both_is_the_sum(a: list[int], b: list[int]) -> None:
    joint, added = tally([*a, *b]), tally([*a]) + tally([*b])
    assert added.replicates == joint.replicates
    assert added.counts["positive"] == joint.counts["positive"]
    assert added.moments["x"].total == joint.moments["x"].total
    assert added.moments["x"].squares == joint.moments["x"].squares


def test_mean_and_error_are_those_of_numpy() -> None:
    x = np.random.default_rng(2).normal(3.0, 0.5, 200)
    found = tally(list(x)).mean("x")
    assert found.value[0] == pytest.approx(x.mean(), rel=1e-12)
    assert found.mcse[0] == pytest.approx(x.std(ddof=1) / math.sqrt(200), rel=1e-10)


def test_a_replicate_without_the_number_does_not_count() -> None:
    found = Moments.of(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, 5.0]]))
    assert found.replicates.tolist() == [2, 1]
    assert found.mean().value.tolist() == [2.0, 5.0]
    assert found.mean().mcse[0] == pytest.approx(1.0)
    assert np.isnan(found.mean().mcse[1])
    assert np.isnan(Moments.of(np.full((2, 1), np.nan)).mean().value[0])


def test_the_rate_has_the_binomial_error() -> None:
    found = Tally(400, {"rejected": np.array([10, 0, 400])}, {}).rate("rejected")
    assert found.value.tolist() == [0.025, 0.0, 1.0]
    assert found.mcse[0] == pytest.approx(math.sqrt(0.025 * 0.975 / 400))
    assert found.mcse[1] == pytest.approx(found.mcse[2])
    assert found.mcse[1] == pytest.approx(math.sqrt(0.5 * 400.5) / 401 / 20)


def test_an_unknown_name_answers_with_those_there_are() -> None:
    with pytest.raises(ArrayError, match="positive"):
        tally([1.0]).rate("rejected")


def test_tallies_of_different_jobs_do_not_add() -> None:
    with pytest.raises(ArrayError, match="same names"):
        tally([1.0]) + Tally(1, {}, {})
