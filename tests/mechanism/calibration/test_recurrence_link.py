"""Hazard from cells left: closed forms, and what cannot be reached."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.mechanism.calibration.recurrence_link import (
    RecurrenceLink,
    base_hazard,
    event_free,
    hazard_ratio,
    recurrence_link,
    residual,
)


def test_equal_patients_have_the_power_in_closed_form() -> None:
    """All patients alike: ln HR = b (L_1 - L_0), and h_0 from the control arm."""
    treated, control = np.full(5, 4.0), np.full(5, 9.0)
    link = recurrence_link(treated, control, 0.43, 0.64, 5.0)
    power = math.log(0.64) / (4.0 - 9.0)
    assert link.reached
    assert link.power == pytest.approx(power, rel=1e-6)
    assert link.base_hazard == pytest.approx(-math.log(0.43) / 5 / math.exp(9 * power), rel=1e-6)


def test_both_arms_of_the_trial_are_met() -> None:
    rng = np.random.default_rng(4)
    control = np.maximum(rng.normal(8, 6, 400), 0)
    treated = np.maximum(control - rng.uniform(0, 8, 400), 0)
    link = recurrence_link(treated, control, 0.43, 0.8, 5.0)
    assert link.reached
    assert event_free(link, control, 5.0) == pytest.approx(0.43, abs=1e-8)
    assert hazard_ratio(link, treated, control, 5.0) == pytest.approx(0.8, abs=1e-6)


def test_a_ratio_that_no_power_gives_is_said() -> None:
    same = np.array([0.0, 2.0, 9.0])
    link = recurrence_link(same, same, 0.5, 0.64, 5.0)
    assert not link.reached
    assert event_free(link, same, 5.0) == pytest.approx(0.5)


def test_no_cells_left_is_no_excess() -> None:
    left = residual(np.array([-50.0, 0.0, 20.0]), 1.0)
    assert left == pytest.approx([0.0, math.log(2), 20.0], abs=1e-8)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 0.8), st.floats(0.1, 0.9), st.floats(0.5, 10))
def test_the_level_is_met_whatever_the_power(power: float, share: float, years: float) -> None:
    left = np.array([0.0, 1.0, 5.0, 12.0])
    link = RecurrenceLink(base_hazard(power, left, share, years), power, True)
    assert event_free(link, left, years) == pytest.approx(share, rel=1e-6)
    weights = np.array([1.0, 0.0, 0.0, 1.0])
    assert hazard_ratio(link, left, left, years, weights, weights) == pytest.approx(1.0)
