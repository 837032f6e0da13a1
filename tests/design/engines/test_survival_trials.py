"""Survival trials against rpact, a plain loop over the same draws, and what must hold of tests."""

from __future__ import annotations

import csv
import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.design.engines import (
    Bounds,
    Tally,
    bounds,
    run_chunks,
    survival_plan,
    survival_trial,
)
from equipoise.design.engines.patients import draw_trials
from equipoise.design.engines.survival_plans import SurvivalPlan
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.survival import log_rank

BOUNDS = bounds([3.0, 2.4, 2.0], [-0.5, 0.2, -math.inf])
ONE = bounds([1.959964])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def limits(root: Path, design: str) -> Bounds:
    found = [
        row
        for row in rows(root / "validation" / "rpact" / "simulation_bounds.csv")
        if row["design"] == design
    ]
    lower = [float(row["lower"].replace("Inf", "inf")) for row in found]
    return bounds([float(row["upper"]) for row in found], lower)


H = math.log(2.0) / 24.0
LOST = -math.log(0.95) / 12.0
EVEN = {"arrivals": "even", "dropout": LOST}
RPACT: dict[str, tuple[str, SurvivalPlan]] = {
    "survival_effect": (
        "plain",
        survival_plan(800, [130, 260, 390], accrual=[0, 24], hazard=H, hazard_ratio=0.75, **EVEN),
    ),
    "survival_null": (
        "plain",
        survival_plan(300, [50, 100, 150], accrual=[0, 24], hazard=H, hazard_ratio=1.0, **EVEN),
    ),
    "survival_delayed": (
        "plain",
        survival_plan(
            *(400, [80, 160, 240]),
            accrual=[0, 24],
            starts=[0, 6],
            hazard=[0.04, 0.03],
            hazard_ratio=[1.0, 0.6],
            **EVEN,
        ),
    ),
    "survival_2_to_1": (
        "futility",
        survival_plan(
            *(450, [75, 150, 225]),
            accrual=[0, 24],
            hazard=H,
            hazard_ratio=0.8,
            allocation=(1, 2),
            **EVEN,
        ),
    ),
    "survival_accrual": (
        "plain",
        survival_plan(
            *(352, [60, 120, 180]),
            accrual=[0, 8, 20],
            accrual_rates=[1, 3],
            hazard=0.05,
            hazard_ratio=0.7,
            **EVEN,
        ),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("scenario", RPACT)
def test_rates_and_times_agree_with_rpact(root: Path, scenario: str) -> None:
    design, plan = RPACT[scenario]
    bound = limits(root, design)
    ours = run_chunks(survival_trial(plan, bound), 20_000, 2_000, seed=99)
    path = root / "validation" / "rpact" / "simulation.csv"
    theirs = [row for row in rows(path) if row["scenario"] == scenario]
    for name, column in (("rejected", "rejected"), ("futile", "futile")):
        rate = ours.rate(name)
        for k, row in enumerate(theirs):
            p, n = float(row[column]), float(row["trials"])
            joint = math.hypot(rate.mcse[k], math.sqrt(p * (1 - p) / n))
            assert abs(rate.value[k] - p) < 4.0 * joint
    for name, column in (("calendar_at_look", "calendar"), ("subjects_at_look", "subjects")):
        mean = ours.mean(name)
        for k, row in enumerate(theirs):
            joint = max(math.sqrt(2.0) * mean.mcse[k], 1e-12)
            assert abs(mean.value[k] - float(row[column])) < 4.0 * joint
    events = ours.mean("events")
    assert abs(events.value - float(theirs[0]["events"])) < 4.0 * math.sqrt(2.0) * events.mcse


def test_a_plain_loop_over_the_same_patients_decides_the_same() -> None:
    plan = survival_plan(
        *(90, [20, 40, 60]), accrual=[0, 10], hazard=0.1, hazard_ratio=0.7, dropout=0.01
    )
    tally = survival_trial(plan, BOUNDS)(np.random.default_rng(1), 200)
    arrival, _, treated, follow_up, event = draw_trials(plan, np.random.default_rng(1), 200)
    rejected, futile, calendars = [0, 0, 0], [0, 0, 0], []
    for r in range(200):
        leaves = arrival[r] + follow_up[r]
        for k, d in enumerate(plan.events):
            calendar = np.sort(leaves[event[r]])[d - 1]
            there = arrival[r] < calendar
            happened = (event[r] & (leaves <= calendar))[there]
            time = np.where(happened, follow_up[r][there], calendar - arrival[r][there])
            time = np.minimum(time, follow_up[r][there])
            z = -log_rank(time, happened.astype(float), treated[r][there].astype(float)).z
            if z >= BOUNDS.upper[k]:
                rejected[k] += 1
                break
            if k < 2 and z <= BOUNDS.lower[k]:
                futile[k] += 1
                break
        calendars.append(calendar)
    assert tally.counts["rejected"].tolist() == rejected
    assert tally.counts["futile"].tolist() == futile
    assert tally.moments["calendar"].total == pytest.approx(sum(calendars))
    assert sum(rejected) > 0 < sum(futile)


def fixed(ratio: float | list[float], replicates: int = 4_000, **options: object) -> Tally:
    """One look at 100 events in 160 patients."""
    starts = [0.0, 4.0] if isinstance(ratio, list) else [0.0]
    plan = survival_plan(
        *(160, [100]),
        accrual=[0, 8],
        starts=starts,
        hazard=[0.08] * len(starts),
        hazard_ratio=ratio,
        dropout=0.005,
    )
    return run_chunks(survival_trial(plan, ONE, **options), replicates, 1_000, seed=21)


@pytest.mark.slow
@pytest.mark.parametrize("weights", [{}, {"rho": 1.0}, {"gamma": 1.0}])
def test_the_size_is_that_of_the_bound(weights: dict[str, float]) -> None:
    """The log-rank test is asymptotic; with 100 events its excess is below four errors here."""
    found = fixed(1.0, 20_000, **weights).rate("success")
    assert abs(found.value - ndtr(-1.959964)) < 4.0 * found.mcse


def test_power_is_near_schoenfelds() -> None:
    found = fixed(0.6).rate("success")
    expected = ndtr(math.sqrt(100 / 4) * -math.log(0.6) - 1.959964)
    assert abs(found.value - expected) < 4.0 * found.mcse + 0.01


def test_benefit_may_be_more_events() -> None:
    """The same draws: who rejects for the one never rejects for the other."""
    lower, higher = fixed(1.0), fixed(1.0, benefit="higher")
    total = lower.rate("success").value + higher.rate("success").value
    assert 0.03 < total < 0.07
    assert lower.moments["estimate"].total == higher.moments["estimate"].total
    assert lower.mean("estimate_if_success").value < 0.0
    assert higher.mean("estimate_if_success").value > 0.0


def test_a_delay_costs_power_and_late_weights_win_some_back() -> None:
    prompt, delayed = fixed(0.6), fixed([1.0, 0.6])
    late = fixed([1.0, 0.6], gamma=1.0)
    power = [tally.rate("success") for tally in (delayed, late, prompt)]
    assert power[0].value < power[1].value < power[2].value
    assert power[1].value - power[0].value > 3.0 * power[0].mcse
    assert math.isnan(late.mean("estimate").value)


def test_the_estimate_is_near_the_hazard_ratio_and_the_chosen_one_is_not() -> None:
    """Peto's one-step estimate: bias of some thousandths at a hazard ratio of 0.8."""
    found = fixed(0.8)
    everybody, chosen = found.mean("estimate"), found.mean("estimate_if_success")
    assert abs(everybody.value - math.log(0.8)) < 4.0 * everybody.mcse + 0.005
    assert chosen.value < everybody.value - 0.15


def test_information_that_never_comes_is_counted_and_rejects_nothing() -> None:
    """A cured tail leaves 27 events of 60 on average: 60 never happen, and often not 28."""
    plan = survival_plan(
        *(60, [12, 28, 60]),
        accrual=[0, 5],
        starts=[0, 10],
        hazard=[0.1, 0.0],
        hazard_ratio=[0.3, 0.3],
    )
    tally = run_chunks(survival_trial(plan, bounds([math.inf, 2.0, -9.0])), 400, 100, seed=1)
    never = tally.rate("not_reached").value
    assert never[0] == 0.0
    assert 0.3 < never[1] < 0.7
    assert never[2] == 1.0 - tally.rate("rejected").value[1]
    assert tally.counts["rejected"][2] == 0
    assert tally.moments["calendar"].replicates == tally.counts["rejected"][1]


def test_comparing_within_strata_of_unequal_hazard_gains_power() -> None:
    plan = survival_plan(
        *(200, [120]),
        accrual=[0, 8],
        hazard=[[0.03], [0.3]],
        hazard_ratio=[[0.6], [0.6]],
        prevalence=[0.5, 0.5],
    )
    within, across = (
        run_chunks(survival_trial(plan, ONE, stratified=s), 2_000, 500, seed=3)
        for s in (True, False)
    )
    gain = within.rate("success").value - across.rate("success").value
    assert gain > 3.0 * within.rate("success").mcse
    assert within.moments["events"].total == across.moments["events"].total


@pytest.mark.parametrize("prevalence", [[1.0, 0.0], [0.0, 1.0]])
def test_a_prevalence_of_zero_or_one_is_one_stratum(prevalence: list[float]) -> None:
    plan = survival_plan(
        *(100, [50]),
        accrual=[0, 8],
        hazard=0.1,
        hazard_ratio=[[0.5], [0.5]],
        prevalence=prevalence,
    )
    a, b = (
        run_chunks(survival_trial(plan, ONE, stratified=s), 300, 100, seed=3) for s in (True, False)
    )
    assert a.counts["success"] == b.counts["success"] > 0


def test_threads_and_a_copy_give_the_same() -> None:
    trial = survival_trial(RPACT["survival_null"][1], BOUNDS)
    copy = pickle.loads(pickle.dumps(trial))
    alone = run_chunks(trial, 200, 50, seed=4)
    for other in (run_chunks(trial, 200, 50, seed=4, workers=4), run_chunks(copy, 200, 50, seed=4)):
        assert np.array_equal(alone.counts["rejected"], other.counts["rejected"])
        assert alone.moments["estimate"].total == other.moments["estimate"].total


def test_what_does_not_fit_is_said_at_once() -> None:
    plan = RPACT["survival_null"][1]
    with pytest.raises(ArrayError) as caught:
        survival_trial(plan, ONE, benefit="less", rho=-1.0, gamma=math.inf)
    assert [p.field for p in caught.value.problems] == ["benefit", "bounds", "rho", "gamma"]
