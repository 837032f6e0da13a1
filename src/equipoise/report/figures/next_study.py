"""The pictures of the part on the next study, in the order in which it is told."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.design.case_design import CaseDesign
from equipoise.evidence.question import Question
from equipoise.report.figures.assurance_curve import assurance_figure
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.stored_samples import stored_figure
from equipoise.report.figures.study_conclusions import conclusions_figure
from equipoise.report.figures.study_ranking import ranking_figure
from equipoise.report.options import ReportOptions
from equipoise.report.study_words import testing


def design_figures(
    case: CaseDesign, question: Question, options: ReportOptions
) -> Iterator[Figure]:
    """Yield what the design room's answers allow; without stored samples there is no picture."""
    found = case.studies
    yield ranking_figure(found, options)
    if testing(found):
        yield conclusions_figure(found, question, options)
    if found.assurance_curve:
        yield assurance_figure(found, options)
    if found.stored:
        yield stored_figure(found, question, options)
