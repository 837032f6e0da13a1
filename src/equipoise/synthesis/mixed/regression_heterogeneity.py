"""Residual heterogeneity of a meta-regression: what the moderators leave unexplained.

With weights `w_i`, `W = diag(w)`, `P = W - W X (X' W X)^-1 X' W`, and `Q(tau2) = y' P y` at
`w_i = 1 / (vi + tau2)`, whose expectation at the true `tau2` is k - p. The moment estimators set
a quadratic form of this kind equal to its expectation; their standard errors come from
`Var y' P y = 2 tr(P S P S)`, `S = diag(vi + tau2)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import chdtri

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.mixed.single_variance import root

METHOD_CITES = {
    "HE": ("hedges1983",),
    "HS": (),
    "SJ": ("sidik2005",),
    "EB": ("morris1983",),
}
"""Keys of `equipoise.cite.REFERENCES`."""


class MomentEstimate(NamedTuple):
    """An estimate of `tau2`, its standard error, and whether it was cut at zero."""

    tau2: float
    se: float
    status: str


def quadratic(y: Array, Q: Array, w: Array) -> float:
    """`y' P y` at weights `w`; `Q` (k, p) has orthonormal columns."""
    root_w = np.sqrt(w)
    U = np.linalg.qr(Q * root_w[:, None])[0]
    z = root_w * y
    residual = z - U @ (U.T @ z)
    return float(residual @ residual)


def trace(Q: Array, w: Array, one: Array, other: Array | None = None) -> float:
    """`tr(P D1)`, or `tr(P D1 P D2)`, for diagonal `D1`, `D2` (k,)."""
    U = np.linalg.qr(Q * np.sqrt(w)[:, None])[0]
    a = w * one
    if other is None:
        return float(a.sum() - ((U * U).T @ a).sum())
    b = w * other
    left, right = U.T @ (a[:, None] * U), U.T @ (b[:, None] * U)
    return float(a @ b - 2.0 * ((U * U).T @ (a * b)).sum() + (left * right).sum())


def tau2_regression(y: Array, v: Array, Q: Array, method: str) -> MomentEstimate:
    """Estimate `tau2` by a method of moments: DL, HE, HS, SJ, EB or PM."""
    raw, se = _ESTIMATORS[method](y, v, Q)
    tau2 = max(0.0, raw)
    return MomentEstimate(tau2, se(tau2), "converged" if raw > 0.0 else "boundary")


Estimator = tuple[float, Callable[[float], float]]


def _variance_of_q(Q: Array, w: Array, v: Array) -> Callable[[float], float]:
    """Return the variance of `y' P y` as a function of tau2."""
    one = np.ones_like(v)
    both, mixed, only = trace(Q, w, v, v), trace(Q, w, v, one), trace(Q, w, one, one)
    return lambda tau2: 2.0 * (both + 2.0 * tau2 * mixed + tau2 * tau2 * only)


def _dersimonian_laird(y: Array, v: Array, Q: Array) -> Estimator:
    """`(Q(0) - (k - p)) / tr P` at `1 / vi`."""
    k, p = Q.shape
    w = 1.0 / v
    slope, variance = trace(Q, w, np.ones(k)), _variance_of_q(Q, w, v)
    return (quadratic(y, Q, w) - (k - p)) / slope, lambda t: math.sqrt(variance(t)) / slope


def _hedges(y: Array, v: Array, Q: Array) -> Estimator:
    """`(y' P y - tr(P V)) / (k - p)` at equal weights."""
    k, p = Q.shape
    w = np.ones(k)
    variance = _variance_of_q(Q, w, v)
    raw = (quadratic(y, Q, w) - trace(Q, w, v)) / (k - p)
    return raw, lambda t: math.sqrt(variance(t)) / (k - p)


def _hunter_schmidt(y: Array, v: Array, Q: Array) -> Estimator:
    """`(Q(0) - k) / sum(1 / vi)`; biased downwards."""
    w = 1.0 / v
    total, variance = float(w.sum()), _variance_of_q(Q, w, v)
    raw = (quadratic(y, Q, w) - v.size) / total
    return raw, lambda t: math.sqrt(variance(t)) / total


def _sidik_jonkman(y: Array, v: Array, Q: Array) -> Estimator:
    """`t0 y' P y / (k - p)` at `1 / (vi + t0)`, `t0` the variance of the effects; above zero."""
    k, p = Q.shape
    start = float(((y - y.mean()) ** 2).mean())
    if start == 0.0:
        return 0.0, lambda _: math.nan
    w = 1.0 / (v + start)
    variance = _variance_of_q(Q, w, v)
    raw = start * quadratic(y, Q, w) / (k - p)
    return raw, lambda t: start * math.sqrt(variance(t)) / (k - p)


def _paule_mandel(y: Array, v: Array, Q: Array) -> Estimator:
    """Solve `Q(tau2) = k - p`; the empirical Bayes iteration has the same fixed point."""
    k, p = Q.shape
    raw = solve_quadratic(y, v, Q, float(k - p))
    scale = math.sqrt(2.0 * k * k / (k - p))
    return raw, lambda t: scale / float((1.0 / (v + t)).sum())


_ESTIMATORS: dict[str, Callable[[Array, Array, Array], Estimator]] = {
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "PM": _paule_mandel,
    "EB": _paule_mandel,
}

MOMENT_METHODS = tuple(_ESTIMATORS)


def solve_quadratic(y: Array, v: Array, Q: Array, target: float) -> float:
    """Return the `tau2 >= 0` at which `Q(tau2)` is `target`; 0 if it starts below."""

    def excess(tau2: float) -> float:
        return quadratic(y, Q, 1.0 / (v + tau2)) - target

    if excess(0.0) <= 0.0:
        return 0.0
    # Q(tau2) <= residual sum of squares / tau2 bounds the root from above.
    return root(excess, 0.0, 2.0 * quadratic(y, Q, np.ones_like(v)) / target)


def q_profile(y: Array, v: Array, Q: Array, level: float) -> tuple[float, float]:
    """Interval for `tau2`: `Q(tau2)` at the chi-square(k - p) quantiles; NaN for k = p.

    Viechtbauer 2007, section 2.2, 10.1002/sim.2514.
    """
    k, p = Q.shape
    if k <= p:
        return math.nan, math.nan
    tail = 0.5 * (1.0 - level)
    ends = [float(chdtri(k - p, t)) for t in (tail, 1.0 - tail)]
    return solve_quadratic(y, v, Q, ends[0]), solve_quadratic(y, v, Q, ends[1])


def likelihood_se(Q: Array, v: Array, tau2: float, *, restricted: bool) -> float:
    """Return the standard error of tau2 from the expected information.

    `sqrt(2 / tr PP)` for REML, `sqrt(2 / sum w^2)` for ML.
    """
    w, one = 1.0 / (v + tau2), np.ones_like(v)
    information = trace(Q, w, one, one) if restricted else float(w @ w)
    return math.sqrt(2.0 / information)


def typical_variance(Q: Array, v: Array) -> float:
    """`(k - p) / tr P` at `1 / vi`: the sampling variance that I2 compares tau2 with."""
    k, p = Q.shape
    return float(k - p) / trace(Q, 1.0 / v, np.ones_like(v))
