"""Sequential Monte Carlo against a posterior and a marginal likelihood in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.mechanism.calibration.fitted_prior import FittedPrior, fitted_prior
from equipoise.mechanism.calibration.tempered_draws import tempered_draws

PRIOR = FittedPrior(
    ("a", "b"), np.array([False, True]), np.array([1.0, -1.0]), np.array([2.0, 1.0])
)
DATA = np.array([0.2, 0.3])
NOISE = np.array([0.5, 0.25])


def log_likelihood(point: np.ndarray) -> float:
    z = (DATA - point) / NOISE
    return float(-0.5 * (z @ z) - np.log(NOISE).sum() - math.log(2 * math.pi))


def test_a_normal_posterior_and_its_marginal_likelihood() -> None:
    drawn = tempered_draws(log_likelihood, PRIOR, np.random.default_rng(3), particles=700, moves=6)
    precision = 1 / PRIOR.sd**2 + 1 / NOISE**2
    mean = (PRIOR.mean / PRIOR.sd**2 + DATA / NOISE**2) / precision
    total = PRIOR.sd**2 + NOISE**2
    marginal = -0.5 * ((DATA - PRIOR.mean) ** 2 / total + np.log(2 * math.pi * total)).sum()
    sd = np.sqrt(1 / precision)
    # four Monte Carlo errors of 700 draws; the estimate of the marginal has about 0.06
    assert (np.abs(drawn.points.mean(axis=0) - mean) < 4 * sd / math.sqrt(700)).all()
    assert drawn.points.std(axis=0) == pytest.approx(sd, rel=4 / math.sqrt(2 * 700))
    assert drawn.log_marginal == pytest.approx(float(marginal), abs=0.2)
    assert drawn.temperatures[-1] == 1.0
    assert drawn.unique > 650


def test_the_same_seed_gives_the_same_draws() -> None:
    first, second = (
        tempered_draws(log_likelihood, PRIOR, np.random.default_rng(5), particles=50)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.points, second.points)


def test_a_positive_range_becomes_a_log_normal_prior() -> None:
    prior = fitted_prior(["k", "d"], {"k": (0.1, 10.0), "d": (-1.0, 3.0)})
    assert prior.logged.tolist() == [True, False]
    assert prior.natural(prior.mean) == pytest.approx({"k": 1.0, "d": 1.0})
    edge = prior.mean + 1.959963984540054 * prior.sd
    assert prior.natural(edge) == pytest.approx({"k": 10.0, "d": 3.0})
