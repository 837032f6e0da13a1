r"""Draw from a posterior whose prior is normal, without trusting its shape near the mode.

Sequential Monte Carlo: particles drawn from the prior pass through `prior x likelihood^t` with t
from 0 to 1. The next t keeps the effective sample size at half of the particles; they are
resampled and moved by random-walk Metropolis steps with the particles' own covariance
(Del Moral, Doucet and Jasra, J R Stat Soc B 2006;68:411, doi 10.1111/j.1467-9868.2006.00553.x).
The product of the mean weights estimates the marginal likelihood, which compares models.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from equipoise.mechanism.calibration.fitted_prior import FittedPrior
from equipoise.synthesis.arrays import Array

KEPT = 0.5
"""Effective sample size, as a share of the particles, down to which one step of t may go."""
FACTORS = (2.38, 0.8)
"""Random-walk scales are FACTOR / sqrt(p) of the particles' spread, in turn: the first is best for
a normal posterior (Roberts and Rosenthal, Stat Sci 2001;16:351), the second for bent ones."""


@dataclass(frozen=True, eq=False)
class TemperedDraws:
    """Draws of equal weight.

    Attributes
    ----------
    points : (m, p) array
        On the working scale of the prior.
    log_likelihood : (m,) array
    log_marginal : float
        Logarithm of the marginal likelihood.
    temperatures : tuple of float
        The powers t that were passed, 1 last.
    accepted : float
        Share of the last temperature's moves that were accepted.
    unique : int
        Distinct draws.
    """

    points: Array
    log_likelihood: Array
    log_marginal: float
    temperatures: tuple[float, ...]
    accepted: float
    unique: int


def tempered_draws(
    log_likelihood: Callable[[Array], float],
    prior: FittedPrior,
    rng: np.random.Generator,
    *,
    particles: int = 400,
    moves: int = 10,
    workers: int = 1,
) -> TemperedDraws:
    """Draw `particles` points from the posterior.

    Parameters
    ----------
    log_likelihood : callable of a point (p,)
    prior : FittedPrior
    rng : numpy.random.Generator
    particles, moves : int
        Particles, and Metropolis steps of each at each temperature.
    workers : int
        Threads that work out likelihoods; no number depends on it.
    """
    with ThreadPoolExecutor(workers) as pool:
        return _temper(
            lambda points: np.fromiter(pool.map(log_likelihood, points), float, len(points)),
            prior,
            rng,
            particles,
            moves,
        )


def _temper(
    log_likelihood: Callable[[Array], Array],
    prior: FittedPrior,
    rng: np.random.Generator,
    particles: int,
    moves: int,
) -> TemperedDraws:
    """Draw, with a function that gives the log likelihood of many points (m, p) as (m,)."""
    p = len(prior.names)
    points = prior.mean + prior.sd * rng.standard_normal((particles, p))
    value = log_likelihood(points)
    power, log_marginal, powers, accepted = 0.0, 0.0, [], 0.0
    while power < 1:
        step = _next_step(value, 1 - power)
        log_marginal += float(special.logsumexp(step * value)) - np.log(particles)
        chosen = _resample(special.softmax(step * value), rng)
        points, value = points[chosen], value[chosen]
        power = min(1.0, power + step) if step < 1 - power else 1.0
        powers.append(power)
        accepted = 0.0
        for i in range(moves if power < 1 else 2 * moves):
            scale = FACTORS[i % len(FACTORS)] / np.sqrt(p)
            taken = _move(points, value, power, scale, log_likelihood, prior, rng)
            accepted = (accepted * i + taken) / (i + 1)
    unique = len(np.unique(points, axis=0))
    return TemperedDraws(points, value, log_marginal, tuple(powers), accepted, unique)


def _next_step(value: Array, rest: float) -> float:
    """Largest step of the power that keeps the effective sample size."""
    wanted = KEPT * len(value)

    def excess(step: float) -> float:
        weight = special.softmax(step * value)
        return 1.0 / float((weight**2).sum()) - wanted

    if excess(rest) >= 0:
        return rest
    return float(optimize.brentq(excess, 0.0, rest, xtol=1e-8))


def _resample(weight: Array, rng: np.random.Generator) -> Array:
    """Systematic resampling: one uniform number, equal spacing."""
    m = len(weight)
    position = (rng.random() + np.arange(m)) / m
    return np.searchsorted(np.cumsum(weight), position).clip(max=m - 1)


def _move(
    points: Array,
    value: Array,
    power: float,
    scale: float,
    log_likelihood: Callable[[Array], Array],
    prior: FittedPrior,
    rng: np.random.Generator,
) -> float:
    """Move every particle once, in place; return the share that was accepted."""
    m, p = points.shape
    spread = np.cov(points, rowvar=False).reshape(p, p) + 1e-9 * np.diag(prior.sd**2)
    root = np.linalg.cholesky(spread) * scale
    proposed = points + rng.standard_normal((m, p)) @ root.T
    level = np.log(rng.random(m))
    new = log_likelihood(proposed)
    gain = power * (new - value) + np.array(
        [prior.log_density(b) - prior.log_density(a) for a, b in zip(points, proposed, strict=True)]
    )
    taken = level < gain
    points[taken] = proposed[taken]
    value[taken] = new[taken]
    return float(taken.mean())
