"""Bounds that spend given errors at each look: compiled, one look after the other."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from equipoise.design.sequential.recursion import FAR, density, exits, go_on
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

NEGLIGIBLE = 1e-290
"""An error below it is no stop at that look: its bound would be beyond every double's tail."""

STEPS = 100
"""Newton's steps allowed; five to ten serve, and more mean that no bound spends that error."""

NOWHERE = 1e3
"""A bound further away is none: fewer trials are left than the error asks for."""

OUTSIDE = 5.0
"""How far outside the last region the search may start, in standard deviations of the step."""


@part
def first_guess(t: Array, k: int, sign: float, start: float, z: Array) -> float:
    """`start`, or a bound nearer to the last region where the exit has not underflowed."""
    if k == 0:
        return start
    edge = (z[-1] if sign > 0.0 else z[0]) * math.sqrt(t[k - 1] / t[k])
    edge += sign * OUTSIDE * math.sqrt((t[k] - t[k - 1]) / t[k])
    return start if sign * start < sign * edge else edge


@part
def spending_bound(
    t: Array, k: int, delta: float, sign: float, error: float, start: float, z: Array, mass: Array
) -> float:
    """Solve `P(go on before k, sign Z_k >= sign bound) = error` for the bound; NaN if none does.

    Newton's method on the logarithm, which is concave in the bound (the density is that of a
    log-concave vector): from a bound that spends too little it approaches from one side and
    never overshoots; one that underflows goes half the way back. `start` is the bound of an
    unrestricted `Z_k`, which spends too little.
    """
    if error < NEGLIGIBLE:
        return sign * np.inf
    if k > 0 and z.size == 0:
        return np.nan
    bound = first_guess(t, k, sign, start, z)
    good, step = bound, np.inf
    for _ in range(STEPS):
        p = exits(t, k, delta, bound, sign, z, mass)
        if p > 0.0:
            good = bound
            step = math.log(p / error) * p / density(t, k, delta, bound, z, mass)
            bound += sign * step
            if not abs(bound) < NOWHERE:
                return np.nan
            if abs(step) <= 1e-14 * max(1.0, abs(bound)):
                return bound
        else:
            bound = 0.5 * (bound + good)
    return bound if abs(step) <= 1e-11 * max(1.0, abs(bound)) else np.nan


@kernel
def efficacy_kernel(
    t: Array, total: Array, start: Array, lower: Array, symmetric: bool, upper: Array
) -> None:
    """Fill the NaN of `upper` (K,) so that `total` (K,) is spent by each look under no drift.

    Bounds that stand there already are kept, and what they spend is counted. `lower` (K,) is a
    binding futility bound; in a `symmetric` test it is minus the upper one. A look that spends
    nothing keeps its trials, whose tail may matter later: its region ends at `FAR`.
    """
    z, mass = np.empty(0), np.empty(0)
    spent = 0.0
    for k in range(t.size):
        if np.isnan(upper[k]):
            error = total[k] - spent
            upper[k] = spending_bound(t, k, 0.0, 1.0, error, start[k], z, mass)
            spent = max(spent, total[k])
        else:
            spent += exits(t, k, 0.0, upper[k], 1.0, z, mass)
        if np.isnan(upper[k]):
            return
        if k < t.size - 1:
            high = min(upper[k], FAR)
            low = -high if symmetric else lower[k]
            z, mass = go_on(t, k, 0.0, low, high, z, mass)


@kernel
def two_error_kernel(
    t: Array,
    alpha: Array,
    beta: Array,
    start_up: Array,
    start_down: Array,
    delta: float,
    binding: bool,
    upper: Array,
    lower: Array,
) -> None:
    """Fill the NaN of `upper`, and `lower`, with bounds that spend two errors.

    `alpha` (K,) is spent above by each look under no drift, counting the bounds that stand
    already; `beta` (K,) below at each look under `delta`. Two densities are carried: without
    drift, inside (lower, upper) if futility is binding and below `upper` if not; and with drift,
    inside (lower, upper). The last lower bound is what would spend the last of `beta`: it meets
    the upper one when `delta` is right. What cannot be solved, and all after it, stays NaN.
    """
    z0, mass0, z1, mass1 = np.empty(0), np.empty(0), np.empty(0), np.empty(0)
    spent = 0.0
    for k in range(t.size):
        centre = delta * math.sqrt(t[k])
        if np.isnan(upper[k]):
            error = alpha[k] - spent
            upper[k] = spending_bound(t, k, 0.0, 1.0, error, start_up[k], z0, mass0)
            spent = max(spent, alpha[k])
        else:
            spent += exits(t, k, 0.0, upper[k], 1.0, z0, mass0)
        start = start_down[k] + centre
        lower[k] = spending_bound(t, k, delta, -1.0, beta[k], start, z1, mass1)
        if k == t.size - 1 or np.isnan(upper[k]) or not lower[k] < upper[k]:
            return
        low = max(lower[k], -FAR) if binding else -np.inf
        z0, mass0 = go_on(t, k, 0.0, low, min(upper[k], FAR), z0, mass0)
        low, high = max(lower[k], centre - FAR), min(upper[k], centre + FAR)
        z1, mass1 = go_on(t, k, delta, low, high, z1, mass1)


def normal_start(error: Array) -> Array:
    """Bound of an unrestricted normal variable for each error (K,), no further than `FAR`."""
    z = -np.asarray(ndtri(np.maximum(error, NEGLIGIBLE)), dtype=np.float64)
    return np.minimum(z, FAR)


def efficacy_bounds(
    t: Array,
    total: Array,
    *,
    lower: Array | None = None,
    symmetric: bool = False,
    fixed: Array | None = None,
) -> Array:
    """Upper bounds (K,) that spend `total` (K,) of one side by each look.

    `fixed` are the first bounds, if they stand already: the later ones spend what those leave.
    NaN from the first look on where no bound spends its error; `inf` where none is left.
    """
    low = np.full(t.size, -np.inf) if lower is None else lower
    upper, start = _unsolved(total, fixed)
    efficacy_kernel(t, total, start, low, symmetric, upper)
    return upper


def two_error_bounds(
    t: Array, alpha: Array, beta: Array, delta: float, *, binding: bool, fixed: Array
) -> tuple[Array, Array]:
    """Bounds (K,) that spend `alpha` above by each look and `beta` below at each, under `delta`.

    `fixed` are the first upper bounds, if they stand already.
    """
    upper, start_up = _unsolved(alpha, fixed)
    lower, start_down = np.full(t.size, np.nan), -normal_start(beta)
    two_error_kernel(t, alpha, beta, start_up, start_down, delta, binding, upper, lower)
    return upper, lower


def _unsolved(total: Array, fixed: Array | None) -> tuple[Array, Array]:
    """Bounds (K,) with NaN after the fixed ones, and where the search for each may start."""
    upper, start = np.full(total.size, np.nan), normal_start(np.diff(total, prepend=0.0))
    if fixed is not None and fixed.size:
        upper[: fixed.size] = fixed
        start[fixed.size :] = normal_start(total[fixed.size :])
    return upper, start
