"""Events, their time and the patients for them against R's rpact (recipe in validation/rpact)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.design.sizes import (
    Accrual,
    EventPlan,
    detectable_hazard_ratio,
    events_needed,
    expected_events,
    months_until_events,
    patients_for_events,
    power_of_events,
)

FOLDER = Path(__file__).resolve().parents[3] / "validation" / "rpact"
EVENTS = pd.read_csv(FOLDER / "sizes_events.csv")
FORECAST = pd.read_csv(FOLDER / "sizes_forecast.csv")
TEXTS = ("accrual", "rates", "starts", "hazard")


def numbers(text: object) -> tuple[float, ...]:
    return tuple(float(word) for word in str(text).split())


def plan_of(row: pd.Series) -> EventPlan:
    accrual, rates, starts, hazard = (numbers(row[name]) for name in TEXTS)
    lost = (abs(row.dropout_control), abs(row.dropout_treatment))
    return EventPlan(Accrual(accrual, rates), hazard, (row.hr,), starts, lost, row.allocation)


@pytest.mark.parametrize("method", ["schoenfeld", "freedman"])
@pytest.mark.parametrize("sided", [1, 2])
def test_events_and_power(method: str, sided: int) -> None:
    rows = EVENTS[(EVENTS.method == method) & (EVENTS.sided == sided)]
    hr, r = rows.hr.to_numpy(), rows.allocation.to_numpy()
    alpha, power = rows.alpha.iloc[0], rows.power.iloc[0]
    shared = {"alpha": alpha, "sided": sided, "allocation": r, "method": method}
    d = events_needed(hr, power=power, **shared)
    np.testing.assert_allclose(d, rows.events, rtol=1e-9)
    below, above = (power_of_events(200, hr, benefit=b, **shared) for b in ("lower", "higher"))
    reached = below + above if sided == 2 else np.where(hr < 1, below, above)
    np.testing.assert_allclose(reached, rows.power200, rtol=0, atol=1e-9)
    for benefit, here in (("lower", hr < 1), ("higher", hr > 1)):
        shared["allocation"] = r[here]
        back = detectable_hazard_ratio(d[here], power=power, benefit=benefit, **shared)
        np.testing.assert_allclose(back, hr[here], rtol=1e-12)


@pytest.mark.parametrize("shape", FORECAST["shape"].unique())
def test_expected_events(shape: str) -> None:
    """The shares of rpact are of all patients, also while they are still entering.

    One value is left out: rpact integrates numerically, and misses a step of the hazard
    (`test_rare_events_are_the_integral` has it).
    """
    rows = FORECAST[(FORECAST["shape"] == shape) & (FORECAST.quantity == "probability")]
    rows = rows[(rows["shape"] != "rare") | (rows["at"].astype(float) != 30.0)]
    plan = plan_of(rows.iloc[0])
    at = rows["at"].astype(float).to_numpy()
    np.testing.assert_allclose(plan.accrual.patients(at), rows.patients.astype(float), rtol=1e-12)
    d = expected_events(plan, at)
    total = plan.accrual.total
    np.testing.assert_allclose(d.sum(axis=-1) / total, rows.value, rtol=1e-7)
    arms = d / (total * plan.shares())
    np.testing.assert_allclose(arms[:, 0], rows.control, rtol=1e-7)
    np.testing.assert_allclose(arms[:, 1], rows.treatment, rtol=1e-7)


@pytest.mark.parametrize("i", FORECAST.index[FORECAST.quantity == "months"])
def test_months_until_events(i: int) -> None:
    row = FORECAST.loc[i]
    found = months_until_events(plan_of(row), float(row["at"]))
    assert found.status == "reached"
    assert found.months == pytest.approx(row.value, rel=1e-6)  # what rpact's own search reaches


@pytest.mark.parametrize("i", FORECAST.index[FORECAST.quantity == "patients"])
def test_patients(i: int) -> None:
    row = FORECAST.loc[i]
    plan = plan_of(row)
    d = patients_for_events(plan, float(row["at"]), plan.accrual.months + 24.0)
    assert d == pytest.approx(row.value, rel=1e-6)
