"""Time to an event: estimators, tests and reconstruction."""

from equipoise.synthesis.survival.mean_time import (
    RestrictedMean,
    RestrictedMeanDifference,
    restricted_mean,
    restricted_mean_kernel,
    rmst_difference,
)
from equipoise.synthesis.survival.product_limit import (
    KaplanMeier,
    SurvivalQuantile,
    kaplan_meier,
    median_survival,
    survival_at,
    survival_quantile,
)
from equipoise.synthesis.survival.proportional_hazards import CoxFit, cox
from equipoise.synthesis.survival.rank_test import LogRank, log_rank, log_rank_kernel
from equipoise.synthesis.survival.reconstruction import (
    ReconstructedData,
    reconstruct_individual_data,
)
from equipoise.synthesis.survival.risk_sets import life_table, two_arm_table
from equipoise.synthesis.survival.two_arm_hazard import (
    TwoArmHazard,
    cox_two_arm,
    cox_two_arm_kernel,
)

__all__ = [
    "CoxFit",
    "KaplanMeier",
    "LogRank",
    "ReconstructedData",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "SurvivalQuantile",
    "TwoArmHazard",
    "cox",
    "cox_two_arm",
    "cox_two_arm_kernel",
    "kaplan_meier",
    "life_table",
    "log_rank",
    "log_rank_kernel",
    "median_survival",
    "reconstruct_individual_data",
    "restricted_mean",
    "restricted_mean_kernel",
    "rmst_difference",
    "survival_at",
    "survival_quantile",
    "two_arm_table",
]
