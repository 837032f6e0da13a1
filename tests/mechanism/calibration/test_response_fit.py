"""Fitting coefficients of kill: recovery, bookkeeping, and each arm from the others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from tests.mechanism.calibration.conftest import PLAN, THETA, invented_arm

from equipoise.mechanism.calibration.fitted_prior import fitted_prior
from equipoise.mechanism.calibration.held_out import leave_one_out, predicted_arm
from equipoise.mechanism.calibration.kill_integrals import mixed_rate, response_rates
from equipoise.mechanism.calibration.response_fit import (
    FittedArm,
    arms_log_likelihood,
    binomial_log_likelihood,
    fit_responses,
    predicted_rates,
)
from equipoise.mechanism.calibration.response_targets import ResponseTarget

PRIOR = fitted_prior(["kappa_c", "kappa_a"], {"kappa_c": (0.4, 40.0), "kappa_a": (0.05, 5.0)})
FIXED = {k: v for k, v in THETA.items() if k not in PRIOR.names}
SHAPES = {"both": (1.0, 1.0), "chemo": (1.0, 0.0), "anti": (0.0, 1.0)}


def arms(n: int = 4000) -> list[FittedArm]:
    """Arms whose counts are what the model says for THETA."""
    made = []
    for name, (chemo, anti) in SHAPES.items():
        integrals = invented_arm(chemo=chemo, anti=anti, n=60)
        rate = mixed_rate(response_rates(PLAN, integrals, THETA, "breast"), 0.5)
        made.append(FittedArm(name, integrals, "breast", 0.5, round(n * rate), n))
    return made


def test_known_coefficients_are_recovered() -> None:
    fit = fit_responses(PLAN, arms(), PRIOR, FIXED, np.random.default_rng(1), particles=150)
    assert fit.status == "converged"
    assert fit.theta()["kappa_c"] == pytest.approx(THETA["kappa_c"], rel=0.06)
    assert fit.theta()["kappa_a"] == pytest.approx(THETA["kappa_a"], rel=0.12)
    draws = np.exp(fit.draws.points)
    low, high = np.percentile(draws, (1, 99), axis=0)
    assert (low < [THETA["kappa_c"], THETA["kappa_a"]]).all()
    assert (high > [THETA["kappa_c"], THETA["kappa_a"]]).all()
    assert fit.log_likelihood == pytest.approx(fit.saturated, abs=1.0)


def test_the_likelihood_is_binomial() -> None:
    expected = stats.binom.logpmf(7, 20, 0.3) - math.log(math.comb(20, 7))
    assert binomial_log_likelihood(7, 20, 0.3) == pytest.approx(expected)
    assert math.isfinite(binomial_log_likelihood(1, 20, 0.0))


def test_arms_add_up() -> None:
    some = arms(50)
    whole = arms_log_likelihood(PLAN, some, THETA)
    parts = [arms_log_likelihood(PLAN, [arm], THETA) for arm in some]
    assert whole == pytest.approx(sum(parts))


def test_each_arm_from_the_others() -> None:
    some = arms()
    fit = fit_responses(PLAN, some, PRIOR, FIXED, np.random.default_rng(2), particles=50, starts=1)
    left = leave_one_out(PLAN, some, fit, FIXED)
    seen = predicted_rates(PLAN, some, {**FIXED, **fit.theta()})
    # the antibody's coefficient is known from the two other arms, and so on
    assert left == pytest.approx(np.array(seen), abs=0.06)


def test_a_prediction_says_whether_it_covers() -> None:
    arm = arms(80)[0]
    thetas = [{**THETA, "kappa_c": k} for k in (3.8, 4.0, 4.2)]
    target = ResponseTarget.model_validate(
        {
            "id": "x", "trial": "T", "measure": "pcr", "readout": "pcr", "regimen": "AB",
            "events": arm.events, "n": 80, "standing": "printed", "use": "held_out",
            "source_url": "https://x.org", "quote": "q", "confidence": "high",
        }
    )  # fmt: skip
    rng = np.random.default_rng(3)
    found = predicted_arm(PLAN, arm.integrals, target, "breast", 0.5, thetas, rng)
    assert found.inside
    assert found.covered
    assert found.predicted_low < found.predicted < found.predicted_high
    assert found.sampled_low <= found.predicted_low
    assert math.isnan(found.left_out)
    far = [{**THETA, "kappa_c": 40.0}]
    missed = predicted_arm(PLAN, arm.integrals, target, "breast", 0.5, far, rng)
    assert not missed.inside
    assert not missed.covered
