"""Individual data: whom a treatment helps more, asked of one's own patients."""

from equipoise.biomarkers.individual.benefit_calibration import (
    BenefitCalibration,
    calibrate_benefit,
)
from equipoise.biomarkers.individual.benefit_model import (
    BenefitModel,
    BenefitPlan,
    fit_benefit,
)
from equipoise.biomarkers.individual.cross_fitting import (
    CrossFitted,
    cross_fit,
    cross_fitted_benefit,
)
from equipoise.biomarkers.individual.marker_interaction import (
    MarkerInteraction,
    interaction_of_marker,
)
from equipoise.biomarkers.individual.naive_learner import gap_between_halves, naive_benefit
from equipoise.biomarkers.individual.net_benefit_curve import NetBenefit, net_benefit
from equipoise.biomarkers.individual.null_trials import NullGap, null_gaps
from equipoise.biomarkers.individual.optimism import Optimism, corrected_for_optimism
from equipoise.biomarkers.individual.patient_table import PatientTable, read_patient_table
from equipoise.biomarkers.individual.rank_weighted_effects import (
    BenefitCurve,
    RankWeightedEffect,
    benefit_curve,
    rank_weighted_effect,
)
from equipoise.biomarkers.individual.sliding_windows import WindowedEffects, windowed_effects
from equipoise.biomarkers.individual.weighted_scores import (
    BenefitScores,
    benefit_scores,
    pseudo_observations,
)

__all__ = [
    "BenefitCalibration",
    "BenefitCurve",
    "BenefitModel",
    "BenefitPlan",
    "BenefitScores",
    "CrossFitted",
    "MarkerInteraction",
    "NetBenefit",
    "NullGap",
    "Optimism",
    "PatientTable",
    "RankWeightedEffect",
    "WindowedEffects",
    "benefit_curve",
    "benefit_scores",
    "calibrate_benefit",
    "corrected_for_optimism",
    "cross_fit",
    "cross_fitted_benefit",
    "fit_benefit",
    "gap_between_halves",
    "interaction_of_marker",
    "naive_benefit",
    "net_benefit",
    "null_gaps",
    "pseudo_observations",
    "rank_weighted_effect",
    "read_patient_table",
    "windowed_effects",
]
