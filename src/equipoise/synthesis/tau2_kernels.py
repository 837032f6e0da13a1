"""The one kernel behind every pool: `tau2`, the mean, and proof that no better `tau2` exists.

Sets of trials sit side by side in lanes. Each round takes the sums of all lanes at their own
`tau2` (`lane_sums`); each lane then decides where to look next, and a lane that is done takes the
next row. A likelihood fit is mostly four or five rounds: zero, two or three steps, the end, where
one evaluation proves the score negative to the right for ever and positive to the left down to
zero (`certificates`). Where that proof stops short the lane walks on to where it ends; a sign
that should not be there sends the set to `likelihood_modes`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part
from equipoise.synthesis.lane_loading import FIT, empty, load, unweighted
from equipoise.synthesis.lane_records import (
    AT_ZERO,
    CONVERGED,
    DONE,
    END,
    HARD,
    LAST,
    NOT_CONVERGED,
    PROVE,
    PROVE_ROOT,
    PROVE_ZERO,
    RIGHT,
    ROUGH,
    SEARCH,
    UNDEFINED,
    WRITE,
    go,
    record,
    settle,
)
from equipoise.synthesis.lane_sums import (
    DATA,
    FOUND_Q0,
    FOUND_SE,
    FOUND_TAU2,
    FOUND_TRACE,
    LANES,
    LEAST,
    PHASE,
    ROUNDS,
    ROW,
    SCORE,
    SIZE,
    STATUS,
    TAU2,
    TRIAL,
    Q,
    evaluate,
    trace,
)
from equipoise.synthesis.likelihood_search import (
    CLOSE,
    at_end,
    prove_right,
    search,
    start_search,
    thorough,
    walk_left,
    walk_right,
)
from equipoise.synthesis.moment_estimators import (
    DL,
    EE,
    HE,
    HS,
    ML,
    REML,
    from_cochran,
    from_plain_variance,
    from_rough_variance,
    information_error,
)

Words = NDArray[np.int64]
"""Status code, number of trials and verdict of every row, (3, n)."""

FOUND = 8
"""Numbers found of a row, `FOUND_TAU2` to `FOUND_LOGS` of `lane_sums` in that order."""

PATIENCE = 40
"""Rounds after which a set goes to the thorough search; plain sets need four to seven."""

STEPS = 500
"""Steps the moment equation of EB and PM may take; they never pass the root, and take five."""


@part
def at_zero(i: int, method: int, work: Array) -> int:
    """Take Cochran's Q and its trace in the first round of a set, and what follows from them."""
    n = int(work[SIZE * LANES + i])
    work[FOUND_Q0 * LANES + i] = work[Q * LANES + i]
    work[FOUND_TRACE * LANES + i] = trace(i, work)
    if n == 1 or method == EE:
        work[FOUND_SE * LANES + i] = np.nan
        work[STATUS * LANES + i] = CONVERGED
        return WRITE
    if method in (ML, REML):
        return start_search(i, method, work)
    if method > REML:
        return step_q(i, n, method, work)
    raw, se = 0.0, 0.0
    if method in (DL, HS):
        raw, se = from_cochran(i, n, work, method)
    elif method == HE:
        raw, se = from_plain_variance(i, n, work)
    else:
        rough = unweighted(i, n, work)[0] / n
        if rough > 0.0:
            return go(i, rough, ROUGH, work)
    return settle(i, raw, se, work)


@part
def step_q(i: int, n: int, method: int, work: Array) -> int:
    """EB and PM: take one step towards `Q(tau2) = k - 1`.

    `1 / Q` rises and is concave, so that Newton's steps on it come from the left and never pass.
    """
    t, q = work[TAU2 * LANES + i], work[Q * LANES + i]
    if t == 0.0 and q <= n - 1.0:
        return settle(i, 0.0, information_error(i, n, work, method), work)
    work[STATUS * LANES + i] = CONVERGED
    if work[ROUNDS * LANES + i] > STEPS:
        work[STATUS * LANES + i] = NOT_CONVERGED
        return go(i, t, LAST, work)
    step = (q / (n - 1.0) - 1.0) * q / work[SCORE * LANES + i]
    close = step <= CLOSE * (work[LEAST * LANES + i] + t)
    return go(i, t + step if step > 0.0 else t, LAST if close else SEARCH, work)


@part
def next_move(i: int, method: int, work: Array) -> int:
    """Do what the phase of lane `i` asks for."""
    phase, n = int(work[PHASE * LANES + i]), int(work[SIZE * LANES + i])
    work[ROUNDS * LANES + i] += 1.0
    if phase == AT_ZERO:
        return at_zero(i, method, work)
    if phase == ROUGH:
        tau2, se = from_rough_variance(i, n, work)
        return settle(i, tau2, se, work)
    if phase == LAST:
        if method >= ML:
            work[FOUND_SE * LANES + i] = information_error(i, n, work, method)
        return WRITE
    if method > REML:
        return step_q(i, n, method, work)
    if work[ROUNDS * LANES + i] > PATIENCE:
        return HARD
    if phase == SEARCH:
        return search(i, method, work)
    if phase == END:
        return at_end(i, method, work)
    return walk_right(i, method, work) if phase == RIGHT else walk_left(i, method, work)


@part
def advance(i: int, method: int, work: Array) -> bool:
    """Move lane `i` on from its sums; True when its set is done."""
    move = next_move(i, method, work)
    if move in (PROVE_ZERO, PROVE_ROOT, WRITE):
        record(i, work)
    if move in (PROVE, PROVE_ZERO, PROVE_ROOT):
        move = prove_right(i, method, move == PROVE_ROOT, work)
    if move == HARD:
        thorough(i, method, work)
    return move in (DONE, WRITE)


@part
def next_row(i: int, Y: Array, V: Array, row: int, work: Array) -> int:
    """Fill lane `i` with row `row`; its verdict."""
    verdict = load(i, Y[row], V[row], work)
    work[ROW * LANES + i] = row
    work[PHASE * LANES + i] = AT_ZERO
    work[STATUS * LANES + i] = UNDEFINED
    work[TAU2 * LANES + i] = 0.0
    for field in range(FOUND_TAU2, FOUND_TAU2 + FOUND):
        work[field * LANES + i] = np.nan
    return verdict


@part
def write_out(i: int, work: Array, found: Array, words: Words) -> None:
    """Copy what lane `i` found to its row."""
    row = int(work[ROW * LANES + i])
    for field in range(FOUND):
        found[field, row] = work[(FOUND_TAU2 + field) * LANES + i]
    words[0, row] = int(work[STATUS * LANES + i])
    words[1, row] = int(work[SIZE * LANES + i])


@kernel
def fit_rows(Y: Array, V: Array, method: int, found: Array, words: Words) -> None:
    """Pool every row of `Y` (n, k) with variances `V`, NaN for an absent trial.

    Fills `found` (`FOUND`, n) and `words` (3, n). A row whose verdict is not `FIT`, or without a
    trial, is left NaN with the status `UNDEFINED`.
    """
    n, k = Y.shape
    work = np.zeros(DATA + TRIAL * k)
    for i in range(LANES):
        empty(i, k, work)
    row, active = 0, 1
    while active > 0:
        active = 0
        for i in range(LANES):
            running = work[ROW * LANES + i] >= 0.0
            if running and advance(i, method, work):
                write_out(i, work, found, words)
                running = False
            while not running and row < n:
                words[2, row] = next_row(i, Y, V, row, work)
                running = words[2, row] == FIT and work[SIZE * LANES + i] > 0.0
                if not running:
                    write_out(i, work, found, words)
                row += 1
            if running:
                active += 1
            elif work[ROW * LANES + i] >= 0.0:
                empty(i, k, work)
        evaluate(k, work)
