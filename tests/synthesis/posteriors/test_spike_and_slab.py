"""Interaction with a spike and a slab, its sweep, shrinkage by signal to noise, curves."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors import (
    INTERACTION_PRIORS,
    EffectPrior,
    SpikeAndSlabPrior,
    interaction_posterior,
    prior_to_posterior,
    shrink_signal_to_noise,
    sweep,
)
from equipoise.synthesis.posteriors.signal_to_noise import COCHRANE_SDS, COCHRANE_WEIGHTS

DATA = (0.0830, 0.0809, -0.4463, 0.2022)


@pytest.mark.parametrize(
    ("prior", "p", "s", "difference", "ratio", "median", "low", "high", "below"),
    [
        ("reference", 0.20, 0.35, 0.514, 0.85, 0.91, 0.54, 1.14, 0.72),
        ("sceptic", 0.05, 0.20, 0.128, 0.98, 1.00, 0.72, 1.15, 0.51),
        ("enthusiast", 0.35, 0.35, 0.695, 0.80, 0.80, 0.53, 1.12, 0.81),
    ],
)
def test_the_three_beliefs(prior, p, s, difference, ratio, median, low, high, below):
    result = interaction_posterior(*DATA, prior)
    belief = INTERACTION_PRIORS[prior]
    assert (belief.probability, belief.sd, belief.mean_sd) == (p, s, 0.2)
    assert result.probability_difference == pytest.approx(difference, abs=0.0005)
    assert math.exp(result.posterior.mean("positive")) == pytest.approx(ratio, abs=0.005)
    assert math.exp(result.posterior.median("positive")) == pytest.approx(median, abs=0.005)
    assert np.exp(result.posterior.interval("positive")) == pytest.approx([low, high], abs=0.005)
    assert result.posterior.probability("positive", below=0.0) == pytest.approx(below, abs=0.005)
    assert prior in result.sentence
    assert result.posterior.weights.size == 2
    assert result.posterior.grid_error == 0.0


def slow(bn, sn, bp, sp, p, s):
    """Riemann sums over mu and d: weight of the slab, P(mu + d < 0), E(mu + d)."""
    mu = np.linspace(-1.5, 1.5, 2001)
    d = np.linspace(-3.0, 3.0, 2001)

    def normal(x, mean, sd):
        return np.exp(-0.5 * ((x - mean) / sd) ** 2) / sd

    base = normal(bn, mu, sn) * normal(mu, 0.0, 0.2) * (mu[1] - mu[0])
    spike = (1.0 - p) * base * normal(bp, mu, sp)
    both = mu[:, None] + d
    slab = p * base[:, None] * normal(d, 0.0, s) * (d[1] - d[0]) / math.sqrt(2.0 * math.pi)
    slab = slab * normal(bp, both, sp)
    total = spike.sum() + slab.sum()
    mean = ((spike * mu).sum() + (slab * both).sum()) / total
    # a cell around 0 counts half
    share_below = [np.where(np.abs(x) < 1e-9, 0.5, x < 0.0) for x in (mu, both)]
    below = ((spike * share_below[0]).sum() + (slab * share_below[1]).sum()) / total
    return slab.sum() / total, below, mean


@pytest.mark.parametrize("prior", list(INTERACTION_PRIORS))
def test_agrees_with_plain_sums(prior):
    belief = INTERACTION_PRIORS[prior]
    result = interaction_posterior(*DATA, prior)
    share, below, mean = slow(*DATA, belief.probability, belief.sd)
    assert result.probability_difference == pytest.approx(share, abs=1e-7)
    assert result.posterior.mean("positive") == pytest.approx(mean, abs=1e-7)
    assert result.posterior.probability("positive", below=0.0) == pytest.approx(below, abs=3e-6)


def test_bayes_factor_does_not_depend_on_the_prior_probability():
    factors = [
        interaction_posterior(*DATA, SpikeAndSlabPrior(p, 0.35)).bayes_factor
        for p in (0.01, 0.2, 0.9)
    ]
    assert factors == pytest.approx([factors[0]] * 3)
    gap = DATA[2] - DATA[0]
    assert gap < 0 < factors[0] - 4.0


def test_certainty_stays_certainty():
    none = interaction_posterior(*DATA, SpikeAndSlabPrior(0.0, 0.35))
    assert none.probability_difference == 0.0
    assert none.posterior.mean("positive") == pytest.approx(none.posterior.mean("negative"))
    surely = interaction_posterior(*DATA, SpikeAndSlabPrior(1.0, 0.35))
    assert surely.probability_difference == 1.0
    assert math.isnan(surely.bayes_factor)
    far = interaction_posterior(0.0, 0.001, 5.0, 0.001)
    assert far.probability_difference == 1.0
    assert far.bayes_factor == math.inf


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 1), st.floats(0.02, 1), st.floats(-1, 1), st.floats(0.02, 1))
def test_turning_all_signs_turns_the_answer(bn, sn, bp, sp):
    there = interaction_posterior(bn, sn, bp, sp)
    back = interaction_posterior(-bn, sn, -bp, sp)
    assert there.probability_difference == pytest.approx(back.probability_difference)
    assert there.posterior.mean() == pytest.approx(-back.posterior.mean(), abs=1e-12)


def test_a_covariance_is_part_of_the_data():
    together = interaction_posterior(*DATA, covariance=0.5 * DATA[1] * DATA[3])
    apart = interaction_posterior(*DATA)
    assert together.probability_difference > apart.probability_difference
    with pytest.raises(ArrayError, match="covariance"):
        interaction_posterior(*DATA, covariance=1.0)


def test_a_new_trial_is_less_certain_and_the_difference_nearly_the_same():
    plain = interaction_posterior(*DATA)
    spread = interaction_posterior(*DATA, tau="half-normal(0.1)")
    p = spread.posterior
    assert p.names[3:] == ("negative, new trial", "positive, new trial")
    assert p.sd("positive, new trial") > p.sd("positive") > plain.posterior.sd("positive")
    assert spread.probability_difference == pytest.approx(plain.probability_difference, abs=0.01)
    assert p.grid_error < 1e-6
    known = interaction_posterior(*DATA, tau=0.0)
    assert known.probability_difference == pytest.approx(plain.probability_difference)
    assert known.posterior.interval("positive, new trial") == pytest.approx(
        plain.posterior.interval("positive")
    )


def test_sweep_has_the_three_and_a_grid():
    table = sweep(*DATA)
    assert [row.prior for row in table.rows[:3]] == ["sceptic", "reference", "enthusiast"]
    assert len(table.rows) == 3 + 8 * 5
    frame = table.to_frame()
    assert list(frame.columns[:4]) == [
        "prior",
        "prior_probability",
        "prior_sd",
        "probability_difference",
    ]
    assert frame.probability_difference[1] == pytest.approx(0.514, abs=0.0005)
    grid = frame[(frame.prior == "grid") & (frame.prior_sd == 0.35)]
    assert grid.probability_difference.is_monotonic_increasing
    assert grid["mean"].is_monotonic_decreasing
    assert len(sweep(*DATA, priors=(), probabilities=[0.1], sds=[0.2]).rows) == 1
    with pytest.raises(ArrayError, match="level"):
        sweep(*DATA, level=1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: interaction_posterior(*DATA, "agnostic"),
        lambda: interaction_posterior(0.0, 0.0, 0.1, 0.1),
        lambda: interaction_posterior(math.nan, 0.1, 0.1, 0.1),
        lambda: SpikeAndSlabPrior(1.2, 0.35),
        lambda: SpikeAndSlabPrior(0.2, 0.0),
        lambda: shrink_signal_to_noise(0.1, 0.0),
        lambda: shrink_signal_to_noise(math.inf, 0.1),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ArrayError):
        wrong()


def test_shrinkage_by_signal_to_noise():
    shrunk = shrink_signal_to_noise(math.log(0.64), 0.2022)
    low, high = shrunk.interval("effect")
    assert math.exp(shrunk.mean("effect")) == pytest.approx(0.745, abs=0.0005)
    assert (math.exp(low), math.exp(high)) == pytest.approx((0.505, 1.044), abs=0.001)
    assert "ignores how the stratum was picked" in shrunk.message
    # the same z shrinks by the same factor on any scale
    wide = shrink_signal_to_noise(1e6 * math.log(0.64), 1e6 * 0.2022)
    assert wide.mean("effect") / 1e6 == pytest.approx(shrunk.mean("effect"))


def test_the_mixture_has_the_published_median_power():
    """Van Zwet, Schwab and Senn 2021, abstract: median achieved power 0.13."""
    weights, sds = np.array(COCHRANE_WEIGHTS), np.array(COCHRANE_SDS)
    middle = brentq(lambda x: weights @ (2.0 * ndtr(x / sds) - 1.0) - 0.5, 0.0, 5.0)
    assert ndtr(-1.96 - middle) + ndtr(-1.96 + middle) == pytest.approx(0.13, abs=0.005)


def test_shrinkage_agrees_with_a_plain_sum():
    beta = np.linspace(-40.0, 40.0, 400_001)
    for z in (0.3, 1.96, 4.0):
        prior = sum(
            w * np.exp(-0.5 * (beta / s) ** 2) / s
            for w, s in zip(COCHRANE_WEIGHTS, COCHRANE_SDS, strict=True)
        )
        after = prior * np.exp(-0.5 * (z - beta) ** 2)
        shrunk = shrink_signal_to_noise(z, 1.0)
        assert shrunk.mean("effect") == pytest.approx((after @ beta) / after.sum(), rel=1e-9)
        at = float(after[beta <= 0.0].sum() - 0.5 * after[200_000]) / after.sum()
        assert shrunk.cdf("effect", 0.0) == pytest.approx(at, abs=1e-8)


def test_curves_hold_all_the_probability():
    result = interaction_posterior(*DATA)
    prior = INTERACTION_PRIORS["reference"].difference()
    curves = prior_to_posterior(result.posterior, "difference", prior=prior, points=4001)
    assert curves.prior_atoms == ((0.0, 0.8),)
    assert curves.posterior_atoms[0][1] == pytest.approx(1.0 - result.probability_difference)
    inside = np.trapezoid(curves.posterior, curves.x)
    assert inside == pytest.approx(result.probability_difference, abs=0.002)
    assert np.isnan(curves.likelihood).all()
    wide = EffectPrior((0.0,), (10.0,))
    effect = prior_to_posterior(
        result.posterior, "positive", prior=wide, estimate=DATA[2], se=DATA[3]
    )
    assert np.trapezoid(effect.posterior, effect.x) == pytest.approx(1.0, abs=0.002)
    assert np.trapezoid(effect.likelihood, effect.x) == pytest.approx(1.0, abs=0.005)
    assert effect.x[-1] - effect.x[0] < 15.0
    with pytest.raises(ArrayError, match="both"):
        prior_to_posterior(result.posterior, "positive", estimate=0.1)
    with pytest.raises(ArrayError, match="3 or more"):
        prior_to_posterior(result.posterior, "positive", points=2)
