"""Two rates compared: the pooled z and the Wald z of the log odds ratio, with a rule for zeros.

Arms are in the order (control, treatment). Arrays of counts have shape (size, K, 2), cumulative
over looks; patients have shape (K, 2).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel

Integers = NDArray[np.int64]


def pooled_z(events: Integers, patients: Integers) -> tuple[Array, Array]:
    """Compare two rates under their common rate.

    `z = (p1 - p0) / sqrt(p (1 - p) (1/n0 + 1/n1))`, `p` the rate of both arms together.

    Returns
    -------
    z, estimate : array, shape (size, K)
        The statistic, above 0 when the treated have the event more often, and `p1 - p0`. Two
        equal rates give 0, no event at all or nothing but events included.
    """
    z, estimate = (np.empty(events.shape[:2]) for _ in range(2))
    pooled_kernel(events, patients, z, estimate)
    return z, estimate


def log_odds_z(events: Integers, patients: Integers) -> tuple[Array, Array]:
    """Compare two rates by their log odds ratio, `z = log OR / se` (Wald).

    `log OR = log(a d / (b c))`, `se^2 = 1/a + 1/b + 1/c + 1/d`. Half an event is added to all four
    cells of a table that has an empty one and to no other. A table in which no arm, or nobody,
    escaped the event says nothing of the ratio.

    Returns
    -------
    z, estimate : array, shape (size, K)
        The statistic, and `log OR`, above 0 when the treated have the event more often; 0 and NaN
        for a table that says nothing.
    """
    z, estimate = (np.empty(events.shape[:2]) for _ in range(2))
    log_odds_kernel(events, patients, z, estimate)
    return z, estimate


@kernel
def pooled_kernel(events: Integers, patients: Integers, z: Array, estimate: Array) -> None:
    """Fill `z` and `estimate`."""
    for r in range(events.shape[0]):
        for k in range(events.shape[1]):
            n0, n1 = float(patients[k, 0]), float(patients[k, 1])
            difference = events[r, k, 1] / n1 - events[r, k, 0] / n0
            p = (events[r, k, 0] + events[r, k, 1]) / (n0 + n1)
            estimate[r, k] = difference
            z[r, k] = 0.0
            if difference != 0.0:
                z[r, k] = difference / math.sqrt(p * (1.0 - p) * (1.0 / n0 + 1.0 / n1))


@kernel
def log_odds_kernel(events: Integers, patients: Integers, z: Array, estimate: Array) -> None:
    """Fill `z` and `estimate`."""
    for r in range(events.shape[0]):
        for k in range(events.shape[1]):
            a, c = float(events[r, k, 1]), float(events[r, k, 0])
            b, d = patients[k, 1] - a, patients[k, 0] - c
            z[r, k], estimate[r, k] = 0.0, math.nan
            if a + c == 0.0 or b + d == 0.0:
                continue
            if a * b * c * d == 0.0:
                a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
            ratio = math.log(a * d / (b * c))
            estimate[r, k] = ratio
            z[r, k] = ratio / math.sqrt(1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)
