"""Pathway activity from expression: gene sets as data, scores in closed form."""

from equipoise.biomarkers.pathways.activity import PathwayActivity, SetCoverage
from equipoise.biomarkers.pathways.anndata_bridge import (
    decoupler_network,
    matrix_from_anndata,
    to_anndata,
)
from equipoise.biomarkers.pathways.expression import (
    ExpressionMatrix,
    expression_matrix,
    matrix_from_frame,
)
from equipoise.biomarkers.pathways.expression_reading import expression_blocks, read_expression
from equipoise.biomarkers.pathways.gene_sets import GeneSet, GeneSets, content_hash
from equipoise.biomarkers.pathways.gmt_text import read_gmt
from equipoise.biomarkers.pathways.linear_scores import mean_z, ulm
from equipoise.biomarkers.pathways.rank_scores import singscore, ssgsea
from equipoise.biomarkers.pathways.references import (
    GeneReference,
    ScoreReference,
    gene_reference,
    normalise,
    read_reference,
    score_reference,
    write_reference,
)
from equipoise.biomarkers.pathways.scoring import pathway_activity
from equipoise.biomarkers.pathways.set_collections import read_collections
from equipoise.biomarkers.pathways.set_index import SetIndex, index_sets
from equipoise.biomarkers.pathways.weight_table import read_weights

__all__ = [
    "ExpressionMatrix",
    "GeneReference",
    "GeneSet",
    "GeneSets",
    "PathwayActivity",
    "ScoreReference",
    "SetCoverage",
    "SetIndex",
    "content_hash",
    "decoupler_network",
    "expression_blocks",
    "expression_matrix",
    "gene_reference",
    "index_sets",
    "matrix_from_anndata",
    "matrix_from_frame",
    "mean_z",
    "normalise",
    "pathway_activity",
    "read_collections",
    "read_expression",
    "read_gmt",
    "read_reference",
    "read_weights",
    "score_reference",
    "singscore",
    "ssgsea",
    "to_anndata",
    "ulm",
    "write_reference",
]
