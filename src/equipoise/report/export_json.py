"""The dossier as JSON: the content of the page, numbers on the natural scale."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from equipoise.report.answers import plain
from equipoise.report.dossier import SCHEMA_VERSION, Dossier
from equipoise.report.methods import write_methods
from equipoise.report.summary.mechanism import mechanism_sentences
from equipoise.report.summary.passages import summarise
from equipoise.report.tables.evidence import gap_records
from equipoise.report.tables.mechanism import MECHANISM_NAMES
from equipoise.report.tables.table import Table

_AS_TABLES = (
    "complements",
    "comparisons",
    "comparison_rows",
    "movement",
    "beliefs",
    "sweep",
    "retrodiction",
    "retrodiction_cases",
    "predictors",
    "eligible",
    "null_models",
    "studies",
    "study_priors",
    "study_conclusions",
    "study_links",
    "sizing",
    "stored_outcomes",
    "stored_samples",
    "design_inputs",
)
"""Tables whose rows stand in the document under the table's own name."""


def dossier_document(dossier: Dossier, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Gather what dossier.json holds; described by schemas/dossier.schema.json."""
    methods = write_methods(dossier)
    headline = dossier.gap_map.headline
    return {
        "title": dossier.title,
        "case": dossier.provenance.case,
        "research_use": dossier.options.research_use,
        "question": plain(dossier.question),
        "summary": [plain(passage) for passage in summarise(dossier)],
        "results": [plain(result) for result in dossier.results],
        "pools": plain(tables["pools"].records),
        "contributions": plain(tables["contributions"].records),
        "exclusions": plain(tables["exclusions"].records),
        "absolute": [
            plain(record)
            for name in ("absolute_benefit", "absolute_harm")
            for record in tables[name].records
        ],
        **{name: plain(tables[name].records) for name in _AS_TABLES},
        "mechanism": _mechanism(dossier, tables),
        "design": _design(dossier),
        "cohorts": plain(dossier.synthesis.cohorts),
        "gap_map": {
            "axis": dossier.gap_map.axis,
            "levels": list(dossier.gap_map.levels),
            "cells": plain(gap_records(dossier)),
            "headline": plain(headline),
        },
        "findings": [plain(finding) for finding in dossier.findings],
        "methods": [
            {"text": paragraph.text, "cites": list(paragraph.cites)}
            for paragraph in methods.paragraphs
        ],
        "references": [plain(reference) for reference in methods.references],
        "limitations": list(dossier.options.limitations),
        "glossary": [plain(entry) for entry in dossier.options.glossary],
        "evidence": plain(dossier.evidence),
        "provenance": plain(dossier.provenance),
    }


def _design(dossier: Dossier) -> dict[str, Any] | None:
    """Gather what the design room says of the decision as a whole; its lists are tables."""
    if dossier.design is None:
        return None
    found = dossier.design.studies
    return {
        "currency": found.currency,
        "measure": found.utility.measure,
        "use_now": found.use_now,
        "probability_of_benefit": plain(found.cap),
        "evpi": plain(found.evpi),
        "worth_of_one_event": plain(found.utility.worth),
        "draws": found.draws,
        "seed": found.seed,
        "message": found.message,
        "assurance_curve": plain(found.assurance_curve),
        "synopsis": plain(dossier.design.synopsis),
    }


def _mechanism(dossier: Dossier, tables: Mapping[str, Table]) -> dict[str, Any] | None:
    """Gather what the model says: its lists are tables, all of it simulated, fitted or assumed."""
    found = dossier.mechanism
    if found is None:
        return None
    return {
        "drug": found.drug,
        "backbone": found.backbone,
        "definition": found.definition,
        "seed": found.seed,
        "model": plain(found.summary),
        "gain": plain(found.gain),
        "verdict": found.weights.verdict,
        "bayes_factor": plain(found.weights.bayes_factor),
        "sentences": [plain(sentence) for sentence in mechanism_sentences(dossier)],
        **{name: plain(tables[f"mechanism_{name}"].records) for name in MECHANISM_NAMES},
    }


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """Write a document: `schema_version` first, every other key sorted, at every depth."""
    ordered: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    ordered |= {key: _sorted(document[key]) for key in sorted(document)}
    text = json.dumps(ordered, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
