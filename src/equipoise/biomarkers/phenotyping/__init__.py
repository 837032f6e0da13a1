"""Phenotyping: what a tumour is, from pathology and from expression, and how sure that is."""

from equipoise.biomarkers.phenotyping.assay import Assay, read_assay, shipped_assays
from equipoise.biomarkers.phenotyping.classifier_file import CentroidClassifier, read_classifier
from equipoise.biomarkers.phenotyping.cohort_selection import ReceptorCount
from equipoise.biomarkers.phenotyping.input_matrix import ClassifierInput, classifier_input
from equipoise.biomarkers.phenotyping.label_circularity import Circularity, circular_label
from equipoise.biomarkers.phenotyping.nearest_centroid import Subtypes, subtypes
from equipoise.biomarkers.phenotyping.normal_mixture import (
    NormalMixture,
    fit_mixture,
    probability_positive,
)
from equipoise.biomarkers.phenotyping.pathology import (
    Phenotype,
    phenotype,
    phenotype_table,
    to_frame,
)
from equipoise.biomarkers.phenotyping.reading import Remark
from equipoise.biomarkers.phenotyping.relapse_scores import recurrence_risk
from equipoise.biomarkers.phenotyping.stored_mixture import (
    ExpressionStatus,
    MixtureReference,
    expression_status,
    read_mixtures,
)

__all__ = [
    "Assay",
    "CentroidClassifier",
    "Circularity",
    "ClassifierInput",
    "ExpressionStatus",
    "MixtureReference",
    "NormalMixture",
    "Phenotype",
    "ReceptorCount",
    "Remark",
    "Subtypes",
    "circular_label",
    "classifier_input",
    "expression_status",
    "fit_mixture",
    "phenotype",
    "phenotype_table",
    "probability_positive",
    "read_assay",
    "read_classifier",
    "read_mixtures",
    "recurrence_risk",
    "shipped_assays",
    "subtypes",
    "to_frame",
]
