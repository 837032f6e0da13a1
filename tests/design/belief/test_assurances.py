"""Assurance: published and issued numbers, simulation, properties, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from equipoise.design.belief import assurance, average_over_draws, average_power
from equipoise.errors import InputError
from equipoise.synthesis.posteriors import Posterior, interaction_posterior


def normal(mean, sd):
    return Posterior(("effect",), np.ones(1), np.array([[mean]]), np.array([[[sd * sd]]]))


@pytest.mark.parametrize(
    ("prior", "expected", "cap"),
    [
        ("reference", (0.28, 0.39, 0.44, 0.49), 0.72),
        ("sceptic", (0.07, 0.10, 0.13, 0.17), 0.51),
        ("enthusiast", (0.37, 0.52, 0.58, 0.63), 0.81),
    ],
)
def test_the_striking_stratum_of_a_null_trial(prior, expected, cap):
    belief = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022, prior).posterior
    for events, value in zip((158, 380, 631, 1189), expected, strict=True):
        found = assurance(belief, "positive", events / 4)
        assert found.probability == pytest.approx(value, abs=0.005)
        assert found.cap == pytest.approx(cap, abs=0.005)


def test_spiegelhalter_2004_normal_prior():
    # One normal component: Phi((m sqrt(I) - z) / sqrt(1 + s^2 I)), Spiegelhalter, Abrams and
    # Myles 2004, equation 6.5, written for a benefit below zero.
    m, s, information = -0.29, 0.25, 60.0
    direct = ndtr((-m * math.sqrt(information) - 1.959964) / math.sqrt(1 + s * s * information))
    found = assurance(normal(m, s), "effect", information)
    assert found.probability == pytest.approx(direct, abs=1e-6)


@pytest.mark.parametrize("tau", [0.0, 0.2])
def test_simulated_trials_agree(tau):
    belief = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022).posterior
    rng, n, events = np.random.default_rng(20261128), 400_000, 380
    theta = belief.sample(n, rng)[:, belief.names.index("positive")]
    theta = theta + tau * rng.standard_normal(n)
    seen = theta + 2 / math.sqrt(events) * rng.standard_normal(n)
    significant = seen < -1.959964 * 2 / math.sqrt(events)
    found = assurance(belief, "positive", events / 4, between_trial_sd=tau)
    for value, share in (
        (found.probability, significant),
        (found.wrong, significant & (theta >= 0)),
        (found.cap, theta < 0),
    ):
        assert share.mean() == pytest.approx(value, abs=4 * math.sqrt(value * (1 - value) / n))


def test_quadrature_and_draws_agree_with_the_sum():
    belief = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022).posterior
    information = 380 / 4

    def power(theta):
        return ndtr(theta * math.sqrt(information) + ndtri(0.025))

    exact = assurance(belief, "positive", information).probability
    assert average_power(belief, "positive", power) == pytest.approx(exact, abs=1e-12)
    draws = -belief.sample(100_000, np.random.default_rng(1))[:, belief.names.index("positive")]
    mean, mcse = average_over_draws(draws, power)
    assert mean == pytest.approx(exact, abs=4 * mcse)


@settings(max_examples=20, deadline=None)
@given(
    st.floats(-1, 1), st.floats(0.01, 1), st.floats(1, 2000), st.floats(1.05, 4), st.floats(0, 1)
)
def test_properties(mean, sd, information, more, tau):
    belief, mirrored = normal(mean, sd), normal(-mean, sd)
    one = assurance(belief, "effect", information, between_trial_sd=tau)
    other = assurance(mirrored, "effect", information, between_trial_sd=tau, benefit="higher")
    assert one.probability == pytest.approx(other.probability, abs=1e-14)
    assert one.probability <= one.cap + 0.025
    assert one.wrong <= 0.025 * (1 - one.cap) + 1e-12
    lower = assurance(belief, "effect", information, between_trial_sd=tau, alpha=0.01)
    assert lower.probability <= one.probability
    larger = assurance(belief, "effect", more * information, between_trial_sd=tau)
    if mean < 0:
        assert larger.probability >= one.probability - 1e-12


def test_a_certain_effect_is_a_power_and_no_effect_is_the_level():
    information = (1.959964 + ndtri(0.8)) ** 2 / 0.3**2
    assert assurance(normal(-0.3, 0.0), "effect", information).probability == pytest.approx(0.8)
    null = assurance(normal(0.0, 0.0), "effect", information)
    assert (null.probability, null.wrong, null.cap) == pytest.approx((0.025, 0.025, 0.0))


def test_refusals_are_named_all_at_once():
    with pytest.raises(InputError) as caught:
        assurance(normal(0, 1), "effect", 0.0, alpha=0.5, between_trial_sd=-1.0)
    assert [p.field for p in caught.value.problems] == ["information", "alpha", "between_trial_sd"]
    with pytest.raises(InputError, match="effect"):
        assurance(normal(0, 1), "other", 1.0)
    with pytest.raises(InputError, match="at least 2"):
        average_over_draws(np.array([0.1]), lambda theta: theta)
