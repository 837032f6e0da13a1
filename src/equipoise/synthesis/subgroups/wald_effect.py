"""An estimate with its normal interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.synthesis.intervals import critical_value, two_sided_p


@dataclass(frozen=True)
class WaldEffect:
    """An effect on the analysis scale with its normal interval and two-sided P."""

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float


def wald_effect(estimate: float, variance: float, confidence: float) -> WaldEffect:
    """Return `estimate -+ z se`; NaN where the variance is."""
    estimate, variance = float(estimate), float(variance)
    se = math.sqrt(variance) if variance >= 0.0 else math.nan
    half = critical_value(confidence) * se
    p_value = two_sided_p(estimate / se) if se > 0.0 else math.nan
    return WaldEffect(estimate, se, estimate - half, estimate + half, p_value)
