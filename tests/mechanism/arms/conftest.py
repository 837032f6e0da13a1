"""The packaged case that has a mechanism, and a calibration of it that was never fitted."""

from __future__ import annotations

import pytest
from tests.mechanism.arms.unfitted import unfitted

from equipoise.case import load_case, packaged_cases
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan


@pytest.fixture(scope="session")
def loaded() -> tuple[CaseModel, MechanismPlan]:
    cases = [load_case(name) for name in packaged_cases()]
    case = next(case for case in cases if case.model is not None)
    assert case.model is not None
    assert case.mechanism is not None
    return case.model, case.mechanism.model_copy(update={"edge_draws": 4, "edge_patients": 2})


@pytest.fixture(scope="session")
def case(loaded: tuple[CaseModel, MechanismPlan]) -> CaseModel:
    return loaded[0]


@pytest.fixture(scope="session")
def plan(loaded: tuple[CaseModel, MechanismPlan]) -> MechanismPlan:
    return loaded[1]


@pytest.fixture(scope="session")
def calibration(case: CaseModel, plan: MechanismPlan) -> Calibration:
    return unfitted(case, plan)


@pytest.fixture(scope="session")
def link() -> RecurrenceLink:
    return RecurrenceLink(0.05, 0.1, True)
