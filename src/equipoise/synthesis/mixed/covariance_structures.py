"""The covariance matrix `G` of a random structure, from parameters without constraints.

A variance is the square of a standard deviation that may have any sign; a correlation is
`middle + half * sin(angle)`; an unstructured `G` is `L L'` with `L` lower triangular. Every
vector of parameters gives a positive semidefinite `G`, every such `G` is reached, and zero
variances and correlations of one are ordinary points: there the log-likelihood is flat in the
parameter and its curvature says whether the edge is the maximum.

Parameters of `UN` with q levels: `L11`; the standard deviation and angle of the second level
(`L21 = s sin(angle)`, `L22 = s cos(angle)`); then the rows of `L` as they are. Pinheiro and
Bates 1996, 10.1007/BF00140873, compare such parametrisations.
"""

from __future__ import annotations

import numpy as np

from equipoise.synthesis.arrays import Array

SCALE, ANGLE, FREE = "scale", "angle", "free"
"""Kinds of parameter: a standard deviation, an angle, an entry of `L`."""


def kinds(structure: str, q: int) -> list[str]:
    """Kind of every parameter, in order."""
    if q == 1 or structure == "ID":
        return [SCALE]
    if structure == "DIAG":
        return [SCALE] * q
    if structure == "CS":
        return [SCALE, ANGLE]
    if structure == "HCS":
        return [SCALE] * q + [ANGLE]
    rows = [kind for r in range(2, q) for kind in [FREE] * r + [SCALE]]
    return [SCALE, SCALE, ANGLE, *rows]


def correlation_range(structure: str, q: int) -> tuple[float, float]:
    """Return the range of a correlation; one shared by q levels cannot be below -1 / (q - 1)."""
    return (-1.0 if structure == "UN" else -1.0 / (q - 1), 1.0)


def angle_of(correlation: float, bounds: tuple[float, float]) -> float:
    """Return the angle that stands for a correlation."""
    middle, half = 0.5 * (bounds[0] + bounds[1]), 0.5 * (bounds[1] - bounds[0])
    return float(np.arcsin(np.clip((correlation - middle) / half, -1.0, 1.0)))


def _equicorrelation(structure: str, q: int, angle: float) -> tuple[float, float]:
    """Correlation of an angle, and its derivative."""
    low, high = correlation_range(structure, q)
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    return middle + half * np.sin(angle), half * np.cos(angle)


def _scales(structure: str, q: int, theta: Array) -> Array:
    """Return the standard deviation of every level."""
    shared = q == 1 or structure in ("ID", "CS")
    return np.full(q, theta[0]) if shared else theta[:q]


def factor(q: int, theta: Array) -> Array:
    """Return the lower triangular `L` of an unstructured `G`."""
    lower = np.zeros((q, q))
    lower[0, 0] = theta[0]
    lower[1, :2] = theta[1] * np.sin(theta[2]), theta[1] * np.cos(theta[2])
    at = 3
    for r in range(2, q):
        lower[r, : r + 1] = theta[at : at + r + 1]
        at += r + 1
    return lower


def covariance(structure: str, q: int, theta: Array) -> Array:
    """`G` (q, q) at parameters `theta`."""
    if structure == "UN" and q > 1:
        lower = factor(q, theta)
        return lower @ lower.T
    scales = _scales(structure, q, theta)
    if q == 1 or structure in ("ID", "DIAG"):
        return np.diag(scales * scales)
    rho, _ = _equicorrelation(structure, q, theta[-1])
    shape = np.full((q, q), rho)
    np.fill_diagonal(shape, 1.0)
    out: Array = np.outer(scales, scales) * shape
    return out


def gradient(structure: str, q: int, theta: Array, by_entry: Array) -> Array:
    """Return the derivative in `theta`, given that in every entry of `G` (`by_entry`, (q, q))."""
    both = by_entry + by_entry.T
    if structure == "UN" and q > 1:
        return _unstructured_gradient(q, theta, both)
    scales = _scales(structure, q, theta)
    if q == 1 or structure in ("ID", "DIAG"):
        by_scale = scales * np.diag(both)
        return by_scale if structure == "DIAG" else np.array([by_scale.sum()])
    rho, slope = _equicorrelation(structure, q, theta[-1])
    shape = np.full((q, q), rho)
    np.fill_diagonal(shape, 1.0)
    by_scale = (both * shape) @ scales
    product = both * np.outer(scales, scales)
    by_rho = 0.5 * (product.sum() - np.trace(product))
    if structure == "CS":
        by_scale = by_scale.sum(keepdims=True)
    return np.append(by_scale, slope * by_rho)


def _unstructured_gradient(q: int, theta: Array, both: Array) -> Array:
    """Return the derivative through `G = L L'`: `dL = (D + D') L`, lower triangle."""
    by_factor = both @ factor(q, theta)
    sine, cosine = np.sin(theta[2]), np.cos(theta[2])
    first, second = by_factor[1, 0], by_factor[1, 1]
    out = [
        by_factor[0, 0],
        sine * first + cosine * second,
        theta[1] * (cosine * first - sine * second),
    ]
    for r in range(2, q):
        out.extend(by_factor[r, : r + 1])
    return np.array(out)


def parameters_of(structure: str, G: Array) -> Array:
    """Parameters `theta` that give `G`, which must have the structure (nearly singular is fine)."""
    q = G.shape[0]
    scales = np.sqrt(np.diag(G))
    if q == 1 or structure == "ID":
        return scales[:1]
    if structure == "DIAG":
        return scales
    if structure in ("CS", "HCS"):
        product = scales[0] * scales[1]
        rho = G[0, 1] / product if product > 0.0 else 0.0
        angle = angle_of(rho, correlation_range(structure, q))
        return np.append(scales[:1] if structure == "CS" else scales, angle)
    lower = _semidefinite_factor(G)
    angle = np.arctan2(lower[1, 0], lower[1, 1]) if scales[1] > 0.0 else 0.0
    rows = [entry for r in range(2, q) for entry in lower[r, : r + 1]]
    return np.array([lower[0, 0], scales[1], angle, *rows])


def _semidefinite_factor(G: Array) -> Array:
    """Cholesky factor that allows zero pivots: their columns are left at zero."""
    q = G.shape[0]
    lower = np.zeros((q, q))
    for j in range(q):
        pivot = G[j, j] - lower[j, :j] @ lower[j, :j]
        if pivot > 1e-15 * G[j, j]:
            lower[j, j] = np.sqrt(pivot)
            lower[j + 1 :, j] = (G[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    return lower
