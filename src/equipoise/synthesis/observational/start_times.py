"""What each way of counting exposure time must show, worked out without simulation.

Patients die at a constant hazard `h`. A share `p` would start the drug, after a delay that is
exponential with mean `1 / r` or the same for all; they do start if they are alive then and still
followed. From the start their hazard is `h theta`. Follow-up ends at `F`. All times in years.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import exprel, gammainc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError, not_among

DESIGNS = ("naive", "time_varying", "landmark", "new_user")
"""Keys of `equipoise.synthesis.cohorts.EXPOSURE_TIMES`."""

SHAPES = ("exponential", "fixed")
"""How the delay to the first dose varies between patients: exponentially, or not at all."""


class Scenario(NamedTuple):
    """A cohort in which the effect of the drug is known.

    Attributes
    ----------
    hazard_per_year : float
        Hazard of death off the drug, `h`.
    mean_delay_years : float
        Mean delay to the start of the drug, `1 / r`.
    ever_start_share : float
        Share `p` of *all* patients who would start if they lived and were followed for ever.
        Fewer do start: some die first, for some the follow-up ends first.
    follow_up_years : float
        End of follow-up, `F`.
    hazard_ratio : float
        True hazard ratio `theta`, on against off the drug.
    delay_shape : {"exponential", "fixed"}
        Whether delays vary exponentially about their mean or all equal it.
    """

    hazard_per_year: float
    mean_delay_years: float
    ever_start_share: float
    follow_up_years: float
    hazard_ratio: float = 1.0
    delay_shape: str = "exponential"


class Stay(NamedTuple):
    """Deaths and years, per patient who would start, before and after the start.

    `years_before_start` are the years before the start of those who do start: the immortal time.
    """

    deaths_off: float
    years_off: float
    deaths_on: float
    years_on: float
    started: float
    years_before_start: float


def checked(scenario: Scenario) -> Scenario:
    """Return the scenario, or one error that names everything in it that cannot be."""
    allowed = {
        "hazard_per_year": "finite, above 0",
        "mean_delay_years": "finite, above 0",
        "ever_start_share": "above 0 and below 1",
        "follow_up_years": "finite, above 0",
        "hazard_ratio": "finite, above 0",
    }
    values = {name: getattr(scenario, name) for name in allowed}
    problems = [
        Problem("", "", name, repr(value), allowed[name], f"Change {name}.")
        for name, value in values.items()
        if not 0.0 < value < (1.0 if name == "ever_start_share" else math.inf)
    ]
    problems += not_among("delay_shape", scenario.delay_shape, SHAPES)
    if problems:
        raise ArrayError(problems)
    return scenario


def _discounted(rate: float, years: float) -> float:
    """`int_0^years exp(-rate t) dt`, for a rate of either sign or 0."""
    return float(years * exprel(-rate * years))


def stay_of_starters(scenario: Scenario, years: float) -> Stay:
    """Deaths and years over `years`, per patient off the drug at their beginning who would start.

    Exponential delays, with `c = h + r`: years off `(1 - e^(-c F)) / c`, deaths off `h` times
    that; started `r (1 - e^(-c F)) / c`; immortal years `int t r e^(-c t) dt`; deaths on
    `int r e^(-c t) (1 - e^(-h theta (F - t))) dt`, years on those over `h theta`. A fixed delay
    puts all the starting at one time, in those alive then.
    """
    if scenario.delay_shape == "fixed":
        return _stay_with_fixed_delay(scenario, years)
    h, r = scenario.hazard_per_year, 1.0 / scenario.mean_delay_years
    on, leave = h * scenario.hazard_ratio, h + r
    off = _discounted(leave, years)
    deaths_on = r * (off - math.exp(-on * years) * _discounted(leave - on, years))
    immortal = r / leave**2 * float(gammainc(2.0, leave * years))
    return Stay(h * off, off, deaths_on, deaths_on / on, r * off, immortal)


def _stay_with_fixed_delay(scenario: Scenario, years: float) -> Stay:
    h, delay = scenario.hazard_per_year, scenario.mean_delay_years
    off = _discounted(h, min(delay, years))
    if delay >= years:
        return Stay(h * off, off, 0.0, 0.0, 0.0, 0.0)
    started, on = math.exp(-h * delay), h * scenario.hazard_ratio
    years_on = started * _discounted(on, years - delay)
    return Stay(h * off, off, on * years_on, years_on, started, started * delay)


def started_share(scenario: Scenario) -> float:
    """Share of all patients who do start before they die and before follow-up ends."""
    stay = stay_of_starters(checked(scenario), scenario.follow_up_years)
    return scenario.ever_start_share * stay.started


def expected_naive(scenario: Scenario) -> float:
    """Rate ratio of ever against never users, all years of users counted as exposed.

    Deaths over years of those who start at any time, over deaths over years of all others (those
    who never would, and those who died or left before they could). NaN where nobody starts.
    """
    checked(scenario)
    h, years, p = scenario.hazard_per_year, scenario.follow_up_years, scenario.ever_start_share
    stay = stay_of_starters(scenario, years)
    if stay.started == 0.0:
        return math.nan
    users = stay.deaths_on / (stay.years_before_start + stay.years_on)
    never = _discounted(h, years)
    deaths = (1.0 - p) * h * never + p * stay.deaths_off
    others = deaths / ((1.0 - p) * never + p * (stay.years_off - stay.years_before_start))
    return users / others


def expected_landmark(scenario: Scenario, landmark_years: float) -> float:
    """Rate ratio from the landmark on, users being those who have started by then.

    Those who start later stay among the unexposed and pull the ratio towards 1; with no effect
    it is 1 exactly. NaN where nobody has started by then.
    """
    checked(scenario)
    h, left = scenario.hazard_per_year, scenario.follow_up_years - landmark_years
    delay = scenario.mean_delay_years
    if scenario.delay_shape == "fixed":
        waiting = scenario.ever_start_share * float(delay > landmark_years)
        later = scenario._replace(mean_delay_years=max(delay - landmark_years, 0.0))
    else:
        # an exponential delay not over yet begins anew
        waiting = scenario.ever_start_share * math.exp(-landmark_years / delay)
        later = scenario
    if waiting == scenario.ever_start_share:
        return math.nan
    never = 1.0 - scenario.ever_start_share
    stay = stay_of_starters(later, left)
    years = never * _discounted(h, left) + waiting * (stay.years_off + stay.years_on)
    deaths = never * h * _discounted(h, left) + waiting * (stay.deaths_off + stay.deaths_on)
    return h * scenario.hazard_ratio * years / deaths


def expected_ratios(scenario: Scenario, landmark_years: float) -> dict[str, float]:
    """Rate ratio that each design shows in an infinitely large cohort.

    Time-varying and new-user analyses show the true hazard ratio: hazards are constant, and a
    year counts as exposed only after the start.
    """
    return {
        "naive": expected_naive(scenario),
        "time_varying": scenario.hazard_ratio,
        "landmark": expected_landmark(scenario, landmark_years),
        "new_user": scenario.hazard_ratio,
    }
