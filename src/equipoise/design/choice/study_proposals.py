"""Each candidate study at each size it may have: what it reads, how long it takes, what it costs.

A proposal carries its information on the effect the decision is about. An early outcome reaches
it only through the wide link; data that are in the belief already add nothing to the average, and
something to a difference that was not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from equipoise.design.belief.strata_value import Reading, Study
from equipoise.design.choice.candidate import Candidate, DesignPlan, MarkerSplit, Sourced
from equipoise.design.choice.study_evaluation import StudySummary
from equipoise.design.choice.study_information import (
    Setting,
    expected_fraction,
    information_of,
    spending_plan,
    studies_of,
)
from equipoise.design.sequential import SequentialPlan
from equipoise.design.sizes import EventPlan, constant_accrual, months_until_events

PACES = (0.25, 0.5, 0.75, 1.0)
"""Shares of the longest accrual to try: fewer patients followed for longer, or more for less."""

POWER = 0.8
"""Power for which looks inflate the largest size, so that they cost none of it."""


@dataclass(frozen=True)
class Proposal:
    """One candidate at one size.

    Attributes
    ----------
    candidate : Candidate
    size, looks : int
        Events or patients, and analyses; 0 for nothing.
    unit : str
        What `size` counts.
    patients, screened : float
        Patients who take part, and whose marker is determined.
    months : float
        Until the result; infinite if the events never come.
    cost : float
    early : bool
        Whether it reads the early outcome.
    read_information : float
        On the outcome it reads.
    studies : tuple of Study
        What it says of the decision's outcome: one for each R2 of the link, or only one.
    marker : MarkerSplit or None
    plan : SequentialPlan or None
        With several looks.
    message : str
    """

    candidate: Candidate
    size: int
    looks: int
    unit: str
    patients: float
    screened: float
    months: float
    cost: float
    early: bool
    read_information: float
    studies: tuple[Study, ...]
    marker: MarkerSplit | None
    plan: SequentialPlan | None
    message: str

    @property
    def headline(self) -> int:
        """Index of the study at the headline R2."""
        return len(self.studies) // 2

    def summary(self) -> StudySummary:
        """Return the proposal as it is told."""
        candidate, plan = self.candidate, self.plan
        return StudySummary(
            id=candidate.id,
            label=candidate.label,
            kind=candidate.kind,
            outcome=candidate.outcome,
            enrolment=candidate.enrolment,
            marker=self.marker.axis if self.marker else "",
            cut=self.marker.cut if self.marker else "",
            size=self.size,
            looks=self.looks,
            unit=self.unit,
            patients=self.patients,
            screened=self.screened,
            months=self.months,
            cost=self.cost,
            early=self.early,
            information=self.read_information,
            looks_at=tuple(plan.t.tolist()) if plan else (),
            bounds=tuple(plan.upper.tolist()) if plan else (),
            message=self.message,
            note=candidate.note,
        )


def proposals(candidate: Candidate, setting: Setting) -> Iterator[Proposal]:
    """Yield a candidate at every size and number of looks it may have."""
    if candidate.kind == "nothing":
        nothing = Reading(np.ones((1, 1)), np.zeros(1))
        yield Proposal(
            candidate, 0, 0, "", 0.0, 0.0, 0.0, 0.0, False, 0.0, (nothing,), None, None, ""
        )
    elif candidate.kind == "stored_samples":
        yield _stored(candidate, setting)
    elif candidate.kind == "existing_data":
        for marker, size in product(_markers(candidate, setting.plan), candidate.sizes):
            yield _existing(candidate, size, marker, setting)
    else:
        for marker, size, looks in product(
            _markers(candidate, setting.plan), candidate.sizes, candidate.looks
        ):
            yield from _trials(candidate, size, looks, marker, setting)


def _stored(candidate: Candidate, setting: Setting) -> Proposal:
    found = setting.stored[candidate.outcome]
    early = candidate.outcome != setting.late.name
    return Proposal(
        candidate,
        round(found.patients),
        1,
        "patients",
        found.patients,
        0.0,
        _value(candidate.start_up_months),
        found.cost + _value(candidate.fixed_cost),
        early,
        found.level_information,
        studies_of(found.level_information, early, None, candidate, setting),
        None,
        None,
        found.message,
    )


def _existing(
    candidate: Candidate, size: int, marker: MarkerSplit | None, setting: Setting
) -> Proposal:
    """Ask for recorded data: new ones read the average, known ones a marker's difference."""
    early = candidate.outcome != setting.late.name
    information = information_of(size, early, candidate, setting)
    if candidate.in_belief:
        share = marker.prevalence.value if marker else 0.0
        reading = Reading(
            np.array([[1.0, -1.0]]) if marker else np.ones((1, 1)),
            np.array([information * share * (1.0 - share)]),
        )
        studies: tuple[Study, ...] = (reading,)
        message = "These patients are in the belief already: asking again adds none."
        if marker:
            message += " It adds a comparison by the marker, which has not been seen."
    else:
        studies, message = studies_of(information, early, marker, candidate, setting), ""
    return Proposal(
        candidate,
        size,
        1,
        "patients" if early else "events",
        0.0,
        0.0,
        _value(candidate.start_up_months),
        _value(candidate.fixed_cost),
        early,
        0.0 if candidate.in_belief else information,
        studies,
        marker,
        None,
        message,
    )


def _trials(
    candidate: Candidate, size: int, looks: int, marker: MarkerSplit | None, setting: Setting
) -> Iterator[Proposal]:
    """Yield a trial of one size with each length of accrual; what it says is the same."""
    early = candidate.outcome != setting.late.name
    plan = spending_plan(looks) if looks > 1 else None
    largest = size * (plan.inflation_factor(POWER) if plan else 1.0)
    information = information_of(largest, early, candidate, setting)
    used = largest * (expected_fraction(plan, information, early, setting) if plan else 1.0)
    studies = studies_of(information, early, marker, candidate, setting)
    share = marker.prevalence.value if marker and candidate.enrolment == "enriched" else 1.0
    rate = _value(candidate.accrual_per_month) * share
    for pace in (1.0,) if early else PACES:
        if early:
            patients, months = used, used / rate + _value(candidate.read_out_months)
            message = ""
        else:
            patients, months, message = _event_time(candidate, rate, pace, used, setting)
        screened = patients / share if marker else 0.0
        cost = (
            _value(candidate.fixed_cost)
            + patients * _value(candidate.cost_per_patient)
            + screened * _value(candidate.screening_cost)
        )
        yield Proposal(
            candidate,
            math.ceil(largest),
            looks,
            "patients" if early else "events",
            patients,
            screened,
            months + _value(candidate.start_up_months),
            cost,
            early,
            information,
            studies,
            marker,
            plan,
            message,
        )


def _event_time(
    candidate: Candidate, rate: float, pace: float, events: float, setting: Setting
) -> tuple[float, float, str]:
    """Patients, months until so many events, and what to mind; hazards as without the drug."""
    decision = setting.plan.decision
    hazard = -math.log1p(-decision.baseline_risk.value) / (12.0 * decision.horizon_years)
    lost = -math.log1p(-(candidate.drop_out_per_year.value if candidate.drop_out_per_year else 0.0))
    months = pace * _value(candidate.accrual_months)
    plan = EventPlan(constant_accrual(rate, months), (hazard,), dropout=(lost / 12.0, lost / 12.0))
    found = months_until_events(plan, events)
    return found.patients, found.months, found.message


def _markers(candidate: Candidate, plan: DesignPlan) -> tuple[MarkerSplit | None, ...]:
    """Return every way the candidate's marker divides the phenotype; None without a marker."""
    found = (marker for marker in plan.markers if marker.axis == candidate.marker)
    return next((marker.splits() for marker in found), (None,))


def _value(number: Sourced | None) -> float:
    return number.value if number else 0.0
