"""ssGSEA and singscore: scores that read only the ranks of the genes within a sample.

Any increasing transformation of a sample leaves both as they are, so the scale of the matrix does
not matter, but which genes it holds does: they are the background.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from equipoise.biomarkers.pathways.activity import PathwayActivity
from equipoise.biomarkers.pathways.expression import ExpressionMatrix
from equipoise.biomarkers.pathways.expression_scale import looks_like
from equipoise.biomarkers.pathways.rank_kernels import mean_rank_kernel, ssgsea_kernel
from equipoise.biomarkers.pathways.set_index import SetIndex
from equipoise.errors import InputError, Problem

METHOD_CITES = {"ssgsea": ("barbie2009", "hanzelmann2013"), "singscore": ("foroutan2018",)}

Ties = Literal["order", "average"]
BLOCK = 64
"""Samples sorted at a time: ranks of 20,000 genes then stay near the processor (10 MB)."""
ALPHA = 0.25
"""Barbie 2009; the weight of the rank in the walk inside the set."""
MANY_TIES = 0.1
"""With a tenth of the genes tied, the order of the genes is part of the score."""
TIED = (
    "Many genes of a sample share one value (zeros, mostly), and ties were broken by the order of "
    'the genes, as GSVA does: ties="average" does not depend on it.'
)

LONG_GENES = "Ranks of raw counts favour long genes; prefer TPM or FPKM."


def ssgsea(
    matrix: ExpressionMatrix, index: SetIndex, *, alpha: float = ALPHA, ties: Ties = "order"
) -> PathwayActivity:
    r"""Score each sample by single-sample gene set enrichment, raw.

    With n genes, rank :math:`r_g` of gene g (1 the lowest) and a set S of k genes, the area
    between the two walks down the ranking is, in closed form,

    .. math:: \frac{\sum_S r_g^\alpha r_g}{\sum_S r_g^\alpha}
              - \frac{n(n+1)/2 - \sum_S r_g}{n - k}

    because a gene at rank r is passed by r of the n steps that are added up.

    Parameters
    ----------
    matrix : ExpressionMatrix
    index : SetIndex
        Made by `index_sets` for the genes of `matrix`.
    alpha : float
        At least 0.
    ties : {"order", "average"}
        Tied genes: their mean rank, rounded down, as the weight and their order in the matrix as
        the place, which is what the Bioconductor package GSVA does; or the mean rank as both,
        which does not depend on the order of the genes. Without ties the two are the same.

    Returns
    -------
    PathwayActivity
        Not divided by a range: see `normalise`.

    Raises
    ------
    InputError
        If a set has genes that count downwards, which this score cannot read.

    References
    ----------
    Barbie 2009, doi:10.1038/nature08460; Haenzelmann 2013, doi:10.1186/1471-2105-14-7.
    """
    _refuse_options(alpha, ties)
    _refuse_signed(index)
    n = len(matrix.genes)
    powers = (np.arange(2 * n + 1) / 2.0) ** alpha
    scores = np.empty((len(matrix.samples), len(index.coverage)))
    most = 0.0
    for start in range(0, len(matrix.samples), BLOCK):
        values = matrix.values[start : start + BLOCK]
        order = np.argsort(values, axis=1)
        block = scores[start : start + BLOCK]
        tied = ssgsea_kernel(
            values, order, powers, index.starts, index.members, ties == "average", block
        )
        most = max(most, tied / n)
    said = TIED if ties == "order" and most > MANY_TIES else ""
    return _activity("ssgsea", matrix, index, scores, (("alpha", alpha), ("ties", ties)), said)


def singscore(matrix: ExpressionMatrix, index: SetIndex) -> PathwayActivity:
    r"""Score each sample by the mean rank of a set's genes, between the least and the greatest.

    For the k genes that rise, with mean rank :math:`\bar r` among n (tied genes take the lowest),

    .. math:: \frac{\bar r - (k + 1)/2}{n - k} - \frac12

    from -1/2 (the set's genes are the lowest) to 1/2 (the highest). Genes with a negative weight
    are ranked from the top, scored alike, and the two are added: from -1 to 1. The size of a
    weight is not used.

    References
    ----------
    Foroutan 2018, doi:10.1186/s12859-018-2435-4.
    """
    n = len(matrix.genes)
    shape = (len(matrix.samples), len(index.coverage))
    scores = np.zeros(shape)
    means = np.empty((BLOCK, shape[1]))
    for sign in (1, -1):
        starts, members = index.of_sign(sign)
        if not members.size:
            continue
        k = np.diff(starts)
        for start in range(0, shape[0], BLOCK):
            values = matrix.values[start : start + BLOCK]
            order = np.argsort(values, axis=1)
            block = means[: len(values)]
            mean_rank_kernel(values, order, starts, members, sign < 0, block)
            part = (block - (k + 1) / 2) / (n - k) - 0.5
            scores[start : start + BLOCK] += np.where(k > 0, part, 0.0)
    return _activity("singscore", matrix, index, scores, ())


def _activity(
    method: str,
    matrix: ExpressionMatrix,
    index: SetIndex,
    scores: np.ndarray,
    parameters: tuple[tuple[str, float | str], ...],
    said: str = "",
) -> PathwayActivity:
    remarks = [*matrix.remarks, *index.remarks, *filter(None, [said])]
    if matrix.scale == "counts":
        remarks.append(LONG_GENES)
    if matrix.scale == "unknown" and looks_like(matrix.values) == "counts":
        remarks.append(f"Nobody said what the numbers are; they look like raw counts. {LONG_GENES}")
    return PathwayActivity(
        method,
        parameters,
        matrix.samples,
        scores,
        index.coverage,
        len(matrix.genes),
        index.sets_sha256,
        remarks=tuple(remarks),
        cites=METHOD_CITES[method],
    )


def _refuse_options(alpha: float, ties: str) -> None:
    problems = []
    if not 0.0 <= alpha <= 10.0:
        problems.append(Problem("", "", "alpha", repr(alpha), "0 to 10", "Use 0.25."))
    if ties not in ("order", "average"):
        problems.append(Problem("", "", "ties", repr(ties), "order, average", "Choose one."))
    if problems:
        raise InputError(problems)


def _refuse_signed(index: SetIndex) -> None:
    signed = [entry.gene_set.name for entry in index.coverage if entry.gene_set.signed]
    if signed:
        action = "Score these by ulm, singscore or mean_z, which know genes that fall."
        problem = Problem("", "", "sets", ", ".join(signed), "sets without direction", action)
        raise InputError([problem])
