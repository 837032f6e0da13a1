"""Predicted effects against a plain solution of the whole system of rates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from equipoise.mechanism.dosing import Regimen
from equipoise.mechanism.formulas import evaluate
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals import RivalEvidence, WindowTrials
from equipoise.mechanism.rivals.window_trial import day_of


def plain(
    model: MechanismModel, values: dict[str, float], dose: float, doses: int, day: float
) -> dict[str, float]:
    """Solve every rate at once, from dose to dose; doses once a day from day 0."""
    known = {**dict(zip(model.names_of_parameters, model.values, strict=True)), **values}
    x = np.array([evaluate(model.initials[n], known) for n in model.names_of_states])

    def rates(_: float, at: np.ndarray) -> list[float]:
        now = {**known, **dict(zip(model.names_of_states, at, strict=True))}
        for name, formula in model.assignments.items():
            now[name] = evaluate(formula, now)
        return [evaluate(model.rates[n], now) for n in model.names_of_states]

    for k in range(int(day)):
        x[0] += dose if k < doses else 0.0
        x = solve_ivp(rates, (0.0, 1.0), x, "LSODA", rtol=1e-7, atol=1e-9).y[:, -1]
    return dict(zip(model.names_of_states, x, strict=True))


def test_effects_are_those_of_a_plain_solver(trials: WindowTrials, pill: MechanismModel) -> None:
    values = {"Kp": 7.0, "s_direct": 1.0, "s_far": 1.0, "s_host": 0.0}
    found = trials.log_ratios(list(values), np.array([list(values.values())]))[0]
    arms = {"daily": (400.0, 28), "half": (200.0, 6)}
    index = {"index > 3": 4.0, "index <= 3": 2.0, "all": 3.0}
    cache: dict[tuple[str, str], dict[str, float]] = {}
    for row, effect in zip(trials.rows, found, strict=True):
        dose, doses = arms[row.regimen]
        key = (row.regimen, row.stratum)
        if key not in cache:
            patient = {**values, "index": index[row.stratum]}
            cache[key] = plain(pill, patient, dose, doses, doses)
        # every readout of the untreated patient is 1
        assert effect == pytest.approx(np.log(cache[key][row.readout]), abs=1e-4), row.id


def test_rows_share_the_simulation_of_their_arm(trials: WindowTrials) -> None:
    assert [(arm.regimen, arm.stratum, arm.day) for arm in trials.arms] == [
        ("daily", "index > 3", 28.0),
        ("daily", "index <= 3", 28.0),
        ("half", "all", 6.0),
    ]
    assert trials.arms[2].readouts == ("Sig", "Grow", "Fat", "Host")
    assert trials.places == ((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (2, 1))
    assert trials.readouts == ("Grow", "Host", "Sig", "Fat")


def test_a_day_not_read_is_the_end_of_the_regimen(
    evidence: tuple[RivalEvidence, ...], regimens: dict[str, Regimen]
) -> None:
    assert evidence[5].days is None
    assert day_of(evidence[5], regimens) == 6.0
    assert day_of(evidence[0], regimens) == 28.0


def test_a_readout_below_zero_has_no_ratio(trials: WindowTrials) -> None:
    names = ["w_far", "e_fat", "s_direct", "s_far"]
    found = trials.log_ratios(names, np.array([[9.0, 0.9, 0.0, 1.0], [0.1, 0.1, 0.0, 1.0]]))
    assert np.isnan(found[0, 0])
    assert np.isfinite(found[0, [2, 4]]).all()
    assert np.isfinite(found[1]).all()
