"""Sensitivity: what an effect rests on, what must be true for it, which marker would tell."""

from equipoise.mechanism.sensitivity.arm_difference import (
    DifferenceIndices,
    FactorIndices,
    arm_difference_indices,
)
from equipoise.mechanism.sensitivity.arm_simulation import (
    ArmOutcomes,
    OutcomeSetting,
    arm_outcomes,
    integral_days,
    sensitivity_scores,
)
from equipoise.mechanism.sensitivity.assumptions import assumed_behind, parameters_behind
from equipoise.mechanism.sensitivity.cell_experiments import CellExperiment, read_cell_experiments
from equipoise.mechanism.sensitivity.effect_scales import (
    log_hazard_ratio,
    log_odds_ratio,
    mean_response,
)
from equipoise.mechanism.sensitivity.gain_of_model import ModelGain, model_gain
from equipoise.mechanism.sensitivity.interaction_size import (
    interaction_variance,
    patients_for_interaction,
)
from equipoise.mechanism.sensitivity.marker_split import (
    MarkerSplits,
    MarkerStatus,
    RivalOutcomes,
    RivalSeparation,
    SplitEffect,
    split_effects,
)
from equipoise.mechanism.sensitivity.needed_gain import (
    CellMark,
    DriveBand,
    DriveTerm,
    ExposureBand,
    IsoEffects,
    IsoLine,
    NeededGain,
    iso_effects,
    total_drive,
)
from equipoise.mechanism.sensitivity.typical_values import (
    Factor,
    RangeFactor,
    UncertainFactor,
    uncertain_factors,
    with_coefficients,
    with_typical_values,
)

__all__ = [
    "ArmOutcomes",
    "CellExperiment",
    "CellMark",
    "DifferenceIndices",
    "DriveBand",
    "DriveTerm",
    "ExposureBand",
    "Factor",
    "FactorIndices",
    "IsoEffects",
    "IsoLine",
    "MarkerSplits",
    "MarkerStatus",
    "ModelGain",
    "NeededGain",
    "OutcomeSetting",
    "RangeFactor",
    "RivalOutcomes",
    "RivalSeparation",
    "SplitEffect",
    "UncertainFactor",
    "arm_difference_indices",
    "arm_outcomes",
    "assumed_behind",
    "integral_days",
    "interaction_variance",
    "iso_effects",
    "log_hazard_ratio",
    "log_odds_ratio",
    "mean_response",
    "model_gain",
    "parameters_behind",
    "patients_for_interaction",
    "read_cell_experiments",
    "sensitivity_scores",
    "split_effects",
    "total_drive",
    "uncertain_factors",
    "with_coefficients",
    "with_typical_values",
]
