"""Leaving one out, cumulative pools, influence, and all subsets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.synthesis import pool
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.bias import (
    cumulative,
    gosh,
    influence,
    leave_one_out,
    subset_heterogeneity,
)

Y, V = [0.1, 0.2, 0.5, 0.7, -0.4], [0.01, 0.02, 0.05, 0.09, 0.03]
CI = {"z": "wald", "knha": "hksj"}
POOL = ("estimate", "se", "p_value", "q", "tau2")
DIAGNOSTICS = (
    *("rstudent", "dffits", "cooks_distance", "covariance_ratio", "tau2_left_out"),
    *("q_left_out", "hat", "weight", "dfbetas", "influential"),
)

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 4.0)), min_size=2, max_size=8).map(
    lambda rows: tuple(np.array(rows).T)
)


def worst(pinned, rows, result, fields):
    return max(
        pinned.distance(getattr(result, field)[i], row[field])
        for i, row in enumerate(rows)
        for field in fields
    )


def test_leaving_one_out_agrees_with_metafor(pinned):
    fields = (*POOL, "ci_low", "ci_high", "q_p_value", "i2")
    groups = pinned.grouped("leave_one_out.csv", "set", "method", "test")
    for (name, method, test), rows in groups.items():
        result = leave_one_out(*pinned.sets[name], method=method, ci=CI[test])
        assert worst(pinned, rows, result, fields) < 1e-7
    assert sum(map(len, groups.values())) == 2794


def test_cumulative_agrees_with_metafor(pinned):
    for (name, method), rows in pinned.grouped("cumulative.csv", "set", "method").items():
        y, v = pinned.sets[name]
        result = cumulative(y, v, v, method=method, ci="wald")
        assert worst(pinned, rows, result, POOL) < 1e-7
        assert max(pinned.distance(result.i2[i], rows[i]["i2"]) for i in range(1, len(y))) < 1e-7


def test_influence_agrees_with_metafor(pinned):
    groups = pinned.grouped("influence.csv", "set", "method")
    for (name, method), rows in groups.items():
        result = influence(*pinned.sets[name], method=method)
        tolerance = 1e-7 if method == "REML" else 1e-10
        assert worst(pinned, rows, result, DIAGNOSTICS) < tolerance
    assert sum(map(len, groups.values())) == 1397


def test_all_subsets_agree_with_metafor(pinned):
    for (name, method), rows in pinned.grouped("subsets.csv", "set", "method").items():
        result = gosh(*pinned.sets[name], method=method)
        codes = (result.included * 2 ** np.arange(result.k)).sum(axis=1)
        assert codes.tolist() == list(range(1, 2**result.k))
        by_code = {int(row["subset"]): row for row in rows}
        ordered = [by_code[code] for code in codes]
        assert worst(pinned, ordered, result, ("estimate", "q", "tau2")) < 1e-7
        several = [i for i in range(len(rows)) if result.size[i] > 1]
        assert max(pinned.distance(result.i2[i], ordered[i]["i2"]) for i in several) < 1e-7


def test_streptokinase_was_clear_after_eight_trials(pinned):
    """Lau 1992, abstract: odds ratio 0.74 (0.59 to 0.92) in 1973, after eight trials."""
    y, v = pinned.sets["dat.lau1992"]
    rows = cumulative(y, v, range(33), method="EE", ci="wald")
    eighth = [math.exp(x[7]) for x in (rows.estimate, rows.ci_low, rows.ci_high)]
    assert eighth == pytest.approx([0.74, 0.59, 0.92], abs=0.011)
    assert rows.p_value[7] < 0.05
    assert (rows.p_value[8:] < 0.05).all()


@given(studies)
def test_leaving_one_out_is_the_pool_of_the_rest(data):
    y, v = data
    rows = leave_one_out(y, v, ci="wald")
    for i in range(y.size):
        rest = pool(np.delete(y, i), np.delete(v, i), ci="wald")
        for name in POOL:
            one, other = getattr(rows, name)[i], getattr(rest, name)
            assert one == pytest.approx(other, rel=1e-6, abs=1e-9)


@given(studies)
def test_the_last_cumulative_pool_is_the_whole(data):
    y, v = data
    rows = cumulative(y, v, np.arange(y.size)[::-1], ci="wald")
    assert rows.study.tolist() == list(range(y.size))[::-1]
    assert rows.estimate[-1] == pytest.approx(rows.whole.estimate, rel=1e-8, abs=1e-10)
    assert rows.estimate[0] == pytest.approx(y[-1], rel=1e-12)


def test_dates_as_text_and_ties_keep_their_order():
    rows = cumulative(Y, V, ["2001-02", "1999-01", "2001-02", "2000-12", "1999-01"])
    assert rows.study.tolist() == [1, 4, 3, 0, 2]


def test_influence_by_its_definition():
    result = influence(Y, V)
    y, v = np.array(Y), np.array(V)
    whole = pool(y, v, ci="wald")
    for i in range(5):
        rest = pool(np.delete(y, i), np.delete(v, i), ci="wald")
        moved = whole.estimate - rest.estimate
        outside = math.sqrt(v[i] + rest.tau2 + rest.se**2)
        assert result.rstudent[i] == pytest.approx((y[i] - rest.estimate) / outside, rel=1e-9)
        assert result.cooks_distance[i] == pytest.approx((moved / whole.se) ** 2, rel=1e-9)
        assert result.covariance_ratio[i] == pytest.approx((rest.se / whole.se) ** 2, rel=1e-9)
    assert result.hat.sum() == pytest.approx(1.0)


def test_one_study_is_undefined_with_a_sentence():
    rows = leave_one_out([0.1], [0.2])
    assert rows.status == ("undefined",)
    assert "Nothing is left" in rows.message
    assert influence([0.1], [0.2]).status == "undefined"
    assert "two studies" in influence([0.1], [0.2]).message
    assert gosh([0.1], [0.2]).estimate.tolist() == [0.1]
    assert cumulative([0.1], [0.2], [1]).estimate.tolist() == [0.1]


def test_two_studies_and_none():
    assert np.isfinite(influence(Y[:2], V[:2]).rstudent).all()
    assert leave_one_out(Y[:2], V[:2]).estimate.tolist() == pytest.approx(Y[:2][::-1])
    assert gosh([], []).size.size == 0
    assert leave_one_out([], []).k == 0


def test_a_random_sample_is_seeded_and_is_what_it_says():
    rng = np.random.default_rng(4)
    y, v = rng.normal(0, 1, 70), rng.uniform(0.1, 1, 70)
    one, two = gosh(y, v, subsets=200, seed=5), gosh(y, v, subsets=200, seed=5)
    assert np.array_equal(one.members, two.members)
    assert not np.array_equal(one.members, gosh(y, v, subsets=200, seed=6).members)
    assert not one.exhaustive
    assert one.included.any(axis=1).all()
    for i in (0, 77, 199):
        inside = one.included[i]
        assert one.size[i] == inside.sum()
        part = pool(y[inside], v[inside], ci="wald")
        assert one.estimate[i] == pytest.approx(part.estimate, rel=1e-9)
    assert abs(one.size.mean() - 35) < 4 * math.sqrt(70 / 4 / 200)


def test_chunks_leave_no_seam(monkeypatch):
    whole = gosh(Y, V)
    monkeypatch.setattr(subset_heterogeneity, "CHUNK", 7)
    assert np.array_equal(gosh(Y, V).estimate, whole.estimate)


def test_bad_options_are_named():
    for number in (0, 2.5, math.nan):
        with pytest.raises(ArrayError, match="subsets"):
            gosh(Y, V, subsets=number)
    with pytest.raises(ArrayError, match="order"):
        cumulative(Y, V, [1, 2])
    with pytest.raises(ArrayError, match="order"):
        cumulative(Y, V, [1, 2, None, "x", 3])
    with pytest.raises(ArrayError, match="NaN"):
        cumulative(Y, V, [1, 2, math.nan, 4, 3])
    with pytest.raises(ArrayError, match="method"):
        influence(Y, V, method="XX")
