"""What borrowing controls costs and gains when this trial's controls drift from history."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.design.borrowing.historical_controls import HistoricalControls, success_probability
from equipoise.design.borrowing.normal_history import NormalHistory
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector


@dataclass(frozen=True)
class BorrowingDrift:
    """Error and power by the true control value, with borrowing and without.

    Attributes
    ----------
    control : array, shape (m,)
        True rate, log odds or log hazard under control.
    drift : array, shape (m,)
        `control` less the mean of the history.
    type_one_error, power : array, shape (m,)
        Probability of success with no effect, and with the effect asked about; exact sums for
        rates, quadrature for normals.
    error_alone, power_alone : array, shape (m,)
        The same when nothing is borrowed (the vague prior alone).
    """

    control: Array
    drift: Array
    type_one_error: Array
    power: Array
    error_alone: Array
    power_alone: Array

    @property
    def worst_error(self) -> float:
        """Largest type I error over the drifts looked at."""
        return float(self.type_one_error.max())


def rate_drift(
    history: HistoricalControls,
    patients: tuple[int, int],
    control: ArrayLike,
    effect: float,
    *,
    alpha: float = 0.025,
    benefit: str = "higher",
) -> BorrowingDrift:
    """Error and power of a trial with borrowed controls, over true control rates.

    Parameters
    ----------
    history : HistoricalControls
        Robust prior on the control rate.
    patients : (int, int)
        Control and treatment in this trial.
    control : array_like, shape (m,)
        True control rates.
    effect : float
        Treated rate less control rate under which power is given.
    alpha : float
        Success is a posterior probability of benefit of at least 1 - alpha.
    benefit : {"higher", "lower"}
        Whether more or fewer events are the benefit.

    Raises
    ------
    ArrayError
        For rates outside [0, 1], with the effect too, and numbers out of range.

    Examples
    --------
    >>> history = HistoricalControls((1.0,), (4.0,), (16.0,), robust=0.0)
    >>> found = rate_drift(history, (20, 40), [0.2, 0.4], 0.3)
    >>> found.type_one_error.round(3).tolist(), found.power.round(3).tolist()
    ([0.017, 0.134], [0.872, 0.979])
    """
    rates = as_vector(control, "control")
    sign = 1.0 if benefit == "higher" else -1.0
    inside = (rates >= 0.0) & (rates <= 1.0) & (rates + effect >= 0.0) & (rates + effect <= 1.0)
    _refuse(rates, inside, "0 to 1, with the effect too", sign * effect, alpha, benefit)
    columns = []
    for prior in (history, replace(history, robust=1.0)):
        success = prior.succeeds(patients, alpha, lower=benefit == "lower")
        for shift in (0.0, effect):
            columns.append(np.array([success_probability(success, (p, p + shift)) for p in rates]))
    weights, a, b = (np.asarray(v) for v in (history.weights, history.a, history.b))
    mean = float(weights @ (a / (a + b)))
    return BorrowingDrift(rates, rates - mean, *columns)


def normal_drift(
    history: NormalHistory,
    se: tuple[float, float],
    control: ArrayLike,
    effect: float,
    *,
    alpha: float = 0.025,
    benefit: str = "lower",
) -> BorrowingDrift:
    """Error and power of a trial with borrowed controls, over true log odds or log hazards.

    Parameters
    ----------
    history : NormalHistory
        Robust prior on the value under control.
    se : (float, float)
        Standard errors of the estimates of this trial, control and treatment.
    control : array_like, shape (m,)
        True values under control.
    effect : float
        Treated less control under which power is given.
    alpha, benefit
        As for `rate_drift`.

    Raises
    ------
    ArrayError
        For numbers out of range.

    Examples
    --------
    >>> history = NormalHistory((1.0,), (0.0,), (0.2,), robust=0.1, vague=(0.0, 2.0))
    >>> found = normal_drift(history, (0.2, 0.2), [0.0, -0.5], -0.6)
    >>> bool(found.power[0] > found.power_alone[0]), bool(found.worst_error > 0.025)
    (True, True)
    """
    values = as_vector(control, "control")
    sign = 1.0 if benefit == "higher" else -1.0
    _refuse(values, np.isfinite(values), "finite", sign * effect, alpha, benefit)
    columns = [
        prior.success_probability(values, values + shift, se, alpha=alpha, benefit=benefit)
        for prior in (history, replace(history, robust=1.0))
        for shift in (0.0, effect)
    ]
    mean = float(np.asarray(history.weights) @ np.asarray(history.means))
    return BorrowingDrift(values, values - mean, *columns)


def moment_patients(history: HistoricalControls) -> float:
    r"""Patients of the one Beta that has mean and variance of the prior.

    :math:`m (1 - m) / v - 1`; the vague component widens the prior, so that this is less than the
    expected local information ratio of `HistoricalControls.effective_patients`.

    Examples
    --------
    >>> round(moment_patients(HistoricalControls((1.0,), (4.0,), (16.0,), robust=0.0)), 6)
    20.0
    """
    weights, a, b = history.mixture()
    mean = float(weights @ (a / (a + b)))
    second = float(weights @ (a * (a + 1.0) / ((a + b) * (a + b + 1.0))))
    return mean * (1.0 - mean) / (second - mean**2) - 1.0


def _refuse(
    control: Array, inside: NDArray[np.bool_], allowed: str, gain: float, alpha: float, benefit: str
) -> None:
    found = [
        Problem("", f"index {i}", "control", repr(float(control[i])), allowed, "Correct it.")
        for i in np.flatnonzero(~np.asarray(inside, dtype=bool))
    ]
    rules = (
        ("effect", gain, 0.0 < gain < math.inf, "finite, in the direction of benefit"),
        ("alpha", alpha, 0.0 < alpha < 0.5, "above 0, below 0.5"),
        ("benefit", benefit, benefit in ("lower", "higher"), "lower, higher"),
    )
    found += [
        Problem("", "", name, repr(shown), allows, f"Correct {name}.")
        for name, shown, good, allows in rules
        if not good
    ]
    if found:
        raise ArrayError(found)
