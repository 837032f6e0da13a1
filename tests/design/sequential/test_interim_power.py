"""Conditional and predictive power: closed forms, a slow version, rpact, and what must hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from equipoise.design.sequential import (
    POCOCK,
    Spending,
    conditional_power,
    exit_probabilities,
    predictive_power,
    sequential_plan,
)
from equipoise.synthesis.arrays import ArrayError

OF = Spending("obrien-fleming")
THIRDS = [1 / 3, 2 / 3, 1.0]
FOLDER = Path(__file__).resolve().parents[3] / "validation" / "rpact"
INTERIM = pd.read_csv(FOLDER / "sequential_interim.csv", dtype=str, keep_default_na=False)
VALUES = pd.read_csv(FOLDER / "sequential_values.csv")


def test_the_b_value_without_an_interim_bound():
    # Lan and Wittes 1988, 10.2307/2531870: at the trend B(1) is expected at z / sqrt t, so that
    # the power is Phi((z / sqrt t - z_alpha) / sqrt(1 - t)).
    never = Spending("user", cumulative=(0.0, 0.025))
    plan = sequential_plan(never, [0.5, 1.0])
    expected = ndtr((1.4 / np.sqrt(0.5) - 1.959963984540054) / np.sqrt(0.5))
    assert conditional_power(plan, 1, 1.4)[0] == pytest.approx(float(expected), abs=1e-14)


@pytest.mark.parametrize("row", INTERIM.index[INTERIM.planned != ""], ids=INTERIM.case.get)
def test_rpact_agrees(row):
    given = INTERIM.loc[row]
    z = [float(word) for word in given.z.split()]
    futility = [0.0, 0.5] if given.case == "asof3-futile" else None
    plan = sequential_plan(OF, THIRDS, futility=futility)
    drift = float(given.theta) * np.sqrt(90.0)
    theirs = VALUES[(VALUES.case == given.case) & (VALUES.quantity == "conditional_power")]
    ours = conditional_power(plan, len(z), z[-1], drift)
    assert ours[0] == pytest.approx(theirs.value.iloc[-1], abs=1e-6)


def test_one_look_left_is_closed_form():
    plan = sequential_plan(OF, [0.4, 1.0])
    z, delta = np.array([-1.0, 0.5, 2.0]), np.array([0.0, 2.0, 3.0])
    needed = plan.upper[1] - z * np.sqrt(0.4) - 0.6 * delta
    closed = ndtr(-needed / np.sqrt(0.6))
    np.testing.assert_allclose(conditional_power(plan, 1, z, delta), closed, rtol=1e-13)


@pytest.mark.parametrize("delta", [0.0, 2.0])
def test_it_averages_to_the_power_of_the_plan(delta):
    plan = sequential_plan(POCOCK, [0.3, 0.7, 1.0], futility=[0.1, 0.6])
    centre = delta * np.sqrt(0.3)

    def weighted(z):
        normal = np.exp(-0.5 * (z - centre) ** 2) / np.sqrt(2 * np.pi)
        return normal * conditional_power(plan, 1, z, delta)[0]

    later = quad(weighted, plan.lower[0], plan.upper[0], epsabs=1e-12)[0]
    up, _ = exit_probabilities(plan.t, plan.upper, plan.lower, delta)
    assert later == pytest.approx(up[1:].sum(), abs=1e-10)


def test_it_rises_with_the_statistic_and_the_drift():
    plan = sequential_plan(OF, [0.2, 0.5, 1.0])
    assert (np.diff(conditional_power(plan, 1, np.linspace(-2, 4, 30), 1.0)) > 0.0).all()
    assert (np.diff(conditional_power(plan, 1, 1.0, np.linspace(-2, 5, 30))) > 0.0).all()


@pytest.mark.parametrize(("mean", "sd"), [(0.0, np.inf), (1.0, 0.7), (2.0, 30.0), (-1.0, 1e-3)])
def test_predictive_power_with_one_look_left_is_closed_form(mean, sd):
    plan = sequential_plan(OF, [0.5, 1.0])
    begun = 1.5 * np.sqrt(0.5)
    precision = 1.0 / sd**2 + 0.5
    after = (mean / sd**2 + begun) / precision
    spread = np.sqrt(0.5 + 0.25 / precision)
    closed = ndtr((begun + 0.5 * after - plan.upper[1]) / spread)
    assert predictive_power(plan, 1, 1.5, mean, sd) == pytest.approx(float(closed), abs=1e-12)


def test_predictive_power_of_a_mixture_is_a_slow_bayes_rule():
    plan = sequential_plan(OF, [0.3, 0.6, 1.0])
    means, sds, weights = np.array([0.0, 2.5]), np.array([0.5, 1.0]), np.array([0.4, 0.6])
    z, t = 1.1, 0.3

    def prior(d):
        return weights @ (np.exp(-0.5 * ((d - means) / sds) ** 2) / sds)

    def joint(d):
        return prior(d) * np.exp(-0.5 * (z - d * np.sqrt(t)) ** 2)

    below = quad(joint, -6, 9, epsabs=1e-13)[0]
    above = quad(lambda d: joint(d) * conditional_power(plan, 1, z, d)[0], -6, 9, epsabs=1e-12)[0]
    ours = predictive_power(plan, 1, z, means, sds, weights)
    assert ours == pytest.approx(above / below, abs=1e-9)


def test_a_belief_that_knows_the_look_is_not_updated():
    plan = sequential_plan(OF, [0.3, 0.6, 1.0])
    precision = 1.0 / 0.8**2 + 0.3
    after = (0.5 / 0.8**2 + 1.1 * np.sqrt(0.3)) / precision
    prior = predictive_power(plan, 1, 1.1, 0.5, 0.8)
    posterior = predictive_power(plan, 1, 1.1, after, precision**-0.5, seen=True)
    assert posterior == pytest.approx(prior, abs=1e-13)
    sure = predictive_power(plan, 1, 1.1, 2.0, 1e-6, seen=True)
    assert sure == pytest.approx(conditional_power(plan, 1, 1.1, 2.0)[0], abs=1e-10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"look": 0}, "a whole number from 1 to 1"),
        ({"look": 2}, "a whole number from 1 to 1"),
        ({"z": np.nan}, "finite"),
        ({"mean": np.inf}, "mean"),
        ({"sd": -1.0}, "sd"),
        ({"mean": [0.0, 1.0], "sd": np.inf}, "infinite only in a single component"),
        ({"weights": 0.0}, "weights"),
        ({"sd": np.inf, "seen": True}, "sd"),
    ],
)
def test_what_cannot_be_used_is_refused(change, said):
    plan = sequential_plan(OF, [0.5, 1.0])
    given = {"look": 1, "z": 1.0, "mean": 0.0, "sd": 1.0} | change
    with pytest.raises(ArrayError, match=said):
        predictive_power(plan, **given)
