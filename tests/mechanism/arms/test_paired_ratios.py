"""Ratios of paired arms: signs, errors against resampled patients, arms that are the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit
from tests.mechanism.calibration.conftest import PLAN, THETA, invented_arm

from equipoise.mechanism.arms.arm_records import PairedRatio
from equipoise.mechanism.arms.paired_ratios import paired_ratios
from equipoise.mechanism.arms.response_tally import ResponseTally, response_tally
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.plan import MechanismPlan

DRAWS = [{**THETA, "kappa_c": kappa} for kappa in (3.5, 4.0, 4.5)]


@pytest.fixture
def invented(plan: MechanismPlan) -> MechanismPlan:
    return plan.model_copy(update={"kill": PLAN, "definition": "breast"})


def tally(chemo: float, n: int = 400) -> ResponseTally:
    link = RecurrenceLink(0.05, 0.08, True)
    return response_tally(PLAN, invented_arm(n=n, chemo=chemo), DRAWS, link, 5.0)


def ratios(plan: MechanismPlan, a: ResponseTally, b: ResponseTally) -> tuple[PairedRatio, ...]:
    return paired_ratios(plan, a, b, 0.4, {})


def test_swapping_the_arms_inverts_every_ratio(invented: MechanismPlan) -> None:
    weak, strong = tally(1.0), tally(1.2)
    there, back = ratios(invented, weak, strong), ratios(invented, strong, weak)
    for one, other in zip(there, back, strict=True):
        assert one.median * other.median == pytest.approx(1.0)
        assert one.low * other.high == pytest.approx(1.0)
        assert one.monte_carlo_error == pytest.approx(other.monte_carlo_error)
    assert [one.measure for one in there] == ["odds_ratio", "odds_ratio", "hazard_ratio"]
    assert there[0].median > 1.0 > there[-1].median


def test_the_same_arm_twice_is_exactly_one(invented: MechanismPlan) -> None:
    same = tally(1.0)
    for one in ratios(invented, same, same):
        assert (one.median, one.low, one.high, one.monte_carlo_error) == (1.0, 1.0, 1.0, 0.0)


def test_the_error_is_what_resampled_patients_show(invented: MechanismPlan) -> None:
    a, b = tally(1.0), tally(1.2)
    found = ratios(invented, a, b)
    one, two = a.of_patients(0.4), b.of_patients(0.4)
    rng = np.random.default_rng(3)
    rows = rng.integers(0, a.n, (2000, a.n))
    p, q = one[rows].mean(axis=1), two[rows].mean(axis=1)
    odds = (logit(q[:, 0]) - logit(p[:, 0])).std()
    hazard = np.log(np.log(q[:, -1]) / np.log(p[:, -1])).std()
    assert found[0].monte_carlo_error == pytest.approx(odds, rel=0.1)
    assert found[-1].monte_carlo_error == pytest.approx(hazard, rel=0.1)
    apart = np.hypot(logit(p[:, 0]).std(), logit(q[:, 0]).std())
    assert found[0].monte_carlo_error < 0.5 * apart
