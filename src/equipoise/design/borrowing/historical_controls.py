r"""Controls borrowed from history: a robust prior on the control rate, and what it does to a test.

What earlier trials say of the control rate is a mixture of Beta distributions (a meta-analytic
predictive prior); a vague Beta with weight `robust` stands by for the case that this trial's
controls are unlike them. With `x0` of `n0` controls and `x1` of `n1` treated having the event, the
posterior of the control rate is again a mixture,

:math:`w_j' \propto w_j B(a_j + x_0, b_j + n_0 - x_0) / B(a_j, b_j)`,

and the trial succeeds when :math:`P(p_1 > p_0 \mid x) \ge 1 - \alpha`. There are only
`(n0 + 1)(n1 + 1)` results, so that power and type I error are sums, not simulations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, betainc, betaln, xlog1py, xlogy

from equipoise.design.trial.refusals import problem
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {
    "robust_prior": ("schmidli2014",),
    "effective_patients": ("neuenschwander2020",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the prior and its worth."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class HistoricalControls:
    """Prior on the control rate from earlier trials, robust against their being unlike.

    Attributes
    ----------
    weights, a, b : tuple of float, length J
        Mixture of Beta(a, b); the weights add up to 1. Beta(a, b) weighs as a + b patients.
    robust : float
        Weight of the vague component, 0 to 1; with 1 nothing is borrowed.
    vague, treated : (float, float)
        Beta of the vague component, and of the treated rate.

    Examples
    --------
    >>> history = HistoricalControls((1.0,), (30.0,), (70.0,), robust=0.2)
    >>> [round(float(w), 3) for w in history.updated(np.array([30.0, 60.0]), 100)[0][:, -1]]
    [0.039, 0.998]
    """

    weights: tuple[float, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]
    robust: float = 0.2
    vague: tuple[float, float] = (1.0, 1.0)
    treated: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        """Refuse a mixture that is none."""
        found = self.problems()
        if found:
            raise ArrayError(found)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the prior."""
        sizes = {len(self.weights), len(self.a), len(self.b)}
        whole = len(sizes) == 1 and all(w >= 0.0 for w in self.weights)
        whole = whole and abs(sum(self.weights) - 1.0) < 1e-9
        shapes = (*self.a, *self.b, *self.vague, *self.treated)
        rules = (
            ("weights", self.weights, whole, "one a component, 0 or more, adding up to 1"),
            ("a, b", shapes, all(0.0 < s < math.inf for s in shapes), "finite, above 0"),
            ("robust", self.robust, 0.0 <= self.robust <= 1.0, "0 to 1"),
        )
        return [
            problem(name, shown, allowed, "Correct the prior.")
            for name, shown, good, allowed in rules
            if not good
        ]

    def mixture(self) -> tuple[Array, Array, Array]:
        """Weights, a and b of all components, the vague one last: shape (J + 1,)."""
        weights = np.append(np.array(self.weights) * (1.0 - self.robust), self.robust)
        return weights, np.append(self.a, self.vague[0]), np.append(self.b, self.vague[1])

    def updated(self, events: ArrayLike, patients: int) -> tuple[Array, Array, Array]:
        """Posterior mixture of the control rate for each count (n,): shape (n, J + 1) each."""
        x = np.asarray(events, dtype=np.float64)[:, None]
        weights, a, b = self.mixture()
        with np.errstate(divide="ignore"):
            log = np.log(weights) + betaln(a + x, b + patients - x) - betaln(a, b)
        share = np.exp(log - log.max(axis=1, keepdims=True))
        return share / share.sum(axis=1, keepdims=True), a + x, b + patients - x

    def effective_patients(self) -> float:
        r"""How many patients the prior is worth, before any is seen.

        The expected local information ratio
        :math:`E[-(\log \pi)''(p)\, p (1 - p)]`, expectation over the prior: a + b for one Beta
        whose a and b are above 1, 0 for a flat one.
        Neuenschwander and others 2020, 10.1111/biom.13252.

        Raises
        ------
        ArrayError
            A component with a or b below 1, whose density has no finite ratio.
        """
        weights, a, b = (v[self.mixture()[0] > 0.0, None] for v in self.mixture())
        if min(a.min(), b.min()) < 1.0:
            shown = float(min(a.min(), b.min()))
            raise ArrayError([problem("a, b", shown, "1 or more", "Take another component.")])
        nodes, w = np.polynomial.legendre.leggauss(max(400, math.ceil(float((a + b).max()))))
        p = 0.5 * (nodes + 1.0)
        log = xlogy(a - 1.0, p) + xlog1py(b - 1.0, -p) - betaln(a, b)
        each = weights * np.exp(log)
        slope = (a - 1.0) / p - (b - 1.0) / (1.0 - p)
        bend = -(a - 1.0) / p**2 - (b - 1.0) / (1.0 - p) ** 2
        density, first = each.sum(axis=0), (each * slope).sum(axis=0)
        second = (each * (slope**2 + bend)).sum(axis=0)
        there = density > 1e-280
        information = np.zeros(p.size)
        information[there] = first[there] ** 2 / density[there] - second[there]
        return float(information @ (p * (1.0 - p) * 0.5 * w))

    def mean_rates(self, patients: tuple[int, int]) -> tuple[Array, Array]:
        """Posterior means by count: of the control rate (n0 + 1,), of the treated (n1 + 1,)."""
        n0, n1 = patients
        weights, a, b = self.updated(np.arange(n0 + 1.0), n0)
        c, d = self.treated
        return (weights * a / (a + b)).sum(axis=1), (c + np.arange(n1 + 1.0)) / (c + d + n1)

    def chance_better(self, patients: tuple[int, int]) -> Array:
        """P(treated rate above control rate) for every result, shape (n0 + 1, n1 + 1).

        An integral of the control density times the treated tail, by Gauss and Legendre: exact for
        whole a and b, whose product is a polynomial of degree n0 + n1 + J.
        """
        n0, n1 = patients
        weights, a, b = self.updated(np.arange(n0 + 1.0), n0)
        degree = float((a + b).max()) + n1 + sum(self.treated)
        nodes, w = np.polynomial.legendre.leggauss(max(64, math.ceil(0.5 * degree) + 8))
        p = 0.5 * (nodes + 1.0)
        density = np.zeros((n0 + 1, p.size))
        for j in range(a.shape[1]):
            c, d = a[:, j, None], b[:, j, None]
            log = xlogy(c - 1.0, p) + xlog1py(d - 1.0, -p) - betaln(c, d)
            density += weights[:, j, None] * np.exp(log)
        x = np.arange(n1 + 1.0)[:, None]
        above = betainc(self.treated[1] + n1 - x, self.treated[0] + x, 1.0 - p)
        return np.asarray((density * (0.5 * w)) @ above.T)

    def succeeds(self, patients: tuple[int, int], alpha: float, *, lower: bool = False) -> Flags:
        """Whether each result is a success at one-sided `alpha`, shape (n0 + 1, n1 + 1).

        `lower` when fewer events are better.
        """
        chance = self.chance_better(patients)
        return np.asarray((chance <= alpha) if lower else (1.0 - chance <= alpha))


def success_probability(success: Flags, rates: ArrayLike) -> float:
    """P(success) when the rates under control and treatment are these: a sum over all results."""
    p = np.asarray(rates, dtype=np.float64)
    n = np.array(success.shape) - 1
    control, treated = (binomial_probabilities(int(n[i]), float(p[i])) for i in range(2))
    return float(control @ success @ treated)


def binomial_probabilities(n: int, p: float) -> Array:
    """Probabilities of 0 to n events, from the nearer tail of the distribution function."""
    below = bdtr(np.arange(n + 1.0), n, p)
    above = bdtr(np.arange(n + 1.0), n, 1.0 - p)[::-1]
    left = np.diff(below, prepend=0.0)
    right = -np.diff(above, append=0.0)
    return np.asarray(np.where(below < 0.5, left, right))
