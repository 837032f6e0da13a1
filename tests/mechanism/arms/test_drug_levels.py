"""Means of levels: curves whose mean is known, and drugs that are not given."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.mechanism.arms.arm_request import ArmRequest, asked_arms
from equipoise.mechanism.arms.drug_levels import course_means, drug_levels
from equipoise.mechanism.arms.patient_blocks import patient_blocks
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan


def test_the_time_before_the_first_rise_does_not_count() -> None:
    days = np.linspace(0.0, 10.0, 1001)
    late = np.where(days > 4.0, 3.0, 0.0)
    falling = 2.0 * np.exp(-days)
    found = course_means(np.vstack([late, falling, np.zeros(1001)]), days)
    assert found[0] == pytest.approx(3.0, rel=2e-3)
    assert found[1] == pytest.approx(0.2, rel=1e-3)
    assert found.size == 2


def test_a_drug_that_is_not_given_has_no_level(
    case: CaseModel, plan: MechanismPlan, calibration: Calibration
) -> None:
    name = plan.backbones[0]
    asked = asked_arms(case, plan, ArmRequest(f"{name}+{plan.drug}", patients=3), 1)
    people = next(iter(patient_blocks(case, plan, asked, calibration.theta())))
    levels = [row for row in plan.shown if row.kind == "level"]
    assert asked.control is not None
    with_drug, without = (
        {row.output for row in drug_levels(case, levels, people, regimen, 30.0)}
        for regimen in (asked.regimen, asked.control)
    )
    assert without < with_drug < {row.output for row in levels}
