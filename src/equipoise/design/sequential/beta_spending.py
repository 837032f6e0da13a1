"""Futility bounds that spend the type II error, and the drift at which they do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from equipoise.design.sequential.bound_solver import two_error_bounds
from equipoise.design.sequential.plan_input import no_bound, stop_if
from equipoise.errors import ComputationError
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"beta_spending_bounds": ("pampallona2001",)}
"""Keys of `equipoise.cite.REFERENCES` behind beta spending."""


def beta_spending_bounds(
    t: Array, alpha: Array, beta: Array, *, binding: bool, fixed: Array
) -> tuple[Array, Array, float]:
    """Bounds that spend both errors, and the drift at which they meet at the last look.

    `alpha` (K,) is spent above by each look under no drift, unless `fixed` says the bounds (K,);
    `beta` (K,) is spent below at each look under the drift. A larger drift raises the lower
    bounds; at the one sought the last two are equal, so that the type II error is the sum of
    `beta` and the power is the rest.

    Returns
    -------
    upper, lower : array, shape (K,)
    drift : float
    """

    def gap(delta: float) -> float:
        upper, lower = two_error_bounds(t, alpha, beta, delta, binding=binding, fixed=fixed)
        known = bool(np.all(np.isfinite(upper) | (upper == np.inf))) and not np.isnan(lower[-1])
        return float(upper[-1] - lower[-1]) if known else -1.0

    guess = -float(ndtri(alpha[-1])) - float(ndtri(beta.sum()))
    drift = float(brentq(gap, *_bracket(gap, max(guess, 0.1)), xtol=1e-13, rtol=1e-14))
    upper, lower = two_error_bounds(t, alpha, beta, drift, binding=binding, fixed=fixed)
    stop_if(no_bound(upper, "alpha") + no_bound(lower, "beta"))
    lower[-1] = upper[-1]
    return upper, lower, drift


def _bracket(gap: Callable[[float], float], start: float) -> tuple[float, float]:
    """Drifts on either side of the one sought, from a guess."""
    low, high = start, 1.1 * start
    while gap(low) < 0.0 and low > 1e-6:
        low, high = 0.5 * low, low
    while gap(high) >= 0.0 and high < 1e6:
        low, high = high, 1.5 * high
    if gap(low) < 0.0 or gap(high) >= 0.0:
        message = "No drift spends both errors; the spending functions leave no room between them."
        raise ComputationError(message)
    return low, high
