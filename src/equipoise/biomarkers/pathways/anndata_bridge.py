"""To and from AnnData, and gene sets as decoupler takes them (extra `expression`).

decoupler itself is not installed with equipoise: it needs a network as a data frame and an AnnData
object, and leaves its scores in ``obsm``; both are here.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from equipoise.biomarkers.pathways.activity import PathwayActivity
from equipoise.biomarkers.pathways.expression import ExpressionMatrix, expression_matrix
from equipoise.biomarkers.pathways.expression_scale import Scale
from equipoise.biomarkers.pathways.gene_axis import Duplicates
from equipoise.biomarkers.pathways.gene_sets import GeneSets
from equipoise.errors import InputError, MissingExtraError, Problem


def matrix_from_anndata(
    adata: Any,
    *,
    layer: str = "",
    scale: Scale = "unknown",
    duplicates: Duplicates = "refuse",
    without_genes: Collection[str] = (),
    without_samples: Collection[str] = (),
) -> ExpressionMatrix:
    """Check the matrix of an AnnData object and return it; see `expression_matrix`.

    Parameters
    ----------
    adata : anndata.AnnData
        Observations are samples, variables are genes; a sparse matrix is filled with zeros.
    layer : str
        Name of a layer; empty for ``X``.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    InputError
        If the object is no AnnData, or has no such layer or no ``X``.
    """
    anndata = _anndata("reading AnnData")
    if not isinstance(adata, anndata.AnnData):
        shown = type(adata).__name__
        action = "Read the file with anndata.read_h5ad first."
        raise InputError([Problem("AnnData", "", "", shown, "an AnnData object", action)])
    if layer and layer not in adata.layers:
        allowed = ", ".join(adata.layers) or "none: use X"
        raise InputError([Problem("AnnData", "", "layer", layer, allowed, "Choose one.")])
    values = adata.layers[layer] if layer else adata.X
    if values is None:
        raise InputError([Problem("AnnData", "", "X", "nothing", "a matrix", "Name a layer.")])
    dense = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
    return expression_matrix(
        dense,
        [str(name) for name in adata.var_names],
        [str(name) for name in adata.obs_names],
        scale=scale,
        duplicates=duplicates,
        without_genes=without_genes,
        without_samples=without_samples,
        name="AnnData",
    )


def to_anndata(matrix: ExpressionMatrix, *activities: PathwayActivity) -> Any:
    """Return an AnnData object with the matrix in ``X`` and scores in ``obsm["score_<method>"]``.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    InputError
        If scores are of other samples, or two of one method.
    """
    anndata = _anndata("writing AnnData")
    methods = [activity.method for activity in activities]
    problems = [
        Problem("AnnData", activity.method, "samples", "others", "those of the matrix", "Score it.")
        for activity in activities
        if activity.samples != matrix.samples
    ]
    if len(set(methods)) < len(methods):
        shown = ", ".join(methods)
        problems.append(Problem("AnnData", "", "method", shown, "each once", "Pass one of each."))
    if problems:
        raise InputError(problems)
    return anndata.AnnData(
        X=matrix.values,
        obs=pd.DataFrame(index=pd.Index(matrix.samples, dtype=str)),
        var=pd.DataFrame(index=pd.Index(matrix.genes, dtype=str)),
        obsm={f"score_{a.method}": a.to_frame().rename_axis(None) for a in activities},
    )


def decoupler_network(gene_sets: GeneSets) -> pd.DataFrame:
    """Return the sets as decoupler's network: one row a gene, columns source, target, weight.

    Needs no extra. ``decoupler.mt.ulm(adata, network, tmin=2, empty=False)`` then gives the
    scores of `ulm`.
    """
    rows = [
        (gene_set.name, gene, weight)
        for gene_set in gene_sets.sets
        for gene, weight in zip(gene_set.genes, gene_set.weights, strict=True)
    ]
    return pd.DataFrame(rows, columns=["source", "target", "weight"])


def _anndata(needed_for: str) -> Any:
    try:
        return importlib.import_module("anndata")
    except ImportError as error:
        raise MissingExtraError("expression", needed_for) from error
