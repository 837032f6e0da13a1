"""Backbones of the worked case under two rivals, with one patient."""

from __future__ import annotations

import pytest
from tests.mechanism.case_questions import asked

from equipoise.mechanism.case_combinations import START_DAYS, case_combinations


@pytest.mark.slow
def test_cells_and_sweeps(root):
    a = asked(root)
    rows = a.under("H0")[:, :1]
    rivals = [a.rivals["H0"], a.rivals["H1"]]
    found = case_combinations(a.case, a.plan, a.setting, rows, rivals, a.rivals["H1"])
    assert len(found.cells) == 2 * len(a.plan.backbones)
    assert sorted(cell.rank for cell in found.cells[: len(a.plan.backbones)]) == list(
        range(1, len(a.plan.backbones) + 1)
    )
    none = [cell for cell in found.cells if cell.rival == "H0"]
    assert {cell.assumed for cell in none} == {()}
    assert {cell.odds_ratio.median for cell in none} == {1.0}
    direct = [cell for cell in found.cells if cell.rival == "H1"]
    assert all({"Kp_m", "EC50_low", "gain_mtor"} <= set(cell.assumed) for cell in direct)
    assert not any({"w_insulin", "e_immune"} & set(cell.assumed) for cell in direct)
    assert all(cell.odds_ratio.median > 1.0 for cell in direct)
    assert [point.value for point in found.start_days.points] == list(START_DAYS)
    doses = [point.odds_ratio.median for point in found.doses.points]
    assert doses == sorted(doses)
    assert (found.surface.odds_ratio[:, 1:] > found.surface.odds_ratio[:, :-1]).all()
