"""Predict arms that the fit never saw, and each fitted arm from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.calibration.kill_integrals import (
    KillIntegrals,
    mixed_rate,
    response_rates,
)
from equipoise.mechanism.calibration.kill_plan import KillPlan
from equipoise.mechanism.calibration.response_fit import (
    FittedArm,
    ResponseFit,
    posterior_mode,
    predicted_rates,
)
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.synthesis.arrays import Array

PERCENTILES = (2.5, 50.0, 97.5)


@dataclass(frozen=True)
class PredictedArm:
    """One arm: what was printed beside what the model says.

    Attributes
    ----------
    target : str
        Id of the row.
    observed, low, high : float
        Share printed and its Wilson interval.
    predicted, predicted_low, predicted_high : float
        Median and central 95 % of the expected share over the posterior of the coefficients.
    sampled_low, sampled_high : float
        Central 95 % of the share that a trial of this size would print (posterior predictive).
    inside : bool
        Whether the predicted share lies in the printed interval.
    covered : bool
        Whether the printed share lies in the posterior predictive interval.
    left_out : float
        Share predicted by a fit without this arm; NaN where the arm was not fitted.
    """

    target: str
    observed: float
    low: float
    high: float
    predicted: float
    predicted_low: float
    predicted_high: float
    sampled_low: float
    sampled_high: float
    inside: bool
    covered: bool
    left_out: float


def predicted_arm(
    plan: KillPlan,
    integrals: KillIntegrals,
    target: ResponseTarget,
    definition: str,
    stratum_share: float,
    thetas: Sequence[Mapping[str, float]],
    rng: np.random.Generator,
    left_out: float = float("nan"),
) -> PredictedArm:
    """Predict one arm for every posterior draw in `thetas`."""
    rates = np.array(
        [
            mixed_rate(response_rates(plan, integrals, theta, definition), stratum_share)
            for theta in thetas
        ]
    )
    low, high = target.interval
    size = target.n or 0
    sampled = rng.binomial(size, rates) / size if size else rates
    inner = np.percentile(rates, PERCENTILES)
    outer = np.percentile(sampled, PERCENTILES)
    return PredictedArm(
        target.id,
        target.observed,
        low,
        high,
        float(inner[1]),
        float(inner[0]),
        float(inner[2]),
        float(outer[0]),
        float(outer[2]),
        bool(low <= inner[1] <= high),
        bool(outer[0] <= target.observed <= outer[2]),
        left_out,
    )


def leave_one_out(
    plan: KillPlan,
    arms: Sequence[FittedArm],
    fit: ResponseFit,
    fixed: Mapping[str, float],
) -> Array:
    """Share of each arm predicted at the mode of a fit to the other arms, (len(arms),)."""
    found = np.empty(len(arms))
    for i, arm in enumerate(arms):
        others = [other for j, other in enumerate(arms) if j != i]
        mode = posterior_mode(plan, others, fit.prior, fixed, [fit.mode])
        theta = {**fixed, **fit.prior.natural(mode.x)}
        found[i] = predicted_rates(plan, [arm], theta)[0]
    return found
