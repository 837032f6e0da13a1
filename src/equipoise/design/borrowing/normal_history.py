r"""Controls borrowed on a log scale: a robust mixture of normals, and what it does to a test.

What earlier trials say of the log odds (or log hazard) under control is a mixture of normals
:math:`\sum_j w_j N(m_j, \tau_j^2)`; a vague normal with weight `robust` stands by for the case that
this trial's controls are unlike them. An estimate :math:`y_0` with standard error :math:`s_0`
updates every component in closed form, and its weight by its marginal likelihood,
:math:`w_j' \propto w_j \, \phi(y_0; m_j, \tau_j^2 + s_0^2)`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from equipoise.design.belief.mixture_integral import REACH, panels
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {
    "robust_prior": ("schmidli2014",),
    "effective_information": ("neuenschwander2020",),
}
"""Papers behind the prior and its worth."""

HALVINGS = 60
"""Of a bracket of a few standard errors: below the last digit."""


@dataclass(frozen=True)
class NormalHistory:
    """Prior on a log odds or log hazard under control, robust against the trials being unlike.

    Attributes
    ----------
    weights, means, sds : tuple of float, length J
        Mixture of normals; the weights add up to 1.
    robust : float
        Weight of the vague component, 0 to 1; with 1 nothing is borrowed.
    vague : (float, float)
        Mean and standard deviation of the vague component, best that of one patient's (or one
        event's) information around the mean of the history.
    treated : (float, float)
        Mean and standard deviation of the treated; `inf` for a flat prior.

    Raises
    ------
    ArrayError
        All that is wrong with the prior.

    Examples
    --------
    >>> history = NormalHistory((1.0,), (-0.8,), (0.2,), robust=0.2, vague=(-0.8, 2.0))
    >>> weights, means, sds = history.updated([-0.8, 1.0], 0.3)
    >>> [round(float(w), 3) for w in weights[:, -1]]
    [0.043, 1.0]
    """

    weights: tuple[float, ...]
    means: tuple[float, ...]
    sds: tuple[float, ...]
    robust: float
    vague: tuple[float, float]
    treated: tuple[float, float] = (0.0, math.inf)

    def __post_init__(self) -> None:
        """Refuse a mixture that is none."""
        alike = len({len(self.weights), len(self.means), len(self.sds)}) == 1
        whole = alike and all(w >= 0.0 for w in self.weights)
        whole = whole and abs(sum(self.weights) - 1.0) < 1e-9
        spreads = (*self.sds, self.vague[1])
        rules = (
            ("weights", self.weights, whole, "one a component, 0 or more, adding up to 1"),
            ("means", self.means, all(map(math.isfinite, (*self.means, self.vague[0]))), "finite"),
            ("sds", spreads, all(0.0 < s < math.inf for s in spreads), "finite, above 0"),
            ("robust", self.robust, 0.0 <= self.robust <= 1.0, "0 to 1"),
            ("treated", self.treated, math.isfinite(self.treated[0]) and self.treated[1] > 0.0,
             "a finite mean and a standard deviation above 0"),
        )  # fmt: skip
        found = [
            Problem("", "", name, repr(shown), allowed, "Correct the prior.")
            for name, shown, good, allowed in rules
            if not good
        ]
        if found:
            raise ArrayError(found)

    def mixture(self) -> tuple[Array, Array, Array]:
        """Return weights, means and sds of the components that have weight, the vague one last."""
        weights = np.append(np.array(self.weights) * (1.0 - self.robust), self.robust)
        used = weights > 0.0
        means, sds = np.append(self.means, self.vague[0]), np.append(self.sds, self.vague[1])
        return weights[used], means[used], sds[used]

    def updated(self, estimates: ArrayLike, se: float) -> tuple[Array, Array, Array]:
        """Return the posterior mixture for each estimate (n,) with error `se`: (n, J + 1) each.

        The sds are the same for all estimates.
        """
        y = np.atleast_1d(np.asarray(estimates, dtype=np.float64))[:, None]
        weights, means, sds = self.mixture()
        spread = np.hypot(sds, se)
        log = np.log(weights) - np.log(spread) - 0.5 * np.square((y - means) / spread)
        share = np.exp(log - log.max(axis=1, keepdims=True))
        precision = 1.0 / sds**2 + 1.0 / se**2
        mean = (means / sds**2 + y / se**2) / precision
        sd = np.broadcast_to(1.0 / np.sqrt(precision), mean.shape)
        return share / share.sum(axis=1, keepdims=True), mean, np.asarray(sd)

    def chance_higher(
        self, control: ArrayLike, treatment: ArrayLike, se: tuple[float, float]
    ) -> Array:
        r"""P(treated above control) after estimates (n,) of both, with errors (control, treated).

        :math:`\sum_j w_j' \Phi((\mu_1 - \mu_{0j}) / \sqrt{v_1 + v_{0j}})`.
        """
        weights, means, sds = self.updated(control, se[0])
        slope, offset, v = self._treated_posterior(se[1])
        y = np.atleast_1d(np.asarray(treatment, dtype=np.float64))[:, None]
        z = (slope * y + offset - means) / np.sqrt(v + sds**2)
        return np.asarray((weights * ndtr(z)).sum(axis=1))

    def least_treated(self, control: ArrayLike, se: tuple[float, float], alpha: float) -> Array:
        """Return the treated estimate (n,) from which on P(treated above control) >= 1 - alpha.

        The chance grows with it, and every component alone gives a bound; the mixture's lies
        between the lowest and the highest of these, and is bisected.
        """
        y = np.atleast_1d(np.asarray(control, dtype=np.float64))
        _, means, sds = self.updated(y, se[0])
        slope, offset, v = self._treated_posterior(se[1])
        alone = (means - ndtri(alpha) * np.sqrt(v + sds**2) - offset) / slope
        low, high = alone.min(axis=1), alone.max(axis=1)
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            enough = self.chance_higher(y, middle, se) >= 1.0 - alpha
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.asarray(high)

    def success_probability(
        self,
        control: ArrayLike,
        treatment: ArrayLike,
        se: tuple[float, float],
        *,
        alpha: float = 0.025,
        benefit: str = "lower",
    ) -> Array:
        r"""P(success) for true values (n,) under control and treatment.

        Success is a posterior probability of benefit of at least :math:`1 - \alpha`;
        :math:`\int \phi(y; \theta_0, s_0) \Phi((\theta_1 - c(y)) / s_1) dy` over the control
        estimate, by composite Gauss and Legendre, with `c` from `least_treated`.

        Raises
        ------
        ArrayError
            For errors or a level out of range.
        """
        _refuse(se, alpha, benefit)
        if benefit == "lower":
            negated = (-np.asarray(control, dtype=np.float64), -np.asarray(treatment))
            mirror = self.mirrored()
            return mirror.success_probability(*negated, se, alpha=alpha, benefit="higher")
        theta0, theta1 = np.broadcast_arrays(
            np.asarray(control, dtype=np.float64), np.asarray(treatment, dtype=np.float64)
        )
        x, w = panels(-REACH, REACH, 1.0)
        density = w * np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
        y = theta0.reshape(-1, 1) + se[0] * x
        bound = self.least_treated(y.ravel(), se, alpha).reshape(y.shape)
        success = ndtr((theta1.reshape(-1, 1) - bound) / se[1]) @ density
        return np.asarray(success.reshape(theta0.shape))

    def mirrored(self) -> NormalHistory:
        """Return the prior of the negative value."""
        return NormalHistory(
            self.weights,
            tuple(-m for m in self.means),
            self.sds,
            self.robust,
            (-self.vague[0], self.vague[1]),
            (-self.treated[0], self.treated[1]),
        )

    def effective_information(self) -> float:
        r"""Fisher information the prior is worth: :math:`E[-(\log \pi)'']`, over the prior.

        The expected local information ratio, before it is divided by the information of one
        patient or event; :math:`1 / \tau^2` for one normal. With a log hazard, whose estimate has
        variance 1 / events in one arm, it counts events.
        """
        weights, means, sds = self.mixture()
        ends = np.concatenate([means - REACH * sds, means + REACH * sds])
        kinks = (means[:, None] + sds[:, None] * np.arange(-8.0, 9.0)).ravel().tolist()
        x, w = panels(float(ends.min()), float(ends.max()), float(sds.max()), kinks)
        z = (x[:, None] - means) / sds
        each = weights * np.exp(-0.5 * z * z) / (sds * math.sqrt(2.0 * math.pi))
        density = each.sum(axis=1)
        slope = -(each * z / sds).sum(axis=1)
        bend = (each * (z * z - 1.0) / sds**2).sum(axis=1)
        there = density > 1e-280
        information = np.zeros(x.size)
        information[there] = slope[there] ** 2 / density[there] - bend[there]
        return float(information @ w)

    def moment_information(self) -> float:
        """Return 1 over the variance of the prior: what a normal that matches it would be worth."""
        weights, means, sds = self.mixture()
        mean = weights @ means
        return float(1.0 / (weights @ (sds**2 + np.square(means - mean))))

    def _treated_posterior(self, se: float) -> tuple[float, float, float]:
        """Return slope and offset of the posterior mean in the estimate, and its variance."""
        mean, sd = self.treated
        v = 1.0 / (1.0 / se**2 + 1.0 / sd**2)
        return v / se**2, mean * v / sd**2, v


def _refuse(se: tuple[float, float], alpha: float, benefit: str) -> None:
    rules = (
        ("se", se, len(se) == 2 and all(0.0 < s < math.inf for s in se), "two, finite, above 0"),
        ("alpha", alpha, 0.0 < alpha < 0.5, "above 0, below 0.5"),
        ("benefit", benefit, benefit in ("lower", "higher"), "lower, higher"),
    )
    found = [
        Problem("", "", name, repr(shown), allowed, f"Correct {name}.")
        for name, shown, good, allowed in rules
        if not good
    ]
    if found:
        raise ArrayError(found)
