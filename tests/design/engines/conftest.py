"""Plans of small survival trials that the tests of this folder share."""

from __future__ import annotations

import pytest

from equipoise.design.engines.survival_plans import SurvivalPlan, survival_plan


@pytest.fixture(scope="session")
def plans() -> dict[str, SurvivalPlan]:
    """Random and even entries, blocks, gaps, pieces, a cured tail, drop-out, strata."""
    return {
        "plain": survival_plan(60, [15, 30, 45], accrual=[0, 10], hazard=0.1, hazard_ratio=0.6),
        "even": survival_plan(
            61,
            [10, 30],
            accrual=[0, 4, 10],
            accrual_rates=[1, 3],
            hazard=0.1,
            hazard_ratio=0.6,
            arrivals="even",
            allocation=(1, 2),
            dropout=[0.02, 0.05],
        ),
        "delayed": survival_plan(
            70,
            [20, 40],
            accrual=[0, 3, 5, 12],
            accrual_rates=[2, 0, 1],
            starts=[0, 6, 12],
            hazard=[0.05, 0.1, 0.0],
            hazard_ratio=[1.0, 0.5, 1.0],
            dropout=0.01,
        ),
        "strata": survival_plan(
            80,
            [20, 50],
            accrual=[0, 10],
            hazard=[[0.05], [0.15]],
            hazard_ratio=[[1.0], [0.5]],
            prevalence=[0.65, 0.35],
            dropout=0.02,
        ),
    }
