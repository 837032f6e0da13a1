"""Binomial counts by inversion: one uniform and about one comparison a draw."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.compiled import kernel

Integers = NDArray[np.int64]

METHOD_CITES = {"guide_table": ("chen1974",)}
"""Keys of `equipoise.cite.REFERENCES` behind the search that begins at a guide."""


@dataclass(frozen=True)
class BinomialTables:
    """Distribution functions of several binomials, end to end, with guides into them.

    Attributes
    ----------
    cumulative : array
        `P(X <= x)` for `x = 0, ..., n` of every cell.
    first : array of int, shape (cells + 1,)
        Where each cell's values begin in `cumulative`.
    guide : array of int
        Entry `j` of a cell with `n` is the least `x` whose `P(X <= x)` exceeds `j / (n + 1)`.
    """

    cumulative: Array
    first: Integers
    guide: Integers

    def draw(self, rng: Generator, size: int) -> Integers:
        """Draw counts of shape (size, cells); replicate by replicate, cell by cell."""
        counts = np.empty((size, self.first.size - 1), dtype=np.int64)
        draw_counts(rng, self.cumulative, self.first, self.guide, counts)
        return counts


def binomial_tables(n: ArrayLike, rate: ArrayLike) -> BinomialTables:
    """Tabulate `X ~ Binomial(n, rate)` for every cell.

    The count is the least `x` with `P(X <= x) > u`, `u` uniform. That is exact but for the
    rounding of the table and the grid of `u`, both below 1e-15 of probability. The same uniform
    gives a larger count at a larger rate, so that scenarios on one seed differ by little else
    than their rates.

    Parameters
    ----------
    n, rate : array_like, shape (cells,)
        Patients, a whole number from 0, and probability of the event, 0 and 1 included.

    Raises
    ------
    ArrayError
        Every cell that is not a binomial.

    Notes
    -----
    The sum of a stage's patients in one arm is binomial when they are alike and independent:
    drawing the count is drawing the patients. Source: Chen and Asau 1974,
    10.1080/05695557408974949.

    Examples
    --------
    >>> import numpy as np
    >>> tables = binomial_tables([10, 10], [0.0, 1.0])
    >>> tables.draw(np.random.default_rng(1), 2).tolist()
    [[0, 10], [0, 10]]
    """
    sizes, rates = np.broadcast_arrays(np.asarray(n), np.asarray(rate, dtype=np.float64))
    sizes, rates = sizes.ravel(), rates.ravel()
    problems = [
        Problem("", f"cell {i}", name, repr(float(v)), allowed, "Correct that cell.")
        for name, values, allowed in (
            ("n", sizes, "a whole number, 0 or more"),
            ("rate", rates, "from 0 to 1"),
        )
        for i, v in enumerate(values)
        if not (v >= 0 and math.isfinite(v) and (v <= 1 if name == "rate" else v == int(v)))
    ]
    if problems:
        raise ArrayError(problems)
    whole = sizes.astype(np.int64)
    each = [_cumulative(int(m), float(p)) for m, p in zip(whole, rates, strict=True)]
    guides = [np.searchsorted(f, np.arange(f.size) / f.size, side="right") for f in each]
    return BinomialTables(
        np.concatenate(each),
        np.concatenate(([0], np.cumsum(whole + 1))),
        np.concatenate(guides).astype(np.int64),
    )


def _cumulative(n: int, rate: float) -> Array:
    values = np.asarray(bdtr(np.arange(n + 1.0), n, rate), dtype=np.float64)
    values[-1] = 1.0
    return values


@kernel
def draw_counts(
    rng: Generator, cumulative: Array, first: Integers, guide: Integers, counts: Integers
) -> None:
    """Fill `counts`, shape (replicates, cells)."""
    for r in range(counts.shape[0]):
        for c in range(counts.shape[1]):
            begin = first[c]
            u = rng.random()
            x = guide[begin + int(u * (first[c + 1] - begin))]
            while u >= cumulative[begin + x]:
                x += 1
            counts[r, c] = x
