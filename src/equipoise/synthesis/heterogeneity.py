"""Heterogeneity: how much do the true effects differ between studies.

Vocabulary used throughout the room: `yi` (k,) effects on the analysis scale, `vi` (k,) their
sampling variances, taken as known; `wi = 1 / (vi + tau2)` weights; `mu` the weighted mean;
`Q(tau2) = sum wi (yi - mu)^2`, which has expectation k - 1 at the true tau2; `tau2` the variance
of true effects, in squared units of `yi`, never below zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri

from equipoise.synthesis.arrays import Array

STEPS = 10_000
"""Steps a root may take: from 1e24 down to 1e-24 by halves is 160, so that this is never met."""


class Tau2(NamedTuple):
    """An estimate of `tau2` with its standard error and how it was reached."""

    tau2: float
    se: float
    status: str
    message: str = ""


class Inconsistency(NamedTuple):
    """`i2` in per cent and `h2`."""

    i2: float
    h2: float


def generalised_q(yi: Array, vi: Array, tau2: float = 0.0) -> float:
    """`Q(tau2) = sum (yi - mu)^2 / (vi + tau2)`; Cochran's Q at `tau2 = 0` (10.2307/3001666)."""
    wi = 1.0 / (vi + tau2)
    residual = yi - wi @ yi / wi.sum()
    return float(wi @ (residual * residual))


def root_q(yi: Array, vi: Array, tau2: float = 0.0) -> float:
    """`sqrt(Q(tau2))`, right even where the effects are so small that Q itself is lost."""
    wi = 1.0 / (vi + tau2)
    residual = yi - wi @ yi / wi.sum()
    return math.hypot(*(np.sqrt(wi) * residual))


def all_but_one(weights: Array) -> Array:
    """For each weight the sum of the others, along the last axis.

    Summed from both ends: `total - weight` loses every digit where one weight is nearly all.
    """
    before, after = np.zeros_like(weights), np.zeros_like(weights)
    before[..., 1:] = np.cumsum(weights, axis=-1)[..., :-1]
    after[..., :-1] = np.cumsum(weights[..., ::-1], axis=-1)[..., -2::-1]
    out: Array = before + after
    return out


def q_p_value(q: float, k: int) -> float:
    """P of Cochran's Q under homogeneity, chi-square with k - 1 degrees of freedom."""
    return float(chdtrc(k - 1, q)) if k > 1 else 1.0


def inconsistency(vi: Array, tau2: float) -> Inconsistency:
    """Share of the total variance that is between studies.

    With `w = 1 / vi`, the typical sampling variance is `s2 = (k - 1) sum w / ((sum w)^2 -
    sum w^2)`, and `I2 = 100 tau2 / (tau2 + s2)`, `H2 = tau2 / s2 + 1` (Higgins and Thompson
    2002, eq 9, 10.1002/sim.1186). At the DerSimonian-Laird `tau2` this is the familiar
    `(Q - (k - 1)) / Q`. NaN for one study.
    """
    k = vi.size
    if k < 2:
        return Inconsistency(math.nan, math.nan)
    typical = (k - 1) / _trace_p(vi)
    return Inconsistency(100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0)


def inconsistency_from_q(q: float, k: int) -> Inconsistency:
    """`I2 = max(0, (Q - (k - 1)) / Q)` and `H2 = Q / (k - 1)`: the common-effect versions."""
    if k < 2:
        return Inconsistency(math.nan, math.nan)
    i2 = 0.0 if q <= 0.0 else max(0.0, 100.0 * (q - (k - 1)) / q)
    return Inconsistency(i2, q / (k - 1))


def _trace_p(vi: Array, tau2: float = 0.0) -> float:
    """Trace of `P = W - W 1 1' W / sum w`, the weight left after estimating the mean."""
    wi = 1.0 / (vi + tau2)
    return float(wi @ all_but_one(wi) / wi.sum())


def trace_p_squared(vi: Array, tau2: float = 0.0) -> float:
    """Trace of `P P`; half of it is the restricted information on `tau2`.

    `sum_i (wi others_i / total)^2 + sum_(i != j) (wi wj / total)^2`, in which nothing cancels.
    """
    wi = 1.0 / (vi + tau2)
    diagonal = wi * all_but_one(wi)
    return float((diagonal @ diagonal + (wi * wi) @ all_but_one(wi * wi)) / wi.sum() ** 2)


def tau2_dersimonian_laird(yi: Array, vi: Array) -> Tau2:
    """Moment estimate `max(0, (Q - (k - 1)) / tr P)` at weights `1 / vi`.

    Closed form; standard error from the exact variance of Q under normality,
    `Var Q = 2 (k - 1) + 4 tau2 tr P + 2 tau2^2 tr PP`. Source: DerSimonian and Laird 1986,
    eq 8, 10.1016/0197-2456(86)90046-2.
    """
    k = yi.size
    trace = _trace_p(vi)
    raw = (generalised_q(yi, vi) - (k - 1)) / trace
    tau2 = max(0.0, raw)
    variance = 2 * (k - 1) + 4 * tau2 * trace + 2 * tau2**2 * trace_p_squared(vi)
    return Tau2(tau2, math.sqrt(variance) / trace, "boundary" if raw <= 0.0 else "converged")


def tau2_paule_mandel(yi: Array, vi: Array) -> Tau2:
    """Solve `Q(tau2) = k - 1`; zero when `Q(0)` is already below.

    `Q` falls strictly with `tau2` unless all effects are equal, so that the root is unique and
    is bracketed. Standard error `sqrt(2 k^2 / (k - 1)) / sum wi`. Source: Paule and Mandel
    1982, 10.6028/jres.087.022.
    """
    k = yi.size
    tau2 = _solve_q(yi, vi, float(k - 1))
    se = math.sqrt(2.0 * k**2 / (k - 1)) / float((1.0 / (vi + tau2)).sum())
    return Tau2(tau2, se, "converged" if tau2 > 0.0 else "boundary")


def _solve_q(yi: Array, vi: Array, target: float) -> float:
    """Return the `tau2 >= 0` at which `Q(tau2)` equals `target`; 0 if it starts below."""

    def excess(tau2: float) -> float:
        return generalised_q(yi, vi, tau2) - target

    if excess(0.0) <= 0.0:
        return 0.0
    # Q(tau2) <= sum (yi - mean)^2 / tau2 bounds the root from above.
    high = 2.0 * float(((yi - yi.mean()) ** 2).sum()) / target
    return root(excess, 0.0, high)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Root of a continuous function between points of opposite sign, to machine precision."""
    precision = 4 * np.finfo(float).eps
    return float(brentq(function, low, high, xtol=1e-300, rtol=precision, maxiter=STEPS))


def q_profile(yi: Array, vi: Array, level: float = 0.95) -> tuple[float, float]:
    """Interval for `tau2` by the Q-profile.

    The ends solve `Q(tau2) = c` at the upper and lower chi-square(k - 1) quantiles, so that the
    interval is exact when effects are normal and `vi` are known; an end below zero is cut to
    zero. NaN for one study. Source: Viechtbauer 2007, section 2.2, 10.1002/sim.2514.
    """
    k = yi.size
    if k < 2:
        return math.nan, math.nan
    tail = (1.0 - level) / 2.0
    upper_quantile, lower_quantile = float(chdtri(k - 1, tail)), float(chdtri(k - 1, 1.0 - tail))
    return _solve_q(yi, vi, upper_quantile), _solve_q(yi, vi, lower_quantile)
