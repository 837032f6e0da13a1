"""Interactions by hand, by a plain slow version, by their properties, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.pooling import pool
from equipoise.synthesis.subgroups import contrasts_from_whole, interaction

Y = [0.0, -0.4, 0.1, -0.5, -0.3]
V = [0.04, 0.06, 0.05, 0.05, 0.04]
TRIAL = ["A", "A", "B", "B", "C"]
STRATUM = ["no", "yes", "no", "yes", "yes"]


def table(seed, k=6, levels=("no", "yes"), missing=0.2):
    rng = np.random.default_rng(seed)
    rows = [
        (f"T{i}", level, rng.normal(-0.2, 0.4), rng.uniform(0.01, 0.2))
        for i in range(k)
        for level in levels
        if i < 2 or rng.random() > missing
    ]
    trial, stratum, y, v = zip(*rows, strict=True)
    return list(y), list(v), list(trial), list(stratum)


class TestByHand:
    def test_deft_is_the_pool_of_the_differences(self):
        found = interaction(Y, V, TRIAL, STRATUM, method="EE", ci="wald")
        d, w = np.array([-0.4, -0.6]), 1.0 / np.array([0.10, 0.10])
        assert found.within.estimate == pytest.approx(float(d @ w / w.sum()), abs=1e-15)
        assert found.within.se == pytest.approx(w.sum() ** -0.5)
        assert found.one_stratum == ("C",)
        assert [c.estimate for c in found.trials] == pytest.approx([-0.4, -0.6])

    def test_deluded_uses_the_trial_that_has_one_stratum(self):
        found = interaction(Y, V, TRIAL, STRATUM, method="EE", ci="wald").deluded
        no = pool(Y[0:3:2], V[0:3:2], method="EE", ci="wald")
        yes = pool([Y[1], Y[3], Y[4]], [V[1], V[3], V[4]], method="EE", ci="wald")
        assert found.estimate == pytest.approx(yes.estimate - no.estimate)
        assert found.se == pytest.approx(math.hypot(yes.se, no.se))
        assert "trials" in found.why

    def test_daft_is_the_slope_on_the_share(self):
        patients = [80, 20, 50, 50, 100]
        found = interaction(Y, V, TRIAL, STRATUM, method="EE", ci="wald", patients=patients).daft
        w = 1.0 / np.array(V)
        total = np.array([w[0] + w[1], w[2] + w[3], w[4]])
        mean = np.array([w[0] * Y[0] + w[1] * Y[1], w[2] * Y[2] + w[3] * Y[3], w[4] * Y[4]]) / total
        X = np.column_stack([np.ones(3), [0.2, 0.5, 1.0]])
        C = np.linalg.inv(X.T @ (X * total[:, None]))
        beta = C @ X.T @ (total * mean)
        assert found.estimate == pytest.approx(beta[1], abs=1e-12)
        assert found.se == pytest.approx(math.sqrt(C[1, 1]))

    def test_covariance_within_a_trial(self):
        C = np.diag(V)
        C[0, 1] = C[1, 0] = 0.02
        found = interaction(Y, V, TRIAL, STRATUM, covariance=C, method="EE", ci="wald")
        assert [c.variance for c in found.trials] == pytest.approx([0.06, 0.10])

    def test_multiplicity(self):
        found = interaction(Y, V, TRIAL, STRATUM, method="EE", ci="wald", factors=4)
        assert found.sidak_p == pytest.approx(1.0 - (1.0 - found.within.p_value) ** 4)


def slow_floating(y, v, trial, stratum, levels):
    """Common-effect floating effects through one least-squares problem with all rows as data.

    gamma by trial intercepts; the level effects by pooling `y - gamma_j` over all rows.
    """
    names = sorted(set(trial))
    X = np.array(
        [
            [t == n for n in names] + [s == x for x in levels[1:]]
            for t, s in zip(trial, stratum, strict=True)
        ],
        dtype=float,
    )
    w = 1.0 / np.array(v)
    A = X.T @ (X * w[:, None])
    beta = np.linalg.pinv(A) @ X.T @ (w * np.array(y))
    gamma = np.concatenate([[0.0], beta[len(names) :]])
    own = np.array([gamma[levels.index(s)] for s in stratum])
    reference = float(w @ (np.array(y) - own)) / w.sum()
    # theta = T y, so that its covariance is T V T'.
    hat = np.linalg.pinv(A) @ (X.T * w)
    G = np.vstack([np.zeros(w.size), hat[len(names) :]])
    place = [levels.index(s) for s in stratum]
    base = (w @ (np.eye(w.size) - G[place])) / w.sum()
    T = base[None, :] + G
    return reference + gamma, T @ np.diag(v) @ T.T


class TestSlowVersion:
    @pytest.mark.parametrize("levels", [("no", "yes"), ("a", "b", "c"), ("a", "b", "c", "d")])
    @pytest.mark.parametrize("seed", range(4))
    def test_common_effect_floating_effects(self, seed, levels):
        data = table(seed, 7, levels)
        found = interaction(*data, method="EE", ci="wald")
        estimates, covariance = slow_floating(*data, list(levels))
        assert found.floating.estimates == pytest.approx(estimates, abs=1e-10)
        assert found.floating.covariance == pytest.approx(covariance, abs=1e-10)
        assert found.floating_common.estimates == pytest.approx(estimates, abs=1e-10)


class TestFloating:
    @pytest.mark.parametrize("method", ["EE", "REML"])
    @pytest.mark.parametrize("levels", [("no", "yes"), ("a", "b", "c")])
    def test_differences_are_the_interactions_exactly(self, method, levels):
        found = interaction(*table(5, 8, levels), method=method)
        theta, V = found.floating.estimates, found.floating.covariance
        for j, effect in enumerate(found.contrasts, 1):
            assert theta[j] - theta[0] == pytest.approx(effect.estimate, abs=1e-12)
            assert V[j, j] + V[0, 0] - 2 * V[0, j] == pytest.approx(effect.se**2, abs=1e-12)
        assert np.linalg.eigvalsh(V)[0] > 0.0

    def test_centre_is_the_effect_at_the_mix(self):
        found = interaction(*table(6), method="EE", ci="wald").floating
        assert found.mix @ found.estimates == pytest.approx(found.centre.estimate)
        assert found.mix @ found.covariance @ found.mix == pytest.approx(found.centre.se**2)

    def test_one_stratum_trial_moves_the_effects_and_not_the_interaction(self):
        y, v, trial, stratum = table(7, missing=0.0)
        less = interaction(y, v, trial, stratum)
        more = interaction([*y, 1.0], [*v, 0.01], [*trial, "X"], [*stratum, "yes"])
        assert more.within.estimate == less.within.estimate
        assert more.within.se == less.within.se
        assert (more.floating.estimates - less.floating.estimates > 0.0).all()

    def test_two_strata_of_many_levels_agree_with_pool(self):
        """The three-level likelihood with a level that one trial adds nothing to."""
        y, v, trial, stratum = table(8, missing=0.0)
        two = interaction(y, v, trial, stratum, method="REML", ci="wald").within
        extra = ["X", "X"], ["no", "other"]
        three = interaction(
            [*y, 0.0, 0.0], [*v, 1.0, 1.0], trial + extra[0], stratum + extra[1],
            levels=["no", "yes", "other"], method="REML", ci="wald",
        )  # fmt: skip
        assert three.within.estimate == pytest.approx(two.estimate, abs=1e-7)
        assert three.within.tau2 == pytest.approx(two.tau2, abs=1e-7)


class TestProperties:
    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 10**6), st.sampled_from(["EE", "REML", "DL"]))
    def test_order_and_labels(self, seed, method):
        data = table(seed)
        found = interaction(*data, method=method)
        order = np.random.default_rng(seed).permutation(len(data[0]))
        shuffled = interaction(*[[x[i] for i in order] for x in data], method=method)
        turned = interaction(*data, reference="yes", method=method)
        assert shuffled.levels == found.levels == ("no", "yes")
        assert shuffled.within.estimate == pytest.approx(found.within.estimate, abs=1e-9)
        assert shuffled.floating.estimates == pytest.approx(found.floating.estimates, abs=1e-9)
        assert turned.within.estimate == pytest.approx(-found.within.estimate, abs=1e-12)
        assert turned.within.se == pytest.approx(found.within.se, abs=1e-12)
        assert turned.floating.estimates[::-1] == pytest.approx(found.floating.estimates, abs=1e-9)
        assert turned.floating.se[::-1] == pytest.approx(found.floating.se, abs=1e-9)
        assert turned.deluded.estimate == pytest.approx(-found.deluded.estimate, abs=1e-9)
        assert turned.daft.estimate == pytest.approx(-found.daft.estimate, abs=1e-6)

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 10**6), st.sampled_from(["EE", "REML"]))
    def test_reference_of_three_levels_does_not_matter(self, seed, method):
        data = table(seed, 7, ("a", "b", "c"))
        one = interaction(*data, method=method, ci="wald")
        other = interaction(*data, method=method, ci="wald", reference="c")
        assert other.levels == ("c", "a", "b")
        turned = one.floating.estimates[[2, 0, 1]]
        assert other.floating.estimates == pytest.approx(turned, abs=1e-6)
        assert other.joint_p == pytest.approx(one.joint_p, abs=1e-6)

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 10**6))
    def test_equal_shares_make_all_ways_agree(self, seed):
        """Both strata everywhere, with the same ratio of variances: nothing is confounded."""
        rng = np.random.default_rng(seed)
        v = rng.uniform(0.01, 0.1, 5)
        y = rng.normal(size=10)
        V = np.column_stack([v, 3.0 * v]).ravel()
        trial, stratum = np.repeat(np.arange(5), 2), ["no", "yes"] * 5
        found = interaction(y, V, list(trial), stratum, method="EE", ci="wald")
        assert found.deluded.estimate == pytest.approx(found.within.estimate)
        assert found.daft.status == "undefined"
        pools = [p.estimate for p in found.deluded.pooled]
        assert found.floating.estimates == pytest.approx(pools)

    @pytest.mark.parametrize("scale", [1e-140, 1e-6, 1e9, 1e140])
    def test_unit(self, scale):
        y, v, trial, stratum = table(11, 6, ("a", "b", "c"))
        one = interaction(y, v, trial, stratum)
        other = interaction(
            np.array(y) * scale, np.array(v) * scale * scale, trial, stratum, method="REML"
        )
        assert other.within.estimate / scale == pytest.approx(one.within.estimate, rel=1e-9)
        assert other.floating.se / scale == pytest.approx(one.floating.se, rel=1e-6)


class TestEdges:
    def test_one_trial(self):
        found = interaction(Y[:2], V[:2], TRIAL[:2], STRATUM[:2])
        assert found.within.ci == "wald"
        assert found.within.estimate == pytest.approx(-0.4)
        assert found.floating.estimates == pytest.approx([0.0, -0.4])
        assert found.floating.se**2 == pytest.approx([0.04, 0.06])
        assert found.daft.status == "undefined"

    def test_one_trial_under_hksj_is_undefined(self):
        found = interaction(Y[:2], V[:2], TRIAL[:2], STRATUM[:2], ci="hksj")
        assert found.status == "undefined"
        assert math.isnan(found.within.se)
        assert found.within.estimate == pytest.approx(-0.4)

    @pytest.mark.parametrize("levels", [None, ["no", "yes", "other"]])
    def test_no_trial_with_two_strata(self, levels):
        found = interaction([0.1, 0.2], [0.1, 0.1], ["A", "B"], ["no", "yes"], levels=levels)
        assert found.status == "undefined"
        assert math.isnan(found.within.estimate)
        assert np.isnan(found.floating.estimates).all()
        assert "No trial gives two strata" in found.message
        assert math.isfinite(found.deluded.estimate)

    def test_level_that_is_never_compared(self):
        found = interaction(
            [*Y, 0.3], [*V, 0.1], [*TRIAL, "D"], [*STRATUM, "other"], levels=["no", "yes", "other"]
        )
        assert found.contrasts[1].status == "undefined"
        assert "compared in no trial" in found.contrasts[1].message

    def test_nothing(self):
        with pytest.raises(ArrayError, match="two levels"):
            interaction([], [], [], [])

    def test_all_problems_at_once(self):
        with pytest.raises(ArrayError) as error:
            interaction([math.nan, 1.0, 2.0], [0.1, -1.0, 0.0], ["A"] * 3, ["no", "no", "yes"])
        assert len(error.value.problems) == 4

    @pytest.mark.parametrize(
        "change",
        [
            {"reference": "x"},
            {"levels": ["no"]},
            {"method": "nonsense"},
            {"ci": "nonsense"},
            {"factors": 0},
            {"confidence": 1.0},
            {"patients": [1, 2, 3, 4, 0]},
            {"patients": [1, 2]},
            {"covariance": np.eye(5)},
            {"covariance": np.eye(4)},
            {"covariance": np.diag(V) + 0.01},
            {"trial": "ABCDE"},
            {"trial": ["A", "A", "B", None, "C"]},
            {"yi": [0.0]},
            {"vi": [1e-30, 1.0, 1.0, 1.0, 1.0]},
        ],
    )
    def test_bad_input(self, change):
        data = {"yi": Y, "vi": V, "trial": TRIAL, "stratum": STRATUM} | change
        with pytest.raises(ArrayError):
            interaction(**data)

    def test_method_of_three_levels(self):
        with pytest.raises(ArrayError, match="three and more levels"):
            interaction(*table(1, 5, ("a", "b", "c")), method="DL")

    def test_many_trials(self):
        y, v, trial, stratum = table(3, 300, missing=0.3)
        found = interaction(y, v, trial, stratum)
        assert found.within.k + len(found.one_stratum) <= 300
        assert found.status in {"converged", "boundary"}


class TestContrastsFromWhole:
    def test_subtraction_of_information(self):
        found = contrasts_from_whole([-0.4463], [0.2022**2], [0.0], [0.0751**2])
        w, W = 0.2022**-2, 0.0751**-2
        assert found.complement[0] == pytest.approx(0.4463 * w / (W - w))
        assert found.complement_variance[0] == pytest.approx(1.0 / (W - w))
        assert found.contrast_variance[0] == pytest.approx(0.2022**2 + 1.0 / (W - w))
        assert found.covariance[0] == 0.0
        assert found.standing == "derived"

    def test_covariance_reproduces_the_contrast(self):
        for options in ({"correlation": 0.3}, {"unknown_share": 0.1}):
            found = contrasts_from_whole(-0.4, 0.04, 0.0, 0.006, **options)
            total = 0.04 + found.complement_variance - 2.0 * found.covariance
            assert found.contrast_variance == pytest.approx(total)

    def test_impossible(self):
        with pytest.raises(ArrayError) as error:
            contrasts_from_whole([0.1, 0.2, 0.1], [0.01, 0.04, 0.01], 0.0, [0.01, 0.01, 0.02])
        assert [p.row for p in error.value.problems] == ["index 0", "index 2"]

    @pytest.mark.parametrize(
        "args", [([math.nan], 1.0, 0.0, 0.5), ([0.0], -1.0, 0.0, 0.5), ([0.0], 1.0, 0.0, math.inf)]
    )
    def test_bad_input(self, args):
        with pytest.raises(ArrayError):
            contrasts_from_whole(*args)

    def test_one_sensitivity_at_a_time(self):
        with pytest.raises(ArrayError, match="one of the two"):
            contrasts_from_whole(0.0, 1.0, 0.0, 0.5, correlation=0.1, unknown_share=0.1)
