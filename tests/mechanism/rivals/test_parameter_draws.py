from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals import parameter_ranges
from equipoise.mechanism.rivals.parameter_draws import (
    held_density,
    names_behind,
    uncertain_behind,
)


def test_drawn_is_what_has_a_range_and_stands_behind_a_readout(pill: MechanismModel) -> None:
    assert uncertain_behind(pill, ["Sig"]) == ("ka", "ke", "Kp", "EC50", "gain")
    assert uncertain_behind(pill, ["Fat"]) == ("ka", "ke", "C50", "e_fat")
    assert {"Tis", "near", "V", "s_direct"} <= names_behind(pill, ["Sig"])
    assert "s_far" not in names_behind(pill, ["Sig"])


def test_draws_follow_the_cut_normals(pill: MechanismModel) -> None:
    ranges = parameter_ranges(pill, ["Kp", "w_near", "V"])
    assert ranges.names == ("Kp", "w_near")
    draws = ranges.draw(20_000, np.random.default_rng(5))
    assert draws.min(axis=0) == pytest.approx([0.5, 0.0], abs=2e-3)
    assert draws.max(axis=0) == pytest.approx([32.0, 1.0], abs=2e-2)
    # both are normals cut at 1.96 sd on either side: a variance of 1 - 2 a phi(a) / 0.95
    logs = np.log(draws[:, 0])
    spread = math.sqrt(1 - 2 * 1.959963984540054 * 0.058445 / 0.95)
    sd = math.log(64) / (2 * 1.959963984540054)
    assert logs.mean() == pytest.approx(math.log(4), abs=0.03)
    assert logs.std() == pytest.approx(sd * spread, rel=0.02)
    assert draws[:, 1].mean() == pytest.approx(0.5, abs=0.005)
    assert draws[:, 1].std() == pytest.approx(spread / (2 * 1.959963984540054), rel=0.02)


def test_the_same_seed_gives_the_same_draws(pill: MechanismModel) -> None:
    ranges = parameter_ranges(pill, ["Kp", "EC50"])
    one, other = (ranges.draw(5, np.random.default_rng(2)) for _ in range(2))
    assert np.array_equal(one, other)


def test_a_held_parameter_has_its_range_as_prior(pill: MechanismModel) -> None:
    density = held_density(pill, ["EC50", "Kp", "w_near"], ["w_near", "Kp"])
    top = np.log([1.0, 4.0, 0.5])
    assert density(top) == pytest.approx(0.0, abs=1e-12)
    assert density(np.log([9.0, 32.0, 0.5])) == pytest.approx(-(1.959963984540054**2) / 2)
    assert density(np.log([9.0, 4.0, 1.0])) == pytest.approx(-(1.959963984540054**2) / 2)
    assert held_density(pill, ["EC50"], [])(np.array([7.0])) == 0.0
