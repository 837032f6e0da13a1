from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from equipoise.biomarkers.phenotyping import NormalMixture, fit_mixture, probability_positive
from equipoise.errors import InputError


@pytest.fixture(scope="module")
def table(root):
    file = root / "tests" / "data" / "pam50" / "pam50_testdata.tsv"
    return pd.read_csv(file, sep="\t", index_col=0)


@pytest.fixture(scope="module")
def pinned(root):
    with (root / "validation" / "biomarkers" / "phenotyping" / "mixture.csv").open() as file:
        return [
            {k: v if k == "gene" else float(v) for k, v in row.items()}
            for row in csv.DictReader(file)
        ]


def log_likelihood(x, fit):
    low = (1 - fit.weight) * norm.pdf(x, fit.means[0], fit.sds[0])
    return np.log(low + fit.weight * norm.pdf(x, fit.means[1], fit.sds[1])).sum()


def test_the_fit_is_that_of_mclust(table, pinned):
    """Mclust with two components of unequal variance, stopped at 1e-13."""
    assert len(pinned) == 3
    for row in pinned:
        fit = fit_mixture(table.loc[row["gene"]])
        assert fit.n == row["n"]
        assert fit.means == pytest.approx((row["low"], row["high"]), abs=1e-6)
        assert fit.sds == pytest.approx((row["sd_low"], row["sd_high"]), abs=1e-6)
        assert fit.weight == pytest.approx(row["weight"], abs=1e-6)
        assert fit.log_likelihood == pytest.approx(row["loglik"], abs=2e-7)
        assert fit.log_likelihood >= row["loglik"] - 1e-7


def test_the_likelihood_is_the_plain_one_and_flat_at_the_fit(table, pinned):
    x = table.loc[pinned[0]["gene"]].dropna().to_numpy()
    fit = fit_mixture(x)
    top = log_likelihood(x, fit)
    assert fit.log_likelihood == pytest.approx(top, rel=1e-8)
    for step in (-0.02, 0.02):
        for moved in (
            NormalMixture((fit.means[0] + step, fit.means[1]), fit.sds, fit.weight),
            NormalMixture((fit.means[0], fit.means[1] + step), fit.sds, fit.weight),
            NormalMixture(fit.means, (fit.sds[0] + step, fit.sds[1]), fit.weight),
            NormalMixture(fit.means, (fit.sds[0], fit.sds[1] + step), fit.weight),
            NormalMixture(fit.means, fit.sds, fit.weight + step),
        ):
            assert log_likelihood(x, moved) < top


def test_drawn_components_are_found_again():
    rng = np.random.default_rng(5)
    high = rng.random(4000) < 0.15
    x = np.where(high, rng.normal(12.0, 0.6, 4000), rng.normal(9.0, 0.9, 4000))
    fit = fit_mixture(x)
    assert fit.status == "converged"
    assert fit.means == pytest.approx((9.0, 12.0), abs=0.1)
    assert fit.sds == pytest.approx((0.9, 0.6), abs=0.08)
    assert fit.weight == pytest.approx(high.mean(), abs=0.01)
    p = probability_positive(x, fit)
    for low, top in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.0)):
        here = (p >= low) & (p <= top)
        assert high[here].mean() == pytest.approx(p[here].mean(), abs=0.1)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_one_normal_is_not_called_two(seed):
    fit = fit_mixture(np.random.default_rng(seed).normal(size=200))
    assert fit.status in ("one component", "not separated")
    with pytest.raises(InputError, match="an unselected reference"):
        probability_positive([0.0], fit)


def test_components_that_overlap_are_not_separated():
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(4.5, 0.45, 300), rng.normal(6.0, 1.9, 100)])
    assert fit_mixture(x).status == "not separated"


@settings(max_examples=8)
@given(shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
def test_units_and_order_do_not_matter(shift, scale):
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.normal(0, 1, 90), rng.normal(5, 1, 60)])
    fit, moved = fit_mixture(x), fit_mixture(shift + scale * x[::-1])
    assert moved.means == pytest.approx([shift + scale * m for m in fit.means], abs=1e-5 * scale)
    assert moved.sds == pytest.approx([scale * s for s in fit.sds], rel=1e-5)
    assert moved.weight == pytest.approx(fit.weight, abs=1e-6)


MIXTURE = NormalMixture((9.0, 12.7), (0.9, 0.5), 0.12)


def test_probability_is_bayes_rule_between_the_means():
    x = np.linspace(9.0, 12.7, 25)
    high = 0.12 * norm.pdf(x, 12.7, 0.5)
    plain = high / (high + 0.88 * norm.pdf(x, 9.0, 0.9))
    np.testing.assert_allclose(probability_positive(x, MIXTURE), plain, rtol=1e-10)


@given(
    sds=st.tuples(st.floats(0.1, 3), st.floats(0.1, 3)),
    weight=st.floats(0.01, 0.99),
    values=st.tuples(st.floats(-50, 50), st.floats(-50, 50)).map(sorted),
)
def test_probability_never_falls_as_expression_rises(sds, weight, values):
    low, high = probability_positive(values, NormalMixture((0.0, 4.0), sds, weight))
    assert 0.0 <= low <= high <= 1.0


def test_a_higher_prevalence_raises_the_odds_by_its_own():
    x = np.array([10.0, 11.0, 12.0])
    odds = [p / (1 - p) for p in (probability_positive(x, MIXTURE, w) for w in (0.12, 0.6))]
    np.testing.assert_allclose(odds[1] / odds[0], (0.6 / 0.4) / (0.12 / 0.88), rtol=1e-9)


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, float("nan")])
def test_a_prevalence_is_a_share(prevalence):
    with pytest.raises(InputError, match="above 0 and below 1"):
        probability_positive([10.0], MIXTURE, prevalence)


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ([1.0] * 29, "at least 30 values"),
        ([1.0] * 40, "values that differ"),
        ([np.inf] + [1.0] * 40, "finite numbers"),
        ([np.nan] * 100, "at least 30 values"),
    ],
)
def test_values_that_cannot_be_fitted(values, allowed):
    with pytest.raises(InputError) as caught:
        fit_mixture(values)
    assert allowed in [p.allowed for p in caught.value.problems]
