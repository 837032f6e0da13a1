"""Likelihood of one trial given all its margins, when its log odds ratio is uncertain.

Given both arm sizes and the number of events, the treated events `x` have the noncentral
hypergeometric distribution `P(x | theta) = w(x) e^(theta x) / sum_j w(j) e^(theta j)`, with
`w(j) = C(n1, j) C(n2, m - j)` over `max(0, m - n2) <= j <= min(n1, m)`. The sum is built outwards
from the observed `a` by ratios of neighbours: every term is positive, none needs a factorial, and
terms too small to matter are never reached, so that supports of many thousands cost what their
standard deviation costs. Source: Stijnen, Hamza and Ozdemir 2010, 10.1002/sim.4040.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.counts.logistic_kernels import CLOSE, STEPS

NEGLIGIBLE = 1e-18
"""A falling term below this share of the sum ends it."""

HUGE = 1e200
"""Size of a term at which the sums are brought down, so as not to overflow."""

LOG_HUGE = math.log(HUGE)

STEEPEST = 680.0
"""Largest |theta| that `exp` can take; the trial is decided long before."""


@njit(nogil=True, cache=True)
def _one_side(table: Array, theta: float, up: bool) -> tuple[float, float, float, float]:
    """Sum the terms above (or below) `a`, that at `a` being 1 and left out.

    Zeroth to second moment of `j - a`, and the logarithm of the unit they are in.
    """
    n1, n2, m, j = table[1], table[2], table[3], table[0]
    odds = math.exp(theta if up else -theta)
    end = min(n1, m) if up else max(0.0, m - n2)
    term, apart, unit = 1.0, 0.0, 0.0
    s0 = s1 = s2 = 0.0
    while j != end:
        if up:
            ratio = odds * (n1 - j) / (j + 1.0) * (m - j) / (n2 - m + j + 1.0)
            j += 1.0
            apart += 1.0
        else:
            ratio = odds * j / (n1 - j + 1.0) * (n2 - m + j) / (m - j + 1.0)
            j -= 1.0
            apart -= 1.0
        term *= ratio
        if term > HUGE:
            term, s0, s1, s2 = term / HUGE, s0 / HUGE, s1 / HUGE, s2 / HUGE
            unit += LOG_HUGE
        s0 += term
        s1 += term * apart
        s2 += term * apart * apart
        if ratio < 1.0 and (term < NEGLIGIBLE * s0 or (unit == 0.0 and term < NEGLIGIBLE)):
            break
    return s0, s1, s2, unit


@njit(nogil=True, cache=True)
def log_chance(table: Array, theta: float) -> tuple[float, float, float]:
    """`log P(a | theta)`, its slope `a - E x` and its negative curvature `Var x`.

    `table` is `a, n1, n2, m`.
    """
    theta = max(-STEEPEST, min(STEEPEST, theta))
    up0, up1, up2, up_unit = _one_side(table, theta, True)
    down0, down1, down2, down_unit = _one_side(table, theta, False)
    unit = max(up_unit, down_unit)
    up, down = math.exp(up_unit - unit), math.exp(down_unit - unit)
    total = math.exp(-unit) + up * up0 + down * down0
    mean = (up * up1 + down * down1) / total
    variance = (up * up2 + down * down2) / total - mean * mean
    return -math.log(total) - unit, -mean, max(0.0, variance)


@njit(nogil=True, cache=True)
def _to_peak(table: Array, mu: float, tau: float, start: float) -> tuple[float, float, float]:
    """Peak of `log P(a | mu + tau z) - z^2 / 2`: where, how high, how curved."""
    z = start
    value, s, v = log_chance(table, mu + tau * z)
    value -= 0.5 * z * z
    for _ in range(STEPS):
        slope = tau * s - z
        step = slope / (1.0 + tau * tau * v)
        gain = slope * step
        if gain < CLOSE:
            break
        for _half in range(40):
            new, s, v = log_chance(table, mu + tau * (z + step))
            new -= 0.5 * (z + step) ** 2
            if new >= value + 1e-4 * gain:
                break
            step, gain = 0.5 * step, 0.5 * gain
        value = new
        z += step
    return z, value, 1.0 + tau * tau * v


@njit(nogil=True, cache=True)
def conditional_trials(
    tables: Array, mu: float, tau: float, z: Array, rule: Array
) -> tuple[float, Array, Array]:
    """Conditional log-likelihood of k trials, with gradient and Hessian in (mu, tau).

    Parameters
    ----------
    tables : array, shape (k, 4)
        `a, n1, n2, m` of each trial.
    mu, tau : float
        Mean and standard deviation of the log odds ratio, normal between trials.
    z : array, shape (k,)
        Where to look for each trial's peak; overwritten by it.
    rule : array, shape (2, nodes)
        Gauss-Hermite nodes and log weights.
    """
    value, gradient, hessian = 0.0, np.zeros(2), np.zeros((2, 2))
    for i in range(tables.shape[0]):
        z[i], top, curvature = _to_peak(tables[i], mu, tau, z[i])
        width = math.sqrt(2.0 / curvature)
        total = g0 = g1 = h00 = h01 = h11 = 0.0
        for j in range(rule.shape[1]):
            x = rule[0, j]
            at = z[i] + width * x
            height, s, v = log_chance(tables[i], mu + tau * at)
            weight = math.exp(height - 0.5 * at * at - top + x * x + rule[1, j])
            bend = weight * (s * s - v)
            total += weight
            g0 += weight * s
            g1 += weight * s * at
            h00 += bend
            h01 += bend * at
            h11 += bend * at * at
        g0, g1 = g0 / total, g1 / total
        gradient[0] += g0
        gradient[1] += g1
        hessian[0, 0] += h00 / total - g0 * g0
        hessian[0, 1] += h01 / total - g0 * g1
        hessian[1, 1] += h11 / total - g1 * g1
        value += top + math.log(total * width / math.sqrt(2.0 * math.pi))
    hessian[1, 0] = hessian[0, 1]
    return value, gradient, hessian
