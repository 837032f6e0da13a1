"""One log effect as a mixture of normals: added up, confronted with a trial, summed over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.posteriors import Posterior
from equipoise.synthesis.posteriors.scalar_mixture import cumulate, quantile_of

STEP, REACH = 0.0625, 8.5
"""Nodes of a standard normal, in standard deviations. Equal steps h sum a function that is analytic
over a standard deviation with an error of exp(-2 pi^2 / h^2), and 2e-17 lies beyond the ends. The
probability of a benefit near the whole baseline risk is smooth, not analytic: at this step it is
good to 5e-11 where half the risks lie below the benefit asked about."""


def normal_nodes(step: float = STEP) -> tuple[Array, Array]:
    """Return points z and weights, both (n,), that stand for a standard normal."""
    half = round(REACH / step)
    z = step * np.arange(-half, half + 1, dtype=np.float64)
    weights = np.exp(-0.5 * z * z)
    return z, weights / weights.sum()


@dataclass(frozen=True, eq=False)
class EffectMixture:
    """`theta ~ sum_j w_j N(m_j, s_j^2)`, on the analysis scale; `s_j = 0` is an atom.

    Parameters
    ----------
    weights, means, sds : arrays (m,)
        Weights not negative, summing to 1.

    Raises
    ------
    ArrayError
        For numbers that are no mixture.
    """

    weights: Array
    means: Array
    sds: Array

    def __post_init__(self) -> None:
        """Refuse what is not a mixture."""
        arrays = (self.weights, self.means, self.sds)
        rules = (
            ("shapes", len({a.shape for a in arrays}) == 1 and self.weights.ndim == 1, "(m,)"),
            ("numbers", all(np.isfinite(a).all() for a in arrays), "finite"),
            ("weights", bool(abs(self.weights.sum() - 1.0) < 1e-9), "summing to 1"),
            ("weights, sds", min(self.weights.min(), self.sds.min()) >= 0.0, "not negative"),
        )
        problems = [
            Problem("", "effect mixture", field, "", allowed, "Correct the mixture.")
            for field, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    @property
    def mean(self) -> float:
        """Expected value."""
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """Standard deviation."""
        apart = self.means - self.mean
        return float(np.sqrt(self.weights @ (self.sds**2 + apart**2)))

    def below(self, limit: Array) -> Array:
        """Probability at or below each `limit`; limits may be infinite."""
        return np.asarray(cumulate(self.weights, self.means, self.sds, limit))

    def quantile(self, prob: float) -> float:
        """Smallest value with at least `prob` at or below it."""
        return quantile_of(self.weights, self.means, self.sds, prob)

    def nodes(self, step: float = STEP) -> tuple[Array, Array]:
        """Return points (n,) and weights (n,) that stand for the mixture; an atom is one point."""
        z, w = normal_nodes(step)
        points, weights = [], []
        for weight, mean, sd in zip(self.weights, self.means, self.sds, strict=True):
            points.append(mean + sd * z if sd > 0.0 else np.array([mean]))
            weights.append(weight * w if sd > 0.0 else np.array([weight]))
        return np.concatenate(points), np.concatenate(weights)

    def plus(self, other: EffectMixture) -> EffectMixture:
        """Return the sum with another effect, independent of this one."""
        return EffectMixture(
            np.outer(self.weights, other.weights).ravel(),
            np.add.outer(self.means, other.means).ravel(),
            np.hypot.outer(self.sds, other.sds).ravel(),
        )

    def times(self, factor: float) -> EffectMixture:
        """Return the effect multiplied by a number."""
        return EffectMixture(self.weights, factor * self.means, abs(factor) * self.sds)

    def after(self, estimate: float, se: float) -> EffectMixture:
        """Return the belief once a trial has estimated the effect.

        Component j weighs as well as it predicted the estimate, `N(estimate; m_j, s_j^2 + se^2)`,
        and moves the share `s_j^2 / (s_j^2 + se^2)` of the way to it.
        """
        spread = np.hypot(self.sds, se)
        with np.errstate(divide="ignore"):
            log_weight = np.log(self.weights) - np.log(spread)
        log_weight -= 0.5 * ((estimate - self.means) / spread) ** 2
        weights = np.exp(log_weight - log_weight.max())
        pull = (self.sds / spread) ** 2
        means = self.means + pull * (estimate - self.means)
        return EffectMixture(weights / weights.sum(), means, np.sqrt(pull) * se)


NOTHING = EffectMixture(np.ones(1), np.zeros(1), np.zeros(1))
"""An effect of exactly 0."""


def total(effects: list[EffectMixture]) -> EffectMixture:
    """Sum of independent effects; exactly 0 for none."""
    return reduce(EffectMixture.plus, effects, NOTHING)


def from_posterior(posterior: Posterior, name: str) -> EffectMixture:
    """Take one named effect out of a posterior."""
    one = posterior.marginal(name)
    sds = np.sqrt(np.maximum(one.covariances[:, 0, 0], 0.0))
    return EffectMixture(np.asarray(one.weights), one.means[:, 0], sds)
