"""Pools of a part of the studies: without each in turn, and as evidence came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.synthesis import batch
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.bias.study_effects import checked, option
from equipoise.synthesis.pooling import PooledEffect, pool

METHOD_CITES = {"leave_one_out": (), "cumulative": ("lau1992",)}
"""Keys of `equipoise.cite.REFERENCES` behind each sequence; those of `pool` come on top."""

NUMBERS = ("estimate", "se", "ci_low", "ci_high", "p_value", "tau2", "i2", "q", "q_p_value")

CELLS = 2_000_000
"""Effects handed to the batch kernel at a time: 16 MB, however many studies there are."""


@dataclass(frozen=True)
class PartialPools:
    """One pool a row; every array is (k,) and has the meaning it has in `PooledEffect`.

    Attributes
    ----------
    study : array of int
        Index of the study that row leaves out (`leave_one_out`) or adds (`cumulative`).
    estimate, se, ci_low, ci_high, p_value : array
    tau2, i2, q, q_p_value : array
    n_studies : array of int
        Studies in the row's pool.
    status : tuple of str
    whole : PooledEffect
        The pool of all studies.
    k : int
    message : str
    """

    study: NDArray[np.int64]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    p_value: Array
    tau2: Array
    i2: Array
    q: Array
    q_p_value: Array
    n_studies: NDArray[np.int64]
    status: tuple[str, ...]
    whole: PooledEffect
    k: int
    message: str


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
) -> PartialPools:
    """Pool again without each study in turn: does the answer hang on one of them.

    Row i is exactly `pool` of the other k - 1 studies, with heterogeneity estimated anew.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    method, ci, level
        As in `pool`.

    Returns
    -------
    PartialPools
        For k = 1 nothing is left and every number is NaN, status ``undefined``.

    Raises
    ------
    ArrayError
        As `pool`.

    Examples
    --------
    >>> rows = leave_one_out([0.1, 0.3, 0.35], [0.04, 0.05, 0.02], method="EE", ci="wald")
    >>> rows.estimate.round(4).tolist()
    [0.3357, 0.2667, 0.1889]
    """
    y, v = checked(yi, vi, level=level)
    each = np.arange(y.size)

    def kept(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        others: NDArray[np.bool_] = rows[:, None] != each
        return others

    return _rows(y, v, each, kept, method=method, ci=ci, level=level)


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    order: Sequence[object] | NDArray[np.generic],
    *,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
) -> PartialPools:
    """Pool as the evidence came in: when was the answer first clear.

    Row i is `pool` of the first i studies in ascending `order`; equal values keep the order in
    which they were given. Repeated looks are not allowed for: an interval that excludes no
    effect half way is not a sequential test (Lau and others 1992, 10.1056/NEJM199207233270406).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    order : sequence, shape (k,)
        What to sort by: a year, a date, an ISO date as text, a standard error.
    method, ci, level
        As in `pool`.

    Returns
    -------
    PartialPools

    Raises
    ------
    ArrayError
        As `pool`; also when `order` has another length or cannot be sorted.

    Examples
    --------
    >>> y, v = [0.1, 0.3, 0.35], [0.04, 0.05, 0.02]
    >>> rows = cumulative(y, v, [1999, 2004, 2001], method="EE", ci="wald")
    >>> rows.study.tolist(), rows.estimate.round(4).tolist()
    ([0, 2, 1], [0.1, 0.2667, 0.2737])
    """
    y, v = checked(yi, vi, level=level)
    first = _sorted(order, y.size)
    place = np.argsort(first)

    def kept(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        return rows[:, None] >= place

    return _rows(y, v, first, kept, method=method, ci=ci, level=level)


def _sorted(order: Sequence[object] | NDArray[np.generic], k: int) -> NDArray[np.int64]:
    """Return the indices of the studies in ascending order."""
    keys = np.asarray(order)
    action = "Give every study a year or a date."
    if keys.shape != (k,):
        found = f"shape {keys.shape}"
        raise ArrayError([option("order", found, f"one value for each of {k} studies", action)])
    if keys.dtype.kind == "f" and bool(np.isnan(keys).any()):
        raise ArrayError([option("order", "NaN", "values that can be sorted", action)])
    try:
        return np.argsort(keys, kind="stable").astype(np.int64)
    except TypeError as error:
        problem = option("order", list(order), "values that can be sorted", action)
        raise ArrayError([problem]) from error


def _rows(
    y: Array,
    v: Array,
    study: NDArray[np.int64],
    kept: Callable[[NDArray[np.int64]], NDArray[np.bool_]],
    **choice: Any,
) -> PartialPools:
    """Pool the studies that are `kept` in each row, some rows at a time."""
    k = y.size
    whole = pool(y, v, **choice)
    numbers = {name: np.empty(k) for name in NUMBERS}
    size, code = np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int8)
    for rows in np.array_split(np.arange(k), 1 + k * k // CELLS):
        there = kept(rows)
        part = batch.pool(np.where(there, y, np.nan), np.where(there, v, np.nan), **choice)
        for name, column in numbers.items():
            column[rows] = getattr(part, name)
        size[rows], code[rows] = part.k, part.status
    return PartialPools(
        study=study,
        **numbers,
        n_studies=size,
        status=tuple(batch.STATUSES[c] for c in code),
        whole=whole,
        k=k,
        message="Nothing is left without the only study." if k == 1 else whole.message,
    )
