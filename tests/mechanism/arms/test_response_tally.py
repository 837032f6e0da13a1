"""Sums over patients and draws, against a loop over single patients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.mechanism.calibration.conftest import PLAN, THETA, invented_arm

from equipoise.mechanism.arms.courses import chosen
from equipoise.mechanism.arms.response_tally import joined, response_tally
from equipoise.mechanism.calibration.kill_integrals import log_cells
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink

LINK = RecurrenceLink(0.05, 0.08, True)
DRAWS = [THETA, {**THETA, "kappa_c": 5.0, "k": 0.02}, {**THETA, "omega_c": 0.9, "shift": 0.1}]


def test_a_loop_over_patients_says_the_same() -> None:
    arm = invented_arm(n=12)
    found = response_tally(PLAN, arm, DRAWS, LINK, 5.0)
    wanted = np.zeros((len(DRAWS), len(PLAN.definitions) + 1, 2, 12))
    for d, theta in enumerate(DRAWS):
        sensitive, resistant = log_cells(PLAN, arm, theta)
        for stratum in range(2):
            for i in range(12):
                cells = math.exp(sensitive[stratum, i, 0]) + math.exp(resistant[stratum, i, 0])
                for k, names in enumerate(PLAN.definitions.values()):
                    more = 10 ** sum(theta[name] for name in names)
                    wanted[d, k, stratum, i] = math.exp(-cells * more / theta["n_c"])
                hazard = 0.05 * (1 + cells / theta["n_c"]) ** 0.08
                wanted[d, -1, stratum, i] = math.exp(-5.0 * hazard)
    np.testing.assert_allclose(found.sums, wanted.sum(axis=3), rtol=1e-9)
    np.testing.assert_allclose(found.means, wanted.mean(axis=0).transpose(2, 0, 1), rtol=1e-9)


def test_blocks_together_are_the_whole() -> None:
    arm = invented_arm(n=20)
    whole = response_tally(PLAN, arm, DRAWS, LINK, 5.0)
    first = np.arange(20) < 7
    parts = [response_tally(PLAN, chosen(arm, part), DRAWS, LINK, 5.0) for part in (first, ~first)]
    both = joined(parts)
    np.testing.assert_allclose(both.sums, whole.sums, rtol=1e-12)
    np.testing.assert_array_equal(both.means, whole.means)


def test_the_mix_lies_between_the_strata() -> None:
    found = response_tally(PLAN, invented_arm(), DRAWS, LINK, 5.0)
    none, half, all_ = (found.shares(share) for share in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(half, (none + all_) / 2)
    assert (none[:, :2] > all_[:, :2]).all()  # sensitivities are shifted down in stratum 1
    assert found.shares(0.3).mean() == pytest.approx(found.of_patients(0.3).mean())
