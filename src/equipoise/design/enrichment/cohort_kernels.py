"""One cohort of a survival trial, patient by patient: drawn, followed on, compared.

A cohort is drawn once and sorted once by its follow-up; every analysis of it is then one pass.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

Integers = NDArray[np.int64]


@part
def event_time(exponential: float, cuts: Array, hazards: Array) -> float:
    """Time at which a piecewise constant hazard has accumulated `exponential`."""
    left = exponential
    start = 0.0
    for c in range(cuts.size):
        whole = hazards[c] * (cuts[c] - start)
        if left < whole:
            return start + left / float(hazards[c])
        left -= whole
        start = cuts[c]
    return start + left / float(hazards[cuts.size])


@kernel
def order_statistic(values: Array, count: int, rank: int) -> float:
    """Value of that rank, from 0, among the first `count`, which are put in another order.

    Hoare's quickselect with the middle value as pivot; `numpy.partition` does the same and takes
    several seconds to compile.
    """
    low, high = 0, count - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            return float(values[rank])
    return float(values[rank])


@kernel
def draw_cohort(
    rng: Generator,
    size: int,
    begin: float,
    rate: float,
    low: int,
    quota: Array,
    fixed: bool,
    treated_share: float,
    true_given_called: Array,
    cuts: Array,
    hazards: Array,
    dropout: float,
    cohort: Array,
    place: Integers,
) -> None:
    """Fill `cohort` (3, size), entry, follow-up, event or not, and `place`, stratum and arm.

    Strata `low` and above are recruited. `quota` holds their shares, or with `fixed` their exact
    numbers, which come in random order. Arms alternate within a stratum from a random start, as
    blocks would.
    """
    m = quota.size
    left = quota.copy()
    total = left.sum()
    position = np.empty(m)
    for s in range(low, m):
        position[s] = rng.random()
    entry = begin
    for i in range(size):
        entry += rng.standard_exponential() / rate
        u = rng.random() * total
        s = low
        while s < m - 1 and u >= left[s]:
            u -= left[s]
            s += 1
        if fixed:
            left[s] -= 1.0
            total -= 1.0
        step = position[s] + treated_share
        arm = 1 if step >= 1.0 else 0
        position[s] = step - arm
        origin = s
        if true_given_called[s, s] < 1.0:
            v = rng.random()
            origin = 0
            while origin < m - 1 and v >= true_given_called[s, origin]:
                v -= true_given_called[s, origin]
                origin += 1
        time = event_time(rng.standard_exponential(), cuts, hazards[origin, arm])
        leaves = rng.standard_exponential() / dropout if dropout > 0.0 else math.inf
        cohort[0, i] = entry
        cohort[1, i] = min(time, leaves)
        cohort[2, i] = 1.0 if time <= leaves else 0.0
        place[0, i], place[1, i] = s, arm


@kernel
def cut_time(cohort: Array, place: Integers, low: int, events: int, last: float) -> float:
    """Calendar time of event number `events` in strata from `low`; `last` if there are fewer."""
    n = cohort.shape[1]
    times = np.empty(n)
    found = 0
    for i in range(n):
        if cohort[2, i] > 0.0 and place[0, i] >= low:
            when = cohort[0, i] + cohort[1, i]
            if when <= last:
                times[found] = when
                found += 1
    if found < events or events < 1:
        return last
    return order_statistic(times, found, events - 1)


@kernel
def compare(
    cohort: Array, place: Integers, order: Integers, low: int, cut: float, gone: Array, out: Array
) -> None:
    """Log-rank sums of each stratum at calendar time `cut`: observed - expected, variance, events.

    `order` sorts the patients by follow-up; patients are in the order of their entry, so that
    those censored by the cut leave from the last entry backwards. `out` has shape (3, m).
    """
    n = cohort.shape[1]
    m = out.shape[1]
    at_risk = np.zeros((m, 2))
    out[:] = 0.0
    recruited = n
    while recruited > 0 and cohort[0, recruited - 1] >= cut:
        recruited -= 1
    for i in range(n):
        gone[i] = 1.0
    for i in range(recruited):
        gone[i] = 0.0
        at_risk[place[0, i], place[1, i]] += 1.0
    latest = recruited - 1
    for index in range(n):
        i = order[index]
        if gone[i] > 0.0:
            continue
        time = cohort[1, i]
        while latest >= 0 and cut - cohort[0, latest] < time:
            # a follow-up that ends at the cut belongs to it, however the difference rounds
            if gone[latest] == 0.0 and cohort[0, latest] + cohort[1, latest] > cut:
                gone[latest] = 1.0
                at_risk[place[0, latest], place[1, latest]] -= 1.0
            latest -= 1
        if gone[i] > 0.0:
            continue
        s, arm = place[0, i], place[1, i]
        if cohort[2, i] > 0.0 and s >= low:
            share = at_risk[s, 1] / (at_risk[s, 0] + at_risk[s, 1])
            out[0, s] += arm - share
            out[1, s] += share * (1.0 - share)
            out[2, s] += 1.0
        gone[i] = 1.0
        at_risk[s, arm] -= 1.0


@kernel
def simulate_cohorts(
    rng: Generator,
    size: Integers,
    begin: Array,
    rate: Array,
    breadth: Integers,
    quota: Array,
    fixed: bool,
    treated_share: float,
    true_given_called: Array,
    cuts: Array,
    hazards: Array,
    dropout: float,
    events: Integers,
    interim_events: int,
    longest: float,
    sums: Array,
    times: Array,
    early: Array,
    patients: Array,
) -> None:
    """Draw and analyse the cohort of one stage in every trial.

    Parameters
    ----------
    size : array of int, shape (m,)
        Patients of the cohort when population b is recruited.
    begin : array, shape (n,)
        Calendar time at which recruitment begins.
    rate : array, shape (m,)
        Patients a month when population b is recruited.
    breadth : array of int, shape (n,)
        Population recruited; -1 for no cohort.
    quota : array, shape (m, m)
        Shares or numbers of the strata when population b is recruited.
    events : array of int, shape (m, m)
        Events `[b, j]` at which population j of the cohort is analysed when b is recruited.
    interim_events : int
        Events of the cohort at its interim look, not before its last entry; -1 for no look.
    longest : float
        Months after the cohort's begin at which it is analysed at the latest.
    sums : array, shape (n, m, 3, m)
        Log-rank sums of population j's analysis by stratum.
    times : array, shape (n, m + 1)
        Calendar time of each analysis, and of the interim look.
    early : array, shape (n, 3, m)
        Log-rank sums at the interim look.
    patients : array, shape (n, m)
        Recruited by stratum.
    """
    m = quota.shape[0]
    for r in range(breadth.size):
        b = breadth[r]
        if b < 0:
            continue
        n = size[b]
        cohort, place, gone = np.empty((3, n)), np.empty((2, n), dtype=np.int64), np.empty(n)
        low = m - 1 - b
        draw_cohort(
            rng, n, begin[r], rate[b], low, quota[b], fixed, treated_share, true_given_called,
            cuts, hazards, dropout, cohort, place,
        )  # fmt: skip
        for i in range(n):
            patients[r, place[0, i]] += 1.0
        order = np.argsort(cohort[1])
        last = begin[r] + longest
        for j in range(b + 1):
            times[r, j] = cut_time(cohort, place, m - 1 - j, events[b, j], last)
            compare(cohort, place, order, m - 1 - j, times[r, j], gone, sums[r, j])
        if interim_events >= 0:
            look = cut_time(cohort, place, low, interim_events, last)
            if interim_events == 0:
                look = cohort[0, n - 1]
            times[r, m] = max(look, cohort[0, n - 1] + 1e-9)
            compare(cohort, place, order, low, times[r, m], gone, early[r])
