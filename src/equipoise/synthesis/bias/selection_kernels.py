"""Compiled sums of a selection model: chances of publication, derivatives, profiled weights.

The mathematics is in `selection_likelihood`. Every function takes the pieces of the scale of the
effects: `limits` (k, p + 1), their ends, and `owner` (p,), the interval of P each belongs to.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

ROOT_HALF = math.sqrt(0.5)
NORMALISER = 1.0 / math.sqrt(2.0 * math.pi)
LEAST = 1e-300
"""Below it a chance is as good as zero, and dividing by it overflows."""


@part
def _between(low: float, high: float) -> float:
    """Chance of a standard normal between two values; in the upper tail from above."""
    if low > 0.0:
        return 0.5 * (math.erfc(low * ROOT_HALF) - math.erfc(high * ROOT_HALF))
    return 0.5 * (math.erfc(-high * ROOT_HALF) - math.erfc(-low * ROOT_HALF))


@part
def _published(chances: Array, delta: Array) -> float:
    """`A_i`, the chance of publication of one study; or, with its slopes, a slope of that."""
    total = 0.0
    for j in range(delta.size):
        total += chances[j] * delta[j]
    return total


@kernel
def chance_table(
    limits: Array, owner: NDArray[np.intp], intervals: int, mu: float, s2: Array
) -> Array:
    """`B` (k, J): the probability that each study lands in each interval of P."""
    out = np.zeros((limits.shape[0], intervals))
    for i in range(limits.shape[0]):
        s = math.sqrt(s2[i])
        for j in range(owner.size):
            low, high = (limits[i, j] - mu) / s, (limits[i, j + 1] - mu) / s
            out[i, owner[j]] += _between(low, high)
    return out


@part
def _slopes(limits: Array, owner: NDArray[np.intp], mu: float, s: float, out: Array) -> None:
    """Fill `out` (5, J) with the derivatives of one study's chances.

    By mu, tau2, mu mu, mu tau2, tau2 tau2. Each is a sum of differences between the ends of the
    pieces; at an infinite end every one is zero.
    """
    out[:] = 0.0
    for end in range(1, owner.size):
        c = (limits[end] - mu) / s
        f = NORMALISER * math.exp(-0.5 * c * c)
        terms = (
            -f / s,
            -f * c / (2.0 * s**2),
            -f * c / s**2,
            f * (1.0 - c * c) / (2.0 * s**3),
            f * c * (3.0 - c * c) / (4.0 * s**4),
        )
        for row in range(5):
            out[row, owner[end - 1]] += terms[row]
            out[row, owner[end]] -= terms[row]


@kernel
def height(
    y: Array,
    s2: Array,
    pieces: tuple[Array, NDArray[np.intp]],
    counts: Array,
    mu: float,
    delta: Array,
) -> float:
    """Log-likelihood at one point; `pieces` are `limits` and `owner`."""
    value = -0.5 * math.log(2.0 * math.pi) * y.size
    for j in range(delta.size):
        value += counts[j] * math.log(max(delta[j], LEAST))
    chances = chance_table(pieces[0], pieces[1], delta.size, mu, s2)
    for i in range(y.size):
        value -= 0.5 * ((y[i] - mu) ** 2 / s2[i] + math.log(s2[i]))
        value -= math.log(_published(chances[i], delta))
    return value


@kernel
def slope_and_curvature(
    y: Array,
    s2: Array,
    pieces: tuple[Array, NDArray[np.intp]],
    counts: Array,
    mu: float,
    delta: Array,
) -> tuple[Array, Array]:
    """Gradient (J + 2,) and Hessian of the log-likelihood by mu, tau2, delta."""
    limits, owner = pieces
    size = delta.size
    gradient, hessian = np.zeros(size + 2), np.zeros((size + 2, size + 2))
    slopes, share = np.empty((5, size)), np.empty(size + 2)
    chances = chance_table(limits, owner, size, mu, s2)
    for i in range(y.size):
        total = _published(chances[i], delta)
        _slopes(limits[i], owner, mu, math.sqrt(s2[i]), slopes)
        slopes /= total
        share[0], share[1] = _published(slopes[0], delta), _published(slopes[1], delta)
        share[2:] = chances[i] / total
        r, w = y[i] - mu, 1.0 / s2[i]
        gradient[0] += r * w
        gradient[1] += 0.5 * (r * r * w - 1.0) * w
        hessian[0, 0] -= w + _published(slopes[2], delta)
        hessian[0, 1] -= r * w * w + _published(slopes[3], delta)
        hessian[1, 1] += (0.5 - r * r * w) * w * w - _published(slopes[4], delta)
        for a in range(size + 2):
            gradient[a] -= share[a]
            for b in range(a, size + 2):
                hessian[a, b] += share[a] * share[b]
                if a < 2 <= b:
                    hessian[a, b] -= slopes[a, b - 2]
    for j in range(size):
        gradient[2 + j] += counts[j] / delta[j]
        hessian[2 + j, 2 + j] -= counts[j] / delta[j] ** 2
    for a in range(size + 2):
        for b in range(a):
            hessian[a, b] = hessian[b, a]
    return gradient, hessian


@kernel
def profiled_weights(
    limits: Array,
    owner: NDArray[np.intp],
    counts: Array,
    means: Array,
    s2: Array,
    start: Array,
    bounds: tuple[float, float],
    rounds: int,
) -> tuple[Array, Array]:
    """Weights (m, J) that nearly maximise the likelihood at m means, and their part of it (m,).

    Fixed-point iteration `delta_j = n_j / sum_i (B_ij / A_i)`, relative to the first, within
    `bounds`; with no rounds the weights stay as they start.
    """
    heights, weights = np.empty(means.size), np.empty((means.size, start.size))
    for m in range(means.size):
        chances = chance_table(limits, owner, start.size, means[m], s2)
        delta = start.copy()
        for _ in range(rounds):
            sums = np.zeros(start.size)
            for i in range(s2.size):
                total = max(_published(chances[i], delta), LEAST)
                for j in range(start.size):
                    sums[j] += chances[i, j] / total
            for j in range(start.size):
                delta[j] = counts[j] / max(sums[j], LEAST)
            first = delta[0]
            for j in range(start.size):
                delta[j] = min(max(delta[j] / first, bounds[0]), bounds[1])
        height = 0.0
        for j in range(start.size):
            height += counts[j] * math.log(delta[j])
        for i in range(s2.size):
            height -= math.log(max(_published(chances[i], delta), LEAST))
        heights[m], weights[m] = height, delta
    return heights, weights
