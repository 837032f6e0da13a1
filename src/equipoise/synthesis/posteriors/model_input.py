"""Data and priors of a random-effects model, checked at the door and put in common units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, broadcast, require
from equipoise.synthesis.plan import NormalPrior
from equipoise.synthesis.posteriors.conditional_normal import (
    CoefficientPrior,
    Rows,
    dense_rows,
    independent_rows,
)
from equipoise.synthesis.posteriors.effect_priors import EffectPrior, as_effect_prior
from equipoise.synthesis.posteriors.grid_mixture import UncertainSpread
from equipoise.synthesis.posteriors.heterogeneity_priors import HeterogeneityPrior
from equipoise.synthesis.posteriors.mixture import PriorDescription
from equipoise.synthesis.posteriors.prior_catalogue import heterogeneity_prior

OneEffectPrior = EffectPrior | NormalPrior | None
"""Prior of one coefficient; None for a flat one."""
TauPrior = str | float | HeterogeneityPrior
RandomTerm = tuple[ArrayLike | None, TauPrior]
"""Design matrix (k, q), or labels (k,), or None for one effect a row; and the prior of tau."""

FLAT = PriorDescription("flat", "every value equally likely", "improper: the data must inform it")
FARTHEST = 1e140
"""Largest estimate, in standard errors, whose square can be held with room for sums."""
BELOW_DATA, ABOVE_DATA = 40.0, 20.0
"""How far, in log tau, the search goes below the smallest standard error and above the range."""
TAIL = 1e-12
"""Prior probability left out at either end of the search for the mode."""


@dataclass(frozen=True)
class Data:
    """Estimates `y` (k,), covariance `V` (k,) or (k, k), design `X` (k, p)."""

    y: Array
    V: Array
    X: Array

    @property
    def unit(self) -> float:
        """A typical standard error."""
        variances = self.V if self.V.ndim == 1 else np.diagonal(self.V)
        return math.sqrt(float(np.median(variances)))


def read_data(yi: ArrayLike, vi: ArrayLike, X: ArrayLike | None) -> Data:
    """Check estimates, their variances or covariance matrix, and the design."""
    covariance = np.asarray(vi, dtype=np.float64) if np.ndim(vi) == 2 else None
    variances = vi if covariance is None else np.diagonal(covariance)
    arrays = broadcast(yi=yi, vi=variances)
    require(arrays, ("yi",), np.isfinite, "a finite number")
    require(arrays, ("vi",), lambda v: np.isfinite(v) & (v > 0.0), "a finite variance above 0")
    y, v = arrays["yi"], arrays["vi"]
    far = np.abs(y) > FARTHEST * np.sqrt(v)
    require({"yi": y}, ("yi",), lambda _: ~far, f"within {FARTHEST:g} standard errors of 0")
    if covariance is not None:
        _check_covariance(covariance, y.size)
    design = np.ones((y.size, 1)) if X is None else np.asarray(X, dtype=np.float64)
    if design.ndim == 1:
        design = design[:, None]
    problems = []
    if design.ndim != 2 or design.shape[0] != y.size or design.shape[1] < 1:
        allowed = f"shape ({y.size}, p)"
        problems.append(Problem("", "", "X", f"shape {design.shape}", allowed, "Reshape X."))
    elif not np.isfinite(design).all():
        problems.append(Problem("", "", "X", "", "finite numbers", "Leave out those rows."))
    if problems:
        raise ArrayError(problems)
    return Data(y, v if covariance is None else covariance, design)


def _check_covariance(V: Array, k: int) -> None:
    good = V.shape == (k, k) and np.isfinite(V).all() and np.allclose(V, V.T, rtol=1e-8, atol=0.0)
    if good:
        sds = np.sqrt(np.diagonal(V))
        good = bool(np.linalg.eigvalsh(V / np.outer(sds, sds))[0] > 1e-12)
    if not good:
        allowed = f"a symmetric positive definite matrix of shape ({k}, {k})"
        action = "Check the covariances; a linear combination of rows may be known exactly."
        raise ArrayError([Problem("", "", "V", f"shape {V.shape}", allowed, action)])


def read_random(
    random: Sequence[RandomTerm] | None, tau: TauPrior, k: int
) -> tuple[tuple[Array | None, ...], tuple[HeterogeneityPrior, ...]]:
    """Design matrix (None: one effect a row) and prior of every random effect."""
    terms = [(None, tau)] if random is None else list(random)
    priors = tuple(heterogeneity_prior(prior) for _, prior in terms)
    if len(priors) > 2:
        problem = Problem(
            "", "", "random", f"{len(priors)} terms", "at most 2", "Fix or leave out a variance."
        )
        raise ArrayError([problem])
    return tuple(_design(term, k) for term, _ in terms), priors


def _design(term: ArrayLike | None, k: int) -> Array | None:
    if term is None:
        return None
    array = np.asarray(term)
    if array.shape[:1] != (k,) or array.ndim > 2:
        allowed = f"{k} labels or a matrix of {k} rows"
        problem = Problem("", "", "random", f"shape {array.shape}", allowed, "One a row of yi.")
        raise ArrayError([problem])
    if array.ndim == 2:
        matrix = array.astype(np.float64)
        if not np.isfinite(matrix).all():
            allowed = "finite numbers"
            raise ArrayError([Problem("", "", "random", "", allowed, "Correct the matrix.")])
        return matrix
    labels, which = np.unique(array, return_inverse=True)
    if labels.size == k:
        return None
    return np.asarray(which[:, None] == np.arange(labels.size), dtype=np.float64)


def read_mean(
    mean: OneEffectPrior | Sequence[OneEffectPrior], p: int
) -> tuple[EffectPrior | None, ...]:
    """Prior of each coefficient; one prior alone is that of every coefficient only if p = 1."""
    several = list(mean) if isinstance(mean, Sequence) else [mean] * (p if mean is None else 1)
    if len(several) != p:
        problem = Problem(
            "", "", "mean", f"{len(several)} priors", f"{p}, one a column of X", "Add the others."
        )
        raise ArrayError([problem])
    return tuple(None if prior is None else as_effect_prior(prior) for prior in several)


def coefficient_priors(
    priors: tuple[EffectPrior | None, ...], unit: float
) -> tuple[CoefficientPrior, ...]:
    """Every combination of the components of independent priors, in units of `unit`."""
    flat = ((0.0, None, 1.0),)
    each = [
        flat if prior is None else tuple(zip(prior.means, prior.sds, prior.weights, strict=True))
        for prior in priors
    ]
    components = []
    for combination in itertools.product(*each):
        weight = math.prod(w for _, _, w in combination)
        if weight > 0.0:
            b0 = np.array([m for m, _, _ in combination]) / unit
            sds = [1.0 if sd is None else sd / unit for _, sd, _ in combination]
            proper = np.array([sd is not None for _, sd, _ in combination])
            components.append(CoefficientPrior(math.log(weight), b0, np.diag(sds), proper))
    return tuple(components)


def build_model(
    data: Data,
    designs: tuple[Array | None, ...],
    spreads: tuple[HeterogeneityPrior, ...],
    means: tuple[EffectPrior | None, ...],
) -> UncertainSpread:
    """Put data and priors in units of a typical standard error, rows made independent."""
    unit = data.unit
    y, V = data.y / unit, data.V / unit / unit
    flat = [column for column, prior in enumerate(means) if prior is None]
    columns = data.X[:, flat]
    if flat and np.linalg.matrix_rank(columns / _lengths(columns)) < len(flat):
        found = f"{len(flat)} columns with a flat prior, {y.size} rows"
        action = "Leave out columns that repeat others, or give a prior to `mean`."
        allowed = "columns that are not combinations of each other"
        raise ArrayError([Problem("", "", "X", found, allowed, action)])
    if len(designs) < 2:
        rows: Rows = independent_rows(
            y, V, data.X, designs[0] if designs else np.zeros((y.size, 0))
        )
    else:
        rows = dense_rows(y, V, data.X, tuple(np.eye(y.size) if Z is None else Z for Z in designs))
    ses = np.sqrt(V if V.ndim == 1 else np.diagonal(V))
    below = math.log(float(ses.min())) - BELOW_DATA
    above = math.log(max(float(ses.max()), float(np.ptp(y)))) + ABOVE_DATA
    known = [prior.known for prior in spreads]
    shift = math.log(unit)
    ends = [
        (0.0, 0.0)
        if fixed
        else (prior.log_quantile(TAIL) - shift, prior.log_quantile(1.0 - TAIL) - shift)
        for fixed, prior in zip(known, spreads, strict=True)
    ]
    low = np.array([min(below, a) for a, _ in ends])
    high = np.array([max(above, b) for _, b in ends])
    return UncertainSpread(rows, coefficient_priors(means, unit), spreads, unit, low, high)


def _lengths(columns: Array) -> Array:
    lengths = np.sqrt(np.sum(columns * columns, axis=0))
    return np.where(lengths > 0.0, lengths, 1.0)
