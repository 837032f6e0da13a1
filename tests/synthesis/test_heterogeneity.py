"""Heterogeneity: definitions, moment equations and the Q-profile."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc

from equipoise.synthesis.heterogeneity import (
    all_but_one,
    generalised_q,
    inconsistency,
    inconsistency_from_q,
    q_p_value,
    q_profile,
    root_q,
    tau2_dersimonian_laird,
    tau2_paule_mandel,
    trace_p_squared,
)

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 4)), min_size=2, max_size=12).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


@given(studies)
def test_paule_mandel_solves_its_equation_or_is_zero(data):
    tau = tau2_paule_mandel(*data)
    k = data[0].size
    if tau.status == "boundary":
        assert tau.tau2 == 0.0
        assert generalised_q(*data) <= k - 1
    else:
        assert generalised_q(*data, tau.tau2) == pytest.approx(k - 1, rel=1e-9)


@given(studies)
def test_i2_at_the_moment_estimate_is_the_familiar_one(data):
    yi, vi = data
    tau = tau2_dersimonian_laird(yi, vi)
    q = generalised_q(yi, vi)
    familiar = inconsistency_from_q(q, yi.size)
    assert inconsistency(vi, tau.tau2).i2 == pytest.approx(familiar.i2, abs=1e-6)


@given(studies, st.floats(0.5, 0.99))
def test_q_profile_ends_leave_the_tails(data, level):
    low, high = q_profile(*data, level)
    k = data[0].size
    assert 0.0 <= low <= high
    for end, tail in ((low, (1 - level) / 2), (high, (1 + level) / 2)):
        if end > 0:
            assert chdtrc(k - 1, generalised_q(*data, end)) == pytest.approx(tail, abs=1e-8)


@given(studies, st.floats(0, 3))
def test_q_and_traces_against_matrices(data, tau2):
    yi, vi = data
    w = np.diag(1 / (vi + tau2))
    one = np.ones((yi.size, 1))
    p = w - w @ one @ np.linalg.inv(one.T @ w @ one) @ one.T @ w
    assert generalised_q(yi, vi, tau2) == pytest.approx(float(yi @ p @ yi), rel=1e-6, abs=1e-9)
    assert trace_p_squared(vi, tau2) == pytest.approx(float(np.trace(p @ p)), rel=1e-7)


def test_one_study_shows_no_heterogeneity():
    vi = np.array([0.1])
    assert math.isnan(inconsistency(vi, 0.0).i2)
    assert math.isnan(inconsistency_from_q(0.0, 1).h2)
    assert all(map(math.isnan, q_profile(np.array([1.0]), vi)))
    assert q_p_value(0.0, 1) == 1.0


@given(studies, st.floats(0, 3))
def test_the_root_of_q_is_that_of_q_and_survives_where_q_is_lost(data, tau2):
    yi, vi = data
    assert root_q(yi, vi, tau2) ** 2 == pytest.approx(generalised_q(yi, vi, tau2))
    faint = np.array([1.0, 2.0, 4.0]) * 1e-200
    assert generalised_q(faint, np.ones(3)) == 0.0
    assert root_q(faint, np.ones(3)) == pytest.approx(1e-200 * math.sqrt(14 / 3))


def test_the_others_are_summed_and_not_subtracted():
    weights = np.array([[1e30, 1.0, 2.0], [3.0, 4.0, 5.0]])
    others = [[3.0, 1e30, 1e30], [9.0, 8.0, 7.0]]
    np.testing.assert_array_equal(all_but_one(weights), others)
