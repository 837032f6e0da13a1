"""The missing-phenotype model by hand, by brute force, by its promises, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.pooling import pool
from equipoise.synthesis.subgroups import information_share, missing_phenotype

Y = [-0.4, 0.1, 0.2, -0.1, -0.5, 0.05, 0.0]
V = [0.05, 0.01, 0.08, 0.01, 0.06, 0.015, 0.01]
TRIAL = ["A", "A", "B", "B", "C", "C", "W"]
STRATUM = ["positive", "negative"] * 3 + ["whole"]


def random_rows(seed, both=5):
    rng = np.random.default_rng(seed)
    y, v, trial, stratum, share = [], [], [], [], []
    kinds = ["both"] * both + ["positive", "negative", "whole", "whole"]
    for i, kind in enumerate(kinds):
        q = float(rng.uniform(0.1, 0.4))
        for one in ("positive", "negative") if kind == "both" else (kind,):
            y.append(float(rng.normal(-0.1, 0.4)))
            v.append(float(rng.uniform(0.01, 0.1)))
            trial.append(f"T{i}")
            stratum.append(one)
            share.append(q)
    return y, v, trial, stratum, share


def fit(data, **options):
    return missing_phenotype(*data[:4], share=data[4], **options)


class TestByHand:
    def test_exact_shares_make_two_separate_pools(self):
        """With q the share of precision, d is a pool of differences and theta one of wholes."""
        found = missing_phenotype(Y, V, TRIAL, STRATUM)
        y, v = np.array(Y), np.array(V)
        d = pool(y[0:6:2] - y[1:6:2], v[0:6:2] + v[1:6:2], ci="wald")
        whole = 1.0 / (1.0 / v[0:6:2] + 1.0 / v[1:6:2])
        centre = whole * (y[0:6:2] / v[0:6:2] + y[1:6:2] / v[1:6:2])
        theta = pool([*centre, y[6]], [*whole, v[6]], ci="wald")
        assert found.d.estimate == pytest.approx(d.estimate, abs=1e-9)
        assert found.d.se == pytest.approx(d.se, abs=1e-9)
        assert found.theta.estimate == pytest.approx(theta.estimate, abs=1e-9)
        assert found.theta.se == pytest.approx(theta.se, abs=1e-9)
        assert found.covariance[0, 1] == pytest.approx(0.0, abs=1e-15)
        q0 = found.q0
        assert found.positive.estimate == pytest.approx(theta.estimate + (1 - q0) * d.estimate)
        assert found.negative.estimate == pytest.approx(theta.estimate - q0 * d.estimate)
        assert found.positive.se == pytest.approx(math.hypot(theta.se, (1 - q0) * d.se))
        assert q0 == pytest.approx(float(0.01 / 0.06 / 1 * 0 + q_of(V)), abs=1e-12)

    def test_both_ways_agree_when_shares_are_exact_and_no_stratum_stands_alone(self):
        within = missing_phenotype(Y, V, TRIAL, STRATUM)
        together = missing_phenotype(Y, V, TRIAL, STRATUM, d_from="all")
        for name in ("theta", "d", "positive", "negative"):
            a, b = getattr(within, name), getattr(together, name)
            assert a.estimate == pytest.approx(b.estimate, abs=1e-6)
            assert a.se == pytest.approx(b.se, abs=1e-6)

    def test_one_trial_with_both_and_wholes(self):
        found = missing_phenotype(
            [-0.45, 0.08, 0.1, -0.1], [0.04, 0.0065, 0.02, 0.02], ["A", "A", "B", "C"],
            ["positive", "negative", "whole", "whole"], method="EE",
        )  # fmt: skip
        assert found.d.estimate == pytest.approx(-0.53)
        assert found.d.se == pytest.approx(math.sqrt(0.0465))
        assert found.tau_d2 == 0.0
        assert found.status == "converged"


def q_of(v):
    """Information-weighted mean share of the three trials above."""
    v = np.array(v[:6]).reshape(3, 2)
    w = (1.0 / v).sum(axis=1)
    return float(((1.0 / v[:, 0]) / w) @ w / w.sum())


class TestBruteForce:
    """The likelihood of all rows written out as one dense normal, maximised over a grid."""

    def dense(self, data, tau2, tau_d2, reml=True):
        y, v = np.array(data[0]), np.array(data[1])
        q = np.array(data[4])
        z = np.where(
            np.array(data[3]) == "positive", 1 - q, np.where(np.array(data[3]) == "negative", -q, 0)
        )
        same = np.array([[a == b for b in data[2]] for a in data[2]], dtype=float)
        S = np.diag(v) + same * (tau2 + tau_d2 * np.outer(z, z))
        X = np.column_stack([np.ones(y.size), z])
        P = np.linalg.inv(S)
        C = np.linalg.inv(X.T @ P @ X)
        beta = C @ X.T @ P @ y
        r = y - X @ beta
        n, p = X.shape
        ll = -0.5 * (np.linalg.slogdet(S)[1] + r @ P @ r + (n - p) * math.log(2 * math.pi))
        ll += 0.5 * (np.linalg.slogdet(C)[1] + np.linalg.slogdet(X.T @ X)[1])
        return beta, C, ll

    @pytest.mark.parametrize("seed", range(3))
    def test_nothing_on_a_grid_is_better(self, seed):
        data = random_rows(seed)
        found = fit(data, d_from="all", movement=False)
        beta, C, ll = self.dense(data, found.tau2, found.tau_d2)
        assert found.loglik == pytest.approx(ll, abs=1e-9)
        assert [found.theta.estimate, found.d.estimate] == pytest.approx(beta, abs=1e-9)
        assert found.covariance == pytest.approx(C, abs=1e-9)
        for tau2 in [0.0, *np.geomspace(1e-4, 3.0, 25)]:
            for tau_d2 in [0.0, *np.geomspace(1e-4, 3.0, 25)]:
                assert self.dense(data, tau2, tau_d2)[2] <= found.loglik + 1e-8


class TestPromises:
    @pytest.mark.parametrize("method", ["REML", "ML", "EE"])
    @pytest.mark.parametrize("seed", range(4))
    def test_a_whole_only_trial_adds_nothing_to_d(self, seed, method):
        data = random_rows(seed)
        less = fit(data, method=method)
        extra = [[-2.0], [0.001], ["new"], ["whole"], [0.9]]
        more = fit([a + b for a, b in zip(data, extra, strict=True)], method=method)
        assert more.d == less.d
        assert more.tau_d2 == less.tau_d2
        assert more.weights["d"][-1] == 0.0
        assert more.movement[-1].change["d"] == 0.0
        assert more.movement[-1].share["d"] == 0.0

    @pytest.mark.parametrize("method", ["REML", "ML", "EE"])
    @pytest.mark.parametrize("seed", range(4))
    def test_and_reaches_the_strata_only_through_theta(self, seed, method):
        data = random_rows(seed)
        less = fit(data, method=method)
        extra = [[-2.0], [0.001], ["new"], ["whole"], [0.9]]
        more = fit([a + b for a, b in zip(data, extra, strict=True)], method=method)
        assert more.q0 == less.q0
        moved = more.theta.estimate - less.theta.estimate
        assert abs(moved) > 0.01
        for name in ("positive", "negative"):
            change = getattr(more, name).estimate - getattr(less, name).estimate
            assert change == pytest.approx(moved, abs=1e-14)
        weights = more.weights
        for name in ("positive", "negative"):
            assert weights[name][-1] == weights["theta"][-1]

    def test_g_eco_moves_whole_trials_only_and_never_d(self):
        data = random_rows(3)
        plain, leaning = fit(data), fit(data, g_eco=-0.5)
        assert leaning.d == plain.d
        assert leaning.theta.estimate != plain.theta.estimate
        shifted = list(data[0])
        for i, kind in enumerate(data[3]):
            if kind == "whole":
                shifted[i] -= (data[4][i] - plain.q0) * -0.5
        by_hand = fit([shifted, *data[1:]])
        assert leaning.theta.estimate == pytest.approx(by_hand.theta.estimate, abs=1e-12)

    def test_uncertain_g_eco_is_a_prior_integrated_out(self):
        data = random_rows(4)
        sure = fit(data, method="EE")
        vague = fit(data, method="EE", g_eco_sd=0.5)
        assert vague.theta.se > sure.theta.se
        assert vague.d == sure.d
        # Dense check: the whole rows share an error with covariance sd^2 x x'.
        whole = [i for i, k in enumerate(data[3]) if k == "whole"]
        rest = [[x for i, x in enumerate(c) if i not in whole] for c in data]
        others = fit(rest, method="EE", q0=sure.q0)
        x = np.array([data[4][i] - sure.q0 for i in whole])
        S = np.diag([data[1][i] for i in whole]) + 0.25 * np.outer(x, x)
        w = np.linalg.inv(S)
        lean_free = 1.0 / variance_given_d(rest, others)
        total = lean_free + w.sum()
        y = np.array([data[0][i] for i in whole])
        expected = (lean_free * others.theta.estimate + w.sum(axis=0) @ y) / total
        assert vague.theta.estimate == pytest.approx(expected, abs=1e-12)

    def test_weights_and_shares_add_up(self):
        for d_from in ("within", "all"):
            data = random_rows(6)
            found = fit(data, d_from=d_from)
            for name in ("theta", "d", "positive", "negative"):
                effect = getattr(found, name)
                assert found.weights[name] @ np.array(data[0]) == pytest.approx(
                    effect.estimate, abs=1e-12
                )
                total = sum(m.share[name] for m in found.movement)
                assert total == pytest.approx(100.0, abs=1e-6)

    def test_movement_is_leave_one_out(self):
        data = random_rows(7)
        found = fit(data)
        kept = [i for i, t in enumerate(data[2]) if t != "T2"]
        without = fit([[c[i] for i in kept] for c in data], q0=found.q0)
        moved = found.movement[2]
        assert moved.trial == "T2"
        assert moved.kind == "both"
        assert moved.change["positive"] == pytest.approx(
            found.positive.estimate - without.positive.estimate, abs=1e-12
        )
        assert moved.se_without["positive"] == pytest.approx(without.positive.se, abs=1e-12)
        assert fit(data, movement=False).movement == ()


def variance_given_d(data, found):
    """Variance of theta with d known: what the second stage alone has."""
    lean = found.covariance[0, 1] / found.d.se**2
    return found.theta.se**2 - lean**2 * found.d.se**2


class TestShareError:
    def test_first_order_variance(self):
        """One positive-only trial, d known from another: theta's variance by hand."""
        y, v = [-0.5, 0.1, -0.3], [0.05, 0.01, 0.04]
        trial, stratum = ["A", "A", "P"], ["positive", "negative", "positive"]
        options = {"share": [np.nan, np.nan, 0.2], "method": "EE"}
        sure = missing_phenotype(y, v, trial, stratum, **options)
        vague = missing_phenotype(y, v, trial, stratum, share_se=[0.0, 0.0, 0.05], **options)
        assert vague.d == sure.d
        known = 0.36 + 0.06
        whole = 1.0 / (1 / 0.05 + 1 / 0.01)
        w = 1.0 / np.array([whole, 0.04 + 0.05**2 * known])
        assert variance_given_d(None, vague) == pytest.approx(1.0 / w.sum(), rel=1e-9)

    def test_a_large_simulation_agrees(self):
        """Draw shares, recompute the positive-only equation; its variance is the stated one."""
        rng = np.random.default_rng(3)
        d, q, se = -0.6, 0.2, 0.03
        draws = rng.normal(q, se, 200_000)
        assert np.var((1.0 - draws) * d) == pytest.approx(se * se * d * d, rel=0.01)

    def test_no_effect_on_d(self):
        data = random_rows(2)
        vague = fit(data, share_se=[0.05] * len(data[0]))
        assert vague.d == fit(data).d
        assert vague.theta.se > 0.0
        assert (
            fit(data, share_se=[0.05] * len(data[0]), d_from="all", movement=False).status
            != "undefined"
        )


class TestProperties:
    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 10**6), st.sampled_from(["REML", "EE"]))
    def test_order_and_naming(self, seed, method):
        data = random_rows(seed)
        found = fit(data, method=method, movement=False)
        order = np.random.default_rng(seed).permutation(len(data[0]))
        shuffled = fit([[c[i] for i in order] for c in data], method=method, movement=False)
        other = {"positive": "negative", "negative": "positive", "whole": "whole"}
        swapped = [*data[:3], [other[s] for s in data[3]], [1.0 - q for q in data[4]]]
        turned = fit(swapped, method=method, movement=False)
        assert shuffled.positive.estimate == pytest.approx(found.positive.estimate, abs=1e-8)
        assert turned.d.estimate == pytest.approx(-found.d.estimate, abs=1e-8)
        assert turned.positive.estimate == pytest.approx(found.negative.estimate, abs=1e-8)
        assert turned.positive.se == pytest.approx(found.negative.se, abs=1e-8)
        assert turned.q0 == pytest.approx(1.0 - found.q0)

    @pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e150])
    def test_unit(self, scale):
        data = random_rows(9)
        found = fit(data)
        other = fit([[x * scale for x in data[0]], [x * scale * scale for x in data[1]], *data[2:]])
        assert other.positive.estimate / scale == pytest.approx(found.positive.estimate, rel=1e-9)
        assert other.positive.se / scale == pytest.approx(found.positive.se, rel=1e-9)


class TestEdges:
    def test_no_trial_with_both(self):
        found = missing_phenotype(
            [0.1, 0.2], [0.1, 0.1], ["A", "B"], ["positive", "whole"], share=[0.2, np.nan]
        )
        assert found.status == "undefined"
        assert math.isnan(found.positive.estimate)
        assert found.theta.estimate == pytest.approx(0.2)
        assert "No trial gives both strata" in found.message

    def test_only_one_stratum_anywhere(self):
        found = missing_phenotype([0.1], [0.1], ["A"], ["positive"], share=[0.2])
        assert found.status == "undefined"
        assert math.isnan(found.theta.estimate)
        together = missing_phenotype([0.1], [0.1], ["A"], ["positive"], share=[0.2], d_from="all")
        assert together.status == "undefined"

    def test_few_trials_take_tau_d_as_zero_and_say_so(self):
        found = missing_phenotype(Y[:4], V[:4], TRIAL[:4], STRATUM[:4])
        assert found.tau_d2 == 0.0
        assert "2 trials give both strata" in found.message
        wide = missing_phenotype(Y[:4], V[:4], TRIAL[:4], STRATUM[:4], tau_d=0.3)
        assert wide.tau_d2 == pytest.approx(0.09)
        assert wide.d.se > found.d.se
        assert wide.message == ""

    def test_leaving_out_the_only_trial_with_both_is_undefined(self):
        found = missing_phenotype(
            Y[:2] + Y[6:], V[:2] + V[6:], ["A", "A", "W"], STRATUM[:2] + STRATUM[6:]
        )
        assert math.isnan(found.movement[0].change["d"])
        assert found.movement[1].change["d"] == 0.0

    def test_nothing(self):
        found = missing_phenotype([], [], [], [])
        assert found.status == "undefined"
        assert found.message == "No row."

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"stratum": ["positive", "negative"] * 3 + ["all"]}, "whole"),
            ({"stratum": ["positive"] * 7}, "one row a trial"),
            ({"trial": ["A", "A", "B", "B", "C", "C", "C"]}, "overlap"),
            ({"share": [0.2, 0.3] + [np.nan] * 5}, "one share a trial"),
            ({"share": [1.5] * 7}, "0 to 1"),
            ({"share": [0.0] * 2 + [np.nan] * 5}, "between 0 and 1"),
            ({"share_se": [-0.1] * 7}, "0 or above"),
            ({"share_se": [math.nan] * 7}, "0 or above"),
            ({"g_eco": 0.5}, "share"),
            ({"g_eco": math.nan}, "finite"),
            ({"g_eco_sd": -1.0}, "0 or above"),
            ({"q0": 1.2}, "0 to 1"),
            ({"tau_d": -0.1}, "0 or above"),
            ({"method": "DL"}, "REML"),
            ({"d_from": "between"}, "within"),
            ({"confidence": 0.0}, "below 1"),
            ({"yi": [math.nan] * 7}, "finite"),
            ({"vi": [0.0] * 7}, "above 0"),
        ],
    )
    def test_bad_input(self, change, said):
        data = {"yi": Y, "vi": V, "trial": TRIAL, "stratum": STRATUM} | change
        with pytest.raises(ArrayError, match=said):
            missing_phenotype(**data)

    def test_a_lone_stratum_needs_its_share(self):
        with pytest.raises(ArrayError, match="information_share"):
            missing_phenotype([0.1], [0.1], ["A"], ["positive"])
        with pytest.raises(ArrayError, match="leaves patients"):
            missing_phenotype([0.1], [0.1], ["A"], ["positive"], share=[0.0])
        with pytest.raises(ArrayError, match="leaves patients"):
            missing_phenotype([0.1], [0.1], ["A"], ["negative"], share=[1.0])

    def test_share_of_one_for_a_positive_only_trial(self):
        found = missing_phenotype(
            [*Y, -0.2],
            [*V, 0.02],
            [*TRIAL, "P"],
            [*STRATUM, "positive"],
            share=[np.nan] * 7 + [1.0],
        )
        assert found.status in {"converged", "boundary"}


class TestInformationShare:
    def test_events(self):
        found = information_share(0.17, events=(99, 712))
        assert round(100 * found.value, 1) == 13.9
        assert found.se == 0.0

    def test_log_odds_ratio(self):
        found = information_share(0.25, risks=(0.5, 0.2))
        assert found.value == pytest.approx(0.25 * 0.25 / (0.25 * 0.25 + 0.75 * 0.16))

    def test_error_is_the_delta_method(self):
        found = information_share(0.2, patients=500, event_ratio=0.8, log_event_ratio_se=0.1)
        rng = np.random.default_rng(1)
        s = rng.binomial(500, 0.2, 200_000) / 500
        rho = 0.8 * np.exp(rng.normal(0.0, 0.1, s.size))
        q = s * rho / (s * rho + 1 - s)
        assert found.se == pytest.approx(float(q.std()), rel=0.02)
        assert found.value == pytest.approx(float(q.mean()), abs=0.001)

    def test_share_error_given(self):
        assert information_share(0.2, patient_share_se=0.03).se == pytest.approx(0.03)

    @pytest.mark.parametrize("share", [0.0, 1.0])
    def test_ends(self, share):
        found = information_share(share, patients=100, event_ratio=0.5)
        assert (found.value, found.se) == (share, 0.0)

    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"patient_share": 1.2},
            {"patient_share": math.nan},
            {"patient_share": 0.2, "patients": 0},
            {"patient_share": 0.2, "patient_share_se": -1.0},
            {"patient_share": 0.2, "risks": (0.0, 0.5)},
            {"patient_share": 0.2, "event_ratio": 0.0},
            {"patient_share": 0.2, "risks": (0.1, 0.2), "event_ratio": 1.0},
            {"patient_share": 0.2, "log_event_ratio_se": math.inf},
            {"events": (5, 4)},
            {"events": (0, 0)},
        ],
    )
    def test_bad_input(self, options):
        with pytest.raises(ArrayError):
            information_share(**options)
