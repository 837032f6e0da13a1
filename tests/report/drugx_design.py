"""A made-up choice of the next study: every kind of candidate, stored samples with and without."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from equipoise.design.case_design import CaseDesign, design_studies
from equipoise.design.choice.candidate import DesignPlan
from equipoise.design.ipd import StoredSamples, stored_samples
from equipoise.design.stored.finished_trial import Access, FinishedTrial
from equipoise.design.stored.released_information import Truth
from equipoise.evidence.gap_map import GapMap
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.evidence_synthesis import Synthesis

READ = "read in a paper"


def _number(value: float, source: str = "assumed: made up") -> dict[str, Any]:
    return {"value": value, "source": source}


def _trial(name: str, label: str, **fields: object) -> dict[str, Any]:
    base = {
        "id": name,
        "label": label,
        "kind": "trial",
        "outcome": "OS",
        "sizes": [158, 631],
        "accrual_per_month": _number(100.0, READ),
        "accrual_months": _number(48.0),
        "start_up_months": _number(12.0),
        "fixed_cost": _number(1e6),
        "cost_per_patient": _number(8000.0),
    }
    return base | fields


def plan(hostile: str) -> DesignPlan:
    """A new trial, one with looks, one of the early outcome, an enriched one, data to ask for."""
    return DesignPlan.model_validate(
        {
            "comparison": "os-by-m",
            "between_trial_sd": _number(0.16, f"assumed, {hostile}"),
            "decision": {
                "horizon_years": 6.0,
                "baseline_risk": _number(0.12, READ),
                "harms": [_number(900.0)],
                "cost": _number(1000.0),
            },
            "stake": {
                "patients_a_year": _number(40000.0),
                "uptake": _number(0.5, "assumed"),
                "horizon_years": _number(20.0),
                "discount_rate": _number(0.03),
            },
            "link": {
                "early": "cure",
                "r_squared": [0.03, 0.24, 0.63],
                "source": READ,
                "sd_early": _number(0.5),
                "sd_late": _number(0.2),
            },
            "markers": [{"axis": "m", "level": "positive", "prevalence": _number(0.5)}],
            "budget": _number(1e8),
            "candidates": [
                {"id": "nothing", "label": "No further study", "kind": "nothing"},
                _trial("plain", "New trial of survival", looks=[3]),
                _trial("enriched", f"Enriched {hostile}", enrolment="enriched", marker="m"),
                _trial(
                    "early",
                    "New trial of cure",
                    outcome="cure",
                    sizes=[200],
                    control_risk=_number(0.5),
                    read_out_months=_number(6.0),
                ),
                {
                    "id": "ask",
                    "label": "Ask DELTA",
                    "kind": "existing_data",
                    "outcome": "OS",
                    "in_belief": True,
                    "sizes": [99],
                    "start_up_months": _number(12.0),
                    "fixed_cost": _number(1e4),
                    "note": "=cmd()|' /C calc'!A0",
                },
            ],
        }
    )


def _finished(name: str, outcome: str, n: float, events: float, access: Access) -> FinishedTrial:
    return FinishedTrial(
        name,
        f"{name.upper()} 2019",
        outcome,
        n / 2,
        n / 2,
        events,
        time_to_event=outcome == "OS",
        access=access,
        share=0.4,
        usable=0.6,
        fixed_cost=20_000.0,
        cost_per_patient=300.0,
    )


def stored() -> tuple[StoredSamples, ...]:
    """Cure can be had from two of four trials, one with unknown events; survival from none."""
    cure = (
        _finished("alpha", "cure", 58.0, 36.0, "stored_samples"),
        _finished("beta", "cure", 81.0, math.nan, "phenotype_known"),
        _finished("gamma", "cure", 70.0, 55.0, "one_level"),
        _finished("delta", "cure", 40.0, 10.0, "unknown"),
    )
    survival = (_finished("delta", "OS", 300.0, 120.0, "reported"),)
    return (
        stored_samples(cure, Truth(math.log(1.5), 0.0, 0.4), tau_d=0.16),
        stored_samples(survival, Truth(-math.log(1.5)), tau_d=0.16),
    )


def design(
    evidence: EvidenceBase, question: Question, gaps: GapMap, synthesis: Synthesis, hostile: str
) -> CaseDesign:
    """What the design room makes of the plan, with stored samples of our own."""
    found = design_studies(
        evidence, question, gaps, synthesis, plan(hostile), name="drugx", seed=1, draws=400
    )
    return replace(found, studies=replace(found.studies, stored=stored()))
