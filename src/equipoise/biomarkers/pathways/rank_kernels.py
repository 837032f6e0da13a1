"""Ranks of a sample's genes and the two scores that need nothing else, compiled.

A sample is a row, so that its genes lie side by side. Sorting is NumPy's, which uses the vector
unit of the processor; all that follows is linear in the number of genes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.compiled import kernel, part

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@part
def _tied_ranks(values: Array, order: Ints, lowest: Ints, highest: Ints) -> int:
    """Fill the lowest and the highest rank (from 1) of a gene's ties; count the tied genes."""
    n = order.size
    tied = 0
    start = 0
    while start < n:
        value = values[order[start]]
        stop = start + 1
        while stop < n and values[order[stop]] == value:
            stop += 1
        if stop - start > 1:
            tied += stop - start
        for i in range(start, stop):
            lowest[order[i]] = start + 1
            highest[order[i]] = stop
        start = stop
    return tied


@part
def _positions_in_order(lowest: Ints, highest: Ints, seen: Ints, position: Ints) -> None:
    """Break ties by the order of the genes: of tied genes, the first takes the highest place."""
    seen[:] = 0
    for i in range(lowest.size):
        group = lowest[i] - 1
        position[i] = highest[i] - seen[group]
        seen[group] += 1


@kernel
def ssgsea_kernel(
    values: Array,
    order: Ints,
    powers: Array,
    starts: Ints,
    members: Ints,
    average_ties: bool,
    scores: Array,
) -> int:
    """Write ssGSEA scores of a block of samples into `scores`, (samples, sets).

    Returns the largest number of tied genes in a sample.

    `order` is ``argsort(values, axis=1)``; ``powers[2 r]`` is r^alpha for r = 1/2, 1, ... n;
    the members of set j are ``members[starts[j]:starts[j + 1]]``. With `average_ties` tied genes
    share their mean rank and place; otherwise the rank is the mean rounded down and the place
    goes by the order of the genes.
    """
    samples, n = values.shape
    lowest, highest = np.empty(n, np.int64), np.empty(n, np.int64)
    position, seen = np.empty(n, np.int64), np.empty(n, np.int64)
    most_tied = 0
    for i in range(samples):
        tied = _tied_ranks(values[i], order[i], lowest, highest)
        most_tied = max(most_tied, tied)
        if tied and not average_ties:
            _positions_in_order(lowest, highest, seen, position)
        for j in range(starts.size - 1):
            weighted = 0.0
            weights = 0.0
            places = 0.0
            for m in range(starts[j], starts[j + 1]):
                gene = members[m]
                twice = lowest[gene] + highest[gene]
                place = 0.5 * twice
                if tied and not average_ties:
                    twice -= twice % 2
                    place = float(position[gene])
                weighted += powers[twice] * place
                weights += powers[twice]
                places += place
            outside = n - (starts[j + 1] - starts[j])
            scores[i, j] = weighted / weights - (0.5 * n * (n + 1) - places) / outside
    return most_tied


@kernel
def mean_rank_kernel(
    values: Array, order: Ints, starts: Ints, members: Ints, downwards: bool, means: Array
) -> None:
    """Write the mean rank of each set in each sample into `means`; tied genes take the lowest.

    With `downwards` the rank r counts as n + 1 - r.
    """
    samples, n = values.shape
    lowest, highest = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(samples):
        _tied_ranks(values[i], order[i], lowest, highest)
        for j in range(starts.size - 1):
            total = 0
            for m in range(starts[j], starts[j + 1]):
                gene = members[m]
                total += n + 1 - lowest[gene] if downwards else lowest[gene]
            count = starts[j + 1] - starts[j]
            means[i, j] = total / count if count else np.nan
