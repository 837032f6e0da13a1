"""Virtual patients accepted so that each stratum shows the response its trial printed."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.arm_store import ArmStore
from equipoise.mechanism.calibrating import fit_population
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.kill_integrals import complete_response, log_burden
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import AcceptedPopulation, accept


def accepted_population(
    case: CaseModel, plan: MechanismPlan, calibration: Calibration, seed: int, workers: int = 1
) -> AcceptedPopulation:
    """Accept patients under the targets of `plan.accept`, predicted at the mode.

    Strata are drawn by the plan's share; a patient's prediction is for the patient's own stratum.
    """
    population = fit_population(case, plan, seed)
    store = ArmStore(case, plan, population, workers)
    levels = {level: plan.kill.levels[level] for level in plan.accept}
    rng = np.random.default_rng([seed, 9])
    drawn = (rng.random(len(population)) < plan.stratum_share).astype(int)
    names = np.array(["" for _ in drawn], dtype=object)
    predicted = np.full(len(population), np.nan)
    theta = calibration.theta()
    targets: dict[str | int | float | bool, float] = {}
    for level, stratum in levels.items():
        target = case.target(plan.accept[level])
        left = log_burden(plan.kill, store.whole(target.regimen), theta)[stratum, :, 0]
        chance = complete_response(plan.kill, left, theta, target.definition)
        mine = drawn == stratum
        predicted[mine], names[mine] = chance[mine], level
        targets[level] = target.observed
    return accept(population, predicted, names, targets, seed)
