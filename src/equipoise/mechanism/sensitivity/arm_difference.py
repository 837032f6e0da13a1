r"""Which uncertain factor carries the difference between two arms.

For `D = f(X_1..X_d)` with independent factors, the first-order index of factor i is
`S_i = Var(E(D | X_i)) / Var(D)`: what knowing it alone would remove of the variance; the total
index is `T_i = E(Var(D | all but X_i)) / Var(D)`: what not knowing it alone would leave. Estimated
by Saltelli's pick-freeze scheme from `n (d + 2)` points (scipy.stats.sobol_indices; Saltelli et al,
Comput Phys Commun 2010;181:259, doi 10.1016/j.cpc.2009.09.018; Sobol', Math Comput Simul
2001;55:271, doi 10.1016/S0378-4754(00)00270-6).

Where a few draws have effects far above all others, they rule the variance and the estimates are
loose. The indices of the rank of D (its place in the sample of the prior) ask the same of the order
of effects, and are tighter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc, sobol_indices

from equipoise.errors import ComputationError, InputError, Problem
from equipoise.mechanism.sensitivity.typical_values import Factor
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"arm_difference_indices": ("saltelli2010", "sobol2001")}

Difference = Callable[[Array], Array]
"""From values of the factors, (n, d), to the difference between arms, (n,)."""


@dataclass(frozen=True)
class FactorIndices:
    """Share of the variance that one factor carries, with bootstrap limits.

    `first` is what it carries alone, `total` with all its interactions; estimates may fall
    slightly outside 0 to 1.
    """

    name: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True)
class DifferenceIndices:
    """Indices of every factor, from the largest total index down.

    Attributes
    ----------
    factors : tuple of FactorIndices
        NaN where the difference does not vary.
    mean, sd : float
        Of the difference over the prior.
    size, points : int
        Base sample, and points at which the difference was evaluated.
    failed : int
        Of the base sample, those left out for a value that is not finite.
    level : float
        Level of the bootstrap limits.
    ranked : bool
        Whether the indices are of the rank of the difference.
    """

    factors: tuple[FactorIndices, ...]
    mean: float
    sd: float
    size: int
    points: int
    failed: int
    level: float
    ranked: bool

    def to_frame(self) -> pd.DataFrame:
        """Return a row for every factor."""
        return pd.DataFrame([vars(row) for row in self.factors])


def arm_difference_indices(
    difference: Difference,
    factors: Sequence[Factor],
    rng: np.random.Generator,
    *,
    size: int = 128,
    resamples: int = 300,
    level: float = 0.95,
    ranked: bool = False,
) -> DifferenceIndices:
    """Return first-order and total Sobol' indices of a difference between arms.

    Parameters
    ----------
    difference : callable
        Called once, with all `size (d + 2)` points, shape (points, d).
    factors : sequence of Factor
        Two or more, independent.
    rng : numpy.random.Generator
        Scrambles the points and draws the bootstrap.
    size : int
        Base sample n, a power of 2.
    resamples : int
        Bootstrap samples of the base sample (percentile limits).
    level : float
    ranked : bool
        Take the indices of the rank of the difference.

    Raises
    ------
    InputError
        Fewer than two factors, or a size that is no power of 2.
    ComputationError
        The difference is finite nowhere.
    """
    d = len(factors)
    _require(d, size)
    uniform = qmc.Sobol(2 * d, rng=rng).random(size)
    a, b = uniform[:, :d], uniform[:, d:]
    mixed = np.repeat(a[None], d, axis=0)
    for i in range(d):
        mixed[i, :, i] = b[:, i]
    design = np.vstack([a, b, mixed.reshape(d * size, d)])
    points = np.column_stack([f.values(design[:, i]) for i, f in enumerate(factors)])
    value = np.asarray(difference(points), dtype=float).reshape(d + 2, size)
    good = np.flatnonzero(np.isfinite(value).all(axis=0))
    if not good.size:
        raise ComputationError("the difference between arms is finite nowhere in its prior")
    both = value[:2, good]
    if ranked:
        value = np.searchsorted(np.sort(both, axis=None), value) / both.size
    found = _indices(value[:, _filled(good, size)])
    drawn = np.array(
        [_indices(value[:, _filled(rng.choice(good, good.size), size)]) for _ in range(resamples)]
    )
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(drawn, [tail, 100.0 - tail], axis=0)
    rows = [
        FactorIndices(
            f.name, *(float(x) for k in range(2) for x in (found[k, i], low[k, i], high[k, i]))
        )
        for i, f in enumerate(factors)
    ]
    return DifferenceIndices(
        factors=tuple(sorted(rows, key=lambda row: -row.total)),
        mean=float(both.mean()),
        sd=float(both.std()),
        size=size,
        points=size * (d + 2),
        failed=size - good.size,
        level=level,
        ranked=ranked,
    )


def _filled(chosen: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Return the base points as they are, or repeated to the next size that is a power of 2.

    Of fewer than `size` points each comes `16 size / len(chosen)` times, up to one.
    """
    return chosen if chosen.size == size else np.resize(chosen, 16 * size)


def _indices(value: Array) -> Array:
    """Return first-order and total indices (2, d) from values (d + 2, n) at A, B and A with B."""
    if np.ptp(value[:2]) == 0.0:
        return np.full((2, len(value) - 2), np.nan)
    given = {"f_A": value[0], "f_B": value[1], "f_AB": value[2:, None, :]}
    found = sobol_indices(func=given, n=value.shape[1])
    return np.array([np.ravel(found.first_order), np.ravel(found.total_order)])


def _require(factors: int, size: int) -> None:
    problems = []
    if factors < 2:
        action = "Add a factor; one alone carries all of the variance."
        problems.append(Problem("", "", "factors", str(factors), "2 or more", action))
    if size < 2 or size & (size - 1):
        action = "Use 64, 128 or 256."
        problems.append(Problem("", "", "size", str(size), "a power of 2", action))
    if problems:
        raise InputError(problems)
