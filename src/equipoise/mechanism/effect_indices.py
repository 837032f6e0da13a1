"""Share of each uncertain parameter in the effect of the drug, every path open."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import schedule
from equipoise.mechanism.drug_effects import edge_draws
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.sensitivity import (
    DifferenceIndices,
    arm_difference_indices,
    arm_outcomes,
    log_odds_ratio,
    uncertain_factors,
    with_typical_values,
)
from equipoise.synthesis.arrays import Array

PATIENTS, SIZE = 2, 64
"""Virtual patients of each point, and the base sample: points are SIZE (d + 2)."""


def difference_indices(
    case: CaseModel,
    plan: MechanismPlan,
    calibration: Calibration,
    link: RecurrenceLink,
    seed: int,
    workers: int = 1,
) -> DifferenceIndices:
    """Sobol indices of the log odds ratio of complete response, with the drug against without.

    Every switch of the rivals is open, so that each path can show its share; patients are few and
    the same at every point, and sensitivities of tumours are averaged over.
    """
    edges = edge_draws(
        case, plan, calibration, link, seed, draws=1, patients=PATIENTS, workers=workers
    )
    model, setting = case.model, edges.setting
    people = edges.rows[0].copy()
    for symbol in case.rivals[0].switches:
        people[:, model.index(symbol)] = 1.0
    mode = calibration.theta()
    for name in plan.fitted:
        people[:, model.index(name)] = mode[name]
    backbone = plan.backbones[0]
    timed = []
    for name in (backbone, f"{backbone}+{plan.drug}"):
        regimen, surgery = case.regimen(name)
        timed.append(schedule(regimen, case.drugs, model, surgery))

    def difference(points: Array) -> Array:
        usual = model.with_values({name: mode[name] for name in plan.fitted})
        rows = with_typical_values(usual, people, plan.sobol, points)
        control, treated = (arm_outcomes(setting, times, rows).response for times in timed)
        return log_odds_ratio(treated, control)

    factors = uncertain_factors(model, plan.sobol)
    return arm_difference_indices(difference, factors, np.random.default_rng([seed, 10]), size=SIZE)
