"""Priors of fitted parameters, read from the spread that the table of parameters gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.mechanism.calibration.response_targets import Z95
from equipoise.synthesis.arrays import Array

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FittedPrior:
    """Independent normals on the working scale: the logarithm of a positive parameter.

    Attributes
    ----------
    names : tuple of str, length p
    logged : (p,) bool array
        Whether the working scale is the logarithm.
    mean, sd : (p,) arrays
        On the working scale.
    """

    names: tuple[str, ...]
    logged: Mask
    mean: Array
    sd: Array

    def natural(self, working: Array) -> dict[str, float]:
        """Parameters from a point (p,) on the working scale."""
        values = np.where(self.logged, np.exp(np.where(self.logged, working, 0.0)), working)
        return dict(zip(self.names, values.tolist(), strict=True))

    def log_density(self, working: Array) -> float:
        """Logarithm of the density, up to a constant."""
        return -0.5 * float((((working - self.mean) / self.sd) ** 2).sum())


def fitted_prior(names: Sequence[str], ranges: Mapping[str, tuple[float, float]]) -> FittedPrior:
    """Turn central 95 % ranges into priors: log-normal where the range is positive.

    Parameters
    ----------
    names : sequence of str
    ranges : mapping of str to (low, high)
        `low < high`.
    """
    low = np.array([ranges[name][0] for name in names], dtype=float)
    high = np.array([ranges[name][1] for name in names], dtype=float)
    logged = low > 0
    a = np.where(logged, np.log(np.where(logged, low, 1.0)), low)
    b = np.where(logged, np.log(np.where(logged, high, 1.0)), high)
    return FittedPrior(tuple(names), logged, (a + b) / 2, (b - a) / (2 * Z95))
