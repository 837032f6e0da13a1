"""The model's own gain."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import ComputationError
from equipoise.mechanism.sensitivity import model_gain


def test_a_model_that_follows_the_line_gives_its_slope():
    drives = np.linspace(0.01, 0.2, 40)
    found = model_gain(3.0 * drives, drives)
    assert (found.median, found.low, found.high) == pytest.approx((3.0, 3.0, 3.0))
    assert found.drive_median == pytest.approx(np.median(drives))
    assert (found.draws, found.left_out) == (40, 0)


def test_draws_without_a_drive_are_left_out_and_counted():
    found = model_gain(np.array([0.1, 0.2, np.nan, 0.0]), np.array([0.1, 0.1, 0.1, 0.0]), 0.5)
    assert (found.draws, found.left_out) == (2, 2)
    assert found.median == pytest.approx(1.5)
    assert (found.low, found.high) == pytest.approx((1.25, 1.75))
    with pytest.raises(ComputationError, match="no draw"):
        model_gain(np.zeros(2), np.zeros(2))
