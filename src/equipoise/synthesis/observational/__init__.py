"""What cohorts show, and what their design alone would show."""

from equipoise.synthesis.observational.confounding import EValue, e_value
from equipoise.synthesis.observational.delay_search import SufficientDelay, sufficient_delay
from equipoise.synthesis.observational.discounting import (
    Discounted,
    LogEffect,
    NeededBias,
    discount,
    needed_bias,
    sweep_discounts,
)
from equipoise.synthesis.observational.immortal_time import (
    DesignResult,
    ImmortalTime,
    simulate_immortal_time,
)
from equipoise.synthesis.observational.start_times import (
    Scenario,
    expected_landmark,
    expected_naive,
    expected_ratios,
)

__all__ = [
    "DesignResult",
    "Discounted",
    "EValue",
    "ImmortalTime",
    "LogEffect",
    "NeededBias",
    "Scenario",
    "SufficientDelay",
    "discount",
    "e_value",
    "expected_landmark",
    "expected_naive",
    "expected_ratios",
    "needed_bias",
    "simulate_immortal_time",
    "sufficient_delay",
    "sweep_discounts",
]
