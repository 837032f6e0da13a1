"""The likelihood of effects that were published with a chance that depends on their P value.

With `s_i^2 = vi + tau2`, weights `delta_j` of the intervals of P and `B_ij` the probability that
study i lands in interval j, the density of a published effect is

`delta_(j(i)) phi((yi - mu) / s_i) / (s_i A_i)`, `A_i = sum_j delta_j B_ij`.

An interval of P is one interval of `z = yi / sqrt(vi)` (one-sided) or two (two-sided), so that
`B_ij` is a sum of `Phi(c_high) - Phi(c_low)` with `c = (z sqrt(vi) - mu) / s_i`. Derivatives are
exact: `dc/dmu = -1/s`, `dc/dtau2 = -c / (2 s^2)`. Vevea and Hedges 1995, 10.1007/BF02294384.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from equipoise.synthesis.arrays import Array

ALTERNATIVES = ("greater", "less", "two.sided")

NORMALISER = 1.0 / math.sqrt(2.0 * math.pi)


class Selected(NamedTuple):
    """Effects with the interval of P each fell into.

    `limits` (k, p + 1) are the ends of the p pieces on the scale of the effects, `piece` (p, J)
    says to which of J intervals a piece belongs, `interval` (k,) where each study is and
    `counts` (J,) how many studies each interval holds.
    """

    y: Array
    v: Array
    limits: Array
    piece: Array
    interval: NDArray[np.intp]
    counts: Array


class Derivatives(NamedTuple):
    """Log-likelihood with gradient (J + 2,) and Hessian, in order mu, tau2, delta."""

    value: float
    gradient: Array
    hessian: Array


def selected(y: Array, v: Array, steps: Array, alternative: str) -> Selected:
    """Sort effects into the intervals of P that end at `steps` (the last of them 1)."""
    sd, size, inner = np.sqrt(v), steps.size, steps[:-1]
    if alternative == "two.sided":
        p = 2.0 * ndtr(-np.abs(y / sd))
        half = ndtri(0.5 * inner)
        cuts = np.concatenate([half, -half[::-1]])
        index = np.concatenate([np.arange(size), np.arange(size - 1)[::-1]])
    elif alternative == "less":
        p, cuts, index = ndtr(y / sd), ndtri(inner), np.arange(size)
    else:
        p, cuts, index = ndtr(-y / sd), -ndtri(inner)[::-1], np.arange(size)[::-1]
    interval = np.searchsorted(steps, np.minimum(p, 1.0), side="left")
    limits = sd[:, None] * np.concatenate([[-np.inf], cuts, [np.inf]])
    counts = np.bincount(interval, minlength=size).astype(np.float64)
    return Selected(y, v, limits, np.eye(size)[index], interval, counts)


def chances(data: Selected, mu: float, tau2: float) -> Array:
    """`B` (k, J): the probability that each study lands in each interval of P."""
    c = (data.limits - mu) / np.sqrt(data.v + tau2)[:, None]
    low, high = c[:, :-1], c[:, 1:]
    # In the upper tail 1 - Phi is subtracted, which keeps the digits of small chances.
    upper = low > 0.0
    first = ndtr(np.where(upper, -low, high))
    out: Array = (first - ndtr(np.where(upper, -high, low))) @ data.piece
    return out


def log_likelihood(data: Selected, mu: float, tau2: float, delta: Array) -> float:
    """Log-likelihood at one point."""
    s2, residual = data.v + tau2, data.y - mu
    normal = -0.5 * (math.log(2 * math.pi) * data.y.size + np.log(s2).sum())
    quadratic = 0.5 * float((residual**2 / s2).sum())
    published = np.log(chances(data, mu, tau2) @ delta).sum()
    return float(normal - quadratic + data.counts @ _log(delta) - published)


def _log(delta: Array) -> Array:
    """Logarithm of weights; a weight of zero in an interval without studies costs nothing."""
    out: Array = np.log(np.maximum(delta, np.finfo(np.float64).tiny))
    return out


def derivatives(data: Selected, mu: float, tau2: float, delta: Array) -> Derivatives:
    """Log-likelihood with exact first and second derivatives."""
    s2, residual = data.v + tau2, data.y - mu
    chance = chances(data, mu, tau2)
    by_mu, by_tau2, mu_mu, mu_tau2, tau2_tau2 = _chance_derivatives(data, mu, s2)
    total = chance @ delta
    share = chance / total[:, None]
    m, t = (by_mu @ delta) / total, (by_tau2 @ delta) / total
    gradient = np.concatenate(
        [
            [(residual / s2 - m).sum(), (0.5 * (residual**2 / s2 - 1.0) / s2 - t).sum()],
            data.counts / delta - share.sum(axis=0),
        ]
    )
    hessian = np.zeros((delta.size + 2, delta.size + 2))
    hessian[0, 0] = (-1.0 / s2 - (mu_mu @ delta) / total + m * m).sum()
    hessian[0, 1] = (-residual / s2**2 - (mu_tau2 @ delta) / total + m * t).sum()
    hessian[1, 1] = ((0.5 - residual**2 / s2) / s2**2 - (tau2_tau2 @ delta) / total + t * t).sum()
    hessian[0, 2:] = m @ share - (by_mu / total[:, None]).sum(axis=0)
    hessian[1, 2:] = t @ share - (by_tau2 / total[:, None]).sum(axis=0)
    hessian[2:, 2:] = share.T @ share - np.diag(data.counts / delta**2)
    upper = np.triu(hessian, 1)
    value = log_likelihood(data, mu, tau2, delta)
    return Derivatives(value, gradient, np.diag(np.diag(hessian)) + upper + upper.T)


def _chance_derivatives(data: Selected, mu: float, s2: Array) -> list[Array]:
    """Return the derivatives of `B` (k, J): by mu, tau2, mu mu, mu tau2, tau2 tau2."""
    s = np.sqrt(s2)[:, None]
    # At an infinite limit every derivative is zero.
    c = np.where(np.isfinite(data.limits), (data.limits - mu) / s, 0.0)
    f = np.where(np.isfinite(data.limits), NORMALISER * np.exp(-0.5 * c * c), 0.0)
    at_limits = (
        -f / s,
        -f * c / (2.0 * s**2),
        -f * c / s**2,
        f * (1.0 - c * c) / (2.0 * s**3),
        f * c * (3.0 - c * c) / (4.0 * s**4),
    )
    return [np.diff(d, axis=1) @ data.piece for d in at_limits]
