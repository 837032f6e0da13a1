"""Trim and fill: what would the pool say if the funnel were made symmetrical."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.synthesis.arrays import Array, not_among
from equipoise.synthesis.bias.funnel_regression import METHODS, fit_line, is_constant
from equipoise.synthesis.bias.study_effects import checked, in_unit, option, sentences
from equipoise.synthesis.pooling import PooledEffect, pool

METHOD_CITES = {
    "trim_and_fill": ("trimfill2000",),
    "L0": ("duval2000",),
    "R0": ("duval2000",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the method and its two estimators."""

SAME = 1e-12
"""Difference of two distances, relative to the largest, that is arithmetic."""

NOT_A_CORRECTION = (
    "The filled studies were never done: read the difference as how much asymmetry could matter, "
    "not as a corrected effect."
)
HETEROGENEOUS = "With heterogeneity the method can fill a funnel that lacks nothing."


@dataclass(frozen=True)
class TrimAndFill:
    """A funnel made symmetrical, and the pool before and after.

    Attributes
    ----------
    side : str
        Side on which studies are missing: ``left`` or ``right``.
    missing : int
        Estimated number of missing studies, `k0`.
    missing_se : float
        Its standard error, before `k0` is rounded and cut at 0; NaN for `L0` so far below 0 that
        the formula gives no variance.
    p_value : float
        P of no missing studies on that side (`R0`); NaN for `L0`, which has no test.
    observed, filled : PooledEffect
        The pool of the studies there are, and with the filled ones added.
    yi, vi : array, shape (k + missing,)
        Studies in their own order, then the filled ones.
    is_filled : array of bool, shape (k + missing,)
        Which were filled.
    estimator : str
        ``L0`` or ``R0``.
    iterations : int
    k : int
        Studies there are.
    status : str
        ``converged``; ``not_converged`` when the number went round in a circle; ``undefined``.
    message : str
        What a reader should know before using the numbers.
    """

    side: str
    missing: int
    missing_se: float
    p_value: float
    observed: PooledEffect
    filled: PooledEffect
    yi: Array
    vi: Array
    is_filled: NDArray[np.bool_]
    estimator: str
    iterations: int
    k: int
    status: str
    message: str


class _Count(NamedTuple):
    """Number of missing studies, its error, the centre, and how it was reached."""

    missing: int
    se: float
    centre: float
    iterations: int
    settled: bool


def trim_and_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    estimator: str = "L0",
    side: str | None = None,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
    maxiter: int = 100,
) -> TrimAndFill:
    """Fill the studies that a symmetrical funnel lacks, and pool again.

    The `k0` most extreme effects on the full side are trimmed, the rest pooled to `mu`, and
    with `ri` the ranks of `|yi - mu|` over all k studies (the mean rank for equal ones), signed
    as `yi - mu`, `k0` is taken anew until it does not change:

    - ``L0``: `(4 S - k (k + 1)) / (2 k - 1)`, `S` the sum of the positive ranks;
    - ``R0``: the length of the unbroken run of highest ranks that are positive, minus 1;

    rounded (halves to the even number) and not below 0. The trimmed studies are then mirrored
    about `mu` with their own variances.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    estimator : {"L0", "R0"}
        ``R0`` brings a test: `P = 2^-(k0 + 1)`; it fails where one outlier ends the run.
    side : {"left", "right"}, optional
        Where studies are missing. If not said: left when effects rise with the standard error
        (slope of the ``rma`` regression with `method` at least 0), else right.
    method, ci, level
        As in `pool`, for trimming and for both pools.
    maxiter : int
        Rounds at most.

    Returns
    -------
    TrimAndFill
        ``undefined`` with a sentence for fewer than three studies, nothing being filled.

    Raises
    ------
    ArrayError
        Unknown option, unequal lengths, a value that is not finite, a variance that is not
        above zero; every offending index is named.

    Notes
    -----
    Not for heterogeneous effects: then it adds studies that never were. Sources: Duval and
    Tweedie 2000, 10.1111/j.0006-341x.2000.00455.x and 10.1080/01621459.2000.10473905.

    Examples
    --------
    >>> result = trim_and_fill([0.1, 0.2, 0.5, 0.7, 0.6], [0.01, 0.02, 0.05, 0.09, 0.2])
    >>> result.side, result.missing, int(result.is_filled.sum())
    ('left', 2, 2)
    """
    problems = [
        *not_among("estimator", estimator, ("L0", "R0")),
        *not_among("method", method, METHODS),
        *(not_among("side", side, ("left", "right")) if side is not None else []),
    ]
    if maxiter < 1:
        problems.append(option("maxiter", maxiter, "at least 1", "Use 100."))
    y, v = checked(yi, vi, level=level, problems=problems)
    k = y.size
    observed = pool(y, v, method=method, ci=ci, level=level)
    if k < 3:
        return _nothing(y, v, estimator, observed)
    side = side or _empty_side(y, v, method)
    sign = 1.0 if side == "left" else -1.0
    order = np.argsort(sign * y, kind="stable")
    found = _count(sign * y[order], v[order], estimator, method, maxiter)
    trimmed = order[k - found.missing :]
    # The filled study is as far beyond the centre as its twin is on this side.
    mirrored = 2.0 * sign * found.centre - y[trimmed]
    all_y, all_v = np.concatenate([y, mirrored]), np.concatenate([v, v[trimmed]])
    filled = pool(all_y, all_v, method=method, ci=ci, level=level)
    return TrimAndFill(
        side=side,
        missing=found.missing,
        missing_se=found.se,
        p_value=0.5 ** (found.missing + 1) if estimator == "R0" else math.nan,
        observed=observed,
        filled=filled,
        yi=all_y,
        vi=all_v,
        is_filled=np.arange(all_y.size) >= k,
        estimator=estimator,
        iterations=found.iterations,
        k=k,
        status="converged" if found.settled else "not_converged",
        message=_remarks(found, observed),
    )


def _nothing(y: Array, v: Array, estimator: str, observed: PooledEffect) -> TrimAndFill:
    """Return what is left when there are too few studies to fill."""
    k, nan = y.size, math.nan
    none = np.zeros(k, dtype=bool)
    why = f"Trim and fill needs three studies; there are {k}."
    return TrimAndFill(
        *("", 0, nan, nan, observed, observed, y, v, none, estimator, 0, k, "undefined", why)
    )


def _empty_side(y: Array, v: Array, method: str) -> str:
    """Side on which the regression line says that studies are missing."""
    scaled = in_unit(y, v)
    sei = np.sqrt(scaled.v)
    if is_constant(sei, scaled.v):
        return "left"
    return "right" if fit_line(scaled.y, scaled.v, sei, method).slope < 0.0 else "left"


def _count(y: Array, v: Array, estimator: str, method: str, maxiter: int) -> _Count:
    """Count the studies missing on the left of effects in ascending order."""
    k, missing, seen = y.size, 0, {-1}
    for iteration in range(1, maxiter + 1):
        kept = k - missing
        centre = pool(y[:kept], v[:kept], method=method, ci="wald").estimate
        estimate, se = _estimators(y - centre, estimator)
        new = min(max(0, round(estimate)), k - 1)
        if new == missing:
            return _Count(missing, se, centre, iteration, True)
        if new in seen:
            return _Count(missing, se, centre, iteration, False)
        seen.add(missing)
        missing = new
    return _Count(missing, se, centre, maxiter, False)


def _estimators(centred: Array, estimator: str) -> tuple[float, float]:
    """Return `k0` before it is rounded and cut at zero, and its standard error there."""
    k = centred.size
    ranks = _mid_ranks(np.abs(centred))
    if estimator == "R0":
        # counted, not subtracted from k: equal effects share a rank, which may end in a half
        below = ranks[centred < 0.0]
        run = int((ranks > below.max()).sum()) if below.size else k
        return run - 1.0, math.sqrt(2.0 * max(0, run - 1) + 2.0)
    positive = float(ranks[centred > 0.0].sum())
    k0 = (4.0 * positive - k * (k + 1)) / (2 * k - 1)
    cubic = k * (k + 1) * (2 * k + 1) + 10 * k0**3 + 27 * k0**2 + 17 * k0
    variance = (cubic - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0) / 24.0
    # far below zero the formula gives no variance
    return k0, 4.0 * (math.sqrt(variance) if variance >= 0.0 else math.nan) / (2 * k - 1)


def _mid_ranks(distance: Array) -> Array:
    """Ranks from 1, the mean rank for those that are equal but for arithmetic.

    Without, a study and its mirror image would be ranked by the order they came in, and a
    symmetrical funnel could seem to lack some.
    """
    order = np.argsort(distance, kind="stable")
    gap = np.diff(distance[order]) > SAME * float(distance.max())
    group = np.concatenate([[0], np.cumsum(gap)])
    size = np.bincount(group)
    last = np.cumsum(size)
    ranks = np.empty(distance.size)
    ranks[order] = (last - 0.5 * (size - 1))[group]
    return ranks


def _remarks(found: _Count, observed: PooledEffect) -> str:
    """Sentences a reader needs beside the numbers."""
    circle = "" if found.settled else "The number of missing studies did not settle."
    differ = HETEROGENEOUS if observed.tau2 > 0.0 else ""
    return sentences(circle, NOT_A_CORRECTION if found.missing else "", differ)
