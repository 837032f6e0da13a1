"""Re-estimation in two stages: the level holds for every rule, and the zone is what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr

from equipoise.design.sequential import (
    ReestimationRule,
    Spending,
    combined_z,
    conditional_power,
    promising_zone,
    reestimation_characteristics,
    second_stage_bound,
    sequential_plan,
)
from equipoise.synthesis.arrays import ArrayError

OF = Spending("obrien-fleming")
PLAN = sequential_plan(OF, [0.5, 1.0])
FUTILE = sequential_plan(OF, [0.4, 1.0], futility=[0.2], binding=True)


@settings(max_examples=20, deadline=None)
@given(
    plan=st.sampled_from([PLAN, FUTILE]),
    power=st.floats(0.3, 0.95),
    largest=st.floats(0.7, 5.0),
    share=st.floats(0.0, 1.0),
    drift=st.sampled_from([float("nan"), 2.5]),
)
def test_the_level_holds_for_every_rule(plan, power, largest, share, drift):
    rule = ReestimationRule(plan, power, largest, share * power, drift)
    size = reestimation_characteristics(plan, rule).power
    assert size == pytest.approx(0.025, abs=1e-12)


def test_no_change_is_the_plan():
    def keep(z):
        return np.full(z.size, 0.5)

    for delta in (0.0, 1.5, 3.0):
        made = reestimation_characteristics(PLAN, keep, delta)
        assert made.power == pytest.approx(float(PLAN.power(delta)[0]), abs=1e-12)
        assert made.pooled_power == pytest.approx(made.power, abs=1e-12)
        exact = float(PLAN.expected_information(delta)[0])
        assert made.expected_information == pytest.approx(exact, abs=1e-12)


def test_a_simulation_agrees():
    rule = ReestimationRule(PLAN, 0.9, 1.5, 0.36)
    delta, n = 2.0, 40_000
    rng = np.random.default_rng(3)
    z1 = delta * np.sqrt(0.5) + rng.standard_normal(n)
    later = rule(z1)
    second = delta * np.sqrt(later) + rng.standard_normal(n)
    stopped = z1 >= PLAN.upper[0]
    wins = stopped | (combined_z(PLAN, z1, second) >= PLAN.upper[1])
    pooled = (np.sqrt(0.5) * z1 + np.sqrt(later) * second) / np.sqrt(0.5 + later)
    pooled_wins = stopped | (pooled >= PLAN.upper[1])
    used = np.where(stopped, 0.5, 0.5 + later)
    exact = reestimation_characteristics(PLAN, rule, delta)
    assert abs(wins.mean() - exact.power) < 4 * wins.std() / np.sqrt(n)
    assert abs(pooled_wins.mean() - exact.pooled_power) < 4 * pooled_wins.std() / np.sqrt(n)
    assert abs(used.mean() - exact.expected_information) < 4 * used.std() / np.sqrt(n)


def test_the_rule_reaches_the_power_it_aims_at_or_the_largest_information():
    rule = ReestimationRule(PLAN, 0.8, 1.4)
    z1 = np.linspace(0.2, 2.4, 60)
    later = rule(z1)
    drift = z1 / np.sqrt(0.5)
    power = ndtr(drift * np.sqrt(later) - second_stage_bound(PLAN, z1))
    grown = (later > 0.5 + 1e-12) & (later < 1.4 - 1e-12)
    assert grown.any()
    np.testing.assert_allclose(power[grown], 0.8, atol=1e-12)
    assert (power[later == 1.4] <= 0.8 + 1e-12).all()
    planned = conditional_power(PLAN, 1, z1)
    assert (planned[later == 0.5] >= 0.8 - 1e-12).all()


def test_unpromising_and_adverse_trends_add_nothing_or_the_most():
    careful = ReestimationRule(PLAN, 0.9, 2.0, 0.3)
    eager = ReestimationRule(PLAN, 0.9, 2.0)
    assert careful([-1.0, 0.1]).tolist() == [0.5, 0.5]
    assert eager([-1.0, 0.1]).tolist() == [2.0, 2.0]


@pytest.mark.parametrize("t1", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("largest", [1.0, 2.0, 10.0])
def test_from_the_promising_zone_on_the_pooled_statistic_keeps_the_level(t1, largest):
    plan = sequential_plan(OF, [t1, 1.0])
    zone = promising_zone(plan, 0.9, largest)
    # Chen, DeMets and Lan 2004: from one half on it always does.
    assert 0.0 < zone < 0.5
    inside = ReestimationRule(plan, 0.9, largest, zone)
    assert reestimation_characteristics(plan, inside).pooled_power <= 0.025
    eager = ReestimationRule(plan, 0.9, largest)
    assert reestimation_characteristics(plan, eager).pooled_power > 0.0255


def test_at_the_edge_of_the_zone_the_two_bounds_are_equal():
    zone = promising_zone(PLAN, 0.9, 1.5)
    at = brentq(lambda z1: conditional_power(PLAN, 1, z1)[0] - zone, 0.1, 2.0, xtol=1e-13)
    later = float(ReestimationRule(PLAN, 0.9, 1.5)(at)[0])
    pooled = (PLAN.upper[1] * np.sqrt(0.5 + later) - np.sqrt(0.5) * at) / np.sqrt(later)
    assert pooled == pytest.approx(float(second_stage_bound(PLAN, at)[0]), abs=1e-9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"plan": sequential_plan(OF, [1.0])}, "two looks and one side"),
        ({"plan": sequential_plan(OF, [0.5, 1.0], sided=2)}, "two looks and one side"),
        ({"power": 1.0}, "above 0 and below 1"),
        ({"largest": 0.3}, "0.5 or more"),
        ({"promising_from": 0.95}, "from 0 to"),
        ({"drift": np.inf}, "finite, or NaN"),
    ],
)
def test_what_cannot_be_used_is_refused(change, said):
    with pytest.raises(ArrayError, match=said):
        ReestimationRule(**({"plan": PLAN, "power": 0.9, "largest": 1.5} | change))


def test_a_rule_that_gives_no_information_is_refused():
    with pytest.raises(ArrayError, match="information above 0"):
        reestimation_characteristics(PLAN, lambda z: np.zeros(z.size))
    with pytest.raises(ArrayError, match="one for each statistic"):
        reestimation_characteristics(PLAN, lambda _: np.ones(3))
