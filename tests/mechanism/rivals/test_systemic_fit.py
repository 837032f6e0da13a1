from __future__ import annotations

import json
import math

import numpy as np
import pytest

from equipoise.checkpoints import from_plain, to_plain
from equipoise.errors import InputError
from equipoise.mechanism.dosing import Dose, Drug, Regimen
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals import (
    SystemicFit,
    SystemicTarget,
    fit_systemic,
    profile,
    systemic_arm,
    systemic_log_density,
)
from equipoise.mechanism.rivals.systemic_fit import continued
from equipoise.synthesis.arrays import Array

TARGETS = [SystemicTarget("e_fat", "Fat", 0.85), SystemicTarget("e_salt", "Salt", 0.93)]


@pytest.fixture(scope="module")
def patient(pill: MechanismModel) -> Array:
    return np.array(pill.values)


def test_the_fit_gives_the_printed_ratios(
    pill: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen], patient: Array
) -> None:
    found = fit_systemic(pill, drugs, regimens["lasting"], TARGETS, patient, 40.0)
    assert found.status == "converged"
    assert found.message == ""
    assert found.ratios == pytest.approx([0.85, 0.93], abs=1e-8)
    again = patient.copy()
    for name, value in zip(found.parameters, found.values, strict=True):
        again[pill.index(name)] = value
    arm = systemic_arm(pill, drugs, regimens["lasting"], ["Fat", "Salt"], again, 40.0)
    ratios = np.exp(arm.log_ratios(pill, [], np.empty((1, 0)))[0])
    assert ratios == pytest.approx([0.85, 0.93], abs=1e-6)
    # both settle at 1 - e x with the same x, so the falls are as the parameters
    assert found.values[0] / found.values[1] == pytest.approx(0.15 / 0.07, rel=1e-3)
    assert from_plain(SystemicFit, json.loads(json.dumps(to_plain(found)))) == found


def test_a_ratio_out_of_reach_is_said(
    pill: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen], patient: Array
) -> None:
    targets = [SystemicTarget("e_fat", "Fat", 0.4)]
    found = fit_systemic(pill, drugs, regimens["daily"], targets, patient, 28.0)
    assert found.status == "converged"
    assert "outside its range 0.1 to 0.6" in found.message
    targets = [SystemicTarget("EC50", "Fat", 0.9)]  # moves nothing of it
    lost = fit_systemic(pill, drugs, regimens["daily"], targets, patient, 28.0)
    assert lost.status == "not_converged"
    assert "off by up to" in lost.message


def test_doses_go_on_and_are_all_taken() -> None:
    dose = Dose("pill", 1.0, "mg", start_day=2.0, every_days=0.5, doses=3, adherence="stop_day")
    once = Dose("pill", 5.0, "mg", adherence="stop_day")
    longer = continued(Regimen("r", (dose, once)), 10.0)
    assert longer.doses[0].doses == 16
    assert longer.doses[0].days()[-1] == 9.5
    assert longer.doses[1].doses == 1
    assert {d.adherence for d in longer.doses} == {""}


def test_every_problem_of_the_targets_is_reported(
    pill: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen], patient: Array
) -> None:
    wrong = [
        SystemicTarget("e_fat", "Fat", 0.9),
        SystemicTarget("e_fat", "Fat", -1.0),
        SystemicTarget("e_non", "Salt", 0.9),
    ]
    with pytest.raises(InputError) as found:
        fit_systemic(pill, drugs, regimens["daily"], wrong, patient, 28.0)
    said = [(p.row, p.field) for p in found.value.problems]
    assert said == [
        ("Fat", "parameter"),
        ("Fat", "readout"),
        ("Fat", "ratio"),
        ("Salt", "parameter"),
    ]
    with pytest.raises(InputError, match="at least one"):
        fit_systemic(pill, drugs, regimens["daily"], [], patient, 28.0)


def test_the_greatest_effect_is_open_above_unless_its_c50_is_held(
    pill: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen], patient: Array
) -> None:
    arm = systemic_arm(pill, drugs, regimens["lasting"], ["Fat"], patient, 40.0)
    names = ["e_fat", "C50"]
    start = {"e_fat": math.log(0.3), "C50": 0.0}
    grid = np.log([0.05, 0.1, 0.15, 0.3, 0.6, 1.2, 2.4])
    free = systemic_log_density(pill, arm, [0.85], 0.03, names)
    held = systemic_log_density(pill, arm, [0.85], 0.03, names, held=["C50"])
    assert profile(free, names, start, "e_fat", grid).shape == "one-sided"
    assert profile(free, names, start, "e_fat", grid).high is None
    assert profile(held, names, start, "e_fat", grid).shape == "closed"
