"""Expected events: quadrature, simulation, ramps, delayed effects, properties, refusals."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from equipoise.design.sizes import (
    Accrual,
    EventPlan,
    accrual_for_events,
    average_log_hazard_ratio,
    constant_accrual,
    expected_events,
    expected_events_by_piece,
    monthly_hazard,
    months_until_events,
    patients_for_events,
    power_of_events,
    ramped_accrual,
)
from equipoise.synthesis.arrays import ArrayError

DELAYED = EventPlan(
    ramped_accrual(20.0, 9.0, 30.0),
    hazard=(0.02, 0.015, 0.03),
    hazard_ratio=(1.0, 0.6, 0.8),
    starts=(0.0, 6.0, 20.0),
    dropout=(0.004, 0.007),
    allocation=2.0,
)


def rate_at(accrual: Accrual, s: float) -> float:
    times, rates, slopes = accrual.arrays()
    if s >= times[-1]:
        return 0.0
    k = int(np.searchsorted(times, s, side="right")) - 1
    return float(rates[k] + slopes[k] * (s - times[k]))


def integrated(plan: EventPlan, t: float, arm: int) -> float:
    """Events by calendar `t`: two nested quadratures of the definition."""
    starts = np.asarray(plan.starts)
    hazard = plan.hazards()[arm]

    def density(u: float) -> float:
        lengths = np.clip(u - starts, 0.0, np.append(np.diff(starts), np.inf))
        gone = float(lengths @ hazard) + plan.dropout[arm] * u
        return float(hazard[np.searchsorted(starts, u, side="right") - 1]) * math.exp(-gone)

    def entered_before(s: float) -> float:
        kinks = [k for k in plan.accrual.times if 0 < k < s]
        if s == 0.0:
            return 0.0
        return quad(lambda x: rate_at(plan.accrual, x), 0, s, points=kinks or None)[0]

    kinks = [k for k in (*starts, *(t - np.asarray(plan.accrual.times))) if 0 < k < t]
    value, _ = quad(lambda u: density(u) * entered_before(t - u), 0, t, points=kinks, epsrel=1e-10)
    return value * float(plan.shares()[arm])


@pytest.mark.parametrize("t", [4.0, 20.0, 55.0])
def test_expected_events_are_the_integral(t: float) -> None:
    slow = [integrated(DELAYED, t, arm) for arm in (0, 1)]
    np.testing.assert_allclose(expected_events(DELAYED, t), slow, rtol=1e-8)


def test_rare_events_are_the_integral() -> None:
    """Where rpact's own quadrature misses a step of the hazard and is 8e-5 off."""
    rare = EventPlan(constant_accrual(60.0, 36.0), (1e-5, 2e-5), (0.5,), (0.0, 24.0))
    slow = [integrated(rare, 30.0, arm) for arm in (0, 1)]
    np.testing.assert_allclose(expected_events(rare, 30.0), slow, rtol=1e-8)


def test_a_published_plan() -> None:
    """The gsDesign authors' first fixed design (keaven.github.io/gsSurv, section 3.2).

    Control median 20, hazard ratio 0.5, 20 months of accrual and 10 more: 227.6 patients for 88.7
    events.
    """
    plan = EventPlan(constant_accrual(1.0, 20.0), (monthly_hazard(0.5, 20.0),), (0.5,))
    assert patients_for_events(plan, 88.7, 30.0) == pytest.approx(227.6, abs=0.2)


def test_expected_events_are_those_of_simulated_patients() -> None:
    """A ramp, a delayed effect and drop-out, by drawing patients."""
    rng, n, t = np.random.default_rng(3), 400_000, 26.0
    grid = np.linspace(0.0, DELAYED.accrual.months, 3001)
    share = DELAYED.accrual.patients(grid) / DELAYED.accrual.total
    entry = np.interp(rng.random(n), share, grid)
    arm = (rng.random(n) < DELAYED.shares()[1]).astype(int)
    hazard, starts = DELAYED.hazards(), np.asarray(DELAYED.starts)
    before = np.concatenate([np.zeros((2, 1)), np.cumsum(hazard[:, :-1] * np.diff(starts), 1)], 1)
    e = rng.standard_exponential(n)
    piece = (e[:, None] >= before[arm]).sum(axis=1) - 1
    event = starts[piece] + (e - before[arm, piece]) / hazard[arm, piece]
    lost = rng.standard_exponential(n) / np.asarray(DELAYED.dropout)[arm]
    seen = (event < lost) & (entry + event <= t)
    expected = expected_events(DELAYED, t) / DELAYED.accrual.total
    by_piece = expected_events_by_piece(DELAYED, t) / DELAYED.accrual.total
    for a in (0, 1):
        drawn = np.mean(seen & (arm == a))
        assert drawn == pytest.approx(expected[a], abs=4 * math.sqrt(expected[a] / n))
        for j in range(3):
            p = by_piece[a, j]
            assert np.mean(seen & (arm == a) & (piece == j)) == pytest.approx(
                p, abs=4 * math.sqrt(p / n)
            )


def test_one_arm_by_hand() -> None:
    """Constant accrual and hazard: `a (m - (e^{-l (t - m)} - e^{-l t}) / l)`."""
    plan = EventPlan(constant_accrual(20.0, 36.0), (0.01,))
    t, m, rate = 60.0, 36.0, 0.01
    by_hand = 20.0 * (m - (math.exp(-rate * (t - m)) - math.exp(-rate * t)) / rate)
    assert expected_events(plan, t).sum() == pytest.approx(by_hand, rel=1e-14)


@pytest.mark.parametrize("tiny", [0.0, 1e-14, 1e-9, 1e-6])
def test_small_hazards_lose_no_digit(tiny: float) -> None:
    """To first order everybody followed `u` months has the event with probability `hazard u`."""
    plan = EventPlan(constant_accrual(1.0, 10.0), (tiny,))
    followed = 10.0 * 15.0 - tiny * (20.0**3 - 10.0**3) / 6.0
    assert expected_events(plan, 20.0).sum() == pytest.approx(tiny * followed, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    hazard=st.lists(st.floats(1e-4, 0.3), min_size=3, max_size=3),
    ratio=st.lists(st.floats(0.3, 1.5), min_size=3, max_size=3),
    lost=st.floats(0.0, 0.05),
    ramp=st.floats(1.0, 20.0),
    months=st.floats(1.0, 200.0),
)
def test_events_grow_split_and_invert(
    hazard: list[float], ratio: list[float], lost: float, ramp: float, months: float
) -> None:
    plan = EventPlan(
        ramped_accrual(12.0, ramp, 20.0),
        tuple(hazard),
        tuple(ratio),
        (0.0, 4.0, 11.0),
        (lost, lost),
    )
    d = expected_events(plan, [months, months + 1.0])
    assert np.all(d[1] >= d[0] * (1 - 1e-12))
    assert d[0].sum() <= plan.accrual.patients(months) * (1 + 1e-12)
    np.testing.assert_allclose(expected_events_by_piece(plan, months).sum(-1), d[0], rtol=1e-9)
    growing = d[1].sum() - d[0].sum() > 1e-6  # else everybody had the event: any time inverts
    if growing:
        found = months_until_events(plan, float(d[0].sum()))
        assert expected_events(plan, found.months).sum() == pytest.approx(d[0].sum(), rel=1e-9)
    scaled = plan.with_accrual(plan.accrual.scaled(100.0))
    assert expected_events(scaled, months).sum() == pytest.approx(
        d[0].sum() * 100.0 / plan.accrual.total, rel=1e-9
    )
    hurried = replace(plan, hazard=tuple(1.1 * h for h in hazard))
    more = expected_events(hurried, months).sum()
    assert more > d[0].sum() if growing else more >= d[0].sum() * (1 - 1e-12)


def test_cutting_periods_that_are_alike_changes_nothing() -> None:
    one = EventPlan(constant_accrual(8.0, 30.0), (0.02,), (0.7,), dropout=(0.01, 0.02))
    cut = EventPlan(
        Accrual((0.0, 7.0, 30.0), (8.0, 8.0)), (0.02, 0.02), (0.7,), (0.0, 13.0), (0.01, 0.02)
    )
    t = np.linspace(0.0, 90.0, 31)
    np.testing.assert_allclose(expected_events(one, t), expected_events(cut, t), rtol=1e-12)
    assert expected_events(one, 0.0).tolist() == [0.0, 0.0]


def test_a_ramp_is_the_limit_of_many_steps() -> None:
    steps = 4000
    ends = np.linspace(0.0, 12.0, steps + 1)
    rates = 10.0 * (ends[:-1] + ends[1:]) / 24.0
    stepped = Accrual((*ends.tolist(), 24.0), (*rates.tolist(), 10.0))
    plan = EventPlan(ramped_accrual(10.0, 12.0, 24.0), (0.03,))
    other = plan.with_accrual(stepped)
    assert stepped.total == pytest.approx(plan.accrual.total)
    assert expected_events(other, 30.0) == pytest.approx(expected_events(plan, 30.0), rel=1e-6)


def test_patients_and_accrual_for_events() -> None:
    n = patients_for_events(DELAYED, 150.0, 48.0)
    grown = DELAYED.with_accrual(DELAYED.accrual.scaled(n))
    assert expected_events(grown, 48.0).sum() == pytest.approx(150.0, rel=1e-12)
    assert grown.accrual.total == pytest.approx(n)
    shorter = accrual_for_events(DELAYED, 150.0, 60.0)
    assert shorter is not None
    assert expected_events(DELAYED.with_accrual(shorter), 60.0).sum() == pytest.approx(150.0)
    assert accrual_for_events(DELAYED, 1e6, 60.0) is None


def test_events_that_are_never_reached_have_a_status() -> None:
    plan = EventPlan(constant_accrual(10.0, 10.0), (0.02,), dropout=(0.02, 0.02))
    found = months_until_events(plan, 51.0)
    assert (found.status, found.months) == ("never", math.inf)
    assert found.most_events == pytest.approx(50.0)
    assert "never reached" in found.message
    assert months_until_events(plan, 49.0).status == "reached"
    slow = EventPlan(constant_accrual(10.0, 10.0), (1e-6,))
    late = months_until_events(slow, 90.0)
    assert late.status == "never"
    assert "in more than a thousand years" in late.message
    nobody = EventPlan(constant_accrual(10.0, 10.0), (0.0,))
    assert months_until_events(nobody, 1.0).most_events == 0.0


def test_a_delayed_effect_is_diluted_and_less_so_later() -> None:
    plan = EventPlan(constant_accrual(20.0, 12.0), (0.02, 0.02), (1.0, 0.5), (0.0, 6.0))
    early, late = average_log_hazard_ratio(plan, [14.0, 60.0])
    assert math.log(0.5) < late < early < 0.0
    d = expected_events(plan, [14.0, 60.0]).sum(axis=-1)
    power = power_of_events(d, np.exp([early, late]))
    assert power[0] < power[1] < float(power_of_events(d[1], 0.5))
    flat = EventPlan(constant_accrual(20.0, 12.0), (0.02,), (0.7,))
    assert average_log_hazard_ratio(flat, 30.0) == pytest.approx(math.log(0.7))


def test_a_hazard_from_a_share() -> None:
    assert monthly_hazard(0.5, 10.0) == pytest.approx(math.log(2) / 10)
    assert monthly_hazard(0.0, 10.0) == 0.0


PLAN = EventPlan(constant_accrual(10.0, 10.0), (0.02,))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: Accrual((0.0, 5.0, 5.0), (1.0, 1.0)), ["times", "increasing"]),
        (lambda: Accrual((0.0, 5.0), (1.0, 1.0)), ["rates", "one a period (1)"]),
        (lambda: Accrual((0.0, 5.0), (1.0,), (-1.0,)), ["rates", "start to end"]),
        (lambda: Accrual((0.0, 5.0), (0.0,)), ["some patients"]),
        (lambda: Accrual((0.0, 5.0), (math.nan,)), ["rates", "nan"]),
        (lambda: ramped_accrual(5.0, 10.0, 8.0), ["months", "10"]),
        (lambda: EventPlan(constant_accrual(1.0, 1.0), (0.1,), starts=(0.0, 3.0)), ["hazard"]),
        (
            lambda: EventPlan(constant_accrual(1.0, 1.0), (-0.1,), (0.0,), dropout=(0.0, math.nan)),
            ["hazard", "hazard_ratio", "dropout"],
        ),
        (lambda: expected_events(PLAN, [-1.0, math.inf]), ["index 0", "index 1"]),
        (lambda: months_until_events(PLAN, 0.0), ["events"]),
        (lambda: patients_for_events(PLAN, 10.0, 0.0), ["late enough"]),
        (lambda: average_log_hazard_ratio(PLAN, 0.0), ["late enough"]),
        (lambda: monthly_hazard(1.0, math.nan), ["share", "months"]),
    ],
)
def test_refusals_name_every_problem(call: object, named: list[str]) -> None:
    with pytest.raises(ArrayError) as error:
        call()
    for word in named:
        assert word in str(error.value)
