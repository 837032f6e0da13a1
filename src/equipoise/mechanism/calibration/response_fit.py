r"""Fit coefficients of kill to complete responses of several trials.

Posterior: binomial likelihoods of the arms, each under the definition its trial used, times the
priors of `FittedPrior`. The mode is found by BFGS from several starts; the posterior is drawn by
sequential Monte Carlo (`tempered_draws`), so that nothing hangs on its shape near the mode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from equipoise.mechanism.calibration.fitted_prior import FittedPrior
from equipoise.mechanism.calibration.kill_integrals import (
    KillIntegrals,
    kill_numbers,
    mixed_rate,
    response_rates,
)
from equipoise.mechanism.calibration.kill_plan import KillPlan
from equipoise.mechanism.calibration.tempered_draws import TemperedDraws, tempered_draws
from equipoise.synthesis.arrays import Array

STEP = 1e-4
"""Step of finite differences on the working scale."""
GRADIENT = 2e-3
"""Gradient of the log posterior at which the search stops."""
NEAR = 0.01
"""How far below the mode, on the log scale, the search may stop (half the Newton decrement)."""
NOWHERE = 1e12
"""Minus log posterior where it has no value, so that a search turns back."""
EDGE = 1e-9
"""Predicted shares are kept this far from 0 and 1, so that no logarithm is infinite."""


@dataclass(frozen=True, eq=False)
class FittedArm:
    """One arm of the likelihood."""

    name: str
    integrals: KillIntegrals
    definition: str
    stratum_share: float
    events: int
    n: int


@dataclass(frozen=True, eq=False)
class ResponseFit:
    """What the trials say about the coefficients of kill.

    Attributes
    ----------
    prior : FittedPrior
    mode : (p,) array
        Posterior mode on the working scale.
    draws : TemperedDraws
        Posterior draws of equal weight.
    log_likelihood, saturated : float
        At the mode, and of a model that fits every arm exactly.
    status : {"converged", "not_converged"}
    message : str
    """

    prior: FittedPrior
    mode: Array
    draws: TemperedDraws
    log_likelihood: float
    saturated: float
    status: str
    message: str

    def theta(self, working: Array | None = None) -> dict[str, float]:
        """Parameters by name at a draw, or at the mode."""
        return self.prior.natural(self.mode if working is None else working)


def binomial_log_likelihood(events: int, n: int, share: float) -> float:
    """`events ln(share) + (n - events) ln(1 - share)`, without the constant."""
    p = min(max(share, EDGE), 1 - EDGE)
    return float(special.xlogy(events, p) + special.xlogy(n - events, 1 - p))


def predicted_rates(
    plan: KillPlan, arms: Sequence[FittedArm], theta: Mapping[str, float]
) -> list[float]:
    """Predicted share of each arm; what arms have in common is worked out once."""
    known: dict[tuple[int, str], Array] = {}
    numbers = kill_numbers(plan, theta)
    for arm in arms:
        key = (id(arm.integrals), arm.definition)
        if key not in known:
            known[key] = response_rates(plan, arm.integrals, theta, arm.definition, numbers)
    return [mixed_rate(known[id(arm.integrals), arm.definition], arm.stratum_share) for arm in arms]


def arms_log_likelihood(
    plan: KillPlan, arms: Sequence[FittedArm], theta: Mapping[str, float]
) -> float:
    """Sum of the binomial log likelihoods of the arms."""
    rates = predicted_rates(plan, arms, theta)
    return sum(
        binomial_log_likelihood(arm.events, arm.n, rate)
        for arm, rate in zip(arms, rates, strict=True)
    )


def posterior_mode(
    plan: KillPlan,
    arms: Sequence[FittedArm],
    prior: FittedPrior,
    fixed: Mapping[str, float],
    starts: Sequence[Array],
) -> optimize.OptimizeResult:
    """Best of the searches from `starts` for the posterior mode, as scipy gives it."""

    def target(working: Array) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # a search may step out of all sense
            theta = {**fixed, **prior.natural(working)}
            value = -arms_log_likelihood(plan, arms, theta) - prior.log_density(working)
        return value if np.isfinite(value) else NOWHERE

    options = {"gtol": GRADIENT, "eps": STEP, "maxiter": 200}
    found = [optimize.minimize(target, p, method="BFGS", options=options) for p in starts]
    return min(found, key=lambda result: result.fun)


def fit_responses(
    plan: KillPlan,
    arms: Sequence[FittedArm],
    prior: FittedPrior,
    fixed: Mapping[str, float],
    rng: np.random.Generator,
    *,
    particles: int = 400,
    starts: int = 2,
    workers: int = 1,
) -> ResponseFit:
    """Fit the parameters of `prior` to the arms; `fixed` holds every other one that `plan` names.

    Parameters
    ----------
    plan : KillPlan
    arms : sequence of FittedArm
        Each patient counted once.
    prior : FittedPrior
    fixed : mapping of str to float
    rng : numpy.random.Generator
        For starts and draws.
    particles, starts : int
        Posterior draws, and starts of the search.
    workers : int
        Threads.
    """

    def log_likelihood(working: Array) -> float:
        return arms_log_likelihood(plan, arms, {**fixed, **prior.natural(working)})

    points = [
        prior.mean + 0.5 * prior.sd * rng.standard_normal(len(prior.names)) * (i > 0)
        for i in range(starts)
    ]
    best = posterior_mode(plan, arms, prior, fixed, points)
    drawn = tempered_draws(log_likelihood, prior, rng, particles=particles, workers=workers)
    saturated = sum(binomial_log_likelihood(a.events, a.n, a.events / a.n) for a in arms)
    below = 0.5 * float(best.jac @ best.hess_inv @ best.jac)
    good = below < NEAR
    return ResponseFit(
        prior,
        best.x,
        drawn,
        log_likelihood(best.x),
        saturated,
        "converged" if good else "not_converged",
        ""
        if good
        else f"The search stopped about {below:.2g} below the mode of the log posterior.",
    )
