"""The pictures of the part on who could benefit, in the order in which it is told."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.evidence.question import Question
from equipoise.report.figures.claim_shrinkage import drawable, shrinkage_figure
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.null_models import null_figure
from equipoise.report.options import ReportOptions


def benefit_figures(
    found: CaseBiomarkers, question: Question, options: ReportOptions
) -> Iterator[Figure]:
    """Yield what the markers allow: claims on a ratio, and the warning."""
    if drawable(found):
        yield shrinkage_figure(found, question, options)
    if found.null_gaps:
        yield null_figure(found, options)
