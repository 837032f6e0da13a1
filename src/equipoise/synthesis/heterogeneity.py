"""Heterogeneity: how much do the true effects differ between studies.

Vocabulary used throughout the room: `yi` (k,) effects on the analysis scale, `vi` (k,) their
sampling variances, taken as known; `wi = 1 / (vi + tau2)` weights; `mu` the weighted mean;
`Q(tau2) = sum wi (yi - mu)^2`, which has expectation k - 1 at the true tau2; `tau2` the variance
of true effects, in squared units of `yi`, never below zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

STEPS = 10_000
"""Steps a root may take: from 1e24 down to 1e-24 by halves is 160, so that this is never met."""


def generalised_q(yi: Array, vi: Array, tau2: float = 0.0) -> float:
    """`Q(tau2) = sum (yi - mu)^2 / (vi + tau2)`; Cochran's Q at `tau2 = 0` (10.2307/3001666)."""
    return q_and_slope(yi, vi, tau2)[0]


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


@kernel
def q_and_slope(yi: Array, vi: Array, tau2: float) -> tuple[float, float]:
    """`Q(tau2)` and minus its derivative, `sum wi^2 (yi - mu)^2`."""
    total, product = 0.0, 0.0
    for j in range(yi.size):
        w = 1.0 / (vi[j] + tau2)
        total += w
        product += w * yi[j]
    mean = product / total
    q, slope = 0.0, 0.0
    for j in range(yi.size):
        residual = yi[j] - mean
        weighted = residual / (vi[j] + tau2)
        q += weighted * residual
        slope += weighted * weighted
    return q, slope


@part
def solve_q(yi: Array, vi: Array, target: float) -> float:
    """Return the `tau2 >= 0` at which `Q(tau2)` equals `target`; 0 if it starts below.

    `1 / Q` rises and is concave, so that Newton's steps on it come from the left and never pass.
    """
    tau2 = 0.0
    for _ in range(STEPS):
        q, slope = q_and_slope(yi, vi, tau2)
        step = (q / target - 1.0) * q / slope if q > target else 0.0
        tau2 += step
        if step <= 1e-13 * tau2:
            break
    return tau2


@kernel
def solve_both(yi: Array, vi: Array, high: float, low: float) -> tuple[float, float]:
    """Where `Q` equals the upper and the lower quantile."""
    return solve_q(yi, vi, high), solve_q(yi, vi, low)


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
    low, high = solve_both(yi, vi, float(chdtri(k - 1, tail)), float(chdtri(k - 1, 1.0 - tail)))
    return low, high
