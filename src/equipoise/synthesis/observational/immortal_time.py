"""How much of a cohort's finding the time before the first dose can make by itself."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.cohorts import EXPOSURE_TIMES
from equipoise.synthesis.observational.cohort_draws import analyse, draw_cohort
from equipoise.synthesis.observational.start_times import (
    DESIGNS,
    Scenario,
    checked,
    expected_ratios,
    started_share,
)
from equipoise.synthesis.survival.patients import bad_option, stop_if

METHOD_CITES = {
    "simulate_immortal_time": ("suissa2008", "levesque2010"),
    "landmark": ("anderson1983",),
    "new_user": ("hernan2016", "suissa2017"),
}
"""Keys of `equipoise.cite.REFERENCES` behind the simulator and the designs."""


@dataclass(frozen=True)
class DesignResult:
    """What one way of counting exposure time shows.

    Attributes
    ----------
    exposure_time, label : str
        Key and words of the design in `equipoise.synthesis.cohorts.EXPOSURE_TIMES`.
    expected_rate_ratio : float
        Ratio of deaths per person-year that an infinitely large cohort would show; exact.
    rate_ratio, rate_ratio_mcse : float
        Geometric mean over the simulated cohorts, and the Monte Carlo standard error of its
        logarithm.
    hazard_ratio, hazard_ratio_mcse : float
        The same for the Cox hazard ratio.
    cohort_sd : float
        Standard deviation of the log rate ratio over cohorts: the sampling error of one.
    """

    exposure_time: str
    label: str
    expected_rate_ratio: float
    rate_ratio: float
    rate_ratio_mcse: float
    hazard_ratio: float
    hazard_ratio_mcse: float
    cohort_sd: float


@dataclass(frozen=True)
class ImmortalTime:
    """A simulated cohort with a known effect, analysed in four ways.

    Attributes
    ----------
    scenario : Scenario
        What was put in.
    landmark_years : float
        Time of the landmark.
    started_share : float
        Share of all patients who start before they die or leave; exact.
    designs : tuple of DesignResult
        Naive, time-varying, landmark, new user.
    patients, replicates, seed : int
        Size and number of the cohorts, and the seed.
    status, message : str
        ``undefined`` when an analysis failed in some cohort (no death in a group): the means
        then leave those out and are not to be used.
    """

    scenario: Scenario
    landmark_years: float
    started_share: float
    designs: tuple[DesignResult, ...]
    patients: int
    replicates: int
    seed: int
    status: str
    message: str

    def design(self, exposure_time: str) -> DesignResult:
        """Return the result of one design by its key."""
        return next(d for d in self.designs if d.exposure_time == exposure_time)


def simulate_immortal_time(
    *,
    hazard_per_year: float,
    mean_delay_years: float,
    ever_start_share: float,
    follow_up_years: float,
    hazard_ratio: float = 1.0,
    delay_shape: str = "exponential",
    landmark_years: float | None = None,
    patients: int = 10_000,
    replicates: int = 50,
    seed: int = 1,
    workers: int = 1,
) -> ImmortalTime:
    """Show what four analyses find in a cohort in which the effect of the drug is known.

    Deaths come at a constant hazard. A share of the patients would start the drug after a delay
    (exponential, unless said otherwise); those alive and followed at that moment do, and their
    hazard is multiplied by `hazard_ratio` from then on. There is no confounding: start and death
    are independent. The analyses:

    - ``naive``: ever against never users, users' years all counted as exposed;
    - ``time_varying``: exposed from the start on;
    - ``landmark``: exposed if started by `landmark_years`, those followed then, from then on;
    - ``new_user``: each starter against one patient drawn from those alive and off the drug at
      that moment, who leaves when starting.

    Each gives a rate ratio (deaths per person-year, exposed over unexposed) and a Cox hazard
    ratio; the rate ratio has an exact expectation to check the simulation against.

    Parameters
    ----------
    hazard_per_year : float
        Off the drug.
    mean_delay_years : float
        Mean delay in those who would start.
    ever_start_share : float
        Share of *all* patients who would start if they lived and were followed for ever, not of
        those who did start (that is `started_share` of the result, and smaller).
    follow_up_years : float
        End of follow-up of everybody.
    hazard_ratio : float
        True effect of the drug; an input, never an estimate.
    delay_shape : {"exponential", "fixed"}
        Whether delays vary exponentially about their mean or all equal it.
    landmark_years : float
        If not given a fifth of the follow-up; or, where a fixed delay is longer than that and
        nobody would have started, halfway between the delay and the end.
    patients, replicates : int
        Size and number of simulated cohorts.
    seed : int
        Seed; each cohort has a stream of its own.
    workers : int
        Threads; the numbers are the same for any.

    Returns
    -------
    ImmortalTime

    Raises
    ------
    ArrayError
        Rates, times or shares that cannot be; the landmark outside follow-up.

    Notes
    -----
    A real cohort that shows the naive number has not been shown to owe it to this bias. Suissa
    2008, 10.1093/aje/kwm324; Levesque and others 2010, 10.1136/bmj.b5087; landmark: Anderson,
    Cain and Gelber 1983, 10.1200/JCO.1983.1.11.710.

    Examples
    --------
    >>> result = simulate_immortal_time(
    ...     hazard_per_year=0.06,
    ...     mean_delay_years=5,
    ...     ever_start_share=0.5,
    ...     follow_up_years=10,
    ...     patients=1000,
    ...     replicates=2,
    ... )
    >>> [round(d.expected_rate_ratio, 2) for d in result.designs]
    [0.52, 1.0, 1.0, 1.0]
    """
    scenario = checked(
        Scenario(
            *(hazard_per_year, mean_delay_years, ever_start_share, follow_up_years, hazard_ratio),
            delay_shape,
        )
    )
    landmark = _landmark(scenario) if landmark_years is None else landmark_years
    inside = 0.0 < landmark < follow_up_years
    problems = bad_option("landmark_years", landmark, inside, "within follow-up")
    numbers = {"patients": patients, "replicates": replicates, "workers": workers}
    for name, value in numbers.items():
        whole = 1 <= value < math.inf and value == int(value)
        problems += bad_option(name, value, whole, "a whole number, 1 or more")
    whole = 0 <= seed < math.inf and seed == int(seed)
    problems += bad_option("seed", seed, whole, "a whole number, 0 or more")
    stop_if(problems)
    patients, replicates, workers = int(patients), int(replicates), int(workers)
    streams = np.random.SeedSequence(int(seed)).spawn(replicates)

    def one(stream: np.random.SeedSequence) -> list[tuple[float, float]]:
        rng = np.random.default_rng(stream)
        found = analyse(draw_cohort(scenario, patients, rng), landmark, rng)
        return [found[name] for name in DESIGNS]

    with ThreadPoolExecutor(max_workers=workers) as pool:
        logs = np.array(list(pool.map(one, streams)))
    expected = expected_ratios(scenario, landmark)
    lost = int(np.isnan(logs).any(axis=(1, 2)).sum())
    return ImmortalTime(
        scenario,
        landmark,
        started_share(scenario),
        tuple(_design(name, expected[name], logs[:, i]) for i, name in enumerate(DESIGNS)),
        *(patients, replicates, seed),
        "undefined" if lost else "converged",
        _said(lost, replicates),
    )


def _landmark(scenario: Scenario) -> float:
    """Choose a landmark by which some have started."""
    delay, end = scenario.mean_delay_years, scenario.follow_up_years
    late = scenario.delay_shape == "fixed" and end / 5.0 <= delay < end
    return 0.5 * (delay + end) if late else end / 5.0


def _said(lost: int, replicates: int) -> str:
    if lost == 0:
        return ""
    return (
        f"In {lost} of {replicates} cohorts an analysis had a group without patients or deaths; "
        "take more patients or another landmark."
    )


def _design(name: str, expected: float, logs: Array) -> DesignResult:
    """Means over cohorts of the logarithms (replicates, 2), with their Monte Carlo errors."""
    (rate, rate_sd, m), (hazard, hazard_sd, n) = (_mean(logs[:, column]) for column in (0, 1))
    return DesignResult(
        *(name, EXPOSURE_TIMES[name][0], expected, math.exp(rate), rate_sd / math.sqrt(m)),
        hazard_ratio=math.exp(hazard),
        hazard_ratio_mcse=hazard_sd / math.sqrt(n),
        cohort_sd=rate_sd,
    )


def _mean(logs: Array) -> tuple[float, float, int]:
    """Mean, standard deviation and number of the cohorts that have a value."""
    known = logs[~np.isnan(logs)]
    if known.size == 0:
        return math.nan, math.nan, 1
    sd = float(known.std(ddof=1)) if known.size > 1 else math.nan
    return float(known.mean()), sd, known.size
