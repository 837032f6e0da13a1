"""The mixed model: published examples, properties, edges, refusals."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis import pool
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.mixed import (
    Correlated,
    Groups,
    block_covariance,
    fit_mixed,
    multilevel,
    multivariate,
    profile_interval,
    shared_control_covariance,
    subgroup_synthesis,
)

SD = st.floats(0.05, 2.0)
EFFECT = st.floats(-3.0, 3.0).map(lambda x: round(x, 3))


@st.composite
def studies(draw, least=3, most=12):
    k = draw(st.integers(least, most))
    y = draw(st.lists(EFFECT, min_size=k, max_size=k))
    se = draw(st.lists(SD, min_size=k, max_size=k))
    return np.array(y), np.round(np.array(se), 3) ** 2


BERKEY_TRIALS = [
    ("PD", 0.47, 0.0075), ("AL", -0.32, 0.0077), ("PD", 0.20, 0.0057), ("AL", -0.60, 0.0008),
    ("PD", 0.40, 0.0021), ("AL", -0.12, 0.0014), ("PD", 0.26, 0.0029), ("AL", -0.31, 0.0015),
    ("PD", 0.56, 0.0148), ("AL", -0.39, 0.0304),
]  # fmt: skip
COVARIANCES = [0.0030, 0.0009, 0.0007, 0.0009, 0.0072]


def berkey():
    """Five periodontal trials: Berkey 1998, table I."""
    outcome = [row[0] for row in BERKEY_TRIALS]
    y = [row[1] for row in BERKEY_TRIALS]
    V = np.diag([row[2] for row in BERKEY_TRIALS])
    for trial, c in enumerate(COVARIANCES):
        V[2 * trial, 2 * trial + 1] = V[2 * trial + 1, 2 * trial] = c
    return y, V, outcome, [trial for trial in range(5) for _ in range(2)]


def test_berkey_1998_multivariate():
    # As printed in metafor's documentation of the example: PD 0.3534 (0.0588), AL -0.3392
    # (0.0879), tau2 0.0327 and 0.0117, correlation 0.6088; QM 108.8616 on 2 df.
    fit = multivariate(*berkey(), inference="wald")
    assert fit.names == ("AL", "PD")
    assert fit.estimate == pytest.approx([-0.3392, 0.3534], abs=5e-5)
    assert fit.se == pytest.approx([0.0879, 0.0588], abs=5e-5)
    assert fit.parameter_values == pytest.approx([0.0327, 0.0117, 0.6088], abs=5e-5)
    assert fit.qm == pytest.approx(108.8616, abs=5e-5)
    assert fit.q == pytest.approx(128.2267, abs=5e-5)


def test_one_structure_is_pool():
    @settings(max_examples=20, deadline=None)
    @given(studies())
    def same(data):
        y, v = data
        expected = pool(y, v, ci="wald")
        fit = fit_mixed(y, v, random=[Groups(range(y.size))])
        assert fit.parameter_values[0] == pytest.approx(expected.tau2, rel=1e-8, abs=1e-8)
        assert fit.estimate[0] == pytest.approx(expected.estimate, rel=1e-8, abs=1e-8)
        assert fit.se[0] == pytest.approx(expected.se, rel=1e-8)
        assert fit.loglik == pytest.approx(expected.loglik, rel=1e-8, abs=1e-8)
        assert fit.status == expected.status

    same()


@settings(max_examples=8, deadline=None)
@given(studies(4, 8), st.randoms(use_true_random=False))
def test_order_of_rows_is_nothing(data, random):
    y, v = data
    study = [f"s{i % 3}" for i in range(y.size)]
    x = np.arange(y.size) % 4 + 0.5
    order = list(range(y.size))
    random.shuffle(order)
    moved = [study[i] for i in order]
    for cluster in (False, True):
        extra = {"inference": "cr2"} if cluster else {}
        one = fit_mixed(y, v, np.c_[np.ones(y.size), x], random=[Groups(study)], **extra,
                        cluster=study)  # fmt: skip
        two = fit_mixed(y[order], v[order], np.c_[np.ones(y.size), x[order]],
                        random=[Groups(moved)], **extra, cluster=moved)  # fmt: skip
        assert one.estimate == pytest.approx(two.estimate, abs=1e-7)
        assert one.se == pytest.approx(two.se, rel=1e-6, abs=1e-7)
        assert one.loglik == pytest.approx(two.loglik, abs=1e-8)


@settings(max_examples=8, deadline=None)
@given(studies(4, 8), st.sampled_from([1e-120, 1e-3, 7.0, 1e120]))
def test_the_unit_of_effects_scales_answers(data, c):
    y, v = data
    random = [Groups([i // 2 for i in range(y.size)])]
    one = fit_mixed(y, v, random=random, inference="hksj")
    two = fit_mixed(y * c, v * c * c, random=random, inference="hksj")
    for name in ("estimate", "se", "ci_low", "ci_high"):
        assert getattr(two, name) == pytest.approx(getattr(one, name) * c, rel=1e-6, abs=1e-9 * c)
    assert two.q == pytest.approx(one.q, rel=1e-9, abs=1e-12)
    assert two.p_value == pytest.approx(one.p_value, rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(studies(3, 8))
def test_a_column_in_another_unit_scales_its_coefficient(data):
    y, v = data
    x = np.arange(y.size) - 1.0
    one = fit_mixed(y, v, np.c_[np.ones(y.size), x], random=[Groups(range(y.size))])
    two = fit_mixed(y, v, np.c_[np.ones(y.size), x * 1e200], random=[Groups(range(y.size))])
    assert two.estimate[1] * 1e200 == pytest.approx(one.estimate[1], rel=1e-9, abs=1e-12)
    assert two.qm == pytest.approx(one.qm, rel=1e-7, abs=1e-9)
    # REML is comparable between designs: a column in another unit changes nothing.
    assert two.loglik == pytest.approx(one.loglik, rel=1e-9)


def test_correlated_errors_of_two_outcomes_as_generalised_least_squares():
    V = np.array([[1.0, 0.5], [0.5, 2.0]])
    fit = fit_mixed([1.0, 2.0], V, method="FE")
    # Weights of the best linear unbiased estimate: (2 - 0.5, 1 - 0.5) / 2.
    assert fit.estimate[0] == pytest.approx((1.5 * 1.0 + 0.5 * 2.0) / 2.0)
    assert fit.se[0] == pytest.approx(math.sqrt(1.75 / 2.0))


@pytest.mark.slow
def test_ten_thousand_independent_effects():
    rng = np.random.default_rng(8)
    k = 10_000
    v = rng.uniform(0.01, 0.2, k)
    X = np.c_[np.ones(k), rng.normal(size=(k, 2))]
    y = X @ [0.1, 0.2, 0.3] + rng.normal(size=k) * np.sqrt(v + 0.03)
    fit = fit_mixed(y, v, X, random=[Groups(range(k))], inference="hksj")
    assert fit.estimate == pytest.approx([0.1, 0.2, 0.3], abs=0.02)
    assert fit.parameter_values[0] == pytest.approx(0.03, abs=0.01)


def bimodal_sets():
    """Sets on which metafor stops at the lower of two maxima."""
    path = Path(__file__).parents[3] / "validation" / "metafor" / "bimodal.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([[float(r["yi"]), float(r["vi"])] for r in rows if r["set"] == name]).T
        for name in dict.fromkeys(row["set"] for row in rows)
    }


@pytest.mark.parametrize("name", bimodal_sets())
def test_the_better_of_two_maxima_is_found_and_the_other_told(name):
    y, v = bimodal_sets()[name]
    expected = pool(y, v, ci="wald")
    fit = fit_mixed(y, v, random=[Groups(range(y.size))])
    assert fit.loglik == pytest.approx(expected.loglik, abs=1e-9)
    assert fit.parameter_values[0] == pytest.approx(expected.tau2, rel=1e-7)
    assert fit.status == "bimodal"
    assert "more than one maximum (also tau2[1]" in fit.message


def test_zero_variance_is_the_boundary():
    fit = fit_mixed(
        [0.1, 0.11, 0.09, 0.1], [1.0] * 4, random=[Groups([1, 1, 2, 2]), Groups(range(4))]
    )
    assert fit.status == "boundary"
    assert list(fit.parameter_values) == [0.0, 0.0]
    assert "tau2[1], tau2[2]" in fit.message


def test_one_and_two_effects():
    one = fit_mixed([0.3], [0.04], random=[Groups(["a"])])
    assert (one.estimate[0], one.se[0], one.status) == (0.3, pytest.approx(0.2), "converged")
    assert "cannot be seen" in one.message
    lone = fit_mixed([0.3], [0.04], inference="hksj")
    assert lone.status == "undefined"
    assert np.isnan(lone.ci_low[0])
    two = fit_mixed([0.3, 0.9], [0.04, 0.04], random=[Groups([1, 2])])
    assert two.parameter_values[0] == pytest.approx(0.18 - 0.04)


def test_effects_far_below_their_errors_keep_their_digits():
    fit = fit_mixed([1e-200, 3e-200], [1.0, 1.0], inference="hksj")
    assert fit.estimate[0] == pytest.approx(2e-200)
    assert fit.se[0] == pytest.approx(1e-200)
    assert fit.p_value[0] == pytest.approx(2 * math.atan2(1, 2) / math.pi)


def test_ways_to_say_which_rows_belong_together():
    y, v = [0.1, 0.3, 0.35, 0.8, 0.9, 0.4], [0.02, 0.03, 0.04, 0.02, 0.01, 0.05]
    study, row = np.array(["a", "a", "b", "b", "c", "c"]), range(6)
    one = fit_mixed(y, v, random=[Groups(study)])
    for same in (Groups(study), study, list(study), {"1": study}):
        found = fit_mixed(y, v, random=same)
        assert found.parameters == one.parameters == ("tau2[1]",)
        np.testing.assert_array_equal(found.parameter_values, one.parameter_values)
    two = fit_mixed(y, v, random={"study": study, "row": row})
    assert two.parameters == ("tau2[study]", "tau2[row]")
    assert fit_mixed(y, v, random=None).loglik == fit_mixed(y, v).loglik
    with pytest.raises(ArrayError, match=r"1 problem.*\n.*'~ 1 \| study'"):
        fit_mixed(y, v, random="~ 1 | study")


def test_blocks_are_put_on_the_diagonal():
    y, study = [0.1, 0.3, 0.35, 0.8], ["a", "a", "b", "c"]
    blocks = [np.array([[0.02, 0.01], [0.01, 0.03]]), [[0.04]], 0.02]
    V = np.diag([0.02, 0.03, 0.04, 0.02])
    V[0, 1] = V[1, 0] = 0.01
    whole, parts = fit_mixed(y, V, random=study), fit_mixed(y, blocks, random=study)
    np.testing.assert_array_equal(parts.estimate, whole.estimate)
    np.testing.assert_array_equal(parts.parameter_values, whole.parameter_values)
    with pytest.raises(ArrayError, match=r"V: found 'shape \(3, 3\)'"):
        fit_mixed(y, blocks[:2], random=study)


def test_contrast_and_equality_of_outcomes():
    fit = multivariate(*berkey(), inference="t")
    made = fit.contrast([-1.0, 1.0])
    assert made.estimate == pytest.approx(fit.estimate[1] - fit.estimate[0])
    se = math.sqrt(np.array([-1, 1]) @ fit.covariance @ [-1, 1])
    assert made.se == pytest.approx(se)
    assert fit.compare_all().statistic == pytest.approx((made.estimate / se) ** 2)
    assert fit.compare_all().p_value == pytest.approx(made.p_value)


def test_robust_tests_of_one_column_agree():
    rng = np.random.default_rng(2)
    y, v = rng.normal(size=12), np.full(12, 0.2)
    study = [i // 2 for i in range(12)]
    X = np.c_[np.ones(12), rng.normal(size=12)]
    fit = fit_mixed(y, v, X, random=[Groups(study)], inference="cr2", cluster=study)
    assert fit.qm == pytest.approx((fit.estimate[1] / fit.se[1]) ** 2)
    assert fit.qm_df2 == pytest.approx(fit.df[1])
    assert fit.qm_p_value == pytest.approx(fit.p_value[1])


def test_separate_subgroups_are_pools_of_their_own():
    rng = np.random.default_rng(4)
    y, v = rng.normal(size=11), rng.uniform(0.1, 0.5, 11)
    group = ["a"] * 5 + ["b"] * 6
    result = subgroup_synthesis(y, v, group, tau2="separate")
    for i, rows in enumerate((slice(0, 5), slice(5, 11))):
        alone = pool(y[rows], v[rows], ci="wald")
        assert result.estimate[i] == pytest.approx(alone.estimate, rel=1e-6)
        assert result.se[i] == pytest.approx(alone.se, rel=1e-6)
        assert result.tau2[i] == pytest.approx(alone.tau2, rel=1e-5, abs=1e-7)
    difference = result.difference("b", "a")
    assert difference.estimate == pytest.approx(result.estimate[1] - result.estimate[0])
    assert result.difference_statistic == pytest.approx((difference.estimate / difference.se) ** 2)
    common = subgroup_synthesis(y, v, group)
    assert common.tau2[0] == common.tau2[1]
    assert common.k == (5, 6)


def test_profile_ends_are_where_the_likelihood_has_fallen():
    y, v = np.array([0.1, 0.9, 0.4, 1.5, -0.6]), np.full(5, 0.05)
    fit = fit_mixed(y, v, random=[Groups(range(5), "study")])
    low, high, low_closed, high_closed = profile_interval(fit, "tau2[study]")
    assert (low_closed, high_closed) == (True, True)
    for end in (low, high):
        at = fit_mixed(y, v + end, method="REML")
        assert 2 * (fit.loglik - at.loglik) == pytest.approx(3.841458820694124, abs=1e-6)
    wide = profile_interval(fit, "tau2[study]", 0.99)
    assert wide.low < low < high < wide.high


@pytest.mark.slow
def test_profile_of_a_correlation_stays_in_its_range():
    y, V, outcome, trial = berkey()
    fit = multivariate(y, V, outcome, trial, inference="wald")
    made = profile_interval(fit, "rho[outcome, AL, PD]")
    # confint() of metafor: -0.5996 to 1.
    assert made.low == pytest.approx(-0.5996, abs=1e-4)
    assert (made.high, made.high_closed) == (1.0, False)


def test_sampling_covariances():
    V = block_covariance([0.1, 0.4, 0.2], ["a", "a", "b"], 0.5)
    assert V[0, 1] == pytest.approx(0.1)
    assert V[0, 2] == 0.0
    shared = shared_control_covariance([0.3, 0.4, 0.2], [0.1, 0.1, 0.05], [1, 1, 2])
    assert shared.tolist() == [[0.3, 0.1, 0.0], [0.1, 0.4, 0.0], [0.0, 0.0, 0.2]]


Y, V = [0.1, 0.2, 0.3, 0.4], [0.1] * 4
STUDY = [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_mixed([0.1, math.nan, math.inf], [0.1] * 3), ["index 1", "index 2"]),
        (lambda: fit_mixed(Y, [0.1, 0.0, -1.0, math.nan]), ["index 1", "index 2", "index 3"]),
        (lambda: fit_mixed(Y, [0.1] * 3), ["shape (3,)", "shape (4,)"]),
        (lambda: fit_mixed([], []), ["at least one"]),
        (lambda: fit_mixed([0.1, 0.2], [[1, 1.1], [1.1, 1]]), ["rows 1 and 0", "between -1 and 1"]),
        (lambda: fit_mixed([0.1, 0.2], [[1, 0.5], [0.4, 1]]), ["symmetric", "V[0, 1]"]),
        (
            lambda: fit_mixed(Y[:3], [[1, 0.9, 0], [0.9, 1, 0.9], [0, 0.9, 1]]),
            ["not positive definite", "eigenvalue of -0.273"],
        ),
        (lambda: fit_mixed([0.1, 1e-3], [1e-300, 1.0]), ["within a factor"]),
        (
            lambda: fit_mixed(Y, V, [[1, 2, 3], [1, 3, 4], [1, 4, 5], [1, 5, 6]],
                              names=["one", "a", "b"]),
            ["determined by", "'one'", "collinear"],
        ),
        (lambda: fit_mixed(Y, V, [[1, 0]] * 4), ["all zero", "'x1'"]),
        (lambda: fit_mixed(Y, V, [[1, math.nan]] + [[1, 2]] * 3), ["index 0", "'x1'"]),
        (lambda: fit_mixed(Y, V, np.ones((4, 5)), names=list("abcde")), ["5 columns"]),
        (lambda: fit_mixed(Y, V, [["a"]] * 4), ["numbers"]),
        (lambda: fit_mixed(Y, V, method="DL"), ["REML, ML, FE"]),
        (lambda: fit_mixed(Y, V, inference="z"), ["wald"]),
        (lambda: fit_mixed(Y, V, level=1.5), ["level"]),
        (lambda: fit_mixed(Y, V, random=[Groups(STUDY)], method="FE"), ["none with FE"]),
        (lambda: fit_mixed(Y, V, inference="cr2"), ["cluster"]),
        (lambda: fit_mixed(Y, V, random=[Groups([1] * 4)]), ["two groups"]),
        (lambda: fit_mixed(Y, V, random=[Groups(STUDY)] * 2), ["groups of random[0]"]),
        (lambda: fit_mixed(Y, V, random=[Groups([1, None, 2, 2])]), ["index 1", "not missing"]),
        (lambda: fit_mixed(Y, V, random=[Groups([1, 2])]), ["2 labels"]),
        (lambda: fit_mixed(Y, V, random=[Correlated("abab", STUDY, "XX")]), ["UN, CS"]),
        (lambda: fit_mixed(Y, V, random=[Correlated("aabb", STUDY)]), ["never together", "DIAG"]),
        (
            lambda: fit_mixed(Y, V, random=[Groups(STUDY)], inference="cr2", cluster=range(4)),
            ["only 2 sets are independent"],
        ),
        (lambda: fit_mixed(Y, V).contrast([1.0, 2.0]), ["1 finite numbers"]),
        (lambda: profile_interval(fit_mixed(Y, V), "tau2[1]"), ["no random structure"]),
        (lambda: block_covariance([1.0, 1.0], ["a", "a"], 1.0), ["below 1"]),
        (lambda: block_covariance([1.0] * 3, ["a"] * 3, -0.6), ["above -0.5"]),
        (lambda: shared_control_covariance([0.1], [0.2], ["a"]), ["below the variance"]),
        (
            lambda: shared_control_covariance([0.3, 0.3], [0.1, 0.2], ["a", "a"]),
            ["same for one control"],
        ),
        (lambda: subgroup_synthesis(Y, V, "aabb", tau2="some"), ["common, separate"]),
        (lambda: subgroup_synthesis(Y, V, "aaab", tau2="separate"), ["'b'", "two studies"]),
        (lambda: multilevel(Y, V, STUDY, [1, 2]), ["2 labels"]),
        (lambda: multilevel(Y, V, range(4)), ["groups of random[0]"]),
        (lambda: multilevel(Y, V, 5), ["study", "sequence of labels"]),
        (lambda: fit_mixed(Y, V, random=["abab"]), ["Groups(...) or Correlated(...)"]),
        (
            lambda: fit_mixed(Y, V, [[1, 0], [1, 0], [0, 1], [0, 1]], random=Groups("aabb")),
            ["structure 1", "differ in more than the columns"],
        ),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, words):
    with pytest.raises(ArrayError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
