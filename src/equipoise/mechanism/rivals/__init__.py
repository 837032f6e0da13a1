"""Rivals: mechanisms weighed against each other, and what data can tell of their parameters."""

from equipoise.mechanism.rivals.effect_draws import (
    PredictedEffects,
    PredictedReadout,
    predicted_effects,
    predicted_readouts,
)
from equipoise.mechanism.rivals.evidence_density import evidence_log_density
from equipoise.mechanism.rivals.parameter_draws import ParameterRanges, parameter_ranges
from equipoise.mechanism.rivals.profiling import Profile, along, profile
from equipoise.mechanism.rivals.rival import Rival, read_rivals
from equipoise.mechanism.rivals.rival_evidence import RivalEvidence, read_rival_evidence
from equipoise.mechanism.rivals.rival_weights import RivalWeights, weigh_rivals
from equipoise.mechanism.rivals.study_likelihood import WindowAssumptions, study_log_likelihood
from equipoise.mechanism.rivals.systemic_density import systemic_log_density
from equipoise.mechanism.rivals.systemic_fit import (
    SystemicFit,
    SystemicTarget,
    fit_systemic,
    systemic_arm,
)
from equipoise.mechanism.rivals.window_trial import WindowTrials, window_trials

__all__ = [
    "ParameterRanges",
    "PredictedEffects",
    "PredictedReadout",
    "Profile",
    "Rival",
    "RivalEvidence",
    "RivalWeights",
    "SystemicFit",
    "SystemicTarget",
    "WindowAssumptions",
    "WindowTrials",
    "along",
    "evidence_log_density",
    "fit_systemic",
    "parameter_ranges",
    "predicted_effects",
    "predicted_readouts",
    "profile",
    "read_rival_evidence",
    "read_rivals",
    "study_log_likelihood",
    "systemic_arm",
    "systemic_log_density",
    "weigh_rivals",
    "window_trials",
]
