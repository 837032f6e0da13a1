"""Outcomes of arms against cells solved one patient and one sensitivity at a time."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.mechanism.sensitivity.invented_model import DRUGS, REGIMENS, SURGERY, patients

from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.dosing import combined, schedule
from equipoise.mechanism.sensitivity import arm_outcomes, integral_days, log_odds_ratio

P_ARM = {name: combined(REGIMENS, name) for name in ("chemo", "chemo+drugx")}


@pytest.fixture(scope="module")
def schedules(model):
    return {name: schedule(r, DRUGS, model, SURGERY) for name, r in P_ARM.items()}


def plain_log_burden(p, drug, score, stratum):
    """Cells left by the equations of sensitive and resistant cells, solved as they stand."""
    eta_c = math.exp(p["omega_c"] * score[0] - p["h_c"] * stratum)
    eta_s = math.exp(p["omega_s"] * score[1] - p["h_s"] * stratum)

    def rates(t, y):
        g, c, fading = y[:3]
        tissue = p["Kp"] * g / p["V"]
        drive = tissue / (p["EC50"] + tissue)
        chemo = eta_c * p["kappa_c"] * c
        signal = eta_s * p["kappa_s"] * (0.2 + p["gain"] * drive) * fading
        fade = -p["k_adapt"] * (1 - drive / 2) * fading
        kills = (p["growth"] - chemo - signal, p["growth"] - chemo - p["phi"] * signal)
        return [-p["k_g"] * g, -p["k_c"] * c, fade, *kills]

    y = np.array([0.0, 0.0, 1.0, math.log(p["cells"] * 0.95), math.log(p["cells"] * 0.05)])
    for day in range(int(SURGERY)):
        y[0] += 500.0 if drug else 0.0
        y[1] += 1.0 if day % 21 == 0 else 0.0
        y = solve_ivp(rates, (0, 1), y, rtol=1e-7, atol=1e-9, method="LSODA").y[:, -1]
    return float(np.logaddexp(y[3], y[4]))


@pytest.mark.parametrize("name", ["chemo", "chemo+drugx"])
def test_against_cells_solved_as_they_stand(model, setting, schedules, name):
    few = replace(setting, scores=setting.scores[:2])
    rows = patients(model, 1)[None]
    found = arm_outcomes(few, schedules[name], rows)
    p = dict(zip(model.names_of_parameters, rows[0, 0], strict=True))
    left = np.array(
        [
            [plain_log_burden(p, name == "chemo+drugx", score, stratum) for score in few.scores]
            for stratum in (0, 1)
        ]
    )
    assert found.log10_burden[0, 0] == pytest.approx(left.mean() / math.log(10), abs=2e-3)
    expected = np.exp(-np.exp(left)).mean()
    assert found.response[0, 0] == pytest.approx(expected, abs=5e-3)
    assert found.failed == 0


def test_the_drug_helps_through_its_edge_alone(model, setting, schedules):
    rows = np.repeat(patients(model, 4)[None], 2, axis=0)
    rows[1, :, model.index("s_direct")] = 0.0
    arms = {name: arm_outcomes(setting, s, rows) for name, s in schedules.items()}
    effect = log_odds_ratio(arms["chemo+drugx"].response, arms["chemo"].response)
    assert effect[0] > 0.05
    assert effect[1] == pytest.approx(0.0, abs=1e-5)  # the solver steps on other days


def test_recurrence_and_readouts(model, setting, schedules):
    link = RecurrenceLink(0.02, 0.1, True)
    linked = replace(setting, link=link, years=5.0)
    rows = patients(model, 2)[None]
    found = arm_outcomes(linked, schedules["chemo+drugx"], rows, ("drive", "Js"))
    bound = math.exp(-0.02 * 5.0)
    assert ((found.event_free > 0) & (found.event_free < bound)).all()
    assert found.readouts["drive"].shape == (1, 2, len(integral_days(SURGERY)))
    assert (found.readouts["drive"] > 0).all()
    assert (np.diff(found.readouts["Js"], axis=2) > 0).all()


def test_a_patient_without_a_solution_is_counted_and_left_out(model, setting, schedules):
    rows = patients(model, 3)[None].copy()
    rows[0, 1, model.index("V")] = 0.0
    found = arm_outcomes(setting, schedules["chemo+drugx"], rows)
    assert found.failed == 1
    assert np.isnan(found.response[0]).tolist() == [False, True, False]


def test_days_rise_to_surgery():
    for surgery in (5.0, 28.0, 84.0, 126.0):
        days = integral_days(surgery)
        assert days[-1] == surgery
        assert (np.diff(days) > 0).all()
