r"""Controls borrowed from history when the control arm has a normal mean: log odds, log hazard.

The prior is a mixture of normals, one of them vague. An estimate `x0` with error `s0` turns
component `j` into :math:`N((m_j / v_j + x_0 / s_0^2) V_j, V_j)`, :math:`V_j = 1 / (1 / v_j + 1 /
s_0^2)`, with weight in proportion to :math:`w_j \phi(x_0; m_j, v_j + s_0^2)`. The treated mean has
a flat prior. Success is :math:`P(\theta_1 > \theta_0 \mid x) \ge 1 - \alpha`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from equipoise.design.trial.refusals import problem
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {"robust_prior": ("schmidli2014",)}
"""Keys of `equipoise.cite.REFERENCES` behind the prior."""

REACH = 9.0
"""Standard errors of the control estimate that are integrated: the rest holds 2e-19."""

PANELS, NODES = 60, 16
"""Gauss-Legendre panels and nodes in each; the critical value bends where weights change hands."""

HALVINGS = 60
"""Of the bracket of a critical value."""


@dataclass(frozen=True)
class HistoricalMeans:
    """Prior on the control mean from earlier trials, robust against their being unlike.

    Attributes
    ----------
    weights, means, sds : tuple of float, length J
        Mixture of normals; the weights add up to 1.
    robust : float
        Weight of the vague component, 0 to 1; with 1 nothing is borrowed.
    vague : (float, float)
        Its mean and standard deviation.

    Examples
    --------
    >>> history = HistoricalMeans((1.0,), (-0.8,), (0.15,), robust=0.2, vague=(-0.8, 2.0))
    >>> [round(float(w), 3) for w in history.updated(np.array([-0.8, 0.2]), 0.2)[0][:, -1]]
    [0.03, 0.988]
    """

    weights: tuple[float, ...]
    means: tuple[float, ...]
    sds: tuple[float, ...]
    robust: float
    vague: tuple[float, float]

    def __post_init__(self) -> None:
        """Refuse a mixture that is none."""
        found = self.problems()
        if found:
            raise ArrayError(found)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the prior."""
        sizes = {len(self.weights), len(self.means), len(self.sds)}
        whole = len(sizes) == 1 and all(w >= 0.0 for w in self.weights)
        whole = whole and abs(sum(self.weights) - 1.0) < 1e-9
        centres, spreads = (*self.means, self.vague[0]), (*self.sds, self.vague[1])
        rules = (
            ("weights", self.weights, whole, "one a component, 0 or more, adding up to 1"),
            ("means", centres, all(math.isfinite(m) for m in centres), "finite"),
            ("sds", spreads, all(0.0 < s < math.inf for s in spreads), "finite, above 0"),
            ("robust", self.robust, 0.0 <= self.robust <= 1.0, "0 to 1"),
        )
        return [
            problem(name, shown, allowed, "Correct the prior.")
            for name, shown, good, allowed in rules
            if not good
        ]

    def updated(self, estimate: ArrayLike, se: float) -> tuple[Array, Array, Array]:
        """Posterior weights, means and variances of the control mean: shape (n, J + 1) each."""
        x = np.asarray(estimate, dtype=np.float64)[:, None]
        prior = np.append(np.array(self.weights) * (1.0 - self.robust), self.robust)
        m, v = np.append(self.means, self.vague[0]), np.append(self.sds, self.vague[1]) ** 2
        with np.errstate(divide="ignore"):
            log = np.log(prior) - 0.5 * np.log(v + se**2) - 0.5 * (x - m) ** 2 / (v + se**2)
        weights = np.exp(log - log.max(axis=1, keepdims=True))
        left = 1.0 / (1.0 / v + 1.0 / se**2)
        mean = (m / v + x / se**2) * left
        weights /= weights.sum(axis=1, keepdims=True)
        return weights, mean, np.broadcast_to(left, mean.shape)

    def chance_better(
        self, control: ArrayLike, treated: ArrayLike, ses: tuple[float, float]
    ) -> Array:
        """P(treated mean above control mean) for pairs of estimates, shape (n,)."""
        weights, mean, variance = self.updated(control, ses[0])
        gap = np.asarray(treated, dtype=np.float64)[:, None] - mean
        return np.asarray((weights * ndtr(gap / np.sqrt(variance + ses[1] ** 2))).sum(axis=1))

    def success_probability(
        self, truth: tuple[float, float], ses: tuple[float, float], alpha: float
    ) -> float:
        """P(success) when the means under control and treatment are `truth`.

        The chance grows with the treated estimate, so that each control estimate has one critical
        value, found by bisection; what is beyond it is integrated over the control estimate.
        """
        nodes, w = np.polynomial.legendre.leggauss(NODES)
        half = REACH / PANELS
        middles = -REACH + half * (2.0 * np.arange(PANELS) + 1.0)
        u = (middles[:, None] + half * nodes).ravel()
        control = truth[0] + ses[0] * u
        _, mean, variance = self.updated(control, ses[0])
        spread = np.sqrt(variance + ses[1] ** 2).max(axis=1)
        low, high = mean.min(axis=1) - 40.0 * spread, mean.max(axis=1) + 40.0 * spread
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            short = 1.0 - self.chance_better(control, middle, ses) > alpha
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        beyond = ndtr((truth[1] - high) / ses[1])
        density = np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
        return float((density * beyond) @ np.tile(half * w, PANELS))
