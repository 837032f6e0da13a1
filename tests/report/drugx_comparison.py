"""Survival of the made-up evidence in two levels of the marker, with its beliefs."""

from __future__ import annotations

from equipoise.report.dossier import Dossier
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis, synthesise_phenotype
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.plan import Plan

ASKED = Comparison(
    id="os-by-m",
    outcome="OS",
    label="Overall survival",
    axis="m",
    level="positive",
    reference="negative",
    complements=("delta-os",),
)


def compare(dossier: Dossier) -> PhenotypeSynthesis:
    """Marker-positive 0.64 (0.43-0.95) against the derived marker-negative 1.09 (0.93-1.27)."""
    derived = {c.spec.id: c for c in dossier.synthesis.complements}
    rows = tuple(row for row in dossier.evidence.results if row.result_id == "delta_os_pos")
    evidence = dossier.evidence.model_copy(update={"results": rows})
    return synthesise_phenotype(evidence, dossier.question, ASKED, Plan(), derived)
