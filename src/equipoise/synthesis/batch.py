"""Pooling many sets of trials at once: what would each of a hundred thousand pools say."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_floats
from equipoise.synthesis.lane_loading import APART, BAD, UNTAME
from equipoise.synthesis.pool_input import (
    BY_DEFAULT,
    SPAN,
    STATUSES,
    Choice,
    UnlessOne,
    option_problems,
)
from equipoise.synthesis.pooled_numbers import Numbers, pooled_numbers
from equipoise.synthesis.pooling import pool as pool_one

__all__ = ["STATUSES", "BatchPooled", "pool"]

CHUNK = 4096
"""Rows a task; fixed, so that no result depends on the number of workers."""

SHOWN = 5
"""Bad rows that are named; the others are counted."""


@dataclass(frozen=True)
class BatchPooled:
    """Pooled effects of B sets of trials; every array is (B,), named as in `PooledEffect`.

    Without the weights, the messages and the Q-profile interval of tau2: ask `pool` for those of
    a set that matters.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, p_value : array
        Mean effect, the standard error its interval uses, the interval, two-sided P.
    tau2, tau2_se, i2, h2, q, q_p_value : array
        Heterogeneity.
    prediction_low, prediction_high, loglik : array
        Prediction interval; (restricted) log-likelihood at the estimate.
    k : array of int
        Number of trials present.
    status : array of int8
        Index into `STATUSES`.
    method, ci, level : str, str, float
        Options of all rows.
    """

    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    p_value: Array
    tau2: Array
    tau2_se: Array
    i2: Array
    h2: Array
    q: Array
    q_p_value: Array
    prediction_low: Array
    prediction_high: Array
    loglik: Array
    k: NDArray[np.int64]
    status: NDArray[np.int8]
    method: str
    ci: str
    level: float


def pool(
    Y: ArrayLike,
    V: ArrayLike,
    method: str = "REML",
    *,
    ci: str = BY_DEFAULT,
    level: float = 0.95,
    prediction: str = "metafor",
    workers: int | None = None,
) -> BatchPooled:
    """Pool every row of `Y`: the numbers of the scalar `pool`, hundreds of thousands a second.

    Parameters
    ----------
    Y, V : array_like, shape (B, k)
        Effects on the analysis scale (log for ratios) and their sampling *variances*, one row a
        set of trials. NaN in both is an absent trial. Arrays of float64 in C order are not copied.
    method, ci, level, prediction
        As in `equipoise.synthesis.pool`, one choice for all rows.
    workers : int, optional
        Threads; by default as many as there are processors. Rows are shared out in fixed chunks,
        so that results are the same to the last bit for any number.

    Returns
    -------
    BatchPooled
        A row without a trial is NaN and ``undefined``; one trial has a Wald interval only, which
        it is given when no interval is asked for.

    Raises
    ------
    ArrayError
        Unknown option, unequal shapes, or rows with a value that is not finite, a variance that
        is not above zero, one of a pair missing, or magnitudes too far apart; the first rows are
        named and all are counted.

    Notes
    -----
    Likelihood fits carry the same proof that no better tau2 exists as the scalar `pool`.

    Examples
    --------
    >>> nan = float("nan")
    >>> both = pool([[0.1, 0.3, 0.35], [0.1, 0.3, nan]], [[0.04, 0.05, 0.02], [0.04, 0.05, nan]])
    >>> [int(k) for k in both.k], STATUSES[both.status[0]]
    ([3, 2], 'boundary')
    """
    choice = Choice(method, str(ci), level, prediction)
    y, v = _checked(Y, V, choice, workers)
    out = np.empty((len(Numbers._fields), len(y)))
    k = np.empty(len(y), dtype=np.int64)
    status, verdict = np.empty((2, len(y)), dtype=np.int8)

    def run(start: int) -> None:
        rows = slice(start, start + CHUNK)
        pools = pooled_numbers(y[rows], v[rows], choice)
        for field, values in enumerate(pools.numbers):
            out[field, rows] = values
        k[rows], status[rows], verdict[rows] = pools.k, pools.status, pools.verdict

    starts = range(0, len(y), CHUNK)
    if len(starts) > 1:
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as threads:
            list(threads.map(run, starts))
    else:
        list(map(run, starts))
    _refuse_bad(y, v, verdict)
    for row in np.flatnonzero(verdict == UNTAME):
        status[row] = _pool_untame(y[row], v[row], choice, out[:, row])
    if isinstance(ci, UnlessOne) and (alone := np.flatnonzero(k == 1)).size:
        single = pool(y[alone], v[alone], method, ci="wald", level=level, prediction=prediction)
        out[:, alone] = [getattr(single, name) for name in Numbers._fields]
        status[alone] = single.status
    numbers = dict(zip(Numbers._fields, out, strict=True))
    return BatchPooled(**numbers, k=k, status=status, method=method, ci=str(ci), level=level)


def _checked(
    Y: ArrayLike, V: ArrayLike, choice: Choice, workers: int | None
) -> tuple[Array, Array]:
    """Both arrays as float64 in C order, or every reason why they cannot be pooled."""
    problems = option_problems(choice)
    if workers is not None and workers < 1:
        problems.append(Problem("", "", "workers", repr(workers), "at least 1", "Leave it out."))
    try:
        y, v = np.ascontiguousarray(as_floats(Y)), np.ascontiguousarray(as_floats(V))
    except (TypeError, ValueError, OverflowError) as error:
        action = "Pass one number a trial."
        raise ArrayError([*problems, Problem("", "", "Y, V", "", "numbers", action)]) from error
    if np.ndim(Y) != 2 or np.shape(Y) != np.shape(V):
        found = f"shapes {np.shape(Y)} and {np.shape(V)}"
        action = "Pass one row a set of trials."
        problems.append(Problem("", "", "Y, V", found, "equal shapes (B, k)", action))
    if problems:
        raise ArrayError(problems)
    return y, v


def _refuse_bad(y: Array, v: Array, verdict: NDArray[np.int8]) -> None:
    """Refuse the batch when a row holds what cannot be pooled; name the first such rows."""
    near = f"standard errors within a factor of {SPAN:g}, effects within {SPAN:g} of the smallest"
    kinds = (
        (BAD, "finite effects with variances above 0, or NaN in both", "Correct or leave out."),
        (APART, near, "Check that V are variances in squared units of Y."),
    )
    problems = []
    for code, allowed, action in kinds:
        rows = np.flatnonzero(verdict == code)
        for row in rows[:SHOWN]:
            j = _worst(y[row], v[row]) if code == BAD else 0
            found = f"effect {y[row, j]!s}, variance {v[row, j]!s}" if code == BAD else "the row"
            where = f"row {row}, index {j}" if code == BAD else f"row {row}"
            problems.append(Problem("", where, "Y, V", found, allowed, action))
        if rows.size > SHOWN:
            more = f"{rows.size - SHOWN} further rows"
            problems.append(Problem("", more, "Y, V", f"{rows.size} in all", allowed, action))
    if problems:
        raise ArrayError(problems)


def _worst(y: Array, v: Array) -> int:
    """Index of the first trial of a row that is neither absent nor fit."""
    tiny = float(np.finfo(np.float64).tiny)
    fit = np.isfinite(y) & np.isfinite(v) & (v >= tiny) | np.isnan(y) & np.isnan(v)
    return int(np.argmin(fit))


def _pool_untame(y: Array, v: Array, choice: Choice, out: Array) -> int:
    """Pool a row whose unit is extreme, in a unit of its own; its status code."""
    method, ci, level, prediction = choice
    there = ~np.isnan(y)
    one = pool_one(y[there], v[there], method=method, ci=ci, level=level, prediction=prediction)
    out[:] = [getattr(one, name) for name in Numbers._fields]
    return STATUSES.index(one.status)
