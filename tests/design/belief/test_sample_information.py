"""EVPI, EVSI and population value: closed forms, simulation at several sizes, properties."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from equipoise.design.belief import (
    Population,
    Utility,
    information_value,
    normal_information_value,
    simulated_information_value,
    study_value,
    treated_risk,
)
from equipoise.errors import InputError
from equipoise.synthesis.posteriors import Posterior, interaction_posterior


def normal(mean, sd):
    return Posterior(("effect",), np.ones(1), np.array([[mean]]), np.array([[[sd * sd]]]))


@dataclass(frozen=True)
class Linear:
    """Net benefit that is the effect itself: the textbook case."""

    def of(self, theta):
        return np.asarray(theta)


HAZARD = Utility(worth=1.0, baseline=0.2, harm=0.004, cost=0.002).broken_even_at(0.8)


def test_ades_2004_unit_normal_loss():
    # L(0.5) = 0.1978 (Raiffa and Schlaifer 1961, table of the unit normal loss integral)
    assert normal_information_value(0.5, 1.0, 0.0)[1] == pytest.approx(0.1978, abs=5e-5)


@pytest.mark.parametrize(("mean", "sd", "se"), [(0.1, 0.3, 0.2), (-0.5, 0.3, 0.5), (0.0, 1.0, 3.0)])
def test_integrals_give_the_closed_form(mean, sd, se):
    found = information_value(normal(mean, sd), "effect", Linear(), 1 / se**2)
    evsi, evpi = normal_information_value(mean, sd, se)
    assert found.evsi == pytest.approx(evsi, rel=1e-10)
    assert found.evpi == pytest.approx(evpi, rel=1e-10)


@pytest.mark.parametrize("draws", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_simulation_is_unbiased_at_every_number_of_draws(draws, seed):
    rng = np.random.default_rng([seed, draws])
    found = simulated_information_value(
        normal(-0.1, 0.3), "effect", Linear(), 1 / 0.2**2, rng, draws=draws
    )
    assert found.evsi == pytest.approx(
        normal_information_value(-0.1, 0.3, 0.2)[0], abs=3 * found.mcse
    )
    assert found.evsi <= found.evpi


def test_average_of_small_simulations_has_no_bias():
    rng, runs = np.random.default_rng(7), 150
    values = [
        simulated_information_value(
            normal(-0.1, 0.3), "effect", Linear(), 25.0, rng, draws=100
        ).evsi
        for _ in range(runs)
    ]
    error = np.std(values) / math.sqrt(runs)
    assert np.mean(values) == pytest.approx(
        normal_information_value(-0.1, 0.3, 0.2)[0], abs=4 * error
    )


@pytest.mark.parametrize("prior", ["sceptic", "reference", "enthusiast"])
def test_hazard_utility_of_a_mixture_agrees_with_simulation(prior):
    belief = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022, prior).posterior
    exact = information_value(belief, "positive", HAZARD, 380 / 4)
    drawn = simulated_information_value(
        belief, "positive", HAZARD, 380 / 4, np.random.default_rng(11), draws=100_000
    )
    assert drawn.evsi == pytest.approx(exact.evsi, abs=4 * drawn.mcse)
    assert drawn.probability_of_change == pytest.approx(exact.probability_of_change, abs=0.01)
    assert 0 < exact.evsi < exact.evpi


def test_plain_double_integral():
    # prior N(-0.1, 0.3^2), estimate with se 0.2, hazard utility: two nested integrals in scipy
    mean, sd, se = -0.1, 0.3, 0.2
    spread = math.hypot(sd, se)
    after = sd * se / spread

    def normal_density(x, m, s):
        return math.exp(-0.5 * ((x - m) / s) ** 2) / s / math.sqrt(2 * math.pi)

    def utility(theta):
        return float(HAZARD.of(np.array(theta)))

    def best(x):
        centre = mean + (sd / spread) ** 2 * (x - mean)
        inner = quad(
            lambda t: utility(t) * normal_density(t, centre, after), centre - 2, centre + 2
        )[0]
        return max(0.0, inner) * normal_density(x, mean, spread)

    found = information_value(normal(mean, sd), "effect", HAZARD, 1 / se**2)
    outer = quad(best, -3, found.turning_points[0], epsabs=1e-12)[0]
    now = quad(lambda t: utility(t) * normal_density(t, mean, sd), -3, 3)[0]
    assert found.evsi == pytest.approx(outer - max(0.0, now), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.6, 0.4), st.floats(0.05, 0.6), st.floats(4, 400), st.floats(1.1, 5))
def test_more_information_is_worth_no_less_and_never_more_than_the_truth(
    mean, sd, information, more
):
    belief = normal(mean, sd)
    none = information_value(belief, "effect", HAZARD, 0.0)
    one = information_value(belief, "effect", HAZARD, information)
    two = information_value(belief, "effect", HAZARD, more * information)
    assert none.evsi == 0.0
    assert -1e-12 <= one.evsi <= two.evsi + 1e-9 <= two.evpi + 2e-9
    spread = information_value(belief, "effect", HAZARD, information, between_trial_sd=0.2)
    assert spread.evsi <= one.evsi + 1e-9


def test_a_certain_effect_is_not_worth_a_study():
    found = information_value(normal(-0.4, 0.0), "effect", HAZARD, 50.0)
    assert (found.evsi, found.evpi, found.use_now) == (0.0, 0.0, True)


def test_break_even_is_the_smallest_worthwhile_effect():
    assert float(HAZARD.of(np.array(math.log(0.8)))) == pytest.approx(0.0, abs=1e-15)
    gain = 0.2 - (1 - 0.8**0.8)
    assert HAZARD.worth == pytest.approx(0.006 / gain)
    more = Utility(1.0, 0.5, "OR", "higher", harm=0.01).broken_even_at(1.5)
    assert more.worth == pytest.approx(0.01 / (0.75 / 1.25 - 0.5))
    with pytest.raises(InputError, match="below 1"):
        HAZARD.broken_even_at(1.2)
    with pytest.raises(InputError, match="sum above 0"):
        Utility(1.0, 0.2).broken_even_at(0.8)


@pytest.mark.parametrize(
    ("measure", "ratio", "risk"),
    [("HR", 2.0, 0.36), ("OR", 2.0, 1 / 3), ("RR", 2.0, 0.4), ("RR", 9.0, 1.0)],
)
def test_risk_under_treatment(measure, ratio, risk):
    assert float(treated_risk(0.2, ratio, measure)) == pytest.approx(risk)


def test_population_value():
    people = Population(1000, 0.5, 10, 0.0)
    found = study_value(0.02, people, 4, 30.0)
    assert (found.patients, found.evsi, found.enbs) == pytest.approx((3000, 60, 30))
    assert found.return_on_cost == pytest.approx(2)
    discounted = Population(1000, 0.5, 10, 0.035)
    yearly = quad(lambda t: 500 * 1.035**-t, 4, 10)[0]
    assert discounted.patients_reached(4) == pytest.approx(yearly)
    assert discounted.patients_reached(10) == 0.0
    assert study_value(0.02, people, 0, 0.0).return_on_cost == math.inf


def test_refusals():
    with pytest.raises(InputError) as caught:
        Utility(0.0, 1.0, harm=-1.0)
    assert [p.field for p in caught.value.problems] == ["worth", "baseline", "harm"]
    with pytest.raises(InputError, match="uptake"):
        Population(10, 1.5, 10, 0)
    with pytest.raises(InputError, match="delay_years"):
        study_value(1.0, Population(1, 1, 1, 0), math.nan, 1.0)
    with pytest.raises(InputError, match="information"):
        information_value(normal(0, 1), "effect", Linear(), -1.0)
