"""Who is at risk when: the tables that every estimator of the room is made of.

All functions are compiled and take arrays that are sorted by stratum and, within it, by time.
Times are tied when they are equal as numbers; times that come from a subtraction should be
rounded by the caller. An event and a censoring at one time count as event first.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.survival.patients import Codes


@njit(nogil=True, cache=True)
def life_table(time: Array, event: Array) -> Array:
    """Time, at risk, events and censored at every distinct time: shape (m, 4)."""
    n = time.size
    table = np.empty((n, 4))
    rows = 0
    i = 0
    while i < n:
        j = i
        deaths = 0.0
        while j < n and time[j] == time[i]:
            deaths += event[j]
            j += 1
        table[rows, 0] = time[i]
        table[rows, 1] = n - i
        table[rows, 2] = deaths
        table[rows, 3] = (j - i) - deaths
        rows += 1
        i = j
    return table[:rows]


@njit(nogil=True, cache=True)
def two_arm_table(
    time: Array, event: Array, treatment: Array, stratum: Codes
) -> tuple[Array, Codes]:
    """At risk and events in both arms at every event time.

    Returns
    -------
    table : array, shape (m, 4)
        At risk under control and treatment, events under control and treatment; event times
        in order within each stratum.
    codes : array, shape (m,)
        Stratum of each row.
    """
    n = time.size
    table = np.empty((n, 4))
    codes = np.empty(n, dtype=np.int64)
    row = n
    at_risk_0, at_risk_1 = 0.0, 0.0
    i = n - 1
    while i >= 0:
        if i == n - 1 or stratum[i] != stratum[i + 1]:
            at_risk_0, at_risk_1 = 0.0, 0.0
        events_0, events_1 = 0.0, 0.0
        j = i
        while j >= 0 and time[j] == time[i] and stratum[j] == stratum[i]:
            at_risk_1 += treatment[j]
            at_risk_0 += 1.0 - treatment[j]
            events_1 += event[j] * treatment[j]
            events_0 += event[j] * (1.0 - treatment[j])
            j -= 1
        if events_0 + events_1 > 0.0:
            row -= 1
            table[row, 0], table[row, 1] = at_risk_0, at_risk_1
            table[row, 2], table[row, 3] = events_0, events_1
            codes[row] = stratum[i]
        i = j
    return table[row:], codes[row:]
