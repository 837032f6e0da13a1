"""Markers: who may benefit more, and how far to believe it."""

from equipoise.biomarkers.markers.adjusted_p_values import benjamini_hochberg, holm
from equipoise.biomarkers.markers.claim_results import (
    ClaimResult,
    assess_claim,
    assess_claims,
    believe,
)
from equipoise.biomarkers.markers.deviation_priors import Horseshoe, NormalSpread
from equipoise.biomarkers.markers.interaction_scales import (
    ScaleTest,
    risk_from_hazard_ratio,
    scale_tests,
)
from equipoise.biomarkers.markers.marker import Assay, Claim, Marker, Quantity
from equipoise.biomarkers.markers.marker_file import FILE as MARKERS_FILE
from equipoise.biomarkers.markers.marker_file import read_markers
from equipoise.biomarkers.markers.path_statement import (
    PathItem,
    PathRecord,
    path_record,
    sample_answer,
)
from equipoise.biomarkers.markers.subgroup_shrinkage import ShrunkenSubgroups, shrink_subgroups

__all__ = [
    "MARKERS_FILE",
    "Assay",
    "Claim",
    "ClaimResult",
    "Horseshoe",
    "Marker",
    "NormalSpread",
    "PathItem",
    "PathRecord",
    "Quantity",
    "ScaleTest",
    "ShrunkenSubgroups",
    "assess_claim",
    "assess_claims",
    "believe",
    "benjamini_hochberg",
    "holm",
    "path_record",
    "read_markers",
    "risk_from_hazard_ratio",
    "sample_answer",
    "scale_tests",
    "shrink_subgroups",
]
