"""The tables of the part on the mechanism, in the order in which it tells them."""

from __future__ import annotations

from equipoise.report.tables.mechanism_combinations import (
    combinations_table,
    surface_table,
    sweeps_table,
)
from equipoise.report.tables.mechanism_credibility import credibility_table
from equipoise.report.tables.mechanism_effects import (
    cells_table,
    checks_table,
    effects_table,
    needed_gain_table,
)
from equipoise.report.tables.mechanism_fit import (
    arms_table,
    levels_table,
    parameters_table,
    population_table,
    recurrence_table,
    systemic_table,
)
from equipoise.report.tables.mechanism_identifiability import indices_table, profiles_table
from equipoise.report.tables.mechanism_markers import separations_table, splits_table
from equipoise.report.tables.mechanism_readings import readings_table
from equipoise.report.tables.mechanism_rivals import (
    readouts_table,
    rival_rows_table,
    weights_table,
)
from equipoise.report.tables.mechanism_scenarios import scenarios_table

MECHANISM_TABLES = (
    effects_table,
    checks_table,
    needed_gain_table,
    weights_table,
    splits_table,
    profiles_table,
    credibility_table,
    indices_table,
    cells_table,
    arms_table,
    parameters_table,
    systemic_table,
    levels_table,
    readings_table,
    recurrence_table,
    population_table,
    rival_rows_table,
    readouts_table,
    separations_table,
    scenarios_table,
    combinations_table,
    sweeps_table,
    surface_table,
)
"""One builder a table; each gives a table without rows where there is no mechanism."""

MECHANISM_NAMES = (
    "effects",
    "checks",
    "needed_gain",
    "weights",
    "splits",
    "profiles",
    "credibility",
    "indices",
    "cells",
    "arms",
    "parameters",
    "systemic",
    "levels",
    "readings",
    "recurrence",
    "population",
    "rival_rows",
    "readouts",
    "separations",
    "scenarios",
    "combinations",
    "sweeps",
    "surface",
)
"""Their ids, without the ``mechanism_`` that each begins with."""
