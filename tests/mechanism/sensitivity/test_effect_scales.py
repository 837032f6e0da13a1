"""Effects on the scales of trials."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.mechanism.sensitivity import log_hazard_ratio, log_odds_ratio, mean_response

A = np.array([[0.2, 0.6], [0.5, 0.5]])
B = np.array([[0.1, 0.5], [0.5, 0.5]])


def test_marginal_odds_ratio_by_hand():
    expected = math.log(0.4 / 0.6) - math.log(0.3 / 0.7)
    assert log_odds_ratio(A, B).tolist() == pytest.approx([expected, 0.0])
    assert log_odds_ratio(B, A) == pytest.approx(-log_odds_ratio(A, B))


def test_a_failed_patient_leaves_both_arms():
    holes = np.array([[0.2, np.nan]])
    assert log_odds_ratio(holes, np.array([[0.1, 0.9]])) == pytest.approx(
        log_odds_ratio(np.array([[0.2]]), np.array([[0.1]]))
    )


def test_chosen_patients_and_nobody():
    chosen = np.array([[1.0, 0.0], [0.0, 0.0]])
    found = mean_response(A, chosen)
    assert found[0] == 0.2
    assert np.isnan(found[1])


def test_certain_responses_that_are_equal_have_no_effect():
    assert log_odds_ratio(np.zeros((1, 3)), np.zeros((1, 3))).tolist() == [0.0]


def test_hazard_ratio_of_exponential_times():
    a, b = np.exp(-np.full((1, 2), 0.1)), np.exp(-np.full((1, 2), 0.2))
    assert log_hazard_ratio(a, b).tolist() == pytest.approx([math.log(0.5)])
