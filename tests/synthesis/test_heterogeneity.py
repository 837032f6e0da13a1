"""Heterogeneity: definitions, moment equations and the Q-profile."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc

from equipoise.synthesis import pool
from equipoise.synthesis.heterogeneity import all_but_one, generalised_q, q_p_value, q_profile

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 4)), min_size=2, max_size=12).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


@pytest.mark.parametrize("method", ["PM", "EB"])
@given(data=studies)
def test_the_moment_equation_is_solved_or_its_root_is_zero(method, data):
    found = pool(*data, method=method)
    k = data[0].size
    if found.status == "boundary":
        assert found.tau2 == 0.0
        assert generalised_q(*data) <= (k - 1) * (1 + 1e-12)
    else:
        assert generalised_q(*data, found.tau2) == pytest.approx(k - 1, rel=1e-9)


@given(studies)
def test_i2_at_the_moment_estimate_is_the_familiar_one(data):
    k, found = data[0].size, pool(*data, method="DL")
    familiar = 100 * (found.q - (k - 1)) / found.q if found.q else 0.0
    assert found.i2 == pytest.approx(max(0.0, familiar), abs=1e-6)


@given(studies, st.floats(0.5, 0.99))
def test_q_profile_ends_leave_the_tails(data, level):
    low, high = q_profile(*data, level)
    k = data[0].size
    assert 0.0 <= low <= high
    for end, tail in ((low, (1 - level) / 2), (high, (1 + level) / 2)):
        if end > 0:
            assert chdtrc(k - 1, generalised_q(*data, end)) == pytest.approx(tail, abs=1e-8)


def projection(vi, tau2=0.0):
    """`P = W - W 1 1' W / sum w` as a matrix."""
    w = np.diag(1 / (vi + tau2))
    one = np.ones((vi.size, 1))
    return w - w @ one @ np.linalg.inv(one.T @ w @ one) @ one.T @ w


@given(studies, st.floats(0, 3))
def test_q_against_matrices(data, tau2):
    yi, vi = data
    p = projection(vi, tau2)
    assert generalised_q(yi, vi, tau2) == pytest.approx(float(yi @ p @ yi), rel=1e-6, abs=1e-9)


def slow(yi, vi, method):
    """`tau2` before it is cut at zero, and its standard error, with whole matrices."""
    k, v = yi.size, np.diag(vi)
    scale = 1.0
    if method == "SJ":
        scale = yi.var()
        p, centre = projection(vi, scale) * scale, 0.0
    elif method == "HE":
        p = np.eye(k) - 1.0 / k
        centre = np.trace(p @ v)
    else:
        p, centre = projection(vi), float(k - 1 if method == "DL" else k)
    unit = {"DL": np.trace(p), "HS": (1 / vi).sum()}.get(method, k - 1.0)
    raw = (yi @ p @ yi - centre) / unit
    t = max(0.0, raw)
    pv = p @ v
    spread = 2 * np.trace(pv @ pv) + 4 * t * np.trace(pv @ p) + 2 * t * t * np.trace(p @ p)
    return raw, math.sqrt(spread) / unit


@pytest.mark.parametrize("method", ["DL", "HE", "HS", "SJ"])
@given(data=studies)
def test_closed_forms_against_matrices(method, data):
    found = pool(*data, method=method)
    if method == "SJ" and data[0].var() == 0.0:
        assert found.tau2 == 0.0
        return
    raw, error = slow(*data, method)
    assert found.tau2 == pytest.approx(max(0.0, raw), rel=1e-6, abs=1e-9)
    assert found.tau2_se == pytest.approx(error, rel=1e-5, abs=1e-9)


@given(studies)
def test_information_errors_against_matrices(data):
    for method in ("REML", "ML"):
        found = pool(*data, method=method)
        p = projection(data[1], found.tau2)
        if method == "ML":
            p = np.diag(1 / (data[1] + found.tau2))
        assert found.tau2_se == pytest.approx(math.sqrt(2 / np.trace(p @ p)), rel=1e-7)


def test_one_study_shows_no_heterogeneity():
    one = pool([1.0], [0.1])
    assert all(map(math.isnan, (one.i2, one.h2, *q_profile(np.array([1.0]), np.array([0.1])))))
    assert (q_p_value(0.0, 1), one.q_p_value) == (1.0, 1.0)


def test_the_others_are_summed_and_not_subtracted():
    weights = np.array([[1e30, 1.0, 2.0], [3.0, 4.0, 5.0]])
    others = [[3.0, 1e30, 1e30], [9.0, 8.0, 7.0]]
    np.testing.assert_array_equal(all_but_one(weights), others)
