"""Risk of bias by stratum and as a distribution; contours of the funnel."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from equipoise.cite import REFERENCES
from equipoise.literature import bias
from equipoise.synthesis import pool
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.bias import (
    bias_distributions,
    bias_prior,
    by_risk_of_bias,
    contour_funnel,
    filled_studies,
    funnel_contours,
    funnel_tests,
    influence_measures,
    partial_pools,
    pool_with_bias,
    rank_correlation,
    risk_strata,
    selection_models,
    subset_heterogeneity,
    table_tests,
)

Y, V = [0.1, 0.2, 0.5, 0.7, -0.4], [0.01, 0.02, 0.05, 0.09, 0.03]
RATING = ["low", "high", "low", "high", "low"]


def test_a_bias_of_nothing_changes_nothing():
    result = pool_with_bias(Y, V, 0.0, 0.0)
    assert result.after.estimate == result.before.estimate
    assert result.shift == 0.0
    assert result.message == result.after.message


def test_with_bias_is_the_pool_of_shifted_and_widened_studies():
    result = pool_with_bias(Y, V, *bias_prior(RATING, {"low": (0, 0), "high": (-0.1, 0.3)}))
    high = np.array([r == "high" for r in RATING])
    plain = pool(np.array(Y) + 0.1 * high, np.array(V) + 0.09 * high)
    assert result.after.estimate == plain.estimate
    assert (result.weight_change[high] < 0).all()
    assert "2 of 5 studies" in result.message


@given(st.floats(-2, 2))
def test_a_shared_mean_shifts_the_pool_by_itself(mean):
    result = pool_with_bias(Y, V, mean, 0.0)
    assert result.shift == pytest.approx(-mean, abs=1e-9)


def test_a_very_uncertain_bias_takes_a_study_out():
    result = pool_with_bias(Y, V, 0.0, [0, 0, 0, 1e5, 0], method="EE", ci="wald")
    rest = pool(np.delete(Y, 3), np.delete(V, 3), method="EE", ci="wald")
    assert result.after.estimate == pytest.approx(rest.estimate, rel=1e-8)


def test_strata_are_pools_and_differ_by_subtraction():
    result = by_risk_of_bias(Y, V, RATING, ci="wald")
    low = pool([Y[0], Y[2], Y[4]], [V[0], V[2], V[4]], ci="wald")
    high = pool([Y[1], Y[3]], [V[1], V[3]], ci="wald")
    assert result.ratings == ("low", "high")
    assert [p.estimate for p in result.pools] == [low.estimate, high.estimate]
    se = math.hypot(low.se, high.se)
    gap = high.estimate - low.estimate
    assert result.difference[0] == pytest.approx(gap)
    assert result.difference_p_value[0] == pytest.approx(2 * norm.sf(abs(gap) / se))
    assert result.q_between == pytest.approx((gap / se) ** 2)
    assert result.q_between_p_value == pytest.approx(result.difference_p_value[0])


def test_student_strata_use_satterthwaite():
    y, v, rating = [*Y, 0.3], [*V, 0.06], [*RATING, "high"]
    result = by_risk_of_bias(y, v, rating)
    a, b = (p.se**2 for p in result.pools)
    df = (a + b) ** 2 / (a * a / 2 + b * b / 2)
    assert result.difference_df[0] == pytest.approx(df)
    p = 2 * t.sf(abs(result.difference[0]) / math.sqrt(a + b), df)
    assert result.difference_p_value[0] == pytest.approx(p)


def test_a_lone_study_or_a_lone_stratum_is_undefined_with_a_sentence():
    lone = by_risk_of_bias(Y, V, ["low"] * 4 + ["high"])
    assert lone.status == "undefined"
    assert "high" in lone.message
    assert math.isnan(lone.difference_p_value[0])
    single = by_risk_of_bias(Y, V, ["low"] * 5)
    assert "Only one stratum" in single.message
    assert single.difference.size == 0
    assert by_risk_of_bias([], [], []).status == "undefined"


def test_bad_ratings_and_biases_are_named():
    with pytest.raises(ArrayError, match="some"):
        bias_prior(["low", "some"], {"low": (0, 0)})
    with pytest.raises(ArrayError, match="2 problems"):
        bias_prior(["low", "high"], {"low": (0, -1), "high": (np.nan, 0.1)})
    with pytest.raises(ArrayError, match="4 ratings for 5"):
        by_risk_of_bias(Y, V, RATING[:4])
    with pytest.raises(ArrayError, match="index 1"):
        by_risk_of_bias(Y, V, ["low", "", "low", "high", "high"])
    with pytest.raises(ArrayError, match="bias_sd"):
        pool_with_bias(Y, V, 0.0, -1.0)


def test_contours_are_the_borders_of_significance():
    plot = contour_funnel(Y, V)
    assert plot.contour_high[1, -1] == pytest.approx(1.959964 * math.sqrt(max(V)), rel=1e-6)
    p = 2 * norm.sf(np.abs(Y) / np.sqrt(V))
    assert plot.p_value == pytest.approx(p)
    assert plot.zone.tolist() == [sum(x < c for c in (0.1, 0.05, 0.01)) for x in p]
    assert plot.counts.sum() == plot.k == 5
    assert plot.estimate == pool(Y, V, method="EE", ci="wald").estimate
    shifted = contour_funnel(np.array(Y) + 1, V, estimate=1.2, null=1.0)
    assert shifted.zone.tolist() == plot.zone.tolist()
    assert shifted.funnel_low[0] == 1.2


def test_contours_of_nothing_and_of_bad_levels():
    assert contour_funnel([], []).message == "No study."
    with pytest.raises(ArrayError, match="levels"):
        contour_funnel(Y, V, levels=(0.9, 95))


def test_every_paper_named_exists_and_every_paper_is_named():
    rooms = (
        *(bias_distributions, filled_studies, funnel_contours, funnel_tests, influence_measures),
        *(partial_pools, rank_correlation, risk_strata, selection_models, subset_heterogeneity),
        table_tests,
    )
    named = {key for room in rooms for keys in room.METHOD_CITES.values() for key in keys}
    assert named <= set(REFERENCES)
    assert {reference.key for reference in bias.REFERENCES} == named
