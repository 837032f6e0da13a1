"""Made-up markers with claims of every form, one without a claim, and a cheap warning."""

from __future__ import annotations

from typing import Any

from equipoise.biomarkers import CaseBiomarkers, Marker, assess_case, null_models
from equipoise.evidence.question import PhenotypeLevel
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.plan import NormalPrior

PRIOR = NormalPrior(
    name="small", target="interaction", sd=0.354, label="small", source="assumed by the test"
)


def _claim(claim_id: str, outcome: str, measure: str, **more: Any) -> dict[str, Any]:
    fixed = {"id": claim_id, "outcome": outcome, "measure": measure}
    return {**fixed, "level": "positive", "against": "negative", **more}


def markers(hostile: str) -> tuple[Marker, ...]:
    claims = [
        _claim(
            "m-os",
            "OS",
            "HR",
            level_row="delta_os_pos",
            whole_rows=["delta_os_high", "delta_os_low"],
            factors=4,
            status="exploratory",
            note=f"By subtraction {hostile}.",
        ),
        _claim("m-cure", "cure", "OR", level_row="alpha_cure", against_row="beta_cure"),
    ]
    first = {
        "id": "m",
        "label": f"Marker {hostile}",
        "kind": "receptor",
        "assay": {"name": f"stain {hostile}"},
        "cut_chosen": "unknown",
        "level": "positive",
        "against": "negative",
        "prevalence": {"value": 0.2, "source": f"counted {hostile}", "confidence": "medium"},
        "claims": claims,
    }
    second = {
        "id": "gene",
        "label": "Gene",
        "kind": "genotype",
        "assay": {"name": "genotyping"},
        "cut": "any B",
        "cut_chosen": "not continuous",
        "level": "any_B",
        "against": "AA",
        "prevalence": {"value": 0.3, "source": "one trial", "confidence": "low"},
    }
    third = {**second, "id": "other", "label": "Other", "prevalence": {"source": "not found"}}
    return tuple(Marker.model_validate(fields) for fields in (first, second, third))


def biomarkers(base: EvidenceBase, hostile: str) -> CaseBiomarkers:
    focus = PhenotypeLevel(axis="m", level="positive")
    gaps = null_models(7, sizes=(40, 60), trials=8)
    return assess_case(markers(hostile), base, (PRIOR,), focus, gaps)
