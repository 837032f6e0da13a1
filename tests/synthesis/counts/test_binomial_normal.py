"""Binomial-normal models: published figures, metafor, brute-force integrals, properties."""

import csv
import math
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import gammaln, logsumexp

from equipoise.cite import REFERENCES
from equipoise.errors import InputError
from equipoise.synthesis import pool
from equipoise.synthesis.counts import binomial_normal, mantel_haenszel
from equipoise.synthesis.counts.binomial_normal_models import METHOD_CITES
from equipoise.synthesis.counts.binomial_normal_surfaces import LAYOUTS, constant, surface_of
from equipoise.synthesis.counts.hypergeometric_kernels import log_chance
from equipoise.synthesis.counts.likelihood_search import climb, scan
from equipoise.synthesis.counts.tables import Tables

PINNED = Path(__file__).parents[3] / "validation" / "counts"
FIXED, RANDOM, EXACT = MODELS = tuple(LAYOUTS)
NAMES = {"UM.FS": FIXED, "UM.RS": RANDOM, "CM.EL": EXACT}
TOLERANCE = 1e-3
"""What is asked of numbers that come from lme4."""


def read(name):
    with (PINNED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def sets():
    data = defaultdict(list)
    for row in read("counts.csv"):
        data[row["set"]].append([float(row[name]) for name in "abcd"])
    return {name: np.array(rows).T for name, rows in data.items()}


SETS = sets()
ML = [row for row in read("glmm.csv") if row["method"] == "ML"]
QUICK = {"dat.nielweise2007", "dat.bcg", "dat.hine1989", "made.sparse", "made.unequal"}


def quick_first(rows):
    """Test parameters, those of most sets left to the slow run."""
    return [
        pytest.param(
            row,
            id=f"{row['set']}-{row['model']}",
            marks=() if row["set"] in QUICK else pytest.mark.slow,
        )
        for row in rows
    ]


def glmm(model):
    return quick_first(row for row in ML if row["model"] == model)


def read_common():
    return quick_first(row for row in read("glmm.csv") if row["method"] == "EE")


def informative(table):
    tables = Tables(*np.asarray(table, dtype=float))
    return tables.only(~tables.double_zero)


def loglik(model, table, at, nodes=61):
    """Log-likelihood at given parameters, in the order of the model's layout."""
    tables = informative(table)
    value = surface_of(model, tables, nodes)(np.array(at, dtype=float))[0]
    return value + constant(model, tables)


def place(result):
    """Parameters of a result, in the order of the model's layout."""
    spread = [result.estimate, math.sqrt(result.tau2)]
    return (
        [result.baseline, math.sqrt(result.sigma2), *spread] if result.model == RANDOM else spread
    )


# --- published -----------------------------------------------------------------------------


def test_catheter_trials_as_published():
    """Stijnen 2010, Table III (page 3052), hypergeometric-normal model; 10.1002/sim.4040."""
    result = binomial_normal(*SETS["dat.nielweise2007"], EXACT)
    assert round(result.estimate, 3) == -1.353
    assert round(result.se, 3) == 0.351
    assert round(math.sqrt(result.tau2), 2) == 0.83
    assert round(math.exp(result.ci_low), 2) == 0.13
    assert round(math.exp(result.ci_high), 2) == 0.51


# --- metafor -------------------------------------------------------------------------------


def close(result, row, names, tolerance=TOLERANCE):
    return all(
        getattr(result, name) == pytest.approx(float(row[name]), rel=tolerance, abs=tolerance)
        for name in names
    )


@pytest.mark.parametrize("row", glmm("UM.FS"))
def test_fixed_intercepts_agree_with_metafor(row):
    result = binomial_normal(*SETS[row["set"]], FIXED)
    assert close(result, row, ("estimate", "se", "tau2", "q", "p_value"), 2e-4)


@pytest.mark.parametrize("row", glmm("UM.RS"))
def test_random_intercepts_agree_with_metafor_or_beat_its_variances(row):
    """Metafor's integral is Laplace's; held at its variances, the proper likelihood is lower."""
    table = SETS[row["set"]]
    result = binomial_normal(*table, RANDOM)
    assert close(result, row, ("estimate",), 2e-3)
    if not close(result, row, ("estimate", "se", "tau2", "sigma2")):
        variances = [math.sqrt(float(row[name])) for name in ("sigma2", "tau2")]
        held = np.array([result.baseline, variances[0], float(row["estimate"]), variances[1]])
        peak = climb(surface_of(RANDOM, informative(table), 41), held, (0, 2))
        assert result.loglik > peak.value + constant(RANDOM, informative(table)) + 1e-9


@pytest.mark.parametrize("row", glmm("CM.EL"))
def test_conditional_agrees_with_metafor_but_for_its_errors(row):
    """Where standard errors differ, ours is that of finite differences of the likelihood."""
    result = binomial_normal(*SETS[row["set"]], EXACT)
    assert close(result, row, ("estimate", "tau2"), TOLERANCE)
    assert close(result, row, ("q",), 1e-9)
    assert result.loglik >= float(row["loglik"]) - 1e-7
    if result.tau2 > 0:
        assert result.se == pytest.approx(numeric_se(result, SETS[row["set"]]), rel=1e-5)
    if not close(result, row, ("se",)):
        assert row["set"] in {"dat.hahn2001", "dat.laopaiboon2015", "made.unequal"}


def numeric_se(result, table):
    """Standard error of mu from second differences of the log-likelihood in (mu, tau)."""
    at, step = np.array(place(result)), 1e-3
    surface = surface_of(EXACT, informative(table), 81)
    ahead = step * np.eye(2)
    hessian = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            corners = [
                si * sj * surface(at + si * ahead[i] + sj * ahead[j])[0]
                for si in (1, -1)
                for sj in (1, -1)
            ]
            hessian[i, j] = sum(corners) / (4 * step**2)
    return math.sqrt(np.linalg.inv(-hessian)[0, 0])


@pytest.mark.parametrize("row", read_common())
def test_common_effect_agrees_with_metafor(row):
    result = binomial_normal(*SETS[row["set"]], NAMES[row["model"]], heterogeneity=False)
    assert close(result, row, ("estimate", "se", "p_value"))


def test_enough_was_compared():
    counted = {model: sum(row["model"] == model for row in ML) for model in NAMES}
    assert counted == {"UM.FS": 40, "UM.RS": 40, "CM.EL": 6}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dat.nielweise2007", "dat.laopaiboon2015", "dat.lee2004"])
def test_the_difference_from_metafor_is_laplaces(name):
    """With one node per dimension the likelihood is Laplace's, and its best is lme4's."""
    row = next(r for r in ML if r["set"] == name and r["model"] == "UM.RS")
    tables = informative(SETS[name])
    ours = binomial_normal(*SETS[name], RANDOM)
    laplace = minimize(
        lambda at: -surface_of(RANDOM, tables, 1)(at)[0],
        place(ours),
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 4000, "maxfev": 4000},
    ).x
    theirs = [float(row["estimate"]), float(row["tau2"]), float(row["sigma2"])]
    assert [laplace[2], laplace[3] ** 2, laplace[1] ** 2] == pytest.approx(theirs, abs=1e-3)


# --- the integrals -------------------------------------------------------------------------


@pytest.mark.parametrize("row", read("likelihoods.csv"), ids=lambda row: row["set"])
def test_likelihood_is_that_of_plain_integration_in_r(row):
    names = ("gamma", "sigma", "mu", "tau") if row["gamma"] else ("mu", "tau")
    at = [float(row[name]) for name in names]
    expected = float(row["loglik"])
    assert loglik(row["model"], SETS[row["set"]], at, 61) == pytest.approx(expected, abs=1e-9)
    assert loglik(row["model"], SETS[row["set"]], at, 21) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["dat.hine1989", "dat.lee2004", "made.unequal"])
def test_more_nodes_move_nothing(model, name):
    few, more, most = (binomial_normal(*SETS[name], model, nodes=n) for n in (21, 41, 61))
    for field in ("estimate", "se", "tau2", "loglik"):
        last = getattr(most, field)
        assert getattr(more, field) == pytest.approx(last, rel=1e-7)
        assert getattr(few, field) == pytest.approx(last, rel=1e-5)


def plain_conditional(a, n1, n2, m, theta):
    j = np.arange(max(0, m - n2), min(n1, m) + 1)

    def choose(n, x):
        return gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)

    logs = choose(n1, j) + choose(n2, m - j) + j * theta
    p = np.exp(logs - logsumexp(logs))
    mean = p @ j
    return math.log(p[j == a][0]), a - mean, p @ (j - mean) ** 2


@given(
    st.integers(0, 40),
    st.integers(0, 60),
    st.integers(0, 40),
    st.integers(0, 60),
    st.floats(-6, 6),
)
def test_conditional_chance_is_the_plain_sum(a, b, c, d, theta):
    margins = (a, a + b, c + d, a + c)
    if a + b == 0 or c + d == 0:
        return
    expected = plain_conditional(*margins, theta)
    found = log_chance(np.array(margins, dtype=float), theta)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_conditional_chance_of_a_hundred_thousand():
    margins = (40_000, 100_000, 100_000, 90_000)
    expected = plain_conditional(*margins, -0.3)
    found = log_chance(np.array(margins, dtype=float), -0.3)
    assert found == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("model", MODELS)
def test_derivatives_are_those_of_the_likelihood(model):
    tables = informative(SETS["made.sparse"])
    surface, at, step = surface_of(model, tables, 61), np.array([-1.0, 1.5]), 1e-4
    if model == RANDOM:
        at = np.array([-1.5, 1.2, -1.0, 1.5])
    _, gradient, hessian = surface(at)
    for i in range(at.size):
        ahead, behind = (surface(at + s * np.eye(at.size)[i]) for s in (step, -step))
        assert gradient[i] == pytest.approx((ahead[0] - behind[0]) / 2 / step, abs=1e-6)
        assert hessian[i] == pytest.approx((ahead[1] - behind[1]) / 2 / step, abs=1e-6)


def plain_random(table, at, points=400):
    """Log-likelihood of the model with random intercepts, on a plain grid of both variables."""
    z = np.linspace(-9, 9, points)
    one, two = np.meshgrid(z, z)
    alpha, theta = at[0] + at[1] * one, at[2] + at[3] * two
    normal = -0.5 * (one**2 + two**2) - math.log(2 * math.pi) + 2 * math.log(z[1] - z[0])

    def binomial(x, n, eta):
        coefficient = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
        return coefficient + x * eta - n * np.logaddexp(0, eta)

    return sum(
        logsumexp(
            binomial(a, a + b, alpha + theta / 2) + binomial(c, c + d, alpha - theta / 2) + normal
        )
        for a, b, c, d in table.T
    )


def test_two_dimensions_on_a_plain_grid():
    table = SETS["made.rare"]
    result = binomial_normal(*table, RANDOM, double_zero="keep")
    at = [-3.5, 0.8, -0.7, 0.9]
    tables = Tables(*table)
    value = surface_of(RANDOM, tables, 41)(np.array(at))[0] + constant(RANDOM, tables)
    assert value == pytest.approx(plain_random(table, at), abs=1e-9)
    assert result.loglik >= value


@pytest.mark.parametrize("model", [FIXED, EXACT])
def test_plain_search_finds_the_same(model):
    """Nelder-Mead on the likelihood alone, from a start of its own."""
    table = SETS["dat.lee2004"]
    result = binomial_normal(*table, model)
    found = minimize(
        lambda at: -loglik(model, table, [at[0], math.exp(at[1])], 41),
        [0.0, 0.0],
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-11},
    )
    assert -found.fun == pytest.approx(result.loglik, abs=1e-9)
    assert found.x[0] == pytest.approx(result.estimate, abs=1e-5)
    assert math.exp(2 * found.x[1]) == pytest.approx(result.tau2, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("model", [FIXED, EXACT])
def test_nothing_on_a_fine_grid_is_higher(model):
    """Sparse sets of 2 to 9 trials, seed 7: profile over 200 values of tau and zero."""
    rng = np.random.default_rng(7)
    for _ in range(15):
        k = int(rng.integers(2, 10))
        n = rng.integers(5, 200, (2, k))
        base, effect = rng.normal(-2.5, 1, k), rng.normal(-0.5, rng.choice([0, 1, 4]), k)
        a = rng.binomial(n[0], 1 / (1 + np.exp(-base - effect / 2)))
        c = rng.binomial(n[1], 1 / (1 + np.exp(-base + effect / 2)))
        table = np.array([a, n[0] - a, c, n[1] - c], dtype=float)
        result = binomial_normal(*table, model)
        if result.status in {"undefined", "not_converged"}:
            continue
        surface = surface_of(model, informative(table), max(41, result.nodes))
        grid = np.array([0.0, *np.geomspace(1e-3, 30, 200)])
        found = scan(surface, np.zeros(2), (1,), (grid,))
        best = found.values.max() + constant(model, informative(table))
        assert result.loglik >= best - 1e-6


def test_two_maxima_are_told():
    result = binomial_normal(*SETS["made.unequal"], FIXED)
    assert result.status == "bimodal"
    assert "more than one maximum" in result.message
    assert result.loglik > result.loglik_common + 2


# --- properties ----------------------------------------------------------------------------

trial = st.tuples(st.integers(0, 6), st.integers(10, 60), st.integers(0, 6), st.integers(10, 60))
trials = st.lists(trial, min_size=1, max_size=5).map(lambda rows: np.array(rows, dtype=float).T)
NUMBERS = ("se", "tau2", "loglik", "lrt", "sigma2")
few = settings(max_examples=8)
each_model = pytest.mark.parametrize(
    "model", [FIXED, pytest.param(RANDOM, marks=pytest.mark.slow), EXACT]
)


def same(one, other, sign=1.0):
    assert other.status == one.status
    assert other.estimate == pytest.approx(sign * one.estimate, abs=2e-5, nan_ok=True)
    if one.status in {"converged", "boundary"}:
        for field in NUMBERS:
            expected = getattr(one, field)
            assert getattr(other, field) == pytest.approx(expected, rel=1e-4, abs=1e-5, nan_ok=True)


@each_model
@few
@given(table=trials)
def test_swapping_the_arms_turns_the_sign(model, table):
    a, b, c, d = table
    same(binomial_normal(*table, model), binomial_normal(c, d, a, b, model), -1.0)


@each_model
@few
@given(table=trials, n1=st.integers(1, 100), n2=st.integers(1, 100), everybody=st.booleans())
def test_a_double_zero_trial_moves_nothing(model, table, n1, n2, everybody):
    more = np.array([[n1, 0, n2, 0]] if everybody else [[0, n1, 0, n2]], dtype=float).T
    longer = np.concatenate([table, more], axis=1)
    before, after = binomial_normal(*table, model), binomial_normal(*longer, model)
    same(before, after)
    assert (after.k, after.k_given) == (before.k, before.k_given + 1)
    assert after.k_double_zero == before.k_double_zero + 1
    assert "no events or only events" in after.message


@each_model
@few
@given(table=trials, random=st.randoms(use_true_random=False))
def test_order_does_not_matter(model, table, random):
    order = list(range(table.shape[1]))
    random.shuffle(order)
    same(binomial_normal(*table, model), binomial_normal(*table[:, order], model))


def test_double_zero_trials_may_inform_the_baseline():
    table = SETS["made.rare"]
    drop, keep = (binomial_normal(*table, RANDOM, double_zero=x) for x in ("drop", "keep"))
    assert (drop.k, keep.k) == (6, 8)
    assert keep.baseline < drop.baseline
    assert keep.sigma2 > drop.sigma2
    for model in (FIXED, EXACT):
        assert binomial_normal(*table, model, double_zero="keep").k == 6


def test_large_trials_agree_with_the_normal_approximation():
    rng = np.random.default_rng(20260102)
    n, effect = np.full(12, 50_000), rng.normal(-0.3, 0.3, 12)
    a = rng.binomial(n, 1 / (1 + np.exp(1.5 - effect / 2)))
    c = rng.binomial(n, 1 / (1 + np.exp(1.5 + effect / 2)))
    b, d = n - a, n - c
    yi, vi = np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    normal = pool(yi, vi, ci="wald")
    for model in MODELS:
        result = binomial_normal(a, b, c, d, model)
        assert result.estimate == pytest.approx(normal.estimate, abs=1e-3)
        # REML against maximum likelihood: a factor of 12 / 11 in tau2.
        assert result.tau2 == pytest.approx(normal.tau2 * 11 / 12, rel=0.02)


def test_common_effect():
    table = SETS["dat.nielweise2007"]
    for model in MODELS:
        common = binomial_normal(*table, model, heterogeneity=False)
        varying = binomial_normal(*table, model)
        assert (common.tau2, common.lrt, common.lrt_p_value) == (0.0, 0.0, 1.0)
        assert common.loglik == pytest.approx(varying.loglik_common, abs=1e-9)
        assert varying.lrt == pytest.approx(2 * (varying.loglik - common.loglik), abs=1e-8)
        assert common.estimate == pytest.approx(mantel_haenszel(*table).estimate, abs=0.1)


# --- what cannot be fitted -----------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_no_events_at_all(model):
    result = binomial_normal([0, 0], [10, 20], [0, 0], [12, 18], model)
    assert result.status == "undefined"
    assert "no odds ratio" in result.message
    assert all(
        math.isnan(getattr(result, field.name))
        for field in fields(result)
        if field.name in {"estimate", "se", "tau2", "loglik", "p_value", "q"}
    )
    assert binomial_normal([], [], [], [], model).status == "undefined"


@pytest.mark.parametrize("model", MODELS)
def test_events_in_one_arm_only(model):
    low = binomial_normal([0, 0, 0], [10, 20, 15], [1, 2, 0], [12, 18, 9], model)
    assert low.status == "undefined"
    assert "goes to zero" in low.message
    high = binomial_normal([1, 2], [12, 18], [0, 0], [10, 20], model)
    assert "goes to infinity" in high.message


@pytest.mark.parametrize("model", MODELS)
def test_one_trial(model):
    result = binomial_normal(3, 17, 8, 12, model)
    assert (result.k, result.tau2, result.status) == (1, 0.0, "boundary")
    if model != EXACT:
        assert result.estimate == pytest.approx(math.log(3 * 12 / (17 * 8)), abs=1e-6)


def test_trials_that_contradict_each_other_without_end():
    result = binomial_normal([0, 8], [157, 255], [4, 0], [55, 18], EXACT)
    assert result.status == "not_converged"
    assert "opposite directions" in result.message


@pytest.mark.parametrize("model", MODELS)
def test_large_counts(model):
    n = 1e6 if model == EXACT else 1e9
    result = binomial_normal([0.1 * n, 3], [0.5 * n, n / 2], [0.2 * n, 5], [0.3 * n, n / 2], model)
    assert math.isfinite(result.estimate)


def test_every_problem_is_named():
    with pytest.raises(InputError) as caught:
        binomial_normal([1.5, 2, -1], [5, 0, 1], [1, 1, 1e12], [1, 1, 1], EXACT, level=0.0, nodes=5)
    found = {problem.field for problem in caught.value.problems}
    assert found == {"a", "a + b", "c", "level", "nodes"}
    with pytest.raises(InputError, match="whole number"):
        binomial_normal([1.5], [5], [1], [1], EXACT)
    assert binomial_normal([1.5], [5], [1], [1]).k == 1
    with pytest.raises(InputError, match="unconditional-fixed"):
        binomial_normal(1, 2, 3, 4, "UM.FS")
    with pytest.raises(InputError, match="drop, keep"):
        binomial_normal(1, 2, 3, 4, double_zero="half")
    with pytest.raises(InputError, match="at least 1 patient"):
        binomial_normal([0, 1], [0, 1], [1, 1], [1, 1])


def test_every_citation_exists():
    for keys in METHOD_CITES.values():
        assert set(keys) <= REFERENCES.keys()
