"""The simulated power of an adaptive candidate: its level, its shape, its neighbours."""

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.design.choice.adaptive_power import BENEFITS, TRIALS, adaptive_power


def test_no_effect_is_claimed_no_more_often_than_allowed():
    power = adaptive_power(380, 0.56, 1)
    at_null = float(power(np.array([0.0]))[0])
    assert at_null <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / TRIALS)


def test_it_lies_below_a_fixed_trial_of_everybody_with_the_same_events():
    power = adaptive_power(380, 0.56, 2)
    fixed = ndtr(BENEFITS * np.sqrt(380 / 4) - 1.959964)
    assert np.all(power.power <= fixed + 0.03)
    assert np.all(np.diff(power.power) >= 0.0)


def test_beyond_the_grid_it_stays():
    power = adaptive_power(380, 0.56, 3)
    assert power(np.array([-9.0, 9.0])).tolist() == pytest.approx([0.0, 1.0], abs=1e-3)
    assert power(np.array([0.2])) == adaptive_power(380, 0.56, 3)(np.array([0.2]))
