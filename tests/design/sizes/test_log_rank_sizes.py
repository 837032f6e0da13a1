"""Events for a log-rank test: published numbers, a simulation, properties, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.sizes import (
    detectable_hazard_ratio,
    events_needed,
    interaction_events_needed,
    power_of_events,
    whole,
)
from equipoise.synthesis.arrays import ArrayError

RATIOS = (0.64, 0.75, 0.80, 0.85)


def test_events_of_the_usual_ratios() -> None:
    for two in ({"alpha": 0.05, "sided": 2}, {}):
        assert whole(events_needed(RATIOS, **two)).tolist() == [158, 380, 631, 1189]
        freedman = events_needed(RATIOS, method="freedman", **two)
        assert whole(freedman).tolist() == [163, 385, 636, 1194]


def test_published_sizes_by_schoenfeld() -> None:
    """Table 1 of 10.1186/s13063-015-0727-9: 5 %, 80 %, half the patients censored.

    The table rounds up to whole blocks of four.
    """
    patients = events_needed([1.25, 1.50, 1.75, 2.00], alpha=0.05, sided=2) / 0.5
    assert (4 * np.ceil(patients / 4)).tolist() == [1264, 384, 204, 132]


def test_an_interaction_needs_four_times_the_events() -> None:
    assert whole(interaction_events_needed(0.64, 0.5)) == 631
    p = np.array([0.1, 0.2, 0.35, 0.5, 0.65])
    by_share = interaction_events_needed(0.64, p)
    np.testing.assert_allclose(by_share, events_needed(0.64) * (1 / p + 1 / (1 - p)), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("hr", "r"), [(0.64, 1), (0.75, 2)])
def test_power_is_that_of_simulated_trials(hr: float, r: int) -> None:
    """Few patients of many have the event, so that those at risk keep the ratio."""
    d, trials, rng = 120, 1500, np.random.default_rng(11)
    n = 900
    treated = np.arange(n) % (1 + r) > 0
    claims = 0
    for _ in range(trials):
        t = rng.standard_exponential(n) / np.where(treated, hr, 1.0)
        claims += log_rank_z(treated, np.argsort(t)[:d]) > 1.959964
    power = float(power_of_events(d, hr, allocation=r))
    assert claims / trials == pytest.approx(power, abs=4 * math.sqrt(power * (1 - power) / trials))


def log_rank_z(treated: np.ndarray, events: np.ndarray) -> float:
    """Log-rank z, one event at a time; all others are censored after the last."""
    observed = expected = variance = 0.0
    n, at_risk = treated.size, treated.sum()
    for i in events:
        share = at_risk / n
        observed += treated[i]
        expected += share
        variance += share * (1 - share)
        n, at_risk = n - 1, at_risk - treated[i]
    return float((expected - observed) / math.sqrt(variance))


@settings(max_examples=40, deadline=None)
@given(
    hr=st.floats(0.2, 0.97),
    r=st.floats(0.2, 5.0),
    power=st.floats(0.1, 0.99),
    alpha=st.floats(0.001, 0.09),
    method=st.sampled_from(["schoenfeld", "freedman"]),
)
def test_power_is_monotone_and_inverse_to_the_events(
    hr: float, r: float, power: float, alpha: float, method: str
) -> None:
    shared = {"allocation": r, "method": method, "alpha": alpha}
    d = float(events_needed(hr, power=power, **shared))
    assert power_of_events(d, hr, **shared) == pytest.approx(power, abs=1e-10)
    assert detectable_hazard_ratio(d, power=power, **shared) == pytest.approx(hr, rel=1e-9)
    assert power_of_events(1.1 * d, hr, **shared) > power
    assert power_of_events(d, 0.98 * hr, **shared) > power
    assert power_of_events(d, hr, **{**shared, "alpha": 1.1 * alpha}) > power
    assert power_of_events(d, 1.0, **shared) == pytest.approx(alpha, rel=1e-12)
    harm = power_of_events(d, 1.0 / hr, **shared)
    assert harm < alpha


def test_schoenfeld_looks_at_both_directions_alike_and_arms_swap() -> None:
    assert events_needed(0.8, allocation=3.0) == pytest.approx(
        events_needed(1.25, allocation=1 / 3)
    )
    freedman = events_needed(0.8, allocation=3.0, method="freedman")
    swapped = events_needed(1.25, allocation=1 / 3, method="freedman")
    assert freedman == pytest.approx(swapped, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: events_needed(1.0), ["hazard_ratio", "no effect"]),
        (lambda: events_needed([0.8, np.nan, 0.0]), ["index 1", "index 2", "nan"]),
        (lambda: events_needed(-0.5, power=1.0, allocation=0.0), ["hazard_ratio", "power"]),
        (lambda: events_needed(0.8, power=0.01), ["power", "level of one side"]),
        (lambda: events_needed(0.8, alpha=0.0), ["alpha"]),
        (lambda: events_needed(0.8, alpha=np.nan), ["alpha"]),
        (lambda: events_needed(0.8, sided=3), ["sided"]),
        (lambda: events_needed(0.8, method="cox"), ["method", "schoenfeld, freedman"]),
        (lambda: power_of_events(-1, 0.8), ["events"]),
        (lambda: power_of_events(10, 0.8, benefit="up"), ["benefit"]),
        (lambda: detectable_hazard_ratio(3, method="freedman"), ["more events"]),
        (lambda: interaction_events_needed(0.64, [0.0, 1.0]), ["index 0", "index 1", "prevalence"]),
        (lambda: interaction_events_needed(1.0), ["ratio_of_hazard_ratios"]),
    ],
)
def test_refusals_name_every_problem(call: object, named: list[str]) -> None:
    with pytest.raises(ArrayError) as error:
        call()
    for word in named:
        assert word in str(error.value)
