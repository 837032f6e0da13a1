"""The likelihood of effects that were published with a chance that depends on their P value.

With `s_i^2 = vi + tau2`, weights `delta_j` of the intervals of P and `B_ij` the probability that
study i lands in interval j, the density of a published effect is

`delta_(j(i)) phi((yi - mu) / s_i) / (s_i A_i)`, `A_i = sum_j delta_j B_ij`.

An interval of P is one interval of `z = yi / sqrt(vi)` (one-sided) or two (two-sided), so that
`B_ij` is a sum of `Phi(c_high) - Phi(c_low)` with `c = (z sqrt(vi) - mu) / s_i`. Derivatives are
exact: `dc/dmu = -1/s`, `dc/dtau2 = -c / (2 s^2)`. Vevea and Hedges 1995, 10.1007/BF02294384.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.bias.selection_kernels import height, slope_and_curvature

ALTERNATIVES = ("greater", "less", "two.sided")


class Selected(NamedTuple):
    """Effects with the interval of P each fell into.

    `limits` (k, p + 1) are the ends of the p pieces on the scale of the effects, `owner` (p,)
    says to which of J intervals a piece belongs and `counts` (J,) how many studies each
    interval holds.
    """

    y: Array
    v: Array
    limits: Array
    owner: NDArray[np.intp]
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
    return Selected(y, v, limits, np.ascontiguousarray(index), counts)


def log_likelihood(data: Selected, mu: float, tau2: float, delta: Array) -> float:
    """Log-likelihood at one point; a weight of 0 in an interval without studies costs nothing."""
    pieces = (data.limits, data.owner)
    return float(height(data.y, data.v + tau2, pieces, data.counts, mu, delta))


def derivatives(data: Selected, mu: float, tau2: float, delta: Array) -> Derivatives:
    """Log-likelihood with exact first and second derivatives."""
    at = (data.y, data.v + tau2, (data.limits, data.owner), data.counts, mu, delta)
    return Derivatives(float(height(*at)), *slope_and_curvature(*at))
