"""Pooling many sets of trials at once: what would each of a hundred thousand pools say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.pooling import pool as pool_one

STATUSES = ("converged", "boundary", "bimodal", "not_converged", "undefined")
"""Word of each status code."""

FIELDS = (
    *("estimate", "se", "ci_low", "ci_high", "p_value", "tau2", "tau2_se", "i2", "h2", "q"),
    *("q_p_value", "prediction_low", "prediction_high", "loglik"),
)


@dataclass(frozen=True)
class BatchPooled:
    """Pooled effects of B sets of trials; every array is (B,)."""

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
    ci: str = "hksj",
    level: float = 0.95,
    prediction: str = "metafor",
    workers: int | None = None,
) -> BatchPooled:
    """Pool every row of `Y` (B, k) with variances `V` (B, k); NaN is an absent trial."""
    y, v = np.asarray(Y, dtype=np.float64), np.asarray(V, dtype=np.float64)
    if y.ndim != 2 or y.shape != v.shape:
        found = f"shapes {y.shape} and {v.shape}"
        action = "Pass one row a set of trials."
        raise ArrayError([Problem("", "", "Y, V", found, "equal shapes (B, k)", action)])
    results = [
        pool_one(a[keep], b[keep], method=method, ci=ci, level=level, prediction=prediction)
        for a, b in zip(y, v, strict=True)
        for keep in [~(np.isnan(a) & np.isnan(b))]
    ]
    columns = {f: np.array([getattr(r, f) for r in results]) for f in FIELDS}
    k = np.array([r.k for r in results])
    status = np.array([STATUSES.index(r.status) for r in results], dtype=np.int8)
    return BatchPooled(**columns, k=k, status=status, method=method, ci=ci, level=level)
