"""What `equipoise design` answers: a plain object, and the same in words."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from equipoise.design.case_design import CaseDesign
from equipoise.design.choice.event_sizing import SizingRow
from equipoise.design.choice.study_evaluation import PriorValue, StudyEvaluation
from equipoise.design.ipd import StoredSamples
from equipoise.design.stored.finished_trial import ACCESS


def design_answer(found: CaseDesign) -> dict[str, Any]:
    """Return the ranking, the sizing table, the stored samples and the synopsis."""
    studies = found.studies
    return {
        "currency": studies.currency,
        "use_now": studies.use_now,
        "probability_of_benefit": studies.cap,
        "evpi": studies.evpi,
        "worth_of_one_event": studies.utility.worth,
        "draws": studies.draws,
        "seed": studies.seed,
        "message": studies.message,
        "ranking": [
            {"rank": rank} | _study(one) | _worth(one)
            for rank, one in enumerate(studies.evaluations, start=1)
        ],
        "sizing": [_sizing(row) for row in studies.sizing],
        "assurance_curve": [
            {
                "prior": curve.prior,
                "cap": curve.cap,
                "events": list(curve.events),
                "assurance": list(curve.assurance),
            }
            for curve in studies.assurance_curve
        ],
        "stored_samples": [_samples(one) for one in studies.stored],
        "inputs": [asdict(one) | {"assumed": one.assumed} for one in found.inputs],
        "synopsis": [{"heading": part.heading, "text": part.text} for part in found.synopsis],
    }


def _sizing(row: SizingRow) -> dict[str, Any]:
    return {
        "hazard_ratio": row.hazard_ratio,
        "events_schoenfeld": row.schoenfeld,
        "events_freedman": row.freedman,
        "events_interaction": row.interaction,
    }


def _study(one: StudyEvaluation) -> dict[str, Any]:
    """Return what is proposed."""
    item = one.study
    return {
        "id": item.id,
        "label": item.label,
        "kind": item.kind,
        "outcome": item.outcome,
        "enrolment": item.enrolment,
        "marker": item.marker,
        "cut": item.cut,
        "size": item.size,
        "unit": item.unit,
        "looks": item.looks,
        "patients": item.patients,
        "screened": item.screened,
        "months": _number(item.months),
        "cost": item.cost,
        "within_budget": one.within_budget,
        "other_sizes": [asdict(tried) for tried in one.others],
        "note": " ".join(x for x in (item.message, item.note) if x),
    }


def _worth(one: StudyEvaluation) -> dict[str, Any]:
    """Return what it is worth and what it would conclude."""
    return {
        "evsi_per_patient": one.value.evsi,
        "evpi_per_patient": one.value.evpi,
        "evsi": one.worth.evsi,
        "mcse": one.mcse,
        "enbs": one.worth.enbs,
        "evsi_per_cost": _number(one.worth.return_on_cost),
        "patients_served": one.worth.patients,
        "probability_of_change": one.value.change,
        "assurance": _number(one.assurance),
        "predictive_assurance": _number(one.predictive),
        "conclusions": [{"truth": c.truth, "significant": c.significant} for c in one.conclusions],
        "link": [{"r_squared": r, "evsi": value} for r, value in one.swept],
        "priors": [_prior(p) for p in one.priors],
    }


def _prior(one: PriorValue) -> dict[str, Any]:
    return {
        "prior": one.prior,
        "evsi": one.evsi,
        "enbs": one.enbs,
        "assurance": _number(one.assurance),
        "cap": one.cap,
    }


def _samples(one: StoredSamples) -> dict[str, Any]:
    drawn = one.simulated
    return {
        "outcome": one.outcome,
        "message": one.message,
        "patients": one.patients,
        "events_known": one.events,
        "ratio_looked_for": math.exp(one.truth.gamma),
        "information": one.pooled.information,
        "power": one.pooled.power,
        "power_with_a_perfect_assay": one.without_error.power,
        "simulated_power": None
        if drawn is None
        else {
            "one_stage": drawn.one_stage,
            "two_stage": drawn.two_stage,
            "two_stage_half": drawn.two_stage_half,
            "mcse": list(drawn.mcse),
            "replicates": drawn.replicates,
        },
        "cost": one.cost,
        "ask_in_this_order": [
            {
                "trial": r.trial.trial_id,
                "label": r.trial.label,
                "patients": r.trial.n,
                "events": _number(r.trial.events),
                "access": r.trial.access,
                "information": r.information,
                "cost": r.trial.cost,
                "information_per_cost": _number(r.per_cost),
            }
            for r in one.releases
        ],
    }


def _number(value: float) -> float | None:
    """Return a number, or None for what does not exist."""
    return float(value) if math.isfinite(value) else None


def design_text(case: CaseDesign) -> str:
    """Put the ranking into words for a terminal."""
    found, sections = case.studies, case.synopsis
    now = "use it" if found.use_now else "do not use it"
    lines = [
        f"Today's better choice: {now}. P(benefit) {found.cap:.0%} under the reference prior.",
        f"What is worth knowing at most: {_millions(found.evpi)} million {found.currency}.",
        found.message,
        "",
        "Studies by expected net benefit (million, reference prior):",
    ]
    lines += [_study_line(rank, one) for rank, one in enumerate(found.evaluations, start=1)]
    lines += ["", "Probability of a significant result if the truth is"]
    lines += [_conclusion_line(one) for one in found.evaluations if one.conclusions]
    lines += ["", "Events for 80 % power, two-sided 5 %, 1:1 (Schoenfeld; Freedman; interaction):"]
    lines += [
        f"  HR {row.hazard_ratio:g}: {row.schoenfeld:,}; {row.freedman:,}; {row.interaction:,}"
        for row in found.sizing
    ]
    for one in found.stored:
        lines += ["", f"Stored samples, {one.outcome}: {one.message}", *_sample_lines(one)]
    if sections:
        lines += ["", "Synopsis of the best trial"]
        lines += [f"  {part.heading}: {part.text}" for part in sections]
    return "\n".join([*lines, "", "Research use only."])


def _study_line(rank: int, one: StudyEvaluation) -> str:
    item = one.study
    size = f", {item.size:,} {item.unit}" if item.size else ""
    looks = f", {item.looks} looks" if item.looks > 1 else ""
    beyond = "" if one.within_budget else "; beyond the budget"
    return (
        f"  {rank}. {item.label}{size}{looks}: ENBS {_millions(one.worth.enbs)}, "
        f"EVSI {_millions(one.worth.evsi)} (MCSE {_millions(one.mcse)}), cost "
        f"{_millions(item.cost)}, {item.months:.0f} months{beyond}"
    )


def _conclusion_line(one: StudyEvaluation) -> str:
    shown = ", ".join(f"{c.truth:g}: {c.significant:.0%}" for c in one.conclusions)
    return f"  {one.study.label}: {shown}; believed: {one.assurance:.0%}"


def _sample_lines(one: StoredSamples) -> list[str]:
    if one.pooled.information == 0.0:
        return []
    head = (
        f"  {one.patients:,.0f} patients, {one.events:,.0f} events known; power "
        f"{one.pooled.power:.0%} to find a ratio of {math.exp(one.truth.gamma):.2f}"
    )
    return [head] + [
        f"  {r.trial.label}: {r.trial.n:.0f} patients; {ACCESS[r.trial.access]}; information "
        f"{r.information:.2f} for {r.trial.cost:,.0f}"
        for r in one.releases
    ]


def _millions(value: float) -> str:
    return f"{value / 1e6:,.2f}"
