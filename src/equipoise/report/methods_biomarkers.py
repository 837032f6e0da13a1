"""What was done to judge who could benefit, for the methods section."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.biomarkers.individual import cross_fitting, null_trials
from equipoise.biomarkers.markers import claim_results
from equipoise.report.dossier import Dossier
from equipoise.report.effect_routes import Paragraph
from equipoise.report.number_text import grouped, joined


def biomarker_paragraphs(dossier: Dossier) -> Iterator[Paragraph]:
    """Describe how the markers of this case were judged, and nothing that was not done."""
    found = dossier.biomarkers
    if found is None:
        return
    if found.claims:
        yield _claims(found)
    if any(one.beliefs for one in found.claims):
        yield Paragraph(
            "Ratios were also combined with the case's normal prior on an interaction, where it "
            "states one, and with the reference spike and slab, which gives no difference at all "
            "a probability of its own; claims of the same patients were never pooled.",
            claim_results.METHOD_CITES["shrinkage"],
        )
    if found.null_gaps:
        yield _warning(found)


def _claims(found: CaseBiomarkers) -> Paragraph:
    adjusted = any(one.claim.factors is not None for one in found.claims)
    known = ", adjusted (Šidák) for the factors examined where their number is known"
    return Paragraph(
        "Each claim that the effect differs by a marker was worked out from the rows it names, "
        "as a difference of the effects in two levels on the analysis scale, with its P"
        f"{known if adjusted else ''}. The credibility it can have at most was asked with the "
        "items of ICEMAN, from the data and what the record declares; what nobody declared counts "
        "against it.",
        (
            *claim_results.METHOD_CITES["interaction"],
            *(claim_results.METHOD_CITES["multiplicity"] if adjusted else ()),
            *claim_results.METHOD_CITES["credibility"],
        ),
    )


def _warning(found: CaseBiomarkers) -> Paragraph:
    first = found.null_gaps[0]
    sizes = joined([grouped(n) for n in sorted({gap.n for gap in found.null_gaps})])
    return Paragraph(
        f"As a warning, {grouped(first.trials)} trials of each of {sizes} patients were simulated "
        f"(seed {first.seed}) with {first.covariates} markers, one of them prognostic, and no "
        "effect of treatment; a logistic regression in each arm, hardly penalised, predicted each "
        f"patient's benefit, in the patients of the fit and by {null_trials.FOLDS}-fold "
        "cross-fitting.",
        (
            *null_trials.METHOD_CITES["t-learner"],
            *null_trials.METHOD_CITES["null trials"],
            *cross_fitting.METHOD_CITES["cross-fitting"],
        ),
    )
