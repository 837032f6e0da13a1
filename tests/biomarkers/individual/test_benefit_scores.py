"""Scores, ranking, calibration, net benefit: R, plain loops, and what must always hold."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.biomarkers.individual import (
    PatientTable,
    benefit_curve,
    benefit_scores,
    calibrate_benefit,
    net_benefit,
    pseudo_observations,
    rank_weighted_effect,
)
from equipoise.errors import InputError
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.survival import rmst_difference


def test_pseudo_observations_are_those_of_r(survival, pinned):
    found = pseudo_observations(survival, 6.0)
    for arm in (0, 1):
        assert found[survival.treatment == arm] == pytest.approx(pinned[f"pseudo {arm}"], abs=2e-6)


def test_scores_average_to_the_difference_between_the_arms(binary, survival):
    treated = binary.treatment == 1.0
    plain = binary.event[treated].mean() - binary.event[~treated].mean()
    assert benefit_scores(binary).scores.mean() == pytest.approx(plain)
    harm = replace(binary, event_is="harm")
    assert benefit_scores(harm).scores.mean() == pytest.approx(-plain)
    gained = rmst_difference(survival.time, survival.event, survival.treatment, 6.0).estimate
    found = benefit_scores(survival, horizon=6.0).scores.mean()
    assert found == pytest.approx(gained, abs=0.02)  # a mean of jackknife values, not the mean


def test_a_cohort_is_weighted_by_the_chance_of_treatment():
    """Treatment goes to those with a worse outlook: scores undo what the plain difference shows."""
    rng = np.random.default_rng(3)
    n = 6000
    x = rng.standard_normal((n, 1))
    chance = 1.0 / (1.0 + np.exp(-x[:, 0]))
    arm = (rng.random(n) < chance).astype(float)
    event = (rng.random(n) < 1.0 / (1.0 + np.exp(-(x[:, 0] - 0.5)))).astype(float)
    table = PatientTable(arm, event, np.empty(0), x, ("x",), "harm", False, "binary")
    plain = event[arm == 0].mean() - event[arm == 1].mean()
    weighted = benefit_scores(table)
    error = weighted.scores.std() / math.sqrt(n)
    assert plain < -0.1
    assert abs(weighted.scores.mean()) < 3.0 * error
    assert "data cannot show" in weighted.message
    known = benefit_scores(table, propensity=chance).scores.mean()
    assert abs(known - weighted.scores.mean()) < 3.0 * error


def test_what_cannot_be_scored(survival, binary):
    with pytest.raises(InputError, match="horizon"):
        benefit_scores(survival, horizon=99.0)
    with pytest.raises(InputError) as caught:
        benefit_scores(binary, propensity=np.where(np.arange(160) < 2, 1.0, 0.5))
    assert [p.row for p in caught.value.problems] == ["row 1", "row 2"]
    with pytest.raises(InputError, match="shape"):
        benefit_scores(binary, propensity=np.array([0.5]))


def slow_areas(scores, priority):
    """TOC from its definition, a threshold at a time."""
    n = scores.size
    order = sorted(range(n), key=lambda i: -priority[i])
    mean = {p: scores[priority == p].mean() for p in set(priority)}
    curve = []
    for k in range(1, n + 1):
        first = [mean[priority[i]] for i in order[:k]]
        curve.append(sum(first) / k - scores.mean())
    return sum(curve) / n, sum((k + 1) / n * c for k, c in enumerate(curve)) / n


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_areas_are_a_plain_loop_and_ties_have_no_order(seed):
    rng = np.random.default_rng(seed)
    scores, priority = rng.standard_normal(12), rng.integers(0, 5, 12).astype(float)
    autoc, qini = slow_areas(scores, priority)
    options = {"draws": 20, "seed": 1}
    assert rank_weighted_effect(scores, priority, **options).estimate == pytest.approx(autoc)
    found = rank_weighted_effect(scores, priority, weighting="QINI", **options)
    assert found.estimate == pytest.approx(qini)
    mixed = rng.permutation(12)
    again = rank_weighted_effect(scores[mixed], priority[mixed], **options)
    assert again.estimate == pytest.approx(autoc)
    stretched = rank_weighted_effect(scores, np.exp(priority), **options)
    assert stretched.estimate == pytest.approx(autoc)
    shifted = rank_weighted_effect(scores + 3.0, priority, **options)
    assert shifted.estimate == pytest.approx(autoc)


def test_one_priority_for_all_has_no_area():
    found = rank_weighted_effect([1.0, 2.0, 3.0, 9.0], [0.0] * 4, draws=50, seed=1)
    assert found.estimate == pytest.approx(0.0)
    assert math.isnan(found.p_value) or found.se == pytest.approx(0.0, abs=1e-12)


def test_the_half_sample_error_is_the_spread_of_the_estimate():
    """200 data sets: the mean error against the standard deviation of the estimates."""
    rng = np.random.default_rng(5)
    found, errors = [], []
    for seed in range(200):
        priority = rng.random(100)
        scores = priority + rng.standard_normal(100)
        one = rank_weighted_effect(scores, priority, draws=50, seed=seed)
        found.append(one.estimate)
        errors.append(one.se)
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.15)
    # truth: TOC(u) = (1 - u) / 2 under a uniform priority, whose area is 1 / 4
    assert np.mean(found) == pytest.approx(0.25, abs=4 * np.std(found) / math.sqrt(200))


def test_the_curve_ends_at_everybody():
    curve = benefit_curve([3.0, 1.0, 2.0, 0.0], [4, 2, 3, 1], points=4, draws=20, seed=1)
    assert curve.gain == pytest.approx([1.5, 1.0, 0.5, 0.0])
    assert curve.se[-1] == pytest.approx(0.0, abs=1e-12)


def test_ranking_problems_at_once():
    with pytest.raises(ArrayError) as caught:
        rank_weighted_effect([1.0, math.nan, 2.0], [1, 2, 3], weighting="GINI", seed=1)
    assert [p.field for p in caught.value.problems] == ["scores", "scores", "weighting"]


def test_the_calibration_line_is_that_of_r(binary, pinned):
    score = binary.event * (2.0 * binary.treatment - 1.0) * 2.0
    x2 = binary.covariates[:, 1]
    z = (x2 - x2.mean()) / x2.std()
    found = calibrate_benefit(score, z)
    mean, slope, mean_se, slope_se = pinned["line"]
    assert found.slope == pytest.approx(slope, rel=1e-7)
    assert found.slope_se == pytest.approx(slope_se, rel=1e-7)
    assert found.intercept == pytest.approx(mean - z.mean(), abs=1e-8)
    assert found.intercept_se == pytest.approx(mean_se, rel=1e-7)


def test_a_true_prediction_is_calibrated():
    rng = np.random.default_rng(2)
    benefit = rng.uniform(-0.2, 0.4, 4000)
    found = calibrate_benefit(benefit + rng.standard_normal(4000), benefit, groups=5)
    assert abs(found.slope - 1.0) < 3.0 * found.slope_se
    assert abs(found.intercept) < 3.0 * found.intercept_se
    assert (np.abs(found.observed - found.predicted) < 3.5 * found.se).all()
    assert found.patients.sum() == 4000


def test_one_prediction_for_all_has_no_slope():
    found = calibrate_benefit(np.arange(8.0), np.full(8, 0.1), groups=2)
    assert found.status == "undefined"
    assert math.isnan(found.slope)
    assert found.intercept == pytest.approx(3.4)
    with pytest.raises(ArrayError, match="groups"):
        calibrate_benefit(np.arange(8.0), np.arange(8.0), groups=3)


def test_net_benefit_of_treating_all_and_nobody():
    rng = np.random.default_rng(4)
    scores, predicted = rng.standard_normal(200), rng.uniform(0.0, 1.0, 200)
    found = net_benefit(scores, predicted, [-1.0, 0.5, 2.0])
    assert found.rule[0] == pytest.approx(found.everybody[0])
    assert found.treated[0] == 1.0
    assert found.rule[2] == found.rule_se[2] == found.treated[2] == 0.0
    chosen = predicted > 0.5
    assert found.rule[1] == pytest.approx((chosen * (scores - 0.5)).sum() / 200)
    assert found.difference == pytest.approx(found.rule - found.everybody)
    with pytest.raises(ArrayError) as caught:
        net_benefit([1.0, math.inf], [1.0, 2.0], [math.nan])
    assert [p.field for p in caught.value.problems] == ["scores", "thresholds"]
