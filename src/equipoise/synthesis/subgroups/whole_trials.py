"""The other stratum, where a trial prints one stratum and the whole."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import ComputationError, Problem
from equipoise.estimate import Estimate, Standing
from equipoise.synthesis.arrays import Array, ArrayError, broadcast, require
from equipoise.synthesis.interactions import subtract, subtract_with_unknown

METHOD_CITES = {"subtraction": ("altman2003",)}


class DerivedContrasts(NamedTuple):
    """Complements and contrasts (k,), all ``derived``: exact only if whole = stratum + rest.

    `covariance` is that of stratum and complement, for the `covariance` argument of
    `interaction`; 0 for an exact partition.
    """

    complement: Array
    complement_variance: Array
    contrast: Array
    contrast_variance: Array
    covariance: Array
    standing: Standing = "derived"


def contrasts_from_whole(
    stratum: ArrayLike,
    stratum_variance: ArrayLike,
    whole: ArrayLike,
    whole_variance: ArrayLike,
    *,
    correlation: float = 0.0,
    unknown_share: float = 0.0,
) -> DerivedContrasts:
    """Derive each trial's complement, and stratum minus complement, by subtraction.

    `interactions.subtract` holds the equations with a correlation of stratum and complement,
    `interactions.subtract_with_unknown` those with a share of patients of unknown phenotype;
    use one at a time. Rounding of printed numbers is in `rounding.p_value_range`.

    Parameters
    ----------
    stratum, stratum_variance, whole, whole_variance : array_like, shape (k,)
        On the analysis scale; the whole must be the more precise.

    Raises
    ------
    ArrayError
        Every trial whose whole is no more precise than its part.

    Examples
    --------
    >>> found = contrasts_from_whole([-0.4463], [0.0409], [0.0], [0.00564])
    >>> round(float(found.complement[0]), 4), round(float(found.contrast[0]), 4)
    (0.0714, -0.5177)
    """
    data = broadcast(
        stratum=stratum,
        stratum_variance=stratum_variance,
        whole=whole,
        whole_variance=whole_variance,
    )
    require(data, ("stratum", "whole"), np.isfinite, "a finite number")
    variances = ("stratum_variance", "whole_variance")
    require(data, variances, lambda v: np.isfinite(v) & (v > 0.0), "a finite variance above 0")
    if correlation and unknown_share:
        allowed = "one of the two"
        problem = Problem("", "", "correlation, unknown_share", "both", allowed, "Set one to 0.")
        raise ArrayError([problem])
    problems, rows = [], []
    for i, (y, v, Y, V) in enumerate(zip(*data.values(), strict=True)):
        part = Estimate(y, math.sqrt(v), "MD", (f"stratum {i}",))
        all_of_it = Estimate(Y, math.sqrt(V), "MD", (f"whole {i}",))
        try:
            if unknown_share:
                rest, ratio = subtract_with_unknown(part, all_of_it, unknown_share)
            else:
                rest, ratio = subtract(part, all_of_it, correlation=correlation)
        except ComputationError as error:
            action = "Check both variances, or leave out that trial."
            problems.append(
                Problem("", f"index {i}", "whole_variance", repr(V), str(error), action)
            )
            continue
        shared = 0.5 * (part.variance + rest.variance - ratio.variance)
        exact = correlation == 0.0 and unknown_share == 0.0
        cells = (rest.value, rest.variance, ratio.value, ratio.variance, 0.0 if exact else shared)
        rows.append(cells)
    if problems:
        raise ArrayError(problems)
    return DerivedContrasts(*np.array(rows).reshape(-1, 5).T)
