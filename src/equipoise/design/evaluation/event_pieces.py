"""Hazards of groups in pieces, the effect delayed, and when the events of each look come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equipoise.design.sizes.accrual_plan import Accrual
from equipoise.design.sizes.event_forecast import (
    LATEST_MONTHS,
    expected_events,
    expected_events_by_piece,
)
from equipoise.design.sizes.event_plan import EventPlan
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import TimeToEvent
from equipoise.design.trial.truth_in_groups import Groups
from equipoise.synthesis.arrays import Array

HALVINGS = 48
"""Of a thousand years: the months are then right to 1e-10, for all looks at once."""


class Pieces(NamedTuple):
    """Hazards of groups: starts (P,), control (groups, P), log hazard ratio (groups, P)."""

    starts: Array
    control: Array
    log_ratio: Array


def pieces_of(scenario: Scenario, groups: Groups) -> Pieces:
    """Cut the hazards where the effect begins: no effect before the delay."""
    starts = np.asarray(scenario.starts, dtype=np.float64)
    cut = np.unique(np.append(starts, scenario.delay))
    at = np.searchsorted(starts, cut, side="right") - 1
    control = np.stack([group.control[at] for group in groups])
    effect = np.array([[group.effect] for group in groups])
    return Pieces(cut, control, np.where(cut >= scenario.delay, effect, 0.0))


def event_plans(design: Design, scenario: Scenario, groups: Groups) -> list[EventPlan]:
    """Return the plan of each group, its accrual a share of the whole."""
    endpoint = design.analysed
    assert isinstance(endpoint, TimeToEvent)  # noqa: S101  # the road leads here for it only
    relative = Accrual(endpoint.accrual, endpoint.accrual_rates)
    starts, control, log_ratio = pieces_of(scenario, groups)
    return [
        EventPlan(
            relative.scaled(design.patients * group.share),
            tuple(control[g].tolist()),
            tuple(np.exp(log_ratio[g]).tolist()),
            tuple(starts.tolist()),
            endpoint.dropout,
            design.arms.ratio,
        )
        for g, group in enumerate(groups)
    ]


class ExpectedLooks(NamedTuple):
    """Looks as expected: months (K,), patients entered (K,), average log hazard ratio (K,)."""

    months: Array
    patients: Array
    log_ratio: Array


def expected_looks(plans: list[EventPlan], events: Array) -> ExpectedLooks:
    """When so many events are expected in all groups, and what they are about by then.

    The average is over the events expected in each group and piece (Schoenfeld 1981). A look
    whose events are never expected has infinite months; the rest is as after endless follow-up.
    """
    low, high = np.zeros(events.size), np.full(events.size, LATEST_MONTHS)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        there = sum(expected_events(plan, middle).sum(axis=-1) for plan in plans) >= events
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    months = np.where(high < LATEST_MONTHS, high, np.inf)
    until = high
    by_piece = [expected_events_by_piece(plan, until).sum(axis=-2) for plan in plans]
    total = sum(events_of.sum(axis=-1) for events_of in by_piece)
    about = sum(e @ np.log(p.ratios()) for e, p in zip(by_piece, plans, strict=True))
    patients = sum(plan.accrual.patients(until) for plan in plans)
    return ExpectedLooks(
        months, np.asarray(patients), np.asarray(about / np.where(total > 0.0, total, 1.0))
    )
