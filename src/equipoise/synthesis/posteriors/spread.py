"""What to believe about the spread between trials after the data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import sici

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.posteriors.mixture import PriorDescription
from equipoise.synthesis.posteriors.model_input import (
    OneEffectPrior,
    TauPrior,
    build_model,
    read_data,
    read_mean,
    read_random,
)
from equipoise.synthesis.posteriors.quadrature import Stretch, grid

METHOD_CITES = {"heterogeneity posterior": ("rover2020", "trefethen2014")}
INTERVALS = 512
"""Intervals of the grid: eight times what the effects need, since tau itself is looked at."""


@dataclass(frozen=True, eq=False)
class HeterogeneityPosterior:
    r"""Posterior of tau on a grid in x, `log tau = centre + width sinh(x)`.

    Between nodes the density in x is that of the sinc expansion through them, whose integral is
    known: `F(x) = sum_j w_j (1/2 + Si(pi (x - x_j) / h) / pi)`, h the step (sinc interpolation
    converges as fast as the sums: Trefethen and Weideman 2014, section 7, 10.1137/130932132). Tau
    is on the analysis scale.

    Parameters
    ----------
    x, weights : (m,) array
        Nodes and their probabilities, summing to 1.
    stretch : Stretch
    unit : float
        Units of tau on the grid.
    prior : PriorDescription
    """

    x: Array
    weights: Array
    stretch: Stretch
    unit: float
    prior: PriorDescription

    @property
    def _step(self) -> float:
        return float(self.stretch.high[0] - self.stretch.low[0]) / INTERVALS

    def _tau(self, x: Array) -> Array:
        s = self.stretch.centre[0] + self.stretch.width[0] * np.sinh(x)
        return np.asarray(self.unit * np.exp(np.minimum(s, 300.0)))

    def mean(self) -> float:
        """Posterior mean; it may not exist under a half-Cauchy or log-Student-t prior."""
        return float(self.weights @ self._tau(self.x))

    def sd(self) -> float:
        """Posterior standard deviation; it may not exist under a heavy-tailed prior."""
        tau = self._tau(self.x)
        return math.sqrt(float(self.weights @ np.square(tau - self.weights @ tau)))

    def cdf(self, tau: float) -> float:
        """Probability of a spread of `tau` or less."""
        if tau <= 0.0:
            return 0.0
        s = math.log(tau / self.unit) - self.stretch.centre[0]
        return self._cumulate(math.asinh(s / self.stretch.width[0]))

    def _cumulate(self, x: float) -> float:
        total = self.weights @ (0.5 + sici(math.pi * (x - self.x) / self._step)[0] / math.pi)
        return min(1.0, max(0.0, float(total)))

    def quantile(self, prob: float) -> float:
        """Spread not exceeded with probability `prob`."""
        if not 0.0 < prob < 1.0:
            problem = Problem("", "", "prob", repr(prob), "above 0, below 1", "Choose one there.")
            raise ArrayError([problem])
        low, high = float(self.x[0]) - self._step, float(self.x[-1]) + self._step
        x = brentq(lambda x: self._cumulate(x) - prob, low, high, xtol=1e-13, rtol=1e-14)
        return float(self._tau(np.asarray(x)))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Central credible interval."""
        tail = 0.5 * (1.0 - level)
        return self.quantile(tail), self.quantile(1.0 - tail)


def heterogeneity_posterior(
    yi: ArrayLike,
    vi: ArrayLike,
    X: ArrayLike | None = None,
    *,
    tau: TauPrior = "half-normal(0.5)",
    mean: OneEffectPrior = None,
) -> HeterogeneityPosterior:
    """Answer how much the trials differ beyond chance, as a distribution of tau.

    The model is that of `posterior`, with one random effect a row.

    Parameters
    ----------
    yi, vi : array_like
        Estimates (k,) and their variances (k,) or covariance (k, k).
    X : array_like, shape (k, p), optional
    tau : str or HeterogeneityPrior
        Not a known value.
    mean : EffectPrior, NormalPrior or None
        Prior of the mean; None is flat.

    Raises
    ------
    ArrayError
        As `posterior`; and for a tau that is known.

    Examples
    --------
    With one trial the posterior is the prior, here with median 0.337:

    >>> round(heterogeneity_posterior([-0.4], [0.04]).quantile(0.5), 3)
    0.337
    """
    data = read_data(yi, vi, X)
    designs, priors = read_random(None, tau, data.y.size)
    if priors[0].known:
        problem = Problem("", "", "tau", repr(tau), "a prior, not a value", "Use half-normal(0.5).")
        raise ArrayError([problem])
    model = build_model(data, designs, priors, read_mean(mean, data.X.shape[1]))
    found = model.search()
    nodes = grid(model.log_density, found, INTERVALS)
    step = (found.high[0] - found.low[0]) / INTERVALS
    x = found.low[0] + step * nodes.steps[:, 0]
    return HeterogeneityPosterior(x, nodes.weights, found, model.unit, priors[0].description())
