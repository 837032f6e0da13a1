"""The d-th event of a trial, and patients in the order of their times, without a full sort.

Numbers are counted into about as many buckets as there are numbers, by a map that keeps their
order; what shares a bucket is sorted among itself. That takes a number of steps proportional to
the numbers when they spread over the buckets, and those of a Shell sort where they do not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part

Integers = NDArray[np.int64]

CROWDED = 48
"""Numbers in one bucket from which it is worth sorting in wide steps first."""


@part
def fill_ranked(
    values: Array,
    n: int,
    ranks: Integers,
    scale: float,
    key: Integers,
    count: Integers,
    few: Array,
    order: Integers,
    ranked: Array,
) -> None:
    """Fill `ranked[k]` with the `ranks[k]`-th smallest of the first `n` values, infinite if none.

    Buckets are equal steps of `v / (v + scale)`, so that a long tail does not crowd the rest.
    `key`, `count`, `few` and `order` are room to work in: `n`, and `n + 1` for `count`, at least.
    """
    count[: n + 1] = 0
    for i in range(n):
        key[i] = int(n * (values[i] / (values[i] + scale)))
        count[key[i]] += 1
    bucket, below = 0, 0
    for k in range(ranks.size):
        if ranks[k] > n:
            ranked[k] = math.inf
            continue
        while below + count[bucket] < ranks[k]:
            below += count[bucket]
            bucket += 1
        m = 0
        for i in range(n):
            if key[i] == bucket:
                few[m] = values[i]
                m += 1
        sort_together(few, order, m, m > CROWDED)
        ranked[k] = few[ranks[k] - below - 1]


@part
def fill_order(
    values: Array,
    who: Integers,
    n: int,
    most: float,
    key: Integers,
    count: Integers,
    order: Integers,
    out: Array,
) -> None:
    """Fill `out[:n]` with the first `n` values, smallest first, and `order[:n]` with their `who`.

    Values are from 0 to `most`; `key`, `n` long, and `count`, `2 n + 1` long, are room to work in.
    Two buckets a value: times crowd early.
    """
    buckets = 2 * n
    step = (buckets - 0.5) / most if most > 0.0 else 0.0
    count[: buckets + 1] = 0
    for i in range(n):
        key[i] = int(values[i] * step)
        count[key[i] + 1] += 1
    crowd = 0
    for b in range(buckets):
        crowd = max(crowd, count[b + 1])
        count[b + 1] += count[b]
    for i in range(n):
        place = count[key[i]]
        order[place], out[place] = who[i], values[i]
        count[key[i]] = place + 1
    sort_together(out, order, n, crowd > CROWDED)


@part
def sort_together(values: Array, order: Integers, n: int, wide: bool) -> None:
    """Sort the first `n` values, and `order` with them: by insertion, or in wide steps first."""
    gap = 1
    while wide and 3 * gap + 1 < n:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            value, index = values[i], order[i]
            j = i - gap
            while j >= 0 and values[j] > value:
                values[j + gap], order[j + gap] = values[j], order[j]
                j -= gap
            values[j + gap], order[j + gap] = value, index
        gap = (gap - 1) // 3
