"""Draws and scores of survival trials against plain Python, R's survdiff and their properties."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from equipoise.design.engines.event_ranks import fill_order, fill_ranked
from equipoise.design.engines.patients import Patients, draw_trials
from equipoise.design.engines.survival_looks import score_trials, simulate_looks
from equipoise.design.engines.survival_plans import SurvivalPlan, survival_plan
from equipoise.design.engines.survival_trials import log_rank_z, one_step_log_hazard_ratio
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.survival import log_rank

NAMES = ("plain", "even", "delayed", "strata")


def plain_calendar(trial: Patients, d: int) -> float:
    """When the d-th event happens, infinite if never."""
    times = np.sort((trial.arrival + trial.follow_up)[trial.event & np.isfinite(trial.follow_up)])
    return float(times[d - 1]) if d <= times.size else math.inf


def plain_score(
    trial: Patients, calendar: float, stratified: bool, rho: float, gamma: float
) -> tuple[float, float]:
    """`O - E` and `V` of what is known at the calendar time, by the room's own log-rank test."""
    leaves = trial.arrival + trial.follow_up
    entered = trial.arrival < calendar
    time = np.minimum(trial.follow_up, np.maximum(calendar - trial.arrival, 0.0))
    event = trial.event & (leaves <= calendar) & np.isfinite(leaves)
    time = np.where(event, trial.follow_up, np.minimum(time, 1e9))
    found = log_rank(
        time[entered],
        event[entered].astype(float),
        trial.treated[entered].astype(float),
        strata=trial.stratum[entered] if stratified else None,
        rho=rho,
        gamma=gamma,
    )
    return float(found.observed[1] - found.expected[1]), found.variance


def first(trials: Patients, r: int) -> Patients:
    return Patients(*(values[r] for values in trials))


@pytest.mark.parametrize("weights", [(0.0, 0.0), (0.0, 1.0), (1.0, 0.5)])
@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_scores_are_those_of_the_log_rank_test(
    plans: dict[str, SurvivalPlan], name: str, stratified: bool, weights: tuple[float, float]
) -> None:
    plan, (rho, gamma), size = plans[name], weights, 12
    scored = simulate_looks(
        plan, np.random.default_rng(4), size, stratified=stratified, rho=rho, gamma=gamma
    )
    drawn = draw_trials(plan, np.random.default_rng(4), size)
    for r in range(size):
        trial = first(drawn, r)
        for k, d in enumerate(plan.events):
            calendar = plain_calendar(trial, int(d))
            assert scored.calendar[r, k] == calendar
            score, variance = plain_score(trial, calendar, stratified, rho, gamma)
            assert scored.score[r, k].sum() == pytest.approx(score, abs=1e-10)
            assert scored.variance[r, k].sum() == pytest.approx(variance, rel=1e-10)
            entered = trial.arrival < calendar
            happened = trial.event & (trial.arrival + trial.follow_up <= calendar)
            happened &= np.isfinite(trial.follow_up)
            for arm in (0, 1):
                mine = trial.treated == bool(arm)
                assert scored.subjects[r, k, :, arm].sum() == np.sum(entered & mine)
                assert scored.events[r, k, :, arm].sum() == np.sum(happened & mine)


def test_looks_are_reached_or_not_in_both_ways(plans: dict[str, SurvivalPlan]) -> None:
    """The delayed plan has a cured tail: some looks never come and are scored at the end."""
    scored = simulate_looks(plans["delayed"], np.random.default_rng(4), 60)
    never = np.isinf(scored.calendar)
    assert never.any()
    assert not never.all()
    assert np.array_equal(np.isnan(log_rank_z(scored)), never)
    assert np.all(scored.events[never].sum(axis=(1, 2)) < 40)
    assert np.all(np.isfinite(scored.score))


def test_strata_add_up_and_one_stratum_is_what_it_would_be_alone(
    plans: dict[str, SurvivalPlan],
) -> None:
    plan = plans["strata"]
    drawn = draw_trials(plan, np.random.default_rng(2), 30)
    within = score_trials(drawn, plan.events, plan.scale, strata=2)
    for r in range(30):
        trial = first(drawn, r)
        for s in (0, 1):
            mine = trial.stratum == s
            alone = Patients(*(values[mine] for values in trial))
            for k, calendar in enumerate(within.calendar[r]):
                score, variance = plain_score(alone, calendar, False, 0.0, 0.0)
                assert within.score[r, k, s] == pytest.approx(score, abs=1e-10)
                assert within.variance[r, k, s] == pytest.approx(variance, rel=1e-10)


def test_swapping_the_arms_flips_the_score(plans: dict[str, SurvivalPlan]) -> None:
    plan = plans["plain"]
    drawn = draw_trials(plan, np.random.default_rng(3), 50)
    swapped = drawn._replace(treated=~drawn.treated)
    a, b = (score_trials(t, plan.events, plan.scale) for t in (drawn, swapped))
    assert a.score == pytest.approx(-b.score, abs=1e-12)
    assert a.variance == pytest.approx(b.variance, rel=1e-12)
    assert np.array_equal(a.events, b.events[..., ::-1])
    assert one_step_log_hazard_ratio(a) == pytest.approx(-one_step_log_hazard_ratio(b), abs=1e-12)


def test_a_delayed_ratio_of_one_is_no_delay() -> None:
    common = {"accrual": [0, 10], "dropout": 0.01}
    one = survival_plan(60, [20, 40], hazard=0.1, hazard_ratio=1.0, **common)
    pieces = survival_plan(
        60, [20, 40], starts=[0, 3, 9], hazard=[0.1] * 3, hazard_ratio=[1.0] * 3, **common
    )
    a, b = (simulate_looks(p, np.random.default_rng(1), 50) for p in (one, pieces))
    assert a.calendar == pytest.approx(b.calendar, rel=1e-12)
    assert a.score == pytest.approx(b.score, abs=1e-12)


def test_the_scale_matters_to_the_speed_only(plans: dict[str, SurvivalPlan]) -> None:
    plan = plans["strata"]
    drawn = draw_trials(plan, np.random.default_rng(3), 20)
    plain = score_trials(drawn, plan.events, plan.scale)
    for scale in (1e-9, 1e9):
        other = score_trials(drawn, plan.events, scale)
        assert all(np.array_equal(a, b) for a, b in zip(plain, other, strict=True))


@pytest.mark.parametrize("shape", ["spread", "crowded", "equal", "few"])
def test_order_and_ranks_are_those_of_a_sort(shape: str) -> None:
    rng = np.random.default_rng(6)
    values = {
        "spread": rng.random(400),
        "crowded": np.concatenate([rng.random(300) * 1e-7, [5.0], rng.random(99) * 1e-7]),
        "equal": np.full(100, 2.0),
        "few": np.array([3.0, 1.0]),
    }[shape]
    n = values.size
    key, count, order = (np.empty(2 * n + 1, dtype=np.int64) for _ in range(3))
    out, ranks = np.empty(n), np.array([1, n // 2, n, n + 1])
    fill_order(values, np.arange(n), n, values.max(), key, count, order, out)
    assert out.tolist() == sorted(values)
    assert values[order[:n]].tolist() == sorted(values)
    assert sorted(order[:n]) == list(range(n))
    ranked = np.empty(4)
    fill_ranked(values, n, ranks, 1.0, key, count, np.empty(n), order, ranked)
    assert ranked.tolist() == [*np.sort(values)[[0, n // 2 - 1, n - 1]], math.inf]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_survdiff_on_a_simulated_trial(root: Path, plans: dict[str, SurvivalPlan]) -> None:
    """Made by validation/design/log_rank_looks.R; the patients by simulated_trial.py beside it."""
    patients = rows(root / "validation" / "design" / "simulated_trial.csv")
    drawn = draw_trials(plans["strata"], np.random.default_rng(2024), 1)
    for name in ("arrival", "follow_up"):
        stored = [float(row[name]) for row in patients]
        assert getattr(drawn, name)[0] == pytest.approx(stored, rel=1e-14)
    assert [int(row["stratum"]) for row in patients] == drawn.stratum[0].tolist()
    for row in rows(root / "validation" / "design" / "log_rank_looks.csv"):
        strata = 2 if row["stratified"] == "TRUE" else 1
        scored = score_trials(drawn, np.array([int(row["events"])]), 1.0, strata=strata)
        assert scored.calendar[0, 0] == pytest.approx(float(row["calendar"]), rel=1e-12)
        assert scored.score.sum() == pytest.approx(float(row["score"]), abs=1e-10)
        assert scored.variance.sum() == pytest.approx(float(row["variance"]), rel=1e-10)
        assert log_rank_z(scored)[0, 0] ** 2 == pytest.approx(float(row["chisq"]), rel=1e-9)


def test_everything_wrong_with_a_plan_is_said_at_once() -> None:
    with pytest.raises(ArrayError) as caught:
        survival_plan(
            1, [5, 4], accrual=[1, 2], accrual_rates=[1, 1], starts=[0, 0], hazard=[0.0, math.nan],
            hazard_ratio=-1.0, arrivals="soon", allocation=(0, 1), dropout=-0.1, prevalence=[0.4],
        )  # fmt: skip
    assert {p.field for p in caught.value.problems} == {
        *("patients", "events", "accrual", "accrual_rates", "starts", "hazard", "hazard_ratio"),
        *("arrivals", "allocation", "dropout", "prevalence"),
    }


def test_hazards_of_any_size_give_numbers() -> None:
    """Events at once, hardly ever, and of both kinds in one trial; many patients, many looks."""
    for hazard in (1e20, 1e-20, 0.1):
        plan = survival_plan(50, [1, 25, 50], accrual=[0, 1], hazard=hazard, hazard_ratio=1.0)
        scored = simulate_looks(plan, np.random.default_rng(1), 20)
        assert np.all(np.isfinite(scored.score))
        assert np.all(scored.events.sum(axis=(2, 3)) >= [1, 25, 50])
    plan = survival_plan(
        3_000, np.arange(1, 1001), accrual=[0, 9], hazard=[[1e-3], [10.0]],
        hazard_ratio=[[0.1], [9.0]], prevalence=[0.5, 0.5],
    )  # fmt: skip
    scored = simulate_looks(plan, np.random.default_rng(1), 2)
    assert np.array_equal(scored.events.sum(axis=(2, 3)), [np.arange(1, 1001)] * 2)
    assert np.all(np.diff(scored.calendar, axis=1) > 0.0)
