"""What each rule says of the later estimate, against the arithmetic written out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.synthesis.retrodiction import PastCase
from equipoise.synthesis.retrodiction.case_effects import CaseEffect
from equipoise.synthesis.retrodiction.case_file import CaseRow
from equipoise.synthesis.retrodiction.forecasts import (
    ASSUMED_TAU,
    NAIVE,
    Forecast,
    equipoise_forecasts,
    naive_forecast,
    tau_of,
)
from equipoise.synthesis.retrodiction.measures import WHOLE
from equipoise.synthesis.retrodiction.prior_evidence import Known, PriorEvidence, prior_evidence

SIZES = st.floats(-1.5, 1.5)
ERRORS = st.floats(0.03, 1.0)


def equipoise_forecast(found: PriorEvidence, tau: float) -> Forecast:
    return equipoise_forecasts(found, [tau])[0]


def evidence(
    stratum: Known | None = None,
    rest: Known | None = None,
    whole: Known | None = None,
    *,
    later: float = -0.1,
    later_se: float = 0.1,
    name: str = "s",
    measure: str = "HR",
) -> PriorEvidence:
    target = CaseEffect("B", name, measure, later, later_se, "interval")
    return PriorEvidence(target, CaseRow(), stratum, rest, whole, 0, ())


def by_quadrature(observed: list[tuple[float, float, int]], effect: int) -> tuple[float, float]:
    """Mean and variance of mu (0) or mu + d (1) by summing over a fine grid of d and mu.

    `observed` are (b, se, which of the two it estimates).
    """
    mu = np.linspace(-1.6, 1.6, 1601)
    total, moments = 0.0, np.zeros(2)
    wide = np.linspace(-2.8, 2.8, 1401)
    slab = np.exp(-0.5 * (wide / 0.35) ** 2)
    for d, weight in ((np.zeros(1), np.array([0.8])), (wide, 0.2 * slab / slab.sum())):
        log = np.log(weight)[:, None] - 0.5 * (mu / 0.2) ** 2
        for b, se, which in observed:
            log = log - 0.5 * ((b - mu - which * d[:, None]) / se) ** 2
        density = np.exp(log)
        x = mu + effect * d[:, None]
        total += density.sum()
        moments += [(density * x).sum(), (density * x * x).sum()]
    mean, square = moments / total
    return mean, square - mean**2


def test_the_worked_posterior_with_what_is_added(worked: PastCase) -> None:
    """Issue 3, part 6: rest 0.0830 (0.0809), stratum -0.4463 (0.2022): HR 0.85 as exp(mean)."""
    found = prior_evidence(worked)
    assert found is not None
    forecast = equipoise_forecast(found, 0.0)
    assert math.exp(forecast.mean) == pytest.approx(0.85, abs=0.005)
    assert len(forecast.components) == 2
    assert max(w for w, _, _ in forecast.components) == pytest.approx(0.514, abs=0.005)
    shape = [(-0.4463, 0.2022, 1), (0.0862, 0.0815, 0)]
    mean, variance = by_quadrature(shape, 1)
    assert forecast.mean == pytest.approx(mean, abs=2e-4)
    assert forecast.sd == pytest.approx(math.sqrt(variance + found.target.se**2), abs=2e-4)


@pytest.mark.parametrize(
    ("observed", "name", "effect"),
    [
        ([(-0.45, 0.2, 1), (0.08, 0.08, 0)], "s", 1),
        ([(-0.45, 0.2, 1)], "s", 1),
        ([(0.2, 0.1, 0)], "s", 1),
        ([(0.2, 0.1, 0)], WHOLE, 0),
    ],
    ids=["both", "stratum alone", "rest alone", "whole"],
)
def test_absent_evidence_is_integrated_over(
    observed: list[tuple[float, float, int]], name: str, effect: int
) -> None:
    parts: dict[str, Known] = {}
    for b, se, which in observed:
        parts["stratum" if which or name == WHOLE else "rest"] = Known(b, se, 1)
    given_evidence = evidence(**parts, later_se=0.1, name=name)
    forecast = equipoise_forecast(given_evidence, 0.15)
    mean, variance = by_quadrature(observed, effect)
    assert forecast.mean == pytest.approx(mean, abs=1e-5)
    assert forecast.sd**2 == pytest.approx(variance + 0.15**2 + 0.1**2, abs=1e-5)
    weights, means, sds = np.array(forecast.components).T
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ means == pytest.approx(forecast.mean)
    square = weights @ (sds**2 + (means - forecast.mean) ** 2)
    assert square == pytest.approx(forecast.sd**2)


def test_the_naive_rules_written_out() -> None:
    known = evidence(Known(-0.6, 0.2, 1), None, Known(-0.1, 0.05, 1), later_se=0.1)
    expected = {
        "subgroup": (-0.6, math.sqrt(0.04 + 0.01)),
        "whole": (-0.1, math.sqrt(0.0025 + 0.01)),
        "third": (-0.4, math.sqrt(4 / 9 * 0.04 + 0.01)),
    }
    for rule in NAIVE:
        found = naive_forecast(rule, known)
        assert (found.mean, found.sd) == pytest.approx(expected[rule])


@settings(deadline=None)
@given(SIZES, ERRORS, SIZES, ERRORS, st.floats(0, 0.5))
def test_swapping_the_direction_flips_the_sign(
    b: float, se: float, other: float, other_se: float, tau: float
) -> None:
    one = equipoise_forecast(evidence(Known(b, se, 1), Known(other, other_se, 1)), tau)
    two = equipoise_forecast(evidence(Known(-b, se, 1), Known(-other, other_se, 1)), tau)
    assert two.mean == pytest.approx(-one.mean, abs=1e-9)
    assert two.sd == pytest.approx(one.sd, abs=1e-9)
    assert one.sd**2 >= tau**2 + 0.1**2


@settings(deadline=None)
@given(SIZES, ERRORS)
def test_a_stratum_alone_is_shrunk_towards_nothing(b: float, se: float) -> None:
    mean = equipoise_forecast(evidence(Known(b, se, 1)), 0.1).mean
    assert abs(mean) <= abs(b)
    assert mean * b >= 0


def test_tau_is_estimated_from_three_trials_or_assumed() -> None:
    few, many = Known(-0.2, 0.1, 2), Known(-0.2, 0.1, 3, 0.07)
    assert tau_of(evidence(few, None, few))[0] == ASSUMED_TAU == pytest.approx(0.1565, abs=5e-5)
    assert tau_of(evidence(few, None, many))[0] == 0.07
    assert "whole" in tau_of(evidence(few, None, many))[1]
    assert tau_of(evidence(many, None, few))[0] == 0.07


def directions(found: PriorEvidence) -> list[Forecast]:
    return [equipoise_forecast(found, 0.1), *(naive_forecast(rule, found) for rule in NAIVE)]


@pytest.mark.parametrize(
    "found",
    [
        evidence(Known(-0.3, 0.1, 1), None, Known(-0.2, 0.1, 1), later_se=math.nan),
        evidence(Known(-0.3, math.nan, 1), None, Known(-0.2, math.nan, 1)),
        evidence(Known(-0.3, 0.1, 1), None, Known(-0.2, 0.1, 1), measure="MD"),
    ],
    ids=["later without error", "earlier without error", "not a ratio"],
)
def test_without_errors_or_scale_only_the_direction_is_told(found: PriorEvidence) -> None:
    for forecast in directions(found):
        assert forecast.mean < 0
        assert math.isnan(forecast.sd)
        assert forecast.reason


def test_disagreeing_directions_tell_nothing() -> None:
    found = evidence(Known(-0.3, math.nan, 1), None, Known(0.2, 0.1, 1))
    forecast = equipoise_forecast(found, 0.1)
    assert math.isnan(forecast.mean)
    assert "disagree" in forecast.reason


def test_a_rest_without_an_error_is_absent() -> None:
    with_it = evidence(Known(-0.3, 0.1, 1), Known(0.1, math.nan, 1))
    without = evidence(Known(-0.3, 0.1, 1))
    assert equipoise_forecast(with_it, 0.1) == equipoise_forecast(without, 0.1)


def test_nothing_known_says_so() -> None:
    for forecast in directions(evidence()):
        assert math.isnan(forecast.mean)
        assert "no earlier effect" in forecast.reason


def test_far_off_evidence_gives_finite_numbers() -> None:
    wild: Any = evidence(Known(300.0, 1e-6, 1), Known(-300.0, 1e-6, 1))
    forecast = equipoise_forecast(wild, 0.1)
    assert math.isfinite(forecast.mean)
    assert math.isfinite(forecast.sd)
