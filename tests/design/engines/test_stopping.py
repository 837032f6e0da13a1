"""Stops found by the kernel are those of a plain loop over looks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.engines import bounds
from equipoise.design.engines.stopping import stops
from equipoise.synthesis.arrays import ArrayError

values = st.one_of(st.floats(-4, 4), st.just(math.nan))


@settings(max_examples=50)
@given(st.lists(values, min_size=4, max_size=4))
def test_a_plain_loop_stops_at_the_same_look(z: list[float]) -> None:
    upper, lower = [3.0, 2.5, 2.0, 1.5], [-1.0, 0.0, 0.5, 1.5]
    look, outcome = 3, 0
    for k in range(4):
        if z[k] >= upper[k]:
            look, outcome = k, 1
            break
        if k < 3 and z[k] <= lower[k]:
            look, outcome = k, 2
            break
    found = stops(np.array([z]), bounds(upper, lower))
    assert (found.look[0], found.outcome[0]) == (look, outcome)


def test_counts_and_values_at_the_stop() -> None:
    z = np.array([[3.0, 0.0], [0.0, 2.0], [-1.0, 9.0], [1.0, 1.0], [math.nan, 2.0]])
    found = stops(z, bounds([2.5, 2.0], [-0.5, -math.inf]))
    counts = found.counts(2)
    assert counts["rejected"].tolist() == [1, 2]
    assert counts["futile"].tolist() == [1, 0]
    assert counts["stopped"].tolist() == [2, 3]
    assert counts["success"] == 3
    assert found.at(np.array([10.0, 20.0])).tolist() == [10, 20, 10, 20, 20]
    estimates = found.estimates(z)
    assert estimates["estimate"].total == pytest.approx(3.0 + 2.0 - 1.0 + 1.0 + 2.0)
    assert estimates["estimate_if_success"].replicates == 3


def test_a_bound_met_exactly_is_met() -> None:
    found = stops(np.array([[2.0, 0.0], [-1.0, 0.0]]), bounds([2.0, 2.0], [-1.0, 0.0]))
    assert found.outcome.tolist() == [1, 2]


def test_bad_bounds_are_named_all_at_once() -> None:
    with pytest.raises(ArrayError) as caught:
        bounds([2.0, math.nan], [2.5, 0.0])
    assert [(p.row, p.field) for p in caught.value.problems] == [
        ("look 2", "upper"),
        ("look 1", "lower"),
    ]
    with pytest.raises(ArrayError, match="one of each a look"):
        bounds([2.0, 2.0], [0.0])
    with pytest.raises(ArrayError, match="shape"):
        stops(np.zeros((3, 2)), bounds([2.0]))
