"""A protocol synopsis of the best trial among the candidates, written from its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr

from equipoise.design.choice.bench import ALPHA
from equipoise.design.choice.study_evaluation import StudyEvaluation, StudySummary
from equipoise.design.next_study import NextStudy
from equipoise.evidence.question import Question
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis

ENROLMENTS = {
    "stratified": "whatever the marker, which is determined first and stratifies randomisation",
    "enriched": "in whom the marker is present",
    "adaptive": (
        "whatever the marker; after half the information accrual may go on in the marker-positive "
        "only"
    ),
}


@dataclass(frozen=True)
class Section:
    """One part of a synopsis."""

    heading: str
    text: str


def best_trial(found: NextStudy) -> StudyEvaluation | None:
    """Return the highest-ranked candidate that is a new trial, if there is one."""
    trials = (e for e in found.evaluations if e.study.kind == "trial")
    return next(trials, None)


def synopsis(
    found: NextStudy, question: Question, compared: PhenotypeSynthesis, case: str
) -> tuple[Section, ...]:
    """Write the synopsis of the highest-ranked trial; empty when no candidate is a trial.

    Parameters
    ----------
    found : NextStudy
    question : Question
    compared : PhenotypeSynthesis
        The comparison that the design rests on.
    case : str
        How the case is named on the command line.

    Returns
    -------
    tuple of Section
        Estimand, population, stratification, sample size, analysis, stopping, sensitivity, code.
    """
    best = best_trial(found)
    if best is None:
        return ()
    item = best.study
    outcome = question.outcome(item.outcome)
    level = question.level_label(compared.asked.axis, compared.asked.level)
    marker = question.axis(item.marker).label if item.marker else ""
    return (
        Section("Title", f"{item.label} ({case})"),
        Section("Estimand", _estimand(question, level, outcome.label, outcome.measure, item)),
        Section("Population", f"{question.population}; {level}{_enrolled(item)}."),
        Section("Stratification", _stratification(compared, marker)),
        Section("Sample size", _sample_size(best, found)),
        Section("Analysis", _analysis(item, outcome.measure, marker)),
        Section("Stopping", _stopping(item)),
        Section("Sensitivity", _sensitivity(best, found)),
        Section("Code", f"equipoise design {case} --json"),
    )


def _enrolled(item: StudySummary) -> str:
    """Say what the marker has to do with who enters; nothing without one."""
    if not item.marker:
        return ""
    return ", " + ENROLMENTS.get(item.enrolment, "whatever the marker")


def _estimand(question: Question, level: str, label: str, measure: str, item: StudySummary) -> str:
    effect = "hazard ratio" if measure == "HR" else "odds ratio"
    return (
        f"Treatment: {question.intervention}. Comparator: {question.comparator}. Endpoint: {label}."
        f" Population-level summary: {effect} in {level} patients as randomised, whatever happens"
        " to the treatment afterwards (treatment policy); deaths count as events where the endpoint"
        " includes them."
    )


def _stratification(compared: PhenotypeSynthesis, marker: str) -> str:
    names = ["centre", "the prognostic factors of the disease"]
    if marker:
        names.insert(0, marker)
    known = f"The phenotype ({compared.asked.axis})" + (" and the marker are" if marker else " is")
    return (
        f"Randomise 1:1, stratified by {', '.join(names)}. {known} determined centrally before "
        "randomisation."
    )


def _sample_size(best: StudyEvaluation, found: NextStudy) -> str:
    item = best.study
    powers = ", ".join(f"{_percent(c.significant)} at {c.truth:g}" for c in best.conclusions)
    text = (
        f"{item.size:,} {item.unit} in {item.patients:,.0f} patients, expected after "
        f"{item.months:.0f} months; one-sided level {ALPHA:g}, 1:1. The probability of a "
        f"significant result, by the true ratio of the outcome that counts: {powers}. Averaged "
        f"over what is believed (reference prior) it is {_percent(best.assurance)}; no size can "
        f"take it above {_percent(best.priors[_reference(best)].cap)}."
    )
    return text if item.early else f"{text} {_too_small(item, found)}".strip()


def _percent(value: float) -> str:
    """Write a probability; one decimal below 5 %, where the size of a test is."""
    return f"{100 * value:.1f} %" if value < 0.05 else f"{100 * value:.0f} %"


def _too_small(item: StudySummary, found: NextStudy) -> str:
    """Say what larger hazard ratios would need, if the trial is smaller than that."""
    rows = found.sizing
    if not rows or item.size >= rows[-1].schoenfeld:
        return ""
    first = rows[0]
    others = ", ".join(f"{row.hazard_ratio:g} needs {row.schoenfeld:,}" for row in rows[1:])
    return (
        f"For 80 % power a hazard ratio of {first.hazard_ratio:g} needs {first.schoenfeld:,} "
        f"events, {others}: a trial sized on {first.hazard_ratio:g} is far too small for weaker "
        f"effects. An interaction of that size needs {first.interaction:,} events with a marker in "
        "half the patients."
    )


def _reference(best: StudyEvaluation) -> int:
    return next(i for i, p in enumerate(best.priors) if p.prior == "reference")


def _analysis(item: StudySummary, measure: str, marker: str) -> str:
    model = "Cox model" if measure == "HR" else "logistic regression"
    test = "log-rank test" if measure == "HR" else "test of the log odds ratio"
    text = f"Primary: stratified {test}; effect from a {model} with the stratification factors."
    if item.enrolment == "adaptive":
        text += (
            " Closed test of the whole and the marker-positive population, stages combined by the "
            "inverse normal method with weights fixed in advance."
        )
    if marker:
        text += f" Interaction with {marker} within the trial, whatever the primary result."
    return text


def _stopping(item: StudySummary) -> str:
    if not item.bounds:
        return "One analysis; none before it."
    parts = [
        f"at {t:.0%} of the information z {u:.3f} (one-sided P {float(ndtr(-u)):.5f})"
        for t, u in zip(item.looks_at, item.bounds, strict=True)
    ]
    return "O'Brien-Fleming type spending: " + "; ".join(parts) + ". No futility bound is binding."


def _sensitivity(best: StudyEvaluation, found: NextStudy) -> str:
    parts = [
        f"{p.prior}: assurance {_percent(p.assurance)}, net benefit {p.enbs / 1e6:,.1f} million "
        f"{found.currency}"
        for p in best.priors
        if math.isfinite(p.assurance)
    ]
    told = "; ".join(parts)
    told = told[:1].upper() + told[1:]
    text = f"{told}. With a spread between trials the assurance is {_percent(best.predictive)}."
    if best.swept:
        links = ", ".join(f"R2 {r:g}: {value / 1e6:,.1f} million" for r, value in best.swept)
        text += f" Value through the link from the early outcome: {links}."
    return text
