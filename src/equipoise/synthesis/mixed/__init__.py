"""The general linear mixed model with known sampling covariances."""

from equipoise.synthesis.mixed.coefficient_inference import ContrastEstimate, OmnibusTest
from equipoise.synthesis.mixed.dependent_effects import multilevel, multivariate
from equipoise.synthesis.mixed.mixed_fit import MixedFit
from equipoise.synthesis.mixed.mixed_model import fit_mixed
from equipoise.synthesis.mixed.profile_intervals import ProfileInterval, profile_interval
from equipoise.synthesis.mixed.random_structures import Correlated, Groups
from equipoise.synthesis.mixed.regression import meta_regression
from equipoise.synthesis.mixed.regression_result import Prediction, RegressionResult
from equipoise.synthesis.mixed.sampling_covariance import (
    block_covariance,
    shared_control_covariance,
)
from equipoise.synthesis.mixed.subgroup_models import SubgroupSynthesis, subgroup_synthesis

__all__ = [
    "ContrastEstimate",
    "Correlated",
    "Groups",
    "MixedFit",
    "OmnibusTest",
    "Prediction",
    "ProfileInterval",
    "RegressionResult",
    "SubgroupSynthesis",
    "block_covariance",
    "fit_mixed",
    "meta_regression",
    "multilevel",
    "multivariate",
    "profile_interval",
    "shared_control_covariance",
    "subgroup_synthesis",
]
