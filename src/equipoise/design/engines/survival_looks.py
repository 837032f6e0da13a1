"""Trials with a time to an event at their looks: drawn, timed by their events, and scored."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from equipoise.design.engines.event_ranks import fill_order, fill_ranked
from equipoise.design.engines.log_rank_looks import Ordered, score_look
from equipoise.design.engines.patients import Patients, draw_trials, room_for
from equipoise.design.engines.survival_plans import SurvivalPlan
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

Integers = NDArray[np.int64]

BLOCK = 32
"""Trials drawn before they are scored, so few that they stay in the processor's cache."""


class ScoredLooks(NamedTuple):
    """What simulated trials show at their looks.

    Attributes
    ----------
    score, variance : array, shape (size, K, strata)
        Log-rank `O - E` under treatment and its variance in each stratum of the test.
    events, subjects : array of int, shape (size, K, strata, 2)
        Events, and patients entered, under control and treatment.
    calendar : array, shape (size, K)
        Calendar time of the look; infinite when its events never came: the rest is then as at the
        end of all follow-up.
    """

    score: Array
    variance: Array
    events: Integers
    subjects: Integers
    calendar: Array


class Room(NamedTuple):
    """Room to work in for a trial of `n` patients."""

    within: Patients
    gone: Patients
    leaves: Array
    times: Array
    few: Array
    key: Integers
    buckets: Integers
    order: Integers
    who: Integers


def simulate_looks(
    plan: SurvivalPlan,
    rng: Generator,
    size: int,
    *,
    stratified: bool = True,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> ScoredLooks:
    """Simulate `size` trials and score them at every look, whether or not an earlier one stops.

    Parameters
    ----------
    plan : SurvivalPlan
        See `survival_plan`.
    rng : Generator
        Source of the draws; `draw_trials` gives the same patients from the same state.
    size : int
        Number of trials.
    stratified : bool
        Compare within strata; otherwise all patients are one stratum.
    rho, gamma : float
        Exponents of the weights of the log-rank test.
    """
    strata = plan.prevalence.size if stratified else 1
    scored = room_for_looks(size, plan.events.size, strata)
    for start in range(0, size, BLOCK):
        rows: tuple[Any, ...] = tuple(values[start : start + BLOCK] for values in scored)
        part_of = ScoredLooks(*rows)
        trials = draw_trials(plan, rng, part_of.calendar.shape[0])
        trials_kernel(trials, plan.events, plan.scale, float(rho), float(gamma), part_of)
    return scored


def score_trials(
    trials: Patients,
    events: Integers,
    scale: float,
    *,
    strata: int = 1,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> ScoredLooks:
    """Score given trials, shape (size, n), at the looks after so many events.

    `strata` is 1 to compare all patients, or the number of strata to compare within; `scale` is a
    usual calendar time of events and matters to the speed only. See `simulate_looks`.
    """
    scored = room_for_looks(trials.arrival.shape[0], events.size, strata)
    trials_kernel(trials, events, scale, float(rho), float(gamma), scored)
    return scored


def room_for_looks(size: int, looks: int, strata: int) -> ScoredLooks:
    """Return room for what `size` trials show."""
    shape = (size, looks, strata)
    return ScoredLooks(
        np.empty(shape),
        np.empty(shape),
        np.empty((*shape, 2), dtype=np.int64),
        np.empty((*shape, 2), dtype=np.int64),
        np.empty(shape[:2]),
    )


@kernel
def trials_kernel(
    trials: Patients, events: Integers, scale: float, rho: float, gamma: float, scored: ScoredLooks
) -> None:
    """Score every trial."""
    arrival, stratum, treated, follow_up, event = trials
    room = work_room(arrival.shape[1])
    for r in range(arrival.shape[0]):
        trial = Patients(arrival[r], stratum[r], treated[r], follow_up[r], event[r])
        score_trial(trial, events, scale, rho, gamma, room, r, scored)


@part
def work_room(n: int) -> Room:
    """Return room to work in for trials of `n` patients."""
    return Room(
        room_for(n),
        room_for(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n, dtype=np.int64),
        np.empty(2 * n + 1, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
    )


@part
def score_trial(
    trial: Patients,
    events: Integers,
    scale: float,
    rho: float,
    gamma: float,
    room: Room,
    r: int,
    scored: ScoredLooks,
) -> None:
    """Fill looks, scores and counts of trial `r`."""
    fill_calendar(trial, events, scale, room, scored.calendar[r])
    strata = scored.score.shape[2]
    for s in range(strata):
        patients = trial if strata == 1 else take_stratum(trial, s, room.within)
        score_stratum(patients, rho, gamma, room, r, s, scored)


@part
def fill_calendar(
    trial: Patients, events: Integers, scale: float, room: Room, calendar: Array
) -> None:
    """Fill the calendar times at which the trial has had so many events."""
    arrival, _, _, follow_up, event = trial
    times = room.times
    m = 0
    for i in range(arrival.size):
        times[m] = arrival[i] + follow_up[i]
        m += event[i] and times[m] < math.inf
    fill_ranked(times, m, events, scale, room.key, room.buckets, room.few, room.order, calendar)


@part
def score_stratum(
    patients: Patients,
    rho: float,
    gamma: float,
    room: Room,
    r: int,
    s: int,
    scored: ScoredLooks,
) -> None:
    """Fill the scores and counts of one stratum of trial `r` at all looks."""
    arrival, _, treated, follow_up, _ = patients
    score, variance, events, subjects, calendar = scored
    looks = calendar.shape[1]
    leaves = room.leaves[: arrival.size]
    for i in range(arrival.size):
        leaves[i] = arrival[i] + follow_up[i]
    ordered = put_in_order(patients, leaves, calendar[r, looks - 1], room)
    for k in range(looks):
        for arm in range(2):
            subjects[r, k, s, arm] = subjects[r, k - 1, s, arm] if k else 0
        score[r, k, s], variance[r, k, s] = score_look(
            calendar[r, k],
            rho,
            gamma,
            arrival,
            leaves,
            treated,
            ordered,
            events[r, k, s],
            subjects[r, k, s],
        )


@part
def put_in_order(patients: Patients, leaves: Array, last: float, room: Room) -> Ordered:
    """Return those who leave by the calendar time `last` in the order of their follow-up."""
    _, _, treated, follow_up, event = patients
    times, who, order, gone = room.times, room.who, room.order, room.gone
    m, longest = 0, 0.0
    for i in range(leaves.size):
        left = leaves[i] <= last and leaves[i] < math.inf
        times[m], who[m] = follow_up[i], i
        longest = max(longest, follow_up[i] if left else 0.0)
        m += left
    fill_order(times, who, m, longest, room.key, room.buckets, order, gone.follow_up)
    leaving, treated_in, event_in = gone.arrival, gone.treated, gone.event
    for j in range(m):
        i = order[j]
        leaving[j], treated_in[j], event_in[j] = leaves[i], treated[i], event[i]
    return Ordered(gone.follow_up[:m], leaving[:m], treated_in[:m], event_in[:m])


@part
def take_stratum(trial: Patients, stratum: int, within: Patients) -> Patients:
    """Return the patients of one stratum, still in order of entry."""
    arrival, strata, treated, follow_up, event = trial
    arrival_in, strata_in, treated_in, follow_up_in, event_in = within
    m = 0
    for i in range(arrival.size):
        arrival_in[m], strata_in[m], treated_in[m] = arrival[i], strata[i], treated[i]
        follow_up_in[m], event_in[m] = follow_up[i], event[i]
        m += strata[i] == stratum
    return Patients(arrival_in[:m], strata_in[:m], treated_in[:m], follow_up_in[:m], event_in[:m])
