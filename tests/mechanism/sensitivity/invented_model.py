"""An invented drug with a direct and a systemic edge, and kill that its drive makes stronger."""

from __future__ import annotations

import hashlib

import numpy as np

from equipoise.mechanism.calibration.kill_plan import KillFamily, KillPlan, KillTerm
from equipoise.mechanism.dosing import Dose, Drug, Regimen
from equipoise.mechanism.formulas import Formula, parse_formula, parse_unit
from equipoise.mechanism.models import MechanismModel, Parameter, State

STATES = {
    "G": ("mg", "exact", "drugx"),
    "C": ("1", "exact", "chemo"),
    "P": ("1", "exact", "partner"),
    "Jc": ("day", "integrated", ""),
    "Js": ("day", "integrated", ""),
    "Je": ("day", "integrated", ""),
    "Jg": ("1", "integrated", ""),
}
RATES = {
    "G": "-k_g*G",
    "C": "-k_c*C",
    "P": "-k_c*P",
    "Jc": "C",
    "Js": "signal",
    "Je": "1 - drive/2",
    "Jg": "growth",
}
ASSIGNMENTS = {
    "conc": "G/V",
    "tissue": "Kp*conc",
    "drive": "s_direct*tissue/(EC50 + tissue) + s_system*conc/(C50 + conc)",
    "signal": "0.2 + gain*drive + w_p*P",
    "kill": "kappa_s*signal + kappa_c*C",
}
# symbol: value, unit, low, high, role, standing
PARAMETERS: dict[str, tuple[float, str, float, float, str, str]] = {
    "k_g": (1.0, "1/day", 0.5, 2.0, "constant", "assumed"),
    "k_c": (0.5, "1/day", 0.2, 1.0, "constant", "fitted"),
    "V": (100.0, "L", 50.0, 200.0, "constant", "assumed"),
    "Kp": (4.0, "1", 0.5, 30.0, "constant", "assumed"),
    "EC50": (10.0, "mg/L", 1.0, 100.0, "constant", "assumed"),
    "C50": (1.0, "mg/L", 0.1, 10.0, "constant", "assumed"),
    "gain": (0.5, "1", 0.0, 1.0, "constant", "assumed"),
    "w_p": (0.1, "1", 0.0, 1.0, "constant", "assumed"),
    "growth": (0.005, "1/day", 0.001, 0.01, "constant", "fitted"),
    "s_direct": (1.0, "1", 0.0, 1.0, "switch", "assumed"),
    "s_system": (0.0, "1", 0.0, 1.0, "switch", "assumed"),
    "k_adapt": (0.02, "1/day", 0.005, 0.5, "constant", "fitted"),
    "kappa_c": (2.0, "1/day", 0.5, 5.0, "constant", "fitted"),
    "kappa_s": (1.0, "1/day", 0.1, 5.0, "constant", "fitted"),
    "omega_c": (0.5, "1", 0.1, 1.0, "constant", "fitted"),
    "omega_s": (0.5, "1", 0.1, 1.0, "constant", "fitted"),
    "h_c": (0.2, "1", 0.0, 1.0, "constant", "fitted"),
    "h_s": (0.4, "1", 0.0, 1.0, "constant", "fitted"),
    "phi": (0.3, "1", 0.0, 1.0, "constant", "assumed"),
    "cells": (1e9, "cell", 1e8, 1e10, "covariate", "assumed"),
    "resistant": (0.05, "1", 0.0, 0.2, "covariate", "assumed"),
    "clonogenic": (1.0, "cell", 1.0, 1.0, "constant", "assumed"),
    "shift": (0.3, "1", 0.0, 1.0, "constant", "assumed"),
}


def invented_model() -> MechanismModel:
    states = tuple(
        State(name=n, label=n, unit=u, role=r, block=b) for n, (u, r, b) in STATES.items()
    )
    parameters = tuple(
        Parameter(
            symbol=s, label=s, value=v, unit=u, low=low, high=high, role=role, standing=standing
        )
        for s, (v, u, low, high, role, standing) in PARAMETERS.items()
    )
    text = repr((STATES, RATES, ASSIGNMENTS, list(PARAMETERS)))
    return MechanismModel(
        name="drugx",
        states=states,
        parameters=parameters,
        rates=formulas(RATES),
        assignments=formulas(ASSIGNMENTS),
        initials=formulas(dict.fromkeys(STATES, "0")),
        units={row.symbol: parse_unit(row.unit) for row in parameters},
        quasi_steady_order=(),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def formulas(texts: dict[str, str]) -> dict[str, Formula]:
    return {name: parse_formula(text) for name, text in texts.items()}


PLAN = KillPlan(
    families=(
        KillFamily(name="chemo", sensitivity="", spread="omega_c", shift="h_c"),
        KillFamily(name="signal", sensitivity="", spread="omega_s", shift="h_s", resistant="phi"),
    ),
    terms=(
        KillTerm(coefficient="kappa_c", integral="Jc", family="chemo"),
        KillTerm(coefficient="kappa_s", integral="Js", family="signal", escaped=True),
    ),
    growth="Jg",
    cells="cells",
    resistant_share="resistant",
    stratum="marker",
    levels={"negative": 0, "positive": 1},
    escape_rate="k_adapt",
    escape_integral="Je",
    clonogenic="clonogenic",
    definitions={"breast": (), "nodes": ("shift",)},
)

DRUGS = {
    "drugx": Drug("drugx", "G", "", "mg"),
    "chemo": Drug("chemo", "C", "", "cycle"),
    "partner": Drug("partner", "P", "", "cycle"),
}
SURGERY = 63.0
REGIMENS = {
    "chemo": Regimen("chemo", (Dose("chemo", 1.0, "cycle", every_days=21.0, doses=3),)),
    "more": Regimen("more", (Dose("chemo", 1.5, "cycle", every_days=21.0, doses=3),)),
    "drugx": Regimen("drugx", (Dose("drugx", 500.0, "mg", "", "oral", every_days=1.0, doses=90),)),
    "partner": Regimen("partner", (Dose("partner", 1.0, "cycle", every_days=21.0, doses=3),)),
}


def patients(model: MechanismModel, n: int, seed: int = 1) -> np.ndarray:
    """Rows that differ in the volume and in cells."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(model.values[None, :], n, axis=0)
    rows[:, model.index("V")] *= np.exp(0.3 * rng.standard_normal(n))
    rows[:, model.index("cells")] *= np.exp(0.5 * rng.standard_normal(n))
    return rows
