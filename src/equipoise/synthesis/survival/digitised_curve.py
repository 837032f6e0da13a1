"""A Kaplan-Meier curve read off a picture, made fit for use."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.survival.patients import Codes, bad_option, bad_values

OVERSHOOT = 0.02
"""How far beyond 0 and 1 a reading may lie before it is taken for another unit or axis."""


class DigitisedCurve(NamedTuple):
    """Coordinates in order of time, falling, from (0, 1).

    `correction` is the largest vertical change that made them so; `reordered` says whether any
    were out of order.
    """

    time: Array
    survival: Array
    correction: float
    reordered: bool


def unreadable(time: Array, survival: Array) -> list[Problem]:
    """Everything that makes coordinates unusable."""
    action = "Correct or leave out that coordinate."
    problems = bad_option("time", f"{time.size} coordinates", time.size > 0, "one or more")
    problems += bad_values(
        "time", time, ~(np.isfinite(time) & (time >= 0)), "finite, 0 or later", action
    )
    inside = (survival >= -OVERSHOOT) & (survival <= 1.0 + OVERSHOOT)
    return problems + bad_values(
        "survival", survival, ~inside, "a share between 0 and 1, not per cent", action
    )


def clean(time: Array, survival: Array) -> DigitisedCurve:
    """Sort the coordinates and make the curve fall.

    Of several readings at one time the lowest is the curve after its step. Readings that rise
    are brought to the nearest falling curve by least squares (isotonic regression), which unlike
    a running minimum does not pull a noisy curve down. A curve that starts at 0.98 or more
    starts at 1.
    """
    order = np.lexsort((-survival, time))
    t, s = time[order], np.clip(survival[order], 0.0, 1.0)
    last_of_time = np.append(np.diff(t) > 0.0, True)
    t, s = t[last_of_time], s[last_of_time]
    if t[0] > 0.0:
        t, s = np.insert(t, 0, 0.0), np.insert(s, 0, 1.0)
    elif s[0] >= 1.0 - OVERSHOOT:
        s = np.concatenate(([1.0], s[1:]))
    weights = np.ones(t.size)
    # a reading at time 0 is not noise: nothing later may pull it down
    weights[0] = 1e9
    falling = isotonic_regression(s, weights=weights, increasing=False).x
    falling[0] = s[0]
    return DigitisedCurve(
        t, falling, float(np.abs(falling - s).max()), bool((np.diff(time) < 0.0).any())
    )


def with_knots(curve: DigitisedCurve, knots: Array) -> tuple[Array, Array, Codes]:
    """Add times at which numbers at risk are known; the curve does not step there.

    Returns
    -------
    time, survival : array, shape (m,)
        Coordinates and knots in order.
    index : array, shape (j,)
        Where each knot stands.
    """
    time = np.union1d(curve.time, knots)
    survival = curve.survival[np.searchsorted(curve.time, time, side="right") - 1]
    return time, survival, np.searchsorted(time, knots).astype(np.int64)
