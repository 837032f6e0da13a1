"""Uniform numbers of which a patient's own depend on nothing but seed, parameter and patient."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from equipoise.synthesis.arrays import Array

Stream = Callable[[int, Sequence[str], int, int], Array]
"""``stream(seed, symbols, n, first)`` returns the uniform numbers, shape (n, k), of patients
`first` to ``first + n - 1``."""

LOWEST, HIGHEST = 2.0**-54, 1.0 - 2.0**-53
"""Inside 0 to 1 by half a step and a step of a double in that range, so that scores are finite."""


def independent(seed: int, symbols: Sequence[str], n: int, first: int = 0) -> Array:
    """Draw independent uniform numbers, a stream for every parameter.

    The stream of a parameter is PCG64 seeded by the seed with the characters of the symbol as
    spawn key; patient i has its i-th number. So a patient is the same whatever the number of
    patients, in whatever blocks they are drawn, and whichever other parameters vary: strata and
    rivals are compared on the same patients.

    Parameters
    ----------
    seed : int
        0 or more.
    symbols : sequence of str
        Parameters, k of them.
    n : int
        Patients.
    first : int
        Number of the first patient.

    Returns
    -------
    (n, k) array
        Above 0 and below 1.
    """
    uniform = np.empty((n, len(symbols)))
    for column, symbol in enumerate(symbols):
        bits = PCG64(SeedSequence(seed, spawn_key=tuple(symbol.encode())))
        bits.advance(first)
        uniform[:, column] = Generator(bits).random(n)
    return inside(uniform)


def inside(uniform: Array) -> Array:
    """Return uniform numbers with 0 and 1 moved inside by less than a rounding error."""
    return np.clip(uniform, LOWEST, HIGHEST)
