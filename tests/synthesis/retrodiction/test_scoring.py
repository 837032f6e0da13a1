"""Scores over cases: against printed values and against arithmetic written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis.retrodiction.records import CasePrediction
from equipoise.synthesis.retrodiction.scoring import (
    compare_rules,
    mean_of,
    mixture_log_density,
    normal_log_density,
    score_rule,
    share,
)

NUMBERS = st.floats(-50, 50)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_printed(count: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857-872, Table I, method 3."""
    found = share([True] * count + [False] * (n - count))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_no_case_gives_no_share_and_no_mean() -> None:
    assert share([None, None]).n == 0
    assert math.isnan(share([]).value)
    assert math.isnan(mean_of([math.nan]).value)
    one = mean_of([2.0, math.nan])
    assert (one.value, one.n) == (2.0, 1)
    assert math.isnan(one.low)


def test_a_mean_with_its_student_interval_by_hand() -> None:
    """Values 1, 2, 3, 6: mean 3, variance 14/3, t(3) at 0.975 = 3.182446."""
    found = mean_of([3.0, 1.0, 6.0, 2.0])
    half = 3.182446305 * math.sqrt(14 / 3 / 4)
    assert found.value == pytest.approx(3.0)
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half), rel=1e-7)


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.floats(0.01, 10))
def test_the_density_written_out(x: float, mean: float, sd: float) -> None:
    plain = -math.log(sd * math.sqrt(2 * math.pi)) - (x - mean) ** 2 / (2 * sd**2)
    assert normal_log_density(x, mean, sd) == pytest.approx(plain, rel=1e-9, abs=1e-9)
    assert mixture_log_density(x, [(1.0, mean, sd)]) == pytest.approx(plain, rel=1e-9, abs=1e-9)
    halves = [(0.5, mean, sd), (0.5, mean, sd), (0.0, 0.0, 1.0)]
    assert mixture_log_density(x, halves) == pytest.approx(plain, rel=1e-9, abs=1e-9)


def test_the_log_score_is_proper() -> None:
    """On average nobody gains by saying another mean or spread than the true one."""
    x = np.random.default_rng(1).normal(0.3, 0.5, 4000)
    told = [(0.3, 0.5), (0.2, 0.5), (0.4, 0.5), (0.3, 0.4), (0.3, 0.6)]
    means = [np.mean([normal_log_density(v, m, s) for v in x]) for m, s in told]
    assert int(np.argmax(means)) == 0


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_share_lies_in_its_interval(outcomes: list[bool]) -> None:
    found = share(outcomes)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    other = share([not o for o in outcomes])
    assert (other.low, other.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-12)


def prediction(case: str, rule: str, score: float, covered: bool | None) -> CasePrediction:
    numbers = (0.0, 1.0, -1.96, 1.96, 0.0, 0.1)
    return CasePrediction(case, rule, *numbers, covered, True, score, score, "full", "")


def test_rules_are_compared_on_common_cases_only() -> None:
    rows = [
        prediction("a", "x", 1.0, True),
        prediction("b", "x", 2.0, False),
        prediction("c", "x", 5.0, True),
        prediction("a", "y", 0.0, True),
        prediction("b", "y", 3.0, True),
        prediction("c", "y", math.nan, None),
    ]
    difference = compare_rules("x", "y", rows).difference
    assert (difference.value, difference.n) == (0.0, 2)
    assert compare_rules("y", "x", rows).difference.value == 0.0
    assert score_rule("y", rows).coverage.n == 2
    assert score_rule("x", rows).log_score.value == pytest.approx(8 / 3)
