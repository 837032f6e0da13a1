"""Combinations and sweeps of a case: exploratory, and few draws."""

from __future__ import annotations

from collections.abc import Sequence

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
from equipoise.mechanism.drug_effects import EdgeDraws
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import Rival

START_DAYS = (0.0, 21.0, 42.0)
DOSE_FACTORS = (0.5, 1.0, 2.0)
TISSUE_RATIOS = (0.5, 4.0, 30.0)


def combined_effects(
    case: CaseModel, plan: MechanismPlan, edges: EdgeDraws, rivals: Sequence[Rival]
) -> tuple[tuple[CombinationCell, ...], tuple[Sweep, ...], ResponseSurface]:
    """Rank backbones under each rival, and sweep start, dose and tissue ratio under one.

    Returns
    -------
    tuple of CombinationCell, tuple of Sweep, ResponseSurface
    """
    sets = [
        arm_set(
            case.model, case.regimens, case.drugs, name, plan.drug, plan.partner, case.days[name]
        )
        for name in plan.backbones
    ]
    ranked = [rival for rival in rivals if rival.id in plan.combined_rivals]
    switches = {rival.id: dict(rival.switches) for rival in ranked}
    cells = rank_combinations(edges.setting, sets, switches, edges.rows, plan.outcome)
    regimen, surgery = case.regimen(f"{plan.backbones[0]}+{plan.drug}")
    swept = ranked[0]
    sweep = SweepPlan(regimen, plan.drug, case.drugs, surgery, swept.id, edges.under(swept))
    sweeps = (
        start_day_sweep(edges.setting, sweep, START_DAYS),
        dose_sweep(edges.setting, sweep, DOSE_FACTORS),
    )
    surface = response_surface(
        edges.setting, sweep, DOSE_FACTORS, plan.drive.tissue_ratio, TISSUE_RATIOS
    )
    return cells, sweeps, surface
