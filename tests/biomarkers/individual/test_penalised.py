"""Penalised logistic and Cox regression against glmnet, coxph and plain minimisation in R."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from equipoise.biomarkers.individual import BenefitPlan, PatientTable, fit_benefit
from equipoise.biomarkers.individual.benefit_model import plan_problems
from equipoise.biomarkers.individual.penalised_likelihood import (
    cox_likelihood,
    fit_penalised,
    logistic_likelihood,
)
from equipoise.errors import InputError
from equipoise.synthesis.survival import cox

PLAN = BenefitPlan(("x2", "x3"), prognostic_sd=1.0, predictive_sd=8.0**-0.5, horizon=6.0)


def test_ridge_logistic(binary, pinned):
    model = fit_benefit(binary, PLAN)
    assert model.fit.status == "converged"
    assert model.fit.beta == pytest.approx(pinned["ridge logistic"], abs=2e-6)


def test_ridge_cox_and_its_baseline(survival, pinned):
    model = fit_benefit(survival, PLAN)
    assert model.fit.beta == pytest.approx(pinned["ridge cox"], abs=1e-6)
    assert model.baseline == pytest.approx(pinned["baseline hazard at 6"][0], rel=1e-6)


def test_lasso_logistic(binary, pinned):
    plan = BenefitPlan(("x2", "x3"), math.inf, math.inf, lasso=1.5)
    model = fit_benefit(binary, plan)
    assert model.fit.beta == pytest.approx(pinned["lasso logistic"], abs=2e-6)
    assert np.isnan(model.to_frame()["se"]).all()


def test_lasso_cox(survival, pinned):
    z = (survival.covariates - survival.covariates.mean(axis=0)) / survival.covariates.std(axis=0)
    a = survival.treatment - 0.5
    X = np.column_stack([z, a, z[:, 1:3] * a[:, None]])
    likelihood = cox_likelihood(X, survival.time, survival.event, efron=False)
    l1 = np.array([0.0] * 5 + [1.5] * 2)
    fit = fit_penalised(likelihood, l1, np.zeros(7))
    assert fit.beta == pytest.approx(pinned["lasso cox"], abs=5e-6)


def test_without_a_penalty_it_is_the_plain_regression(survival):
    likelihood = cox_likelihood(survival.covariates, survival.time, survival.event)
    fit = fit_penalised(likelihood, np.zeros(4), np.zeros(4))
    plain = cox(survival.time, survival.event, survival.covariates)
    assert fit.beta == pytest.approx(plain.coefficients, abs=1e-8)
    assert fit.covariance == pytest.approx(plain.covariance, rel=1e-6)


@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(0.0, 3.0), st.floats(0.01, 5.0))
def test_the_optimum_is_one(seed, l1, l2):
    """No step along any coefficient lowers the objective; a plain minimiser agrees."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(60), rng.standard_normal((60, 3))])
    y = (rng.random(60) < 0.4).astype(float)
    ones, twos = np.array([0.0, l1, l1, l1]), np.array([0.0, l2, l2, l2])
    fit = fit_penalised(logistic_likelihood(X, y), ones, twos)

    def loss(b):
        eta = X @ b
        return -(y * eta - np.logaddexp(0, eta)).sum() + ones @ abs(b) + 0.5 * twos @ b**2

    best = loss(fit.beta)
    for j in range(4):
        for step in (-1e-4, 1e-4):
            moved = fit.beta.copy()
            moved[j] += step
            assert loss(moved) >= best - 1e-10
    slow = minimize(loss, np.zeros(4), method="Nelder-Mead", options={"maxiter": 4000}).fun
    assert best <= slow + 1e-6


def test_separation_without_a_penalty_is_said():
    X = np.column_stack([np.ones(20), np.arange(20.0)])
    y = (np.arange(20) >= 10).astype(float)
    fit = fit_penalised(logistic_likelihood(X, y), np.zeros(2), np.zeros(2))
    assert fit.status == "not_converged"
    assert "separation" in fit.message


def test_a_tight_prior_leaves_no_predictive_effect_and_the_same_benefit_on_the_logit(binary):
    model = fit_benefit(binary, BenefitPlan(("x2",), predictive_sd=1e-6))
    assert model.fit.beta[-1] == pytest.approx(0.0, abs=1e-9)
    risk = [model.risk(binary.covariates, arm) for arm in (0.0, 1.0)]
    odds = [np.log(r / (1 - r)) for r in risk]
    assert np.ptp(odds[1] - odds[0]) == pytest.approx(0.0, abs=1e-9)


def test_arms_swapped_turn_the_predictive_effects_and_leave_the_prognostic(binary):
    there = fit_benefit(replace(binary, treatment=1.0 - binary.treatment), PLAN)
    here = fit_benefit(binary, PLAN)
    assert there.fit.beta[:5] == pytest.approx(here.fit.beta[:5], abs=1e-8)
    assert there.fit.beta[5:] == pytest.approx(-here.fit.beta[5:], abs=1e-8)
    benefit = there.benefit(binary.covariates)
    assert benefit == pytest.approx(-here.benefit(binary.covariates), abs=1e-8)


def test_units_do_not_matter(survival):
    scaled = replace(survival, covariates=survival.covariates * [10.0, 0.1, 3.0, 1.0] + 5.0)
    here, there = fit_benefit(survival, PLAN), fit_benefit(scaled, PLAN)
    assert there.benefit(scaled.covariates) == pytest.approx(here.benefit(survival.covariates))


def test_the_frame_tells_prognostic_from_predictive(survival):
    frame = fit_benefit(survival, PLAN).to_frame()
    assert list(frame["kind"]) == ["prognostic"] * 4 + ["treatment"] + ["predictive"] * 2
    assert (frame["low"] < frame["ratio"]).all()
    assert frame["p_value"].between(0.0, 1.0).all()


def test_every_part_of_a_plan_that_does_not_fit(survival):
    plan = BenefitPlan(("x2", "x2", "y"), 0.0, -1.0, lasso=-1.0, horizon=math.nan)
    fields = [problem.field for problem in plan_problems(survival, plan)]
    assert fields == [
        *("predictive", "predictive", "prognostic_sd", "predictive_sd"),
        *("lasso", "horizon"),
    ]
    with pytest.raises(InputError, match="the last time"):
        fit_benefit(survival, plan)


def test_a_fit_that_ran_off_has_no_errors_and_says_so():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((40, 2))
    arm = np.arange(40) % 2 * 1.0
    event = (x[:, 0] > 0.0).astype(float)
    table = PatientTable(arm, event, np.empty(0), x, ("a", "b"), "harm", True, "binary")
    model = fit_benefit(table, BenefitPlan(("a",), math.inf, math.inf))
    assert model.fit.status == "not_converged"
    assert model.to_frame()["se"].isna().all()
    assert fit_benefit(table, BenefitPlan(("a",))).fit.status == "converged"
