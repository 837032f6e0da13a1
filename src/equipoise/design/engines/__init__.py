"""Engines: simulated trials, in chunks that anybody may compute."""

from equipoise.design.engines.binary_trials import BinaryTrial, binary_trial, patients_at_looks
from equipoise.design.engines.canonical_trials import CanonicalTrial, canonical_trial
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.engines.grid import run_grid
from equipoise.design.engines.stopping import Bounds, bounds
from equipoise.design.engines.survival_plans import SurvivalPlan, survival_plan
from equipoise.design.engines.survival_trials import SurvivalTrial, survival_trial
from equipoise.design.engines.tally import Moments, MonteCarlo, Tally

__all__ = [
    "BinaryTrial",
    "Bounds",
    "CanonicalTrial",
    "Moments",
    "MonteCarlo",
    "SurvivalPlan",
    "SurvivalTrial",
    "Tally",
    "binary_trial",
    "bounds",
    "canonical_trial",
    "patients_at_looks",
    "run_chunks",
    "run_grid",
    "survival_plan",
    "survival_trial",
]
