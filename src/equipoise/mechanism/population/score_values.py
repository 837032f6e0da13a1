"""From uniform numbers to standard scores, and from standard scores to values of a covariate."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.mechanism.population.covariate import Covariate
from equipoise.synthesis.arrays import Array


def score_limits(covariate: Covariate) -> tuple[float, float]:
    """Return the standard scores at the limits of a log-normal or normal covariate.

    Infinite where there is no limit, and for distributions whose scores are not truncated.
    """
    if covariate.distribution not in ("lognormal", "normal"):
        return -math.inf, math.inf
    low = -math.inf if covariate.low is None else _score(covariate, covariate.low)
    high = math.inf if covariate.high is None else _score(covariate, covariate.high)
    return low, high


def _score(covariate: Covariate, value: float) -> float:
    centre, spread = float(covariate.centre or 0.0), float(covariate.spread or 0.0)
    if covariate.distribution == "normal":
        return (value - centre) / spread
    return math.log(value / centre) / spread if value > 0.0 else -math.inf


def scores(covariate: Covariate, uniform: Array) -> Array:
    """Return standard scores: normal, and truncated where the covariate has limits.

    ``z = Phi^-1(Phi(a) + u (Phi(b) - Phi(a)))`` with a and b the scores at the limits: the
    distribution left when scores outside are rejected, by inversion. The centre lies within the
    limits, so a <= 0 <= b and no digits are lost in a tail.

    Parameters
    ----------
    covariate : Covariate
    uniform : (n,) array
        Above 0 and below 1.
    """
    low, high = score_limits(covariate)
    start, end = float(ndtr(low)), float(ndtr(high))
    return np.asarray(np.clip(ndtri(start + uniform * (end - start)), low, high))


def covariate_values(covariate: Covariate, z: Array) -> Array:
    """Return the values of a covariate at scores (n,), by the formulas of `Covariate`."""
    centre = float(covariate.centre or 0.0)
    spread = float(covariate.spread or 0.0)
    low = -math.inf if covariate.low is None else covariate.low
    high = math.inf if covariate.high is None else covariate.high
    if covariate.distribution == "lognormal":
        return np.clip(centre * np.exp(spread * z), low, high)
    if covariate.distribution == "normal":
        return np.clip(centre + spread * z, low, high)
    share = np.asarray(ndtr(z))
    if covariate.distribution == "uniform":
        return low + (high - low) * share
    return (share >= 1.0 - centre).astype(np.float64)
