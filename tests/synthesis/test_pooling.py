"""Pooling: a published example, a plain slow version, properties, edges and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.checkpoints import from_plain, to_plain
from equipoise.errors import InputError
from equipoise.synthesis import PooledEffect, pool

METHODS = ("EE", "DL", "REML", "PM")
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
@settings(max_examples=40)
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
@settings(max_examples=40)
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
@settings(max_examples=40)
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
    assert "below the Wald one" in homogeneous.message
    assert homogeneous.status == "boundary"
    assert homogeneous.tau2 == 0.0


def test_few_studies_are_pointed_to_the_other_intervals():
    assert "Only 3 studies" in pool([0.1, 0.5, 0.9], [0.1, 0.1, 0.2]).message
    assert pool([0.1, 0.5, 0.9], [0.1, 0.1, 0.2], ci="wald").message == ""


def test_one_study_has_a_wald_interval_only():
    wald = pool([0.3], [0.04], ci="wald")
    assert (wald.estimate, wald.se, wald.status) == (0.3, pytest.approx(0.2), "converged")
    assert wald.ci_low == pytest.approx(0.3 - 1.959963984540054 * 0.2)
    assert (wald.tau2, wald.q) == (0.0, 0.0)
    assert math.isnan(wald.prediction_low)
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
    ("yi", "vi"), [([1, 2], [1]), ([[1, 2]], [[1, 1]]), (["a"], [1]), ([1], [math.inf])]
)
def test_bad_input_is_also_a_value_error(yi, vi):
    with pytest.raises(ValueError, match=r"problem.* in the input"):
        pool(yi, vi)


def test_a_checkpoint_brings_the_value_back(bcg_effects):
    result = pool(*bcg_effects)
    back = from_plain(PooledEffect, to_plain(result))
    assert to_plain(back) == to_plain(result)
