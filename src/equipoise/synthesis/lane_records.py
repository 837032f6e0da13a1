"""What a lane writes down, and where it is sent next."""

from __future__ import annotations

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part
from equipoise.synthesis.lane_sums import (
    FOUND_LOGS,
    FOUND_MEAN,
    FOUND_Q,
    FOUND_SE,
    FOUND_TAU2,
    FOUND_TOTAL,
    LANES,
    MEAN,
    ORIGIN,
    PHASE,
    SIZE,
    STATUS,
    TAU2,
    TOTAL,
    Q,
    log_sum,
)

CONVERGED, BOUNDARY, BIMODAL, NOT_CONVERGED, UNDEFINED = range(5)
"""Codes of the statuses, in the order of `equipoise.synthesis.pool_input.STATUSES`."""

AT_ZERO, SEARCH, END, RIGHT, LEFT, ROUGH, LAST = range(7)
"""Phases of a lane."""

WAIT, HARD, PROVE, PROVE_ZERO, PROVE_ROOT, DONE, WRITE = range(7)
"""What follows a round: another one; the thorough search; proof to the right (from a point, from
zero, from a root); nothing. `PROVE_ZERO`, `PROVE_ROOT` and `WRITE` write the result down first."""


@part
def record(i: int, work: Array) -> None:
    """Write what one lane found at its present `tau2`."""
    tau2 = work[TAU2 * LANES + i]
    work[FOUND_TAU2 * LANES + i] = tau2
    mean = work[ORIGIN * LANES + i] + work[MEAN * LANES + i]
    work[FOUND_MEAN * LANES + i] = mean
    work[FOUND_TOTAL * LANES + i] = work[TOTAL * LANES + i]
    work[FOUND_Q * LANES + i] = work[Q * LANES + i]
    work[FOUND_LOGS * LANES + i] = log_sum(i, int(work[SIZE * LANES + i]), work, tau2)


@part
def go(i: int, tau2: float, phase: int, work: Array) -> int:
    """Send lane `i` to another `tau2`."""
    work[TAU2 * LANES + i] = tau2
    work[PHASE * LANES + i] = phase
    return WAIT


@part
def settle(i: int, raw: float, se: float, work: Array) -> int:
    """Take a closed-form estimate, cut at zero; written at once if the sums are already there."""
    tau2 = raw if raw > 0.0 else 0.0
    work[FOUND_SE * LANES + i] = se
    work[STATUS * LANES + i] = CONVERGED if raw > 0.0 else BOUNDARY
    if tau2 != work[TAU2 * LANES + i]:
        return go(i, tau2, LAST, work)
    return WRITE
