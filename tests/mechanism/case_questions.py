"""The worked case with a calibration of one draw: the table's values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from equipoise.mechanism.calibrating import fit_population
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.case_model import CaseModel, read_case_model
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import Rival, read_rivals
from equipoise.mechanism.sensitivity import OutcomeSetting, sensitivity_scores


@dataclass(frozen=True, eq=False)
class Asked:
    folder: Path
    case: CaseModel
    plan: MechanismPlan
    calibration: Calibration
    setting: OutcomeSetting
    patients: np.ndarray
    rivals: dict[str, Rival]

    def under(self, rival: str, draws: int = 1) -> np.ndarray:
        rows = np.repeat(self.patients[None], draws, axis=0)
        for symbol, value in self.rivals[rival].switches.items():
            rows[:, :, self.case.model.index(symbol)] = value
        return rows


@cache
def asked(root: Path) -> Asked:
    """Read the one case with a mechanism."""
    (folder,) = (root / "src" / "equipoise" / "cases").glob("*/mechanism")
    case = read_case_model(folder)
    slices = tomllib.loads((folder.parent / "case.toml").read_text())
    plan = MechanismPlan.model_validate(slices["mechanism"])
    names = plan.kill.parameters
    values = np.array([[float(case.model.values[case.model.index(name)]) for name in names]])
    calibration = Calibration(
        *((), names, values, {}, {}, (), 0.0, 0.0, 0.0, 0, 1, 0.0, "converged", "", 3, 0)
    )
    scores = sensitivity_scores(len(plan.kill.families), 32, 1)
    setting = OutcomeSetting(case.model, plan.kill, plan.definition, plan.stratum_share, scores)
    patients = fit_population(case, plan, 1, 3).parameters
    rivals = {rival.id: rival for rival in read_rivals(folder / "rivals.csv", case.model)}
    return Asked(folder, case, plan, calibration, setting, patients, rivals)
