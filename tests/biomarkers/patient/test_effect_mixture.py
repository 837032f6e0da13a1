"""A log effect as a mixture: sums, a further trial, atoms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from tests.biomarkers.patient.conftest import mixture

from equipoise.biomarkers.patient.effect_mixture import (
    EffectMixture,
    from_posterior,
    normal_nodes,
    total,
)
from equipoise.errors import InputError
from equipoise.synthesis.posteriors import INTERACTION_PRIORS, posterior

SPIKE = mixture([0.8, 0.2], [0.0, 0.0], [0.0, 0.35])


def density(x: float, m: EffectMixture) -> float:
    z = (x - m.means) / m.sds
    return float(m.weights @ (np.exp(-0.5 * z * z) / (m.sds * math.sqrt(2.0 * math.pi))))


def test_a_trial_moves_a_normal_by_the_textbook() -> None:
    # N(0, 1) and an estimate of 1 with error 1: N(0.5, 0.5)
    later = mixture([1.0], [0.0], [1.0]).after(1.0, 1.0)
    assert (later.mean, later.sd) == pytest.approx((0.5, math.sqrt(0.5)), abs=1e-15)


def test_a_trial_moves_a_mixture_as_the_slow_rule_of_bayes() -> None:
    before = mixture([0.3, 0.7], [-0.5, 0.2], [0.2, 0.4])
    y, se = -0.3, 0.25
    likelihood = lambda x: math.exp(-0.5 * ((y - x) / se) ** 2)  # noqa: E731
    mass = quad(lambda x: density(x, before) * likelihood(x), -6, 6, limit=200)[0]
    mean = quad(lambda x: x * density(x, before) * likelihood(x), -6, 6, limit=200)[0] / mass
    assert before.after(y, se).mean == pytest.approx(mean, abs=1e-9)


@pytest.mark.parametrize("name", sorted(INTERACTION_PRIORS))
def test_a_spike_and_slab_is_updated_as_the_synthesis_does(name: str) -> None:
    prior = INTERACTION_PRIORS[name].difference()
    ours = EffectMixture(*(np.array(x) for x in (prior.weights, prior.means, prior.sds)))
    theirs = from_posterior(
        posterior([-0.95], V=[[0.486**2]], X=[[1.0]], names=["g"], random=[], mean=[prior]), "g"
    )
    later = ours.after(-0.95, 0.486)
    assert later.mean == pytest.approx(theirs.mean, abs=1e-12)
    assert later.sd == pytest.approx(theirs.sd, abs=1e-12)


def test_an_atom_stays_an_atom_and_gains_or_loses_weight() -> None:
    away, near = SPIKE.after(-0.9, 0.2), SPIKE.after(0.01, 0.2)
    assert (away.sds[0], away.means[0]) == (0.0, 0.0)
    assert away.weights[0] < 0.8 < near.weights[0]


@given(st.floats(-1, 1), st.floats(0.01, 1), st.floats(-1, 1), st.floats(0, 1), st.floats(-2, 2))
def test_a_sum_has_the_sum_of_means_and_variances(
    m: float, s: float, n: float, u: float, factor: float
) -> None:
    one, other = mixture([0.4, 0.6], [m, 0.0], [s, 0.1]), mixture([1.0], [n], [u])
    both = total([one, other.times(factor)])
    assert both.mean == pytest.approx(one.mean + factor * n, abs=1e-12)
    assert both.sd**2 == pytest.approx(one.sd**2 + (factor * u) ** 2, abs=1e-12)
    assert total([]).sd == 0.0


def test_nodes_integrate_as_the_mixture() -> None:
    points, weights = SPIKE.nodes()
    assert weights.sum() == pytest.approx(1.0, abs=1e-14)
    assert weights @ points**4 == pytest.approx(0.2 * 3.0 * 0.35**4, rel=1e-12)
    z, w = normal_nodes()
    assert w @ np.cos(z) == pytest.approx(math.exp(-0.5), abs=1e-14)


@pytest.mark.parametrize(
    ("weights", "means", "sds", "said"),
    [
        ([0.5, 0.4], [0.0, 0.0], [0.1, 0.1], "summing to 1"),
        ([1.5, -0.5], [0.0, 0.0], [0.1, 0.1], "not negative"),
        ([1.0], [math.nan], [0.1], "finite"),
        ([1.0], [0.0, 1.0], [0.1], r"\(m,\)"),
        ([1.0], [0.0], [-0.1], "not negative"),
    ],
)
def test_what_is_no_mixture_is_refused(
    weights: list[float], means: list[float], sds: list[float], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        mixture(weights, means, sds)
