"""The sums behind shrinkage: every subgroup, centre, shared spread and scale once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

Whole = NDArray[np.uint64]
"""Without a sign: a compiled loop over such places need not ask whether to count from the end."""
FAR = -300.0
"""Log of a likelihood that counts as 0: products of smaller ones are denormal, which is slow."""
SMALL_PRODUCT = 1e-150
"""Below this the logarithm of a product of likelihoods is taken before it goes on."""
NOTHING = 1e-14
"""Posterior share of a centre and spread below which it is left out."""


@part
def _likelihoods(gap: Array, sharp: Array, out: Array) -> float:
    """Fill `out` (k, J) with `N(y_i; mu, v_ij)`, each row relative to the largest it could hold.

    `gap` (k,) is `(y_i - mu)^2` and `sharp` (k, J) is `1 / sqrt(v_ij)`, `v_ij = s_i^2 + t_j^2`,
    falling along a row. Of all variances between the ends of a row `gap`, or the end next to it,
    gives the largest density. Returns the sum over rows of the logarithm of that.
    """
    peaks = 0.0
    for i in range(gap.size):
        narrow, wide = 1.0 / sharp[i, 0], 1.0 / sharp[i, -1]
        best = min(max(gap[i], narrow * narrow), wide * wide)
        peaks -= 0.5 * (gap[i] / best + np.log(2.0 * np.pi * best))
        root, middle = np.sqrt(best), gap[i] / best
        for j in range(sharp.shape[1]):
            out[i, j] = 0.5 * (middle - gap[i] * sharp[i, j] * sharp[i, j])
        for j in range(sharp.shape[1]):
            below = out[i, j]
            out[i, j] = root * sharp[i, j] * np.exp(below) if below > FAR else 0.0
    return peaks


@part
def _bounds(weights: Array) -> Whole:
    """First and one past the last column that has any weight, of every row (rows, 2)."""
    bounds = np.zeros((weights.shape[0], 2), dtype=np.uint64)
    for r in range(weights.shape[0]):
        first, last = 0, weights.shape[1]
        while first < last and weights[r, first] == 0.0:
            first += 1
        while last > first and weights[r, last - 1] == 0.0:
            last -= 1
        bounds[r, 0], bounds[r, 1] = first, last
    return bounds


@part
def _add_shares(
    shares: Array, totals: Array, weights: Array, bounds: Whole, likelihood: Array, out: Array
) -> None:
    """Fill `out` (k, J) at one centre with what each spread's share (R,) gives to each scale."""
    for i in range(totals.shape[0]):
        for r in range(shares.size):
            if shares[r] > NOTHING and totals[i, r] > 0.0:
                part_of_row = shares[r] / totals[i, r]
                for j in range(bounds[r, 0], bounds[r, 1]):
                    out[i, j] += part_of_row * weights[r, j]
        for j in range(out.shape[1]):
            out[i, j] *= likelihood[i, j]


@part
def _sum_rows(across: Array, bounds: Whole, likelihood: Array, totals: Array) -> None:
    """Fill `totals` (k, R) with `M[i, r] = sum_j W[r, j] L[i, j]`; `across` is W transposed."""
    totals[:] = 0.0
    for i in range(totals.shape[0]):
        for j in range(across.shape[0]):
            value = likelihood[i, j]
            for r in range(bounds[j, 0], bounds[j, 1]):
                totals[i, r] += across[j, r] * value


@part
def _add_logs(totals: Array, joint: Array) -> None:
    """Add `sum_i log M[i, r]` to `joint` (R,), one logarithm for as many factors as it can bear.

    A factor above 0 is above 1e-140, see `FAR`; a product is brought in before it is below 1e-300.
    """
    for r in range(joint.size):
        product = 1.0
        for i in range(totals.shape[0]):
            product *= totals[i, r]
            if product < SMALL_PRODUCT:
                joint[r] += np.log(product)
                product = 1.0
        joint[r] += np.log(product)


@kernel
def weigh_centres(
    y: Array,
    s: Array,
    centres: Array,
    log_centre: Array,
    scales: Array,
    weights: Array,
    log_prior: Array,
) -> Array:
    """Posterior weight (m,) of every centre: `weigh_components` summed over the scales.

    Parameters as there; without the weights of the scales it takes half the time.
    """
    k, R = y.size, log_prior.size
    likelihood, totals = np.empty((k, scales.size)), np.empty((k, R))
    joint = np.empty((centres.size, R))
    across = weights.T.copy()
    bounds = _bounds(across)
    sharp = 1.0 / np.sqrt((s * s).reshape(k, 1) + (scales * scales).reshape(1, scales.size))
    for a in range(centres.size):
        peaks = _likelihoods((y - centres[a]) ** 2, sharp, likelihood)
        _sum_rows(across, bounds, likelihood, totals)
        joint[a] = log_prior + (log_centre[a] + peaks)
        _add_logs(totals, joint[a])
    shares: Array = np.exp(joint - joint.max()).sum(axis=1)
    total: float = shares.sum()
    return shares / total


@kernel
def weigh_components(
    y: Array,
    s: Array,
    centres: Array,
    log_centre: Array,
    scales: Array,
    weights: Array,
    log_prior: Array,
) -> tuple[Array, float]:
    """Posterior weight of every centre and scale for every subgroup, and the log evidence.

    `y_i ~ N(mu + theta_i, s_i^2)`, `theta_i ~ sum_j W[r, j] N(0, t_j^2)` given r. With
    `L[i, j] = N(y_i; mu, s_i^2 + t_j^2)` and `M[i, r] = sum_j W[r, j] L[i, j]` the posterior of
    (mu, r) is proportional to `q_r g(mu) prod_i M[i, r]`, and given these that of subgroup i's
    scale to `W[r, j] L[i, j] / M[i, r]`.

    Parameters
    ----------
    y, s : (k,) arrays
        Estimates and standard errors.
    centres, log_centre : (m,) arrays
        Nodes of the common effect mu and the logarithm of their prior weights.
    scales, weights, log_prior : arrays (J,), (R, J), (R,)
        As `ScaleGrid`; the scales rise.

    Returns
    -------
    array, shape (k, m, J)
        Weights of the components; they sum to 1 for each subgroup.
    float
        Logarithm of the probability of the data.
    """
    k, m, R = y.size, centres.size, log_prior.size
    likelihood, totals = np.empty((m, k, scales.size)), np.empty((m, k, R))
    joint = np.empty((m, R))
    across = weights.T.copy()
    bounds = _bounds(across)
    sharp = 1.0 / np.sqrt((s * s).reshape(k, 1) + (scales * scales).reshape(1, scales.size))
    for a in range(m):
        peaks = _likelihoods((y - centres[a]) ** 2, sharp, likelihood[a])
        _sum_rows(across, bounds, likelihood[a], totals[a])
        joint[a] = log_prior + (log_centre[a] + peaks)
        _add_logs(totals[a], joint[a])
    top = joint.max()
    shares = np.exp(joint - top)
    evidence = shares.sum()
    out = np.zeros((k, m, scales.size))
    along = _bounds(weights)
    for a in range(m):
        _add_shares(shares[a] / evidence, totals[a], weights, along, likelihood[a], out[:, a])
    return out, top + np.log(evidence)


@kernel
def component_moments(
    y: Array, s: Array, centres: Array, scales: Array, weights: Array
) -> tuple[Array, Array]:
    """Posterior mean and standard deviation (k,) of `mu + theta_i` from its components.

    Component (mu, t) is normal with mean `mu + b (y_i - mu)` and variance `b s_i^2`,
    `b = t^2 / (s_i^2 + t^2)`.
    """
    k, m, J = weights.shape
    means, sds = np.zeros(k), np.zeros(k)
    for i in range(k):
        first, second = 0.0, 0.0
        for a in range(m):
            for j in range(J):
                b = scales[j] * scales[j] / (s[i] * s[i] + scales[j] * scales[j])
                off = centres[a] + b * (y[i] - centres[a]) - y[i]
                first += weights[i, a, j] * off
                second += weights[i, a, j] * (off * off + b * s[i] * s[i])
        means[i] = y[i] + first
        sds[i] = np.sqrt(max(second - first * first, 0.0))
    return means, sds
