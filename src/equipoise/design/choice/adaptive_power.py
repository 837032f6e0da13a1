"""Power of a study that may go on in marker-positive patients only: its closed test, simulated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtri

from equipoise.design.choice.study_information import INTERIM
from equipoise.design.closed.combination import InverseNormal
from equipoise.design.closed.selection import Difference
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    enrichment_plan,
    nested,
    survival_endpoint,
)
from equipoise.synthesis.arrays import Array

BENEFITS = np.linspace(-0.6, 1.2, 19)
"""Log hazard ratios, sign changed, at which the power is simulated."""

TRIALS = 4000
"""Trials at each: a Monte Carlo error of at most 0.008."""

NEVER = -1e9
"""A limit that no difference reaches: all patients go on unless the marker-positive do better."""


@dataclass(frozen=True)
class AdaptivePower:
    """Probability that the closed test claims benefit in either population.

    Simulated on statistics of the strata with the same effect in both, at 19 effects, and read
    in between by a monotone interpolant.

    Attributes
    ----------
    benefits, power : array, shape (g,)
    """

    benefits: Array
    power: Array

    def __call__(self, benefit: Array) -> Array:
        """Return the powers (n,) at benefits (n,); beyond the grid those at its ends."""
        inside = np.clip(benefit, self.benefits[0], self.benefits[-1])
        found = PchipInterpolator(self.benefits, self.power)(inside)
        return np.asarray(np.clip(found, 0.0, 1.0))


def adaptive_power(events: float, share: float, seed: int, alpha: float = 0.025) -> AdaptivePower:
    """Simulate the power of a two-stage adaptive enrichment trial.

    Simes' test of the intersection, stages combined by the inverse normal with equal weights, no
    early claim; after half the events accrual goes on in the marker-positive only if their
    estimate is the better one.

    Parameters
    ----------
    events : float
        Events in both stages together.
    share : float
        Of the marker-positive.
    seed : int
    alpha : float
        One-sided level.
    """
    weights = np.sqrt([INTERIM, 1.0 - INTERIM])
    bounds = np.array([math.inf, -float(ndtri(alpha))])
    combination = InverseNormal(weights, bounds, np.array([-math.inf]))
    plan = enrichment_plan(combination, Difference(low=NEVER, high=0.0), success="any")
    populations = nested([share, 1.0 - share])
    stages = [INTERIM * events, (1.0 - INTERIM) * events]
    power = np.empty(BENEFITS.size)
    for i, benefit in enumerate(BENEFITS):
        ratio = math.exp(-benefit)
        endpoint = survival_endpoint(populations, stages, [ratio, ratio])
        rng = np.random.default_rng([seed, i])
        trials = EnrichmentSimulation(plan, endpoint).trials(rng, TRIALS)
        power[i] = trials.rejected.any(axis=(1, 2)).mean()
    return AdaptivePower(BENEFITS, np.maximum.accumulate(power))
