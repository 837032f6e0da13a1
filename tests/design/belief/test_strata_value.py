"""Choices that may differ between strata: against exact integrals, and properties."""

import math
from itertools import pairwise

import numpy as np
import pytest

from equipoise.design.belief import (
    Adaptive,
    Reading,
    Utility,
    divided,
    information_value,
    strata_values,
    undivided,
    updated_difference,
)
from equipoise.design.belief.sample_information import belief_in
from equipoise.errors import InputError
from equipoise.synthesis.posteriors import INTERACTION_PRIORS, interaction_posterior, posterior

WORTH = Utility(1.0, 0.2, harm=0.004, cost=0.002).broken_even_at(0.8)
BELIEF = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022).posterior
EFFECT = belief_in(BELIEF, "positive")
GENOTYPE = updated_difference(INTERACTION_PRIORS["reference"], math.log(0.51 / 1.32), 0.49)


def rows(*values):
    return np.array(values, dtype=float)


def test_one_stratum_is_the_exact_integral():
    study = Reading(rows([1.0]), np.array([95.0]))
    (drawn,) = strata_values(undivided(EFFECT), WORTH, [study], 1, draws=100_000)
    exact = information_value(BELIEF, "positive", WORTH, 95.0)
    assert drawn.evsi == pytest.approx(exact.evsi, abs=4 * drawn.mcse)
    assert drawn.change == pytest.approx(exact.probability_of_change, abs=0.01)
    assert drawn.use_now == (exact.use_now,)


def test_strata_that_cannot_differ_are_one():
    none = updated_difference(INTERACTION_PRIORS["sceptic"], 0.0, math.inf)
    certain = type(none)(np.ones(1), np.zeros(1), np.zeros(1))
    belief = divided(EFFECT, 0.7, certain)
    study = Reading(rows([1.0, 0.0], [0.0, 1.0]), np.array([0.7 * 95.0, 0.3 * 95.0]))
    (drawn,) = strata_values(belief, WORTH, [study], 2, draws=50_000)
    exact = information_value(BELIEF, "positive", WORTH, 95.0)
    assert drawn.evsi == pytest.approx(exact.evsi, abs=4 * drawn.mcse)


def test_more_is_worth_more_and_nothing_is_worth_nothing():
    belief = divided(EFFECT, 0.7, GENOTYPE)
    both = np.array([0.7, 0.3])
    average = rows([0.7, 0.3])
    apart = rows([1.0, 0.0], [0.0, 1.0])
    studies = [
        Reading(average, np.array([0.0])),
        Reading(average, np.array([95.0])),
        Reading(apart, 95.0 * both),
        Reading(apart, 300.0 * both),
        Reading(apart, 1e9 * both),
    ]
    found = strata_values(belief, WORTH, studies, 3, draws=40_000)
    assert found[0].evsi == 0.0
    values = [one.evsi for one in found]
    assert all(a <= b + 2e-5 for a, b in pairwise(values))
    assert found[-1].evsi == pytest.approx(found[-1].evpi, rel=1e-3)
    assert all(one.evsi <= one.evpi for one in found)


def test_an_adaptive_study_lies_between_its_first_stage_and_all_of_both():
    belief = divided(EFFECT, 0.7, GENOTYPE)
    apart, share = rows([1.0, 0.0], [0.0, 1.0]), np.array([0.7, 0.3])
    first = Reading(apart, 50.0 * share)
    both = Reading(apart, 100.0 * share)
    only = Reading(apart, np.array([85.0, 15.0]))
    studies = [first, Adaptive(first, both, only), Adaptive(first, both, only, margin=1e9), both]
    found = strata_values(belief, WORTH, studies, 4, draws=60_000)
    slack = 4 * found[0].mcse
    assert found[0].evsi - slack <= found[1].evsi <= found[1].evpi
    assert found[2].evsi == pytest.approx(found[3].evsi, abs=slack)


def test_the_average_does_not_move_when_a_marker_divides_it():
    belief = divided(EFFECT, 0.7, GENOTYPE)
    average = belief.weights @ (belief.means @ belief.shares)
    assert average == pytest.approx(EFFECT.weights @ EFFECT.means)


def test_the_genotype_difference_agrees_with_the_general_posterior():
    prior = INTERACTION_PRIORS["reference"]
    general = posterior(
        [math.log(0.51 / 1.32)], [0.49**2], X=[[1.0]], random=[], mean=[prior.difference()]
    )
    name = general.names[0]
    mean = GENOTYPE.weights @ GENOTYPE.means
    second = GENOTYPE.weights @ (GENOTYPE.means**2 + GENOTYPE.sds**2)
    assert mean == pytest.approx(general.mean(name), rel=1e-9)
    assert math.sqrt(second - mean**2) == pytest.approx(general.sd(name), rel=1e-9)


def test_refusals():
    with pytest.raises(InputError, match="share"):
        divided(EFFECT, 1.0, GENOTYPE)
    with pytest.raises(InputError, match="error above 0"):
        updated_difference(INTERACTION_PRIORS["reference"], 0.1, 0.0)
    with pytest.raises(InputError, match="at least 2"):
        strata_values(undivided(EFFECT), WORTH, [], 1, draws=1)


def test_numbers_do_not_depend_on_who_computes_them():
    belief = divided(EFFECT, 0.7, GENOTYPE)
    study = Reading(rows([1.0, 0.0], [0.0, 1.0]), np.array([66.5, 28.5]))
    alone = strata_values(belief, WORTH, [study], 5, draws=5001)
    for workers in (2, 4):
        assert strata_values(belief, WORTH, [study], 5, draws=5001, workers=workers) == alone
    assert strata_values(belief, WORTH, [], 5) == ()
