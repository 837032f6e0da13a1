"""Splits by markers: effects that were put in come out, and the marker that tells rivals apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from equipoise.mechanism.sensitivity import (
    MarkerStatus,
    RivalOutcomes,
    patients_for_interaction,
    split_effects,
)

M, N = 6, 40
MARK = np.tile((np.arange(N) < 10).astype(float), (M, 1))
OTHER = np.tile((np.arange(N) % 2).astype(float), (M, 1))
CONTROL = np.full((M, N), 0.5)


def treated(with_it, without, spread=0.0):
    """Log odds ratios in both groups, with the effect of the marked varying over draws."""
    shift = np.linspace(-spread, spread, M)[:, None]
    return expit(logit(CONTROL) + np.where(MARK == 1.0, with_it + shift, without))


def made(**effects):
    outcomes = [RivalOutcomes(name, treated(*effect), CONTROL) for name, effect in effects.items()]
    splits = [
        MarkerStatus("mark", "the mark", {o.rival: MARK for o in outcomes}),
        MarkerStatus("other", "another", {o.rival: OTHER for o in outcomes}),
    ]
    return split_effects(outcomes, splits)


def test_effects_put_in_come_out():
    found = made(none=(0.0, 0.0), a=(0.6, 0.2, 0.1))
    effect = {(e.marker, e.rival): e for e in found.effects}[("mark", "a")]
    assert effect.positive == pytest.approx(0.6, abs=0.01)
    assert effect.negative == pytest.approx(0.2)
    assert effect.interaction == pytest.approx(0.4, abs=0.01)
    assert effect.interaction_sd == pytest.approx(np.linspace(-0.1, 0.1, M).std(ddof=1), rel=1e-6)
    assert effect.share_positive == 0.25
    chances = (float(treated(0.6, 0.2, 0.1)[:, :10].mean()), 0.5, float(expit(0.2)), 0.5)
    assert effect.patients == patients_for_interaction(0.4, chances, 0.25)
    assert effect.patients_least == patients_for_interaction(effect.interaction_high, chances, 0.25)
    assert effect.patients_least < effect.patients


def test_the_marker_that_separates_is_the_best():
    found = made(none=(0.0, 0.0), a=(0.6, 0.2, 0.1), b=(0.3, 0.3))
    assert found.best == "mark"
    assert found.harmonic_patients["mark"] < found.harmonic_patients["other"]
    pairs = {(s.marker, s.first, s.second): s for s in found.separations}
    assert len(pairs) == 2 * 3
    assert pairs[("mark", "none", "b")].patients == math.inf
    assert pairs[("mark", "none", "b")].standardised == pytest.approx(0.0, abs=1e-9)
    assert pairs[("mark", "none", "a")].difference == pytest.approx(-0.4, abs=0.01)
    assert pairs[("mark", "none", "a")].standardised == pytest.approx(
        0.4 / np.linspace(-0.1, 0.1, M).std(ddof=1), rel=0.01
    )


def test_rivals_without_an_effect_are_told_apart_by_nothing():
    found = made(none=(0.0, 0.0), same=(0.0, 0.0))
    assert found.best == ""
    assert set(found.harmonic_patients.values()) == {math.inf}


def test_swapping_the_sides_swaps_the_effects():
    outcome = [RivalOutcomes("a", treated(0.6, 0.2), CONTROL)]
    one, two = (
        split_effects(outcome, [MarkerStatus("m", "", {"a": status})]).effects[0]
        for status in (MARK, 1.0 - MARK)
    )
    assert (one.positive, one.negative) == pytest.approx((two.negative, two.positive))
    assert one.interaction == pytest.approx(-two.interaction)
    assert one.patients == two.patients


def test_a_split_without_one_side_has_no_interaction():
    outcome = [RivalOutcomes("a", treated(0.6, 0.2), CONTROL)]
    found = split_effects(outcome, [MarkerStatus("m", "", {"a": np.ones((M, N))})])
    assert math.isnan(found.effects[0].interaction)
    assert found.effects[0].patients == math.inf
