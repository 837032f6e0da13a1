"""Each candidate study at each size it may have: what it reads, how long it takes, what it costs.

A proposal carries its information on the effect the decision is about. An early outcome reaches
it only through the wide link; data that are in the belief already add nothing to the average, and
something to a difference that was not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.mixture_integral import Belief, expectation
from equipoise.design.belief.strata_value import Adaptive, Reading, Study
from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.belief.utility import treated_risk
from equipoise.design.choice.candidate import Candidate, DesignPlan, MarkerSplit, Sourced
from equipoise.design.ipd import StoredSamples
from equipoise.design.sequential import SequentialPlan, Spending, sequential_plan
from equipoise.design.sizes import EventPlan, constant_accrual, months_until_events
from equipoise.evidence.question import Outcome
from equipoise.synthesis.arrays import Array

INTERIM = 0.5
"""Share of the information at which an adaptive study looks at the marker."""

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


@dataclass(frozen=True)
class Setting:
    """What the proposals of a case share."""

    plan: DesignPlan
    late: Outcome
    early: Outcome | None
    stored: Mapping[str, StoredSamples]
    belief: Belief
    """Headline belief of the effect, for how early a sequential study is expected to stop."""


def spending_plan(looks: int) -> SequentialPlan:
    """O'Brien-Fleming spending at equal steps, one-sided 2.5 %."""
    return sequential_plan(Spending("obrien-fleming"), np.arange(1, looks + 1) / looks)


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
        for size in candidate.sizes:
            yield _existing(candidate, size, setting)
    else:
        for size in candidate.sizes:
            for looks in candidate.looks:
                yield from _trials(candidate, size, looks, setting)


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
        _studies(found.level_information, early, None, candidate, setting),
        None,
        None,
        found.message,
    )


def _existing(candidate: Candidate, size: int, setting: Setting) -> Proposal:
    """Ask for recorded data: new ones read the average, known ones a marker's difference."""
    early = candidate.outcome != setting.late.name
    marker = _marker(candidate, setting.plan)
    information = _information(size, early, candidate, setting)
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
        studies, message = _studies(information, early, marker, candidate, setting), ""
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


def _trials(candidate: Candidate, size: int, looks: int, setting: Setting) -> Iterator[Proposal]:
    """Yield a trial of one size with each length of accrual; what it says is the same."""
    early = candidate.outcome != setting.late.name
    marker = _marker(candidate, setting.plan)
    plan = spending_plan(looks) if looks > 1 else None
    largest = size * (plan.inflation_factor(POWER) if plan else 1.0)
    information = _information(largest, early, candidate, setting)
    used = largest * (_expected_fraction(plan, information, early, setting) if plan else 1.0)
    studies = _studies(information, early, marker, candidate, setting)
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


def _expected_fraction(
    plan: SequentialPlan, information: float, early: bool, setting: Setting
) -> float:
    """Share of the largest information that is used on average, as believed."""
    belief, link = setting.belief, setting.plan.link
    if early and link is not None:
        wide = SurrogateLink(
            link.r_squared[len(link.r_squared) // 2], link.sd_early.value, link.sd_late.value
        )
        belief = wide.early_belief(belief)
    drift = math.sqrt(information)
    return expectation(belief, lambda theta: plan.expected_information(np.abs(theta) * drift))


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


def _information(size: float, early: bool, candidate: Candidate, setting: Setting) -> float:
    """Information on the log effect of the outcome it reads, 1:1.

    Events / 4 for a hazard ratio; for an odds ratio the inverse of
    `2 / (n p (1 - p)) + 2 / (n p1 (1 - p1))`, `p1` at the smallest worthwhile effect.
    """
    if not early:
        return size / 4.0
    risk = candidate.control_risk.value if candidate.control_risk else 0.5
    worthwhile = (setting.early.smallest_worthwhile if setting.early else None) or 1.0
    treated = float(treated_risk(risk, worthwhile, "OR"))
    return 0.5 * size / (1.0 / (risk * (1.0 - risk)) + 1.0 / (treated * (1.0 - treated)))


def _studies(
    information: float,
    early: bool,
    marker: MarkerSplit | None,
    candidate: Candidate,
    setting: Setting,
) -> tuple[Study, ...]:
    """Return what it says of the late outcome, for each R2 of the link."""
    link = setting.plan.link
    if not early or link is None:
        return (_by_enrolment(information, marker, candidate),)
    out = []
    for r_squared in link.r_squared:
        wide = SurrogateLink(r_squared, link.sd_early.value, link.sd_late.value)
        out.append(_by_enrolment(wide.late_information(information), marker, candidate))
    return tuple(out)


def _by_enrolment(information: float, marker: MarkerSplit | None, candidate: Candidate) -> Study:
    if marker is None:
        return Reading(np.ones((1, 1)), np.array([information]))
    share = marker.prevalence.value
    shares = np.array([share, 1.0 - share])
    apart = np.eye(2)
    if candidate.enrolment == "all":
        return Reading(shares[None, :], np.array([information]))
    if candidate.enrolment == "enriched":
        return Reading(apart[:1], np.array([information]))
    if candidate.enrolment == "stratified":
        return Reading(apart, information * shares)
    first: Array = INTERIM * information * shares
    only = first + np.array([(1.0 - INTERIM) * information, 0.0])
    return Adaptive(
        Reading(apart, first), Reading(apart, information * shares), Reading(apart, only)
    )


def _marker(candidate: Candidate, plan: DesignPlan) -> MarkerSplit | None:
    return next((m for m in plan.markers if m.axis == candidate.marker), None)


def _value(number: Sourced | None) -> float:
    return number.value if number else 0.0
