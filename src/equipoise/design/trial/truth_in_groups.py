"""Patients as a trial meets them: groups by what they are and by what the assay calls them.

Whether a treatment works depends on the true marker; whom the trial recruits, tests and treats
depends on the called one. A group holds both, so that every kind of design is a matter of which
groups it takes and whom it treats in them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from equipoise.design.closed.markers import called_marker
from equipoise.design.trial.refusals import problem, problems_of
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint
from equipoise.synthesis.arrays import Array, ArrayError


@dataclass(frozen=True)
class Group:
    """Patients who are alike.

    Attributes
    ----------
    share : float
        Of the patients; shares add up to 1.
    true, called : int
        Stratum they are in, and the one in which the trial counts them, from the most negative.
    control : array, shape (P,)
        Rate, or hazards in pieces, under control.
    effect : float
        Log ratio of what treatment does to them.
    """

    share: float
    true: int
    called: int
    control: Array
    effect: float

    def treated_rate(self) -> float:
        """Rate under treatment: `logit p1 = logit p0 + effect`."""
        return float(expit(logit(self.control[0]) + self.effect))


Groups = tuple[Group, ...]


def all_groups(design: Design, scenario: Scenario) -> Groups:
    """Return everybody who could be recruited, by true stratum and called stratum.

    Raises
    ------
    ArrayError
        A truth that does not fit the design.
    """
    strata = design.nests.size
    rates = isinstance(design.analysed, BinaryEndpoint)
    found = scenario.misfits(strata, rates=rates)
    if found:
        raise ArrayError(found)
    control, effect = _today(scenario, strata, rates=rates), scenario.effects(strata)
    return tuple(
        Group(float(share), true, called, control[true], float(effect[true]))
        for true, row in enumerate(_shares(design, scenario))
        for called, share in enumerate(row)
        if share > 0.0
    )


def _today(scenario: Scenario, strata: int, *, rates: bool) -> Array:
    """Rate or hazards under control in this trial, drifted from those of earlier ones."""
    control, drift = scenario.controls(strata), scenario.control_drift
    if drift == 0.0:
        return control
    return np.asarray(expit(logit(control) + drift) if rates else control * math.exp(drift))


def _shares(design: Design, scenario: Scenario) -> Array:
    """Share of patients by true stratum and called stratum, shape (m, m)."""
    asked = (scenario.prevalence, scenario.sensitivity, scenario.specificity)
    marker, given = design.marker, any(value is not None for value in asked)
    if marker is None or design.nests.size != 2:
        if given:
            action = "Leave it out, or give the design a marker with two groups."
            allowed = "a design with a marker of two groups"
            raise ArrayError([problem("prevalence", asked, allowed, action)])
        return np.diag(design.nests.strata())
    supposed = (marker.positive_share, marker.sensitivity, marker.specificity)
    truth = [s if a is None else a for a, s in zip(asked, supposed, strict=True)]
    problems = problems_of(lambda: called_marker(*truth))
    if problems:
        raise ArrayError(problems)
    prevalence, sensitivity, specificity = truth
    negative = (1.0 - prevalence) * np.array([specificity, 1.0 - specificity])
    positive = prevalence * np.array([1.0 - sensitivity, sensitivity])
    return np.stack([negative, positive])


def _everybody(groups: Groups) -> Groups:
    return groups


def _called_positive(groups: Groups) -> Groups:
    top = max(group.called for group in groups)
    kept = [group for group in groups if group.called == top]
    total = sum(group.share for group in kept)
    return tuple(replace(group, share=group.share / total) for group in kept)


def _guided(groups: Groups) -> Groups:
    """In the guided arm only those called positive are treated."""
    top = max(group.called for group in groups)
    return tuple(g if g.called == top else replace(g, effect=0.0) for g in groups)


RECRUITED: dict[str, Callable[[Groups], Groups]] = {
    "all-comers": _everybody,
    "enriched": _called_positive,
    "marker-strategy": _guided,
    "stratified": _everybody,
    "adaptive-enrichment": _everybody,
}
"""Whom each kind of design recruits, and whom its second arm treats."""


def recruited(design: Design, scenario: Scenario) -> Groups:
    """Return the groups that the trial recruits, with shares among the recruited."""
    return RECRUITED[design.kind](all_groups(design, scenario))


def mean_rates(groups: Groups) -> Array:
    """Rates under control and treatment of groups recruited as they come, shape (2,)."""
    share = np.array([group.share for group in groups])
    rates = np.array([[group.control[0], group.treated_rate()] for group in groups])
    return np.asarray(share @ rates / share.sum())


def called_strata(groups: Groups) -> list[Groups]:
    """Return the groups of each called stratum, most negative first, shares adding up to 1."""
    found = []
    for called in sorted({group.called for group in groups}):
        inside = [group for group in groups if group.called == called]
        total = sum(group.share for group in inside)
        found.append(tuple(replace(group, share=group.share / total) for group in inside))
    return found
