"""P values of many markers at once, adjusted for how many there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.synthesis.arrays import Array, as_vector, require

METHOD_CITES = {"benjamini-hochberg": ("benjamini1995",)}


def holm(p_values: ArrayLike) -> Array:
    """Adjust P (k,) so that the chance of any false claim is kept: Holm's step-down procedure.

    With `p_(1) <= ... <= p_(k)`, `a_(i) = max_{j <= i} min(1, (k - j + 1) p_(j))`; holds under
    any dependence (Holm 1979, Scandinavian Journal of Statistics 6:65-70).

    Examples
    --------
    >>> [round(float(p), 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (p.size - np.arange(p.size)))
    return _back(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: ArrayLike) -> Array:
    """Adjust P (k,) so that the expected share of false claims among the claims is kept.

    `a_(i) = min_{j >= i} min(1, k p_(j) / j)`; for independent or positively dependent tests
    (Benjamini and Hochberg 1995, 10.1111/j.2517-6161.1995.tb02031.x).

    Examples
    --------
    >>> [round(float(p), 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def _checked(p_values: ArrayLike) -> Array:
    p = as_vector(p_values, "p_values")
    require({"p_values": p}, ("p_values",), lambda x: (x >= 0.0) & (x <= 1.0), "0 to 1")
    return p


def _back(stepped: Array, order: NDArray[np.intp]) -> Array:
    out = np.empty_like(stepped)
    out[order] = stepped
    return out
