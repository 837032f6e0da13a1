"""Of a case: its backbones with drug and partner, and sweeps of the drug. Exploratory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.combinations import (
    CombinationCell,
    ResponseSurface,
    Sweep,
    SweepPlan,
    arm_set,
    dose_sweep,
    rank_combinations,
    response_surface,
    start_day_sweep,
)
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import Rival
from equipoise.mechanism.sensitivity import OutcomeSetting
from equipoise.synthesis.arrays import Array

START_DAYS = (-14.0, 0.0, 21.0, 42.0)
"""First days of the drug: two weeks ahead, and with each of the first cycles of three weeks."""
DOSES = (0.25, 0.5, 1.0, 1.5)
"""Factors of the dose; above 1.5 no patient is given it."""
SURFACE_DOSES = (0.5, 1.0, 1.5)


@dataclass(frozen=True, eq=False)
class CaseCombinations:
    """Cells of every backbone and rival, and sweeps on the first backbone under one rival."""

    cells: tuple[CombinationCell, ...]
    start_days: Sweep
    doses: Sweep
    surface: ResponseSurface


def case_combinations(
    case: CaseModel,
    plan: MechanismPlan,
    setting: OutcomeSetting,
    rows: Array,
    rivals: Sequence[Rival],
    swept: Rival,
) -> CaseCombinations:
    """Simulate the backbones of the plan and sweep the drug on the first.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
        With a partner.
    setting : OutcomeSetting
    rows : (m, n, p) array
        Patients under draws; a few of each are enough to rank.
    rivals : sequence of Rival
    swept : Rival
        Rival of the sweeps.
    """
    model = case.model
    sets = [
        arm_set(
            model, case.regimens, case.drugs, backbone, plan.drug, plan.partner, case.days[backbone]
        )
        for backbone in plan.backbones
    ]
    switches = {rival.id: rival.switches for rival in rivals}
    cells = rank_combinations(setting, sets, switches, rows, plan.outcome)
    under = rows.copy()
    for symbol, value in swept.switches.items():
        under[:, :, model.index(symbol)] = value
    regimen, surgery = case.regimen(f"{plan.backbones[0]}+{plan.drug}")
    drug = case.regimens[plan.drug].doses[0].drug
    sweep = SweepPlan(regimen, drug, case.drugs, surgery, swept.id, under)
    ratio = model.parameters[model.index(plan.drive.tissue_ratio)]
    ratios = [value for value in (ratio.low, ratio.value, ratio.high) if value is not None]
    return CaseCombinations(
        cells,
        start_day_sweep(setting, sweep, START_DAYS),
        dose_sweep(setting, sweep, DOSES),
        response_surface(setting, sweep, SURFACE_DOSES, ratio.symbol, ratios),
    )
