"""An expression matrix that has passed its checks: samples in rows, genes side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.biomarkers.pathways.expression_scale import Scale, scale_problems
from equipoise.biomarkers.pathways.gene_axis import Duplicates, gene_axis
from equipoise.biomarkers.pathways.value_checks import sample_name_problems, value_problems
from equipoise.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ExpressionMatrix:
    """Expression of genes in samples. Made by `expression_matrix` and the readers.

    Attributes
    ----------
    genes : tuple of str
        Each once.
    samples : tuple of str
        Each once.
    values : array, (samples, genes)
        Finite; no sample is constant. Samples are rows, unlike most files, because a score is
        computed sample by sample.
    scale : {"unknown", "log", "linear", "counts"}
    name : str
        File or table name, for messages.
    remarks : tuple of str
        What was put in order on the way in.
    """

    genes: tuple[str, ...]
    samples: tuple[str, ...]
    values: Array
    scale: Scale = "unknown"
    name: str = "expression"
    remarks: tuple[str, ...] = ()


def expression_matrix(
    values: NDArray[np.floating],
    genes: Sequence[str],
    samples: Sequence[str],
    *,
    scale: Scale = "unknown",
    duplicates: Duplicates = "refuse",
    without_genes: Collection[str] = (),
    without_samples: Collection[str] = (),
    name: str = "expression",
) -> ExpressionMatrix:
    """Check a matrix and return it as an `ExpressionMatrix`.

    Parameters
    ----------
    values : array, (samples, genes)
    genes, samples : sequence of str
    scale : {"unknown", "log", "linear", "counts"}
        What the numbers are. Scores on ranks do not need it, the others refuse "unknown".
    duplicates : {"refuse", "mean"}
        What to do with a gene in several columns: an error, or their mean with a remark. Only
        ask for the mean of numbers on a log scale or of probes of one gene.
    without_genes, without_samples : collection of str
        Names to leave out, for instance genes with missing values.

    Raises
    ------
    InputError
        Missing or infinite values, constant samples, names given twice, a scale that the numbers
        contradict: all at once.
    """
    axis = gene_axis(genes, duplicates, without_genes, name)
    kept = np.array([sample not in without_samples for sample in samples], dtype=bool)
    names = tuple(str(s).strip() for s, keep in zip(samples, kept, strict=True) if keep)
    table = np.asarray(values, dtype=np.float64)
    if not kept.all():
        table = table[kept]
    table = np.ascontiguousarray(axis.apply(table))
    problems = [
        *axis.problems,
        *sample_name_problems(names, name),
        *value_problems(table, axis.genes, names, name),
    ]
    if not problems:
        problems = scale_problems(table, scale, names, name)
    if problems:
        raise InputError(problems)
    return ExpressionMatrix(axis.genes, names, table, scale, name, axis.remarks)


def matrix_from_frame(
    frame: pd.DataFrame,
    *,
    samples_in: Literal["columns", "rows"] = "columns",
    scale: Scale = "unknown",
    duplicates: Duplicates = "refuse",
    without_genes: Collection[str] = (),
    without_samples: Collection[str] = (),
    name: str = "expression",
) -> ExpressionMatrix:
    """Check a data frame with names in its index and columns; see `expression_matrix`."""
    table = frame.T if samples_in == "columns" else frame
    return expression_matrix(
        table.to_numpy(dtype=np.float64, na_value=np.nan),
        [str(gene) for gene in table.columns],
        [str(sample) for sample in table.index],
        scale=scale,
        duplicates=duplicates,
        without_genes=without_genes,
        without_samples=without_samples,
        name=name,
    )
