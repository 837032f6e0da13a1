"""Score a matrix, or one that comes in blocks of samples, by any of the methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from equipoise.biomarkers.pathways.activity import PathwayActivity, join_samples
from equipoise.biomarkers.pathways.expression import ExpressionMatrix
from equipoise.biomarkers.pathways.gene_sets import GeneSets
from equipoise.biomarkers.pathways.linear_scores import mean_z, ulm
from equipoise.biomarkers.pathways.rank_scores import ALPHA, Ties, singscore, ssgsea
from equipoise.biomarkers.pathways.references import GeneReference
from equipoise.biomarkers.pathways.set_index import LEAST_COVERAGE, SetIndex, Thin, index_sets
from equipoise.errors import InputError, Problem

Method = Literal["ssgsea", "singscore", "ulm", "mean_z"]


def pathway_activity(
    expression: ExpressionMatrix | Iterable[ExpressionMatrix],
    gene_sets: GeneSets,
    method: Method = "ssgsea",
    *,
    alpha: float = ALPHA,
    ties: Ties = "order",
    reference: GeneReference | None = None,
    thin_sets: Thin = "refuse",
    least_coverage: float = LEAST_COVERAGE,
) -> PathwayActivity:
    """Return the raw score of each sample for each gene set.

    Parameters
    ----------
    expression : ExpressionMatrix or iterable of them
        Blocks of samples of the same genes, for instance from `expression_blocks`; one block is
        held at a time.
    gene_sets : GeneSets
    method : {"ssgsea", "singscore", "ulm", "mean_z"}
    alpha, ties
        Of `ssgsea`.
    reference : GeneReference
        Of `mean_z`, which needs one.
    thin_sets, least_coverage
        What to do with sets of which too few genes are there; see `index_sets`.

    Raises
    ------
    InputError
        See the functions of the methods, `index_sets` and the readers.
    """
    _refuse_options(method, reference)
    blocks = [expression] if isinstance(expression, ExpressionMatrix) else expression
    index: SetIndex | None = None
    parts = []
    for block in blocks:
        if index is None:
            index = index_sets(
                gene_sets,
                block.genes,
                thin_sets=thin_sets,
                least_coverage=least_coverage,
                file=block.name,
            )
        _refuse_other_genes(block, index)
        if method == "ssgsea":
            parts.append(ssgsea(block, index, alpha=alpha, ties=ties))
        elif method == "singscore":
            parts.append(singscore(block, index))
        elif method == "ulm":
            parts.append(ulm(block, index))
        elif reference is not None:
            parts.append(mean_z(block, index, reference))
        del block  # so that the next one is read into memory that is free
    return join_samples(parts)


def _refuse_options(method: str, reference: GeneReference | None) -> None:
    allowed = get_args(Method)
    if method not in allowed:
        problem = Problem("", "", "method", repr(method), ", ".join(allowed), "Choose one.")
        raise InputError([problem])
    if method == "mean_z" and reference is None:
        action = "Make one with gene_reference from a cohort, and keep it."
        allowed_text = "a stored reference of gene means and deviations"
        raise InputError([Problem("", "", "reference", "none", allowed_text, action)])


def _refuse_other_genes(block: ExpressionMatrix, index: SetIndex) -> None:
    if block.genes != index.genes:
        action = "Blocks must hold the same genes in the same order."
        raise InputError([Problem(block.name, "", "genes", "others", "as in block 1", action)])
