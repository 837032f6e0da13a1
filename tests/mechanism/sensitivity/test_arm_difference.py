"""Sobol' indices: a function whose indices are known, a plain pick-freeze, properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import ComputationError, InputError
from equipoise.mechanism.sensitivity import UncertainFactor, arm_difference_indices

PI = float(np.pi)
ANGLES = tuple(UncertainFactor(name, -PI, PI) for name in ("x1", "x2", "x3"))


def ishigami(points, a=7.0, b=0.1):
    x1, x2, x3 = points.T
    return np.sin(x1) + a * np.sin(x2) ** 2 + b * x3**4 * np.sin(x1)


def known_indices(a=7.0, b=0.1):
    """Ishigami and Homma, Proceedings of ISUMA 1990:398, doi 10.1109/ISUMA.1990.151285."""
    v1 = 0.5 * (1 + b * PI**4 / 5) ** 2
    v2 = a**2 / 8
    v13 = b**2 * PI**8 * (1 / 18 - 1 / 50)
    total = v1 + v2 + v13
    first = {"x1": v1 / total, "x2": v2 / total, "x3": 0.0}
    return first, {"x1": (v1 + v13) / total, "x2": v2 / total, "x3": v13 / total}, total


def test_ishigami():
    found = arm_difference_indices(
        ishigami, ANGLES, np.random.default_rng(1), size=4096, resamples=20
    )
    first, total, variance = known_indices()
    assert found.points == 4096 * 5
    assert found.sd**2 == pytest.approx(variance, rel=0.02)
    for row in found.factors:
        assert row.first == pytest.approx(first[row.name], abs=0.02)
        assert row.total == pytest.approx(total[row.name], abs=0.02)
        assert row.first_low <= row.first <= row.first_high
        assert row.total_low <= row.total <= row.total_high
    assert [row.name for row in found.factors] == ["x1", "x2", "x3"]


def test_as_a_plain_pick_freeze():
    """The formulas of Saltelli 2010 and of Jansen, one product at a time."""
    seen = []

    def kept(points):
        seen.append(points)
        return ishigami(points)

    n, d = 64, 3
    found = arm_difference_indices(kept, ANGLES, np.random.default_rng(2), size=n, resamples=10)
    value = ishigami(seen[0]).reshape(d + 2, n)
    a, b, mixed = value[0], value[1], value[2:]
    middle = np.mean(np.concatenate([a, b]))
    variance = np.mean((np.concatenate([a, b]) - middle) ** 2)
    by_name = {row.name: row for row in found.factors}
    for i, factor in enumerate(ANGLES):
        first = sum((b[j] - middle) * (mixed[i, j] - a[j]) for j in range(n)) / n / variance
        total = sum((a[j] - mixed[i, j]) ** 2 for j in range(n)) / (2 * n) / variance
        assert by_name[factor.name].first == pytest.approx(first, rel=1e-9)
        assert by_name[factor.name].total == pytest.approx(total, rel=1e-9)


@settings(max_examples=10)
@given(st.floats(0.1, 10.0), st.floats(-5.0, 5.0), st.integers(0, 1000))
def test_scale_and_shift_change_nothing(scale, shift, seed):
    def other(points):
        return scale * ishigami(points) + shift

    one, two = (
        arm_difference_indices(f, ANGLES, np.random.default_rng(seed), size=64, resamples=2)
        for f in (ishigami, other)
    )
    assert {r.name: r.total for r in one.factors} == pytest.approx(
        {r.name: r.total for r in two.factors}, rel=1e-6
    )
    assert two.mean == pytest.approx(scale * one.mean + shift, rel=1e-6, abs=1e-9)


def test_a_factor_that_does_nothing_carries_nothing():
    found = arm_difference_indices(
        lambda x: 3.0 * x[:, 0] + x[:, 1],
        [
            UncertainFactor("a", -1.0, 1.0),
            UncertainFactor("b", -1.0, 1.0),
            UncertainFactor("c", 1.0, 9.0),
        ],
        np.random.default_rng(5),
        size=512,
        resamples=5,
    )
    by_name = {row.name: row for row in found.factors}
    assert by_name["c"].total == pytest.approx(0.0, abs=1e-12)
    assert by_name["a"].first == pytest.approx(0.9, abs=0.03)
    assert by_name["b"].total == pytest.approx(0.1, abs=0.03)


def test_failed_points_leave_and_are_counted():
    def holes(points):
        value = ishigami(points)
        value[3] = np.nan
        return value

    found = arm_difference_indices(holes, ANGLES, np.random.default_rng(1), size=256, resamples=5)
    whole = arm_difference_indices(
        ishigami, ANGLES, np.random.default_rng(1), size=256, resamples=5
    )
    assert (found.failed, whole.failed) == (1, 0)
    assert found.factors[0].total == pytest.approx(whole.factors[0].total, abs=0.1)
    with pytest.raises(ComputationError, match="finite nowhere"):
        arm_difference_indices(
            lambda x: np.full(len(x), np.nan), ANGLES, np.random.default_rng(1), size=64
        )


def test_with_many_failed_points_the_others_say_as_much():
    """A third of the base sample is lost at random: the indices hold, and the limits hold them."""

    def holes(points):
        value = ishigami(points)
        value[np.random.default_rng(8).choice(1024, 340, replace=False)] = np.nan
        return value

    found = arm_difference_indices(holes, ANGLES, np.random.default_rng(1), size=1024, resamples=40)
    assert found.failed == 340
    _, total, _ = known_indices()
    for row in found.factors:
        assert row.total == pytest.approx(total[row.name], abs=0.06)
        assert row.total_low <= row.total <= row.total_high
        assert row.first_low <= row.first <= row.first_high


def test_no_variance_has_no_indices():
    found = arm_difference_indices(
        lambda x: np.zeros(len(x)), ANGLES, np.random.default_rng(1), size=64, resamples=3
    )
    assert found.sd == 0.0
    assert all(np.isnan(row.total) for row in found.factors)


def test_ranks_do_not_know_a_monotone_change():
    """Ranks of D and of exp(3 D) are the same; extremes rule the variance of the latter."""
    one, two = (
        arm_difference_indices(
            f, ANGLES, np.random.default_rng(6), size=128, resamples=3, ranked=True
        )
        for f in (ishigami, lambda x: np.exp(3.0 * ishigami(x)))
    )
    assert one.factors == two.factors
    assert one.ranked
    assert one.sd < two.sd


def test_bad_arguments_are_named_at_once():
    with pytest.raises(InputError) as caught:
        arm_difference_indices(ishigami, ANGLES[:1], np.random.default_rng(1), size=100)
    assert {problem.field for problem in caught.value.problems} == {"factors", "size"}
