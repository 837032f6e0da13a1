"""Egger, Peters, Harbord and the rank test."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.bias import egger, harbord, peters, rank_test
from equipoise.synthesis.bias.funnel_regression import fit_line

Y = [0.1, 0.2, 0.5, 0.7, 0.6, -0.1]
V = [0.01, 0.02, 0.05, 0.09, 0.2, 0.04]
FIELDS = ("statistic", "p_value", "limit", "limit_low", "limit_high", "tau2")

OTHER_OPTIMUM = {("dat.egger2001", "vi"), ("dat.li2007", "sei")}
"""Where metafor's ML regression stops at tau2 = 0 (validation/bias/README.md)."""

studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 4.0)), min_size=4, max_size=15).map(
    lambda rows: tuple(np.array(rows).T)
)


def test_regression_tests_agree_with_metafor(pinned):
    compared = 0
    for row in pinned.read("regression_tests.csv"):
        if row["model"] == "ML" and (row["set"], row["predictor"]) in OTHER_OPTIMUM:
            continue
        lm = row["model"] == "lm"
        result = egger(
            *pinned.sets[row["set"]],
            predictor=row["predictor"],
            model="lm" if lm else "rma",
            method="REML" if lm else row["model"],
        )
        tolerance = 1e-7 if row["model"] in {"REML", "ML"} else 1e-10
        gaps = [pinned.distance(getattr(result, field), row[field]) for field in FIELDS]
        assert max(gaps) < tolerance, row
        compared += 1
    assert compared == 586


def log_likelihood(y, v, x, tau2):
    """Log-likelihood of a line, with least squares written out."""
    w = np.diag(1 / (v + tau2))
    X = np.column_stack([np.ones_like(x), x])
    r = y - X @ np.linalg.solve(X.T @ w @ X, X.T @ w @ y)
    return -0.5 * (y.size * np.log(2 * np.pi) + np.log(v + tau2).sum() + r @ w @ r)


@pytest.mark.parametrize(("name", "predictor"), sorted(OTHER_OPTIMUM))
def test_where_metafor_stops_at_another_optimum_ours_is_higher(pinned, name, predictor):
    y, v = map(np.array, pinned.sets[name])
    x = v if predictor == "vi" else np.sqrt(v)
    ours = fit_line(y, v, x, "ML").tau2
    grid = [0.0, *np.geomspace(1e-6, 10, 1000)]
    assert log_likelihood(y, v, x, ours) > log_likelihood(y, v, x, 0.0) + 0.005
    assert log_likelihood(y, v, x, ours) >= max(log_likelihood(y, v, x, t) for t in grid) - 1e-9


def test_restricted_likelihood_of_the_line_is_at_its_top():
    rng = np.random.default_rng(3)
    for _ in range(8):
        v = rng.uniform(0.01, 1, 7)
        y, x = rng.normal(0, 0.7, 7), np.sqrt(v)
        X = np.column_stack([np.ones(7), x])

        def height(t, y=y, v=v, x=x, X=X):
            return log_likelihood(y, v, x, t) - 0.5 * np.linalg.slogdet(X.T / (v + t) @ X)[1]

        best = fit_line(y, v, x, "REML").tau2
        assert height(best) >= max(map(height, [0.0, *np.geomspace(1e-5, 50, 300)])) - 1e-9


def test_rank_tests_agree_with_metafor(pinned):
    rows = pinned.read("rank_tests.csv")
    for row in rows:
        result = rank_test(*pinned.sets[row["set"]])
        assert pinned.distance(result.statistic, row["tau"]) < 1e-10
        assert result.p_value == pytest.approx(float(row["p_value"]), rel=1e-9)
    assert len(rows) == 59


def test_tests_of_tables_agree_with_lm(pinned):
    tables = pinned.grouped("tables.csv", "set")
    for row in pinned.read("count_tests.csv"):
        cells = [[float(t[c]) for t in tables[(row["set"],)]] for c in "abcd"]
        result = {"peters": peters, "harbord": harbord}[row["test"]](*cells)
        for field in ("slope", "statistic", "df", "p_value", "limit", "limit_low", "limit_high"):
            assert pinned.distance(getattr(result, field), row[field]) < 1e-10


def test_egger_is_the_intercept_of_the_radial_line():
    """As Egger 1997 wrote it: regress y / se on 1 / se, and test the intercept."""
    y, se = np.array(Y), np.sqrt(V)
    X = np.column_stack([np.ones(6), 1 / se])
    b, rss = np.linalg.lstsq(X, y / se)[:2]
    error = math.sqrt(rss[0] / 4 * np.linalg.inv(X.T @ X)[0, 0])
    result = egger(Y, V)
    assert result.slope == pytest.approx(b[0], rel=1e-12)
    assert result.slope_se == pytest.approx(error, rel=1e-12)
    assert result.limit == pytest.approx(b[1], rel=1e-12)


def test_exact_rank_p_counts_all_orders():
    y, v = [0.3, -0.2, 0.5, 0.9, 0.1], [0.02, 0.05, 0.03, 0.4, 0.1]
    observed = rank_test(y, v)

    def concordance(order):
        pairs = [(i, j) for i in range(5) for j in range(i)]
        return sum(np.sign(order[i] - order[j]) for i, j in pairs)

    counts = [concordance(p) for p in permutations(range(5))]
    upper = np.mean([c >= observed.concordance for c in counts])
    lower = np.mean([c <= observed.concordance for c in counts])
    assert observed.exact
    assert observed.p_value == pytest.approx(min(1, 2 * min(upper, lower)), rel=1e-12)


@pytest.mark.parametrize("predictor", ["ni", "ninv", "sqrtni", "sqrtninv"])
def test_sample_sizes_as_predictors(predictor):
    result = egger(Y, V, predictor=predictor, ni=[100, 50, 20, 11, 5, 25], model="rma")
    assert result.status == "converged"
    assert math.isnan(result.limit) == (predictor in {"ni", "sqrtni"})


@pytest.mark.parametrize("test", [egger, lambda y, v: egger(y, v, model="rma")])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_too_few_studies_are_undefined_with_a_sentence(test, k):
    result = test(Y[:k], V[:k])
    assert result.status == "undefined"
    assert "three studies" in result.message
    assert math.isnan(result.p_value)


@pytest.mark.parametrize("common", [0.04, 1e-300, 1e300, 0.1])
def test_equal_standard_errors_are_undefined_with_a_sentence(common):
    for model in ("lm", "rma"):
        result = egger([0.1, 0.2, 0.4, 0.5], [common] * 4, model=model)
        assert result.status == "undefined"
        assert "same sei" in result.message
    ranked = rank_test([0.1, 0.2, 0.4, 0.5], [common] * 4)
    assert ranked.status == "undefined"
    assert "equal" in ranked.message


def test_studies_on_a_line_have_no_error():
    result = egger([0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.5])
    assert (result.statistic, result.p_value, result.slope_se) == (-math.inf, 0.0, 0.0)
    level = egger([0.3] * 5, V[:5])
    assert (level.statistic, level.p_value, level.limit) == (0.0, 1.0, 0.3)


def test_few_studies_are_said_to_be_few():
    assert "little power" in egger(Y, V).message
    assert "little power" in rank_test(Y, V).message
    assert "other causes" in egger(Y * 2, V * 2, model="rma").message


def test_trials_without_information_are_counted():
    a, b, c, d = [0, 5, 3, 2, 0], [10, 5, 7, 9, 9], [0, 6, 4, 5, 3], [10, 4, 6, 5, 6]
    result = peters(a, b, c, d)
    assert result.k == 4
    assert "Left out: 1 trials" in result.message
    assert "1/2 was added to the cells of 1 trials" in result.message
    assert "1/2" not in harbord(a, b, c, d).message


def test_every_problem_is_named():
    with pytest.raises(ArrayError) as caught:
        egger([0.1, np.nan, 0.2], [0.1, 0.2, -1], predictor="size", level=2)
    text = str(caught.value)
    assert all(word in text for word in ("predictor", "yi", "vi", "index 1", "index 2", "level"))
    with pytest.raises(ArrayError, match="ni"):
        egger(Y, V, predictor="ni")
    with pytest.raises(ArrayError, match="index 0"):
        peters([-1], [2], [3], [4])


def test_ten_thousand_studies():
    rng = np.random.default_rng(1)
    v = rng.uniform(0.01, 1, 10_000)
    y = rng.normal(0, np.sqrt(v)) + np.sqrt(v)
    assert egger(y, v).p_value < 1e-10
    ranked = rank_test(y, v)
    assert ranked.p_value < 1e-10
    assert not ranked.exact


@given(studies)
def test_order_does_not_matter_and_sign_flips(data):
    y, v = data
    if np.ptp(np.sqrt(v)) < 1e-3 or np.ptp(y) < 1e-3:
        return
    order = np.random.default_rng(0).permutation(y.size)
    for model in ("lm", "rma"):
        first, second = egger(y, v, model=model), egger(y[order], v[order], model=model)
        assert second.statistic == pytest.approx(first.statistic, rel=1e-5, abs=1e-5)
        assert egger(-y, v, model=model).slope == pytest.approx(-first.slope, rel=1e-5, abs=1e-7)


@given(studies, st.sampled_from([1e-150, 1e-30, 1e30, 1e150]))
def test_scale_does_not_matter(data, scale):
    y, v = data
    if np.ptp(np.sqrt(v)) < 1e-3 or np.ptp(y) < 1e-3:
        return
    first, second = egger(y, v), egger(y * scale, v * scale * scale)
    assert second.statistic == pytest.approx(first.statistic, rel=1e-7)
    assert second.limit / scale == pytest.approx(first.limit, rel=1e-6, abs=1e-9)
