"""A calibration whose draws are the table's values, moved a little: quick, and never fitted."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan


def unfitted(case: CaseModel, plan: MechanismPlan, draws: int = 5) -> Calibration:
    names = plan.kill.parameters
    values = np.array([case.model.values[case.model.index(name)] for name in names])
    rng = np.random.default_rng(4)
    moved = np.array([name in plan.fitted for name in names])
    factors = np.exp(0.1 * rng.standard_normal((draws, len(names))) * moved)
    mode = {name: float(v) for name, v in zip(names, values, strict=True) if name in plan.fitted}
    fixed = {n: float(v) for n, v in zip(names, values, strict=True) if n not in plan.fitted}
    return Calibration(
        *((), names, values * factors, mode, fixed, (), -1.0, 0.0, -2.0, 3, draws),
        *(0.3, "converged", "", 10, 0),
    )
