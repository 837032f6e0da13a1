"""The patients of a simulated trial: entry, stratum and arm, follow-up."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from equipoise.design.engines.arrivals import fill_even_arrivals, fill_random_arrivals
from equipoise.design.engines.event_times import time_at
from equipoise.design.engines.survival_plans import SurvivalPlan
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Patients(NamedTuple):
    """Patients in order of entry; shape (n,) of one trial or (size, n) of several.

    Attributes
    ----------
    arrival : array
        Calendar time of entry, ascending.
    stratum : array of int
        Index of the stratum.
    treated : array of bool
        Whether in the arm of the treatment.
    follow_up : array
        Time from entry to the event or drop-out, whichever comes first; infinite for neither.
    event : array of bool
        Whether that is the event.
    """

    arrival: Array
    stratum: Integers
    treated: Flags
    follow_up: Array
    event: Flags


def draw_trials(plan: SurvivalPlan, rng: Generator, size: int) -> Patients:
    """Draw the patients of `size` trials, shape (size, n); the stream of `simulate_looks`."""
    shape = (size, plan.patients)
    drawn = Patients(
        np.empty(shape),
        np.empty(shape, dtype=np.int64),
        np.empty(shape, dtype=np.bool_),
        np.empty(shape),
        np.empty(shape, dtype=np.bool_),
    )
    patients_kernel(rng, plan, *drawn)
    return drawn


@kernel
def patients_kernel(
    rng: Generator,
    plan: SurvivalPlan,
    arrival: Array,
    stratum: Integers,
    treated: Flags,
    follow_up: Array,
    event: Flags,
) -> None:
    """Fill the patients of every trial."""
    if plan.even and arrival.shape[0] > 0:
        fill_even_arrivals(plan.edges, plan.shares, arrival[0])
    for r in range(arrival.shape[0]):
        if plan.even:
            arrival[r] = arrival[0]
        trial = Patients(arrival[r], stratum[r], treated[r], follow_up[r], event[r])
        fill_patients(rng, plan, trial)


@part
def room_for(n: int) -> Patients:
    """Return room for the patients of one trial."""
    return Patients(
        np.empty(n),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.bool_),
        np.empty(n),
        np.empty(n, dtype=np.bool_),
    )


@part
def fill_patients(rng: Generator, plan: SurvivalPlan, trial: Patients) -> None:
    """Draw one trial: entries first, if random (the caller has filled even ones); then patients.

    For each: a uniform for the stratum, if there is more than one; the exponential of the event;
    that of drop-out, where there is any. The event comes when the cumulative hazard reaches the
    first exponential.
    """
    if not plan.even:
        fill_random_arrivals(rng, plan.edges, plan.shares, trial.arrival)
    starts, hazard, before, dropout = plan.starts, plan.hazard, plan.before, plan.dropout
    prevalence, pattern = plan.prevalence, plan.pattern
    arrival, stratum, treated, follow_up, event = trial
    strata = prevalence.size
    entered = np.zeros(strata, dtype=np.int64)
    for i in range(arrival.size):
        s = 0
        if strata > 1:
            u = rng.random()
            while s < strata - 1 and u >= prevalence[s]:
                u -= prevalence[s]
                s += 1
        arm = pattern[entered[s]]
        entered[s] = (entered[s] + 1) if entered[s] + 1 < pattern.size else 0
        cell = 2 * s + arm
        time, lost = time_at(rng.standard_exponential(), cell, starts, hazard, before), math.inf
        if dropout[cell] > 0.0:
            lost = rng.standard_exponential() / dropout[cell]
        stratum[i], treated[i] = s, arm == 1
        follow_up[i], event[i] = min(time, lost), time <= lost
