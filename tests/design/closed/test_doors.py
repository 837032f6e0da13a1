"""Numbers that no test can be made of are named at the door; extreme ones give an answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from equipoise.design.closed import (
    closed_test,
    equal_level_bounds,
    fisher_bounds,
    fisher_product,
    full_level_bounds,
    inverse_normal,
    stage_probabilities,
)
from equipoise.design.enrichment import nested, rate_endpoint, survival_endpoint
from equipoise.synthesis.arrays import ArrayError

TWO = nested([0.6, 0.4])
RULE = inverse_normal([0.5, 1.0], [3.0, 1.97])
DOORS: dict[str, Callable[[], object]] = {
    "shares": lambda: nested([]),
    "stage_totals": lambda: rate_endpoint(TWO, [100, np.nan], [[0.3, 0.3]] * 2),
    "whole numbers": lambda: rate_endpoint(TWO, [100.5], [[0.3, 0.3]] * 2),
    "hazard_ratios": lambda: survival_endpoint(TWO, [100], [np.nan, 1.0]),
    "control_risks": lambda: survival_endpoint(TWO, [100], [1.0, 1.0], control_risks=[0.1]),
    "allocation": lambda: survival_endpoint(TWO, [100], [1.0, 1.0], allocation=-1.0),
    "spends nothing": lambda: fisher_bounds([0.0, 0.025]),
    "rising": lambda: fisher_bounds([0.02, 0.01]),
    "critical": lambda: stage_probabilities(np.array([0.0, 0.01])),
    "shape \\(n, m, 2\\)": lambda: closed_test(np.full((1, 2, 3), 0.1), RULE),
    "numbers": lambda: closed_test([["a"]], RULE),
    "information": lambda: closed_test(np.full((2, 2), 0.1), RULE, "simes", np.ones((3, 3))),
    "every population": lambda: closed_test(np.full((2, 2), 0.1), RULE, "spiessens-debois"),
    "1 stage or more": lambda: equal_level_bounds(0),
    "alpha in": lambda: full_level_bounds(2, 1.5),
}


@pytest.mark.parametrize("said", list(DOORS))
def test_what_is_wrong_is_said(said: str) -> None:
    with pytest.raises(ArrayError, match=said):
        DOORS[said]()


@pytest.mark.parametrize(
    "rule", [RULE, fisher_product(equal_level_bounds(2))], ids=["z", "product"]
)
def test_p_values_of_0_and_1(rule) -> None:
    decided = closed_test([[0.0, 0.5], [1.0, 0.5]], rule).rejected[0]
    assert decided.tolist() == [[True, True], [False, False]]


def test_a_thousand_looks() -> None:
    looks = np.arange(1, 1001) / 1000
    rule = inverse_normal(looks, np.full(1000, 4.0))
    p = np.random.default_rng(1).random((20, 2, 1000))
    p[0] = 0.4
    found = closed_test(p, rule)
    assert found.rejected[0, 0, -1]
    first = np.argmax(found.intersections[0, -1])
    assert found.combined[0, -1, first] >= 4.0 > found.combined[0, -1, first - 1]
