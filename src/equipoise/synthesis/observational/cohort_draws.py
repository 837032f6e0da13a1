"""Simulated cohorts in which a drug is started late, and the four ways to analyse them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.observational.start_times import Scenario
from equipoise.synthesis.survival.risk_sets import two_arm_table
from equipoise.synthesis.survival.two_arm_hazard import CONVERGED, cox_two_arm_kernel


class Cohort(NamedTuple):
    """One patient a row: start of the drug (infinite if never), end of follow-up, death (0/1)."""

    start: Array
    end: Array
    died: Array


class Ratios(NamedTuple):
    """Log rate ratio and Cox log hazard ratio of one analysis; NaN where it has none."""

    log_rate_ratio: float
    log_hazard_ratio: float


def draw_cohort(scenario: Scenario, patients: int, rng: np.random.Generator) -> Cohort:
    """Draw death and start for every patient; the hazard changes at the start."""
    h, theta = scenario.hazard_per_year, scenario.hazard_ratio
    would_start = rng.random(patients) < scenario.ever_start_share
    delay = rng.standard_exponential(patients) * scenario.mean_delay_years
    if scenario.delay_shape == "fixed":
        delay = np.full(patients, scenario.mean_delay_years)
    death_off = rng.standard_exponential(patients) / h
    more_on = rng.standard_exponential(patients) / (h * theta)
    started = would_start & (delay < death_off) & (delay < scenario.follow_up_years)
    death = np.where(started, delay + more_on, death_off)
    end = np.minimum(death, scenario.follow_up_years)
    died = (death <= scenario.follow_up_years).astype(np.float64)
    return Cohort(np.where(started, delay, np.inf), end, died)


def analyse(cohort: Cohort, landmark_years: float, rng: np.random.Generator) -> dict[str, Ratios]:
    """All four analyses of one cohort."""
    start, end, died = cohort
    used = np.isfinite(start)
    here = end > landmark_years
    fixed = two_groups(
        end[here] - landmark_years, died[here], (start[here] <= landmark_years).astype(np.float64)
    )
    return {
        "naive": two_groups(end, died, used.astype(np.float64)),
        "time_varying": time_varying(cohort),
        "landmark": fixed,
        "new_user": two_groups(*matched_starters(cohort, rng)),
    }


def two_groups(years: Array, died: Array, exposed: Array) -> Ratios:
    """Ratios of two groups that keep their label for as long as they are followed."""
    rate = log_rate_ratio(
        float(died @ exposed),
        float(years @ exposed),
        float(died @ (1.0 - exposed)),
        float(years @ (1.0 - exposed)),
    )
    order = np.argsort(years, kind="stable")
    none = np.zeros(years.size, dtype=np.int64)
    table = two_arm_table(years[order], died[order], exposed[order], none)[0]
    return Ratios(rate, cox_of(table))


def time_varying(cohort: Cohort) -> Ratios:
    """Count a patient as unexposed until the start and as exposed after it.

    At each death those at risk are counted by what they are at that moment, which is all the Cox
    likelihood of a 0/1 covariate needs.
    """
    start, end, died = cohort
    used = np.isfinite(start)
    off = np.minimum(start, end)
    on_death = died * used
    rate = log_rate_ratio(
        float(on_death.sum()),
        float((end - off).sum()),
        float((died - on_death).sum()),
        float(off.sum()),
    )
    dead = np.flatnonzero(died == 1.0)
    dead = dead[np.argsort(end[dead])]
    at = end[dead]
    starts, ends = np.sort(start[used]), np.sort(end[used])
    on = np.searchsorted(starts, at, side="left") - np.searchsorted(ends, at, side="left")
    still_off = off.size - np.searchsorted(np.sort(off), at, side="left")
    # one who starts at this very moment counts as off: the start comes into force after it
    table = np.column_stack([still_off, on, 1.0 - on_death[dead], on_death[dead]])
    return Ratios(rate, cox_of(np.ascontiguousarray(table, dtype=np.float64)))


def matched_starters(cohort: Cohort, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Years since matching, deaths and exposure of starters and of one control for each.

    The control is drawn, with replacement, from those alive and off the drug when the starter
    starts, and leaves the analysis if they start themselves.
    """
    start, end, died = cohort
    starters = np.flatnonzero(np.isfinite(start))
    off = np.minimum(start, end)
    order = np.argsort(-off, kind="stable")
    candidates = np.searchsorted(-off[order], -start[starters], side="left")
    pick = np.floor(rng.random(starters.size) * candidates).astype(np.int64)
    has_one = candidates > 0
    treated, control = starters[has_one], order[pick[has_one]]
    entry = start[treated]
    died_off = died[control] * (end[control] <= start[control])
    years = np.concatenate([end[treated] - entry, off[control] - entry])
    exposed = np.repeat([1.0, 0.0], treated.size)
    return years, np.concatenate([died[treated], died_off]), exposed


def log_rate_ratio(deaths_on: float, years_on: float, deaths_off: float, years_off: float) -> float:
    """`log(deaths_on / years_on) - log(deaths_off / years_off)`; NaN without deaths or years."""
    if min(deaths_on, years_on, deaths_off, years_off) <= 0.0:
        return math.nan
    return math.log(deaths_on / years_on) - math.log(deaths_off / years_off)


def cox_of(table: Array) -> float:
    """Log hazard ratio of a two-arm table; NaN where it has no finite value."""
    if table.shape[0] == 0:
        return math.nan
    found = cox_two_arm_kernel(table, True)
    return float(found[0]) if found[5] == CONVERGED else math.nan
