"""Several variance parameters: climb from many places, keep the best maximum.

One variance is searched without gaps (`single_variance`). With more no finite search is a proof;
this one is deterministic and is made so that what commonly hides a maximum is met:

- up to three parameters: the log-likelihood on a full grid (zero and log-spaced variances,
  correlations from -0.95 to 0.95) and a climb from each of its peaks, edges included;
- more: 300 seeded starting points, a climb from the best ten, and from the best of those points
  at which a structure has no variance.

A climb is quasi-Newton with the analytic gradient, then Newton with a Hessian of differenced
gradients. A stationary point with a direction of positive curvature is no maximum: it is left
along that direction. As a zero variance and a correlation of one are stationary (see
`covariance_structures`), this is also the test whether a boundary is the maximum.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.mixed.covariance_structures import ANGLE, FREE, SCALE
from equipoise.synthesis.mixed.likelihood import Model, as_floats, heights, solve

SEED = 20_240_229
STARTS = 300
CLIMBS = 10
TURNS = 9

FLAT = 1e-9
"""Relative curvature below which the likelihood does not determine a direction."""

ENOUGH = 1e-8
"""Log-likelihood that a Newton step may still promise at a point called converged."""


class Peak(NamedTuple):
    """Where a climb ended: parameters, log-likelihood, whether it is a stationary maximum."""

    theta: Array
    loglik: float
    converged: bool


def height(model: Model, theta: Array) -> float:
    """Log-likelihood, minus infinity where it does not exist."""
    solved = solve(model, theta)
    return -np.inf if solved is None else solved.loglik


def _slope(model: Model, theta: Array, free: NDArray[np.intp]) -> Array:
    solved = solve(model, theta, slope=True)
    return np.zeros(free.size) if solved is None else solved.gradient[free]


def climb(
    model: Model,
    start: Array,
    free: NDArray[np.intp] | None = None,
    *,
    signed: bool = False,
) -> Peak:
    """Go to the maximum above `start`, moving only the parameters `free` (all by default).

    With `signed`, standard deviations are kept from turning negative, which would turn the sign
    of a correlation whose angle is held.
    """
    which = np.arange(start.size) if free is None else free
    theta = start.copy()
    if which.size == 0:
        return Peak(theta, height(model, theta), True)

    def descent(moving: Array) -> tuple[float, Array]:
        trial = theta.copy()
        trial[which] = moving
        solved = solve(model, trial, slope=True)
        if solved is None:
            return 1e300, np.zeros(which.size)
        return -solved.loglik, -solved.gradient[which]

    options = {"maxiter": 500, "maxfun": 2000, "ftol": 1e-13, "gtol": 1e-7}
    scale = np.array([kind == SCALE for kind in model.kinds()])
    limits = [(0.0 if signed and scale[j] else None, None) for j in which]
    found = minimize(
        descent, theta[which], jac=True, method="L-BFGS-B", options=options, bounds=limits
    )
    theta[which] = found.x
    polished = _newton(model, theta.copy(), which)
    if signed and np.any(polished.theta[scale] < 0.0):
        return Peak(theta, height(model, theta), bool(found.success))
    return polished


def _newton(model: Model, theta: Array, free: NDArray[np.intp]) -> Peak:
    """Newton steps until they gain nothing; curvatures count by size, so that steps go up."""
    best = height(model, theta)
    for _ in range(50):
        slope = _slope(model, theta, free)
        values, vectors = np.linalg.eigh(_hessian(model, theta, free))
        scale = max(1.0, float(np.abs(values).max()))
        along = vectors.T @ slope
        steps = along / np.maximum(np.abs(values), FLAT * scale)
        gain = 0.5 * float(along @ steps)
        rising = np.flatnonzero(values > 1e-6 * scale)
        if gain < ENOUGH and rising.size:
            moved = _escape(model, theta, free, vectors[:, rising[-1]], best)
            if moved is not None:
                theta, best = moved
                continue
        candidate, reached = _line(model, theta, free, vectors @ steps, best)
        if candidate is None or reached - best <= 1e-15 * abs(best):
            # Where the height no longer tells, the slope still does.
            if candidate is not None and _calmer(model, candidate, free, slope):
                theta, best = candidate, max(best, reached)
                continue
            return Peak(theta, best, bool(gain < ENOUGH * max(1.0, abs(best))))
        theta, best = candidate, reached
    return Peak(theta, best, False)


def _calmer(model: Model, theta: Array, free: NDArray[np.intp], slope: Array) -> bool:
    """Whether the slope has at least halved."""
    return float(np.abs(_slope(model, theta, free)).max()) < 0.5 * float(np.abs(slope).max())


def _hessian(model: Model, theta: Array, free: NDArray[np.intp]) -> Array:
    """Hessian by central differences of the gradient."""
    columns = []
    for j in free:
        h = 1e-5 * max(1.0, abs(theta[j]))
        ahead, behind = theta.copy(), theta.copy()
        ahead[j] += h
        behind[j] -= h
        columns.append((_slope(model, ahead, free) - _slope(model, behind, free)) / (2 * h))
    hessian = np.array(columns)
    return as_floats(0.5 * (hessian + hessian.T))


def curvatures(model: Model, theta: Array) -> Array:
    """Eigenvalues of the Hessian of the log-likelihood in its parameters, ascending."""
    return as_floats(np.linalg.eigvalsh(_hessian(model, theta, np.arange(theta.size))))


def _line(
    model: Model, theta: Array, free: NDArray[np.intp], step: Array, best: float
) -> tuple[Array | None, float]:
    """Return the first of ever shorter steps that is not lower, or None."""
    for halving in range(30):
        trial = theta.copy()
        trial[free] += step * 0.5**halving
        reached = height(model, trial)
        if reached >= best - 1e-14 * abs(best):
            return trial, reached
    return None, best


def _escape(
    model: Model, theta: Array, free: NDArray[np.intp], direction: Array, best: float
) -> tuple[Array, float] | None:
    """Return a higher point along a direction of positive curvature, if there is one."""
    for length in (1.0, 0.1, 0.01, 1e-3):
        for sign in (1.0, -1.0):
            trial = theta.copy()
            trial[free] += sign * length * direction
            reached = height(model, trial)
            if reached > best + 1e-10:
                return trial, reached
    return None


def peaks(model: Model, low: float, high: float) -> list[Peak]:
    """Every maximum found, highest first; variances are searched between `low` and `high`."""
    kinds = model.kinds()
    starts = _grid_starts(model, kinds, low, high) if len(kinds) <= 3 else []
    found = [
        _turned(model, climb(model, start))
        for start in starts or _random_starts(model, kinds, low, high)
    ]
    distinct: list[Peak] = []
    for peak in sorted(found, key=lambda peak: (not peak.converged, -peak.loglik)):
        if not any(_same(model, peak, other) for other in distinct):
            distinct.append(peak)
    return sorted(distinct, key=lambda peak: -peak.loglik)


def _turned(model: Model, peak: Peak) -> Peak:
    """Leave a point where a structure is absent if it could grow at another correlation.

    Where every variance of a structure is zero its angle says nothing, but whether the structure
    would help depends on it; curvature at one angle does not tell.
    """
    kinds = model.kinds()
    for end, part in zip(model.splits, model.parts(peak.theta), strict=True):
        here = np.arange(end - part.size, end)
        angle = here[[kinds[j] == ANGLE for j in here]]
        rest = here[[kinds[j] != ANGLE for j in here]]
        if angle.size == 0 or np.abs(peak.theta[rest]).max() > 1e-3:
            continue
        trials = np.repeat(peak.theta[None, :], 2 * TURNS, axis=0)
        trials[:, angle[0]] = np.tile(np.linspace(-0.5 * np.pi, 0.5 * np.pi, TURNS), 2)
        scales = rest[[kinds[j] == SCALE for j in rest]]
        trials[:, scales] = np.repeat([0.03, 0.3], TURNS)[:, None]
        reached = heights(model, trials)
        if reached.max() > peak.loglik + 1e-10:
            return climb(model, trials[int(reached.argmax())])
    return peak


def _same(model: Model, one: Peak, other: Peak) -> bool:
    """Whether two climbs ended at the same covariance matrices, to a thousandth."""
    if abs(one.loglik - other.loglik) < 1e-9 * max(1.0, abs(one.loglik)):
        return True
    pairs = zip(model.covariances(one.theta), model.covariances(other.theta), strict=True)
    return all(np.abs(a - b).max() <= 1e-3 * max(1e-3, np.abs(b).max()) for a, b in pairs)


def _grid_starts(model: Model, kinds: list[str], low: float, high: float) -> list[Array]:
    """Peaks of the log-likelihood on a full grid, edges included, best first."""
    count = 14 if len(kinds) == 2 else 6
    scales = np.append(0.0, np.sqrt(np.geomspace(low, high, count)))
    angles = np.arcsin([-0.95, -0.5, 0.0, 0.5, 0.95])
    axes = [angles if kind == ANGLE else scales for kind in kinds]
    shape = tuple(axis.size for axis in axes)
    points = np.array(list(itertools.product(*axes)))
    found = heights(model, points).reshape(shape)
    around = np.pad(found, 1, constant_values=-np.inf)
    peak = np.isfinite(found)
    for shift in itertools.product((0, 1, 2), repeat=len(axes)):
        window = tuple(slice(s, s + n) for s, n in zip(shift, shape, strict=True))
        peak &= found >= around[window]
    chosen = np.flatnonzero(peak.ravel())
    ranked = chosen[np.argsort(-found.ravel()[chosen], kind="stable")]
    return [_off_the_axes(point) for point in points[ranked[: 2 * CLIMBS]]]


def _off_the_axes(point: Array) -> Array:
    """Move exact zeros a little, for a climb that starts on a face would stay in it."""
    return np.where(point == 0.0, 1e-3, point)


def _random_starts(model: Model, kinds: list[str], low: float, high: float) -> list[Array]:
    """Return the best of many seeded points, and of those without some of the variances."""
    rng = np.random.default_rng(SEED)
    scale = np.array([kind == SCALE for kind in kinds])
    free = np.array([kind == FREE for kind in kinds])
    points = rng.uniform(-1.4, 1.4, (STARTS, len(kinds)))
    spread = np.sqrt(low * (high / low) ** rng.uniform(size=points.shape))
    points[:, scale] = spread[:, scale]
    points[:, free] = rng.normal(size=(STARTS, int(free.sum()))) * spread[:, free] * 0.5
    # Every structure is nearly absent in one start of eight, and starts alone in some.
    for end, part in zip(model.splits, model.parts(np.zeros(len(kinds))), strict=True):
        absent = rng.uniform(size=STARTS) < 0.125
        columns = np.arange(end - part.size, end)[(scale | free)[end - part.size : end]]
        points[np.ix_(absent, columns)] *= 1e-3
    ranked = points[np.argsort(-heights(model, points), kind="stable")]
    faint = [
        next((point for point in ranked if abs(point[j]) < 1e-2 * np.sqrt(low)), ranked[0])
        for j in np.flatnonzero(scale)
    ]
    unique = {point.tobytes(): point for point in [*ranked[:CLIMBS], *faint]}
    return list(unique.values())
