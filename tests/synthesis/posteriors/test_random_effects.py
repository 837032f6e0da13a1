"""The posterior of a random-effects synthesis: published, by plain sums, and by properties."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors import (
    EffectPrior,
    LinearEffect,
    heterogeneity_posterior,
    named_prior,
    posterior,
    robust_mixture,
)
from equipoise.synthesis.posteriors import grid_mixture as grids

SCHOOLS = np.array([28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16])
SCHOOLS_SE = np.array([14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6])
Y = np.array([-0.5, -0.2, 0.1, -0.3, 0.05])
V = np.array([0.04, 0.02, 0.03, 0.01, 0.05])
PRIORS = (
    "half-normal(0.5)",
    "half-cauchy(0.5)",
    "turner2015: any outcome; any comparison",
    "rhodes2015: any outcome; any comparison",
)


def test_eight_schools_as_bayesmeta_prints_them():
    """Eight schools (Rubin 1981), N(0, 50^2) and half-Cauchy(25): vignette of bayesmeta.

    Its numbers of tau are integrals and agree to all digits; its mean effect comes from a
    mixture of a stated coarseness (delta = 0.01).
    """
    mean = EffectPrior((0.0,), (50.0,))
    result = posterior(SCHOOLS, SCHOOLS_SE**2, tau="half-cauchy(25)", mean=mean, scale="identity")
    assert result.mean("mean") == pytest.approx(7.985729, abs=5e-4)
    assert result.median("mean") == pytest.approx(7.962961, abs=1e-3)
    assert result.sd("mean") == pytest.approx(4.995762, abs=5e-4)
    assert result.grid_error < 1e-6
    spread = heterogeneity_posterior(SCHOOLS, SCHOOLS_SE**2, tau="half-cauchy(25)", mean=mean)
    assert spread.quantile(0.5) == pytest.approx(4.758539, abs=1e-6)
    assert spread.mean() == pytest.approx(5.884511, abs=1e-6)
    assert spread.sd() == pytest.approx(4.869904, abs=1e-6)
    assert spread.cdf(15.165894) == pytest.approx(0.95, abs=1e-6)  # its shortest interval


def plain(y, v, prior, x, n=20_000, top=60.0):
    """Distribution functions of the mean (flat) and of a new trial by a sum over tau."""
    tau = np.arange(0.5, n) / n * top
    w = 1.0 / (v + tau[:, None] ** 2)
    total = w.sum(axis=1)
    centre = (w @ y) / total
    left = (w * (y - centre[:, None]) ** 2).sum(axis=1)
    log = prior.log_density(np.log(tau)) - np.log(tau)
    log = log + 0.5 * (np.log(w).sum(axis=1) - np.log(total) - left)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    sds = np.sqrt(1.0 / total), np.sqrt(1.0 / total + tau**2)
    return [weight @ ndtr((x - centre[:, None]) / sd[:, None]) for sd in sds]


@pytest.mark.parametrize(
    ("name", "top"), [("half-normal(0.5)", 4.0), ("half-normal(0.05)", 0.4), (PRIORS[2], 40.0)]
)
def test_agrees_with_plain_sums(name, top):
    x = np.linspace(-1.0, 0.8, 13)
    prior = named_prior(name)
    result = posterior(Y, V, tau=prior)
    slow = plain(Y, V, prior, x, top=top)
    assert result.cdf("mean", x) == pytest.approx(slow[0], abs=2e-6)
    assert result.cdf("new trial", x) == pytest.approx(slow[1], abs=2e-6)


@pytest.mark.slow
def test_two_variances_agree_with_plain_sums():
    trial = np.repeat(np.arange(4), 2)
    c = np.tile([0.8, -0.2], 4)
    y = np.array([-0.45, 0.08, -0.3, -0.1, -0.2, 0.05, -0.5, -0.05])
    v = np.array([0.04, 0.0065, 0.06, 0.02, 0.09, 0.01, 0.05, 0.03])
    X = np.column_stack([np.ones(8), c])
    Z = (trial[:, None] == np.arange(4)).astype(float)
    random = [(Z, "half-normal(0.5)"), (Z * c[:, None], "half-normal(0.3)")]
    wanted = {
        "difference": LinearEffect((0.0, 1.0)),
        "positive, new trial": LinearEffect((1.0, 0.8), new=(1.0, 0.8)),
        "row 1": LinearEffect((0.0, 0.0), rows=np.eye(8)[0].tolist()),
    }
    result = posterior(y, v, X, random=random, effects=wanted)
    total, below = 0.0, np.zeros(3)
    a = np.array([1.0, 0.8])
    for t in np.arange(0.5, 70) / 70 * 2.4:
        for d in np.arange(0.5, 60) / 60 * 1.5:
            own = t * t * Z @ Z.T + d * d * (Z * c[:, None]) @ (Z * c[:, None]).T
            S = np.diag(v) + own
            inverse = np.linalg.inv(S)
            C = np.linalg.inv(X.T @ inverse @ X)
            b = C @ X.T @ inverse @ y
            e = y - X @ b
            half = np.linalg.slogdet(C)[1] - np.linalg.slogdet(S)[1] - e @ inverse @ e
            weight = math.exp(0.5 * half - 0.5 * (t / 0.5) ** 2 - 0.5 * (d / 0.3) ** 2)
            back = own[0] @ inverse
            on_b = X[0] - back @ X
            spread = own[0, 0] - back @ own[:, 0] + on_b @ C @ on_b
            means = np.array([b[1], a @ b, X[0] @ b + back @ e])
            variances = [C[1, 1], a @ C @ a + t * t + 0.64 * d * d, spread]
            total += weight
            below += weight * ndtr((-0.3 - means) / np.sqrt(variances))
    assert [result.cdf(name, -0.3) for name in result.names] == pytest.approx(
        below / total, abs=2e-4
    )
    assert result.grid_error < 1e-6


def test_labels_matrices_and_covariances_are_ways_to_say_the_same():
    labels = ["a", "a", "b", "b", "c"]
    matrix = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1.0]])
    ways = [
        posterior(Y, V, random=[(labels, "half-normal(0.5)")], study_effects=True),
        posterior(Y, np.diag(V), random=[(matrix, "half-normal(0.5)")], study_effects=True),
        posterior(
            Y, V=np.diag(V), random=[(labels, "half-normal(0.5)"), (None, 0.0)], study_effects=True
        ),
    ]
    for other in ways[1:]:
        assert other.mean() == pytest.approx(ways[0].mean(), abs=1e-10)
        assert other.covariance() == pytest.approx(ways[0].covariance(), abs=1e-10)
    one = posterior(Y, V, study_effects=True)
    eye = posterior(Y, np.diag(V), random=[(np.eye(5), "half-normal(0.5)")], study_effects=True)
    assert eye.covariance() == pytest.approx(one.covariance(), abs=1e-10)
    assert one.names == ("mean", "new trial", *(f"study {i}" for i in range(1, 6)))


def test_correlated_estimates_agree_with_independent_ones_turned():
    joint = np.array([[0.04, 0.01], [0.01, 0.03]])
    a = posterior([0.3, 0.1], joint, tau=0.0)
    weights = np.linalg.inv(joint).sum(axis=0)
    assert a.mean("mean") == pytest.approx(weights @ [0.3, 0.1] / weights.sum())
    assert a.sd("mean") == pytest.approx(weights.sum() ** -0.5)


def test_known_spread_is_the_textbook():
    result = posterior(Y, V, tau=0.2)
    w = 1.0 / (V + 0.04)
    assert result.mean("mean") == pytest.approx(w @ Y / w.sum())
    assert result.sd("new trial") == pytest.approx(math.sqrt(1.0 / w.sum() + 0.04))
    assert result.weights.size == 1
    common = posterior(Y, V, tau="known(0)")
    assert common.sd("new trial") == common.sd("mean") == pytest.approx((1 / V).sum() ** -0.5)


def test_regression_with_names():
    X = np.column_stack([np.ones(5), [0.0, 0.0, 1.0, 1.0, 1.0]])
    prior = [None, EffectPrior((0.0,), (0.354,))]
    result = posterior(Y, V, X, mean=prior, names=["mean", "slope"], tau=0.0)
    P = X.T @ (X / V[:, None]) + np.diag([0.0, 0.354**-2])
    assert result.mean() == pytest.approx(np.linalg.solve(P, X.T @ (Y / V)))
    assert result.covariance() == pytest.approx(np.linalg.inv(P))
    assert result.names == ("mean", "slope")
    assert [p.name for p in result.prior] == ["flat", "normal", "known(0)"]


def test_one_trial_leaves_the_spread_to_the_prior():
    result = posterior([-0.4], [0.04])
    assert "prior" in result.message
    assert result.mean("mean") == pytest.approx(-0.4)
    for name in PRIORS:
        spread = heterogeneity_posterior([-0.4], [0.04], tau=name)
        for tau in (1e-4, 0.05, 0.3, 2.0):
            assert spread.cdf(tau) == pytest.approx(named_prior(name).cdf(tau), abs=1e-12)


def finer(y, v, **options):
    """The same posterior on a grid four times as fine as the one it settled for."""
    settled = posterior(y, v, **options)
    first = grids.refinements
    step = max(1, settled.weights.size // 36)  # doublings it took, at least
    try:
        grids.refinements = lambda axes: iter([(40 * 4 * 4 * step, 4)])
        return settled, posterior(y, v, **options)
    finally:
        grids.refinements = first


trials = st.integers(1, 12).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-3.0, 3.0), min_size=k, max_size=k),
        st.lists(st.floats(-12.0, 6.0), min_size=k, max_size=k),
    )
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(trials, st.sampled_from(PRIORS))
@example(([0.5], [-12.0]), PRIORS[3])
@example(([0.0, 0.0, 0.0, 3.0], [-12.0, -12.0, -12.0, 2.0]), PRIORS[0])
@example(([0.0] * 12, [-12.0] * 12), PRIORS[2])
def test_a_finer_grid_moves_nothing(data, prior):
    y, log_v = data
    coarse, fine = finer(y, np.exp(log_v), tau=prior)
    assert coarse.status == "converged"
    assert coarse.grid_error <= 1e-6
    for name in coarse.names:
        points = [fine.quantile(name, q) for q in np.linspace(0.001, 0.999, 25)]
        gap = np.abs(np.asarray(coarse.cdf(name, points)) - np.asarray(fine.cdf(name, points)))
        assert gap.max() <= 1e-6


@settings(max_examples=25, deadline=None)
@given(trials, st.floats(-100.0, 100.0), st.randoms(use_true_random=False))
def test_order_and_origin_do_not_matter(data, shift, random):
    y, log_v = data
    order = list(range(len(y)))
    random.shuffle(order)
    y, v = np.array(y), np.exp(log_v)
    first = posterior(y, v)
    again = posterior(y[order] + shift, v[order])
    for name in first.names:
        x = first.quantile(name, 0.2)
        assert again.cdf(name, x + shift) == pytest.approx(first.cdf(name, x), abs=2e-6)
        scale = first.sd(name) + 1e-3 * abs(shift)
        assert again.mean(name) - shift == pytest.approx(first.mean(name), abs=1e-5 * scale)


@settings(max_examples=25, deadline=None)
@given(trials)
def test_another_unit_gives_the_same_answer(data):
    y, log_v = data
    y, v = np.array(y), np.exp(log_v)
    first = posterior(y, v, tau="half-normal(0.5)")
    for unit in (1e-100, 1e90):
        again = posterior(y * unit, v * unit**2, tau=f"half-normal({0.5 * unit!r})")
        assert again.mean("mean") / unit == pytest.approx(first.mean("mean"), abs=1e-6)
        assert again.sd("new trial") / unit == pytest.approx(first.sd("new trial"), rel=1e-5)


def test_draws_agree_with_the_distribution():
    result = posterior(Y, V, study_effects=True)
    drawn = result.sample(100_000, np.random.default_rng(7))
    for i, name in enumerate(result.names):
        for prob in (0.025, 0.5, 0.975):
            share = float(np.mean(drawn[:, i] <= result.quantile(name, prob)))
            assert share == pytest.approx(prob, abs=5 * math.sqrt(prob * (1 - prob) / 100_000))


def test_the_mixture_prior_of_the_mean_is_weighed_by_its_predictions():
    prior = robust_mixture(EffectPrior((0.0,), (0.1,)), 0.5)
    both = posterior(Y - 2.0, V, mean=prior)
    vague = posterior(Y - 2.0, V, mean=EffectPrior((0.0,), (2.0,)))
    assert both.mean("mean") == pytest.approx(vague.mean("mean"), abs=0.02)
    assert both.grid_error < 1e-6


@pytest.mark.parametrize("power", [-300, -200, 150, 280])
def test_extreme_magnitudes(power):
    v = 10.0**power
    y = np.array([0.0, 1.0, -1.0]) * math.sqrt(v)
    result = posterior(y, [v] * 3)
    assert result.status == "converged"
    low, high = result.interval("mean")
    assert math.isfinite(low)
    assert low < 0.0 < high


@pytest.mark.slow
def test_many_trials():
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 0.1, 10_000)
    y = rng.normal(-0.2, np.sqrt(v + 0.04))
    result = posterior(y, v)
    assert result.mean("mean") == pytest.approx(-0.2, abs=4 * result.sd("mean"))
    assert result.sd("new trial") == pytest.approx(0.2, rel=0.05)
    assert result.grid_error < 1e-6


def test_data_beyond_belief_are_said_to_be_so():
    y = np.array([0.0, 1.0, 2.0]) * 1e9
    result = posterior(y, [1e-9] * 3, tau="half-normal(0.0001)")
    assert result.status == "not_converged"
    assert result.grid_error > 1e-6
    assert "contradict" in result.message


X_TWICE = np.column_stack([np.ones(5), np.ones(5)])


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (lambda: posterior(Y, -V), "above 0"),
        (lambda: posterior(Y, V[:2]), "lengths"),
        (lambda: posterior([math.nan, 1.0], [1.0, 1.0]), "index 0"),
        (lambda: posterior(Y), "vi or V"),
        (lambda: posterior(Y, V, V=np.diag(V)), "not both"),
        (lambda: posterior(Y, np.ones((5, 5))), "positive definite"),
        (lambda: posterior(Y, V, X_TWICE), "combinations"),
        (lambda: posterior(Y, V, np.ones((4, 1))), "shape"),
        (lambda: posterior(Y, V, X_TWICE, mean=EffectPrior((0.0,), (1.0,))), "2, one a column"),
        (lambda: posterior(Y, V, tau="uniform"), "half-normal"),
        (lambda: posterior(Y, V, tau=-1.0), "above 0"),
        (lambda: posterior(Y, V, random=[(None, 0.1)] * 3), "at most 2"),
        (lambda: posterior(Y, V, random=[(["a"], 0.1)]), "5 labels"),
        (lambda: posterior(Y, V, names=["a", "b"]), "1 names"),
        (lambda: posterior(Y, V, effects={"a": LinearEffect((1.0, 2.0))}), "1 finite"),
        (lambda: posterior([1e200], [1e-200]), "standard errors"),
        (lambda: heterogeneity_posterior(Y, V, tau=0.1), "a prior, not a value"),
        (lambda: heterogeneity_posterior(Y, V).quantile(0.0), "above 0"),
    ],
)
def test_what_cannot_be_analysed_is_refused(make, shown):
    with pytest.raises(ArrayError) as caught:
        make()
    assert shown in str(caught.value)


def test_a_prior_saves_collinear_columns():
    result = posterior(Y, V, X_TWICE, mean=[None, EffectPrior((0.0,), (1.0,))], tau=0.0)
    assert result.contrast({"coefficient 1": 1.0, "coefficient 2": 1.0}, "sum").mean(
        "sum"
    ) == pytest.approx(posterior(Y, V, tau=0.0).mean("mean"))
