"""From what the kernel found to the numbers of a pool, for n rows at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import Intervals, mean_intervals, prediction_half
from equipoise.synthesis.pool_input import METHODS, STATUSES, Choice
from equipoise.synthesis.tail_kernels import Whole, chi_square_tails
from equipoise.synthesis.tau2_kernels import FOUND, Words, fit_rows

UNDEFINED = STATUSES.index("undefined")


class Numbers(NamedTuple):
    """Numbers of n pools, named as in `PooledEffect`; every array is (n,)."""

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


class Pools(NamedTuple):
    """Numbers of n pools, their sizes, status codes and verdicts, and the intervals behind."""

    numbers: Numbers
    k: Whole
    status: Whole
    verdict: Whole
    intervals: Intervals


def pooled_numbers(Y: Array, V: Array, choice: Choice) -> Pools:
    """Pool every row of `Y` (n, k) with variances `V`; NaN is an absent trial."""
    found, words = np.empty((FOUND, len(Y))), np.empty((3, len(Y)), dtype=np.int64)
    fit_rows(Y, V, METHODS.index(choice.method), found, words)
    with np.errstate(all="ignore"):  # rows without a trial are NaN, and 1 study divides by zero
        return _numbers(found, words, choice)


def _numbers(found: Array, words: Words, choice: Choice) -> Pools:
    tau2, tau2_se, estimate, total, q_tau2, q, trace, logs = found
    (status, k, verdict), (method, ci, level, prediction) = words, choice
    intervals = mean_intervals(estimate, total, q_tau2, k=k, ci=ci, level=level)
    i2, h2 = _inconsistency(tau2, trace, q, k, method)
    half = np.full_like(tau2, math.nan)
    if method != "EE":
        half = prediction_half(intervals, tau2, k=k, ci=ci, level=level, convention=prediction)
    loglik = -0.5 * (k * math.log(2.0 * math.pi) + logs + q_tau2)
    if method == "REML":
        loglik += 0.5 * (math.log(2.0 * math.pi) + np.log(k) - np.log(total))
    numbers = Numbers(
        *(estimate, intervals.se, intervals.low, intervals.high, intervals.p_value),
        *(tau2, tau2_se, i2, h2, q, chi_square_tails(q, k - 1)),
        *(estimate - half, estimate + half, loglik),
    )
    status = np.where(np.isnan(intervals.se), UNDEFINED, status)
    return Pools(numbers, k, status, verdict, intervals)


def _inconsistency(
    tau2: Array, trace: Array, q: Array, k: Whole, method: str
) -> tuple[Array, Array]:
    """`I2` in per cent and `H2`.

    With `w = 1 / vi`, the typical sampling variance is `s2 = (k - 1) / tr P` at weights `w`, and
    `I2 = 100 tau2 / (tau2 + s2)`, `H2 = tau2 / s2 + 1` (Higgins and Thompson 2002, eq 9,
    10.1002/sim.1186). At the DerSimonian-Laird `tau2` this is the familiar
    `(Q - (k - 1)) / Q`, which is taken for a common effect. NaN for one study.
    """
    free = np.where(k > 1, k - 1.0, math.nan)
    if method == "EE":
        i2 = np.where(q > free, 100.0 * (q - free) / q, 0.0)
        return np.where(np.isnan(free), math.nan, i2), q / free
    typical = free / trace
    return 100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0
