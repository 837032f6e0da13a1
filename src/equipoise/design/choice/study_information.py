"""What a study of some size would say of the decision's outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.mixture_integral import Belief, expectation
from equipoise.design.belief.strata_value import Adaptive, Reading, Study
from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.belief.utility import treated_risk
from equipoise.design.choice.candidate import Candidate, DesignPlan, MarkerSplit
from equipoise.design.ipd import StoredSamples
from equipoise.design.sequential import SequentialPlan, Spending, sequential_plan
from equipoise.evidence.question import Outcome
from equipoise.synthesis.arrays import Array

INTERIM = 0.5
"""Share of the information at which an adaptive study looks at the marker."""


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


def expected_fraction(
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


def information_of(size: float, early: bool, candidate: Candidate, setting: Setting) -> float:
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


def studies_of(
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
