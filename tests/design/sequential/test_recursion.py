"""Exit probabilities: against a slow integral, closed forms, and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import log_ndtr, ndtr
from scipy.stats import multivariate_normal

from equipoise.design.sequential import exit_probabilities
from equipoise.synthesis.arrays import ArrayError


def slow_exits(t, upper, lower, delta, nodes=801):
    """Simpson's rule on one fixed fine grid per look: no panels, no band."""
    up, down = [], []
    z = f = w = np.empty(0)
    for k, now in enumerate(t):
        mean, root = delta * np.sqrt(now), np.sqrt(now)
        if k == 0:
            up.append(ndtr(mean - upper[0]))
            down.append(ndtr(lower[0] - mean))
        else:
            step = now - t[k - 1]
            go = z * np.sqrt(t[k - 1]) + delta * step
            up.append(w @ (f * ndtr((go - upper[k] * root) / np.sqrt(step))))
            down.append(w @ (f * ndtr((lower[k] * root - go) / np.sqrt(step))))
        y = np.linspace(max(lower[k], mean - 9), min(upper[k], mean + 9), nodes)
        if k == 0:
            g = np.exp(-0.5 * (y - mean) ** 2) / np.sqrt(2 * np.pi)
        else:
            move = (y[:, None] * root - go) / np.sqrt(step)
            g = np.exp(-0.5 * move**2) @ (w * f) * root / np.sqrt(2 * np.pi * step)
        w = np.tile([2.0, 4.0], nodes // 2 + 1)[:nodes] * (y[1] - y[0]) / 3.0
        w[[0, -1]] *= 0.5
        z, f = y, g
    return np.array(up), np.array(down)


@pytest.mark.parametrize("delta", [0.0, 2.5, -1.0])
def test_a_plain_slow_integral_agrees(delta):
    t = np.array([0.2, 0.5, 0.6, 1.0])
    upper, lower = np.array([3.0, 2.6, np.inf, 2.0]), np.array([-1.0, -np.inf, 0.1, 2.0])
    up, down = exit_probabilities(t, upper, lower, delta)
    slow_up, slow_down = slow_exits(t, upper, lower, delta)
    np.testing.assert_allclose(up, slow_up, rtol=0, atol=1e-8)
    np.testing.assert_allclose(down, slow_down, rtol=0, atol=1e-8)


def test_a_multivariate_normal_agrees():
    t, upper = np.array([0.3, 0.6, 1.0]), np.array([2.8, 2.4, 2.1])
    corr = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    mean = 1.7 * np.sqrt(t)
    up, _ = exit_probabilities(t, upper, delta=1.7)
    for k in (2, 3):
        normal = multivariate_normal(mean[:k], corr[:k, :k], abseps=1e-7, releps=1e-7, seed=1)
        assert 1.0 - up[:k].sum() == pytest.approx(normal.cdf(upper[:k]), abs=5e-7)


def test_two_looks_agree_with_adaptive_quadrature_far_in_the_tail():
    t, u = np.array([0.1, 0.35]), np.array([7.0, 6.5])
    a, b = np.sqrt(t[1] / (t[1] - t[0])), np.sqrt(t[0] / (t[1] - t[0]))

    def scaled(z):
        return np.exp(60.0 - 0.5 * z * z + log_ndtr(b * z - a * u[1])) / np.sqrt(2 * np.pi)

    second = quad(scaled, -9.0, 7.0, points=[3.5, 5.0], epsabs=0, epsrel=1e-13, limit=400)[0]
    up, _ = exit_probabilities(t, u)
    assert up[0] == pytest.approx(float(ndtr(-7.0)), rel=1e-14)
    assert up[1] == pytest.approx(second * np.exp(-60.0), rel=1e-11)


def test_one_look_is_a_normal_tail():
    up, down = exit_probabilities([1.0], [1.96], [-1.0], [0.0, 2.0])
    np.testing.assert_allclose(up[:, 0], ndtr([-1.96, 0.04]), rtol=1e-15)
    np.testing.assert_allclose(down[:, 0], ndtr([-1.0, -3.0]), rtol=1e-14)


looks = st.lists(st.floats(0.02, 1.0), min_size=1, max_size=5)
bounds = st.tuples(st.floats(0.5, 4.0), st.floats(0.1, 4.0))


@settings(max_examples=25, deadline=None)
@given(gaps=looks, ends=st.lists(bounds, min_size=5, max_size=5), delta=st.floats(-4.0, 4.0))
def test_every_trial_ends_once_and_mirrors(gaps, ends, delta):
    t = np.cumsum(gaps) / np.sum(gaps)
    upper = np.array([high for high, _ in ends[: t.size]])
    lower = np.array([high - width for high, width in ends[: t.size]])
    lower[-1] = upper[-1]
    up, down = exit_probabilities(t, upper, lower, delta)
    assert (up >= 0.0).all()
    assert (down >= 0.0).all()
    assert up.sum() + down.sum() == pytest.approx(1.0, abs=1e-12)
    mirrored_up, mirrored_down = exit_probabilities(t, -lower, -upper, -delta)
    np.testing.assert_allclose(mirrored_up, down, rtol=0, atol=1e-12)
    np.testing.assert_allclose(mirrored_down, up, rtol=0, atol=1e-12)


def test_a_look_without_bounds_changes_nothing():
    up, _ = exit_probabilities([0.5, 1.0], [2.5, 2.0], delta=1.0)
    more, _ = exit_probabilities([0.5, 0.50001, 0.75, 1.0], [2.5, np.inf, np.inf, 2.0], delta=1.0)
    np.testing.assert_allclose(more, [up[0], 0.0, 0.0, up[1]], rtol=0, atol=1e-13)


def test_drifts_far_away_are_sure():
    up, down = exit_probabilities([0.5, 1.0], [2.5, 2.0], [0.0, 2.0], [-60.0, 60.0])
    np.testing.assert_allclose(up, [[0.0, 0.0], [1.0, 0.0]], rtol=0, atol=1e-15)
    np.testing.assert_allclose(down, [[1.0, 0.0], [0.0, 0.0]], rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("t", "upper", "lower", "delta", "said"),
    [
        ([0.5, 0.5], [2, 2], None, 0, "look 2, t"),
        ([0.5, 0.4], [2, 2], None, 0, "look 2, t"),
        ([0.0, 1.0], [2, 2], None, 0, "look 1, t"),
        ([np.nan, 1.0], [2, 2], None, 0, "look 1, t"),
        ([], [], None, 0, "no look"),
        ([0.5, 1.0], [2], None, 0, "2, one a look"),
        ([0.5, 1.0], [np.nan, 2], None, 0, "look 1, upper"),
        ([0.5, 1.0], [2, 2], [2, 0], 0, "below the upper bound"),
        ([0.5, 1.0], [2, 2], [0, 2.1], 0, "below the upper bound"),
        ([0.5, 1.0], [2, 2], [np.inf, 0], 0, "look 1, lower"),
        ([0.5, 1.0], [2, 2], None, np.nan, "a finite number"),
    ],
)
def test_what_cannot_be_used_is_refused(t, upper, lower, delta, said):
    with pytest.raises(ArrayError, match=said):
        exit_probabilities(t, upper, lower, delta)
