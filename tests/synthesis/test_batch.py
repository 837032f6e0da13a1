"""The batch path: the scalar's numbers for any workers and any company, and clear refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis import batch
from equipoise.synthesis import pool as pool_one
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.pool_input import METHODS
from equipoise.synthesis.pooled_numbers import Numbers

CIS = ("wald", "t", "hksj", "hksj-adhoc")


def sets(n, k, seed=1, absent=0.2):
    rng = np.random.default_rng(seed)
    V = 10.0 ** rng.uniform(-2.5, 0.5, (n, k))
    Y = rng.normal(0.1, np.sqrt(V + rng.choice([0.0, 0.1, 1.0], (n, 1))))
    gone = rng.random((n, k)) < absent
    Y[gone] = V[gone] = np.nan
    return Y, V


def assert_same(one, many, row):
    for name in Numbers._fields:
        a, b = getattr(one, name), getattr(many, name)[row]
        np.testing.assert_array_equal(a, b, err_msg=name)
    assert (one.k, one.status) == (many.k[row], batch.STATUSES[many.status[row]])


@pytest.mark.parametrize("k", [1, 2, 3, 13])
@pytest.mark.parametrize("method", METHODS)
def test_every_row_has_the_bits_of_the_scalar(method, k):
    Y, V = sets(40, k)
    for ci in CIS:
        found = batch.pool(Y, V, method, ci=ci, level=0.9, prediction="riley")
        for row in range(0, len(Y), 4):
            there = ~np.isnan(Y[row])
            one = pool_one(
                Y[row, there], V[row, there], method=method, ci=ci, level=0.9, prediction="riley"
            )
            assert_same(one, found, row)


@given(st.integers(1, 5), st.integers(0, 10_000))
@settings(max_examples=5)
def test_no_row_depends_on_workers_company_or_padding(workers, seed):
    Y, V = sets(batch.CHUNK + 37, 4, seed)
    all_at_once = batch.pool(Y, V, workers=workers)
    order = np.random.default_rng(seed).permutation(len(Y))[:300]
    wide = [np.pad(a[order], ((0, 0), (0, 3)), constant_values=np.nan) for a in (Y, V)]
    some = batch.pool(*wide, workers=1)
    for name in (*Numbers._fields, "k", "status"):
        np.testing.assert_array_equal(getattr(all_at_once, name)[order], getattr(some, name))


def test_rows_in_extreme_units_have_the_scalar_answer_as_well():
    Y, V = sets(6, 5, absent=0.0)
    unit = np.array([1e-150, 1e-100, 1e-60, 1e60, 1e100, 1e150])[:, None]
    found = batch.pool(Y * unit, V * unit**2)
    for row in range(6):
        assert_same(pool_one(Y[row] * unit[row], V[row] * unit[row] ** 2), found, row)
    faint = batch.pool(Y * 1e-200, V)
    assert_same(pool_one(Y[0] * 1e-200, V[0]), faint, 0)


def test_what_a_masked_array_hides_is_absent():
    Y, V = sets(20, 6)
    gone = np.isnan(Y)
    masked = [np.ma.MaskedArray(np.where(gone, 7.0, a), mask=gone) for a in (Y, V)]
    np.testing.assert_array_equal(batch.pool(*masked).estimate, batch.pool(Y, V).estimate)


def test_absent_trials_and_empty_rows():
    nan = math.nan
    found = batch.pool([[nan, nan], [0.3, nan], [0.3, 0.5]], [[nan, nan], [0.1, nan], [0.1, 0.2]])
    assert list(found.k) == [0, 1, 2]
    assert [batch.STATUSES[s] for s in found.status] == ["undefined", "converged", "boundary"]
    assert math.isnan(found.estimate[0])
    assert found.estimate[1] == 0.3
    assert found.ci_low[1] == pool_one([0.3], [0.1], ci="wald").ci_low
    asked = batch.pool([[0.3, nan]], [[0.1, nan]], ci="hksj")
    assert (batch.STATUSES[asked.status[0]], asked.estimate[0]) == ("undefined", 0.3)
    assert math.isnan(asked.ci_low[0])
    assert batch.pool(np.empty((0, 3)), np.empty((0, 3))).k.size == 0
    assert math.isnan(batch.pool(np.empty((2, 0)), np.empty((2, 0))).estimate[0])


def test_bad_rows_are_named_and_counted():
    Y, V = np.zeros((30, 3)), np.ones((30, 3))
    V[4, 1], V[7, 2], Y[9, 0], Y[11, 0], V[20:26, 0] = 0.0, -1.0, math.nan, math.inf, math.nan
    V[28, 0] = 1e30
    with pytest.raises(ArrayError) as caught:
        batch.pool(Y, V)
    text = str(caught.value)
    for part in ("row 4, index 1", "row 7, index 2", "row 9, index 0", "row 20", "5 further rows",
                 "10 in all", "row 28"):  # fmt: skip
        assert part in text
    assert "row 21" not in text


@pytest.mark.parametrize(
    ("Y", "V", "options"),
    [
        ([1.0], [1.0], {}),
        ([[1.0]], [[1.0, 2.0]], {}),
        ([["a"]], [[1.0]], {}),
        ([[1.0]], [[1.0]], {"method": "XX"}),
        ([[1.0]], [[1.0]], {"workers": 0}),
        ([[1.0]], [[1.0]], {"level": 1.0}),
    ],
)
def test_bad_input_is_an_array_error(Y, V, options):
    with pytest.raises(ArrayError):
        batch.pool(Y, V, **options)


def test_ten_thousand_studies():
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 1.0, 10_000)
    y = rng.normal(0.2, np.sqrt(v + 0.05))
    for method in METHODS:
        found = pool_one(y, v, method=method)
        assert found.estimate == pytest.approx(0.2, abs=0.03)
        if method not in {"EE", "SJ"}:  # SJ is biased upwards where variances are unequal
            assert found.tau2 == pytest.approx(0.05, abs=0.02)
