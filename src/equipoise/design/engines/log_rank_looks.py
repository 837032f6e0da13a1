"""The log-rank score of a growing trial at a calendar time, from one order of its patients.

A patient who entered at `a` leaves at calendar time `y = a + x`, `x` the time to event or
drop-out. At a look at calendar time `c` those with `y <= c` have left, by event or drop-out; the
others who entered by `c` have been followed for `c - a` and are censored there. The first are
in the order of `x` for every look; the second are in the order of entry, latest first. Both orders
are merged, so that a look costs one pass and no sort. Times are continuous: ties do not happen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Ordered(NamedTuple):
    """Patients of a stratum who have left by the last look, in the order of their follow-up.

    Attributes
    ----------
    follow_up, leaves : array, shape (gone,)
        `x`, ascending, and `y`.
    treated, event : array of bool
        Whether they were treated, and left by the event.
    """

    follow_up: Array
    leaves: Array
    treated: Flags
    event: Flags


@part
def score_look(
    look: float,
    rho: float,
    gamma: float,
    arrival: Array,
    leaves: Array,
    treated: Flags,
    ordered: Ordered,
    events: Integers,
    subjects: Integers,
) -> tuple[float, float]:
    """Return `O - E` under treatment and its variance in one stratum at one look.

    At an event with `n` at risk, `n1` of them treated, `E` grows by `w n1 / n` and the variance by
    `w^2 (n1 / n)(1 - n1 / n)`, with `w = S^rho (1 - S)^gamma` and `S` the Kaplan-Meier curve just
    before.

    Parameters
    ----------
    look : float
        Calendar time `c`; infinite for the end of all follow-up.
    rho, gamma : float
        Exponents of the weight; 0 and 0 for the log-rank test.
    arrival, leaves, treated : array, shape (n,)
        Patients of the stratum in order of entry: `a`, `y` and the arm.
    ordered : Ordered
        Those with `y` up to the last look.
    events : array of int, shape (2,)
        Filled: events under control and treatment.
    subjects : array of int, shape (2,)
        Patients entered by the look before; filled with those entered by this one.
    """
    last, at_risk_1 = subjects[0] + subjects[1], subjects[1]
    while last < arrival.size and arrival[last] <= look:
        at_risk_1 += treated[last]
        last += 1
    at_risk = last
    subjects[0], subjects[1] = at_risk - at_risk_1, at_risk_1
    follow_up, leaving, arm, event = ordered
    weighted = rho != 0.0 or gamma != 0.0
    score, variance, survival, d, d1 = 0.0, 0.0, 1.0, 0, 0
    for j in range(follow_up.size):
        if leaving[j] > look:
            continue
        while last > 0 and look - arrival[last - 1] < follow_up[j]:
            last -= 1
            stayed = leaves[last] > look
            at_risk -= stayed
            at_risk_1 -= stayed & treated[last]
        if event[j]:
            share = at_risk_1 / at_risk
            w = 1.0
            if weighted:
                w = survival**rho * (1.0 - survival) ** gamma
                survival *= 1.0 - 1.0 / at_risk
            score += w * (arm[j] - share)
            variance += w * w * share * (1.0 - share)
            d += 1
            d1 += arm[j]
        at_risk -= 1
        at_risk_1 -= arm[j]
    events[0], events[1] = d - d1, d1
    return score, variance
