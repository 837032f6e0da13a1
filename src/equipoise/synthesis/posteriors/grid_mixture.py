"""From a model with uncertain variances to a mixture of normals, with its error checked."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.posteriors.conditional_normal import (
    CoefficientPrior,
    Rows,
    WantedEffects,
    conditional,
    log_likelihood,
)
from equipoise.synthesis.posteriors.heterogeneity_priors import HeterogeneityPrior
from equipoise.synthesis.posteriors.quadrature import Stretch, grid, refinements, stretch

MARGIN = 0.25
"""Share of the tolerance that the difference seen may use: it is seen at finitely many points."""
LARGEST_ARRAY = 2_000_000
"""Numbers in the largest array made at a time, to bound the memory."""
Z = ndtri((np.arange(15) + 0.5) / 15)
"""Standard normal values at which every component is looked at."""
LOOKED_AT = ndtr(np.linspace(-4.5, 4.5, 37))
"""Probabilities at which two distribution functions are compared."""
TINY = 1e-13
"""Weight below which a component cannot change a comparison."""
OWN_COMPONENTS = 20
"""About so many components whose own flanks are looked at too."""
LARGEST_LOG = 690.0
"""Largest log variance that a computer can hold with room for sums of it."""


@dataclass(frozen=True)
class UncertainSpread:
    """A normal model with priors of its variance parameters, in units of `unit`.

    `low, high` (r,) bound the search for each log tau (in the same units).
    """

    rows: Rows
    components: tuple[CoefficientPrior, ...]
    priors: tuple[HeterogeneityPrior, ...]
    unit: float
    low: Array
    high: Array

    @property
    def free(self) -> list[int]:
        """Which variance parameters are uncertain."""
        return [r for r, prior in enumerate(self.priors) if not prior.known]

    def tau2(self, s: Array) -> Array:
        """Variances (m, r) at the points `s` (m, free)."""
        largest = min(LARGEST_LOG, LARGEST_LOG - 2.0 * math.log(self.unit))
        uncertain = np.exp(np.minimum(np.maximum(2.0 * s, -LARGEST_LOG), largest))
        if len(self.free) == len(self.priors):
            return np.asarray(uncertain)
        values = np.empty((s.shape[0], len(self.priors)))
        values[:] = [
            (prior.scale / self.unit) ** 2 if prior.known else 0.0 for prior in self.priors
        ]
        values[:, self.free] = uncertain
        return values

    def chunks(self, s: Array) -> list[Array]:
        """Split the points so that the arrays over nodes and rows stay small."""
        size = max(16, LARGEST_ARRAY // self.rows.y.size ** (1 if len(self.priors) < 2 else 2))
        return [s[start : start + size] for start in range(0, s.shape[0], size)]

    def component_log_likelihoods(self, s: Array) -> Array:
        """Log likelihood plus log weight (m, c) of each component of the prior of b."""
        tau2 = self.tau2(s)
        columns = [c.log_weight + log_likelihood(self.rows, c, tau2) for c in self.components]
        return np.stack(columns, axis=1)

    def shares(self, s: Array) -> Array:
        """Conditional probability (m, c) of each component of the prior of b."""
        if len(self.components) == 1:
            return np.ones((s.shape[0], 1))
        logs = self.component_log_likelihoods(s)
        return np.asarray(np.exp(logs - _log_sum(logs)))

    def log_density(self, s: Array) -> Array:
        """Log posterior density (m,) of the free log spreads, but for a constant."""
        total = np.concatenate(
            [_log_sum(self.component_log_likelihoods(chunk))[:, 0] for chunk in self.chunks(s)]
        )
        for column, r in enumerate(self.free):
            total = total + self.priors[r].log_density(s[:, column] + math.log(self.unit))
        return np.where(np.isnan(total), -math.inf, total)

    def search(self) -> Stretch:
        """Find the mass of the posterior of the free log spreads."""
        return stretch(self.log_density, self.low[self.free], self.high[self.free])


@dataclass(frozen=True)
class Mixture:
    """Weights (m,), means (m, n), covariances (m, n, n), in units of the model, and the error."""

    weights: Array
    means: Array
    covariances: Array
    error: float


def mix(model: UncertainSpread, wanted: WantedEffects, tolerance: float) -> Mixture:
    """Integrate over the variance parameters until the distribution functions stand still.

    The error is the largest difference between the distribution functions of the wanted effects
    on a grid and on one with four times its nodes; the smaller grid is returned. Where grids run
    out the error is returned as it is, above the tolerance.
    """
    if not model.free:
        shares, means, covariances = _components(model, wanted, np.zeros((1, 0)))
        return _drop_unused(shares, means, covariances, 0.0)
    found = model.search()
    rounding = 4.0 * abs(found.peak) * float(np.finfo(np.float64).eps)
    for intervals, stride in refinements(len(model.free)):
        fine = grid(model.log_density, found, intervals)
        weights = np.all(fine.steps % stride == 0, axis=1) * fine.weights
        weights = weights / weights.sum()
        shares, means, covariances = _components(model, wanted, fine.s)
        surplus = (fine.weights - weights)[:, None] * shares
        error = _largest_difference(surplus, weights[:, None] * shares, means, covariances)
        error = max(error, rounding)
        if error <= MARGIN * tolerance:
            break
    return _drop_unused(weights[:, None] * shares, means, covariances, error)


def _components(
    model: UncertainSpread, wanted: WantedEffects, s: Array
) -> tuple[Array, Array, Array]:
    """Share of each prior component (m, c), its means (m, c, n) and covariances (m, c, n, n)."""
    parts = []
    for chunk in model.chunks(s):
        shares = model.shares(chunk)
        moments = [conditional(model.rows, c, model.tau2(chunk), wanted) for c in model.components]
        means, covariances = zip(*moments, strict=True)
        parts.append((shares, np.stack(means, axis=1), np.stack(covariances, axis=1)))
    shares_, means_, covariances_ = zip(*parts, strict=True)
    return np.concatenate(shares_), np.concatenate(means_), np.concatenate(covariances_)


def _log_sum(logs: Array) -> Array:
    """Return `log sum_c exp(logs)` as (m, 1), without overflow."""
    if logs.shape[1] == 1:
        return logs
    largest = logs.max(axis=1, keepdims=True)
    return np.asarray(largest + np.log(np.exp(logs - largest).sum(axis=1, keepdims=True)))


def _drop_unused(weights: Array, means: Array, covariances: Array, error: float) -> Mixture:
    used = weights > 0.0
    kept = weights[used]
    return Mixture(kept / kept.sum(), means[used], covariances[used], error)


def _largest_difference(surplus: Array, weights: Array, means: Array, covariances: Array) -> float:
    """Largest value over all effects of `|sum_j surplus_j Phi((x - m_j) / s_j)|`."""
    largest = 0.0
    seen = (np.abs(surplus) > TINY) | (weights > TINY)
    surplus, weights = surplus[seen], weights[seen]
    for effect in range(means.shape[-1]):
        m = means[..., effect][seen]
        sd = np.sqrt(np.maximum(covariances[..., effect, effect][seen], 0.0))
        x = _places(weights, m, sd)[:, None]
        if (sd > 0.0).all():
            below = [ndtr((x - m) / sd)]
        else:  # an atom is looked at on both sides of its step
            with np.errstate(divide="ignore", invalid="ignore"):
                smooth = ndtr((x - m) / sd)
            below = [np.where(sd > 0.0, smooth, step) for step in (x >= m, x > m)]
        largest = max(largest, *(float(np.abs(b @ surplus).max()) for b in below))
    return largest


def _places(weights: Array, m: Array, sd: Array) -> Array:
    """Where to compare two distribution functions of one effect.

    Values spread evenly over its probability, tails included, and the flanks of components of
    every width: around an atom the distribution may be a smooth function of log |x| only.
    """
    used = weights > 0.0
    m, sd, weights = m[used], sd[used], weights[used]
    spread = (m[:, None] + sd[:, None] * Z).ravel()
    order = np.argsort(spread)
    reached = np.cumsum(np.repeat(weights, Z.size)[order]) / Z.size
    even = spread[order[np.minimum(np.searchsorted(reached, LOOKED_AT), order.size - 1)]]
    by_width = np.argsort(sd)[:: max(1, sd.size // OWN_COMPONENTS)]
    flank = 0.8 * sd[by_width]
    return np.concatenate([even, m[by_width] - flank, m[by_width] + flank])
