"""Scrambled Sobol points: means over patients with less noise than independent draws.

A module by itself, which the room does not re-export, because importing it takes a second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from scipy.stats import qmc

from equipoise.mechanism.population.streams import inside
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"sobol": ("owen1998",)}

BITS = 52
"""Binary digits of a coordinate: all that a double between 0 and 1 resolves throughout."""


def sobol(seed: int, symbols: Sequence[str], n: int, first: int = 0) -> Array:
    """Draw a scrambled Sobol sequence, a dimension for every parameter.

    Each patient by itself is uniform; together they fill the cube more evenly than independent
    draws, so that the mean of a smooth output converges faster than n^(-1/2) [1]_. Patients
    depend on each other: no standard error follows from one population; repeat with other seeds.
    Balanced where n is a power of 2. A patient is the same whatever n and the blocks, but not
    when a parameter is added or taken away. Parameters and result as in `independent`.

    References
    ----------
    .. [1] Owen AB. Scrambling Sobol' and Niederreiter-Xing points. Journal of Complexity 1998;
       14:466-489. doi:10.1006/jcom.1998.0487. Here a random linear matrix scramble with a digital
       shift, as scipy does it.
    """
    if not symbols:
        return np.empty((n, 0))
    generator = Generator(PCG64(SeedSequence(seed)))
    points = qmc.Sobol(len(symbols), scramble=True, bits=BITS, seed=generator)
    needed = first + n
    uniform = points.random(1 << max(needed - 1, 0).bit_length())[first:needed]
    return inside(uniform)
