"""Reconstructed individual data: a published curve, simulated trials, laws and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.synthesis.survival import (
    cox_two_arm,
    kaplan_meier,
    log_rank,
    median_survival,
    reconstruct_individual_data,
    rmst_difference,
    survival_at,
)

HALF = settings.default.max_examples // 2
"""Examples of the slower properties, whatever the profile."""

WEEKS = [0, 5, 10, 15, 20, 25, 30, 35]


def printed(time, event, knots, digits=3):
    """Steps of a Kaplan-Meier curve as a paper prints them, and numbers at risk."""
    curve = kaplan_meier(time, event)
    steps = curve.events > 0
    at_risk = [int((np.asarray(time) >= t).sum()) for t in knots]
    return curve.times[steps], np.round(curve.survival[steps], digits), knots, at_risk


def joined(arms):
    return (np.concatenate([getattr(a, name) for a in arms]) for name in ("time", "event", "arm"))


@pytest.mark.parametrize("told", [True, False])
def test_the_six_mp_trial_from_its_printed_curves(freireich, told):
    time, event, arm = freireich
    made = []
    for label in (1, 0):
        t, e = time[arm == label], event[arm == label]
        total = int(e.sum()) if told else None
        made.append(
            reconstruct_individual_data(*printed(t, e, WEEKS), total_events=total, arm=label)
        )
        # every event comes back at its time, and all numbers at risk are met
        assert made[-1].status == "converged"
        assert made[-1].time[made[-1].event == 1].tolist() == sorted(t[e == 1].tolist())
        assert made[-1].max_difference < 0.015
    true, again = cox_two_arm(*freireich), cox_two_arm(*joined(made))
    assert again.log_hazard_ratio == pytest.approx(true.log_hazard_ratio, abs=0.025)
    assert again.se == pytest.approx(true.se, rel=0.005)
    assert log_rank(*joined(made)).chi2 == pytest.approx(16.79, abs=0.5)
    for label, data in zip((1, 0), made, strict=True):
        assert median_survival(kaplan_meier(data.time, data.event)).time == (23 if label else 8)


def test_without_censoring_the_data_come_back_whole():
    rng = np.random.default_rng(8)
    time = np.round(np.sort(rng.exponential(10, 200)), 2)
    made = reconstruct_individual_data(*printed(time, np.ones(200), [0], 4), total_events=200)
    assert made.time.tolist() == time.tolist()
    assert made.event.all()


def digitise(rng, curve, noise=0.002, grid=0.001):
    """Readings of a curve at 150 places, with the error of a hand and of a pixel."""
    times = np.unique(np.round(np.linspace(0, curve.times[-1], 150), 2))[1:-1]
    shares = survival_at(curve, times) + rng.normal(0, noise, times.size)
    return times, np.round(np.clip(shares / grid, 0, 1 / grid)) * grid


def simulate(rng, n=300, hazard_ratio=0.7):
    """One trial: exponential times, three years of accrual, analysis at four, 5 % lost a year."""
    arm = np.repeat([0.0, 1.0], n)
    death = rng.exponential(1 / (0.5 * np.where(arm == 1, hazard_ratio, 1.0)))
    end = np.minimum(4 - rng.uniform(0, 3, 2 * n), rng.exponential(20, 2 * n))
    return np.minimum(death, end), (death <= end).astype(float), arm


def rebuild(rng, time, event, arm, how):
    made = []
    for label in (0.0, 1.0):
        t, e = time[arm == label], event[arm == label]
        knots = np.array([0.0]) if how == "bare" else np.arange(0, t.max(), 0.5)
        at_risk = [(t >= x).sum() for x in knots]
        total = int(e.sum()) if how == "all" else None
        curve = digitise(rng, kaplan_meier(t, e))
        made.append(
            reconstruct_individual_data(*curve, knots, at_risk, total_events=total, arm=label)
        )
    return joined(made)


def summaries(time, event, arm):
    medians = [median_survival(kaplan_meier(time[arm == a], event[arm == a])).time for a in (0, 1)]
    fit = cox_two_arm(time, event, arm)
    gain = rmst_difference(time, event, arm, 2.5)
    return [fit.log_hazard_ratio, fit.se, medians[0], gain.estimate, gain.se]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "bias", "scatter"),
    [
        # log hazard ratio, its error, median, RMST difference, its error: largest mean and SD
        ("all", (0.001, 0.001, 0.02, 0.002, 0.0005), (0.008, 0.0005, 0.02, 0.002, 0.0003)),
        ("at risk", (0.001, 0.001, 0.02, 0.002, 0.0005), (0.008, 0.0005, 0.02, 0.002, 0.0003)),
    ],
)
def test_simulated_trials_come_back(how, bias, scatter):
    rng = np.random.default_rng(2012)
    errors = []
    for _ in range(100):
        data = simulate(rng)
        errors.append(np.subtract(summaries(*rebuild(rng, *data, how)), summaries(*data)))
    mean, spread = np.mean(errors, axis=0), np.std(errors, axis=0, ddof=1)
    monte_carlo = spread / math.sqrt(len(errors))
    assert (np.abs(mean) <= np.array(bias) + 2 * monte_carlo).all()
    assert (spread <= scatter).all()


@st.composite
def arms(draw):
    n = draw(st.integers(3, 60))
    time = draw(st.lists(st.integers(1, 300), min_size=n, max_size=n))
    event = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n).filter(any))
    return np.array(time) / 10, np.array(event, dtype=float)


@settings(max_examples=HALF)
@given(arms(), st.booleans())
def test_what_is_made_keeps_to_what_is_printed(arm, told):
    time, event = arm
    knots = [float(t) for t in range(0, math.ceil(time.max()), 5)]
    total = int(event.sum()) if told else None
    made = reconstruct_individual_data(*printed(time, event, knots, 4), total_events=total)
    assert made.n == time.size
    assert made.time.size == made.event.size == made.n
    assert (np.diff(made.time) >= 0).all()
    assert set(made.event) <= {0.0, 1.0}
    assert (made.status == "converged") == (made.message == "" or "instead of" not in made.message)
    assert set(made.time[made.event == 1]) <= set(time[event == 1])
    if made.status == "converged":
        assert made.at_risk_made.tolist() == made.at_risk.tolist()


@settings(max_examples=HALF)
@given(arms())
def test_order_and_repeats_of_readings_do_not_matter(arm):
    t, s, knots, at_risk = printed(*arm, [0.0, 10.0], 4)
    one = reconstruct_individual_data(t, s, knots, at_risk)
    twice = np.concatenate([t[::-1], t]), np.concatenate([s[::-1], s])
    other = reconstruct_individual_data(*twice, knots, at_risk)
    assert one.time.tolist() == other.time.tolist()
    assert one.event.tolist() == other.event.tolist()


def test_cleaning_says_what_it_did():
    made = reconstruct_individual_data(
        [3, 1, 2, 2, 4], [0.60, 0.95, 0.80, 0.90, 0.70], [0, 3], [40, 30], arm=1
    )
    assert "moved by up to 0.050" in made.message
    assert "not in order" in made.message
    assert made.arm.tolist() == [1.0] * 40


def test_what_cannot_be_met_is_said():
    made = reconstruct_individual_data([1, 2, 3], [0.9, 0.8, 0.5], [0, 3], [20, 18], total_events=3)
    assert made.status == "not_converged"
    assert "instead of 18 at risk at 3" in made.message
    assert "instead of 3 events" in made.message


def test_bare_curves_warn():
    made = reconstruct_individual_data([1, 2, 3], [0.9, 0.8, 0.5], 0, 20)
    assert "errors are too small" in made.message
    assert made.time.tolist() == [1, 1, 2, 2] + [3] * 16
    assert made.events == 10
    with_total = reconstruct_individual_data([1, 2, 3], [0.9, 0.8, 0.5], 0, 20, total_events=8)
    assert with_total.events == 8


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"survival": [95, 80]}, "not per cent"),
        ({"survival": [0.9]}, "equal lengths"),
        ({"time": [1, math.nan]}, "finite, 0 or later"),
        ({"at_risk_times": [1, 2]}, "0 as the first time"),
        ({"at_risk_times": [0, 0]}, "later than the one before"),
        ({"at_risk": [10, 12]}, "no more than the one before"),
        ({"at_risk": [10.5, 3]}, "a whole number"),
        ({"at_risk": [0, 0]}, "above 0 at first"),
        ({"total_events": 11}, "from 0 to 10"),
        ({"survival": [95, 80], "total_events": -1, "at_risk": [10, 12]}, "4 problems"),
    ],
)
def test_what_cannot_be_is_refused(changes, said):
    good = {"time": [1, 2], "survival": [0.9, 0.8], "at_risk_times": [0, 2], "at_risk": [10, 7]}
    with pytest.raises(InputError, match=said):
        reconstruct_individual_data(**good | changes)
