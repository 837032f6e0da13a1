"""The marker as the trial sees it: who is called positive, and what the treatment does in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError


@dataclass(frozen=True)
class CalledMarker:
    """A binary marker read by an imperfect assay.

    Attributes
    ----------
    prevalence : float
        True share of positives, strictly between 0 and 1.
    sensitivity, specificity : float
        P(called positive | positive) and P(called negative | negative).
    called_positive : float
        Share called positive, `pi se + (1 - pi)(1 - sp)`.
    truly_positive : array, shape (2,)
        Share of true positives among the called negative and the called positive:
        `pi (1 - se) / (1 - c)` and `pi se / c`, c the share called positive.
    """

    prevalence: float
    sensitivity: float
    specificity: float
    called_positive: float
    truly_positive: Array

    def mixed(self, values: ArrayLike) -> Array:
        """Mean of a quantity in the called groups, (2,), from that in the true groups.

        Exact for what averages over patients: event rates of an arm, means, survival curves, and
        the average log effect by definition. A hazard ratio is not such a quantity: mix the
        survival curves, or simulate patients.

        Parameters
        ----------
        values : array_like, shape (2, ...)
            In the truly negative and the truly positive.
        """
        negative, positive = np.asarray(values, dtype=np.float64)
        share = self.truly_positive.reshape(2, *([1] * np.ndim(negative)))
        return np.asarray((1.0 - share) * negative + share * positive)


def called_marker(
    prevalence: float, sensitivity: float = 1.0, specificity: float = 1.0
) -> CalledMarker:
    """Describe a marker and its assay; a marker that splits nobody is refused.

    Raises
    ------
    ArrayError
        Prevalence 0 or 1 (there is one population: design it as all-comers), shares outside 0 to
        1, or an assay no better than a coin (`se + sp <= 1`).

    Examples
    --------
    >>> marker = called_marker(0.35, 0.9, 0.95)
    >>> round(marker.called_positive, 4), marker.truly_positive.round(4).tolist()
    (0.3475, [0.0536, 0.9065])
    """
    problems = []
    if not 0.0 < prevalence < 1.0:
        action = "With 0 or 1 there is one population: plan an all-comers trial without a marker."
        allowed = "above 0, below 1"
        problems.append(Problem("", "", "prevalence", repr(prevalence), allowed, action))
    for name, value in (("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0.0 <= value <= 1.0:
            problems.append(Problem("", "", name, repr(value), "0 to 1", "Correct it."))
    if not problems and not sensitivity + specificity > 1.0:
        shown, allowed = f"{sensitivity} + {specificity}", "sensitivity + specificity above 1"
        problems.append(Problem("", "", "assay", shown, allowed, "It tells nothing: drop it."))
    if problems:
        raise ArrayError(problems)
    called = prevalence * sensitivity + (1.0 - prevalence) * (1.0 - specificity)
    missed = prevalence * (1.0 - sensitivity)
    truly = np.array([missed / (1.0 - called) if called < 1.0 else math.nan, 0.0])
    truly[1] = prevalence * sensitivity / called
    return CalledMarker(prevalence, sensitivity, specificity, called, truly)


def random_subset_sizes(
    patients: int, share: float, rng: Generator, trials: int
) -> NDArray[np.int64]:
    """Draw the called positive among `patients` recruited whoever they are: (trials,)."""
    return rng.binomial(patients, share, trials)


@dataclass(frozen=True)
class ContinuousMarker:
    """Nested populations cut from a normal marker X by thresholds, highest first.

    Attributes
    ----------
    thresholds : array, shape (m - 1,)
        Falling, on the scale of a standard normal marker; the whole population has none.
    shares : array, shape (m,)
        Share of all patients in each population, `Q(threshold)`, from the smallest to 1.
    """

    thresholds: Array
    shares: Array

    def strata(self) -> Array:
        """Share of each stratum (m,), from the lowest marker values to the highest."""
        return np.diff(self.shares, prepend=0.0)[::-1]

    def average_effects(self, intercept: float, slope: float) -> Array:
        """Average effect in each stratum, lowest marker values first, shape (m,).

        The effect is `intercept + slope X`, so that its average between two thresholds a < b is
        `intercept + slope (phi(a) - phi(b)) / (Phi(b) - Phi(a))`.
        """
        cuts = np.concatenate(([np.inf], self.thresholds, [-np.inf]))
        density = np.exp(-0.5 * cuts**2) / math.sqrt(2.0 * math.pi)
        mean = np.diff(density) / np.diff(self.shares, prepend=0.0)
        return np.asarray(intercept + slope * mean)[::-1]


def continuous_marker(shares: ArrayLike) -> ContinuousMarker:
    """Cut a normal marker so that the populations hold these shares of the patients.

    Parameters
    ----------
    shares : array_like, shape (m,)
        Rising, above 0, the last 1.

    Examples
    --------
    >>> marker = continuous_marker([0.25, 1.0])
    >>> marker.thresholds.round(4).tolist(), marker.average_effects(0.0, 1.0).round(4).tolist()
    ([0.6745], [-0.4237, 1.2711])
    """
    found = np.atleast_1d(np.asarray(shares, dtype=np.float64))
    rising = bool(np.all(np.diff(found, prepend=0.0) > 0.0))
    if not rising or found[-1] != 1.0:
        allowed, action = "rising, above 0, the last 1", "Give the share of each population."
        raise ArrayError([Problem("", "", "shares", str(found.tolist()), allowed, action)])
    return ContinuousMarker(-np.asarray(ndtri(found[:-1])), found)
