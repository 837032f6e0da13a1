"""Power and expected information for many drifts at once, from a certified interpolant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import dct

from equipoise.design.sequential.plan import SequentialPlan
from equipoise.design.sequential.plan_input import as_drifts, bad_number, stop_if
from equipoise.errors import ComputationError, Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel

FEW = 100
"""Drifts up to this number are computed one by one: an interpolant would cost as much."""

SURE = 9.0
"""Standard deviations between a bound and the mean beyond which the exit is sure: 1.1e-19."""

LARGEST = 4096
"""Degree at which the search for an interpolant ends."""


@dataclass(frozen=True)
class PowerCurve:
    """Power and expected information of a plan as polynomials of the drift.

    Attributes
    ----------
    low, high : float
        Range of the drift; beyond it both are constant or the curve was not asked for.
    power_coefficients, information_coefficients : array, shape (n + 1,)
        Chebyshev series on the range.
    error : float
        Largest difference, at the n / 2 drifts between those that a series of half the degree
        passes through, of that series from the exact value: an upper bound of what is left.
    """

    low: float
    high: float
    power_coefficients: Array
    information_coefficients: Array
    error: float

    def power(self, delta: ArrayLike) -> Array:
        """Probability of claiming benefit under each drift: shape (n,)."""
        return np.clip(self._series(self.power_coefficients, delta), 0.0, 1.0)

    def expected_information(self, delta: ArrayLike) -> Array:
        """Mean information at the end as a fraction of the largest: shape (n,)."""
        return self._series(self.information_coefficients, delta)

    def _series(self, coefficients: Array, delta: ArrayLike) -> Array:
        drifts = as_drifts(delta)
        outside = (drifts < self.low) | (drifts > self.high)
        if outside.any():
            found = repr(float(drifts[outside][0]))
            allowed = f"from {self.low:g} to {self.high:g}"
            stop_if([Problem("", "", "delta", found, allowed, "Ask for a wider curve.")])
        out = np.empty(drifts.size)
        middle, half = 0.5 * (self.high + self.low), 0.5 * (self.high - self.low)
        clenshaw(coefficients, (drifts - middle) / half, out)
        return out


@kernel
def clenshaw(coefficients: Array, x: Array, out: Array) -> None:
    """Sum a Chebyshev series at every `x` of [-1, 1]."""
    for i in range(x.size):
        b1, b2 = 0.0, 0.0
        for j in range(coefficients.size - 1, 0, -1):
            b1, b2 = coefficients[j] + 2.0 * x[i] * b1 - b2, b1
        out[i] = coefficients[0] + x[i] * b1 - b2


def power_curve(
    plan: SequentialPlan, low: float, high: float, *, tolerance: float = 1e-10
) -> PowerCurve:
    """Interpolate power and expected information between two drifts.

    Both are smooth functions of the drift (entire, of scale 1 and more), so that their Chebyshev
    series converges geometrically. The degree is doubled until the series passes within
    `tolerance` of the exact value at all the new nodes.

    Parameters
    ----------
    plan : SequentialPlan
    low, high : float
        Range of the drift.
    tolerance : float
        Largest error at the drifts checked, 1e-13 or more.

    Raises
    ------
    ArrayError
        A range that is none, or a tolerance that doubles cannot meet.
    ComputationError
        A range so wide that a degree of 4096 does not meet the tolerance.
    """
    problems = bad_number("high", high, bool(low < high < np.inf), "finite and above low")
    problems += bad_number("low", low, low > -np.inf, "a finite drift")
    stop_if(problems + bad_number("tolerance", tolerance, tolerance >= 1e-13, "1e-13 or more"))
    degree = 16
    values = _exact(plan, low, high, np.cos(np.pi * np.arange(degree + 1) / degree))
    while degree < LARGEST:
        series = _coefficients(values)
        new = np.cos(np.pi * (np.arange(degree) + 0.5) / degree)
        between = _exact(plan, low, high, new)
        error = _largest_error(series, new, between)
        finer = np.empty((2, 2 * degree + 1))
        finer[:, ::2], finer[:, 1::2] = values, between
        values, degree = finer, 2 * degree
        if error <= tolerance:
            power, information = _coefficients(values)
            return PowerCurve(low, high, power, information, error)
    raise ComputationError(
        f"Drifts from {low:g} to {high:g} need a series of more than {LARGEST} terms "
        f"(error {error:.1e}): ask for a narrower range."
    )


def powers(plan: SequentialPlan, delta: ArrayLike) -> tuple[Array, Array]:
    """Power and expected information under each of many drifts, within 1e-10.

    Examples
    --------
    >>> from equipoise.design.sequential import Spending, sequential_plan
    >>> plan = sequential_plan(Spending("obrien-fleming"), [0.5, 1.0])
    >>> power, _ = powers(plan, np.linspace(0.0, 3.0, 100_001))
    >>> round(float(power[0]), 6), round(float(power[-1]), 6)
    (0.025, 0.849589)
    """
    drifts = as_drifts(delta)
    ends = sure_drift(plan)
    inside = np.clip(drifts, -ends, ends)
    low, high = float(inside.min()), float(inside.max())
    if drifts.size <= FEW or high - low < 1e-9:
        return plan.power(inside), plan.expected_information(inside)
    curve = power_curve(plan, low, high)
    return curve.power(inside), curve.expected_information(inside)


def sure_drift(plan: SequentialPlan) -> float:
    """Absolute drift beyond which every look's decision is sure to 1e-19."""
    bounds = np.concatenate([plan.upper, plan.lower])
    roots = np.sqrt(np.concatenate([plan.t, plan.t]))
    finite = np.isfinite(bounds)
    return float(np.max((np.abs(bounds[finite]) + SURE) / roots[finite], initial=SURE))


def _exact(plan: SequentialPlan, low: float, high: float, x: Array) -> Array:
    """Power and expected information at nodes of [-1, 1]: shape (2, n)."""
    drifts = 0.5 * (high + low) + 0.5 * (high - low) * x
    return np.array([plan.power(drifts), plan.expected_information(drifts)])


def _coefficients(values: Array) -> Array:
    """Chebyshev series through values at `cos(pi j / n)`, j = 0..n: shape (2, n + 1)."""
    series = dct(values, type=1, axis=1) / (values.shape[1] - 1)
    series[:, [0, -1]] *= 0.5
    return np.asarray(series, dtype=np.float64)


def _largest_error(series: Array, x: Array, exact: Array) -> float:
    """Largest difference of the two series from the exact values."""
    worst = 0.0
    for coefficients, values in zip(series, exact, strict=True):
        out = np.empty(x.size)
        clenshaw(coefficients, x, out)
        worst = max(worst, float(np.max(np.abs(out - values))))
    return worst
