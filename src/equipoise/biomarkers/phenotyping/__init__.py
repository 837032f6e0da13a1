"""Phenotyping: what a tumour is, from pathology and from expression, and how sure that is."""

from equipoise.biomarkers.phenotyping.assay import Assay, read_assay, shipped_assays
from equipoise.biomarkers.phenotyping.pathology import (
    Phenotype,
    phenotype,
    phenotype_table,
    to_frame,
)

__all__ = [
    "Assay",
    "Phenotype",
    "phenotype",
    "phenotype_table",
    "read_assay",
    "shipped_assays",
    "to_frame",
]
