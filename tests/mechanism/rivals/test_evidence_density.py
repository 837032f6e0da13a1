"""What window trials hold: a tissue ratio and an EC50 only by their ratio."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.mechanism.rivals import Rival, WindowTrials, along, evidence_log_density, profile
from equipoise.mechanism.rivals.study_likelihood import log_likelihood_by_study


def test_it_is_the_likelihood_of_the_studies(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    density = evidence_log_density(trials, rivals[1], ["Kp"], tied=[("EC50",)])
    values = [8.0, 20.0, *rivals[1].switches.values()]
    ratios = trials.log_ratios(["Kp", "EC50", *rivals[1].switches], np.array([values]))
    expected = log_likelihood_by_study(trials.rows, ratios).sum()
    assert density(np.log([8.0])) == pytest.approx(expected, abs=1e-9)


def test_only_the_ratio_of_tissue_to_ec50_enters(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    names = ["Kp", "EC50"]
    density = evidence_log_density(trials, rivals[1], names)
    start = np.log([4.0, 10.0])
    steps = np.array([-2.0, -1.0, 1.0, 2.0])
    assert np.abs(along(density, start, [1.0, 1.0], steps)).max() < 1e-9
    assert np.abs(along(density, start, [1.0, -1.0], steps)).min() > 0.05
    grid = np.log([1.0, 2.0, 4.0, 8.0])
    flat = profile(density, names, dict(zip(names, start, strict=True)), "Kp", grid)
    assert flat.shape == "flat"
    assert np.ptp(flat.values) < 1e-4
    ec50 = [np.exp(row[0]) for row in flat.others]
    assert np.exp(grid) / ec50 == pytest.approx([np.exp(grid[0]) / ec50[0]] * 4, rel=0.05)


def test_a_switch_is_the_weight_of_its_edge(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    density = evidence_log_density(trials, rivals[1], ["s_direct"])
    whole = evidence_log_density(trials, rivals[1], ["Kp"])(np.log([4.0]))
    none = evidence_log_density(trials, rivals[0], ["Kp"])(np.log([4.0]))
    assert density(np.array([0.0])) == pytest.approx(whole, abs=1e-6)
    assert density(np.array([-30.0])) == pytest.approx(none, abs=1e-3)


def test_a_held_parameter_adds_its_prior(trials: WindowTrials, rivals: tuple[Rival, ...]) -> None:
    free = evidence_log_density(trials, rivals[1], ["Kp", "gain"])
    held = evidence_log_density(trials, rivals[1], ["Kp", "gain"], held=["gain"])
    at = np.log([4.0, 4.0])
    assert held(at) - free(at) == pytest.approx(-(1.959963984540054**2) / 2)


def test_a_failing_point_turns_a_search_back(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    density = evidence_log_density(trials, rivals[2], ["s_far"])
    assert density(np.log([1e3])) == -1e6
