"""Planned studies under mechanisms: what each would show if one rival explanation were true.

The effects are simulated from a mechanism and never mixed with what trials saw: they are
scenarios beside the ranking, and no candidate is ranked on them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.design.belief.assurances import assurance
from equipoise.design.next_study import NextStudy
from equipoise.mechanism.drug_effects import DrugEffect


@dataclass(frozen=True)
class RivalScenario:
    """One study under one rival.

    Attributes
    ----------
    study, label : str
        Of the candidate.
    rival, rival_label : str
    early : bool
        Whether the study reads complete response (an odds ratio) or recurrence (a hazard ratio).
    median, low, high : float
        Predicted ratio, central 95 %.
    assurance : float
        Probability that the study ends significant for benefit.
    """

    study: str
    label: str
    rival: str
    rival_label: str
    early: bool
    median: float
    low: float
    high: float
    assurance: float


def rival_scenarios(studies: NextStudy, effects: Sequence[DrugEffect]) -> tuple[RivalScenario, ...]:
    """Put every candidate that tests something under every rival.

    Parameters
    ----------
    studies : NextStudy
    effects : sequence of DrugEffect
        One for each rival; their predictive distributions are `Posterior`s.

    Returns
    -------
    tuple of RivalScenario
        In the order of the ranking, then of the rivals.
    """
    return tuple(
        _scenario(evaluation.study.id, evaluation.study.label, evaluation.study.early,
                  evaluation.study.information, effect)
        for evaluation in studies.evaluations
        if evaluation.study.information > 0
        for effect in effects
    )  # fmt: skip


def _scenario(
    study: str, label: str, early: bool, information: float, effect: DrugEffect
) -> RivalScenario:
    predicted = effect.posterior() if early else effect.hazard_posterior()
    low, median, high = (math.exp(predicted.quantile("all", prob)) for prob in (0.025, 0.5, 0.975))
    found = assurance(predicted, "all", information, benefit="higher" if early else "lower")
    return RivalScenario(
        study, label, effect.rival, effect.label, early, median, low, high, found.probability
    )
