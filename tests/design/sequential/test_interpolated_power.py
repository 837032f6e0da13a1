"""The interpolant of power: as good as it says, cheap, and refusing what it cannot."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.sequential import POCOCK, Spending, power_curve, powers, sequential_plan
from equipoise.errors import ComputationError
from equipoise.synthesis.arrays import ArrayError

OF = Spending("obrien-fleming")
PLANS = (
    sequential_plan(OF, np.arange(1, 6) / 5),
    sequential_plan(POCOCK, [0.1, 0.5, 1.0], alpha=0.05, sided=2),
    sequential_plan(OF, [0.2, 0.6, 1.0], futility=OF, beta=0.1, binding=True),
    sequential_plan(OF, [1.0]),
)


@settings(max_examples=12, deadline=None)
@given(
    plan=st.sampled_from(PLANS),
    low=st.floats(-8.0, 5.0),
    width=st.floats(0.1, 12.0),
    seed=st.integers(0, 9),
)
def test_the_error_is_as_certified(plan, low, width, seed):
    curve = power_curve(plan, low, low + width)
    drifts = low + width * np.random.default_rng(seed).random(40)
    assert curve.error <= 1e-10
    np.testing.assert_allclose(curve.power(drifts), plan.power(drifts), rtol=0, atol=1e-10)
    exact = plan.expected_information(drifts)
    np.testing.assert_allclose(curve.expected_information(drifts), exact, rtol=0, atol=1e-10)


@pytest.mark.parametrize("plan", PLANS)
def test_heavy_tails_are_constant_where_all_is_sure(plan):
    drifts = np.concatenate([np.random.default_rng(1).standard_cauchy(300), [-1e6, 1e6]])
    power, information = powers(plan, drifts)
    exact = plan.power(drifts)
    np.testing.assert_allclose(power, exact, rtol=0, atol=1e-10)
    assert power[-1] == pytest.approx(1.0, abs=1e-15)
    assert information[-1] == pytest.approx(plan.t[0], abs=1e-10)


def test_a_hundred_thousand_draws_take_less_than_a_second():
    drifts = np.random.default_rng(2).normal(2.0, 2.0, 100_000)
    powers(PLANS[0], drifts[:200])
    start = time.process_time()
    power, _ = powers(PLANS[0], drifts)
    assert time.process_time() - start < 1.0
    np.testing.assert_allclose(power[:50], PLANS[0].power(drifts[:50]), rtol=0, atol=1e-10)


def test_few_drifts_and_equal_drifts_are_exact():
    for drifts in (np.array([0.5, 1.0]), np.full(500, 1.5)):
        np.testing.assert_array_equal(powers(PLANS[0], drifts)[0], PLANS[0].power(drifts))


def test_what_cannot_be_used_is_refused():
    with pytest.raises(ArrayError, match="finite and above low"):
        power_curve(PLANS[0], 2.0, 2.0)
    with pytest.raises(ArrayError, match="1e-13 or more"):
        power_curve(PLANS[0], 0.0, 2.0, tolerance=1e-15)
    with pytest.raises(ArrayError, match="from 0 to 2"):
        power_curve(PLANS[0], 0.0, 2.0).power(2.5)
    with pytest.raises(ArrayError, match="finite"):
        powers(PLANS[0], [0.0, np.nan])
    with pytest.raises(ComputationError, match="narrower"):
        power_curve(PLANS[3], -1e6, 1e6)
