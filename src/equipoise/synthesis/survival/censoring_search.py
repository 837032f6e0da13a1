"""How many were censored between two numbers at risk: the search inside the reconstruction."""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.synthesis.arrays import Array


@njit(nogil=True, cache=True)
def walk(
    interval: tuple[Array, Array, float], at_risk: int, height: float, censored: int
) -> tuple[int, float, int, float, Array, Array]:
    """Go through one interval with a given number censored, spread evenly over it.

    Parameters
    ----------
    interval : (time, survival, end)
        Coordinates (m,) of the curve in the interval, and where censoring in it ends.
    at_risk : int
        Patients at risk at its start.
    height : float
        Kaplan-Meier curve of the data made so far.
    censored : int
        Patients censored in the interval.

    Returns
    -------
    at risk and height at the end, events, largest distance from the curve, events (m,) at each
    coordinate, and censored (m,) between it and the next
    """
    time, survival, end = interval
    m = time.size
    events, lost = np.zeros(m), np.zeros(m)
    total, distance, gone = 0, 0.0, 0
    pace = (end - time[0]) / (censored + 1)
    for k in range(m):
        if height > 0.0 and survival[k] < height:
            d = int(np.floor(at_risk * (1.0 - survival[k] / height) + 0.5))
            # where the reading did not step there was no event; what rounding left over from
            # earlier steps waits for the next one
            if k > 0 and survival[k] == survival[k - 1]:
                d = 0
            if d > 0:
                height *= 1.0 - d / at_risk
            at_risk -= d
            total += d
            events[k] = d
        distance = max(distance, abs(height - survival[k]))
        until = time[k + 1] if k + 1 < m else np.inf
        while gone < censored and time[0] + (gone + 1) * pace < until and at_risk > 0:
            gone += 1
            at_risk -= 1
            lost[k] += 1
    return at_risk, height, total, distance, events, lost


@njit(nogil=True, cache=True)
def best_censoring(
    interval: tuple[Array, Array, float],
    at_risk: int,
    height: float,
    target: int,
    count_events: bool,
) -> int:
    """Find the number censored that leaves `target` at risk at the end, or as many events.

    Every number is tried and the nearest taken; among equals the one that follows the curve
    best, then the smallest.
    """
    best, best_miss, best_distance = 0, np.inf, np.inf
    for censored in range(at_risk + 1):
        left, _, total, distance, _, _ = walk(interval, at_risk, height, censored)
        miss = float(abs((total if count_events else left) - target))
        if miss < best_miss or (miss == best_miss and distance < best_distance):
            best, best_miss, best_distance = censored, miss, distance
    return best
