"""The likelihood's maximum in a lane: steps to it, and the proof that it is the only one."""

from __future__ import annotations

import math

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.certificates import (
    falling_reach,
    rising_reach,
    rising_reach_left,
    step_to_root,
)
from equipoise.synthesis.compiled import part
from equipoise.synthesis.lane_loading import unload
from equipoise.synthesis.lane_records import (
    BIMODAL,
    BOUNDARY,
    CONVERGED,
    DONE,
    END,
    HARD,
    LAST,
    LEFT,
    NOT_CONVERGED,
    PROVE,
    PROVE_ROOT,
    PROVE_ZERO,
    RIGHT,
    SEARCH,
    WRITE,
    go,
)
from equipoise.synthesis.lane_sums import (
    A0,
    B0,
    C0,
    D0,
    FOUND_SE,
    HIGH,
    LANES,
    LEAST,
    LOW,
    MOST,
    SIZE,
    STATUS,
    TAU2,
    moments,
)
from equipoise.synthesis.likelihood_modes import MODES, SHORT, best_mode
from equipoise.synthesis.moment_estimators import REML, information_error

CLOSE = 1e-6
"""Step, as a share of the smallest total variance, after which the next point is the end.

Steps converge quadratically, so that about its square is left; the end is checked against
`EXACT` and stepped again if need be.
"""

EXACT = 1e-11
"""The same share for the end itself."""


@part
def thorough(i: int, method: int, work: Array) -> None:
    """Find every maximum of lane `i`'s likelihood and send the lane to the highest."""
    y, v = unload(i, int(work[SIZE * LANES + i]), work)
    found, best = best_mode(y, v, method == REML, np.empty(MODES))
    code = BIMODAL
    if found < 1:
        code = NOT_CONVERGED
    elif found == 1:
        code = CONVERGED if best > 0.0 else BOUNDARY
    work[STATUS * LANES + i] = code
    go(i, best, LAST, work)


@part
def start_search(i: int, method: int, work: Array) -> int:
    """Decide at zero: the boundary is a maximum, or the way leads to the right."""
    a, b, c, d = moments(i, work, method == REML)
    work[LOW * LANES + i] = 0.0
    work[HIGH * LANES + i] = np.inf
    if a > b:
        work[A0 * LANES + i] = a
        work[B0 * LANES + i] = b
        work[C0 * LANES + i] = c
        work[D0 * LANES + i] = d
        return go(i, step_to_root(a, b, c, d), SEARCH, work)
    work[FOUND_SE * LANES + i] = information_error(i, int(work[SIZE * LANES + i]), work, method)
    work[STATUS * LANES + i] = BOUNDARY
    return PROVE_ZERO if a > 0.0 else WRITE


@part
def search(i: int, method: int, work: Array) -> int:
    """Take one step towards the root of the score, kept between the points that enclose it."""
    a, b, c, d = moments(i, work, method == REML)
    t, least = work[TAU2 * LANES + i], work[LEAST * LANES + i]
    if a > b:
        work[LOW * LANES + i] = t
    else:
        work[HIGH * LANES + i] = t
    low, high = work[LOW * LANES + i], work[HIGH * LANES + i]
    step = step_to_root(a, b, c, d)
    new = t + step
    close = abs(step) <= CLOSE * (least + t)
    if not low < new < high:
        new = t if close else math.sqrt((least + low) * (least + high)) - least
    return go(i, new, END if close else SEARCH, work)


@part
def at_end(i: int, method: int, work: Array) -> int:
    """Check the maximum and prove the left as far as it goes."""
    a, b, c, d = moments(i, work, method == REML)
    t, least = work[TAU2 * LANES + i], work[LEAST * LANES + i]
    step = step_to_root(a, b, c, d)
    if abs(step) > EXACT * (least + t):
        near = abs(step) <= CLOSE * (least + t) and t + step > 0.0
        return go(i, t + step if near else t, END if near else SEARCH, work)
    work[FOUND_SE * LANES + i] = information_error(i, int(work[SIZE * LANES + i]), work, method)
    work[STATUS * LANES + i] = CONVERGED if t > 0.0 else BOUNDARY
    most = work[MOST * LANES + i]
    left = rising_reach_left(a, b, c, d, 1.0 / (most + t), 1.0 / (least + t), True)
    work[LOW * LANES + i] = 0.0
    if left < t:
        a, b = work[A0 * LANES + i], work[B0 * LANES + i]
        c, d = work[C0 * LANES + i], work[D0 * LANES + i]
        from_zero = rising_reach(a, b, c, d, 1.0 / most, 1.0 / least)
        work[HIGH * LANES + i] = from_zero
        if t - left > from_zero:
            if left < SHORT * (least + t):
                return HARD
            work[LOW * LANES + i] = t - left
    return PROVE_ROOT


@part
def prove_right(i: int, method: int, at_root: bool, work: Array) -> int:
    """Prove the score negative to the right; at infinity turn to what is left on the left."""
    a, b, c, d = moments(i, work, method == REML)
    t, least = work[TAU2 * LANES + i], work[LEAST * LANES + i]
    most = work[MOST * LANES + i]
    step = falling_reach(a, b, c, d, 1.0 / (most + t), 1.0 / (least + t), at_root)
    if step == np.inf:
        low = work[LOW * LANES + i]
        return DONE if low <= 0.0 else go(i, low, LEFT, work)
    if step < SHORT * (least + t):
        return HARD
    return go(i, t + step, RIGHT, work)


@part
def walk_right(i: int, method: int, work: Array) -> int:
    """Look at the end of a proven stretch, where the score must still be below zero."""
    a, b, _, _ = moments(i, work, method == REML)
    return PROVE if a < b else HARD


@part
def walk_left(i: int, method: int, work: Array) -> int:
    """Prove a further stretch to the left, where the score must be above zero."""
    a, b, c, d = moments(i, work, method == REML)
    t, least = work[TAU2 * LANES + i], work[LEAST * LANES + i]
    if not a > b:
        return HARD
    most = work[MOST * LANES + i]
    left = rising_reach_left(a, b, c, d, 1.0 / (most + t), 1.0 / (least + t), False)
    if t - left <= work[HIGH * LANES + i]:
        return DONE
    return HARD if left < SHORT * (least + t) else go(i, t - left, LEFT, work)
