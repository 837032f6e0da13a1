"""All tables of a dossier, by name."""

from __future__ import annotations

from functools import partial

from equipoise.report.dossier import Dossier
from equipoise.report.tables.beliefs import beliefs_table, sweep_table
from equipoise.report.tables.comparisons import comparison_rows_table, comparisons_table
from equipoise.report.tables.complements import complements_table
from equipoise.report.tables.evidence import cohorts_table, findings_table, trials_table
from equipoise.report.tables.mechanism import MECHANISM_TABLES
from equipoise.report.tables.movement import movement_table
from equipoise.report.tables.pools import contributions_table, pools_table
from equipoise.report.tables.predictors import (
    eligible_table,
    null_models_table,
    predictors_table,
)
from equipoise.report.tables.results import absolute_table, exclusions_table, results_table
from equipoise.report.tables.retrodiction import retrodiction_cases_table, retrodiction_table
from equipoise.report.tables.stored_samples import stored_outcomes_table, stored_samples_table
from equipoise.report.tables.studies import (
    studies_table,
    study_conclusions_table,
    study_links_table,
    study_priors_table,
)
from equipoise.report.tables.study_inputs import design_inputs_table, sizing_table
from equipoise.report.tables.table import Table

_BUILDERS = (
    trials_table,
    pools_table,
    contributions_table,
    exclusions_table,
    partial(absolute_table, name="absolute_benefit", roles=("benefit", "biomarker")),
    partial(absolute_table, name="absolute_harm", roles=("harm",)),
    comparisons_table,
    comparison_rows_table,
    movement_table,
    complements_table,
    beliefs_table,
    sweep_table,
    retrodiction_table,
    retrodiction_cases_table,
    cohorts_table,
    predictors_table,
    eligible_table,
    null_models_table,
    *MECHANISM_TABLES,
    studies_table,
    study_priors_table,
    study_conclusions_table,
    study_links_table,
    sizing_table,
    stored_outcomes_table,
    stored_samples_table,
    design_inputs_table,
    results_table,
    findings_table,
)


def build_tables(dossier: Dossier) -> dict[str, Table]:
    """Build every table; one without rows is kept, so that its CSV says that there are none."""
    tables = [build(dossier) for build in _BUILDERS]
    return {table.id: table for table in tables}
