"""Bounds, errors, power and information against R's rpact (recipe in validation/rpact)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.design.sequential import (
    OBRIEN_FLEMING,
    POCOCK,
    HaybittlePeto,
    SequentialPlan,
    Spending,
    WangTsiatis,
    sequential_plan,
)

FOLDER = Path(__file__).resolve().parents[3] / "validation" / "rpact"
DESIGNS = pd.read_csv(FOLDER / "sequential_designs.csv", dtype={"t": str, "futility": str})
VALUES = pd.read_csv(FOLDER / "sequential_values.csv")
FAMILIES = {"OF": "obrien-fleming", "P": "pocock", "HSD": "hwang-shih-decani", "KD": "kim-demets"}

CRITICAL, PROBABILITY = 2e-6, 1e-6
"""What rpact's own searches reach; the README beside the recipe lists what is seen."""


def numbers(text: object) -> list[float]:
    return [float(word) for word in str(text).split()] if str(text) != "nan" else []


def family_of(row: pd.Series) -> Spending | WangTsiatis | HaybittlePeto:
    classical = {
        "OF": OBRIEN_FLEMING,
        "P": POCOCK,
        "WT": WangTsiatis(row.parameter),
        "HP": HaybittlePeto(row.parameter),
    }
    if row.type in classical:
        return classical[row.type]
    if row.type == "asUser":
        return Spending("user", cumulative=tuple(numbers(row.user)))
    return Spending(FAMILIES[row.type[2:]], row.parameter)


def plan_of(row: pd.Series) -> SequentialPlan:
    futility: Spending | list[float] | None = numbers(row.futility) or None
    spends = row.beta_type != "none"
    if spends:
        futility = Spending(FAMILIES[row.beta_type[2:]], row.beta_parameter)
    return sequential_plan(
        family_of(row),
        numbers(row.t),
        alpha=row.alpha,
        sided=row.sided,
        futility=futility,
        binding=bool(row.binding),
        beta=row.beta if spends else np.nan,
    )


def pinned(case: str, quantity: str) -> np.ndarray:
    rows = VALUES[(VALUES.case == case) & (VALUES.quantity == quantity)]
    return rows.value.to_numpy()


@pytest.fixture(params=range(len(DESIGNS)), ids=DESIGNS.case)
def row(request: pytest.FixtureRequest) -> pd.Series:
    return DESIGNS.iloc[request.param]


def test_the_recipe_covers_every_family() -> None:
    assert set(DESIGNS.type) == {
        *("OF", "P", "WT", "HP", "asOF", "asP", "asHSD", "asKD", "asUser"),
    }
    assert {"bsOF", "bsP", "bsHSD", "bsKD"} < set(DESIGNS.beta_type)
    assert len(DESIGNS) == 31


def test_a_design_agrees(row: pd.Series) -> None:
    plan, case = plan_of(row), row.case
    upper = pinned(case, "upper")
    lost = np.isinf(upper)
    np.testing.assert_allclose(plan.upper[~lost], upper[~lost], rtol=0, atol=CRITICAL)
    assert np.all(plan.stage_levels[lost] < 1e-15)
    spent = pinned(case, "alpha_spent")
    np.testing.assert_allclose(plan.alpha_spent, spent, rtol=0, atol=PROBABILITY)
    levels = pinned(case, "stage_level")
    np.testing.assert_allclose(plan.stage_levels, levels, rtol=0, atol=PROBABILITY)
    if row.beta_type != "none":
        low = pinned(case, "lower")
        np.testing.assert_allclose(plan.lower[:-1], low, rtol=0, atol=CRITICAL)
        lost = pinned(case, "beta_spent")
        np.testing.assert_allclose(plan.beta_spent, lost, rtol=0, atol=PROBABILITY)


def test_what_follows_from_it_agrees(row: pd.Series) -> None:
    plan, case = plan_of(row), row.case
    factor = plan.inflation_factor(1.0 - row.beta)
    drift = plan.drift_for_power(1.0 - row.beta)
    assert factor == pytest.approx(pinned(case, "inflation")[0], rel=1e-6)
    assert drift**2 == pytest.approx(pinned(case, "shift")[0], rel=1e-6)
    up, down = plan.exit_probabilities(drift)
    futile = pinned(case, "futile")
    if futile.size:
        np.testing.assert_allclose(down[:-1], futile, rtol=0, atol=PROBABILITY)
    if plan.looks > 1:
        rejected = pinned(case, "reject_per_look")
        np.testing.assert_allclose(up, rejected, rtol=0, atol=PROBABILITY)
        names = ("asn_h0", "asn_half", "asn_h1")
        theirs = [pinned(case, name)[0] for name in names]
        ours = plan.expected_information([0.0, 0.5 * drift, drift]) * factor
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=PROBABILITY)


def test_power_and_information_at_given_effects_agree(row: pd.Series) -> None:
    plan, case = plan_of(row), row.case
    drifts = np.array([-0.3, 0.0, 0.1, 0.25, 0.5]) * 10.0
    up, down = plan.exit_probabilities(drifts)
    power = (up + down if plan.sided == 2 else up).sum(axis=1)
    n = 100.0 * plan.expected_information(drifts)
    np.testing.assert_allclose(power, pinned(case, "power_at_theta"), rtol=0, atol=PROBABILITY)
    np.testing.assert_allclose(n, pinned(case, "n_at_theta"), rtol=1e-6, atol=0)
