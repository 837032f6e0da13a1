"""Regimens changed, arms of a backbone, ranking and sweeps on the invented model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.mechanism.sensitivity.invented_model import DRUGS, REGIMENS, SURGERY, patients

from equipoise.errors import InputError
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.combinations import (
    SweepPlan,
    arm_set,
    begun,
    bliss_excess,
    cells_frame,
    dose_sweep,
    rank_combinations,
    response_surface,
    scaled,
    start_day_sweep,
)
from equipoise.mechanism.dosing import combined, schedule
from equipoise.mechanism.sensitivity import arm_outcomes, log_odds_ratio, mean_response

RIVALS = {
    "none": {"s_direct": 0.0, "s_system": 0.0},
    "direct": {"s_direct": 1.0, "s_system": 0.0},
}


@pytest.fixture(scope="module")
def rows(model):
    return np.repeat(patients(model, 3)[None], 2, axis=0)


@pytest.fixture(scope="module")
def cells(model, setting, rows):
    sets = [
        arm_set(model, REGIMENS, DRUGS, name, "drugx", "partner", SURGERY)
        for name in ("chemo", "more")
    ]
    linked = replace(setting, link=RecurrenceLink(0.02, 0.1, True))
    return rank_combinations(linked, sets, RIVALS, rows, "kill")


def test_cells_are_ranked_within_each_rival(cells):
    assert [(c.rival, c.rank) for c in cells] == [
        ("none", 1),
        ("none", 2),
        ("direct", 1),
        ("direct", 2),
    ]
    assert cells[2].backbone == "more"
    assert cells[2].with_drug.median > cells[3].with_drug.median


def test_each_cell_says_what_it_rests_on(cells):
    assert {c.assumed for c in cells if c.rival == "none"} == {()}
    assert {c.assumed for c in cells if c.rival == "direct"} == {("k_g", "V", "Kp", "EC50", "gain")}
    assert all("exploratory" in c.label for c in cells)


def test_without_an_edge_the_drug_does_nothing(cells):
    for cell in cells[:2]:
        assert cell.odds_ratio.median == pytest.approx(1.0, abs=1e-5)
        assert cell.hazard_ratio.median == pytest.approx(1.0, abs=1e-5)
        assert cell.bliss.median == pytest.approx(0.0, abs=1e-5)


def test_a_cell_by_hand(model, setting, rows, cells):
    switched = rows.copy()
    names = ("chemo", "chemo+drugx", "chemo+partner", "chemo+drugx+partner")
    found = {
        n: arm_outcomes(setting, schedule(combined(REGIMENS, n), DRUGS, model, SURGERY), switched)
        for n in names
    }
    share = [mean_response(found[n].response)[0] for n in names]
    cell = next(c for c in cells if (c.backbone, c.rival) == ("chemo", "direct"))
    assert cell.alone.median == pytest.approx(share[0])
    assert cell.with_both.median == pytest.approx(share[3])
    assert cell.bliss.median == pytest.approx(bliss_excess(share[3], share[1], share[2], share[0]))
    odds = np.exp(log_odds_ratio(found[names[1]].response, found[names[0]].response))[0]
    assert cell.odds_ratio.median == pytest.approx(odds)
    assert cell.hazard_ratio.median < 1.0 < cell.odds_ratio.median
    assert cell.event_free_drug.median > cell.event_free_alone.median


def test_the_table_has_a_row_for_every_cell(cells):
    frame = cells_frame(cells)
    assert len(frame) == 4
    assert frame["with_drug_median"].tolist() == [c.with_drug.median for c in cells]
    assert frame["assumed"].iloc[2] == "k_g, V, Kp, EC50, gain"


@pytest.fixture(scope="module")
def plan(rows):
    return SweepPlan(combined(REGIMENS, "chemo+drugx"), "drugx", DRUGS, SURGERY, "direct", rows)


def test_a_higher_dose_does_more_and_none_does_nothing(setting, plan):
    found = dose_sweep(setting, plan, (0.0, 0.5, 1.0, 2.0))
    odds = found.to_frame()["odds_ratio"].tolist()
    assert odds[0] == 1.0
    assert odds == sorted(odds)
    assert found.swept == "factor of its dose"


def test_a_later_start_does_less_and_after_surgery_nothing(setting, plan):
    odds = start_day_sweep(setting, plan, (0.0, 21.0, 42.0, 70.0)).to_frame()["odds_ratio"].tolist()
    assert odds == sorted(odds, reverse=True)
    assert odds[-1] == 1.0


def test_leading_in_is_a_longer_course_to_a_later_surgery(model, setting, plan):
    found = start_day_sweep(setting, plan, (-14.0,)).points[0]
    regimen = begun(plan.regimen, "drugx", -14.0)
    later = schedule(regimen, DRUGS, model, SURGERY + 14.0)
    assert later.count("drugx") == int(SURGERY) + 14
    expected = mean_response(arm_outcomes(setting, later, plan.rows).response)
    assert found.response.median == pytest.approx(expected[0])


def test_on_the_surface_dose_and_ratio_are_one_thing(setting, plan):
    """The direct edge knows their product alone."""
    found = response_surface(setting, plan, (0.5, 1.0, 2.0), "Kp", (2.0, 4.0, 8.0))
    surface = found.to_frame()
    assert surface.loc[2.0, 2.0] == pytest.approx(surface.loc[1.0, 4.0], rel=1e-3)
    assert surface.loc[0.5, 8.0] == pytest.approx(surface.loc[1.0, 4.0], rel=1e-3)
    assert (np.diff(found.odds_ratio, axis=0) > 0).all()


def test_changed_regimens():
    both = combined(REGIMENS, "chemo+drugx")
    later = begun(both, "drugx", 10.0)
    assert [d.start_day for d in later.doses] == [0.0, 10.0]
    assert [d.amount for d in scaled(both, "drugx", 2.0).doses] == [1.0, 1000.0]
    ahead = begun(both, "drugx", -14.0)
    assert [d.start_day for d in ahead.doses] == [14.0, 0.0]
    assert scaled(both, "drugx", 0.0).drugs == ("chemo",)
    with pytest.raises(InputError) as caught:
        begun(both, "drugy", float("nan"))
    assert [p.field for p in caught.value.problems] == ["drug", "day"]
