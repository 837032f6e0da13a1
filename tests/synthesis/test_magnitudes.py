"""Any magnitude gives the right answer or one clear error; never a raw exception."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis import pool
from equipoise.synthesis.arrays import ArrayError

METHODS = ("EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
CIS = ("wald", "t", "hksj", "hksj-adhoc")
Y = np.array([0.1, 0.9, -0.5, 1.2, 0.4])
V = np.array([0.1, 0.2, 0.05, 0.3, 0.1])


@pytest.mark.parametrize("power", [-153, -150, -100, 100, 150, 153])
@pytest.mark.parametrize("method", METHODS)
def test_a_joint_change_of_unit_changes_nothing_else(power, method):
    c, plain = 10.0**power, pool(Y, V, method=method)
    moved = pool(Y * c, V * c * c, method=method)
    for name in ("estimate", "se", "ci_low", "ci_high", "prediction_low"):
        assert getattr(moved, name) / c == pytest.approx(
            getattr(plain, name), rel=1e-9, nan_ok=True
        )
    assert moved.tau2 / c / c == pytest.approx(plain.tau2, rel=1e-7)
    assert (moved.p_value, moved.q) == pytest.approx((plain.p_value, plain.q), rel=1e-9)
    assert moved.status == plain.status


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("c", "d"), [(1e-170, 1.0), (1e-300, 1.0), (1e-300, 1e300), (1.0, 1e300)])
def test_effects_that_are_faint_beside_their_errors(c, d, method):
    reference = pool(Y * 1e-100, V, method=method)
    faint = pool(Y * c, V * d, method=method)
    if method == "SJ":  # never zero: the plain variance times Q(t0) / (k - 1), t0 being nothing
        q = (Y - np.average(Y, weights=1 / V)) ** 2 @ (1 / V)
        size = Fraction(c) ** 4 / Fraction(d) * Fraction(Y.var() * q / 4)
        assert faint.tau2 == pytest.approx(float(size), rel=1e-9, abs=1e-307)
    else:
        assert faint.tau2 == 0.0
    assert faint.p_value == pytest.approx(reference.p_value, rel=1e-12)
    assert faint.p_value == pytest.approx(0.8095395574622383, rel=1e-9)
    assert (faint.estimate / c, faint.se / c, faint.ci_low / c) == pytest.approx(
        (0.0724137931034483, 0.2812829449590774, -0.7085528626038025), rel=1e-9
    )
    wald = pool(Y * c, V * d, method=method, ci="wald", prediction="riley")
    assert wald.se == pytest.approx(math.sqrt(d) * 0.14383899044561524, rel=1e-9)
    assert (wald.p_value, wald.ci_high) == pytest.approx((1.0, 1.959963984540054 * wald.se))
    riley = pool(Y * c, V * d, method=method, prediction="riley")
    assert riley.prediction_high == pytest.approx(wald.prediction_high, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("ci", CIS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("c", "d"), [(1e100, 1.0), (1e300, 1.0), (1.0, 1e-300), (1.0, 1e-140), (1e160, 1e300)]
)
def test_magnitudes_no_double_can_bring_together_are_refused(c, d, method, ci):
    if (c, method) == (1e160, "EE"):  # its answer is no square
        return
    with pytest.raises(ArrayError) as caught:
        pool(Y * c, V * d, method=method, ci=ci)
    (problem,) = caught.value.problems
    assert "1e+12 times the smallest" in problem.allowed or "2.3e-308" in problem.allowed


def test_errors_that_are_too_far_apart_are_refused():
    with pytest.raises(ArrayError, match=r"index 1, vi.*within a factor of 1e\+12"):
        pool([0.1, 0.2], [1e10, 1e-20])


def test_too_small_a_variance_and_too_high_a_level_are_refused():
    with pytest.raises(ArrayError, match=r"a variance of at least 2\.2e-308"):
        pool([0.0, 0.0], [1e-310, 1.0])
    with pytest.raises(ArrayError, match=r"at most 0\.999999999"):
        pool([0.1, 0.2], [0.1, 0.1], level=1.0 - 1e-16)


def exact_dersimonian_laird(yi, vi):
    """Mean, squared error and tau2 in exact fractions."""
    y, v = [Fraction(float(x)) for x in yi], [Fraction(float(x)) for x in vi]
    w = [1 / x for x in v]
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
    tau2 = max(Fraction(0), (q - (len(y) - 1)) / (sum(w) - sum(a * a for a in w) / sum(w)))
    w = [1 / (x + tau2) for x in v]
    return sum(a * b for a, b in zip(w, y, strict=True)) / sum(w), 1 / sum(w), tau2


def test_one_overwhelming_study_costs_no_digit():
    yi, vi = np.array([0.3, 0.1, 0.7]), np.array([1e-20, 1.0, 2.0])
    mean, variance, tau2 = exact_dersimonian_laird(yi, vi)
    found = pool(yi, vi, method="DL", ci="wald")
    assert (found.estimate, found.se) == pytest.approx((float(mean), float(variance) ** 0.5))
    yi[2] = 9.0
    mean, variance, tau2 = exact_dersimonian_laird(yi, vi)
    found = pool(yi, vi, method="DL", ci="wald")
    assert found.tau2 == pytest.approx(float(tau2), rel=1e-9) != 0.0


exponent = st.floats(-160, 160)


@given(
    st.lists(st.tuples(st.floats(-3, 3), exponent, exponent), min_size=1, max_size=6),
    st.sampled_from(METHODS),
    st.sampled_from(CIS),
    st.booleans(),
)
@settings(max_examples=150)
def test_nothing_but_an_array_error_ever_comes_out(studies, method, ci, near):
    base = studies[0][2]
    powers = [(p if not near else base, base + e / 40 if near else e) for _, e, p in studies]
    with np.errstate(over="ignore", under="ignore"):
        yi = np.array([y * 10.0**p for (y, _, _), (p, _) in zip(studies, powers, strict=True)])
        vi = np.float64(10.0) ** np.array([2 * e for _, e in powers])
    try:
        found = pool(yi, vi, method=method, ci=ci)
    except ArrayError:
        return
    numbers = (found.estimate, found.se, found.ci_low, found.ci_high, found.p_value, found.tau2)
    if found.status != "undefined":
        assert all(map(math.isfinite, numbers))
