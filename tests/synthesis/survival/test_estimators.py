"""Kaplan-Meier, restricted means, log-rank and Cox: published numbers, plain versions, laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from equipoise.errors import InputError
from equipoise.synthesis.survival import (
    cox,
    cox_two_arm,
    kaplan_meier,
    log_rank,
    median_survival,
    restricted_mean,
    rmst_difference,
    survival_at,
    survival_quantile,
    two_arm_table,
)

HALF = settings.default.max_examples // 2
"""Examples of the slower properties, whatever the profile."""


@st.composite
def trials(draw, least=4, most=40):
    """Time, event, treatment, stratum with many ties; both arms and at least one event."""
    n = draw(st.integers(least, most))
    time = draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
    event = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n).filter(any))
    arm = [i % 2 for i in range(n)]
    stratum = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    return tuple(np.array(x, dtype=float) for x in (time, event, arm, stratum))


# published


def test_published_curve_of_the_six_mp_trial(freireich):
    # Klein and Moeschberger, Survival Analysis, table 4.1
    time, event, arm = freireich
    curve = kaplan_meier(time[arm == 1], event[arm == 1])
    at = {t: (s, e) for t, s, e in zip(curve.times, curve.survival, curve.se, strict=True)}
    for week, share, error in ((6, 0.857, 0.0764), (10, 0.753, 0.0963), (23, 0.448, 0.1346)):
        assert at[week] == pytest.approx((share, error), abs=5e-4)
    assert median_survival(curve).time == 23
    assert median_survival(kaplan_meier(time[arm == 0], event[arm == 0])).time == 8


def test_published_tests_of_the_six_mp_trial(freireich):
    result = log_rank(*freireich)
    assert result.chi2 == pytest.approx(16.79, abs=0.005)
    assert result.expected == pytest.approx([10.75, 19.25], abs=0.005)
    assert result.variance == pytest.approx(6.257, abs=0.0005)
    # Kleinbaum and Klein, Survival Analysis, chapter 3: 1.509 with Breslow's ties
    for ties, published in (("breslow", 1.509), ("efron", 1.572)):
        assert cox_two_arm(*freireich, ties=ties).log_hazard_ratio == pytest.approx(
            -published, abs=5e-4
        )


# plain versions


def plain_curve(time, event):
    share, g, out = 1.0, 0.0, {}
    for t in sorted(set(time)):
        n = sum(x >= t for x in time)
        d = sum(e for x, e in zip(time, event, strict=True) if x == t)
        share *= 1 - d / n
        g += d / (n * (n - d)) if n > d else math.inf
        out[t] = (n, d, share, share * math.sqrt(g) if share > 0 else math.nan)
    return out


@settings(max_examples=HALF)
@given(trials())
def test_curve_by_hand(trial):
    time, event, _, _ = trial
    curve = kaplan_meier(time, event)
    plain = plain_curve(time.tolist(), event.tolist())
    found = zip(curve.at_risk, curve.events, curve.survival, curve.se, strict=True)
    for (t, wanted), ours in zip(plain.items(), found, strict=True):
        assert ours == pytest.approx(wanted, rel=1e-12, nan_ok=True), t
    grid = np.linspace(0, time.max(), 4001)
    area = survival_at(curve, grid[:-1] + grid[1] / 2).mean() * time.max()
    assert restricted_mean(time, event, time.max()).estimate == pytest.approx(area, rel=1e-3)


def plain_test(time, event, arm, stratum):
    difference = variance = 0.0
    for s in set(stratum):
        for t in sorted({x for x, e, g in zip(time, event, stratum, strict=True) if e and g == s}):
            risk = [i for i in range(len(time)) if time[i] >= t and stratum[i] == s]
            dead = [i for i in risk if time[i] == t and event[i]]
            n, n1, d = len(risk), sum(arm[i] for i in risk), len(dead)
            difference += sum(arm[i] for i in dead) - d * n1 / n
            if n > 1:
                variance += d * n1 / n * (1 - n1 / n) * (n - d) / (n - 1)
    return difference, variance


@settings(max_examples=HALF)
@given(trials())
def test_log_rank_by_hand(trial):
    time, event, arm, stratum = trial
    result = log_rank(time, event, arm, strata=stratum)
    difference, variance = plain_test(*(x.tolist() for x in trial))
    assert result.observed[1] - result.expected[1] == pytest.approx(difference, abs=1e-12)
    assert result.variance == pytest.approx(variance, abs=1e-12)
    if result.status == "converged":
        assert result.log_hazard_ratio == pytest.approx(difference / variance)
        assert result.chi2 == pytest.approx(difference**2 / variance)


def plain_likelihood(beta, time, event, X, stratum, ties):
    eta = X @ np.atleast_1d(beta)
    total = 0.0
    for s in set(stratum):
        for t in {x for x, e, g in zip(time, event, stratum, strict=True) if e and g == s}:
            risk = (time >= t) & (stratum == s)
            dead = (time == t) & (event == 1) & (stratum == s)
            d = int(dead.sum())
            total += eta[dead].sum()
            for k in range(d):
                gone = k / d if ties == "efron" else 0.0
                total -= math.log(np.exp(eta[risk]).sum() - gone * np.exp(eta[dead]).sum())
    return total


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_by_hand(sets, ties):
    data = sets["tied"]
    X = np.column_stack([data["treatment"], data["x1"]])
    args = (data["time"], data["event"], X, data["stratum"], ties)
    fit = cox(*args[:3], strata=data["stratum"], ties=ties)
    assert fit.loglik == pytest.approx(plain_likelihood(fit.coefficients, *args), rel=1e-12)
    assert fit.loglik_null == pytest.approx(plain_likelihood(np.zeros(2), *args), rel=1e-12)
    best = minimize(lambda b: -plain_likelihood(b, *args), np.zeros(2), method="BFGS")
    assert fit.coefficients == pytest.approx(best.x, abs=1e-4)
    assert fit.loglik >= -best.fun - 1e-10
    h = 1e-4
    for j in range(2):
        e = np.eye(2)[j] * h
        curvature = (
            plain_likelihood(fit.coefficients + e, *args)
            - 2 * fit.loglik
            + plain_likelihood(fit.coefficients - e, *args)
        ) / h**2
        assert -curvature == pytest.approx(np.linalg.inv(fit.covariance)[j, j], rel=1e-4)


@settings(max_examples=HALF)
@given(trials(), st.sampled_from(["efron", "breslow"]))
def test_two_arms_are_one_covariate(trial, ties):
    time, event, arm, stratum = trial
    quick = cox_two_arm(time, event, arm, strata=stratum, ties=ties)
    X = arm[:, None]
    args = (time, event, X, stratum, ties)
    if quick.status == "undefined":
        with pytest.raises(InputError, match="varies among those at risk"):
            cox(time, event, X, strata=stratum, ties=ties)
        return
    fit = cox(time, event, X, strata=stratum, ties=ties)
    assert fit.status == quick.status
    assert fit.loglik == pytest.approx(quick.loglik, abs=1e-8)
    assert fit.score == pytest.approx(quick.score, abs=1e-9)
    if quick.status == "converged":
        assert fit.coefficients[0] == pytest.approx(quick.log_hazard_ratio, abs=1e-9)
        for step in (-0.01, 0.01):
            assert plain_likelihood(quick.log_hazard_ratio + step, *args) <= quick.loglik + 1e-12
    else:
        assert fit.coefficients[0] == quick.log_hazard_ratio
        assert math.isinf(quick.log_hazard_ratio)
        assert math.isnan(quick.ci_low)
        for beta in (-3.0, 0.0, 3.0):
            assert plain_likelihood(beta, *args) <= quick.loglik + 1e-9


# laws


@settings(max_examples=HALF)
@given(trials())
def test_swapping_the_arms_turns_the_sign(trial):
    time, event, arm, stratum = trial
    for method in (log_rank, cox_two_arm):
        one = method(time, event, arm, strata=stratum)
        other = method(time, event, 1 - arm, strata=stratum)
        assert one.status == other.status
        if one.status == "converged":
            assert one.log_hazard_ratio == pytest.approx(-other.log_hazard_ratio, abs=1e-9)
            assert one.se == pytest.approx(other.se, rel=1e-9)
    horizon = min(time[arm == a].max() for a in (0, 1))
    one, other = (rmst_difference(time, event, a, horizon) for a in (arm, 1 - arm))
    assert one.estimate == -other.estimate
    assert one.p_value == other.p_value


@settings(max_examples=HALF)
@given(trials(), st.randoms(use_true_random=False))
def test_order_and_unit_do_not_matter(trial, random):
    time, event, arm, stratum = trial
    order = list(range(time.size))
    random.shuffle(order)
    moved = [x[order] for x in trial]
    for method in (log_rank, cox_two_arm):
        one = method(time, event, arm, strata=stratum)
        other = method(moved[0] * 365.25, *moved[1:3], strata=moved[3])
        assert other.log_hazard_ratio == pytest.approx(one.log_hazard_ratio, nan_ok=True)
    one, other = (
        restricted_mean(t, e, t.max()) for t, e in ((time, event), (moved[0] * 2, moved[1]))
    )
    assert other.estimate == pytest.approx(2 * one.estimate)
    assert other.se == pytest.approx(2 * one.se)


@settings(max_examples=HALF)
@given(trials())
def test_without_ties_the_score_test_is_the_log_rank_test(trial):
    time, event, arm, stratum = trial
    apart = time + np.arange(time.size) / (2 * time.size)
    rank, hazard = (f(apart, event, arm, strata=stratum) for f in (log_rank, cox_two_arm))
    if rank.status == "converged":
        assert hazard.score == pytest.approx(rank.chi2, rel=1e-9, abs=1e-12)


@settings(max_examples=HALF)
@given(trials())
def test_curves_fall_within_their_limits(trial):
    time, event, _, _ = trial
    for kind in ("log", "log-log", "plain"):
        curve = kaplan_meier(time, event, transform=kind)
        assert (np.diff(np.append(1.0, curve.survival)) <= 0).all()
        known = ~np.isnan(curve.ci_low)
        assert (curve.ci_low[known] <= curve.survival[known]).all()
        assert (curve.survival[known] <= curve.ci_high[known]).all()
        assert (curve.ci_low[known] >= 0).all()
        assert (curve.ci_high[known] <= 1).all()
        early, late = (survival_quantile(curve, p).time for p in (0.2, 0.6))
        assert not late < early


def test_unit_and_shift_of_a_covariate_do_not_matter(sets):
    data = sets["months"]
    X = np.column_stack([data["treatment"], data["x1"]])
    one = cox(data["time"], data["event"], X)
    other = cox(data["time"], data["event"], X * [1.0, 1e9] + [5.0, 1e12])
    assert other.coefficients * [1, 1e9] == pytest.approx(one.coefficients, rel=1e-5)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-9)


def test_covariates_of_extreme_size(sets):
    data = sets["months"]
    one = cox(data["time"], data["event"], data["x1"])
    for unit in (1e-300, 1e300):
        other = cox(data["time"], data["event"], data["x1"] * unit)
        assert other.status == "converged"
        assert other.coefficients * unit == pytest.approx(one.coefficients, rel=1e-9)
        assert other.se * unit == pytest.approx(one.se, rel=1e-9)
        assert other.wald == pytest.approx(one.wald, rel=1e-9)


# edges


def test_one_infinite_coefficient_beside_a_finite_one():
    rng = np.random.default_rng(3)
    n = 60
    x = rng.normal(size=n)
    marker = np.repeat([0.0, 1.0], n // 2)
    time = rng.exponential(np.exp(-0.5 * x))
    event = np.where(marker == 1, 0.0, 1.0)
    fit = cox(time, event, np.column_stack([marker, x]))
    assert fit.status == "not_converged"
    assert fit.coefficients[0] == -math.inf
    assert "column 0" in fit.message
    alone = cox(time[marker == 0], event[marker == 0], x[marker == 0])
    # those without the marker at risk alone decide on the finite one
    assert fit.coefficients[1] == pytest.approx(alone.coefficients[0], abs=1e-6)
    assert fit.loglik == pytest.approx(alone.loglik, abs=1e-8)


def test_a_large_but_finite_hazard_ratio_is_not_called_infinite():
    rng = np.random.default_rng(5)
    arm = np.repeat([0.0, 1.0], 2000)
    time = rng.exponential(np.where(arm == 1, 1e-3, 1.0))
    fit = cox_two_arm(time, np.ones(4000), arm)
    assert fit.status == "converged"
    assert fit.log_hazard_ratio == pytest.approx(math.log(1000), abs=0.5)
    assert cox(time, np.ones(4000), arm).coefficients[0] == pytest.approx(
        fit.log_hazard_ratio, abs=1e-9
    )


def test_no_event_is_undefined_everywhere():
    time, event, arm = [1, 2, 3, 4], [0, 0, 0, 0], [0, 1, 0, 1]
    for fit in (cox(time, event, arm), cox_two_arm(time, event, arm), log_rank(time, event, arm)):
        assert fit.status == "undefined"
        assert fit.message
    assert (kaplan_meier(time, event).survival == 1).all()
    assert math.isnan(median_survival(kaplan_meier(time, event)).time)
    assert restricted_mean(time, event, 4).estimate == 4


def test_the_curve_is_read_where_it_is_known():
    shares = survival_at(kaplan_meier([1, 2, 4], [1, 1, 0]), [-1, 0, 1, 3.9, 5, math.nan])
    assert shares == pytest.approx([1, 1, 2 / 3, 1 / 3, math.nan, math.nan], nan_ok=True)


def test_everybody_at_once_says_so():
    result = log_rank([1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 0, 0])
    assert result.status == "undefined"
    assert "everybody had it at once" in result.message


def test_labels_of_strata_may_be_mixed_but_not_missing():
    time, event, arm = [1, 2, 3, 4, 5, 6], [1] * 6, [1, 0, 1, 0, 0, 1]
    plain = cox(time, event, arm, strata=[0, 0, 0, 0, 1, 1])
    mixed = cox(time, event, arm, strata=np.array(["a"] * 4 + [7] * 2, dtype=object))
    assert mixed.loglik == plain.loglik
    assert mixed.coefficients == pytest.approx(plain.coefficients)
    for missing in (None, math.nan):
        with pytest.raises(InputError, match="index 1, strata"):
            cox(time, event, arm, strata=np.array(["a", missing, *"abab"], dtype=object))


def test_lengths_are_shown_of_what_was_given_only():
    with pytest.raises(InputError, match="found 'time 2, event 1'"):
        kaplan_meier([1, 2], [1])


def test_a_horizon_beyond_the_data():
    censored = restricted_mean([1, 2, 3], [1, 1, 0], 5)
    assert censored.status == "undefined"
    assert "known to 3" in censored.message
    assert restricted_mean([1, 2, 3], [1, 1, 1], 5).estimate == pytest.approx(2)
    both = rmst_difference([1, 2, 3, 1, 2, 3], [1, 1, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], 5)
    assert both.status == "undefined"
    assert both.message.startswith("Treatment:")
    assert math.isnan(both.p_value)


def test_table_of_two_arms():
    table, stratum = two_arm_table(
        np.array([1.0, 2.0, 2.0, 1.0, 3.0]),
        np.array([1.0, 1.0, 1.0, 0.0, 1.0]),
        np.array([0.0, 1.0, 0.0, 1.0, 1.0]),
        np.array([0, 0, 0, 1, 1]),
    )
    assert table.tolist() == [[2, 1, 1, 0], [1, 1, 1, 1], [0, 1, 0, 1]]
    assert stratum.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kaplan_meier([1, -2, math.nan], [1, 1, 2]), r"3 problems"),
        (lambda: kaplan_meier([], []), "no patient"),
        (lambda: kaplan_meier([1, 2], [1]), "equal lengths"),
        (lambda: kaplan_meier([1], [1], transform="logit"), "log, log-log, plain"),
        (lambda: kaplan_meier([1], [1], level=95), "above 0 and below 1"),
        (lambda: survival_quantile(kaplan_meier([1], [1]), 50), "above 0 and below 1"),
        (lambda: restricted_mean([1], [1], 0.0), "finite, above 0"),
        (lambda: log_rank([1, 2], [1, 1], [1, 1]), "0 for some patients and 1 for others"),
        (lambda: log_rank([1, 2], [1, 1], [1, 2]), "1 for treatment"),
        (lambda: log_rank([1, 2], [1, 1], [1, 0], rho=-1), "0 or above"),
        (lambda: cox_two_arm([1, 2], [1, 1], [1, 0], ties="exact"), "efron, breslow"),
        (lambda: cox([1, 2], [1, 1], [[1.0, math.inf], [0.0, 1.0]]), "X column 1"),
        (lambda: cox([1, 2, 3], [1, 1, 1], [[1, 2], [0, 0], [1, 2]]), "X column 1"),
        (lambda: cox([1, 2, 3], [1, 1, 1], [7, 7, 7]), "X column 0"),
        (lambda: cox([1, 2, 3], [1, 1, 1], [1, 0]), "3 rows"),
        (lambda: cox([1, 2], [1, 1], [1, 0], strata=[math.nan, 1]), "a label"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()
