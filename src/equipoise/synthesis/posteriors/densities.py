"""From prior to posterior, as curves on one grid of values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.posteriors.effect_priors import EffectPrior
from equipoise.synthesis.posteriors.mixture import Posterior

Atoms = tuple[tuple[float, float], ...]
EDGE = 0.001
"""Probability of the posterior that may lie beyond either end of the grid."""


@dataclass(frozen=True, eq=False)
class PriorToPosterior:
    """Curves for a figure; all arrays are (n,), densities per unit of the analysis scale.

    Attributes
    ----------
    x : array
        Values of the effect, on the analysis scale, evenly spaced.
    prior, likelihood, posterior : array
        Densities of the continuous parts; NaN where there is none (flat prior, no single
        estimate).
    prior_atoms, posterior_atoms : tuple of (value, probability)
        Values with a probability of their own (a spike); the curves hold the rest, so that curve
        and atoms together are 1.
    """

    x: Array
    prior: Array
    likelihood: Array
    posterior: Array
    prior_atoms: Atoms
    posterior_atoms: Atoms


def prior_to_posterior(
    posterior: Posterior,
    name: str,
    *,
    prior: EffectPrior | Posterior | None = None,
    estimate: float | None = None,
    se: float | None = None,
    points: int = 401,
) -> PriorToPosterior:
    """Return what was believed, what the data say and what is believed now, as densities.

    Parameters
    ----------
    posterior : Posterior
    name : str
        Which of its effects.
    prior : EffectPrior or Posterior, optional
        Belief before the data (a Posterior must have an effect of that name); None is flat.
    estimate, se : float, optional
        The data on this effect; the likelihood is drawn as `N(estimate, se^2)`.
    points : int
        Number of values, at least 3. They span all three curves where these are not negligible,
        but no more than ten times the width of the posterior, so that a vague prior does not
        squeeze it.

    Raises
    ------
    ArrayError
        For fewer than 3 points, an `estimate` without an `se` above 0, an unknown name.

    Examples
    --------
    >>> from equipoise.synthesis.posteriors.signal_to_noise import shrink_signal_to_noise
    >>> curves = prior_to_posterior(
    ...     shrink_signal_to_noise(-0.4, 0.2), "effect", estimate=-0.4, se=0.2
    ... )
    >>> curves.x.size, bool(np.isnan(curves.prior).all())
    (401, True)
    """
    data = (estimate is not None) + (se is not None and 0.0 < se < math.inf)
    rules = (
        ("points", points, points >= 3, "3 or more"),
        ("estimate, se", (estimate, se), data == 2 or (estimate is None and se is None), "both"),
    )
    problems = [
        Problem("", "", field, repr(value), allowed, "Correct it.")
        for field, value, good, allowed in rules
        if not good
    ]
    if problems:
        raise ArrayError(problems)
    believed = prior.posterior(name) if isinstance(prior, EffectPrior) else prior
    ends = [(posterior.quantile(name, EDGE), posterior.quantile(name, 1.0 - EDGE))]
    width = max(ends[0][1] - ends[0][0], 1e-300)
    if estimate is not None and se is not None:
        ends.append((estimate - 3.1 * se, estimate + 3.1 * se))
    if believed is not None:
        ends.append((believed.quantile(name, EDGE), believed.quantile(name, 1.0 - EDGE)))
    low = max(min(a for a, _ in ends), ends[0][0] - 5.0 * width)
    high = min(max(b for _, b in ends), ends[0][1] + 5.0 * width)
    x = np.linspace(low, high, points)
    nothing = np.full(points, math.nan)
    return PriorToPosterior(
        x,
        nothing if believed is None else believed.density(name, x),
        nothing if estimate is None or se is None else _normal(x, estimate, se),
        posterior.density(name, x),
        () if believed is None else believed.atoms(name),
        posterior.atoms(name),
    )


def _normal(x: Array, mean: float, sd: float) -> Array:
    z = (x - mean) / sd
    return np.asarray(np.exp(-0.5 * z * z) / (sd * math.sqrt(2.0 * math.pi)))
