"""The sums behind shrinkage: every subgroup, centre, shared spread and scale once."""

from __future__ import annotations

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

FAR = -300.0
"""Log of a likelihood that counts as 0: products of smaller ones are denormal, which is slow."""
NOTHING = 1e-14
"""Posterior share of a centre and spread below which it is left out."""


@part
def _likelihoods(gap: Array, v: Array, log_v: Array, out: Array) -> Array:
    """Fill `out` (k, J) with `N(y_i; mu, v_ij)`, each row relative to its largest.

    `gap` (k,) is `(y_i - mu)^2` and `v` (k, J) is `s_i^2 + t_j^2`. Returns the logarithm of the
    largest of each row (k,).
    """
    peaks = np.full(gap.size, -np.inf)
    for i in range(gap.size):
        for j in range(v.shape[1]):
            out[i, j] = -0.5 * (gap[i] / v[i, j] + log_v[i, j])
            peaks[i] = max(peaks[i], out[i, j])
        for j in range(v.shape[1]):
            below = out[i, j] - peaks[i]
            out[i, j] = np.exp(below) if below > FAR else 0.0
    return peaks


@part
def _row(weights: Array, r: int) -> tuple[int, int]:
    """First and one past the last column of row r that has any weight."""
    first, last = 0, weights.shape[1]
    while first < last and weights[r, first] == 0.0:
        first += 1
    while last > first and weights[r, last - 1] == 0.0:
        last -= 1
    return first, last


@part
def _add_shares(
    shares: Array, totals: Array, weights: Array, likelihood: Array, a: int, out: Array
) -> None:
    """Add to `out` (k, m, J), at centre a, what each spread's share (R,) gives to each scale."""
    for r in range(shares.size):
        if shares[r] <= NOTHING:
            continue
        first, last = _row(weights, r)
        for i in range(totals.shape[0]):
            if totals[i, r] > 0.0:
                part_of_row = shares[r] / totals[i, r]
                for j in range(first, last):
                    out[i, a, j] += part_of_row * weights[r, j] * likelihood[i, j]


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
        As `ScaleGrid`.

    Returns
    -------
    array, shape (k, m, J)
        Weights of the components; they sum to 1 for each subgroup.
    float
        Logarithm of the probability of the data.
    """
    k, m, R = y.size, centres.size, log_prior.size
    likelihood, totals = np.empty((m, k, scales.size)), np.zeros((m, k, R))
    joint = np.empty((m, R))
    across = weights.T.copy()
    bounds = [_row(across, j) for j in range(scales.size)]
    v = (s * s).reshape(k, 1) + (scales * scales).reshape(1, scales.size)
    log_v = np.log(2.0 * np.pi * v)
    for a in range(m):
        peaks = _likelihoods((y - centres[a]) ** 2, v, log_v, likelihood[a])
        joint[a] = log_prior + log_centre[a]
        for i in range(k):
            for j in range(scales.size):
                first, last = bounds[j]
                for r in range(first, last):
                    totals[a, i, r] += across[j, r] * likelihood[a, i, j]
            for r in range(R):
                joint[a, r] += np.log(totals[a, i, r]) + peaks[i]
    top = joint.max()
    shares = np.exp(joint - top)
    evidence = shares.sum()
    out = np.zeros((k, m, scales.size))
    for a in range(m):
        _add_shares(shares[a] / evidence, totals[a], weights, likelihood[a], a, out)
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
