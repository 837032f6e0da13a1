"""One patient's absolute benefit, with the share of it that is prior."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from equipoise.biomarkers.patient.absolute_benefit import (
    AbsoluteBenefit,
    BaselineRisk,
    Better,
    Measure,
    VarianceSplit,
)
from equipoise.biomarkers.patient.baseline_table import BaselineRow, best_of, matching
from equipoise.biomarkers.patient.case_effects import (
    Harm,
    ModifierData,
    StratumData,
    comparison_of,
    harms_of,
    modifier_effect,
    modifiers_of,
    stratum_data,
)
from equipoise.biomarkers.patient.further_trial import FurtherTrial, further_trials
from equipoise.biomarkers.patient.icon_arrays import IconArray, icon_array
from equipoise.biomarkers.patient.patient_options import Patient
from equipoise.biomarkers.patient.patient_plan import PatientPlan
from equipoise.estimate import OVERFLOW
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.plan import Plan
from equipoise.synthesis.posteriors import INTERACTION_PRIORS, SpikeAndSlabPrior

PRIOR_MEAN = 0.0
"""Every prior here is centred on no effect."""
NO_SHARE = 0.05
"""Flat estimates this near to the prior mean have no prior share: the quotient explodes."""


@dataclass(frozen=True)
class Spread:
    """A number with its interval."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class NamedBenefit:
    """The answer under one prior.

    Attributes
    ----------
    prior, words : str
    ratio : Spread
        Hazard or odds ratio in the patient.
    gain : Spread
        Absolute difference of risks, positive where the treatment does good.
    mean_gain : float
    risk_with : float
        Expected risk with the treatment.
    any_benefit, worthwhile, relative : float or None
        Probability of a difference above 0, above the smallest worthwhile one, and of a ratio
        better than the smallest worthwhile ratio of the outcome (None if it declares none).
    prior_share : float or None
        `1 - posterior mean / flat estimate` of the log effect; None near the prior mean.
    variance : VarianceSplit
    """

    prior: str
    words: str
    ratio: Spread
    gain: Spread
    mean_gain: float
    risk_with: float
    any_benefit: float
    worthwhile: float
    relative: float | None
    prior_share: float | None
    variance: VarianceSplit


@dataclass(frozen=True)
class PatientBenefit:
    """Everything the command says of one patient.

    Attributes
    ----------
    patient : Patient
    outcome : Outcome
    level : float
        Of every interval.
    row : BaselineRow
        Risk without the treatment, and where it was read.
    baseline : BaselineRisk
        The same as a distribution.
    beside : tuple of BaselineRow
        Other rows that fit the patient: other outcomes or horizons, not used.
    stratum : StratumData
    modifiers : tuple of ModifierData
    flat : float
        Log effect without any prior.
    named : tuple of NamedBenefit
        Sceptic, reference, enthusiast.
    headline : NamedBenefit
    trials : tuple of FurtherTrial
        Under the headline prior.
    limit : float
        Log effect that is just worthwhile at the median baseline: no trial, however large, that
        finds less changes the answer.
    harms : tuple of Harm
    icons : IconArray
        Under the headline prior, at the expected benefit.
    """

    patient: Patient
    outcome: Outcome
    level: float
    row: BaselineRow
    baseline: BaselineRisk
    beside: tuple[BaselineRow, ...]
    stratum: StratumData
    modifiers: tuple[ModifierData, ...]
    flat: float
    named: tuple[NamedBenefit, ...]
    headline: NamedBenefit
    trials: tuple[FurtherTrial, ...]
    limit: float
    harms: tuple[Harm, ...]
    icons: IconArray


def prior_share(posterior_mean: float, flat: float) -> float | None:
    """Share of the log effect that the prior took away: `1 - posterior mean / flat estimate`.

    None where the flat estimate is within 0.05 of the prior mean. Above 1 the prior, or the other
    stratum, turned the direction; below 0 it made the effect larger.

    Examples
    --------
    >>> round(prior_share(-0.1, -0.4), 2)
    0.75
    >>> prior_share(-0.1, 0.02) is None
    True
    """
    if abs(flat - PRIOR_MEAN) <= NO_SHARE:
        return None
    return 1.0 - posterior_mean / flat


def patient_benefit(
    patient: Patient,
    plan: PatientPlan,
    question: Question,
    synthesis: Plan,
    evidence: EvidenceBase,
    baselines: Sequence[BaselineRow],
) -> PatientBenefit:
    """Answer what the treatment would do for one patient, and how little is known of it.

    Parameters
    ----------
    patient : Patient
        Of `read_patient`, which refused whatever lies outside the evidence.
    plan, question, synthesis, evidence, baselines
        Of the case.

    Returns
    -------
    PatientBenefit
        Exact: sums over the baseline, closed forms in the effect. Assumes that baseline, effect
        and modifiers are independent and that the ratio is constant up to the horizon.
    """
    asked = comparison_of(plan, synthesis)
    outcome = question.outcome(asked.outcome)
    fits = matching(baselines, patient.levels)
    row = best_of(fits, outcome.name, plan.horizon_years.value)
    if row is None:
        raise ValueError("the patient has no row of baseline risks: use read_patient")
    spread = plan.baseline_spread.value
    baseline = BaselineRisk.from_interval(row.risk, row.low, row.high, row.ci_level, spread)
    stratum = stratum_data(evidence, question, synthesis, asked, patient.levels[asked.axis])
    modifiers = modifiers_of(plan, patient, evidence)
    flat = stratum.flat + sum(modifier.flat for modifier in modifiers)
    beliefs = {
        name: _absolute(stratum, modifiers, prior, baseline, outcome)
        for name, prior in INTERACTION_PRIORS.items()
    }
    worthwhile, level = plan.smallest_worthwhile.value, synthesis.level
    named = tuple(
        _named(name, belief, outcome, flat, worthwhile, level) for name, belief in beliefs.items()
    )
    headline = next(one for one in named if one.prior == plan.headline)
    return PatientBenefit(
        patient,
        outcome,
        level,
        row,
        baseline,
        tuple(other for other in fits if other is not row),
        stratum,
        modifiers,
        flat,
        named,
        headline,
        further_trials(beliefs[plan.headline], worthwhile, plan.further_sizes),
        beliefs[plan.headline].just_worth(worthwhile),
        harms_of(plan, evidence, question, synthesis),
        icon_array(baseline.mean, headline.mean_gain, cast(Better, outcome.better)),
    )


def _absolute(
    stratum: StratumData,
    modifiers: Sequence[ModifierData],
    prior: SpikeAndSlabPrior,
    baseline: BaselineRisk,
    outcome: Outcome,
) -> AbsoluteBenefit:
    return AbsoluteBenefit(
        baseline,
        stratum.effect(prior),
        modifier_effect(modifiers, prior),
        cast(Measure, outcome.measure),
        cast(Better, outcome.better),
    )


def _named(
    name: str,
    belief: AbsoluteBenefit,
    outcome: Outcome,
    flat: float,
    worthwhile: float,
    level: float,
) -> NamedBenefit:
    whole, tail = belief.whole, 0.5 * (1.0 - level)
    low, high = belief.interval(level)
    mean, risk = belief.mean, belief.baseline.mean
    return NamedBenefit(
        name,
        INTERACTION_PRIORS[name].difference().words,
        Spread(*(ratio_of(whole.quantile(p)) for p in (0.5, tail, 1.0 - tail))),
        Spread(belief.quantile(0.5), low, high),
        mean,
        risk - mean if outcome.better == "lower" else risk + mean,
        belief.probability_above(0.0),
        belief.probability_above(worthwhile),
        _relative(belief, outcome),
        prior_share(whole.mean, flat),
        belief.variance_split(),
    )


def ratio_of(log_effect: float) -> float:
    """Ratio of a log effect; infinite where a double cannot hold it."""
    return math.inf if log_effect > OVERFLOW else math.exp(log_effect)


def _relative(belief: AbsoluteBenefit, outcome: Outcome) -> float | None:
    """Probability of a ratio better than the smallest worthwhile one."""
    smallest = outcome.smallest_worthwhile
    if smallest is None or smallest <= 0.0:
        return None
    below = float(belief.whole.below(np.asarray(math.log(smallest))))
    return below if belief.better == "lower" else 1.0 - below
