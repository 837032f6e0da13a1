"""Trials drawn as their statistics: the canonical joint normal distribution of group sequences."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from equipoise.design.engines.stopping import Bounds, stops
from equipoise.design.engines.tally import Moments, Tally
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector

METHOD_CITES = {"canonical": ("jennison2000",)}
"""Keys of `equipoise.cite.REFERENCES` behind the joint distribution."""


@dataclass(frozen=True)
class CanonicalTrial:
    """A group-sequential trial whose statistics are canonical: `run_chunks` can call it.

    Attributes
    ----------
    fractions : array, shape (K,)
        Information fractions `t`, strictly increasing to 1.
    drift : float
        `delta = theta sqrt(I_max)`; above 0 when the treatment helps.
    bounds : Bounds
        Efficacy and futility bounds.
    """

    fractions: Array
    drift: float
    bounds: Bounds

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials.

        Counts ``rejected``, ``futile``, ``stopped`` by look and ``success``; moments
        ``information`` (fraction at the stop) and the naive ``estimate`` of the drift,
        `Z / sqrt(t)`.
        """
        z = canonical_z(rng, size, self.fractions, self.drift)
        stop = stops(z, self.bounds)
        information = Moments.of(stop.at(self.fractions))
        moments = {"information": information, **stop.estimates(z / np.sqrt(self.fractions))}
        return Tally(size, stop.counts(self.bounds.looks), moments)


def canonical_trial(fractions: ArrayLike, drift: float, bounds: Bounds) -> CanonicalTrial:
    """Check the information fractions and the drift, and return the trial."""
    t = as_vector(fractions, "fractions")
    problems = []
    if t.size != bounds.looks:
        shown = f"{t.size} fractions, {bounds.looks} bounds"
        problems.append(Problem("", "", "fractions", shown, "as many as bounds", "Match them."))
    if not (t.size and t[0] > 0.0 and np.all(np.diff(t) > 0.0) and t[-1] == 1.0):
        allowed = "above 0, strictly increasing, the last 1"
        problems.append(Problem("", "", "fractions", str(t.tolist()), allowed, "Divide by I_max."))
    if not math.isfinite(drift):
        problems.append(Problem("", "", "drift", repr(drift), "a finite number", "Correct it."))
    if problems:
        raise ArrayError(problems)
    return CanonicalTrial(t, float(drift), bounds)


def canonical_z(rng: Generator, size: int, fractions: Array, drift: float) -> Array:
    """Draw statistics at the looks, shape (size, K).

    `Z_k = B(t_k) / sqrt(t_k)`, `B(t)` a Brownian motion with drift `delta`: `E Z_k = delta
    sqrt(t_k)`, `Cov(Z_j, Z_k) = sqrt(t_j / t_k)` for `j <= k`. Source: Jennison and Turnbull 2000,
    section 3.1, 10.1201/9780367805326.
    """
    steps = np.diff(fractions, prepend=0.0)
    motion: Array = rng.standard_normal((size, fractions.size))
    motion *= np.sqrt(steps)
    motion += drift * steps
    np.cumsum(motion, axis=1, out=motion)
    motion /= np.sqrt(fractions)
    return motion
