"""The rivals of the shipped case, with few draws: what holds whatever the seed."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from equipoise.case import packaged_cases
from equipoise.mechanism.dosing import Drug, Regimen, read_drugs, read_regimens
from equipoise.mechanism.models import MechanismModel, read_model
from equipoise.mechanism.rivals import (
    SystemicTarget,
    WindowTrials,
    along,
    evidence_log_density,
    fit_systemic,
    predicted_effects,
    read_rival_evidence,
    read_rivals,
    systemic_arm,
    weigh_rivals,
    window_trials,
)

(FOLDER,) = (f for f in packaged_cases().values() if (f / "mechanism").is_dir())
CASE = FOLDER / "mechanism"
DRUG = tomllib.loads((FOLDER / "case.toml").read_text(encoding="utf-8"))["mechanism"]["drug"]


@pytest.fixture(scope="module")
def model() -> MechanismModel:
    return read_model(CASE)


@pytest.fixture(scope="module")
def drugs() -> dict[str, Drug]:
    return read_drugs(CASE / "drugs.csv")


@pytest.fixture(scope="module")
def regimens(drugs: dict[str, Drug]) -> dict[str, Regimen]:
    return read_regimens(CASE / "regimens.csv", drugs)


@pytest.fixture(scope="module")
def trials(
    model: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen]
) -> WindowTrials:
    rows = read_rival_evidence(CASE / "rival_evidence.csv", model, regimens)
    patients = np.tile(model.values, (99, 1))
    patients[:, model.index("homa")] = np.linspace(0.5, 6.0, 99)
    return window_trials(model, drugs, regimens, rows, patients)


def test_the_window_trials_do_not_distinguish_the_rivals(
    trials: WindowTrials, model: MechanismModel
) -> None:
    rivals = read_rivals(CASE / "rivals.csv", model)
    found = weigh_rivals(predicted_effects(trials, rivals, draws=40), "H0")
    assert found.failed == 0
    assert found.verdict == "not distinguished"
    assert found.alike == (("H0", "H4"),)
    assert {row.verdict for row in found.left_out} == {"not distinguished"}
    erk = [row.bayes_factor for row in found.rows if row.row == "dowling_erk"]
    assert erk == pytest.approx([1.0] * 5, abs=1e-6)  # no rival moves it


def test_only_tissue_ratio_over_ec50_can_be_learnt(
    trials: WindowTrials, model: MechanismModel
) -> None:
    rival = read_rivals(CASE / "rivals.csv", model)[1]
    names = ["Kp_m", "EC50_low", "EC50_high"]
    density = evidence_log_density(trials, rival, names)
    start = np.log([model.values[model.index(name)] for name in names])
    steps = np.array([-2.0, -1.0, 1.0, 2.0])
    assert np.abs(along(density, start, [1.0, 1.0, 1.0], steps)).max() < 1e-9
    assert np.abs(along(density, start, [1.0, 0.0, 0.0], steps)).min() > 1.0


def test_the_systemic_effect_gives_the_ratios_at_six_months(
    model: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen]
) -> None:
    targets = [
        SystemicTarget("e_ins", "Ins", 0.85),
        SystemicTarget("e_lep", "Lep", 0.80),
        SystemicTarget("e_glu", "Glu", 0.962),
    ]
    patient = np.array(model.values)
    found = fit_systemic(model, drugs, regimens[DRUG], targets, patient, 182.0)
    assert (found.status, found.message) == ("converged", "")
    arm = systemic_arm(model, drugs, regimens[DRUG], ["homa_now"], patient, 182.0)
    homa = np.exp(arm.log_ratios(model, found.parameters, np.array([found.values])))
    assert homa[0, 0] == pytest.approx(0.85 * 0.962, abs=1e-5)  # 0.83 is printed
