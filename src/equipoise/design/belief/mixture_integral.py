"""Integrals of a function of one effect over a mixture of normals, split where it has a kink."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.synthesis.arrays import Array

REACH = 9.0
"""Standard deviations on each side of a component: 2e-19 of it lies beyond."""

NODES = 24
"""Gauss-Legendre nodes a panel; panels are at most one standard deviation wide."""


@dataclass(frozen=True)
class Belief:
    """One effect as weights, means and standard deviations (m,) of normals, on its own sign."""

    weights: Array
    means: Array
    sds: Array


def expectation(
    belief: Belief, function: Callable[[Array], Array], kinks: Sequence[float] = ()
) -> float:
    """Return `E[function(theta)]` over the mixture.

    Composite Gauss-Legendre between `mean -+ 9 sd` of each component, with panel ends at the
    `kinks`; a component without spread is a point.
    """
    total = 0.0
    for weight, mean, sd in zip(belief.weights, belief.means, belief.sds, strict=True):
        if weight == 0.0:
            continue
        if sd == 0.0:
            total += weight * float(function(np.array([mean]))[0])
            continue
        theta, w = panels(mean - REACH * sd, mean + REACH * sd, sd, kinks)
        z = (theta - mean) / sd
        density = np.exp(-0.5 * z * z) / (sd * math.sqrt(2.0 * math.pi))
        total += weight * float((function(theta) * density) @ w)
    return float(total)


def panels(
    low: float, high: float, width: float, kinks: Sequence[float] = ()
) -> tuple[Array, Array]:
    """Nodes and weights (n,) of Gauss-Legendre panels of about `width`, ending at the `kinks`."""
    count = max(1, math.ceil((high - low) / width))
    inner = [k for k in kinks if low < k < high]
    ends = np.unique(np.concatenate([np.linspace(low, high, count + 1), inner]))
    x, w = np.polynomial.legendre.leggauss(NODES)
    half = 0.5 * np.diff(ends)
    middle = ends[:-1] + half
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()
