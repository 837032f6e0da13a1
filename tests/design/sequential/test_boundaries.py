"""Bounds: printed tables, a pinned value to the last digit, and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.sequential import (
    OBRIEN_FLEMING,
    POCOCK,
    HaybittlePeto,
    Spending,
    WangTsiatis,
    exit_probabilities,
    sequential_plan,
)
from equipoise.synthesis.arrays import ArrayError

OF, PO = Spending("obrien-fleming"), Spending("pocock")


def equal_looks(k):
    return np.arange(1, k + 1) / k


# Jennison and Turnbull 2000, table 2.1 (p. 26): constants of Pocock's test, two-sided.
POCOCK_CONSTANTS = {
    0.01: {2: 2.772, 3: 2.873, 4: 2.939, 5: 2.986, 10: 3.117},
    0.05: {2: 2.178, 3: 2.289, 4: 2.361, 5: 2.413, 10: 2.555},
    0.1: {2: 1.875, 3: 1.992, 4: 2.067, 5: 2.122, 10: 2.270},
}
# The same, table 2.3 (p. 31): constants of O'Brien and Fleming's test.
OBRIEN_FLEMING_CONSTANTS = {
    0.01: {2: 2.580, 3: 2.595, 4: 2.609, 5: 2.621},
    0.05: {2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 10: 2.087},
    0.1: {2: 1.678, 3: 1.710, 4: 1.733, 5: 1.751},
}
# The same, tables 2.2 and 2.4 (pp. 27, 32): largest over fixed information, two-sided 5 %.
INFLATION = {
    (POCOCK, 0.8): {2: 1.110, 3: 1.166, 4: 1.202, 5: 1.229},
    (POCOCK, 0.9): {2: 1.100, 3: 1.151, 4: 1.183, 5: 1.207},
    (OBRIEN_FLEMING, 0.8): {2: 1.008, 3: 1.017, 4: 1.024, 5: 1.028},
    (OBRIEN_FLEMING, 0.9): {2: 1.007, 3: 1.016, 4: 1.022, 5: 1.026},
}
# The same, table 7.6 (p. 164): one-sided 5 %, both errors spent as t^rho, futility binding.
ERROR_SPENDING_INFLATION = {
    (2, 2, 0.2): 1.043,
    (2, 3, 0.2): 1.070,
    (2, 4, 0.2): 1.087,
    (2, 5, 0.2): 1.098,
    (3, 5, 0.2): 1.045,
    (2, 5, 0.1): 1.100,
    (3, 5, 0.05): 1.050,
    (3, 10, 0.05): 1.069,
}


@pytest.mark.parametrize(
    ("family", "table"), [(POCOCK, POCOCK_CONSTANTS), (OBRIEN_FLEMING, OBRIEN_FLEMING_CONSTANTS)]
)
def test_printed_constants(family, table):
    for alpha, row in table.items():
        for k, printed in row.items():
            plan = sequential_plan(family, equal_looks(k), alpha=alpha, sided=2)
            assert plan.constant == pytest.approx(printed, abs=5.1e-4)


def test_printed_inflation_factors():
    for (family, power), row in INFLATION.items():
        for k, printed in row.items():
            plan = sequential_plan(family, equal_looks(k), alpha=0.05, sided=2)
            assert plan.inflation_factor(power) == pytest.approx(printed, abs=6e-4)


def test_printed_error_spending_inflation_factors():
    for (rho, k, beta), printed in ERROR_SPENDING_INFLATION.items():
        spends = Spending("kim-demets", rho)
        plan = sequential_plan(
            spends, equal_looks(k), alpha=0.05, futility=spends, beta=beta, binding=True
        )
        assert plan.inflation_factor(1 - beta) == pytest.approx(printed, abs=5.1e-4)


def test_the_second_bound_to_the_last_digit():
    # mpmath, 30 digits; recipe in validation/rpact/README.md
    plan = sequential_plan(OF, [1 / 3, 2 / 3, 1])
    assert plan.upper[1] == pytest.approx(2.51142748126954377, abs=1e-12)


@pytest.mark.slow
def test_a_thousand_looks_spend_the_level():
    t = equal_looks(1000)
    plan = sequential_plan(OF, t)
    assert np.isinf(plan.upper[:3]).all()
    assert np.isfinite(plan.upper[3:]).all()
    assert (np.diff(plan.upper[3:]) < 0.0).all()
    assert plan.alpha_spent[-1] == pytest.approx(0.025, abs=1e-12)
    # mpmath: 2 - 2 Phi(z_{0.0125} / sqrt 0.5)
    assert plan.alpha_spent[499] == pytest.approx(0.00152532275798890906, rel=1e-10)


families = st.sampled_from(
    [
        OF,
        PO,
        Spending("hwang-shih-decani", -3.0),
        Spending("kim-demets", 2.0),
        OBRIEN_FLEMING,
        POCOCK,
        WangTsiatis(0.2),
        HaybittlePeto(3.5),
    ]
)
gaps = st.lists(st.floats(0.05, 1.0), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None)
@given(family=families, gaps=gaps, alpha=st.floats(0.01, 0.3), sided=st.sampled_from([1, 2]))
def test_every_plan_spends_exactly_its_level(family, gaps, alpha, sided):
    t = np.cumsum(gaps) / np.sum(gaps)
    t[-1] = 1.0
    plan = sequential_plan(family, t, alpha=alpha, sided=sided)
    up, down = exit_probabilities(t, plan.upper, plan.lower if sided == 2 else None)
    size = up.sum() + down.sum() if sided == 2 else up.sum()
    assert size == pytest.approx(alpha, abs=1e-12)
    assert (np.diff(plan.alpha_spent) >= 0.0).all()


@settings(max_examples=10, deadline=None)
@given(
    gaps=gaps,
    alpha=st.sampled_from([0.01, 0.025, 0.1]),
    beta=st.floats(0.05, 0.4),
    binding=st.booleans(),
)
def test_beta_spending_meets_level_and_power(gaps, alpha, beta, binding):
    t = np.cumsum(gaps) / np.sum(gaps)
    t[-1] = 1.0
    plan = sequential_plan(OF, t, alpha=alpha, futility=PO, beta=beta, binding=binding)
    assert float(plan.power(plan.drift)[0]) == pytest.approx(1.0 - beta, abs=1e-10)
    assert plan.alpha_spent[-1] == pytest.approx(alpha, abs=1e-12)
    assert plan.beta_spent[-1] == pytest.approx(beta, abs=1e-10)
    assert plan.lower[-1] == plan.upper[-1]
    assert plan.drift_for_power(1.0 - beta) == pytest.approx(plan.drift, abs=1e-9)
    obeyed = float(plan.power(0.0)[0])
    assert obeyed == pytest.approx(alpha, abs=1e-12) if binding else obeyed <= alpha + 1e-14


def test_more_looks_never_raise_the_power_at_the_same_information():
    for family in (OF, PO, OBRIEN_FLEMING, POCOCK):
        powers = [
            float(sequential_plan(family, equal_looks(k)).power(2.8)[0]) for k in (1, 2, 3, 4, 6)
        ]
        assert (np.diff(powers) < 0.0).all()


def test_power_rises_with_effect_and_level_and_information_falls_behind_a_fixed_test():
    plan = sequential_plan(OF, equal_looks(4))
    assert (np.diff(plan.power(np.linspace(-3, 6, 40))) > 0.0).all()
    levels = [float(sequential_plan(OF, [0.5, 1], alpha=a).power(2.0)[0]) for a in (0.01, 0.1)]
    assert levels[0] < levels[1]
    spent = plan.expected_information([-9.0, 0.0, 3.0, 30.0])
    assert spent[0] == pytest.approx(1.0)
    assert (np.diff(spent) < 0.0).all()
    assert spent[-1] == pytest.approx(0.25)


def test_two_sided_bounds_are_those_of_half_the_level_unless_the_sides_meet():
    one = sequential_plan(OF, equal_looks(3), alpha=0.025)
    two = sequential_plan(OF, equal_looks(3), alpha=0.05, sided=2)
    np.testing.assert_allclose(two.upper, one.upper, atol=1e-7)
    np.testing.assert_array_equal(two.lower, -two.upper)


def test_binding_futility_lowers_the_efficacy_bound_and_other_futility_does_not():
    t = equal_looks(3)
    free = sequential_plan(OF, t)
    obeyed = sequential_plan(OF, t, futility=[0.0, 0.8], binding=True)
    advised = sequential_plan(OF, t, futility=[0.0, 0.8])
    assert obeyed.upper[-1] < free.upper[-1]
    np.testing.assert_array_equal(advised.upper, free.upper)
    assert float(advised.power(3.0)[0]) < float(free.power(3.0)[0])


def test_beta_spending_stands_beside_classical_bounds():
    plan = sequential_plan(POCOCK, equal_looks(3), futility=PO, beta=0.1)
    free = sequential_plan(POCOCK, equal_looks(3))
    np.testing.assert_allclose(plan.upper, free.upper, atol=1e-12)
    assert float(plan.power(plan.drift)[0]) == pytest.approx(0.9, abs=1e-10)


def test_a_plan_may_claim_nothing_before_the_end():
    plan = sequential_plan(HaybittlePeto(np.inf), equal_looks(3), futility=[0.0, 0.5])
    assert plan.upper.tolist() == [np.inf, np.inf, pytest.approx(1.959963984540054, abs=1e-12)]
    assert plan.expected_information(-9.0)[0] == pytest.approx(1 / 3)


def test_looks_that_nearly_coincide_are_one_look():
    apart = sequential_plan(PO, [0.5, 0.500001, 1.0])
    once = sequential_plan(PO, [0.500001, 1.0])
    assert apart.upper[-1] == pytest.approx(once.upper[-1], abs=1e-3)
    assert apart.alpha_spent[-1] == pytest.approx(0.025, abs=1e-12)
    with pytest.raises(ArrayError, match="look 2, t"):
        sequential_plan(PO, [0.5, 0.5 + 1e-8, 1.0])


@pytest.mark.parametrize("family", [POCOCK, OBRIEN_FLEMING])
def test_an_early_look_that_spends_almost_nothing_leaves_the_constant(family):
    plan = sequential_plan(family, [1e-5, 1.0], alpha=1e-5)
    assert plan.alpha_spent[-1] == pytest.approx(1e-5, rel=1e-10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"alpha": 0.5}, "above 0 and below 0.5"),
        ({"alpha": 0.0}, "above 0 and below 0.5"),
        ({"alpha": np.nan}, "above 0 and below 0.5"),
        ({"sided": 3}, "1 or 2"),
        ({"t": [0.5, 0.4, 1.0]}, "look 2, t"),
        ({"t": [0.5, 0.9]}, "allowed: 1 at the last"),
        ({"t": [np.nan, 1.0]}, "look 1, t"),
        ({"sided": 2, "futility": [0.0]}, "no futility in a two-sided test"),
        ({"futility": [0.0, 0.0]}, "1, one for every look but the last"),
        ({"futility": [np.nan]}, "look 1, futility"),
        ({"futility": [4.0], "binding": True}, "below the efficacy bound"),
        ({"futility": OF}, "above 0, below 1 - alpha"),
        ({"family": POCOCK, "futility": OF, "beta": 0.2, "binding": True}, "alpha spending when"),
        ({"family": WangTsiatis(np.nan)}, "from -10 to 1"),
        ({"family": HaybittlePeto(-1.0)}, "above 0"),
        ({"family": HaybittlePeto(1.5)}, "leaves some of the level"),
    ],
)
def test_what_cannot_be_used_is_refused(change, said):
    given = {"family": OF, "t": [0.5, 1.0]} | change
    with pytest.raises(ArrayError, match=said):
        sequential_plan(given.pop("family"), given.pop("t"), **given)


def test_all_problems_are_told_at_once():
    with pytest.raises(ArrayError) as caught:
        sequential_plan(OF, [0.5, 1.0], alpha=0.7, sided=2, futility=OF, beta=2.0)
    assert len(caught.value.problems) == 3


def test_a_level_that_binding_futility_leaves_nobody_to_spend_is_refused():
    late = Spending("user", cumulative=(1e-6, 0.2))
    with pytest.raises(ArrayError, match="no bound"):
        sequential_plan(late, [0.5, 1.0], alpha=0.2, futility=[2.5], binding=True)


def test_a_power_that_no_plan_has_is_refused():
    plan = sequential_plan(OF, [0.5, 1.0])
    for power in (0.02, 1.0, np.nan):
        with pytest.raises(ArrayError, match="above the level"):
            plan.drift_for_power(power)
