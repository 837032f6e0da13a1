"""One effect of a mixture: its distribution function, atoms and quantiles.

Throughout, `weights, means, sds` are (m,) and an `sds` of 0 is an atom at its mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.synthesis.arrays import Array

BRACKETS = 64
"""Quantiles of components, at most so many, between which the root is looked for."""


def cumulate(weights: Array, means: Array, sds: Array, x: ArrayLike) -> Array | float:
    """Probability at or below `x`; an array for an array."""
    points = np.asarray(x, dtype=np.float64)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (points - means) / sds
    steps = np.where(sds > 0.0, ndtr(z), points >= means)
    total = np.minimum(steps @ weights, 1.0)
    return float(total) if np.ndim(x) == 0 else np.asarray(total)


def strictly_below(means: Array, sds: Array, limit: float) -> Array:
    """Probability (m,) of each component strictly below `limit`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (limit - means) / sds
    return np.where(sds > 0.0, ndtr(z), means < limit)


def atoms_of(weights: Array, means: Array, sds: Array) -> tuple[tuple[float, float], ...]:
    """Values with a probability of their own, each with that probability, in order."""
    still = sds == 0.0
    if not still.any():
        return ()
    places, which = np.unique(means[still], return_inverse=True)
    masses = np.bincount(which, weights[still], minlength=places.size)
    return tuple((float(x), float(mass)) for x, mass in zip(places, masses, strict=True))


def quantile_of(weights: Array, means: Array, sds: Array, prob: float) -> float:
    """Smallest value with at least `prob` at or below it.

    The quantile of the mixture lies between the smallest and the largest of its components;
    their quantiles, sorted, bracket it closely, and Brent's method does the rest.
    """
    for place, mass in atoms_of(weights, means, sds):
        reached = float(cumulate(weights, means, sds, place))
        if reached - mass < prob <= reached:
            return place
    # the smaller tail keeps its digits
    sign, target = (1.0, prob) if prob <= 0.5 else (-1.0, 1.0 - prob)
    ends = np.sort(means + sds * float(ndtri(prob)))
    ends = ends[np.linspace(0, ends.size - 1, min(ends.size, BRACKETS)).astype(np.int64)]
    excess = sign * (np.atleast_1d(cumulate(weights, sign * means, sds, sign * ends)) - target)
    above = np.flatnonzero(excess >= 0.0)
    if above.size == 0 or above[0] == 0:
        return float(ends[-1] if above.size == 0 else ends[0])
    smooth = sds > 0.0
    w, m, s = weights[smooth], means[smooth], sds[smooth] * sign
    fixed, at = weights[~smooth], means[~smooth]

    def beyond(x: float) -> float:
        still = fixed @ (sign * at <= sign * x) if fixed.size else 0.0
        return float(sign * (w @ ndtr((x - m) / s) + still - target))

    xtol = max(1e-11 * float(np.abs(s).min()), 1e-320)
    low, high = float(ends[above[0] - 1]), float(ends[above[0]])
    return float(brentq(beyond, low, high, xtol=xtol, rtol=1e-15, maxiter=2000))
