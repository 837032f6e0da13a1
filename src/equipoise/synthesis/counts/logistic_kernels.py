"""Likelihood of one trial when its two log odds are uncertain, and of many such trials.

Log odds of the event are `alpha + theta / 2` under treatment and `alpha - theta / 2` under
control, with `alpha = gamma + sigma z1`, `theta = mu + tau z2` and `z` two independent standard
normals. A trial adds `log integral exp(l(z)) phi(z) dz`, `l` its two binomial log-likelihoods
without their coefficients. The integrand is log-concave, so that it has one peak; nodes are laid
out about it (adaptive Gauss-Hermite; Pinheiro and Bates 1995, 10.1080/10618600.1995.10474663).

Derivatives are posterior moments over the same nodes: with `s` the gradient of `l` in the
parameters and `I` its negative Hessian, the gradient is `E s` (Fisher) and the Hessian
`E[s s' - I] - E s E s'` (Louis 1982, 10.1111/j.2517-6161.1982.tb01203.x).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from equipoise.synthesis.arrays import Array

STEPS = 60
"""Newton steps to a peak; from a start ten units away it takes about twelve."""

CLOSE = 1e-9
"""Squared Newton step, in standard deviations, at which the peak is near enough for nodes."""


NOTHING = 1e-20
"""Gain in log-likelihood still expected from an intercept at which its search ends."""

Rules = tuple[Array, Array]
Derivatives = tuple[Array, Array]
Slopes = tuple[float, float, float, float]


@njit(nogil=True, cache=True)
def _log_chances(x: float, n: float, eta: float) -> tuple[float, float, float]:
    """Binomial log-likelihood at log odds `eta`, its slope and its negative curvature."""
    small = math.exp(-abs(eta))
    share = small / (1.0 + small)
    p = share if eta < 0.0 else 1.0 - share
    value = x * eta - n * (max(eta, 0.0) + math.log1p(small))
    return value, x - n * p, n * share * (1.0 - share)


@njit(nogil=True, cache=True)
def _height(
    counts: Array, at: Array, z1: float, z2: float
) -> tuple[float, float, float, float, float]:
    """`l(z) - z'z / 2`, then sum and half difference of slopes, and of curvatures, by arm."""
    alpha = at[0] + at[1] * z1
    half = 0.5 * (at[2] + at[3] * z2)
    lt, st, vt = _log_chances(counts[0], counts[1], alpha + half)
    lc, sc, vc = _log_chances(counts[2], counts[3], alpha - half)
    value = lt + lc - 0.5 * (z1 * z1 + z2 * z2)
    return value, st + sc, 0.5 * (st - sc), vt + vc, 0.5 * (vt - vc)


@njit(nogil=True, cache=True)
def _to_peak(counts: Array, at: Array, z: Array) -> tuple[float, float, float, float]:
    """Move `z` to the peak; returns its height and the curvature there (11, 12, 22)."""
    sigma, tau = at[1], at[3]
    value, s, d, v, w = _height(counts, at, z[0], z[1])
    a11 = a12 = a22 = 0.0
    for _ in range(STEPS):
        a11 = 1.0 + sigma * sigma * v
        a12 = sigma * tau * w
        a22 = 1.0 + 0.25 * tau * tau * v
        g1, g2 = sigma * s - z[0], tau * d - z[1]
        det = a11 * a22 - a12 * a12
        step1, step2 = (a22 * g1 - a12 * g2) / det, (a11 * g2 - a12 * g1) / det
        gain = g1 * step1 + g2 * step2
        if gain < CLOSE:
            break
        for _half in range(40):
            new = _height(counts, at, z[0] + step1, z[1] + step2)
            if new[0] >= value + 1e-4 * gain:
                break
            step1, step2, gain = 0.5 * step1, 0.5 * step2, 0.5 * gain
        value, s, d, v, w = new
        z[0] += step1
        z[1] += step2
    return value, a11, a12, a22


@njit(nogil=True, cache=True)
def trial_integral(counts: Array, at: Array, z: Array, rules: Rules, out: Derivatives) -> float:
    """Log-likelihood of one trial; its gradient and Hessian in `at` are written to `out`.

    Parameters
    ----------
    counts : array, shape (4,)
        Events and patients under treatment, events and patients under control.
    at : array, shape (4,)
        `gamma, sigma, mu, tau`.
    z : array, shape (2,)
        Where to look for the peak; overwritten by it.
    rules : two arrays, shape (2, nodes)
        Gauss-Hermite nodes and log weights for `z1` and `z2`; one node does where the
        parameter that multiplies the variable is 0.
    out : two arrays, shape (4,), (4, 4)
        Overwritten.
    """
    rule1, rule2 = rules
    g, h = out
    top, a11, a12, a22 = _to_peak(counts, at, z)
    c11 = math.sqrt(a11)
    c21 = a12 / c11
    c22 = math.sqrt(a22 - c21 * c21)
    total = 0.0
    g[:] = 0.0
    h[:, :] = 0.0
    for j in range(rule2.shape[1]):
        y = rule2[0, j]
        z2 = z[1] + math.sqrt(2.0) * y / c22
        for i in range(rule1.shape[1]):
            x = rule1[0, i]
            z1 = z[0] + math.sqrt(2.0) * (x - c21 * y / c22) / c11
            value, s, d, v, w = _height(counts, at, z1, z2)
            weight = math.exp(value - top + x * x + y * y + rule1[1, i] + rule2[1, j])
            total += weight
            _add_moments(weight, z1, z2, (s, d, v, w), out)
    _finish(total, g, h)
    return top + math.log(total / (math.pi * c11 * c22))


@njit(nogil=True, cache=True)
def _add_moments(weight: float, z1: float, z2: float, slopes: Slopes, out: Derivatives) -> None:
    """Add one node to the sums of `s` and of `s s' - I` (upper triangle)."""
    s, d, v, w = slopes
    g, h = out
    g[0] += weight * s
    g[1] += weight * s * z1
    g[2] += weight * d
    g[3] += weight * d * z2
    aa, ab, bb = weight * (s * s - v), weight * (s * d - w), weight * (d * d - 0.25 * v)
    h[0, 0] += aa
    h[0, 1] += aa * z1
    h[1, 1] += aa * z1 * z1
    h[0, 2] += ab
    h[0, 3] += ab * z2
    h[1, 2] += ab * z1
    h[1, 3] += ab * z1 * z2
    h[2, 2] += bb
    h[2, 3] += bb * z2
    h[3, 3] += bb * z2 * z2


@njit(nogil=True, cache=True)
def _finish(total: float, g: Array, h: Array) -> None:
    """Turn sums into posterior means, and those into gradient and Hessian."""
    size = g.size
    for i in range(size):
        g[i] /= total
    for i in range(size):
        for j in range(i, size):
            h[i, j] = h[i, j] / total - g[i] * g[j]
            h[j, i] = h[i, j]


@njit(nogil=True, cache=True)
def random_intercepts(
    counts: Array, at: Array, z: Array, rules: Rules
) -> tuple[float, Array, Array]:
    """Log-likelihood of k trials with a common `at`, gradient (4,) and Hessian (4, 4).

    `counts` (k, 4), `z` (k, 2) peaks to start from, overwritten.
    """
    value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
    g, h = np.empty(4), np.empty((4, 4))
    for i in range(counts.shape[0]):
        value += trial_integral(counts[i], at, z[i], rules, (g, h))
        gradient += g
        hessian += h
    return value, gradient, hessian


@njit(nogil=True, cache=True)
def fixed_intercepts(
    counts: Array, effect: Array, alpha: Array, z: Array, rules: Rules
) -> tuple[float, Array, Array]:
    """Log-likelihood of k trials, each `alpha` at its own best, with derivatives in `effect`.

    Given `effect = (mu, tau)` the trials part, and each is log-concave in its `alpha` (Prekopa),
    so that k searches in one dimension replace one in k. The Hessian is that of the profile,
    `H_pp - H_pa H_ap / H_aa`. `alpha` (k,) and `z` (k, 2) are starts, overwritten.
    """
    value, gradient, hessian = 0.0, np.zeros(2), np.zeros((2, 2))
    g, h, at = np.empty(4), np.empty((4, 4)), np.array([0.0, 0.0, effect[0], effect[1]])
    for i in range(counts.shape[0]):
        at[0] = alpha[i]
        value += _best_intercept(counts[i], at, z[i], rules, (g, h))
        alpha[i] = at[0]
        for p in range(2):
            gradient[p] += g[2 + p]
            for q in range(2):
                hessian[p, q] += h[2 + p, 2 + q] - h[0, 2 + p] * h[0, 2 + q] / h[0, 0]
    return value, gradient, hessian


@njit(nogil=True, cache=True)
def _best_intercept(counts: Array, at: Array, z: Array, rules: Rules, out: Derivatives) -> float:
    """Climb to the best intercept of one trial, `at[0]`; `out` is left as it is there."""
    g, h = out
    value = trial_integral(counts, at, z, rules, out)
    for _ in range(STEPS):
        step = -g[0] / h[0, 0] if h[0, 0] < 0.0 else math.copysign(1.0, g[0])
        step = max(-4.0, min(4.0, step))
        if abs(step * g[0]) < NOTHING:
            break
        start = at[0]
        for _half in range(40):
            at[0] = start + step
            new = trial_integral(counts, at, z, rules, out)
            if new >= value - 1e-12 * abs(value):
                break
            step *= 0.5
        value = new
    return value
