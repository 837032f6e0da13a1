"""All figures of a dossier, in the order in which it tells them."""

from __future__ import annotations

from equipoise.report.dossier import Dossier
from equipoise.report.figures.cohorts import mirage_figure
from equipoise.report.figures.complement import complement_figure
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.forest_plot import forest
from equipoise.report.figures.gap import gap_figure
from equipoise.report.figures.harm import harm_figure, with_absolute
from equipoise.report.figures.multiplicity import multiplicity_figure
from equipoise.report.figures.single import is_forest, is_single, single_trial_figure


def build_figures(dossier: Dossier) -> tuple[Figure, ...]:
    """Draw every figure the results allow; a pool without a trial gives none."""
    evidence, question, options = dossier.evidence, dossier.question, dossier.options
    synthesis = dossier.synthesis
    figures: list[Figure] = []
    if dossier.gap_map.cells:
        figures.append(gap_figure(dossier.gap_map, evidence, question, options))
    figures += [
        forest(outcome, evidence, question, options)
        for outcome in synthesis.outcomes
        if is_forest(outcome)
    ]
    for role in ("benefit", "biomarker", "harm"):
        singles = [o for o in synthesis.outcomes if is_single(o) and o.outcome.role == role]
        if singles:
            figures.append(single_trial_figure(singles, evidence, question, options))
    if with_absolute(synthesis.outcomes, "harm"):
        figures.append(harm_figure(synthesis.outcomes, options))
    figures += [
        complement_figure(result, evidence, question, options) for result in synthesis.complements
    ]
    if any(result.sidak for result in synthesis.complements):
        figures.append(multiplicity_figure(synthesis.complements, evidence, question, options))
    if any(group.estimates for group in synthesis.cohorts.groups):
        figures.append(
            mirage_figure(synthesis.cohorts, synthesis.outcomes, evidence, question, options)
        )
    return tuple(figures)
