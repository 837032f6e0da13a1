"""Stored samples of finished trials: what determining a phenotype there would tell."""

from equipoise.design.stored.finished_trial import ACCESS, FinishedTrial
from equipoise.design.stored.interaction_tables import SimulatedPower, simulate_pooled_tables
from equipoise.design.stored.released_information import (
    Pooled,
    Release,
    Truth,
    by_worth,
    pool_releases,
    release,
)

__all__ = [
    "ACCESS",
    "FinishedTrial",
    "Pooled",
    "Release",
    "SimulatedPower",
    "Truth",
    "by_worth",
    "pool_releases",
    "release",
    "simulate_pooled_tables",
]
