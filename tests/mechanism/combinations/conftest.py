"""The invented model, and how its outcomes are read."""

from __future__ import annotations

import pytest
from tests.mechanism.sensitivity.invented_model import PLAN, invented_model

from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.sensitivity import OutcomeSetting, sensitivity_scores


@pytest.fixture(scope="session")
def model() -> MechanismModel:
    return invented_model()


@pytest.fixture(scope="session")
def setting(model: MechanismModel) -> OutcomeSetting:
    return OutcomeSetting(model, PLAN, "breast", 0.5, sensitivity_scores(2, 64, 3))
