"""Scores that read expression itself: the univariate linear model and the mean of z values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.biomarkers.pathways.activity import PathwayActivity
from equipoise.biomarkers.pathways.expression import ExpressionMatrix
from equipoise.biomarkers.pathways.expression_scale import on_log_scale
from equipoise.biomarkers.pathways.references import GeneReference
from equipoise.biomarkers.pathways.set_index import SetIndex
from equipoise.errors import InputError, Problem
from equipoise.synthesis.compiled import kernel

METHOD_CITES = {"ulm": ("badia2022", "schubert2018"), "mean_z": ("lee2008",)}

Array = NDArray[np.float64]
SMALLEST = 4.84e-32
"""Square of 2.2e-16: a sample that is the weights themselves has a large score, not an infinite."""


def ulm(matrix: ExpressionMatrix, index: SetIndex) -> PathwayActivity:
    r"""Score each sample by the t value of its genes' expression on the weights of a set.

    Over the n genes of the matrix, with weight w = 0 outside the set, and their correlation
    :math:`\rho` with the expression of the sample,

    .. math:: t = \rho \sqrt{\frac{n - 2}{(1 - \rho)(1 + \rho)}}

    Genes are not independent, so t is a score and its P value would mean nothing; none is given.

    Parameters
    ----------
    matrix : ExpressionMatrix
        On a log scale, or on one that can be brought there; n is its number of genes.
    index : SetIndex

    References
    ----------
    Badia-i-Mompel 2022, doi:10.1093/bioadv/vbac016 (decoupler); the PROGENy weights it is mostly
    used with, Schubert 2018, doi:10.1038/s41467-017-02391-6.
    """
    values, said = on_log_scale(matrix.values, matrix.scale, "ulm", matrix.name)
    n = len(matrix.genes)
    if n < 3:
        raise InputError([Problem(matrix.name, "", "genes", str(n), "3 at least", "Pass more.")])
    rho = np.empty((len(matrix.samples), len(index.coverage)))
    _correlations(values, index.starts, index.members, index.weights, rho)
    scores = rho * np.sqrt((n - 2) / np.maximum((1 - rho) * (1 + rho), SMALLEST))
    return _activity("ulm", matrix, index, scores, said)


def mean_z(matrix: ExpressionMatrix, index: SetIndex, reference: GeneReference) -> PathwayActivity:
    r"""Score each sample by the mean distance of a set's genes from a stored reference.

    .. math:: \frac{\sum_S w_g (x_g - m_g) / s_g}{\sum_S |w_g|}

    with mean :math:`m_g` and standard deviation :math:`s_g` of the gene in the reference. (Lee
    2008 multiplies by the root of the number of genes, which makes large sets vary more.)

    Raises
    ------
    InputError
        If the reference is of another scale, lacks genes of the sets, or a gene does not vary.

    References
    ----------
    Lee 2008, doi:10.1371/journal.pcbi.1000217.
    """
    values, said = on_log_scale(matrix.values, matrix.scale, "mean_z", matrix.name)
    if reference.scale != matrix.scale:
        action = "Take a reference made from values of the same kind."
        raise InputError(
            [Problem(reference.name, "", "scale", reference.scale, matrix.scale, action)]
        )
    used = np.unique(index.members)
    means, deviations = reference.of([matrix.genes[i] for i in used])
    z = (values[:, used] - means) / deviations
    members = np.searchsorted(used, index.members)
    sums = weighted_sums(z, index.starts, members, index.weights)
    scores = sums / np.add.reduceat(np.abs(index.weights), index.starts[:-1])
    return _activity("mean_z", matrix, index, scores, said, reference.name)


@kernel
def _correlations(
    values: Array,
    starts: NDArray[np.int64],
    members: NDArray[np.int64],
    weights: Array,
    rho: Array,
) -> None:
    """Correlation of each sample with the weights of each set, 0 outside it, over all genes."""
    n = values.shape[1]
    for i in range(values.shape[0]):
        mean = values[i].mean()
        spread = 0.0
        for g in range(n):
            spread += (values[i, g] - mean) ** 2
        for j in range(starts.size - 1):
            total = 0.0
            squares = 0.0
            product = 0.0
            for m in range(starts[j], starts[j + 1]):
                total += weights[m]
                squares += weights[m] ** 2
                product += weights[m] * (values[i, members[m]] - mean)
            rho[i, j] = product / np.sqrt(spread * (squares - total * total / n))


@kernel
def _weighted_sums(
    values: Array,
    starts: NDArray[np.int64],
    members: NDArray[np.int64],
    weights: Array,
    sums: Array,
) -> None:
    for i in range(values.shape[0]):
        for j in range(starts.size - 1):
            total = 0.0
            for m in range(starts[j], starts[j + 1]):
                total += weights[m] * values[i, members[m]]
            sums[i, j] = total


def weighted_sums(
    values: Array, starts: NDArray[np.int64], members: NDArray[np.int64], weights: Array
) -> Array:
    """Sum weight times value over each set's genes: (samples, sets)."""
    sums = np.empty((values.shape[0], starts.size - 1))
    _weighted_sums(values, starts, members.astype(np.int64), weights, sums)
    return sums


def _activity(
    method: str,
    matrix: ExpressionMatrix,
    index: SetIndex,
    scores: Array,
    said: tuple[str, ...],
    normalised: str = "",
) -> PathwayActivity:
    return PathwayActivity(
        method,
        (),
        matrix.samples,
        scores,
        index.coverage,
        len(matrix.genes),
        index.sets_sha256,
        normalised,
        (*matrix.remarks, *index.remarks, *said),
        METHOD_CITES[method],
    )
