"""Numbers of a pool on the natural scale, as they are shown everywhere."""

from __future__ import annotations

import math

from equipoise.estimate import scale_of, to_natural
from equipoise.report.number_text import with_interval
from equipoise.report.words import Triple
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.pooling import PooledEffect

LEAST_FOR_PREDICTION = 3
"""A prediction interval has k - 2 degrees of freedom in the older rule: below three, none."""


def pool_numbers(outcome: OutcomeSynthesis) -> Triple:
    """Pooled estimate and interval; those of the one trial where only one contributes."""
    pooled = outcome.pooled
    if pooled.k == 1 and len(outcome.contributions) == 1:
        return outcome.contributions[0].estimate.interval(pooled.level)
    value, low, high = (
        to_natural(outcome.measure, x) for x in (pooled.estimate, pooled.ci_low, pooled.ci_high)
    )
    return value, low, high


def prediction_numbers(measure: str, pooled: PooledEffect) -> tuple[float, float]:
    """Prediction interval on the natural scale; NaN below three trials."""
    if pooled.k < LEAST_FOR_PREDICTION:
        return math.nan, math.nan
    return to_natural(measure, pooled.prediction_low), to_natural(measure, pooled.prediction_high)


def prediction_is_interval(pooled: PooledEffect) -> bool:
    """Say whether the prediction interval only repeats the interval, the spread being zero."""
    return pooled.tau2 == 0 and math.isclose(
        pooled.prediction_low, pooled.ci_low, rel_tol=1e-6, abs_tol=1e-9
    )


def in_points(measure: str, numbers: Triple) -> Triple:
    """Show a risk difference in percentage points; every other measure as it is."""
    if measure != "RD":
        return numbers
    value, low, high = (100.0 * x for x in numbers)
    return value, low, high


def effect_text(measure: str, numbers: Triple, decimals: int) -> str:
    """Write an effect with its interval, a risk difference in percentage points."""
    if measure == "RD":
        return f"{with_interval(*in_points(measure, numbers), 'difference', 1)} points"
    return with_interval(*numbers, scale_of(measure), decimals)
