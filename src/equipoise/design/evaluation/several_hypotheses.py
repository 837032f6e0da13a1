"""Designs with a hypothesis for each population: stratified, adaptive enrichment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import logit

from equipoise.design.closed import InverseNormal
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    Nested,
    SurvivalEnrichment,
    nested,
    normal_endpoint,
    rate_endpoint,
    stage_patients,
    survival_setting,
)
from equipoise.design.evaluation.event_pieces import event_plans, expected_looks, pieces_of
from equipoise.design.evaluation.simulation_job import Job
from equipoise.design.evaluation.single_hypothesis import patient_plan
from equipoise.design.evaluation.stage_wise import (
    StageWise,
    by_cohorts,
    by_events,
    by_one_look,
    by_patients,
    closed_reader,
)
from equipoise.design.evaluation.stratified_events import StratifiedEvents
from equipoise.design.sizes.event_forecast import LATEST_MONTHS, expected_events_by_piece
from equipoise.design.trial.refusals import problem
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, TimeToEvent
from equipoise.design.trial.truth_in_groups import Groups, called_strata, mean_rates, recruited
from equipoise.synthesis.arrays import Array, ArrayError


def statistic_job(design: Design, scenario: Scenario) -> Job:
    """Prepare the simulation of normal estimates by stratum and stage."""
    return STATISTICS[type(design.analysed)](design, scenario, recruited(design, scenario))


def patient_job(design: Design, scenario: Scenario) -> Job:
    """Prepare the simulation of patients."""
    return PATIENTS[type(design.analysed)](design, scenario, recruited(design, scenario))


def _nests(design: Design, groups: Groups) -> Nested:
    """Return the populations as recruited: as planned, or as the patients come."""
    if design.subset_size == "fixed":
        return design.nests.nested()
    called = np.zeros(design.nests.size)
    for group in groups:
        called[group.called] += group.share
    return nested(called / called.sum())


def _rates(groups: Groups) -> Array:
    """Rates by called stratum and arm, shape (m, 2)."""
    return np.stack([mean_rates(stratum) for stratum in called_strata(groups)])


def _rate_patients(design: Design, scenario: Scenario, groups: Groups) -> Job:
    endpoint = design.analysed
    assert isinstance(endpoint, BinaryEndpoint)  # noqa: S101  # the record leads here for it only
    drawn = rate_endpoint(
        _nests(design, groups),
        np.diff(design.sizes, prepend=0),
        _rates(groups),
        allocation=design.arms.ratio,
        benefit=endpoint.benefit,
        effect=endpoint.effect,
        subset_size=design.subset_size,
    )
    months = design.sizes / endpoint.accrual_per_month + endpoint.read_out_months
    work = StageWise(EnrichmentSimulation(design.enrichment, drawn))
    read = closed_reader(
        design, drawn.populations.average(drawn.truth), by_patients(design, months)
    )
    return Job(work, 2_000, read)


def _rate_statistics(design: Design, scenario: Scenario, groups: Groups) -> Job:
    endpoint = design.analysed
    assert isinstance(endpoint, BinaryEndpoint)  # noqa: S101  # the record leads here for it only
    nests, p = _nests(design, groups), _rates(groups)
    totals = np.diff(design.sizes, prepend=0)
    patients = stage_patients(nests, totals, design.arms.ratio).sum(axis=3)
    arms = np.array(design.arms.allocation) / sum(design.arms.allocation)
    one = p * (1.0 - p)
    with np.errstate(divide="ignore", invalid="ignore"):
        if endpoint.effect == "difference":
            effect, unit = p[:, 1] - p[:, 0], 1.0 / np.sum(one / arms, axis=1)
        else:
            odds = logit(p)
            effect, unit = odds[:, 1] - odds[:, 0], 1.0 / np.sum(1.0 / (one * arms), axis=1)
    if not np.all(np.isfinite(unit) & (unit > 0.0)):
        allowed, action = "rates above 0, below 1", "Simulate patients."
        raise ArrayError([problem("engine", "statistic", allowed, action)])
    truth = endpoint.sign * effect
    drawn = normal_endpoint(nests, patients * unit, truth, 1.0)
    months = design.sizes / endpoint.accrual_per_month + endpoint.read_out_months
    read = closed_reader(design, nests.average(truth), by_patients(design, months))
    return Job(StageWise(EnrichmentSimulation(design.enrichment, drawn)), 10_000, read)


def _event_statistics(design: Design, scenario: Scenario, groups: Groups) -> Job:
    nests, m = _nests(design, groups), design.nests.size
    plans = event_plans(design, scenario, groups)
    months = float(expected_looks(plans, design.sizes.astype(np.float64)).months[-1])
    events, about = np.zeros(m), np.zeros(m)
    for group, plan in zip(groups, plans, strict=True):
        by_piece = expected_events_by_piece(plan, min(months, LATEST_MONTHS)).sum(axis=0)
        events[group.called] += by_piece.sum()
        about[group.called] += by_piece @ np.log(plan.ratios())
    if not np.all(events > 0.0):
        allowed, action = "hazards above 0 in every stratum", "Simulate patients."
        raise ArrayError([problem("control", scenario.control, allowed, action)])
    inside = np.where(nests.weights > 0.0, events, 0.0)
    share = inside / inside.sum(axis=1, keepdims=True)
    stages = np.diff(design.sizes, prepend=0).astype(np.float64)
    a, b = design.arms.allocation
    truth = -about / events
    drawn = normal_endpoint(
        *(nests, stages[:, None, None] * share, truth, a * b / (a + b) ** 2),
        average="information",
    )
    read = closed_reader(design, nests.average(truth), by_events(design))
    return Job(StageWise(EnrichmentSimulation(design.enrichment, drawn)), 10_000, read)


def _event_patients(design: Design, scenario: Scenario, groups: Groups) -> Job:
    endpoint = design.analysed
    assert isinstance(endpoint, TimeToEvent)  # noqa: S101  # the record leads here for it only
    if design.kind == "stratified" and design.looks.count == 1:
        return _stratified_events(design, scenario, groups, endpoint)
    _refuse_unlike(design, endpoint)
    nests, m = _nests(design, groups), design.nests.size
    starts, control, log_ratio = pieces_of(scenario, groups)
    hazards, shares = np.zeros((m, 2, starts.size)), np.zeros((m, m))
    for g, group in enumerate(groups):
        hazards[group.true] = np.stack([control[g], control[g] * np.exp(log_ratio[g])])
        shares[group.called, group.true] += group.share
    stages, choice = np.diff(design.sizes, prepend=0), endpoint.choice_events
    first = int(design.patients * design.fractions[0])
    by_population = np.maximum(np.rint(np.outer(stages, np.array(design.nests.shares))), 1)
    by_population[:, -1] = stages
    setting = survival_setting(
        nests,
        (first, design.patients - first),
        by_population,
        hazards,
        accrual=design.patients / endpoint.accrual[-1],
        interim_events=int(stages[0] if choice is None else choice),
        longest=endpoint.longest_months,
        cuts=starts[1:],
        dropout=endpoint.dropout[0],
        allocation=design.arms.ratio,
        subset_size=design.subset_size,
        true_given_called=shares / shares.sum(axis=1, keepdims=True),
    )
    work = SurvivalEnrichment(design.enrichment, setting)
    return Job(work, 200, closed_reader(design, nests.average(setting.truth), by_cohorts))


def _stratified_events(
    design: Design, scenario: Scenario, groups: Groups, endpoint: TimeToEvent
) -> Job:
    """Analyse everybody once, when the events have happened."""
    nests = _nests(design, groups)
    plan = patient_plan(design, scenario, groups)
    _, _, log_ratio = pieces_of(scenario, groups)
    called = np.array([group.called for group in groups], dtype=np.int64)
    truth = np.full(nests.size, np.nan)
    for stratum in range(nests.size):
        ratios = log_ratio[called == stratum]
        if np.ptp(ratios) == 0.0:
            truth[stratum] = -ratios[0, 0]
    drawn = StratifiedEvents(nests, plan, called, truth)
    work = StageWise(EnrichmentSimulation(design.enrichment, drawn))
    return Job(work, 500, closed_reader(design, nests.average(truth), by_one_look(design)))


def _refuse_unlike(design: Design, endpoint: TimeToEvent) -> None:
    found = []
    combination = design.enrichment.combination
    late = isinstance(combination, InverseNormal) and combination.upper[0] == np.inf
    if design.looks.count != 2 or not late:
        action = "Plan Looks((t, 1.0), 'at-the-end') and 'inverse-normal', or take 'statistic'."
        allowed = "two looks, no rejection at the first, an inverse normal combination"
        found.append(problem("looks", f"{design.looks.count} looks", allowed, action))
    if len(set(endpoint.dropout)) > 1:
        found.append(
            problem("dropout", endpoint.dropout, "the same in both arms", "Take one hazard.")
        )
    if len(endpoint.accrual) > 2:
        allowed, action = "one period of constant accrual", "Take its mean rate."
        found.append(problem("accrual", endpoint.accrual, allowed, action))
    if found:
        raise ArrayError(found)


STATISTICS: dict[type, Callable[[Design, Scenario, Groups], Job]] = {
    BinaryEndpoint: _rate_statistics,
    TimeToEvent: _event_statistics,
}
PATIENTS: dict[type, Callable[[Design, Scenario, Groups], Job]] = {
    BinaryEndpoint: _rate_patients,
    TimeToEvent: _event_patients,
}
"""What is drawn for each endpoint."""
