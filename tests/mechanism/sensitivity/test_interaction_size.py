"""Sizes of studies of interaction against glm in R and against simulated trials."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit

from equipoise.errors import InputError
from equipoise.mechanism.sensitivity import interaction_variance, patients_for_interaction


def rows(root: Path):
    path = root / "validation" / "mechanism" / "sensitivity" / "interaction_information.csv"
    return list(csv.DictReader(path.read_text().splitlines()))


def test_as_the_fisher_information_of_glm_in_r(root):
    found = rows(root)
    assert len(found) == 4
    for row in found:
        p = tuple(float(row[f"p{i}"]) for i in range(1, 5))
        shares = float(row["share_positive"]), float(row["share_treated"])
        assert interaction_variance(p, *shares) == pytest.approx(float(row["variance"]), rel=1e-7)
        n = patients_for_interaction(
            float(row["difference"]), p, shares[0], share_treated=shares[1]
        )
        assert n == float(row["patients"])


def test_simulated_trials_reach_the_power():
    """4,000 trials: the standard error of a power of 0.8 is 0.006."""
    control, effects, share = (0.5, 0.4), (0.8, 0.1), 0.4
    chances = [
        expit(logit(c) + e * t) for c, e in zip(control, effects, strict=True) for t in (1, 0)
    ]
    n = patients_for_interaction(0.7, tuple(chances), share)
    size = np.round(n * np.array([share / 2, share / 2, (1 - share) / 2, (1 - share) / 2]))
    events = np.random.default_rng(7).binomial(size.astype(int), chances, (4000, 4))
    log_odds = np.log(events / (size - events))
    estimate = log_odds @ np.array([1, -1, -1, 1])
    error = np.sqrt((1 / events + 1 / (size - events)).sum(axis=1))
    assert np.mean(np.abs(estimate / error) > 1.959963984540054) == pytest.approx(0.8, abs=0.02)


def test_no_difference_and_certain_responses_need_infinitely_many():
    assert patients_for_interaction(0.0, (0.5,) * 4, 0.5) == math.inf
    assert patients_for_interaction(0.5, (1.0, 0.5, 0.5, 0.5), 0.5) == math.inf
    assert patients_for_interaction(0.5, (0.5,) * 4, 0.0) == math.inf


def test_properties():
    base = patients_for_interaction(0.4, (0.6, 0.5, 0.45, 0.4), 0.3)
    assert patients_for_interaction(-0.4, (0.6, 0.5, 0.45, 0.4), 0.3) == base
    assert patients_for_interaction(0.4, (0.45, 0.4, 0.6, 0.5), 0.7) == base
    assert patients_for_interaction(0.8, (0.6, 0.5, 0.45, 0.4), 0.3) == pytest.approx(
        base / 4, abs=1
    )
    assert patients_for_interaction(0.4, (0.6, 0.5, 0.45, 0.4), 0.3, power=0.9) > base


def test_bad_input_is_named_at_once():
    with pytest.raises(InputError) as caught:
        patients_for_interaction(0.4, (1.2, 0.5, 0.45, 0.4), -0.1, alpha=0.0)
    assert [p.field for p in caught.value.problems] == ["share_positive", "chances[0]", "alpha"]
