"""Trim and fill."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.synthesis import pool
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.bias import trim_and_fill


def test_passive_smoking_as_published(pinned):
    """Lung Cancer 2006;51:245-246 (10.1016/j.lungcan.2005.11.004): 37 studies, 7 filled,
    relative risk 1.19 (1.08-1.31, P = 0.0004), excess risk from 24 to 19 per cent."""
    result = trim_and_fill(*pinned.sets["dat.hackshaw1998"], method="DL", ci="wald")
    filled = result.filled
    assert (result.k, result.missing, filled.k) == (37, 7, 44)
    shown = [round(math.exp(x), 2) for x in (filled.estimate, filled.ci_low, filled.ci_high)]
    assert shown == [1.19, 1.08, 1.31]
    assert round(filled.p_value, 4) == 0.0004
    assert round(math.exp(result.observed.estimate), 2) == 1.24


def agrees(pinned, row):
    result = trim_and_fill(
        *pinned.sets[row["set"]],
        estimator=row["estimator"],
        method=row["method"],
        side=row["side"] or None,
        ci="wald",
    )
    tolerance = 1e-7 if row["method"] == "REML" else 1e-10
    pairs = {
        "k0": result.missing,
        "k0_se": result.missing_se,
        "p_value": result.p_value,
        "estimate": result.filled.estimate,
        "se": result.filled.se,
        "tau2": result.filled.tau2,
        "q": result.filled.q,
        "filled_sum": result.yi[result.is_filled].sum(),
    }
    gaps = {name: pinned.distance(value, row[name]) for name, value in pairs.items()}
    return result.side == row["chosen"] and max(gaps.values()) < tolerance


def test_agrees_with_metafor(pinned):
    rows = pinned.read("trim_and_fill.csv")
    assert len(rows) == 1056
    assert all(agrees(pinned, row) for row in rows[::5])


@pytest.mark.slow
def test_every_row_agrees_with_metafor(pinned):
    assert all(agrees(pinned, row) for row in pinned.read("trim_and_fill.csv"))


def plain_missing(y, v, estimator):
    """Count again with loops; the side is left and pooling is common-effect."""
    rows = sorted(zip(y, v, strict=True))
    k, missing = len(rows), 0
    for _ in range(100):
        kept = rows[: k - missing]
        centre = sum(a / b for a, b in kept) / sum(1 / b for _, b in kept)
        ranked = sorted(rows, key=lambda row: abs(row[0] - centre))
        signs = [row[0] > centre for row in ranked]
        if estimator == "L0":
            total = sum(i + 1 for i, positive in enumerate(signs) if positive)
            new = round((4 * total - k * (k + 1)) / (2 * k - 1))
        else:
            run = 0
            while run < k and signs[k - 1 - run]:
                run += 1
            new = run - 1
        new = max(0, new)
        if new == missing:
            return missing
        missing = new
    return None


@pytest.mark.parametrize("estimator", ["L0", "R0"])
def test_a_plain_count_finds_the_same_number(estimator):
    rng = np.random.default_rng(8)
    for _ in range(50):
        v = rng.uniform(0.01, 0.5, 15)
        y = rng.normal(0, np.sqrt(v)) + 0.8 * np.sqrt(v) * rng.integers(0, 3)
        result = trim_and_fill(y, v, estimator=estimator, side="left", method="EE")
        if result.status == "converged":
            assert result.missing == plain_missing(y, v, estimator)


@given(st.lists(st.tuples(st.floats(0.01, 2), st.floats(0.01, 2)), min_size=2, max_size=8))
def test_a_symmetrical_funnel_lacks_nothing(pairs):
    half, v = np.array(pairs).T
    y = np.concatenate([[0.3], 0.3 + half, 0.3 - half])
    for side in ("left", "right"):
        result = trim_and_fill(y, np.concatenate([[0.01], v, v]), side=side, method="EE")
        assert result.missing == 0
        assert result.filled.estimate == result.observed.estimate


@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 2)), min_size=3, max_size=12, unique=True)
)
def test_mirror_images_are_filled_alike(rows):
    y, v = np.array(rows).T
    left = trim_and_fill(y, v, side="left", method="DL", ci="wald")
    right = trim_and_fill(-y, v, side="right", method="DL", ci="wald")
    assert left.missing == right.missing
    assert right.filled.estimate == pytest.approx(-left.filled.estimate, rel=1e-9, abs=1e-9)


def test_the_filled_pool_is_the_pool_of_what_is_returned(pinned):
    y, v = pinned.sets["dat.hackshaw1998"]
    result = trim_and_fill(y, v)
    again = pool(result.yi, result.vi)
    assert (again.estimate, again.se) == (result.filled.estimate, result.filled.se)
    assert np.array_equal(result.yi[: len(y)], y)


def test_too_few_studies_are_undefined_with_a_sentence():
    for k in (0, 1, 2):
        result = trim_and_fill([0.1, 0.4][:k], [0.1, 0.2][:k])
        assert result.status == "undefined"
        assert "three studies" in result.message
        assert not result.is_filled.any()


def test_equal_effects_do_not_make_half_a_study():
    """As `trimfill` of metafor says (DL, R0, right)."""
    y = [-0.3, 0.9, 0.2, 0.7, 0.9, 0.6, -0.9, 0.4, -0.9, -0.2, -0.1, 0.3]
    v = [0.3, 0.35, 0.03, 0.21, 0.43, 0.28, 0.47, 0.05, 0.06, 0.39, 0.05, 0.09]
    result = trim_and_fill(y, v, estimator="R0", side="right", method="DL", ci="wald")
    assert (result.missing, result.missing_se) == (1, 2)
    assert result.filled.estimate == pytest.approx(0.233576964598, rel=1e-10)
    assert result.filled.se == pytest.approx(0.197310247509, rel=1e-10)


def test_far_from_missing_any_has_no_error():
    """As metafor: NaN, none missing."""
    y, v = [0.3, 0.0, 0.3, -0.6, 0.1], [0.02, 0.09, 0.07, 0.39, 0.2]
    result = trim_and_fill(y, v, side="left", method="DL", ci="wald")
    assert (result.missing, math.isnan(result.missing_se)) == (0, True)
    assert result.filled.estimate == pytest.approx(0.219949959526, rel=1e-10)


def test_equal_standard_errors_take_the_left_side():
    result = trim_and_fill([0.1, 0.2, 0.3, 0.9], [0.04] * 4, method="EE", ci="wald")
    assert result.side == "left"


def test_bad_options_are_all_named():
    with pytest.raises(ArrayError) as caught:
        trim_and_fill([0.1], [0.1], estimator="Q1", side="top", method="XX", maxiter=0)
    assert all(w in str(caught.value) for w in ("estimator", "side", "method", "maxiter"))
