"""Populations of a stratified trial compared as a log-rank test of finished data compares them."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.design.engines import survival_plan
from equipoise.design.engines.patients import draw_trials
from equipoise.design.enrichment import nested
from equipoise.design.evaluation.engine_comparison import compare_engines
from equipoise.design.evaluation.evaluation import evaluate
from equipoise.design.evaluation.stratified_events import StratifiedEvents
from equipoise.design.trial.look_schedule import Looks
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import TimeToEvent
from equipoise.design.trial.trial_marker import Marker, Populations
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.survival.rank_test import log_rank

CALLED = np.array([0, 1, 0, 1])
"""True negatives called negative and positive, then true positives."""


def test_each_population_is_a_log_rank_test_within_called_strata() -> None:
    plan = survival_plan(
        90,
        [50],
        accrual=[0.0, 10.0],
        hazard=[[0.05], [0.05], [0.08], [0.08]],
        hazard_ratio=[[1.0], [1.0], [0.5], [0.5]],
        prevalence=[0.4, 0.1, 0.1, 0.4],
        dropout=0.01,
    )
    drawn = StratifiedEvents(nested([0.5, 0.5]), plan, CALLED, np.full(2, np.nan))
    found = drawn.draw(np.random.default_rng(3), 0, np.full(4, 1))
    trials = draw_trials(plan, np.random.default_rng(3), 4)
    for i in range(4):
        leaves = trials.arrival[i] + trials.follow_up[i]
        when = np.sort(leaves[trials.event[i]])[49]
        entered = trials.arrival[i] < when
        time = np.minimum(trials.follow_up[i], when - trials.arrival[i])[entered]
        event = (trials.event[i] & (leaves <= when))[entered]
        called, treated = CALLED[trials.stratum[i]][entered], trials.treated[i][entered]
        whole = log_rank(time, event, treated, strata=called)
        inside = called == 1
        part = log_rank(time[inside], event[inside], treated[inside])
        assert found.z[i] == pytest.approx([-part.z, -whole.z], abs=1e-9)
        assert found.effect[i, 1] == pytest.approx(-part.log_hazard_ratio, abs=1e-9)
        assert found.patients[i].sum() == entered.sum()


TIERS = Populations(("high", "some", "all"), (0.2, 0.5, 1.0))


@pytest.mark.parametrize(
    ("parts", "effect"),
    [
        ({"marker": Marker(0.4)}, (0.0, -0.5)),
        ({"marker": Marker(0.4, 0.9, 0.9)}, 0.0),
        ({"populations": TIERS}, (0.0, -0.2, -0.5)),
    ],
)
def test_statistics_agree_with_patients(
    parts: dict[str, Marker], effect: float | tuple[float, ...]
) -> None:
    design = Design("stratified", TimeToEvent(), 600, 300, combination="inverse-normal", **parts)
    compared = compare_engines(design, Scenario(0.03, effect), replicates=1500, seed=7)
    gaps = [g for g in compared.gaps if g.measure in ("power", "any_rejection")]
    assert len(gaps) == len(design.hypotheses) + 1
    assert [g for g in gaps if abs(g.errors) > 4.0] == []


def test_patients_at_several_looks_are_refused_with_the_way_out() -> None:
    looks = Looks((0.5, 1.0))
    design = Design(
        "stratified", TimeToEvent(), 600, 300, looks, marker=Marker(0.4), combination="fisher"
    )
    with pytest.raises(ArrayError, match="at-the-end"):
        evaluate(design, Scenario(0.03, -0.3), "patient")
    assert evaluate(design, Scenario(0.03, -0.3), replicates=100).engine == "statistic"
