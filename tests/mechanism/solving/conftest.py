"""An invented model with a state of every kind, and its full equations solved plainly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from equipoise.mechanism.dosing import Dose, Drug, Regimen, Schedule, schedule
from equipoise.mechanism.formulas import machine_code, parse_formula
from equipoise.mechanism.models import MechanismModel, Parameter, State
from equipoise.mechanism.models.dependencies import in_order, states_behind

Array = NDArray[np.float64]

RATES = {
    ("Gut", "exact", "oral"): "-ka*Gut",
    ("Cen", "exact", "oral"): "ka*Gut - CL/V*Cen",
    ("Tis", "exact", "oral"): "kt*(conc - Tis)",
    ("Lin", "exact", "linear"): "in_l - kl*Lin - kp*Lin + kq*Per",
    ("Per", "exact", "linear"): "kp*Lin - kq*Per",
    ("Ab", "stiff", "antibody"): "in_a - Vmax*Ab/(Km + Ab) - q*Ab + q*Ab2",
    ("Ab2", "stiff", "antibody"): "q*Ab - q*Ab2",
    ("Cyc", "exact", "cycle"): "-kc*Cyc",
    ("Bound", "quasi_steady", ""): "kon*Ab*(1 - Bound) - koff*Bound",
    ("Sig", "quasi_steady", ""): "kf*(1 - block*Bound*(1 + Tis)/(2 + Tis) - Sig)",
    ("Act", "quasi_steady", ""): "kf*((1 + K)*Sig*Fb/(K + Sig*Fb) - Act)",
    ("Hill", "quasi_steady", ""): "kf*((Tis*Tis)^(0.5*h)/(E50^h + (Tis*Tis)^(0.5*h)) - Hill)",
    ("Ins", "integrated", ""): "ks*(1 - fall*conc/(C50 + conc) - Ins)",
    ("Fb", "integrated", ""): "kb*(2*Ins/(1 + Act) - Fb)",
    ("N", "integrated", ""): "(growth*Act - kill)*N",
    ("Dead", "integrated", ""): "kill*N - kd*Dead",
    ("Pop", "integrated", ""): "growth*Act*Pop*(1 - Pop/cap)",
    ("J", "integrated", ""): "kill",
}
ASSIGNED = {
    "conc": "Cen/V",
    "kill": "ku*(1 - Act)*(1 + Hill) + kx*Bound*Ins + ky*Lin/(0.5 + Lin) + kc*Cyc",
    "both": "N + Dead",
}
VALUES = {
    **{"ka": 20.0, "CL": 700.0, "V": 300.0, "kt": 1.5, "kl": 20.0, "kp": 30.0, "kq": 3.0},
    **{"Vmax": 20.0, "Km": 40.0, "q": 0.2, "kc": 0.4, "kon": 5.0, "koff": 4.0, "kf": 200.0},
    **{"block": 0.7, "K": 1.0, "h": 1.4, "E50": 2.0, "ks": 0.1, "fall": 0.4, "C50": 1.0},
    **{"kb": 3.0, "growth": 0.02, "kd": 0.15, "cap": 50.0, "ku": 0.4, "kx": 0.1, "ky": 0.8},
    **{"in_l": 0.0, "in_a": 0.0, "weight": 70.0, "stop": 1e9, "start": 1e9},
}
STARTS = {"Sig": "1", "Act": "1", "Ins": "1", "Fb": "1", "N": "start", "Pop": "1"}

DRUGS = {
    "pill": Drug("pill", "Gut", "", "mg", salt_factor=0.8),
    "drip": Drug("drip", "Lin", "in_l", "umol"),
    "mab": Drug("mab", "Ab", "in_a", "mg"),
    "cycle": Drug("cycle", "Cyc", "", "cycle"),
}
PILL = Dose("pill", 500.0, "mg", "salt", "oral", 0.0, 0.0, 0.5, 100, "stop")
DRIP = Dose("drip", 8.0, "umol", "", "iv", 2.0, 0.25, 7.0, 20)
MAB = Dose("mab", 8.0, "mg/kg", "", "iv", 1.5, 0.0, 7.0, 20)
CYCLE = Dose("cycle", 1.0, "cycle", "", "iv", 0.0, 1.0, 7.0, 20)
EVERYTHING = (PILL, DRIP, MAB, CYCLE)


def model_of(
    rates: dict[tuple[str, str, str], str],
    assigned: dict[str, str],
    values: dict[str, float],
    starts: dict[str, str],
) -> MechanismModel:
    """Make a model from texts, without units."""
    formulas = {name: parse_formula(text) for (name, _, _), text in rates.items()}
    known = {name: parse_formula(text) for name, text in assigned.items()}
    order, _ = in_order({name: formula.names for name, formula in known.items()})
    known = {name: known[name] for name in order}
    fast = [name for name, role, _ in rates if role == "quasi_steady"]
    uses = {name: states_behind(formulas[name], known, fast) - {name} for name in fast}
    states = tuple(
        State(name=n, label=n, unit="1", role=role, block=block)  # type: ignore[arg-type]
        for n, role, block in rates
    )
    parameters = tuple(
        Parameter(
            symbol=name,
            label=name,
            value=value,
            unit="1",
            role="input" if name.startswith("in_") else "constant",
            standing="assumed",
        )
        for name, value in values.items()
    )
    digest = hashlib.sha256(repr((rates, assigned, starts, list(values))).encode()).hexdigest()
    initials = {name: parse_formula(starts.get(name, "0")) for name, _, _ in rates}
    quasi, _ = in_order(uses)
    return MechanismModel("m", states, parameters, formulas, known, initials, {}, quasi, digest)


@pytest.fixture(scope="session")
def model() -> MechanismModel:
    return model_of(RATES, ASSIGNED, VALUES, STARTS)


def dosing(model: MechanismModel, *doses: Dose, days: float) -> Schedule:
    return schedule(Regimen("r", doses), DRUGS, model, days)


def patients(model: MechanismModel, n: int, seed: int = 1) -> Array:
    """Draw patients: every constant with a spread of a fifth."""
    rng = np.random.default_rng(seed)
    drawn = np.tile(model.values, (n, 1)) * np.exp(0.2 * rng.standard_normal((n, len(VALUES))))
    for fixed in ("stop", "start"):
        drawn[:, model.index(fixed)] = VALUES[fixed]
    return drawn


def solved_plainly(
    model: MechanismModel,
    made: Schedule,
    p: Array,
    outputs: Sequence[str],
    days: Sequence[float],
    tolerance: float = 1e-9,
) -> Array:
    """Solve the equations as they stand, fast states included, by LSODA from dose to dose."""
    names = model.names_of_states
    slots = {name: (0, i) for i, name in enumerate(names)}
    slots |= {name: (1, i) for i, name in enumerate(model.names_of_parameters)}
    code = machine_code(
        {
            "rates": list(model.rates.values()),
            "starts": list(model.initials.values()),
            "outputs": [parse_formula(name) for name in outputs],
        },
        slots,
        list(model.assignments.items()),
    )
    p = np.array(p)
    x = code("starts", np.zeros(len(names)), p)
    changes = _changes(made, p)
    times = sorted({0.0, *days, *(t for t, _, _ in changes if t < max(days))})
    found = []
    for k, t in enumerate(times):
        if t in days:
            found.append(code("outputs", x, p))
        if k + 1 == len(times):
            break
        for _, target, amount in (change for change in changes if change[0] == t):
            vector, i = (x, target) if target < len(names) else (p, target - len(names))
            vector[i] += amount
        x = solve_ivp(
            lambda _, y: code("rates", y, p),
            (t, times[k + 1]),
            x,
            "LSODA",
            rtol=tolerance,
            atol=1e-11,
        ).y[:, -1]
    return np.array(found)


def _changes(made: Schedule, p: Array) -> list[tuple[float, int, float]]:
    changes = []
    for d in range(made.times.size):
        if made.until[d] >= 0 and made.taken[d] >= p[made.until[d]]:
            continue
        amount = made.amounts[d] * (p[made.scaling[d]] if made.scaling[d] >= 0 else 1.0)
        target, long = int(made.targets[d]), made.durations[d]
        if long == 0.0:
            changes.append((float(made.times[d]), target, amount))
        else:
            changes.append((float(made.times[d]), target, amount / long))
            changes.append((float(made.times[d] + long), target, -amount / long))
    return sorted(changes)
