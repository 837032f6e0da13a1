"""An invented tumour: one chemotherapy, one antibody that is escaped, and forty patients."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.calibration.kill_integrals import KillIntegrals, kill_integrals
from equipoise.mechanism.calibration.kill_plan import KillFamily, KillPlan, KillTerm

PLAN = KillPlan(
    families=(
        KillFamily(name="chemo", sensitivity="eta_c", spread="omega_c", shift="h_c"),
        KillFamily(
            name="anti", sensitivity="eta_a", spread="omega_a", shift="h_a", resistant="phi"
        ),
    ),
    terms=(
        KillTerm(coefficient="kappa_c", integral="J_c", family="chemo"),
        KillTerm(coefficient="kappa_a", integral="J_a", family="anti", escaped=True),
    ),
    growth="J_g",
    cells="cells",
    resistant_share="rho",
    stratum="marker",
    levels={"with": 1, "without": 0},
    escape_rate="k",
    escape_integral="J_e",
    clonogenic="n_c",
    definitions={"breast": (), "all": ("shift",)},
)

THETA = {
    "kappa_c": 4.0,
    "kappa_a": 0.5,
    "omega_c": 0.6,
    "omega_a": 0.5,
    "h_c": 0.2,
    "h_a": 0.4,
    "phi": 0.3,
    "k": 0.05,
    "n_c": 1.0,
    "shift": 0.4,
}


def invented_arm(
    seed: int = 1, n: int = 40, chemo: float = 1.0, anti: float = 1.0
) -> KillIntegrals:
    """An arm of given intensities over twelve weeks, read every week."""
    rng = np.random.default_rng(seed)
    days = np.arange(7.0, 85.0, 7.0)
    pace = rng.uniform(0.7, 1.3, (n, 1))
    outputs = {
        "J_c": chemo * 0.04 * days * pace,
        "J_a": anti * 0.8 * days * pace,
        "J_e": (anti > 0) * days * rng.uniform(0.8, 1.0, (n, 1)),
        "J_g": 0.004 * days * np.ones((n, 1)),
    }
    cells = 1e9 * np.exp(rng.standard_normal(n))
    scores = rng.standard_normal((n, 2))
    return kill_integrals(PLAN, outputs, cells, np.full(n, 0.05), scores)
