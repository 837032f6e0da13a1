"""Markers as called by an assay, and continuous ones cut by thresholds."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from equipoise.design.closed import called_marker, continuous_marker, random_subset_sizes
from equipoise.synthesis.arrays import ArrayError

SHARE = st.floats(0.05, 0.95)


@given(prevalence=SHARE, sensitivity=st.floats(0.55, 1.0), specificity=st.floats(0.55, 1.0))
def test_called_groups_hold_everybody(
    prevalence: float, sensitivity: float, specificity: float
) -> None:
    marker = called_marker(prevalence, sensitivity, specificity)
    c, (low, high) = marker.called_positive, marker.truly_positive
    assert c * high + (1 - c) * low == pytest.approx(prevalence, abs=1e-12)
    assert low <= prevalence + 1e-12 <= high + 2e-12
    mixed = marker.mixed([0.1, 0.5])
    assert c * mixed[1] + (1 - c) * mixed[0] == pytest.approx(0.1 + 0.4 * prevalence, abs=1e-12)


def test_against_counting_patients() -> None:
    rng = np.random.default_rng(5)
    positive = rng.random(400_000) < 0.35
    called = np.where(positive, rng.random(400_000) < 0.9, rng.random(400_000) < 0.05)
    marker = called_marker(0.35, 0.9, 0.95)
    assert called.mean() == pytest.approx(marker.called_positive, abs=0.004)
    assert positive[called].mean() == pytest.approx(marker.truly_positive[1], abs=0.004)
    assert positive[~called].mean() == pytest.approx(marker.truly_positive[0], abs=0.004)


def test_a_perfect_assay_changes_nothing() -> None:
    marker = called_marker(0.35)
    assert marker.mixed([[0.45, 0.45], [0.45, 0.67]]).tolist() == [[0.45, 0.45], [0.45, 0.67]]


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, math.nan])
def test_a_marker_that_splits_nobody(prevalence: float) -> None:
    with pytest.raises(ArrayError, match="there is one population"):
        called_marker(prevalence)


def test_all_that_is_wrong_with_an_assay() -> None:
    with pytest.raises(ArrayError) as caught:
        called_marker(2.0, 1.2, -0.1)
    assert len(caught.value.problems) == 3
    with pytest.raises(ArrayError, match="tells nothing"):
        called_marker(0.3, 0.5, 0.5)


def test_random_subset() -> None:
    sizes = random_subset_sizes(200, 0.35, np.random.default_rng(1), 20_000)
    assert sizes.mean() == pytest.approx(70.0, abs=0.2)
    assert sizes.var() == pytest.approx(200 * 0.35 * 0.65, rel=0.05)


def test_average_effects_between_thresholds() -> None:
    marker = continuous_marker([0.2, 0.6, 1.0])
    cuts = [9.0, *marker.thresholds, -9.0]

    def density(x: float) -> float:
        return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)

    plain = [
        quad(lambda x: (0.1 + 0.3 * x) * density(x), low, high)[0] / quad(density, low, high)[0]
        for high, low in pairwise(cuts)
    ][::-1]
    assert marker.average_effects(0.1, 0.3).tolist() == pytest.approx(plain, abs=1e-8)
    assert marker.strata().tolist() == pytest.approx([0.4, 0.4, 0.2])
    assert marker.strata() @ marker.average_effects(0.1, 0.3) == pytest.approx(0.1)


def test_shares_must_rise_to_one() -> None:
    for shares in ([0.5, 0.4, 1.0], [0.2, 0.6], [0.0, 1.0], [math.nan, 1.0]):
        with pytest.raises(ArrayError, match="rising"):
            continuous_marker(shares)
