r"""What is believed of the effect in two strata of a marker, before any study of them.

The effect in the phenotype is a mixture of normals, `theta ~ sum_j w_j N(m_j, s_j^2)`; the marker
divides it: `theta_S = theta + (1 - q) g` and `theta_C = theta - q g`, with `q` the share of the
marker-positive and `g` their difference, itself a mixture (a spike at 0 and a slab, updated by
whatever was printed). `theta` is the average over the marker, so that `g` moves patients apart
without moving the average: designs that ask about the marker and designs that do not are compared
on one belief about everybody.

A trial's own effect averages its strata by information, not by patients. One patient's benefit
(`equipoise.biomarkers.patient`) is read from such a trial and takes q as the share of information
where both levels are printed; the same data then give strata that are `(q_info - q) E(g)` apart
from these, both in the same direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from equipoise.design.belief.mixture_integral import Belief
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.posteriors.spike_and_slab import SpikeAndSlabPrior


@dataclass(frozen=True)
class StrataBelief:
    """A mixture of normals over the effects in strata that make up a population.

    Attributes
    ----------
    names : tuple of str, length s
        The strata.
    shares : (s,) array
        Of the population; they sum to 1.
    weights, means, covariances : arrays (m,), (m, s), (m, s, s)
    """

    names: tuple[str, ...]
    shares: Array
    weights: Array
    means: Array
    covariances: Array

    def marginal(self, stratum: int) -> Belief:
        """One stratum's effect."""
        sds = np.sqrt(np.maximum(self.covariances[:, stratum, stratum], 0.0))
        return Belief(self.weights, self.means[:, stratum], sds)

    def probability_below(self, stratum: int, limit: float = 0.0) -> float:
        """Probability that one stratum's effect is below `limit`."""
        one = self.marginal(stratum)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (limit - one.means) / one.sds
        return float(one.weights @ np.where(one.sds > 0.0, ndtr(z), one.means < limit))


def undivided(belief: Belief, name: str = "all") -> StrataBelief:
    """Return one stratum that is everybody."""
    covariances = (belief.sds**2)[:, None, None]
    return StrataBelief((name,), np.ones(1), belief.weights, belief.means[:, None], covariances)


def divided(
    belief: Belief,
    share: float,
    difference: Belief,
    names: tuple[str, str] = ("marker-positive", "marker-negative"),
) -> StrataBelief:
    """Divide a population by a marker.

    Parameters
    ----------
    belief : Belief
        Effect in the population as a whole (the average over the marker).
    share : float
        Of the marker-positive, above 0 and below 1.
    difference : Belief
        Marker-positive minus marker-negative, independent of the average.
    names : tuple of str

    Returns
    -------
    StrataBelief
        With one component for each pair.

    Raises
    ------
    ArrayError
        For a share of 0 or 1: one stratum is then everybody, see `undivided`.
    """
    if not 0.0 < share < 1.0:
        action = "Use the undivided population: one stratum is everybody."
        raise ArrayError([Problem("", "", "share", repr(share), "above 0, below 1", action)])
    pull = np.array([1.0 - share, -share])
    weights = np.outer(belief.weights, difference.weights).ravel()
    means = belief.means[:, None, None] + difference.means[None, :, None] * pull
    spread = (belief.sds**2)[:, None, None, None] + (difference.sds**2)[
        None, :, None, None
    ] * np.outer(pull, pull)
    shares = np.array([share, 1.0 - share])
    return StrataBelief(names, shares, weights, means.reshape(-1, 2), spread.reshape(-1, 2, 2))


def updated_difference(prior: SpikeAndSlabPrior, estimate: float, se: float) -> Belief:
    """Spike and slab for a difference, after one estimate of it; the prior for an infinite `se`.

    Weights by how well each predicted the estimate: `N(0, se^2)` and `N(0, sd^2 + se^2)`.
    """
    p, s = prior.probability, prior.sd
    if math.isinf(se):
        return Belief(np.array([1.0 - p, p]), np.zeros(2), np.array([0.0, s]))
    if not (math.isfinite(estimate) and se > 0.0):
        shown = f"{estimate!r}, {se!r}"
        allowed = "a finite estimate, an error above 0"
        raise ArrayError([Problem("", "", "estimate, se", shown, allowed, "Correct them.")])
    spreads = np.array([se, math.hypot(s, se)])
    log_weight = np.log([max(1.0 - p, 1e-300), max(p, 1e-300)]) - np.log(spreads)
    log_weight -= 0.5 * (estimate / spreads) ** 2
    weights = np.exp(log_weight - log_weight.max())
    pull = (s / spreads[1]) ** 2
    return Belief(
        weights / weights.sum(),
        np.array([0.0, pull * estimate]),
        np.array([0.0, math.sqrt(pull) * se]),
    )
