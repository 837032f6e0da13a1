"""Estimates during and after a trial: rpact, exact coverage, and what must hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

from equipoise.design.sequential import (
    POCOCK,
    Spending,
    final_estimate,
    repeated_intervals,
    repeated_p_value,
    sequential_plan,
    stagewise_p,
)
from equipoise.synthesis.arrays import ArrayError

OF = Spending("obrien-fleming")
THIRDS = [1 / 3, 2 / 3, 1.0]
FOLDER = Path(__file__).resolve().parents[3] / "validation" / "rpact"
INTERIM = pd.read_csv(FOLDER / "sequential_interim.csv", dtype=str, keep_default_na=False)
VALUES = pd.read_csv(FOLDER / "sequential_values.csv")
ROOT = np.sqrt(90.0)


def pinned(case, quantity):
    return VALUES[(VALUES.case == case) & (VALUES.quantity == quantity)].value.to_numpy()


@pytest.fixture(params=INTERIM.index, ids=INTERIM.case.get)
def trial(request):
    row = INTERIM.loc[request.param]
    family = POCOCK if row.case.startswith("p3") else OF
    futility = [0.0, 0.5] if row.case == "asof3-futile" else None
    z = np.array([float(word) for word in row.z.split()])
    return row.case, sequential_plan(family, THIRDS, futility=futility), z


def test_repeated_intervals_agree_with_rpact(trial):
    case, plan, z = trial
    low, high = repeated_intervals(plan, z)
    np.testing.assert_allclose(low / ROOT, pinned(case, "rci_low"), rtol=0, atol=1e-6)
    np.testing.assert_allclose(high / ROOT, pinned(case, "rci_high"), rtol=0, atol=1e-6)


def test_repeated_p_values_agree_with_rpact(trial):
    case, plan, z = trial
    ours = [repeated_p_value(plan, k + 1, value) for k, value in enumerate(z)]
    np.testing.assert_allclose(ours, pinned(case, "repeated_p"), rtol=0, atol=1e-6)


def test_final_estimates_agree_with_rpact(trial):
    case, plan, z = trial
    p = pinned(case, "final_p")
    if p.size == 0:
        assert case in {"asof3-first", "asof3-futile"}
        return
    crossed = np.flatnonzero(z >= plan.upper[: z.size])
    look = int(crossed[0]) + 1 if crossed.size else z.size
    end = final_estimate(plan, look, z[look - 1])
    assert end.p_value == pytest.approx(p[0], abs=1e-7)
    limits = np.array([end.low, end.high]) / ROOT
    np.testing.assert_allclose(limits, pinned(case, "final_ci"), rtol=0, atol=1e-6)
    assert end.median_unbiased / ROOT == pytest.approx(pinned(case, "median_unbiased")[0], abs=1e-6)


def test_one_look_gives_the_usual_answers():
    plan = sequential_plan(OF, [1.0])
    end = final_estimate(plan, 1, 2.2)
    half = -float(ndtri(0.025))
    expected = [2.2, 2.2 - half, 2.2 + half, ndtr(-2.2)]
    got = [end.median_unbiased, end.low, end.high, end.p_value]
    np.testing.assert_allclose(got, expected, atol=1e-10)
    assert repeated_p_value(plan, 1, 2.2) == pytest.approx(float(ndtr(-2.2)), rel=1e-9)


@pytest.mark.parametrize("delta", [0.0, 2.5])
def test_estimate_and_interval_cover_exactly(delta):
    # Whatever the drift, the stage-wise P under it is uniform: simulated stops, no integral.
    plan = sequential_plan(POCOCK, [0.4, 0.7, 1.0], futility=[-0.2, 0.3], binding=True)
    rng = np.random.default_rng(5)
    n = 1500
    steps = np.diff(plan.t, prepend=0.0)
    z = np.cumsum(delta * steps + np.sqrt(steps) * rng.standard_normal((n, 3)), axis=1)
    z /= np.sqrt(plan.t)
    out = (z >= plan.upper) | (z <= plan.lower)
    look = np.where(out.any(axis=1), out.argmax(axis=1), 2)
    p = np.array([stagewise_p(plan, int(k) + 1, z[i, k], delta) for i, k in enumerate(look)])
    for share in (0.025, 0.5, 0.975):
        mcse = np.sqrt(share * (1 - share) / n)
        assert abs((p <= share).mean() - share) < 4 * mcse


def test_the_p_value_at_a_bound_is_the_error_spent():
    plan = sequential_plan(OF, THIRDS)
    for k in range(3):
        p = stagewise_p(plan, k + 1, plan.upper[k])
        assert p == pytest.approx(plan.alpha_spent[k], abs=1e-14)
        end = final_estimate(plan, k + 1, plan.upper[k])
        if k == 2:
            assert end.low == pytest.approx(0.0, abs=1e-9)
        else:
            assert end.low > 0.0
        assert repeated_p_value(plan, k + 1, plan.upper[k]) == pytest.approx(0.025, abs=1e-9)


def test_estimates_are_shrunk_and_ordered():
    plan = sequential_plan(POCOCK, THIRDS)
    ends = [final_estimate(plan, 2, z) for z in (2.3, 2.6, 3.5)]
    assert all(end.low < end.median_unbiased < end.high for end in ends)
    assert all(end.median_unbiased < end.naive for end in ends)
    assert ends[0].median_unbiased < ends[1].median_unbiased < ends[2].median_unbiased
    assert ends[0].p_two_sided == pytest.approx(2 * ends[0].p_value)
    narrow = final_estimate(plan, 2, 2.6, level=0.5)
    assert ends[1].low < narrow.low < narrow.high < ends[1].high


def test_futility_that_is_not_binding_does_not_help():
    free = sequential_plan(OF, THIRDS)
    advised = sequential_plan(OF, THIRDS, futility=[0.0, 0.5])
    assert final_estimate(advised, 3, 2.1) == final_estimate(free, 3, 2.1)


def test_what_cannot_be_used_is_refused():
    plan = sequential_plan(OF, THIRDS)
    bound = sequential_plan(OF, THIRDS, futility=[0.0, 0.5], binding=True)
    user = sequential_plan(Spending("user", cumulative=(0.01, 0.025)), [0.5, 1.0])
    for look, z, said in ((0, 1.0, "from 1 to 3"), (4, 1.0, "from 1 to 3"), (1, np.nan, "finite")):
        with pytest.raises(ArrayError, match=said):
            final_estimate(plan, look, z)
    with pytest.raises(ArrayError, match="above 0 and below 1"):
        final_estimate(plan, 1, 1.0, level=1.0)
    with pytest.raises(ArrayError, match="not binding"):
        repeated_intervals(bound, [1.0])
    with pytest.raises(ArrayError, match="3 or fewer"):
        repeated_intervals(plan, [1.0] * 4)
    with pytest.raises(ArrayError, match="share function"):
        repeated_p_value(user, 1, 2.0)
