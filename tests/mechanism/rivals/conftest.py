"""An invented pill with a direct and a far edge, and window trials of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from equipoise.mechanism.dosing import Drug, Regimen, read_drugs, read_regimens
from equipoise.mechanism.models import MechanismModel, read_model
from equipoise.mechanism.rivals import (
    Rival,
    RivalEvidence,
    WindowTrials,
    read_rival_evidence,
    read_rivals,
    window_trials,
)
from equipoise.synthesis.arrays import Array

PILL = Path(__file__).parent / "pill" / "mechanism"


@pytest.fixture(scope="session")
def pill() -> MechanismModel:
    return read_model(PILL, "pill")


@pytest.fixture(scope="session")
def drugs() -> dict[str, Drug]:
    return read_drugs(PILL / "drugs.csv")


@pytest.fixture(scope="session")
def regimens(drugs: dict[str, Drug]) -> dict[str, Regimen]:
    return read_regimens(PILL / "regimens.csv", drugs)


@pytest.fixture(scope="session")
def rivals(pill: MechanismModel) -> tuple[Rival, ...]:
    return read_rivals(PILL / "rivals.csv", pill)


@pytest.fixture(scope="session")
def evidence(pill: MechanismModel, regimens: dict[str, Regimen]) -> tuple[RivalEvidence, ...]:
    return read_rival_evidence(PILL / "rival_evidence.csv", pill, regimens)


@pytest.fixture(scope="session")
def patients(pill: MechanismModel) -> Array:
    """Nine patients who differ in the index alone: 1, 1.5, ..., 5."""
    rows = np.tile(pill.values, (9, 1))
    rows[:, pill.index("index")] = np.linspace(1.0, 5.0, 9)
    return rows


@pytest.fixture(scope="session")
def trials(
    pill: MechanismModel,
    drugs: dict[str, Drug],
    regimens: dict[str, Regimen],
    evidence: tuple[RivalEvidence, ...],
    patients: Array,
) -> WindowTrials:
    return window_trials(pill, drugs, regimens, evidence, patients, also=("Host",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PILL, tmp_path / "mechanism"))
