"""Everything a case asks of the design room, in one value."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.mixture_integral import Belief
from equipoise.design.belief.strata_belief import StrataBelief, divided, updated_difference
from equipoise.design.choice.beliefs import Beliefs
from equipoise.design.choice.bench import ALONE, Crew
from equipoise.design.choice.candidate import DesignPlan, MarkerSplit, Samples
from equipoise.design.choice.input_sources import PlanInput, plan_inputs
from equipoise.design.choice.study_information import Setting
from equipoise.design.choice.study_proposals import Proposal, proposals
from equipoise.design.ipd import StoredSamples, stored_samples
from equipoise.design.next_study import NextStudy, rank_studies
from equipoise.design.stored.released_information import Truth
from equipoise.design.stored.trials_on_record import Supply, trials_on_record
from equipoise.design.synopsis import Section, synopsis
from equipoise.errors import InputError, Problem
from equipoise.evidence.gap_map import GapMap
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.evidence_synthesis import Synthesis
from equipoise.synthesis.posteriors.spike_and_slab import INTERACTION_PRIORS, interaction_posterior
from equipoise.synthesis.printed_rows import has_interval, printed_estimate

HEADLINE = "reference"
EFFECT = "positive"
"""Name, in the posterior, of the effect in the level asked about."""


@dataclass(frozen=True)
class CaseDesign:
    """The ranking of a case's candidate studies, and a synopsis of the best trial.

    Attributes
    ----------
    studies : NextStudy
    synopsis : tuple of Section
    inputs : tuple of PlanInput
        Every number the ranking rests on, with its source.
    """

    studies: NextStudy
    synopsis: tuple[Section, ...]
    inputs: tuple[PlanInput, ...]


def design_studies(
    evidence: EvidenceBase,
    question: Question,
    gaps: GapMap,
    synthesis: Synthesis,
    plan: DesignPlan,
    *,
    name: str,
    seed: int,
    draws: int = 20_000,
    crew: Crew = ALONE,
) -> CaseDesign:
    """Value the candidate studies of a case on what the synthesis believes.

    Parameters
    ----------
    evidence, question, gaps, synthesis
        As made by the rooms below.
    plan : DesignPlan
        The case's own slice.
    name : str
        Of the case, on the command line.
    seed, draws : int
        Of the common draws.
    crew : Crew
        Who computes; no number depends on it.

    Returns
    -------
    CaseDesign

    Raises
    ------
    InputError
        When no trial gives both levels (there is then no belief to plan on), the outcome has no
        smallest worthwhile effect, or a marker's rows print no interval.
    """
    found = next(one for one in synthesis.comparisons if one.asked.id == plan.comparison)
    problems = list(_problems(found, evidence, plan))
    if problems:
        raise InputError(problems)
    beliefs = _beliefs(found, evidence, plan)
    stored = {one.outcome: one for one in _stored(evidence, gaps, synthesis, found, plan, seed)}
    early = question.outcome(plan.link.early) if plan.link else None
    setting = Setting(plan, found.outcome, early, stored, beliefs.effect(HEADLINE))
    items: list[Proposal] = [
        item for candidate in plan.candidates for item in proposals(candidate, setting)
    ]
    ranked = rank_studies(
        items,
        beliefs,
        plan,
        found.outcome,
        seed=seed,
        draws=draws,
        stored=tuple(stored.values()),
        crew=crew,
    )
    return CaseDesign(ranked, synopsis(ranked, question, found, name), plan_inputs(plan))


def _problems(
    found: PhenotypeSynthesis, evidence: EvidenceBase, plan: DesignPlan
) -> Iterator[Problem]:
    where = "[design]"
    if found.belief is None:
        action = "Name a comparison in which at least one trial gives both levels."
        allowed = "a comparison with a belief"
        yield Problem("case.toml", where, "comparison", plan.comparison, allowed, action)
    if found.outcome.smallest_worthwhile is None:
        action = "Give the outcome a smallest_worthwhile and its source."
        yield Problem(
            "case.toml", where, "comparison", plan.comparison, "an outcome with one", action
        )
    rows = {row.result_id: row for row in evidence.results}
    for marker in plan.markers:
        for field, name in (("row", marker.row), ("rest", marker.rest)):
            if name and (name not in rows or not has_interval(rows[name])):
                allowed = "a result row with an interval"
                action = "Correct the id, or leave both out for a belief that is prior only."
                yield Problem(
                    "case.toml", f"{where} marker {marker.axis}", field, name, allowed, action
                )


def _beliefs(found: PhenotypeSynthesis, evidence: EvidenceBase, plan: DesignPlan) -> Beliefs:
    belief = found.belief
    if belief is None:
        raise InputError(_problems(found, evidence, plan))
    named = {}
    for name, prior in INTERACTION_PRIORS.items():
        result = interaction_posterior(
            *belief.negative, *belief.positive, prior, covariance=belief.covariance
        )
        named[name] = (result.posterior, EFFECT)
    divisions: dict[str, dict[str, StrataBelief]] = {name: {} for name in named}
    whole = Beliefs(named, divisions, HEADLINE)
    for marker in (split for each in plan.markers for split in each.splits()):
        for name in named:
            divisions[name][marker.key] = divided(
                whole.effect(name), marker.prevalence.value, _difference(marker, evidence, name)
            )
    return whole


def _difference(marker: MarkerSplit, evidence: EvidenceBase, prior: str) -> Belief:
    """Return what is believed of a marker: the named prior, after the rows if there are any."""
    believed = INTERACTION_PRIORS[prior]
    if not (marker.row and marker.rest):
        return updated_difference(believed, 0.0, math.inf)
    one, other = (printed_estimate(evidence.result(name)) for name in (marker.row, marker.rest))
    return updated_difference(believed, one.value - other.value, math.hypot(one.se, other.se))


def _stored(
    evidence: EvidenceBase,
    gaps: GapMap,
    synthesis: Synthesis,
    found: PhenotypeSynthesis,
    plan: DesignPlan,
    seed: int,
) -> Iterator[StoredSamples]:
    """Yield what stored samples would tell, outcome by outcome along the same phenotype."""
    if plan.samples is None:
        return
    supply = supply_of(plan.samples)
    risks = {
        c.outcome: c.control_risk.value
        for c in plan.candidates
        if c.kind == "stored_samples" and c.control_risk
    }
    for one in synthesis.comparisons:
        same = (one.asked.axis, one.asked.level) == (found.asked.axis, found.asked.level)
        trials = trials_on_record(one, evidence, gaps, supply) if same else ()
        if trials:
            lower = one.outcome.better == "lower"
            gamma = math.log(plan.interaction) * (-1.0 if lower else 1.0)
            yield stored_samples(
                trials,
                Truth(gamma, 0.0, risks.get(one.outcome.name)),
                tau_d=plan.between_trial_sd.value,
                rng=np.random.default_rng(seed),
            )


def supply_of(samples: Samples) -> Supply:
    """Numbers of the case's sample description, without their sources."""
    return Supply(
        samples.share.value,
        samples.available.value,
        samples.consent.value,
        samples.assay_success.value,
        samples.sensitivity.value,
        samples.specificity.value,
        samples.cost_per_trial.value,
        samples.cost_per_sample.value,
    )
