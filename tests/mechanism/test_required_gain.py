"""What must be true in the worked case."""

from __future__ import annotations

import pytest
from tests.mechanism.case_questions import asked

from equipoise.mechanism.required_gain import drive_terms, exposure, required_gain
from equipoise.mechanism.sensitivity import read_cell_experiments, total_drive


def test_terms_and_exposure_are_those_of_the_tables(root):
    a = asked(root)
    low, high = drive_terms(a.case, a.plan)
    assert (low.half_concentration, low.weight, low.steepness) == (5000.0, 1.0, 1.0)
    assert (high.half_concentration, high.weight, high.steepness) == (60.0, 0.1, 1.0)
    band = exposure(a.case, a.plan)
    assert (band.low, band.middle, band.high) == (3.6, 6.2, 8.8)
    assert (band.ratio_low, band.ratio_high) == (0.5, 30.0)


def test_the_drive_of_the_formula_is_that_of_the_states(root):
    """At the steady mean concentration; the course to it and its swings are within a quarter."""
    a = asked(root)
    rows = a.under(a.plan.drive.rival)
    model = a.case.model
    for symbol, value in (("oct1", 1.0), ("stop_day_m", 168.0), ("Kp_m", 4.0)):
        rows[:, :, model.index(symbol)] = value
    experiments = read_cell_experiments(a.folder / "cell_experiments.csv")
    found = required_gain(a.case, a.plan, a.setting, rows, a.plan.drive.rival, experiments)
    expected = float(total_drive(drive_terms(a.case, a.plan), 8.1 * 4.0))
    assert found.model.drive_median == pytest.approx(expected, rel=0.25)
    assert found.model.median > 0.0
    assert found.model.draws == 1
    assert len(found.effects.unplaced) == 2
    assert found.regimen == a.plan.backbones[0]
