"""Weights nearest to equal ones under which a mean takes a given value."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from equipoise.errors import ComputationError, InputError, Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"exponential_tilting": ("csiszar1975",), "effective_size": ("kong1994",)}

ROUNDING = 1e-13
"""A mean this near to its target, relative to the range, differs from it by rounding alone."""
MAX_DOUBLINGS = 200
"""Of the bracket: more than doubles can hold between two values that differ."""


def tilt(predicted: Array, target: float) -> float:
    """Return the lambda of the exponential tilt that moves a mean to its target.

    Among all weights w that sum to 1 and give ``sum_i w_i p_i = t``, those nearest to equal weights
    1/n in relative entropy ``sum_i w_i log(n w_i)`` are [1]_

        w_i = exp(lambda p_i) / sum_j exp(lambda p_j)

    (set the derivative of the Lagrangian to zero; the entropy is convex, so there is no other).
    The mean under w rises strictly with lambda, its derivative being the variance of p under w,
    from the lowest to the highest p: lambda exists, and is unique, if and only if t lies strictly
    between them. It is 0 if the mean is t already.

    Parameters
    ----------
    predicted : (n,) array
        The predictions p.
    target : float
        The mean t.

    Raises
    ------
    InputError
        The target is not strictly between the lowest and the highest prediction.
    ComputationError
        The predictions differ so little that lambda overflows.

    References
    ----------
    .. [1] Csiszar I. I-divergence geometry of probability distributions and minimization
       problems. Annals of Probability 1975;3:146-158. doi:10.1214/aop/1176996454
    """
    low, high = float(predicted.min()), float(predicted.max())
    scale = max(high - low, abs(high), abs(target))
    if scale == 0.0 or abs(float(predicted.mean()) - target) <= ROUNDING * scale:
        return 0.0
    if not low < target < high:
        allowed = f"between the lowest and highest prediction, {low:.6g} and {high:.6g}"
        action = "Change the parameters or widen their spread: no selection reaches this target."
        raise InputError([Problem("", "", "target", f"{target:.6g}", allowed, action)])
    slope = _root((predicted - target) / (high - low)) / (high - low)
    if not math.isfinite(slope):
        raise ComputationError(
            f"predictions within {high - low:.3g} of each other cannot be tilted"
        )
    return slope


def _root(centred: Array) -> float:
    """Return the lambda at which the tilted mean of centred predictions is 0."""

    def mean(slope: float) -> float:
        weights = tilted_weights(centred, slope)
        return float(weights @ centred / weights.sum())

    end = 1.0 if mean(0.0) < 0.0 else -1.0
    for _ in range(MAX_DOUBLINGS):
        if mean(end) * end >= 0.0:
            return float(brentq(mean, 0.0, end, xtol=1e-14, rtol=1e-14))
        end *= 2.0
    raise ComputationError("the target is too near to the lowest or highest prediction to reach")


def tilted_weights(predicted: Array, slope: float) -> Array:
    """Return ``exp(lambda p_i)`` relative to the greatest: above 0 (or underflown), at most 1."""
    exponent = slope * predicted
    return np.asarray(np.exp(exponent - exponent.max()))


def effective_size(weights: Array) -> float:
    """Return how many equally weighted patients tell as much: ``(sum w)^2 / sum w^2`` (Kish).

    It is n for equal weights and 1 when one patient carries everything [1]_.

    References
    ----------
    .. [1] Kong A, Liu JS, Wong WH. Sequential imputations and Bayesian missing data problems.
       Journal of the American Statistical Association 1994;89:278-288.
       doi:10.1080/01621459.1994.10476469

    Examples
    --------
    >>> import numpy as np
    >>> effective_size(np.array([1.0, 1.0, 0.0, 0.0]))
    2.0
    """
    total = float(weights.sum())
    return total * total / float(weights @ weights) if total > 0.0 else 0.0
