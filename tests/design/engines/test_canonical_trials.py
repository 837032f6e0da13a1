"""Statistics drawn from the canonical distribution, against integrals of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from equipoise.design.engines import bounds, canonical_trial, run_chunks
from equipoise.design.engines.canonical_trials import canonical_z
from equipoise.design.sequential import exit_probabilities
from equipoise.synthesis.arrays import ArrayError

T = np.array([0.3, 0.6, 1.0])
UPPER = [3.0, 2.4, 2.0]


def covariance(t: np.ndarray) -> np.ndarray:
    return np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))


def probability_of_rejection(drift: float) -> float:
    """One minus the probability of staying below every bound."""
    mean = drift * np.sqrt(T)
    inside = multivariate_normal(mean, covariance(T), abseps=1e-7, maxpts=10**6, seed=1)
    return 1.0 - float(inside.cdf(np.array(UPPER)))


def test_means_and_covariances_are_canonical() -> None:
    size = 100_000
    z = canonical_z(np.random.default_rng(5), size, T, 1.7)
    assert np.all(np.abs(z.mean(axis=0) - 1.7 * np.sqrt(T)) < 4.0 / math.sqrt(size))
    assert np.all(np.abs(np.cov(z.T) - covariance(T)) < 4.0 * math.sqrt(2.0 / size))


def test_increments_are_those_of_a_plain_loop() -> None:
    z = canonical_z(np.random.default_rng(5), 3, T, 1.7)
    normals = np.random.default_rng(5)
    for row in z:
        motion, before = 0.0, 0.0
        for k, t in enumerate(T):
            motion += 1.7 * (t - before) + math.sqrt(t - before) * normals.standard_normal()
            assert row[k] == pytest.approx(motion / math.sqrt(t), rel=1e-12)
            before = t


@pytest.mark.parametrize("drift", [0.0, 2.8])
def test_rejection_agrees_with_the_integral(drift: float) -> None:
    trial = canonical_trial(T, drift, bounds(UPPER))
    found = run_chunks(trial, 100_000, 20_000, seed=12).rate("success")
    assert abs(found.value - probability_of_rejection(drift)) < 4.0 * found.mcse


@pytest.mark.parametrize("drift", [0.0, 2.8])
def test_every_look_agrees_with_the_exact_recursion(drift: float) -> None:
    lower = [-0.3, 0.4, UPPER[2]]
    up, down = exit_probabilities(T, UPPER, lower, drift)
    found = run_chunks(canonical_trial(T, drift, bounds(UPPER, lower)), 100_000, 20_000, seed=6)
    rejected, futile = found.rate("rejected"), found.rate("futile")
    assert np.all(np.abs(rejected.value - up) < 4.0 * rejected.mcse)
    assert np.all(np.abs(futile.value - down)[:2] < 4.0 * futile.mcse[:2])
    assert futile.value[2] == 0.0


def test_one_look_has_the_size_of_its_bound() -> None:
    found = run_chunks(canonical_trial([1.0], 0.0, bounds([1.96])), 100_000, 50_000, seed=3)
    rate = found.rate("success")
    assert abs(rate.value - ndtr(-1.96)) < 4.0 * rate.mcse


def test_the_estimate_is_biased_upwards_by_stopping_and_not_without() -> None:
    stopped = run_chunks(canonical_trial(T, 2.0, bounds(UPPER)), 50_000, 10_000, seed=4)
    at_end = run_chunks(canonical_trial([1.0], 2.0, bounds([2.0])), 50_000, 10_000, seed=4)
    biased, plain = stopped.mean("estimate"), at_end.mean("estimate")
    assert biased.value - 2.0 > 4.0 * biased.mcse
    assert abs(plain.value - 2.0) < 4.0 * plain.mcse
    assert at_end.mean("information").value == 1.0


def test_a_thousand_looks() -> None:
    t, upper = np.arange(1, 1001) / 1000, np.full(1000, 3.0)
    exact = exit_probabilities(t, upper)[0].sum()
    found = run_chunks(canonical_trial(t, 0.0, bounds(upper)), 5_000, 500, seed=2)
    rate = found.rate("success")
    assert abs(rate.value - exact) < 4.0 * rate.mcse
    assert found.counts["stopped"].sum() == 5_000


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ArrayError) as caught:
        canonical_trial([0.5, 0.4], math.nan, bounds([2.0]))
    assert [p.field for p in caught.value.problems] == ["fractions", "fractions", "drift"]
