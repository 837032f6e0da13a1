"""All figures of a dossier, in the order in which it tells them."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.report.dossier import Dossier
from equipoise.report.figures.benefit import benefit_figures
from equipoise.report.figures.cohorts import mirage_figure
from equipoise.report.figures.complement import complement_figure
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.forest_plot import forest
from equipoise.report.figures.gap import gap_figure
from equipoise.report.figures.harm import harm_figure, with_absolute
from equipoise.report.figures.mechanism import mechanism_figures
from equipoise.report.figures.multiplicity import multiplicity_figure
from equipoise.report.figures.next_study import design_figures
from equipoise.report.figures.phenotype_forest import phenotype_forest
from equipoise.report.figures.prior_sweep import prior_sweep_figure
from equipoise.report.figures.prior_to_posterior import prior_to_posterior_figure
from equipoise.report.figures.retrodiction import retrodiction_figure
from equipoise.report.figures.single import is_forest, is_single, single_trial_figure
from equipoise.report.figures.trial_movement import has_movement, movement_figure


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
    figures += _by_phenotype(dossier)
    figures += [
        complement_figure(result, evidence, question, options) for result in synthesis.complements
    ]
    if any(result.sidak for result in synthesis.complements):
        figures.append(multiplicity_figure(synthesis.complements, evidence, question, options))
    figures += _beliefs(dossier)
    if synthesis.retrodiction is not None:
        figures.append(retrodiction_figure(synthesis.retrodiction, options))
    if any(group.estimates for group in synthesis.cohorts.groups):
        figures.append(
            mirage_figure(synthesis.cohorts, synthesis.outcomes, evidence, question, options)
        )
    if dossier.biomarkers is not None:
        figures += benefit_figures(dossier.biomarkers, question, options)
    if dossier.mechanism is not None:
        figures += mechanism_figures(dossier.mechanism, options)
    if dossier.design is not None:
        figures += design_figures(dossier.design, question, options)
    return tuple(figures)


def _by_phenotype(dossier: Dossier) -> Iterator[Figure]:
    """Yield the pictures of each comparison that any trial has something to say on."""
    question, options = dossier.question, dossier.options
    for found in dossier.synthesis.comparisons:
        if found.rows:
            yield phenotype_forest(found, question, options)
        if has_movement(found):
            yield movement_figure(found, question, options)


def _beliefs(dossier: Dossier) -> Iterator[Figure]:
    """Yield what each difference is worth, where there is one."""
    question, options = dossier.question, dossier.options
    for found in dossier.synthesis.comparisons:
        if found.belief is not None:
            yield prior_to_posterior_figure(found, question, options)
            yield prior_sweep_figure(found, question, options)
