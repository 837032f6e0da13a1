"""Pooling: a published example, a plain slow version, properties, edges and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtr

from equipoise.checkpoints import from_plain, to_plain
from equipoise.errors import InputError
from equipoise.synthesis import PooledEffect, batch, pool
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.pool_remarks import IDENTICAL, IMPROBABLE, NARROWER, TOO_ALIKE

METHODS = ("EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
CIS = ("wald", "t", "hksj", "hksj-adhoc")

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 4)), min_size=2, max_size=12).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


def test_bcg_vaccine_trials_give_the_published_answer(bcg_effects):
    # Viechtbauer 2010, J Stat Softw 36(3), section 3.2: REML on the 13 BCG trials
    result = pool(*bcg_effects, method="REML", ci="wald")
    assert (round(result.estimate, 4), round(result.se, 4)) == (-0.7145, 0.1798)
    assert (round(result.tau2, 4), round(result.tau2_se, 4)) == (0.3132, 0.1664)
    assert (round(result.i2, 2), round(result.h2, 2)) == (92.22, 12.86)
    assert round(result.q, 4) == 152.2330
    assert (result.k, result.status, result.message) == (13, "converged", "")


def slow_dersimonian_laird(yi, vi):
    """The textbook sums, one study at a time."""
    total = sum(1 / v for v in vi)
    mean = sum(y / v for y, v in zip(yi, vi, strict=True)) / total
    q = sum((y - mean) ** 2 / v for y, v in zip(yi, vi, strict=True))
    tau2 = max(0.0, (q - (len(yi) - 1)) / (total - sum(1 / v**2 for v in vi) / total))
    weights = [1 / (v + tau2) for v in vi]
    estimate = sum(w * y for w, y in zip(weights, yi, strict=True)) / sum(weights)
    spread = sum(w * (y - estimate) ** 2 for w, y in zip(weights, yi, strict=True))
    return estimate, tau2, sum(weights) ** -0.5, spread / (len(yi) - 1)


@given(studies)
def test_agrees_with_a_plain_slow_version(data):
    estimate, tau2, wald_se, factor = slow_dersimonian_laird(*data)
    for ci, se in (
        ("wald", wald_se),
        ("hksj", wald_se * math.sqrt(factor)),
        ("hksj-adhoc", wald_se * math.sqrt(max(1.0, factor))),
    ):
        result = pool(*data, method="DL", ci=ci)
        np.testing.assert_allclose(
            [result.estimate, result.tau2, result.se], [estimate, tau2, se], rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("method", METHODS)
@given(data=studies)
@settings(max_examples=15)
def test_swapping_the_arms_flips_the_sign(method, data):
    yi, vi = data
    a, b = pool(yi, vi, method=method), pool(-yi, vi, method=method)
    np.testing.assert_allclose(
        [a.estimate, a.ci_low, a.prediction_low, a.tau2],
        [-b.estimate, -b.ci_high, -b.prediction_high, b.tau2],
        rtol=1e-7,
        atol=1e-9,
    )


@pytest.mark.parametrize("method", METHODS)
@given(data=studies, seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_reordering_studies_moves_nothing(method, data, seed):
    yi, vi = data
    order = np.random.default_rng(seed).permutation(yi.size)
    a, b = pool(yi, vi, method=method), pool(yi[order], vi[order], method=method)
    np.testing.assert_allclose(
        [a.estimate, a.se, a.tau2], [b.estimate, b.se, b.tau2], rtol=1e-7, atol=1e-9
    )
    np.testing.assert_allclose(a.weights[order], b.weights, rtol=1e-7)


@given(studies, st.floats(-3, 3), st.floats(0.01, 4))
def test_a_further_study_never_widens_a_common_effect_interval(data, y, v):
    yi, vi = data
    before = pool(yi, vi, method="EE", ci="wald")
    after = pool([*yi, y], [*vi, v], method="EE", ci="wald")
    assert after.se < before.se


@pytest.mark.parametrize("method", METHODS)
@given(data=studies, scale=st.sampled_from([1e-12, 0.01, 7.0, 1e9]))
@settings(max_examples=15)
def test_the_unit_of_measurement_scales_the_answer(method, data, scale):
    yi, vi = data
    a, b = pool(yi, vi, method=method), pool(yi * scale, vi * scale**2, method=method)
    np.testing.assert_allclose(
        [a.estimate * scale, a.se * scale, a.tau2 * scale**2, a.i2],
        [b.estimate, b.se, b.tau2, b.i2],
        rtol=1e-6,
        atol=1e-9 * scale,
    )
    if not math.isinf(a.loglik):
        free = yi.size - (method == "REML")
        assert b.loglik == pytest.approx(a.loglik - free * math.log(scale), abs=1e-6)


@pytest.mark.parametrize("unit", [1e-140, 1e140])
def test_extreme_units_neither_overflow_nor_underflow(bcg_effects, unit):
    yi, vi = bcg_effects
    result = pool(yi * unit, vi * unit * unit, ci="wald")
    assert result.estimate / unit == pytest.approx(-0.71453234, abs=1e-7)
    assert result.tau2 / unit / unit == pytest.approx(0.31324326, abs=1e-7)


def test_hksj_and_adhoc_differ_only_where_hksj_is_narrower_than_wald():
    homogeneous = pool([0.10, 0.11, 0.09, 0.1, 0.1], [0.1] * 5)
    floored = pool([0.10, 0.11, 0.09, 0.1, 0.1], [0.1] * 5, ci="hksj-adhoc")
    wald = pool([0.10, 0.11, 0.09, 0.1, 0.1], [0.1] * 5, ci="wald")
    assert homogeneous.se < wald.se == floored.se
    assert NARROWER in homogeneous.message
    assert homogeneous.status == "boundary"
    assert homogeneous.tau2 == 0.0


@pytest.mark.parametrize("unit", [1.0, 1e-60, 1e60])
@pytest.mark.parametrize("y", [[0.1, 0.5, 0.9], [-1.0, 0.5, 3.9]])
def test_few_studies_are_given_the_other_intervals(y, unit):
    data = np.array(y) * unit, np.array([0.1, 0.1, 0.2]) * unit**2
    message = pool(*data).message
    for ci, name in (("hksj-adhoc", "hksj-adhoc"), ("wald", "Wald")):
        other = pool(*data, ci=ci)
        assert f"{name} ({other.ci_low:.4g} to {other.ci_high:.4g})" in message
    assert "Only 3 studies" in message
    floored = pool(*data, ci="hksj-adhoc").message
    assert "Wald (" in floored
    assert "hksj" not in floored
    assert pool(*data, ci="wald").message == ""


def test_one_study_has_a_wald_interval_only():
    wald = pool([0.3], [0.04], ci="wald")
    assert (wald.estimate, wald.se, wald.status) == (0.3, pytest.approx(0.2), "converged")
    assert wald.ci_low == pytest.approx(0.3 - 1.959963984540054 * 0.2)
    assert (wald.tau2, wald.q) == (0.0, 0.0)
    assert math.isnan(wald.prediction_low)
    unasked = pool([0.3], [0.04])
    assert (unasked.ci, unasked.status, unasked.ci_low) == ("wald", "converged", wald.ci_low)
    for ci in ("t", "hksj", "hksj-adhoc"):
        undefined = pool([0.3], [0.04], ci=ci)
        assert undefined.status == "undefined"
        assert undefined.estimate == 0.3
        assert all(map(math.isnan, (undefined.se, undefined.ci_low, undefined.p_value)))
        assert "needs two studies" in undefined.message


def test_no_study_is_undefined_and_not_an_error():
    nothing = pool([], [])
    assert (nothing.k, nothing.status, nothing.weights.size) == (0, "undefined", 0)
    assert math.isnan(nothing.estimate)


def test_riley_prediction_needs_three_studies():
    two = pool([0.1, 0.9], [0.1, 0.1], prediction="riley")
    assert math.isnan(two.prediction_low)
    assert "needs three studies" in two.message
    three = pool([0.1, 0.9, 0.2], [0.1, 0.1, 0.1], prediction="riley", ci="wald")
    half = 12.706204736 * math.sqrt(three.se**2 + three.tau2)  # t(1) quantile, any table
    assert three.prediction_high - three.estimate == pytest.approx(half, rel=1e-9)


def test_riley_prediction_by_hand():
    # y 0, 1, 2, 5, v 1: mean 2, Q = 4 + 1 + 0 + 9 = 14, DL tau2 = (14 - 3) / (4 - 4 / 4) = 11/3;
    # Wald se^2 = (1 + 11/3) / 4 = 7/6, and 7/6 + 11/3 = 29/6. Student's t with 2 degrees of
    # freedom has the quantile 0.95 / sqrt(2 * 0.975 * 0.025) = 4.30265; half = 9.4593.
    half = 0.95 / math.sqrt(2 * 0.975 * 0.025) * math.sqrt(29 / 6)
    assert round(half, 4) == 9.4593
    for ci in ("wald", "hksj"):
        result = pool([0, 1, 2, 5], [1, 1, 1, 1], method="DL", ci=ci, prediction="riley")
        assert result.tau2 == pytest.approx(11 / 3)
        ends = (result.prediction_low, result.prediction_high)
        assert ends == pytest.approx((2 - half, 2 + half), rel=1e-12)
    # Where the Hartung-Knapp error is not Wald's. y 0, 2, 6, v 1, 1, 4: w 1, 1, 1/4; mean 14/9;
    # Q = 196/81 + 16/81 + 400/81 = 612/81; tr P = 9/4 - (33/16) / (9/4) = 4/3; tau2 =
    # (612/81 - 2) / (4/3) = 25/6; w 6/31, 6/31, 6/49; se^2 = 1 / (12/31 + 6/49). Student's t with
    # 1 degree of freedom has the quantile tan(0.475 pi) = 12.7062.
    result = pool([0, 2, 6], [1, 1, 4], method="DL", ci="hksj", prediction="riley")
    half = math.tan(0.475 * math.pi) * math.sqrt(1 / (12 / 31 + 6 / 49) + 25 / 6)
    assert result.tau2 == pytest.approx(25 / 6)
    assert result.se != pytest.approx((12 / 31 + 6 / 49) ** -0.5, rel=1e-3)
    assert result.prediction_high - result.estimate == pytest.approx(half, rel=1e-12)


def test_narrower_is_said_of_the_interval_and_not_of_the_error():
    # Two effects whose spread gives an error below Wald's; Student's t(1) makes the interval wide.
    result, wald = (pool([0.1, 0.4], [0.1, 0.1], ci=ci) for ci in ("hksj", "wald"))
    assert result.se < wald.se
    assert result.ci_high - result.ci_low > wald.ci_high - wald.ci_low
    assert "narrower" not in result.message


@pytest.mark.parametrize("k", [2, 3, 7, 40, 400])
@pytest.mark.parametrize("method", ["DL", "PM", "REML"])
def test_with_equal_variances_round_off_is_not_narrower(k, method):
    # tau2 makes Q(tau2) = k - 1, so that the Hartung-Knapp interval is that of ``t``.
    y = np.random.default_rng(k).normal(0.0, 1.0, k) * 3.0
    result, student = (pool(y, [0.37] * k, method=method, ci=ci) for ci in ("hksj", "t"))
    assert result.se == pytest.approx(student.se, rel=1e-7)
    assert "narrower" not in result.message


def test_identical_effects_are_named():
    for k in (3, 6):
        assert IDENTICAL in pool([0.1] * k, [0.1, 0.2, 0.3] * (k // 3)).message
    assert NARROWER not in pool([0.1] * 3, [0.1, 0.2, 0.3]).message
    assert IDENTICAL not in pool([0.1] * 3, [0.1, 0.2, 0.3], ci="hksj-adhoc").message


def test_effects_that_agree_too_well_raise_a_question():
    y, se = np.random.default_rng(2).normal(0.0, 0.1, 12), 0.1
    assert TOO_ALIKE in pool(y, [se] * 12, method="EE", ci="wald").message  # the error itself
    assert TOO_ALIKE not in pool(y, [se**2] * 12, method="EE", ci="wald").message
    assert TOO_ALIKE not in pool([0.1, 0.1, 0.1, 0.1], [1.0] * 4).message  # k below 5


def test_the_question_is_rarely_asked_in_vain():
    rng = np.random.default_rng(5)
    V = rng.uniform(0.02, 0.08, (4000, 13))
    Y = rng.normal(0.2, np.sqrt(V))
    honest, mistaken = (batch.pool(Y, v, "EE").q for v in (V, np.sqrt(V)))
    assert (chdtr(12, honest) < IMPROBABLE).mean() == pytest.approx(0.01, abs=0.006)
    assert (chdtr(12, mistaken) < IMPROBABLE).mean() > 0.8


def test_equal_effects_have_no_hksj_width():
    result = pool([0.1, 0.1, 0.1], [0.1, 0.2, 0.3])
    assert (result.se, result.ci_low, result.ci_high, result.p_value) == (0, 0.1, 0.1, 0)
    assert pool([0.0, 0.0], [0.1, 0.2]).p_value == 1.0


def test_every_bad_value_is_named_at_once():
    with pytest.raises(InputError) as caught:
        pool([1.0, math.nan, 2.0], [1.0, -1.0, 0.0], ci="exact", level=2)
    text = str(caught.value)
    assert "5 problems" in text
    for part in ("index 1, yi", "index 1, vi", "index 2, vi", "wald, t, hksj", "level"):
        assert part in text


@pytest.mark.parametrize(
    ("yi", "vi"),
    [
        ([1, 2], [1]),
        ([[1, 2]], [[1, 1]]),
        (["a"], [1]),
        ([1], [math.inf]),
        ([10**400], [1]),
        (np.ma.MaskedArray([1.0, 2.0], mask=[False, True]), [1, 1]),
    ],
)
def test_bad_input_is_also_a_value_error(yi, vi):
    with pytest.raises(ValueError, match=r"problem.* in the input"):
        pool(yi, vi)


@pytest.mark.parametrize("level", ["0.95", None, 95, 0.0, math.nan])
def test_what_is_no_level_is_refused(level):
    with pytest.raises(ArrayError, match="level: found"):
        pool([1.0, 2.0], [1.0, 1.0], level=level)


def test_a_checkpoint_brings_the_value_back(bcg_effects):
    result = pool(*bcg_effects)
    back = from_plain(PooledEffect, to_plain(result))
    assert to_plain(back) == to_plain(result)
