r"""The patient's effect and harms, taken from the evidence of a case.

The effect in the stratum is the posterior of the synthesis (spike and slab). A marker divides the
stratum: `theta_S = theta + (1 - q) g`, `theta_C = theta - q g`, with g the difference between its
levels: 0 with probability `1 - p`, else normal, confronted with the difference a trial prints.
Where both levels print an effect, q is the share of information in the level, `w_S / (w_S + w_C)`
with `w = 1 / se^2`: the stratum's effect is then the mean of its parts, and the data on theta and
on g are independent. Where none is printed, q is the prevalence and g its prior.

The design room divides by prevalence throughout (`equipoise.design.belief.divided`): there theta is
the average over the patients to come, which no design may move by asking about a marker. Against
the strata here its strata are moved by `(q - prevalence) E(g)`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.biomarkers.patient.effect_mixture import EffectMixture, from_posterior, total
from equipoise.biomarkers.patient.patient_options import Patient
from equipoise.biomarkers.patient.patient_plan import PatientMarker, PatientPlan
from equipoise.errors import InputError, Problem
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.by_outcome import synthesise_outcome
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis, synthesise_phenotype
from equipoise.synthesis.complements import derive_complement
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.plan import Plan, pools_of
from equipoise.synthesis.posteriors import SpikeAndSlabPrior, interaction_posterior, posterior
from equipoise.synthesis.printed_rows import printed_estimate

METHOD_CITES = {"spike and slab": ("mitchell1988",)}


@dataclass(frozen=True)
class StratumData:
    """What the synthesis found in the two levels of the phenotype.

    Attributes
    ----------
    negative, positive : tuple of float
        Log effect and standard error in the reference level and in the level asked about.
    covariance : float
    name : str
        ``positive`` or ``negative``: the patient's.
    row_ids : tuple of str
        Evidence rows.
    """

    negative: tuple[float, float]
    positive: tuple[float, float]
    covariance: float
    name: str
    row_ids: tuple[str, ...]

    @property
    def flat(self) -> float:
        """Log effect in the patient's level without any prior."""
        return (self.positive if self.name == "positive" else self.negative)[0]

    def effect(self, prior: SpikeAndSlabPrior) -> EffectMixture:
        """Belief about the effect in the patient's level."""
        (bn, sn), (bp, sp) = self.negative, self.positive
        found = interaction_posterior(bn, sn, bp, sp, prior, covariance=self.covariance)
        return from_posterior(found.posterior, self.name)


@dataclass(frozen=True)
class ModifierData:
    """One marker of the patient.

    Attributes
    ----------
    axis, level : str
        The patient's level.
    pull : float
        Number by which the difference between the levels enters the patient's effect.
    share : float
        q: of the level thought to benefit more.
    estimate, se : float or None
        Log ratio of the effects in the two levels; None where nothing is printed.
    row_ids : tuple of str
    note : str
    """

    axis: str
    level: str
    pull: float
    share: float
    estimate: float | None
    se: float | None
    row_ids: tuple[str, ...]
    note: str

    @property
    def flat(self) -> float:
        """What the printed difference adds to the log effect without any prior."""
        return 0.0 if self.estimate is None else self.pull * self.estimate

    def difference(self, prior: SpikeAndSlabPrior) -> EffectMixture:
        """Belief about the difference between the levels."""
        if self.estimate is None or self.se is None:
            return from_posterior(prior.difference().posterior("g"), "g")
        found = posterior(
            [self.estimate],
            V=[[self.se**2]],
            X=[[1.0]],
            names=["g"],
            random=[],
            mean=[prior.difference()],
        )
        return from_posterior(found, "g")

    def effect(self, prior: SpikeAndSlabPrior) -> EffectMixture:
        """Belief about what the marker adds in this patient."""
        return self.difference(prior).times(self.pull)


@dataclass(frozen=True)
class Harm:
    """One harm beside the benefit; `difference` is None where no trial reports it."""

    pool: str
    label: str
    difference: AbsoluteDifference | None
    note: str


def comparison_of(plan: PatientPlan, synthesis: Plan) -> Comparison:
    """Return the comparison whose effect is used."""
    return next(asked for asked in synthesis.comparisons if asked.id == plan.comparison)


def stratum_data(
    evidence: EvidenceBase, question: Question, synthesis: Plan, asked: Comparison, level: str
) -> StratumData:
    """Run the one comparison, and only the complements it needs.

    Raises
    ------
    InputError
        When no trial gives both levels: there is then no belief to take.
    """
    derived = {
        spec.id: derive_complement(evidence, spec, synthesis)
        for spec in synthesis.complements
        if spec.id in asked.complements
    }
    found: PhenotypeSynthesis = synthesise_phenotype(evidence, question, asked, synthesis, derived)
    if found.belief is None:
        where, action = "[patient]", "Choose a comparison with a trial that gives both levels."
        allowed = "a comparison with an effect in both levels"
        raise InputError([Problem("case.toml", where, "comparison", asked.id, allowed, action)])
    rows = tuple(dict.fromkeys(i for r in found.rows if r.part != "whole" for i in r.row_ids))
    name = "positive" if level == asked.level else "negative"
    belief = found.belief
    return StratumData(belief.negative, belief.positive, belief.covariance, name, rows)


def modifier_data(marker: PatientMarker, level: str, evidence: EvidenceBase) -> ModifierData:
    """Return what is known of one marker of the patient."""
    estimate, se, share = None, None, marker.prevalence.value
    rows: tuple[str, ...] = ()
    if marker.row:
        by_id = {row.result_id: row for row in evidence.results}
        inside, outside = (printed_estimate(by_id[i]) for i in (marker.row, marker.rest_row))
        estimate = inside.value - outside.value
        se = math.hypot(inside.se, outside.se)
        share = outside.variance / (inside.variance + outside.variance)
        rows = (marker.row, marker.rest_row)
    pull = 1.0 - share if level == marker.level else -share
    return ModifierData(marker.axis, level, pull, share, estimate, se, rows, marker.note)


def modifiers_of(
    plan: PatientPlan, patient: Patient, evidence: EvidenceBase
) -> tuple[ModifierData, ...]:
    """Markers that the patient was told by, in the order of the case."""
    return tuple(
        modifier_data(marker, patient.levels[marker.axis], evidence)
        for marker in plan.markers
        if marker.axis in patient.levels
    )


def modifier_effect(modifiers: Sequence[ModifierData], prior: SpikeAndSlabPrior) -> EffectMixture:
    """Belief about what all markers add, taken as independent."""
    return total([modifier.effect(prior) for modifier in modifiers])


def harms_of(
    plan: PatientPlan, evidence: EvidenceBase, question: Question, synthesis: Plan
) -> tuple[Harm, ...]:
    """Absolute differences of the harms the case names, and the gaps."""
    pools = {pool.id: pool for pool in pools_of(synthesis, question)}
    harms = []
    for name in plan.harms:
        found = synthesise_outcome(evidence, question, pools[name], synthesis)
        harms.append(Harm(name, pools[name].label, found.absolute, pools[name].note))
    return tuple(harms)
