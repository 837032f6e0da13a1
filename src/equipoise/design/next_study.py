"""Which study to do next: every candidate valued on one belief, one decision and common draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.mixture_integral import expectation
from equipoise.design.belief.population_value import Population
from equipoise.design.belief.utility import Utility
from equipoise.design.choice.assurance_curve import AssuranceCurve, assurance_curves
from equipoise.design.choice.beliefs import Beliefs
from equipoise.design.choice.bench import ALONE, Bench, Crew
from equipoise.design.choice.candidate import DesignPlan
from equipoise.design.choice.event_sizing import SizingRow, sizing_table
from equipoise.design.choice.input_sources import plan_inputs
from equipoise.design.choice.study_evaluation import StudyEvaluation
from equipoise.design.choice.study_proposals import Proposal
from equipoise.design.ipd import StoredSamples
from equipoise.errors import ComputationError
from equipoise.evidence.question import Outcome

METHOD_CITES = {"next study": ("ades2004", "ohagan2005", "schoenfeld1981")}


@dataclass(frozen=True)
class NextStudy:
    """Candidates ranked by expected net benefit of sampling, the best first.

    Attributes
    ----------
    evaluations : tuple of StudyEvaluation
    currency : str
    utility : Utility
        With the worth of one event averted at which the smallest worthwhile effect breaks even.
    use_now : bool
        The better choice today.
    cap : float
        P(benefit) under the reference prior.
    evpi : float
        Of the undivided population, in the currency.
    sizing : tuple of SizingRow
    assurance_curve : tuple of AssuranceCurve
        One a prior, for an outcome that is a time to an event; else none.
    draws, seed : int
    stored : tuple of StoredSamples
    message : str
    """

    evaluations: tuple[StudyEvaluation, ...]
    currency: str
    utility: Utility
    use_now: bool
    cap: float
    evpi: float
    sizing: tuple[SizingRow, ...]
    assurance_curve: tuple[AssuranceCurve, ...]
    draws: int
    seed: int
    stored: tuple[StoredSamples, ...]
    message: str


def decision_utility(plan: DesignPlan, outcome: Outcome) -> Utility:
    """Return the utility at which the smallest worthwhile effect just pays."""
    harm = math.fsum(harm.value for harm in plan.decision.harms)
    base = Utility(
        1.0,
        plan.decision.baseline_risk.value,
        "HR" if outcome.measure == "HR" else "OR",
        "lower" if outcome.better == "lower" else "higher",
        harm,
        plan.decision.cost.value,
    )
    if outcome.smallest_worthwhile is None:
        raise ComputationError(f"{outcome.name} has no smallest worthwhile effect")
    return base.broken_even_at(outcome.smallest_worthwhile)


def rank_studies(
    candidates: Iterable[Proposal],
    beliefs: Beliefs,
    plan: DesignPlan,
    outcome: Outcome,
    *,
    seed: int,
    draws: int = 20_000,
    stored: Sequence[StoredSamples] = (),
    crew: Crew = ALONE,
) -> NextStudy:
    """Value every proposal, keep the best size of each candidate, and rank.

    Parameters
    ----------
    candidates : iterable of Proposal
    beliefs : Beliefs
    plan : DesignPlan
    outcome : Outcome
        Of the decision.
    seed, draws : int
        Of the common draws; each marker has the same.
    stored : sequence of StoredSamples
        Shown with the ranking.
    crew : Crew
        Who computes.

    Returns
    -------
    NextStudy
        A candidate whose events never come keeps its place at the end, with its message.
    """
    utility = decision_utility(plan, outcome)
    population = Population(
        plan.stake.patients_a_year.value,
        plan.stake.uptake.value,
        plan.stake.horizon_years.value,
        plan.stake.discount_rate.value,
    )
    bench = Bench(beliefs, utility, population, plan, seed, draws, crew)
    found = bench.evaluate(list(candidates))
    posterior, effect = beliefs.named[beliefs.headline]
    believed = beliefs.effect(beliefs.headline)
    now = expectation(believed, utility.of)
    turn = math.log(float(outcome.smallest_worthwhile or 1.0))
    perfect = expectation(believed, lambda x: np.maximum(utility.of(x), 0.0), [turn])
    sizing = sizing_table(plan.truths)
    return NextStudy(
        evaluations=tuple(sorted(found, key=lambda e: (-e.worth.enbs, e.study.id))),
        currency=plan.decision.currency,
        utility=utility,
        use_now=now > 0.0,
        cap=posterior.probability(effect, below=0.0),
        evpi=(perfect - max(0.0, now)) * population.patients_reached(0.0),
        sizing=sizing,
        assurance_curve=assurance_curves(beliefs, sizing) if outcome.measure == "HR" else (),
        draws=draws,
        seed=seed,
        stored=tuple(stored),
        message=_message(found, plan),
    )


def _message(found: Sequence[StudyEvaluation], plan: DesignPlan) -> str:
    """Say what the ranking rests on before anybody reads it."""
    best = max(found, key=lambda e: e.worth.enbs)
    sentences = []
    if best.worth.enbs <= 0.0 and best.study.kind != "nothing":
        sentences.append("No study returns what it costs under these assumptions.")
    inputs = plan_inputs(plan)
    assumed = sum(item.assumed for item in inputs)
    sentences.append(
        f"{assumed} of the {len(inputs)} inputs are assumed; the ranking moves with them."
    )
    return " ".join(sentences)
