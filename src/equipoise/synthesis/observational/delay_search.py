"""How long a delay to the first dose would have to be to make a cohort's naive finding."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.observational.start_times import (
    Scenario,
    checked,
    expected_naive,
    started_share,
)
from equipoise.synthesis.survival.patients import bad_option, stop_if

METHOD_CITES = {"sufficient_delay": ("suissa2008", "levesque2010")}
"""Keys of `equipoise.cite.REFERENCES` behind the search."""

LABEL = "sufficient, not shown to be the cause"

HIGHEST = 100.0
"""Deaths a patient, if one could die more than once, beyond which no share that survives is left
in a double."""

GRID = 600
"""Delays tried; neighbours differ by 2.3 %, and the naive ratio as a function of the delay has
one valley."""


@dataclass(frozen=True)
class SufficientDelay:
    """A mean delay to the first dose at which the naive analysis shows a given ratio.

    Attributes
    ----------
    mean_delay_years : float
        The shortest such delay; `scenario.delay_shape` says whether it varies exponentially
        about this mean or is the same for everybody; NaN if there is none.
    longer_delay_years : float
        A second, longer delay that shows the same ratio; NaN if there is none.
    naive, true_hazard_ratio : float
        What the naive analysis is to show, and what was put in.
    started_share : float
        Share of all patients who start in time, at `mean_delay_years`.
    lowest_naive, lowest_at_years : float
        The lowest ratio that any delay of the shape asked for makes, and that delay;
        exponential if no shape was.
    fixed_delay_years : float
        The delay that would do if it were the same for everybody; NaN if none would. Long fixed
        delays leave users almost only immortal time, so that one can nearly always be found.
    share_needed : float
        Smallest share of would-be starters at which some exponential delay would do; NaN where
        one does already, or none would at any share.
    label : str
        Always "sufficient, not shown to be the cause".
    scenario : Scenario
        The cohort at `mean_delay_years` (at `lowest_at_years` if there is none).
    status, message : str
        ``converged``, with a sentence where only a fixed delay does; or ``undefined`` with the
        reason why no delay will do.
    """

    mean_delay_years: float
    longer_delay_years: float
    naive: float
    true_hazard_ratio: float
    started_share: float
    lowest_naive: float
    lowest_at_years: float
    fixed_delay_years: float
    share_needed: float
    label: str
    scenario: Scenario
    status: str
    message: str


def sufficient_delay(
    *,
    naive: float = 0.45,
    true_hazard_ratio: float = 1.12,
    hazard_per_year: float = 0.06,
    ever_start_share: float = 0.5,
    follow_up_years: float = 10.0,
    delay_shape: str | None = None,
) -> SufficientDelay:
    """Find the mean delay to the first dose that makes a naive analysis show `naive`.

    Solves `expected_naive(delay) = naive` for the exact rate ratio of ever against never users
    (`start_times.expected_naive`) with the true hazard ratio given. Such a delay is sufficient
    for the finding. That is not evidence that it was the cause: confounding, selection and an
    effect of the drug could each make the same number.

    Parameters
    ----------
    naive : float
        Rate ratio to be reached.
    true_hazard_ratio : float
        Put in, for instance from a trial; not estimated.
    hazard_per_year, ever_start_share, follow_up_years : float
        As in `simulate_immortal_time`.
    delay_shape : {"exponential", "fixed"}, optional
        Whether delays vary exponentially about their mean or all equal it. If not said,
        exponential where such a delay does, else fixed: a more extreme supposition, which
        `message` then names.

    Returns
    -------
    SufficientDelay
        ``undefined`` when no delay goes as low, or when `naive` is not below the true ratio, as
        immortal time only lowers it.

    Raises
    ------
    ArrayError
        Rates, times, shares or ratios that cannot be.

    Examples
    --------
    >>> found = sufficient_delay(naive=0.52, true_hazard_ratio=1.0)
    >>> found.status, round(found.mean_delay_years, 1)
    ('converged', 5.0)
    >>> found = sufficient_delay(naive=0.45, true_hazard_ratio=1.12)
    >>> round(found.mean_delay_years, 2), found.scenario.delay_shape, found.label
    (3.93, 'fixed', 'sufficient, not shown to be the cause')
    """
    scenario = checked(
        Scenario(
            *(hazard_per_year, 1.0, ever_start_share, follow_up_years, true_hazard_ratio),
            "exponential" if delay_shape is None else delay_shape,
        )
    )
    problems = bad_option("naive", naive, 0.0 < naive < math.inf, "finite, above 0")
    deaths = hazard_per_year * follow_up_years * max(1.0, true_hazard_ratio)
    some = "so low that some outlive follow-up (times its years and the ratio, at most 100)"
    stop_if(problems + bad_option("hazard_per_year", hazard_per_year, deaths <= HIGHEST, some))
    lowest, at = lowest_naive(scenario)
    roots = delays_that_show(naive, scenario) if naive < true_hazard_ratio else []
    fixed, share, message = math.nan, math.nan, ""
    if naive < true_hazard_ratio:
        fixed = (delays_that_show(naive, scenario._replace(delay_shape="fixed")) or [math.nan])[0]
    if not roots:
        if naive < true_hazard_ratio:
            share = _share_needed(naive, scenario)
        message = _said(naive, scenario, (lowest, at), fixed, share)
    if not roots and delay_shape is None and not math.isnan(fixed):
        scenario = scenario._replace(delay_shape="fixed")
        roots = delays_that_show(naive, scenario)
    found = scenario._replace(mean_delay_years=roots[0] if roots else at)
    shortest, longer = [*roots, math.nan, math.nan][:2]
    return SufficientDelay(
        *(shortest, longer, naive, true_hazard_ratio),
        *(started_share(found), lowest, at, fixed, share),
        label=LABEL,
        scenario=found,
        status="converged" if roots else "undefined",
        message=message,
    )


def _grid(scenario: Scenario, points: int) -> Array:
    """Delays from a thousandth of the follow-up to a thousand times it; fixed ones to its end."""
    longest = 1e3 if scenario.delay_shape == "exponential" else 1.0 - 1e-6
    return scenario.follow_up_years * np.geomspace(1e-3, longest, points)


def _naive_at(scenario: Scenario, delays: Array) -> Array:
    return np.array([expected_naive(scenario._replace(mean_delay_years=float(d))) for d in delays])


def lowest_naive(scenario: Scenario, points: int = GRID) -> tuple[float, float]:
    """Lowest naive rate ratio that any mean delay makes, and that delay."""
    delays = _grid(scenario, points)
    ratios = _naive_at(scenario, delays)
    low = int(np.argmin(ratios))
    return float(ratios[low]), float(delays[low])


def delays_that_show(naive: float, scenario: Scenario) -> list[float]:
    """All mean delays at which the naive rate ratio is `naive`, shortest first."""

    def off(delay: float) -> float:
        return expected_naive(scenario._replace(mean_delay_years=float(delay))) - naive

    delays = _grid(scenario, GRID)
    above = _naive_at(scenario, delays) > naive
    crossings = np.flatnonzero(above[:-1] != above[1:])
    return [float(brentq(off, delays[i], delays[i + 1], xtol=1e-12)) for i in crossings]


def _share_needed(naive: float, scenario: Scenario) -> float:
    """Smallest share of would-be starters at which some delay shows `naive`."""

    def off(share: float) -> float:
        return lowest_naive(scenario._replace(ever_start_share=share), 150)[0] - naive

    low, high = scenario.ever_start_share, 1.0 - 1e-6
    if off(high) > 0.0 or off(low) <= 0.0:
        return math.nan
    return float(brentq(off, low, high, xtol=1e-6))


def _said(
    naive: float, scenario: Scenario, valley: tuple[float, float], fixed: float, share: float
) -> str:
    """Say why no delay will do, and what would."""
    if naive >= scenario.hazard_ratio:
        return (
            f"The naive ratio {naive:g} is not below the true ratio {scenario.hazard_ratio:g}; "
            "immortal time only lowers it."
        )
    lowest, at = valley
    said = (
        f"No mean delay makes the naive ratio {naive:g}: the lowest it goes is {lowest:.3f}, at a "
        f"mean delay of {at:.2g} years."
    )
    if not math.isnan(share):
        said += f" Some delay would if at least {share:.0%} would ever start."
    if not math.isnan(fixed):
        said += f" A delay of {fixed:.2f} years that is the same for everybody would."
    return said
