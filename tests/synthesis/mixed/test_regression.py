"""Meta-regression: a published example, exact arithmetic, a plain version, edges."""

import csv
import math
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis import pool
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.mixed import meta_regression
from equipoise.synthesis.mixed.regression_heterogeneity import quadratic, trace

PINNED = Path(__file__).parents[3] / "validation" / "mixed"
MOMENTS = ["DL", "HE", "HS", "SJ", "PM", "EB"]


def first_moderator(name):
    """Effects, variances and first moderator of a pinned set, as texts."""
    with (PINNED / "regression_inputs.csv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["set"] == name and r["column"] == "0"]
    return ([row[key] for row in rows] for key in ("yi", "vi", "x"))


def exact_line(y, v, x):
    """Weighted line and its residual sum of squares, in fractions of the doubles given."""
    y, v, x = ([Fraction(float(text)) for text in column] for column in (y, v, x))
    w = [1 / a for a in v]
    s = sum(w)
    xm = sum(a * b for a, b in zip(w, x, strict=True)) / s
    ym = sum(a * b for a, b in zip(w, y, strict=True)) / s
    sxx = sum(a * (b - xm) ** 2 for a, b in zip(w, x, strict=True))
    slope = sum(a * (b - xm) * (c - ym) for a, b, c in zip(w, x, y, strict=True)) / sxx
    start = ym - slope * xm
    q = sum(a * (c - start - slope * b) ** 2 for a, b, c in zip(w, x, y, strict=True))
    return float(start), float(slope), float(q), math.sqrt(1 / sxx)


@pytest.mark.parametrize("name", ["dat.bornmann2007", "dat.lau1992", "dat.hackshaw1998"])
def test_a_line_in_exact_arithmetic(name):
    # With a year as moderator metafor's normal equations keep fewer digits than ours.
    y, v, x = first_moderator(name)
    start, slope, q, se = exact_line(y, v, x)
    result = meta_regression(
        *(np.array(column, dtype=float) for column in (y, v, x)), method="EE", ci="wald"
    )
    assert result.estimate == pytest.approx([start, slope], rel=1e-10)
    assert result.q == pytest.approx(q, rel=1e-12)
    assert result.se[1] == pytest.approx(se, rel=1e-11)


def test_bcg_latitude_as_published():
    # Viechtbauer 2010, 10.18637/jss.v036.i03, section 3.2: REML with latitude and year gives
    # tau2 0.1108 (SE 0.0845), latitude -0.0280 (0.0102), year 0.0019 (0.0147),
    # QE 28.3251 on 10 df, QM 12.2043 on 2 df.
    y, v, _ = first_moderator("dat.bcg")
    with (PINNED / "regression_inputs.csv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["set"] == "dat.bcg"]
    columns = defaultdict(list)
    for row in rows:
        columns[row["column"]].append(float(row["x"]))
    X = np.array([columns["0"], columns["1"]]).T
    y, v = np.array(y, dtype=float), np.array(v, dtype=float)
    result = meta_regression(y, v, X, ci="wald", names=["latitude", "year"])
    assert result.names == ("intercept", "latitude", "year")
    assert result.tau2 == pytest.approx(0.1108, abs=5e-5)
    assert result.tau2_se == pytest.approx(0.0845, abs=5e-5)
    assert result.estimate[1:] == pytest.approx([-0.0280, 0.0019], abs=5e-5)
    assert result.se[1:] == pytest.approx([0.0102, 0.0147], abs=5e-5)
    assert result.q == pytest.approx(28.3251, abs=5e-5)
    assert (result.qm, result.qm_p_value) == (
        pytest.approx(12.2043, abs=3e-4),  # metafor stops iterating at 1e-5 by default
        pytest.approx(0.0022, abs=5e-5),
    )


@pytest.mark.parametrize("method", ["EE", "REML", "DL", "PM"])
@pytest.mark.parametrize("ci", ["wald", "t", "hksj", "hksj-adhoc"])
def test_without_moderators_it_is_pool(bcg_effects, method, ci):
    y, v = bcg_effects
    expected = pool(y, v, method=method, ci=ci)
    result = meta_regression(y, v, method=method, ci=ci)
    for name in ("estimate", "se", "ci_low", "ci_high", "p_value"):
        assert getattr(result, name)[0] == pytest.approx(getattr(expected, name), rel=1e-9)
    for name in ("tau2", "i2", "h2", "q", "q_p_value", "loglik", "tau2_low", "tau2_high"):
        if method != "EE" or not name.startswith("tau2"):
            assert getattr(result, name) == pytest.approx(getattr(expected, name), rel=1e-8)


def test_quadratic_forms_are_those_of_the_projection():
    rng = np.random.default_rng(3)
    k, p = 9, 3
    Q = np.linalg.qr(rng.normal(size=(k, p)))[0]
    y, w, d = rng.normal(size=k), rng.uniform(0.2, 3.0, k), rng.uniform(0.1, 2.0, k)
    W = np.diag(w)
    P = W - W @ Q @ np.linalg.inv(Q.T @ W @ Q) @ Q.T @ W
    D = np.diag(d)
    assert quadratic(y, Q, w) == pytest.approx(y @ P @ y)
    assert trace(Q, w, d) == pytest.approx(np.trace(P @ D))
    assert trace(Q, w, d, w) == pytest.approx(np.trace(P @ D @ P @ W))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.floats(-3, 3).map(lambda x: round(x, 2)), min_size=5, max_size=9),
    st.sampled_from(["REML", "ML", *MOMENTS]),
    st.floats(-5, 5),
)
def test_moving_and_scaling(y, method, shift):
    y = np.array(y)
    k = y.size
    v, x = np.linspace(0.1, 0.9, k), np.arange(k) % 3 + np.linspace(0.0, 0.5, k)
    one = meta_regression(y, v, x, method=method, ci="wald")
    moved = meta_regression(y + shift, v, x, method=method, ci="wald")
    assert moved.tau2 == pytest.approx(one.tau2, rel=1e-6, abs=1e-9)
    assert moved.estimate - [shift, 0.0] == pytest.approx(one.estimate, rel=1e-6, abs=1e-8)
    scaled = meta_regression(8.0 * y, 64.0 * v, x, method=method, ci="wald")
    assert scaled.tau2 == pytest.approx(64.0 * one.tau2, rel=1e-9, abs=1e-12)
    assert scaled.estimate == pytest.approx(8.0 * one.estimate, rel=1e-9, abs=1e-12)
    assert scaled.i2 == pytest.approx(one.i2, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_no_tau2_of_a_fine_grid_is_better(method):
    rng = np.random.default_rng(9)
    for _ in range(5):
        k = int(rng.integers(4, 10))
        v = 10.0 ** rng.uniform(-3, 0.5, k)
        y, x = rng.normal(size=k) * np.sqrt(v + 0.05), rng.normal(size=k)
        result = meta_regression(y, v, x, method=method)
        X = np.c_[np.ones(k), x]
        for tau2 in [0.0, *np.geomspace(1e-6, 1e4, 400)]:
            w = 1 / (v + tau2)
            cov = np.linalg.inv((X.T * w) @ X)
            r = y - X @ cov @ (X.T * w) @ y
            twice = k * np.log(2 * np.pi) - np.log(w).sum() + w @ r**2
            if method == "REML":
                twice += -2 * np.log(2 * np.pi) - np.linalg.slogdet(X.T @ X)[1]
                twice -= np.linalg.slogdet(cov)[1]
            assert -twice / 2 <= result.loglik + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("method", ["EE", "REML", "ML", *MOMENTS])
def test_ten_thousand_studies(method):
    rng = np.random.default_rng(6)
    k = 10_000
    v, x = rng.uniform(0.01, 0.2, k), rng.normal(size=k)
    y = 0.1 + 0.2 * x + rng.normal(size=k) * np.sqrt(v + (0.0 if method == "EE" else 0.04))
    result = meta_regression(y, v, x, method=method)
    assert result.estimate == pytest.approx([0.1, 0.2], abs=0.02)
    if method not in ("EE", "SJ"):
        assert result.tau2 == pytest.approx(0.04, abs=0.01)


def test_prediction_with_and_without_the_intercept_column():
    y, v, x = [0.1, 0.4, 0.3, 0.9, 1.2], [0.05] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]
    result = meta_regression(y, v, x)
    short, long = result.predict([[6.0]]), result.predict([[1.0, 6.0]])
    assert short.estimate[0] == long.estimate[0]
    assert short.prediction_low[0] <= short.ci_low[0] < short.ci_high[0] <= short.prediction_high[0]
    assert np.isnan(meta_regression(y, v, x, method="EE").predict([[6.0]]).prediction_low[0])
    with pytest.raises(ArrayError, match="finite columns intercept, x1"):
        result.predict([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize("method", ["EE", "REML", "DL"])
def test_a_column_of_ones_is_the_intercept(method):
    y, v, x = [0.1, 0.4, 0.3, 0.9, 1.2], [0.05, 0.1, 0.05, 0.2, 0.1], [1.0, 2.0, 4.0, 4.0, 5.0]
    added = meta_regression(y, v, x, method=method)
    given = meta_regression(y, v, np.column_stack([np.ones(5), x]), method=method)
    assert given.names == added.names == ("intercept", "x1")
    for name in ("estimate", "se", "ci_low", "covariance", "tau2", "r2", "qm", "loglik"):
        np.testing.assert_array_equal(getattr(given, name), getattr(added, name), err_msg=name)
    last = meta_regression(y, v, np.column_stack([x, np.ones(5)]), method=method)
    assert last.names == ("x1", "intercept")
    assert last.estimate[::-1] == pytest.approx(added.estimate, rel=1e-9)
    assert last.qm == pytest.approx(added.qm, rel=1e-9)


@pytest.mark.parametrize("method", ["EE", "REML", "ML", *MOMENTS])
def test_identical_effects(method):
    result = meta_regression([0.5] * 6, [0.1] * 6, [1.0, 2.0, 3.0, 4.0, 5.0, 7.0], method=method)
    assert result.tau2 == pytest.approx(0.0, abs=1e-25)
    assert result.estimate == pytest.approx([0.5, 0.0], abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0.1, 0.2], [1.0, 1.0], [1.0, 2.0]), ["2 effects, 2 coefficients"]),
        (([0.1, 0.2, 0.3], [1.0] * 3, [2.0] * 3), ["determined by", "collinear"]),
        (([0.1] * 4, [1.0] * 4, [[1, 2], [2, 4], [3, 6], [4, 8]]), ["'x1'", "'x2'"]),
        (([0.1] * 3, [1.0] * 3, [1.0, math.inf, 2.0]), ["index 1", "'x1'"]),
        (([0.1] * 3, [1.0] * 3, [1.0, 2.0]), ["2 rows"]),
        (([0.1] * 3, [1.0] * 3, np.ma.MaskedArray([1, 2, 4], [0, 1, 0])), ["index 1", "nan"]),
        (([0.1] * 3, [1.0, 0.0, 1.0], [1.0, 2.0, 4.0]), ["index 1"]),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(ArrayError) as caught:
        meta_regression(*arguments)
    for word in words:
        assert word in str(caught.value)


def test_unknown_method_is_answered_with_the_known_ones():
    with pytest.raises(ArrayError, match="REML, EE, ML, DL"):
        meta_regression([0.1] * 3, [1.0] * 3, method="XX")


@pytest.mark.parametrize("unit", [1e-150, 1e150])
def test_extreme_units(unit):
    y, v, x = np.array([0.1, 0.4, 0.3, 0.9, 1.2]), np.full(5, 0.05), np.arange(5.0)
    one = meta_regression(y, v, x)
    two = meta_regression(y * unit, v * unit * unit, x)
    assert two.estimate == pytest.approx(one.estimate * unit, rel=1e-12)
    assert two.ci_high == pytest.approx(one.ci_high * unit, rel=1e-12)
    assert two.i2 == pytest.approx(one.i2, rel=1e-9)
