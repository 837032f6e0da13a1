"""Simulate arms once and keep the integrals that the calibration adds up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from equipoise.mechanism.calibration.kill_integrals import KillIntegrals, kill_integrals
from equipoise.mechanism.calibration.kill_plan import KillPlan
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import Regimen, schedule
from equipoise.mechanism.population import VirtualPopulation
from equipoise.mechanism.solving import simulate_patients
from equipoise.synthesis.arrays import Array

AFTER = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 28.0, 42.0, 63.0, 84.0, 112.0, 140.0)
"""Days after the first dose of a drug on which integrals are read: close where escape begins."""


def reading_days(regimen: Regimen, surgery: float) -> list[float]:
    """Days on which integrals are read: after the first dose of each drug, and at surgery."""
    first = {d: min(x.start_day for x in regimen.doses if x.drug == d) for d in regimen.drugs}
    days = {start + after for start in first.values() for after in (0.0, *AFTER)}
    return sorted({day for day in days if 0 < day < surgery} | {surgery})


def arm_integrals(
    case: CaseModel,
    plan: KillPlan,
    name: str,
    population: VirtualPopulation,
    *,
    values: Mapping[str, float | Array] | None = None,
    burden_ratio: float = 1.0,
    workers: int = 1,
) -> KillIntegrals:
    """Simulate a regimen in every patient and arrange the integrals of `plan`.

    Parameters
    ----------
    case : CaseModel
    plan : KillPlan
    name : str
        Regimen, or several joined by +.
    population : VirtualPopulation
    values : mapping of str to float or (n,) array
        Parameters set for this run, a number for all patients or one for each.
    burden_ratio : float
        Cells before treatment, against the population's.
    workers : int
        Threads; the numbers do not depend on it.

    Notes
    -----
    A patient whose solution fails has NaN in every integral; `KillIntegrals.kept` leaves such
    patients out and counts them.
    """
    regimen, surgery = case.regimen(name)
    model = case.model
    parameters = population.parameters.copy()
    for symbol, value in {**(values or {}), **dict.fromkeys(plan.unsimulated, 0.0)}.items():
        parameters[:, model.index(symbol)] = value
    days = reading_days(regimen, surgery)
    timed = schedule(regimen, case.drugs, model, surgery)
    response = simulate_patients(
        model, timed, parameters, outputs=plan.states, days=days, workers=workers
    )
    outputs = {state: response.of(state) for state in plan.states}
    scores = np.column_stack([population.score(f.sensitivity) for f in plan.families])
    return kill_integrals(
        plan,
        outputs,
        parameters[:, model.index(plan.cells)] * burden_ratio,
        parameters[:, model.index(plan.resistant_share)],
        scores,
    )
