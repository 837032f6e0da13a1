"""Adaptive enrichment and other biomarker designs: simulated, tested, estimated."""

from equipoise.design.enrichment.corrected import corrected_effects
from equipoise.design.enrichment.plan import EnrichmentPlan, enrichment_plan
from equipoise.design.enrichment.populations import Nested, nested, stage_patients
from equipoise.design.enrichment.rates import RateEndpoint, rate_endpoint
from equipoise.design.enrichment.strata_statistics import (
    NormalEndpoint,
    normal_endpoint,
    survival_endpoint,
)
from equipoise.design.enrichment.survival_patients import SurvivalEnrichment
from equipoise.design.enrichment.survival_settings import SurvivalSetting, survival_setting
from equipoise.design.enrichment.trials import EnrichmentSimulation, EnrichmentTrials

__all__ = [
    "EnrichmentPlan",
    "EnrichmentSimulation",
    "EnrichmentTrials",
    "Nested",
    "NormalEndpoint",
    "RateEndpoint",
    "SurvivalEnrichment",
    "SurvivalSetting",
    "corrected_effects",
    "enrichment_plan",
    "nested",
    "normal_endpoint",
    "rate_endpoint",
    "stage_patients",
    "survival_endpoint",
    "survival_setting",
]
