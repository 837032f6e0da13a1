"""Tables of who could benefit: candidate predictors, who is eligible, and the warning."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.biomarkers.case_biomarkers import EligibleLevel
from equipoise.biomarkers.individual import NullGap
from equipoise.biomarkers.markers import ClaimResult, Marker
from equipoise.report.biomarker_words import (
    STATUS,
    bound,
    cut_words,
    levels,
    no_difference,
    plain_level,
    points,
    prior_part,
    raw,
    under_normal,
    under_spike,
)
from equipoise.report.dossier import Dossier
from equipoise.report.links import anchor, row_link
from equipoise.report.number_text import MISSING, grouped, number, p_value, percent
from equipoise.report.study_words import NOTHING
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import outcome_label

Cells = dict[str, str | Markup]

SCREENED_FOR = 100
"""Eligible patients for whom the number to screen is given."""


def predictors_table(dossier: Dossier) -> Table:
    """List every claim of every marker: number, source, status, and what shrinkage leaves."""
    columns = (
        Column("outcome", "Outcome"),
        Column("levels", "Level"),
        Column("raw", "From its rows", numeric=True, spanner="Ratio or difference (95 %)"),
        Column("normal", "Normal prior", numeric=True, spanner="Ratio or difference (95 %)"),
        Column("spike", "Spike and slab", numeric=True, spanner="Ratio or difference (95 %)"),
        Column("p", "P", numeric=True),
        Column("sidak", "P, factors", numeric=True),
        Column("iceman", "ICEMAN"),
        Column("status", "Status"),
        Column("confidence", "Confidence"),
        Column("rows", "Rows"),
        Column("mind", "To mind"),
    )
    pairs = tuple(_claims(dossier))
    rows = [{"marker": _heading(marker)} | _cells(one, dossier) for marker, one in pairs]
    records = tuple(_marker_record(marker) | _claim_record(one) for marker, one in pairs)
    note = (
        "Ratio of the effects in two levels, or difference of differences in its own unit. Both "
        "priors are beliefs: part of a number under them is prior, and none of it was observed. "
        "“P, factors” is adjusted (Šidák) for the factors examined, a dash where nobody knows "
        "how many. ICEMAN: the most credibility it allows, never a rating; an unanswered "
        "item counts against. Claims of one marker share patients. Research use only."
    )
    html = show("predictors", columns, rows, group="marker")
    return Table("predictors", "Candidate predictors", note, records, html)


def _claims(dossier: Dossier) -> Iterator[tuple[Marker, ClaimResult | None]]:
    """Yield each marker with each of its claims, or with none."""
    found = dossier.biomarkers
    for marker in found.markers if found else ():
        own = [one for one in found.claims if one.marker.id == marker.id] if found else []
        yield from ((marker, one) for one in own)
        if not own:
            yield marker, None


def _heading(marker: Marker) -> str:
    """Write what is measured, where it is cut and how common it is."""
    common = marker.prevalence
    share = "not found" if common.value is None else percent(100 * common.value, 1)
    return (
        f"{marker.label}. Assay: {marker.assay.name}. Cut: {cut_words(marker)}. "
        f"Share {plain_level(marker.level)}: {share} ({common.source}; {common.confidence} "
        "confidence)"
    )


def _cells(one: ClaimResult | None, dossier: Dossier) -> Cells:
    if one is None:
        return {"outcome": "no claim recorded"}
    unit = f" {one.ratio.unit}" if one.ratio.unit else ""
    return {
        "outcome": anchor(f"claim-{one.claim.id}")
        + outcome_label(dossier.question, one.claim.outcome),
        "levels": levels(one),
        "raw": f"{raw(one).text}{unit}",
        "normal": under_normal(one).text,
        "spike": under_spike(one).text,
        "p": p_value(one.p_value),
        "sidak": p_value(one.sidak_p),
        "iceman": bound(one),
        "status": STATUS[one.claim.status],
        "confidence": one.confidence,
        "rows": Markup(", ").join(row_link(row) for row in one.claim.rows),
        "mind": one.claim.note,
    }


def _marker_record(marker: Marker) -> dict[str, Any]:
    common = marker.prevalence
    return {
        "marker": marker.id,
        "label": marker.label,
        "kind": marker.kind,
        "assay": marker.assay.name,
        "cut": marker.cut,
        "cut_chosen": marker.cut_chosen,
        "prevalence": math.nan if common.value is None else common.value,
        "prevalence_source": common.source,
        "prevalence_confidence": common.confidence,
    }


def _claim_record(one: ClaimResult | None) -> dict[str, Any]:
    shown = [raw(one), under_normal(one), under_spike(one)] if one else [None] * 3
    record: dict[str, Any] = {
        "claim": one.claim.id if one else "",
        "outcome": one.claim.outcome if one else "",
        "measure": one.claim.measure if one else "",
        "level": one.claim.level if one else "",
        "against": one.claim.against if one else "",
    }
    for name, number_ in zip(("raw", "normal", "spike"), shown, strict=True):
        for end in ("value", "low", "high"):
            record[f"{name}_{end}"] = getattr(number_, end) if number_ else math.nan
    return record | {
        "prior_share": prior_part(one) if one else math.nan,
        "probability_of_no_difference": no_difference(one) if one else math.nan,
        "p_value": one.p_value if one else math.nan,
        "sidak_p": one.sidak_p if one else math.nan,
        "credibility_at_most": one.credibility.at_most if one else "",
        "credibility_message": one.credibility.message if one else "",
        "status": one.claim.status if one else "",
        "confidence": one.confidence if one else "",
        "rows": " ".join(one.claim.rows) if one else "",
        "note": one.claim.note if one else "",
    }


def eligible_table(dossier: Dossier) -> Table:
    """Tell how many patients each level of each marker would let into a study."""
    found = dossier.biomarkers
    eligible = found.eligible if found else ()
    columns = (
        Column("marker", "Marker"),
        Column("level", "Level"),
        Column("among", "Taken as share of"),
        Column("share", "Share", numeric=True),
        Column("of_all", "Of all patients", numeric=True),
        Column("screened", f"Screened for {SCREENED_FOR}", numeric=True),
        Column("source", "Source"),
        Column("confidence", "Confidence"),
    )
    focus = dossier.question.focus
    inside = dossier.question.level_label(focus.axis, focus.level) if focus else "all patients"
    note = (
        f"Share of each level among {inside}, from the same records; “of all patients” multiplies "
        "it with the share of the phenotype, as if the two were independent, which nobody has "
        "shown, and a source may have counted other patients than these. A dash is a share that "
        f"was not found.{_settling(dossier)} Research use only."
    )
    records = tuple(_eligible_record(one) for one in eligible)
    html = show("eligible", columns, [_eligible_cells(one, inside) for one in eligible])
    title = "Who would be eligible for the study that settles it"
    return Table("eligible", title, note, records, html)


def _settling(dossier: Dossier) -> str:
    """Name the best new study of the ranking, and whom it takes."""
    ranked = dossier.design.studies.evaluations if dossier.design else ()
    best = next((one.study for one in ranked if one.study.kind != NOTHING), None)
    if best is None:
        return ""
    everybody = best.enrolment == "all" or not best.marker
    who = "everybody with the phenotype" if everybody else f"patients by {best.marker}"
    return f" The first study of the ranking, {best.label}, takes {who}."


def _screened(one: EligibleLevel) -> float:
    return math.ceil(SCREENED_FOR / one.of_all) if one.of_all > 0.0 else math.nan


def _eligible_cells(one: EligibleLevel, inside: str) -> Cells:
    screened = _screened(one)
    return {
        "marker": one.label,
        "level": plain_level(one.level),
        "among": "all patients" if one.phenotype else inside,
        "share": percent(100 * one.share, 1),
        "of_all": percent(100 * one.of_all, 1),
        "screened": MISSING if math.isnan(screened) else grouped(int(screened)),
        "source": one.source,
        "confidence": one.confidence,
    }


def _eligible_record(one: EligibleLevel) -> dict[str, Any]:
    return {
        "marker": one.marker,
        "label": one.label,
        "level": one.level,
        "is_phenotype": one.phenotype,
        "share": one.share,
        "share_of_all": one.of_all,
        "screened_for_100": _screened(one),
        "source": one.source,
        "confidence": one.confidence,
    }


def null_models_table(dossier: Dossier) -> Table:
    """Give the numbers of the simulation in which there is no benefit."""
    found = dossier.biomarkers
    gaps = found.null_gaps if found else ()
    columns = (
        Column("method", "Model"),
        Column("n", "Patients", numeric=True),
        Column("promised", "Promised", numeric=True, spanner="Half with more predicted benefit"),
        Column("observed", "Observed", numeric=True, spanner="Half with more predicted benefit"),
        Column("gap", "Less the other half", numeric=True),
    )
    note = (
        "Points of a good outcome with Monte Carlo standard errors; every true value is 0. The "
        "numbers of the figure above."
    )
    html = show("null_models", columns, list(_null_cells(gaps)))
    records = tuple(_null_record(gap) for gap in gaps)
    title = "Benefit found where there is none, in numbers"
    return Table("null_models", title, note, records, html, folded=True)


def _null_cells(gaps: tuple[NullGap, ...]) -> Iterator[Cells]:
    for gap in gaps:
        yield {
            "method": gap.method,
            "n": grouped(gap.n),
            "promised": f"{points(gap.predicted)} ({number(100 * gap.predicted_mcse, 1)})",
            "observed": f"{points(gap.upper)} ({number(100 * gap.upper_mcse, 1)})",
            "gap": f"{points(gap.gap)} ({number(100 * gap.gap_mcse, 1)})",
        }


def _null_record(gap: NullGap) -> dict[str, Any]:
    return {
        "method": gap.method,
        "patients": gap.n,
        "covariates": gap.covariates,
        "trials": gap.trials,
        "seed": gap.seed,
        "promised": gap.predicted,
        "promised_mcse": gap.predicted_mcse,
        "observed": gap.upper,
        "observed_mcse": gap.upper_mcse,
        "observed_gap": gap.gap,
        "observed_gap_mcse": gap.gap_mcse,
    }
