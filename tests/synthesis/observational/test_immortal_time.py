"""Immortal time: what was promised, R's integrals and Cox fits, a plain simulation, and laws."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.synthesis.observational import (
    Scenario,
    expected_landmark,
    expected_naive,
    simulate_immortal_time,
    sufficient_delay,
)
from equipoise.synthesis.observational.cohort_draws import Cohort, analyse, matched_starters
from equipoise.synthesis.observational.start_times import started_share, stay_of_starters

PINNED = Path(__file__).parents[3] / "validation" / "observational"
WORKED = {
    "hazard_per_year": 0.06,
    "mean_delay_years": 5.0,
    "ever_start_share": 0.5,
    "follow_up_years": 10.0,
}


def read(name):
    with (PINNED / name).open(newline="") as file:
        return [
            {k: float(v) if k != "design" else v for k, v in row.items()}
            for row in csv.DictReader(file)
        ]


# what was promised


def test_no_effect_shows_as_a_halving():
    result = simulate_immortal_time(**WORKED, patients=4000, replicates=40, seed=3)
    naive = result.design("naive")
    assert naive.expected_rate_ratio == pytest.approx(0.5198, abs=5e-5)
    assert naive.rate_ratio == pytest.approx(0.52, abs=4 * naive.rate_ratio_mcse)
    assert result.design("time_varying").expected_rate_ratio == 1.0
    for design in result.designs:
        log = math.log(design.rate_ratio / design.expected_rate_ratio)
        assert abs(log) < 4 * design.rate_ratio_mcse
        if design.exposure_time != "naive":
            assert abs(math.log(design.hazard_ratio)) < 4 * design.hazard_ratio_mcse
    # half would start, but 36 % do: with half actually starting the ratio would be 0.44
    assert result.started_share == pytest.approx(0.356, abs=5e-4)
    more = Scenario(**WORKED)._replace(ever_start_share=0.5 / (result.started_share / 0.5))
    assert started_share(more) == pytest.approx(0.5)
    assert expected_naive(more) == pytest.approx(0.439, abs=5e-4)


def test_the_delay_that_turns_harm_into_benefit():
    found = sufficient_delay(
        true_hazard_ratio=1.12, naive=0.45, hazard_per_year=0.06, ever_start_share=0.8
    )
    assert found.status == "converged"
    assert found.label == "sufficient, not shown to be the cause"
    assert found.mean_delay_years == pytest.approx(2.84, abs=0.005)
    for delay in (found.mean_delay_years, found.longer_delay_years):
        at = found.scenario._replace(mean_delay_years=delay)
        assert at.hazard_ratio == 1.12
        assert expected_naive(at) == pytest.approx(0.45, abs=1e-9)
    again = simulate_immortal_time(**found.scenario._asdict(), patients=4000, replicates=40, seed=8)
    for name, wanted in (("naive", 0.45), ("time_varying", 1.12), ("new_user", 1.12)):
        design = again.design(name)
        assert abs(math.log(design.rate_ratio / wanted)) < 4 * design.rate_ratio_mcse


def test_when_no_delay_will_do_it_says_so_and_what_would():
    found = sufficient_delay(
        true_hazard_ratio=1.12, naive=0.45, ever_start_share=0.5, delay_shape="exponential"
    )
    assert found.status == "undefined"
    assert math.isnan(found.mean_delay_years)
    assert "the lowest it goes is 0.542" in found.message
    fixed = found.scenario._replace(delay_shape="fixed", mean_delay_years=found.fixed_delay_years)
    assert found.fixed_delay_years == pytest.approx(3.93, abs=0.005)
    assert expected_naive(fixed) == pytest.approx(0.45, abs=1e-9)
    wide = sufficient_delay(
        true_hazard_ratio=1.12, naive=0.45, ever_start_share=found.share_needed + 0.005
    )
    assert wide.status == "converged"
    assert sufficient_delay(delay_shape="fixed").mean_delay_years == found.fixed_delay_years
    either = sufficient_delay()
    assert (either.status, either.message) == ("converged", found.message)
    assert either.scenario == fixed
    assert either.mean_delay_years == found.fixed_delay_years
    again = simulate_immortal_time(
        **either.scenario._asdict(), patients=4000, replicates=20, seed=4
    )
    assert again.status == "converged"
    assert again.landmark_years == pytest.approx(0.5 * (either.mean_delay_years + 10))
    naive, varying = again.design("naive"), again.design("time_varying")
    assert abs(math.log(naive.rate_ratio / 0.45)) < 4 * naive.rate_ratio_mcse
    assert abs(math.log(varying.rate_ratio / 1.12)) < 4 * varying.rate_ratio_mcse
    up = sufficient_delay(true_hazard_ratio=0.8, naive=0.9)
    assert up.status == "undefined"
    assert "only lowers" in up.message


# R


def test_expected_ratios_against_numerical_integration():
    rows = read("expected_ratios.csv")
    assert len(rows) == 81
    for row in rows:
        scenario = Scenario(*(row[k] for k in ("hazard", "mean_delay", "share", "years", "theta")))
        assert expected_naive(scenario) == pytest.approx(row["naive"], rel=1e-9)
        assert expected_landmark(scenario, 2.0) == pytest.approx(row["landmark_ratio"], rel=1e-9)
        assert started_share(scenario) == pytest.approx(row["started"], rel=1e-9)


def test_analyses_of_one_cohort_against_survival():
    cohort = Cohort(*(np.array(x) for x in zip(*map(dict.values, read("cohort.csv")), strict=True)))
    found = analyse(cohort, 2.0, np.random.default_rng(1))
    for row in read("analyses.csv"):
        ours = found[row["design"]]
        assert ours.log_rate_ratio == pytest.approx(row["log_rate_ratio"], abs=1e-9)
        assert ours.log_hazard_ratio == pytest.approx(row["log_hazard_ratio"], abs=1e-9)


# a plain version


def test_against_a_walk_through_short_steps():
    """Fixed and exponential delays by stepping through follow-up, one share of patients a state."""
    for shape in ("exponential", "fixed"):
        scenario = Scenario(0.1, 3.0, 0.4, 8.0, 0.7, shape)
        steps = 40_000
        dt = scenario.follow_up_years / steps
        waiting, on, years_on, years_off, immortal, deaths_on = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(steps):
            t = (i + 0.5) * dt
            years_off += waiting * dt
            years_on += on * dt
            deaths_on += on * 0.07 * dt
            on *= math.exp(-0.07 * dt)
            waiting *= math.exp(-0.1 * dt)
            hit = abs(t - 3.0) < 0.5 * dt
            leaving = waiting * ((1 - math.exp(-dt / 3)) if shape == "exponential" else float(hit))
            waiting, on, immortal = waiting - leaving, on + leaving, immortal + leaving * t
        stay = stay_of_starters(scenario, 8.0)
        plain = (0.1 * years_off, years_off, deaths_on, years_on, immortal)
        ours = (
            *(stay.deaths_off, stay.years_off, stay.deaths_on, stay.years_on),
            stay.years_before_start,
        )
        assert ours == pytest.approx(plain, rel=1e-3)


def test_controls_are_alive_and_off_the_drug():
    start = np.array([np.inf, 1.0, 4.0, np.inf, 2.0])
    end = np.array([3.0, 5.0, 9.0, 0.5, 2.5])
    died = np.array([1.0, 0.0, 1.0, 1.0, 1.0])
    seen = set()
    for seed in range(200):
        years, deaths, exposed = matched_starters(
            Cohort(start, end, died), np.random.default_rng(seed)
        )
        # nobody is off the drug at 4 but the starter: two pairs are left
        assert exposed.tolist() == [1, 1, 0, 0]
        assert years[:2].tolist() == [4.0, 0.5]
        assert deaths[:2].tolist() == [0.0, 1.0]
        seen.add((float(years[2]), float(deaths[2])))
        assert (years[3], deaths[3]) in {(1.0, 1.0), (2.0, 0.0)}
    # at 1: the patient who dies at 3, the one who starts at 4 (leaves then), the one at 2
    assert seen == {(2.0, 1.0), (3.0, 0.0), (1.0, 0.0)}


# laws

scenarios = st.builds(
    Scenario,
    hazard_per_year=st.floats(0.001, 1),
    mean_delay_years=st.floats(0.1, 50),
    ever_start_share=st.floats(0.01, 0.99),
    follow_up_years=st.floats(0.5, 30),
    hazard_ratio=st.floats(0.3, 3),
    delay_shape=st.just("exponential"),
)


@given(scenarios)
def test_immortal_time_only_lowers_the_ratio(scenario):
    assert expected_naive(scenario) < scenario.hazard_ratio * (1 + 1e-9)


@given(scenarios)
def test_unit_of_time_does_not_matter(scenario):
    h, delay, p, years, theta, shape = scenario
    months = Scenario(h / 12, delay * 12, p, years * 12, theta, shape)
    assert expected_naive(months) == pytest.approx(expected_naive(scenario), rel=1e-9)


@given(scenarios)
def test_a_landmark_is_unbiased_under_no_effect_and_diluted_otherwise(scenario):
    null = scenario._replace(hazard_ratio=1.0)
    assert expected_landmark(null, null.follow_up_years / 3) == pytest.approx(1.0, rel=1e-9)
    found = expected_landmark(scenario, scenario.follow_up_years / 3)
    low, high = sorted((1.0, scenario.hazard_ratio))
    assert low * (1 - 1e-9) <= found <= high * (1 + 1e-9)


def test_a_very_short_delay_leaves_the_truth():
    for theta in (0.5, 1.0, 1.12):
        scenario = Scenario(0.06, 1e-6, 0.5, 10.0, theta)
        assert expected_naive(scenario) == pytest.approx(theta, rel=1e-5)


def test_the_same_for_any_number_of_workers():
    small = WORKED | {"patients": 500, "replicates": 6, "seed": 5}
    one, four = (simulate_immortal_time(**small, workers=w) for w in (1, 4))
    assert one == four
    assert simulate_immortal_time(**small | {"seed": 6}) != one


@pytest.mark.slow
def test_a_large_cohort_comes_close_to_every_expectation():
    result = simulate_immortal_time(
        **WORKED, hazard_ratio=1.5, patients=20_000, replicates=30, seed=9, workers=2
    )
    for design in result.designs:
        assert abs(math.log(design.rate_ratio / design.expected_rate_ratio)) < min(
            0.01, 4 * design.rate_ratio_mcse
        )


# edges


def test_too_small_a_cohort_says_so():
    result = simulate_immortal_time(**WORKED, patients=5, replicates=4)
    assert result.status == "undefined"
    assert "take more patients" in result.message


def test_a_landmark_before_any_fixed_start_has_no_users():
    result = simulate_immortal_time(
        **WORKED, delay_shape="fixed", patients=500, replicates=2, landmark_years=2
    )
    assert math.isnan(result.design("landmark").expected_rate_ratio)
    assert math.isnan(result.design("landmark").rate_ratio)
    assert result.status == "undefined"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hazard_per_year": 0.0}, "hazard_per_year"),
        ({"ever_start_share": 1.0, "mean_delay_years": math.nan}, "2 problems"),
        ({"seed": -1}, "seed"),
        ({"landmark_years": 10.0}, "within follow-up"),
        ({"patients": 0, "workers": 0}, "2 problems"),
        ({"patients": 1.5, "replicates": math.inf, "workers": math.nan}, "3 problems"),
        ({"delay_shape": "normal"}, "exponential, fixed"),
    ],
)
def test_what_cannot_be_is_refused(changes, said):
    with pytest.raises(InputError, match=said):
        simulate_immortal_time(**WORKED | changes)


def test_search_refuses_what_cannot_be():
    with pytest.raises(InputError, match="naive"):
        sufficient_delay(naive=-1)
    with pytest.raises(InputError, match="some outlive follow-up"):
        sufficient_delay(hazard_per_year=1e9)
    extreme = sufficient_delay(hazard_per_year=9.9, true_hazard_ratio=1.0, naive=0.3)
    assert expected_naive(extreme.scenario) == pytest.approx(0.3, abs=1e-6)
