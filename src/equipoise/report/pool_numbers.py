"""Numbers of a pool on the natural scale, as they are shown everywhere."""

from __future__ import annotations

import math

from equipoise.estimate import scale_of
from equipoise.synthesis.by_outcome import OutcomeSynthesis


def to_natural(measure: str, value: float) -> float:
    """Bring a number of a measure from the analysis scale to the natural one."""
    if scale_of(measure) != "ratio":
        return value
    return math.exp(value) if value < 700 else math.inf


def pool_numbers(outcome: OutcomeSynthesis) -> tuple[float, float, float]:
    """Pooled estimate and interval; those of the one trial where only one contributes."""
    pooled = outcome.pooled
    if pooled.k == 1 and len(outcome.contributions) == 1:
        return outcome.contributions[0].estimate.interval(pooled.level)
    value, low, high = (
        to_natural(outcome.measure, x) for x in (pooled.estimate, pooled.ci_low, pooled.ci_high)
    )
    return value, low, high


def prediction_numbers(outcome: OutcomeSynthesis) -> tuple[float, float]:
    """Prediction interval; NaN where there is none."""
    pooled = outcome.pooled
    return (
        to_natural(outcome.measure, pooled.prediction_low),
        to_natural(outcome.measure, pooled.prediction_high),
    )
