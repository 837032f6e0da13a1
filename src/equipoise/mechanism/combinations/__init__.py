"""Combinations: backbones with a drug and a partner, sweeps of days and doses. Exploratory."""

from equipoise.mechanism.combinations.arm_sets import ArmSet, arm_set
from equipoise.mechanism.combinations.interaction_excess import (
    bliss_excess,
    bliss_expected,
    highest_agent_excess,
)
from equipoise.mechanism.combinations.ranking import (
    CombinationCell,
    Interval,
    cells_frame,
    rank_combinations,
)
from equipoise.mechanism.combinations.regimen_changes import begun, scaled
from equipoise.mechanism.combinations.sweeps import (
    ResponseSurface,
    Sweep,
    SweepPlan,
    SweepPoint,
    dose_sweep,
    response_surface,
    start_day_sweep,
)

__all__ = [
    "ArmSet",
    "CombinationCell",
    "Interval",
    "ResponseSurface",
    "Sweep",
    "SweepPlan",
    "SweepPoint",
    "arm_set",
    "begun",
    "bliss_excess",
    "bliss_expected",
    "cells_frame",
    "dose_sweep",
    "highest_agent_excess",
    "rank_combinations",
    "response_surface",
    "scaled",
    "start_day_sweep",
]
