"""The search for the best weights of a selection model, from many starting points.

For a given mean and `tau2` the log-likelihood is concave in the logarithms of the weights, but in
mean and `tau2` it can have several maxima. A grid of both, with the weights fitted at each point
by a fixed-point iteration, shows where they are; each is climbed to the top and the best kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.bias.selection_kernels import profiled_weights
from equipoise.synthesis.bias.selection_likelihood import Selected, derivatives, log_likelihood

HIGHEST_WEIGHT = 100.0
"""Bound of a weight, as in metafor: beyond, the data say only "much more likely"."""

LOWEST_WEIGHT = 1e-8
"""Where a weight that wants to be zero is stopped."""

MEANS, VARIANCES, ROUNDS = 25, 12, 25
TWO = 2
"""Peaks along the mean that are climbed at one `tau2`."""

SETTLED = 1e-9
"""Log-likelihood that a further Newton step would still gain, below which the top is reached."""


class Freedom(NamedTuple):
    """What may move: the weights, and tau2."""

    weights: bool
    tau2: bool


class Peak(NamedTuple):
    """A maximum of the likelihood: the point, its height, and which parameters are inside."""

    mu: float
    tau2: float
    delta: Array
    loglik: float
    free: NDArray[np.bool_]
    settled: bool


def peaks(
    data: Selected, given: Array | None, *, tau2_zero: bool = False, also: Sequence[Peak] = ()
) -> list[Peak]:
    """Every maximum found, the highest first; `given` weights are not estimated.

    The search goes up from the peaks `also` of narrower models too, so that a model is never
    below one that it contains.
    """
    top: list[Peak] = []
    freedom = Freedom(given is None, not tau2_zero)
    starts = _starts(data, given, tau2_zero) + [(p.mu, p.tau2, p.delta) for p in also]
    for mu, tau2, delta in starts:
        peak = _climb(data, np.array([mu, tau2]), delta, freedom)
        if not any(_same(peak, other) for other in top):
            top.append(peak)
    return sorted(top, key=lambda peak: -peak.loglik)


def _same(a: Peak, b: Peak) -> bool:
    """Whether two climbs ended at the same place."""
    return bool(np.isclose(a.loglik, b.loglik, rtol=0.0, atol=1e-6)) and math.isclose(
        a.mu, b.mu, rel_tol=1e-3, abs_tol=1e-3
    )


def _starts(
    data: Selected, given: Array | None, tau2_zero: bool
) -> list[tuple[float, float, Array]]:
    """Places to climb from: the summits of the ridge over tau2, and of its end at zero."""
    y, v = data.y, data.v
    high = float(y.var()) + float(np.median(v))
    tau2s = np.concatenate([[0.0], high * np.geomspace(1e-3, 4.0, VARIANCES)])
    tau2s = tau2s[:1] if tau2_zero else tau2s
    ridge, places = np.full(tau2s.size + 2, -np.inf), []
    for i, tau2 in enumerate(tau2s):
        means = _means(y, v + tau2, math.sqrt(high))
        heights, delta = _profiled(data, means, float(tau2), given)
        walled = np.pad(heights, 1, constant_values=-np.inf)
        summit = np.flatnonzero((heights >= walled[:-2]) & (heights >= walled[2:]))
        best = summit[np.argsort(-heights[summit])][:TWO]
        places.append([(float(means[j]), float(tau2), delta[j]) for j in best])
        ridge[i + 1] = heights.max()
    crest = (ridge[1:-1] >= ridge[:-2]) & (ridge[1:-1] >= ridge[2:])
    crest[0] = True
    return [place for i in np.flatnonzero(crest) for place in places[i]]


def _means(y: Array, s2: Array, spread: float) -> Array:
    """Return a grid of means: wide and even, and fine about the weighted mean.

    A precise study holds the mean within its own small error, which an even grid steps over.
    """
    w = 1.0 / s2
    middle, se = float(w @ y / w.sum()), float(w.sum()) ** -0.5
    fine = se * 2.0 ** np.arange(-1, 7)
    reach = float(np.ptp(y)) + spread
    even = float(np.median(y)) + 1.5 * reach * np.linspace(-1.0, 1.0, MEANS)
    return np.unique(np.concatenate([even, [middle], middle + fine, middle - fine]))


def _profiled(
    data: Selected, means: Array, tau2: float, given: Array | None
) -> tuple[Array, Array]:
    """Heights (m,) at m means, with weights (m, J) that nearly maximise them."""
    s2 = data.v + tau2
    normal = -0.5 * ((data.y - means[:, None]) ** 2 / s2 + np.log(s2)).sum(axis=1)
    if given is not None and bool((given == 1.0).all()):
        return normal, np.ones((means.size, given.size))
    first = np.ones(data.counts.size) if given is None else given
    ranges = (LOWEST_WEIGHT, HIGHEST_WEIGHT)
    heights, delta = profiled_weights(
        *(data.limits, data.owner, data.counts, means, s2, first, ranges),
        ROUNDS if given is None else 0,
    )
    return normal + heights, delta


def _climb(data: Selected, place: Array, delta: Array, freedom: Freedom) -> Peak:
    """Go up from a start: a quasi-Newton climb in log weights, then exact Newton steps."""
    size = delta.size - 1 if freedom.weights else 0

    def weights(x: Array) -> Array:
        return np.concatenate([[1.0], np.exp(x[2:])]) if size else delta

    def downhill(x: Array) -> tuple[float, Array]:
        d = derivatives(data, float(x[0]), float(x[1]), weights(x))
        slope = d.gradient[3:] * np.exp(x[2:]) if size else np.empty(0)
        return -d.value, -np.concatenate([d.gradient[:2], slope])

    bounds = [
        (None, None),
        (0.0, None if freedom.tau2 else 0.0),
        *[(math.log(LOWEST_WEIGHT), math.log(HIGHEST_WEIGHT))] * size,
    ]
    start = np.concatenate([place, np.log(delta[1:]) if size else []])
    with np.errstate(all="ignore"):
        found = minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds)
        x = np.concatenate([found.x[:2], weights(found.x)])
        return _polish(data, x, freedom)


def _polish(data: Selected, x: Array, freedom: Freedom) -> Peak:
    """Newton steps in mu, tau2 and the weights that are not held at a bound."""
    low = np.concatenate([[-np.inf, 0.0], np.full(x.size - 2, LOWEST_WEIGHT)])
    high = np.concatenate([[np.inf, np.inf], np.full(x.size - 2, HIGHEST_WEIGHT)])
    movable = np.ones(x.size, dtype=bool)
    movable[1], movable[2:] = freedom.tau2, freedom.weights
    movable[2] = False
    gain, free = math.inf, movable
    for _ in range(50):
        d = derivatives(data, float(x[0]), float(x[1]), x[2:])
        stuck = ((x <= low) & (d.gradient <= 0.0)) | ((x >= high) & (d.gradient >= 0.0))
        free = movable & ~stuck
        step = np.zeros(x.size)
        step[free] = _newton(d.gradient[free], d.hessian[np.ix_(free, free)])
        gain = float(d.gradient @ step)
        length, moved = 1.0, x
        while length > 1e-6:
            moved = np.clip(x + length * step, low, high)
            if log_likelihood(data, float(moved[0]), float(moved[1]), moved[2:]) >= d.value:
                break
            length *= 0.5
        if length <= 1e-6 or np.array_equal(moved, x):
            break
        x = moved
        if gain < 1e-22:
            break
    height = log_likelihood(data, float(x[0]), float(x[1]), x[2:])
    return Peak(float(x[0]), float(x[1]), x[2:], height, free, abs(gain) < SETTLED)


def _newton(gradient: Array, hessian: Array) -> Array:
    """Newton step uphill; where the surface is not concave, one along the gradient's signs."""
    values, vectors = np.linalg.eigh(-hessian)
    floor = 1e-10 * max(float(np.abs(values).max()), 1e-300) if values.size else 0.0
    out: Array = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor))
    return out
