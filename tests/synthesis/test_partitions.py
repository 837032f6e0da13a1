"""Partitions: overlapping strata are refused, exclusive ones combine."""

import pytest

from equipoise.errors import ComputationError, InputError
from equipoise.estimate import Estimate
from equipoise.synthesis.partitions import check_partition, combine_strata
from equipoise.synthesis.pooling import pool


@pytest.mark.parametrize(
    "levels",
    [
        ["m=positive", "m=negative"],
        ["m=positive"],
        [""],
        ["m=positive;r=yes", "m=positive;r=no", "m=negative"],
        [],
    ],
)
def test_strata_that_share_no_patient_pass(levels, row):
    check_partition([row(f"r{i}", "t", analysed=level) for i, level in enumerate(levels)])


@pytest.mark.parametrize(
    ("levels", "pairs"),
    [
        (["m=positive", "r=yes"], ["r0 with r1"]),
        (["", "m=positive"], ["r0 with r1"]),
        (["m=positive", "m=negative", "r=no"], ["r0 with r2", "r1 with r2"]),
        (["m=positive;r=yes", "m=positive"], ["r0 with r1"]),
    ],
)
def test_overlap_is_refused_and_every_pair_named(levels, pairs, row):
    rows = [row(f"r{i}", "t", analysed=level) for i, level in enumerate(levels)]
    with pytest.raises(InputError) as caught:
        check_partition(rows)
    assert [problem.row for problem in caught.value.problems] == pairs
    assert "share no patient" in str(caught.value)


@pytest.mark.parametrize("level", ["", "m=positive"])
def test_two_rows_of_the_same_patients_are_told_apart_from_overlap(level, row):
    rows = [row(f"r{i}", "t", analysed=level, timepoint=t) for i, t in enumerate(["3 mo", ""])]
    with pytest.raises(InputError) as caught:
        check_partition(rows)
    (problem,) = caught.value.problems
    assert problem.value == f"both yes, for {level or 'everybody'} (3 mo and no time given)"
    assert "time points are not compared" in problem.allowed
    assert "chosen to no" in problem.action


def test_two_trials_are_no_partition(row):
    with pytest.raises(InputError, match="rows of one trial"):
        check_partition([row("a", "t", analysed="m=positive"), row("b", "u", analysed="r=no")])


def test_combining_is_a_common_effect_pool():
    strata = [Estimate(0.2, 0.3, "OR", ("a",)), Estimate(-0.4, 0.5, "OR", ("b",))]
    whole = combine_strata(strata)
    pooled = pool([0.2, -0.4], [0.09, 0.25], method="EE", ci="wald")
    assert (whole.value, whole.se) == (pytest.approx(pooled.estimate), pytest.approx(pooled.se))
    assert (whole.source, whole.standing) == (("a", "b"), "derived")
    assert combine_strata(strata[:1]) is strata[0]
    with pytest.raises(ComputationError):
        combine_strata([])


def test_the_weakest_standing_stays():
    weak = Estimate(0.1, 0.2, "OR", ("a",), "reconstructed")
    assert combine_strata([weak, Estimate(0.1, 0.2, "OR", ("b",))]).standing == "reconstructed"
