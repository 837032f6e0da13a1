"""Fixed biomarker designs: closed form against simulation of the closed test, and its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from equipoise.design.closed import closed_test, inverse_normal
from equipoise.design.enrichment.fixed_designs import (
    all_comers,
    enriched,
    marker_strategy,
    quadrant,
    stratified,
)
from equipoise.synthesis.arrays import ArrayError

TESTS = ["bonferroni", "sidak", "simes", "spiessens-debois"]
ONE = inverse_normal([1.0], [-float(ndtri(0.025))])


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("effects", [(0.0, 0.0), (0.0, 0.6), (0.3, 0.3), (-0.2, 0.5)])
def test_stratified_against_simulating_the_closed_test(
    test: str, effects: tuple[float, float]
) -> None:
    n, pi, information = 200_000, 0.4, 100.0
    rng = np.random.default_rng(12)
    own = np.array([1 - pi, pi]) * information
    x = np.array(effects) + rng.standard_normal((n, 2)) / np.sqrt(own)
    z = np.stack([x[:, 1] * math.sqrt(own[1]), (x @ [1 - pi, pi]) * math.sqrt(information)], axis=1)
    size = np.array([[[own[1]], [information]]])
    found = closed_test(ndtr(-z)[:, :, None], ONE, test, size).rejected[:, :, 0]
    power = stratified(effects, information, pi, intersection=test)
    for ours, plain in (
        (power.subset, found[:, 0].mean()),
        (power.whole, found[:, 1].mean()),
        (power.any, found.any(axis=1).mean()),
    ):
        error = math.sqrt(max(ours * (1 - ours), 1e-6) / n)
        assert abs(ours - plain) < 4 * error


def test_schoenfeld_events() -> None:
    """Two-sided 5 %, 80 %, 1:1: 631 events at HR 0.80, 380 at 0.75 (Schoenfeld 1983)."""
    for ratio, events in ((0.80, 631), (0.75, 380), (0.64, 158)):
        effect = -math.log(ratio)
        assert all_comers(effect, events / 4).whole >= 0.8
        assert all_comers(effect, (events - 1) / 4).whole < 0.8
        assert enriched(effect, events / 4).subset == all_comers(effect, events / 4).whole


def test_a_marker_strategy_is_diluted() -> None:
    same = all_comers(0.4 * 0.5, 300.0).any
    assert marker_strategy(0.5, 300.0, 0.4).any == pytest.approx(same, rel=1e-14)
    assert marker_strategy(0.5, 300.0 / 0.4**2, 0.4).any == pytest.approx(
        enriched(0.5, 300.0).any, rel=1e-12
    )


def test_level_of_the_stratified_test() -> None:
    exact = stratified((0.0, 0.0), 50.0, 0.35)
    assert exact.any == pytest.approx(0.025, abs=1e-4)
    assert exact.any <= 0.025
    for test in TESTS:
        assert stratified((0.0, 0.0), 50.0, 0.35, intersection=test).any <= 0.025 + 1e-12


@settings(max_examples=30)
@given(
    pi=st.floats(0.05, 0.95),
    effects=st.tuples(st.floats(-0.5, 1.0), st.floats(-0.5, 1.0)),
    test=st.sampled_from(TESTS),
)
def test_power_grows_with_effect_and_alpha(
    pi: float, effects: tuple[float, float], test: str
) -> None:
    base = stratified(effects, 60.0, pi, intersection=test)
    better = stratified((effects[0] + 0.1, effects[1] + 0.1), 60.0, pi, intersection=test)
    loose = stratified(effects, 60.0, pi, intersection=test, alpha=0.05)
    for other in (better, loose):
        assert other.whole >= base.whole - 1e-10
        assert other.subset >= base.subset - 1e-10
        assert other.any >= base.any - 1e-10
    assert max(base.whole, base.subset) - 1e-10 <= base.any <= base.whole + base.subset + 1e-10


@pytest.mark.parametrize("r", [0.0, 0.4, 0.95])
def test_quadrant_where_it_is_known(r: float) -> None:
    assert quadrant(0.0, 0.0, r) == pytest.approx(0.25 + math.asin(r) / (2 * math.pi), abs=1e-9)
    assert quadrant(-20.0, 1.3, r) == pytest.approx(float(ndtr(-1.3)), rel=1e-9)
    assert quadrant(1.1, -0.4, 0.0) == pytest.approx(float(ndtr(-1.1) * ndtr(0.4)), rel=1e-10)


def test_refusals() -> None:
    with pytest.raises(ArrayError, match="one population"):
        stratified((0.0, 0.3), 100.0, 1.0)
    with pytest.raises(ArrayError) as caught:
        stratified((0.0, 0.3), -1.0, 0.0, intersection="dunnett")
    assert len(caught.value.problems) == 3
    with pytest.raises(ArrayError, match="nobody is treated"):
        marker_strategy(0.3, 100.0, 0.0)
    with pytest.raises(ArrayError, match="finite and above 0"):
        all_comers(math.nan, 100.0)
