"""Patients drawn by the kernel are those of a plain loop over the same generator."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.random import Generator

from equipoise.design.engines.patients import draw_trials
from equipoise.design.engines.survival_plans import SurvivalPlan

NAMES = ("plain", "even", "delayed", "strata")


def time_of(exponential: float, starts: np.ndarray, hazard: np.ndarray) -> float:
    """Walk through the pieces until the cumulative hazard is used up."""
    left = exponential
    for j, rate in enumerate(hazard):
        length = starts[j + 1] - starts[j] if j + 1 < starts.size else math.inf
        if rate > 0.0 and left <= rate * length:
            return starts[j] + left / rate
        left -= rate * length if rate > 0.0 else 0.0
    return math.inf


def plain_trial(plan: SurvivalPlan, rng: Generator) -> list[tuple[float, int, int, float, bool]]:
    """Entry, stratum, arm, follow-up and event of every patient, in order of entry."""
    n, strata = plan.patients, plan.prevalence.size
    if plan.even:
        share = (np.arange(n) + 1.0) / n
    else:
        spacings = np.array([rng.standard_exponential() for _ in range(n + 1)])
        share = np.cumsum(spacings)[:n] / spacings.sum()
    entries = np.interp(share, plan.shares, plan.edges)
    seen = [0] * strata
    rows = []
    for entry in entries:
        s = 0
        if strata > 1:
            s = int(np.searchsorted(np.cumsum(plan.prevalence)[:-1], rng.random(), side="right"))
        arm = int(plan.pattern[seen[s] % plan.pattern.size])
        seen[s] += 1
        cell = 2 * s + arm
        time = time_of(rng.standard_exponential(), plan.starts, plan.hazard[cell])
        lost = math.inf
        if plan.dropout[cell] > 0.0:
            lost = rng.standard_exponential() / plan.dropout[cell]
        rows.append((float(entry), s, arm, min(time, lost), time <= lost))
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_patients_are_those_of_a_plain_loop(plans: dict[str, SurvivalPlan], name: str) -> None:
    plan = plans[name]
    drawn = draw_trials(plan, np.random.default_rng(9), 20)
    rng = np.random.default_rng(9)
    for r in range(20):
        arrival, stratum, treated, follow_up, event = zip(*plain_trial(plan, rng), strict=True)
        trial = type(drawn)(*(values[r] for values in drawn))
        assert trial.arrival == pytest.approx(arrival, rel=1e-12)
        assert trial.stratum.tolist() == list(stratum)
        assert trial.treated.tolist() == list(map(bool, treated))
        assert trial.follow_up == pytest.approx(follow_up, rel=1e-12)
        assert trial.event.tolist() == list(event)


def test_entries_follow_the_accrual(plans: dict[str, SurvivalPlan]) -> None:
    """Accrual 2 : 0 : 1 over 3, 2 and 7 time units: 6 of 13 patients enter in the first piece."""
    size = 400
    arrival = draw_trials(plans["delayed"], np.random.default_rng(1), size).arrival
    early = (arrival < 3.0).mean()
    assert abs(early - 6 / 13) < 4.0 * math.sqrt(6 * 7 / 13**2 / arrival.size)
    assert not np.any((arrival > 3.0) & (arrival < 5.0))
    assert np.all(np.diff(arrival, axis=1) >= 0.0)


def test_even_entries_end_with_the_accrual(plans: dict[str, SurvivalPlan]) -> None:
    arrival = draw_trials(plans["even"], np.random.default_rng(1), 1).arrival[0]
    assert arrival[-1] == 10.0
    assert np.sum(arrival <= 4.0) == math.floor(61 * 4 / 22)


def test_times_have_the_survival_function_of_their_hazards(plans: dict[str, SurvivalPlan]) -> None:
    """Drop-out 0.01 and hazards 0.05, 0.1 from 6 on, none from 12 on: follow-up beyond 9."""
    drawn = draw_trials(plans["delayed"], np.random.default_rng(1), 1000)
    for treated, late in ((False, 0.1), (True, 0.05)):
        beyond = drawn.follow_up[drawn.treated == treated] > 9.0
        expected = math.exp(-0.01 * 9 - 0.05 * 6 - late * 3)
        assert abs(beyond.mean() - expected) < 4.0 * math.sqrt(expected / beyond.size)
