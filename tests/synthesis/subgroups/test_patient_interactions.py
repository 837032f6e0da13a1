"""One- and two-stage interactions: equal where they must be, plain versions, edges."""

import numpy as np
import pytest
from scipy.optimize import minimize

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.subgroups import one_stage, two_stage


def patients(seed, sizes=(60, 80, 100), gamma=-0.6, ecological=0.0):
    """Trials whose effect also depends on their share, by `ecological`: no interaction at all."""
    rng = np.random.default_rng(seed)
    shares = np.linspace(0.2, 0.6, len(sizes))
    trial = np.repeat([f"T{i}" for i in range(len(sizes))], sizes)
    place = np.repeat(np.arange(len(sizes)), sizes)
    x = (rng.random(trial.size) < shares[place]).astype(float)
    t = rng.integers(0, 2, trial.size).astype(float)
    effect = -0.2 + gamma * x + ecological * shares[place]
    y = 0.3 * place + 0.4 * x + effect * t + rng.normal(0.0, 1.0 + 0.3 * place)
    return list(trial), t, x, y


class TestOneAndTwoStages:
    @pytest.mark.parametrize("seed", range(5))
    def test_linear_models_with_own_effects_are_the_same(self, seed):
        data = patients(seed)
        one = one_stage(*data, family="linear", effect="trial")
        two = two_stage(*data, family="linear", method="EE", ci="wald")
        assert one.within.estimate == pytest.approx(two.within.estimate, abs=1e-10)
        assert one.within.se == pytest.approx(two.within.se, abs=1e-10)
        assert np.isnan(one.across.estimate)

    @pytest.mark.parametrize("effect", ["trial", "common"])
    def test_logistic_models_nearly_agree(self, effect):
        trial, t, x, y = patients(1, (900, 1100, 1000))
        binary = (y > 0.0).astype(float)
        one = one_stage(trial, t, x, binary, effect=effect)
        two = two_stage(trial, t, x, binary, method="EE", ci="wald")
        assert one.within.estimate == pytest.approx(two.within.estimate, abs=0.02)
        assert one.within.se == pytest.approx(two.within.se, rel=0.02)

    def test_between_trial_differences_stay_out_of_the_within_interaction(self):
        """Shares drive the trials' effects, patients' covariates do not."""
        data = patients(3, (4000, 4000, 4000), gamma=0.0, ecological=-4.0)
        found = one_stage(*data, family="linear")
        assert abs(found.within.estimate) < 3.0 * found.within.se
        assert found.across.estimate == pytest.approx(-4.0, abs=3.5 * found.across.se)
        assert abs(found.amalgamated.estimate) > 3.0 * found.amalgamated.se
        two = two_stage(*data, family="linear")
        assert two.across.estimate == pytest.approx(-4.0, abs=1.5)


class TestSlowVersion:
    def test_logistic_likelihood_climbed_blindly(self):
        trial, t, x, y = patients(2)
        binary = (y > 0.0).astype(float)
        found = one_stage(trial, t, x, binary)
        names = sorted(set(trial))
        means = {n: x[np.array(trial) == n].mean() for n in names}
        m = np.array([means[n] for n in trial])
        columns = [t * (x - m), t * (m - x.mean()), t]
        for n in names:
            mine = np.array(trial) == n
            columns += [mine * 1.0, mine * (x - m)]
        X = np.column_stack(columns)

        def deviance(beta):
            eta = X @ beta
            return float(np.logaddexp(0.0, eta).sum() - binary @ eta)

        best = minimize(deviance, np.zeros(X.shape[1]), method="BFGS", options={"gtol": 1e-7})
        assert -best.fun == pytest.approx(found.loglik, abs=1e-8)
        assert best.x[0] == pytest.approx(found.within.estimate, abs=1e-4)
        assert best.x[1] == pytest.approx(found.across.estimate, abs=1e-3)

    def test_linear_by_cell_means(self):
        """Binary covariate: a trial's interaction is a difference of differences of means."""
        trial, t, x, y = patients(4, (80,))
        found = two_stage(trial, t, x, y, family="linear")
        mean = {(a, b): y[(t == a) & (x == b)].mean() for a in (0, 1) for b in (0, 1)}
        by_hand = mean[1, 1] - mean[0, 1] - mean[1, 0] + mean[0, 0]
        assert found.within.estimate == pytest.approx(by_hand, abs=1e-12)
        rest = sum(((y[(t == a) & (x == b)] - mean[a, b]) ** 2).sum() for a, b in mean)
        cells = sum(1.0 / ((t == a) & (x == b)).sum() for a, b in mean)
        assert found.within.se == pytest.approx(np.sqrt(rest / 76 * cells))


class TestProperties:
    @pytest.mark.parametrize("family", ["linear", "logistic"])
    def test_arms_swapped_and_covariate_turned(self, family):
        trial, t, x, y = patients(6)
        y = y if family == "linear" else (y > 0.0).astype(float)
        found = one_stage(trial, t, x, y, family=family).within
        swapped = one_stage(trial, 1 - t, x, y, family=family).within
        turned = one_stage(trial, t, 1 - x, y, family=family).within
        assert swapped.estimate == pytest.approx(-found.estimate, abs=1e-8)
        assert turned.estimate == pytest.approx(-found.estimate, abs=1e-8)
        assert turned.se == pytest.approx(found.se, abs=1e-8)

    def test_order_of_patients(self):
        trial, t, x, y = patients(7)
        order = np.random.default_rng(1).permutation(t.size)
        shuffled = [trial[i] for i in order], t[order], x[order], y[order]
        a = one_stage(trial, t, x, y, family="linear")
        b = one_stage(*shuffled, family="linear")
        assert a.within.estimate == pytest.approx(b.within.estimate, abs=1e-10)


class TestEdges:
    def test_trial_without_a_comparison_is_named(self):
        trial, t, x, y = patients(8)
        t = np.where(np.array(trial) == "T1", 1.0, t)
        for fit in (one_stage, two_stage):
            found = fit(trial, t, x, y, family="linear")
            assert found.excluded == ("T1",)
            assert "T1" in found.message
            assert found.k == 2

    def test_separation_is_a_status(self):
        trial, t, x, _ = patients(9, (40, 40))
        y = t * x
        y[:5] = 1.0
        found = one_stage(trial, t, x, t.copy())
        assert found.status == "not_converged"
        assert np.isnan(found.within.se)
        assert "separates" in found.message
        assert two_stage(trial, t, x, t.copy()).status == "undefined"

    def test_a_trial_that_two_stages_cannot_fit_is_told_apart(self):
        trial, t, x, y = patients(9, (60, 60, 60, 60))
        names = np.array(trial)
        y = (y > 0.0).astype(float)
        y = np.where(names == "T0", t, y)  # every treated patient has the event, no other
        y = np.where(names == "T1", 0.0, y)  # nobody has
        found = two_stage(trial, t, x, y)
        assert found.k == 2
        assert "nothing to compare: T1." in found.message
        assert "no finite maximum (one_stage keeps it): T0." in found.message

    def test_covariate_that_never_varies(self):
        trial, t, x, y = patients(10)
        found = one_stage(trial, t, np.ones_like(x), y, family="linear")
        assert found.status == "undefined"
        assert two_stage(trial, t, np.ones_like(x), y, family="linear").status == "undefined"

    def test_covariate_constant_in_one_trial_still_counts_across(self):
        trial, t, x, y = patients(11, (60, 60, 60, 60))
        x = np.where(np.array(trial) == "T0", 0.0, x)
        found = two_stage(trial, t, x, y, family="linear")
        assert len(found.trials) == 4
        assert found.within.k == 3

    def test_outcome_without_error(self):
        trial, t, x, _ = patients(12)
        with pytest.raises(ArrayError, match="residual variance"):
            one_stage(trial, t, x, t + x, family="linear")

    def test_nothing(self):
        assert one_stage([], [], [], []).status == "undefined"
        assert two_stage([], [], [], []).status == "undefined"

    @pytest.mark.parametrize(
        "change",
        [
            {"family": "probit"},
            {"treatment": [2.0] * 240},
            {"outcome": [0.5] * 240, "family": "logistic"},
            {"outcome": [np.nan] * 240},
            {"outcome": None},
            {"time": [1.0] * 240, "event": [1] * 240},
            {"family": "cox"},
            {"stratum": [0.0]},
            {"confidence": 1.5},
            {"trial": "T"},
        ],
    )
    def test_bad_input(self, change):
        trial, t, x, y = patients(13)
        data = {"trial": trial, "treatment": t, "stratum": x, "outcome": y, "family": "linear"}
        for fit in (one_stage, two_stage):
            with pytest.raises(ArrayError):
                fit(**data | change)

    def test_effect_option(self):
        with pytest.raises(ArrayError):
            one_stage(*patients(14), family="linear", effect="random")
