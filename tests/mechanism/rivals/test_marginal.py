"""Marginal likelihoods: the conjugate normal in closed form, and in R."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from equipoise.mechanism.rivals.marginal import log_ratio_error, marginal_likelihood

PINNED = Path(__file__).parents[3] / "validation" / "mechanism" / "rivals" / "likelihoods.csv"


def log_normal(y: float, mean: np.ndarray | float, sd: float) -> np.ndarray:
    return -0.5 * ((y - np.asarray(mean)) / sd) ** 2 - math.log(sd * math.sqrt(2 * math.pi))


def drawn(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(-0.1, 0.2, n)


def test_a_normal_datum_under_a_normal_prior() -> None:
    """y ~ N(mu, s^2), mu ~ N(m, t^2): ln N(y; m, s^2 + t^2)."""
    y, s = math.log(0.6), math.log(0.8 / 0.45) / (2 * 1.959963984540054)
    closed = float(log_normal(y, -0.1, math.hypot(s, 0.2)))
    with PINNED.open(encoding="utf-8", newline="") as file:
        r = {row["case"]: float(row["log_likelihood"]) for row in csv.DictReader(file)}
    assert closed == pytest.approx(r["prior"], abs=1e-10)
    found = marginal_likelihood(log_normal(y, drawn(40_000, 1), s))
    assert found.error < 0.01
    assert abs(found.log_value - closed) < 4 * found.error


def test_the_monte_carlo_error_is_the_spread_over_repeats() -> None:
    repeats = [marginal_likelihood(log_normal(-0.4, drawn(300, k), 0.15)) for k in range(300)]
    spread = np.std([r.log_value for r in repeats])
    assert np.mean([r.error for r in repeats]) == pytest.approx(spread, rel=0.15)


def test_rivals_on_the_same_draws_are_told_apart_better() -> None:
    one, other = ([log_normal(y, drawn(300, k), 0.15) for k in range(300)] for y in (-0.4, -0.38))
    gaps = [
        marginal_likelihood(a).log_value - marginal_likelihood(b).log_value
        for a, b in zip(one, other, strict=True)
    ]
    errors = [log_ratio_error(a, b) for a, b in zip(one, other, strict=True)]
    assert np.mean(errors) == pytest.approx(np.std(gaps), rel=0.15)
    assert np.mean(errors) < 0.5 * marginal_likelihood(one[0]).error


def test_equal_likelihoods_have_no_error() -> None:
    found = marginal_likelihood(np.full(50, -1000.0))
    assert found.log_value == pytest.approx(-1000.0, abs=1e-10)
    assert found.error == 0.0
    assert found.effective == pytest.approx(50.0)
    assert marginal_likelihood(np.array([-3.0])).error == math.inf
