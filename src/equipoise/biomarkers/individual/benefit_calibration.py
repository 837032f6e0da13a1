"""Is predicted benefit true: predicted against observed, in groups and as a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, failing, same_length
from equipoise.synthesis.intervals import critical_value

METHOD_CITES = {"calibration for benefit": ("kent2020",)}


@dataclass(frozen=True, eq=False)
class BenefitCalibration:
    """Predicted against observed benefit.

    Attributes
    ----------
    predicted, observed, se, patients : array, shape (g,)
        Mean predicted benefit, mean score, its standard error and the patients of each group.
    slope, slope_se, slope_low, slope_high : float
        Of observed on predicted benefit: 1 if it is true, below 1 if it is too spread out, 0 if
        the ranking says nothing.
    intercept, intercept_se : float
        Observed less predicted benefit on average: 0 if it is true in the large.
    level : float
    status, message : str
        ``undefined`` where predicted benefit does not vary: there is then no slope.
    """

    predicted: Array
    observed: Array
    se: Array
    patients: Array
    slope: float
    slope_se: float
    slope_low: float
    slope_high: float
    intercept: float
    intercept_se: float
    level: float
    status: str
    message: str


def calibrate_benefit(
    scores: ArrayLike, predicted: ArrayLike, *, groups: int = 4, level: float = 0.95
) -> BenefitCalibration:
    """Answer whether the benefit that was predicted came about.

    Groups are of equal size by predicted benefit. The line `S = a + b (x - mean x)` is fitted by
    least squares to the scores S, whose mean in any group estimates its benefit, and has errors
    that allow for their unequal variances (sandwich, HC1). `intercept` is `a - mean x`.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Of `benefit_scores`, for patients the prediction was not fitted on (or out of fold).
    predicted : array_like, shape (n,)
        On the scale of the scores.
    groups : int
        2 or more, at most n / 4.
    level : float

    Raises
    ------
    ArrayError
    """
    s, x = as_vector(scores, "scores"), as_vector(predicted, "predicted")
    same_length(scores=s, predicted=x)
    data = {"scores": s, "predicted": x}
    problems = failing(data, data, np.isfinite, "a finite number")
    if not 2 <= groups <= s.size // 4:
        allowed = f"2 to {s.size // 4}"
        problems.append(Problem("", "", "groups", repr(groups), allowed, "Use fewer groups."))
    if problems:
        raise ArrayError(problems)
    parts = np.array_split(np.argsort(x, kind="stable"), groups)
    a, b, covariance, flat = _line(s, x)
    half = critical_value(level) * covariance[1]
    return BenefitCalibration(
        np.array([x[rows].mean() for rows in parts]),
        np.array([s[rows].mean() for rows in parts]),
        np.array([s[rows].std(ddof=1) / np.sqrt(rows.size) for rows in parts]),
        np.array([float(rows.size) for rows in parts]),
        b,
        covariance[1],
        b - half,
        b + half,
        a - float(x.mean()),
        covariance[0],
        level,
        "undefined" if flat else "converged",
        "Predicted benefit is the same for all: there is no slope." if flat else "",
    )


def _line(s: Array, x: Array) -> tuple[float, float, tuple[float, float], bool]:
    """Mean, slope, their sandwich errors, and whether x does not vary."""
    n = s.size
    off = x - x.mean()
    spread = float(off @ off)
    mean = float(s.mean())
    if spread <= 1e-24 * max(1.0, float(np.abs(x).max())) ** 2 * n:
        nan = float("nan")
        return mean, nan, (float(s.std(ddof=1) / np.sqrt(n)), nan), True
    slope = float(off @ s) / spread
    rest = s - mean - slope * off
    small = n / (n - 2.0)
    errors = (
        float(np.sqrt(small * (rest**2).sum())) / n,
        float(np.sqrt(small * (off**2 * rest**2).sum())) / spread,
    )
    return mean, slope, errors, False
