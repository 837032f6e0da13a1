"""Which populations go on after an interim look: rules as functions on all trials at once.

A rule takes an `Interim` and returns flags (n, m). Any function that does is a rule; those here
are frozen records, so that they can be sent to other processes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Interim:
    """What is known of n trials at a look, by population from the smallest to the whole.

    Attributes
    ----------
    stage : int
        Looks done, from 1.
    estimate : array, shape (n, m)
        Estimated effect so far, above 0 for benefit; NaN for a population no longer tested.
    z : array, shape (n, m)
        `estimate / se` from all patients so far.
    needed : array, shape (n, m)
        Normal score that the next stage's p-value needs for every intersection with that
        population to cross its next bound; infinite when it cannot.
    expected : array, shape (n, m)
        Mean of the next stage's z were that population recruited alone and the estimate true.
    """

    stage: int
    estimate: Array
    z: Array
    needed: Array
    expected: Array


Rule = Callable[[Interim], Flags]

TIE = 1e-12
"""Differences that are equal but for rounding: rates of a few patients tie often, and a rule must
not decide by the last bit."""


@dataclass(frozen=True)
class KeepAll:
    """Go on with every population that is still tested."""

    def __call__(self, interim: Interim) -> Flags:
        """Return flags (n, m)."""
        return ~np.isnan(interim.estimate)


@dataclass(frozen=True)
class KeepOnly:
    """Go on with one population, chosen before the trial: 0 the smallest, -1 the whole."""

    population: int

    def __call__(self, interim: Interim) -> Flags:
        """Return flags (n, m)."""
        flags = np.zeros(interim.estimate.shape, dtype=bool)
        flags[:, self.population] = ~np.isnan(interim.estimate[:, self.population])
        return flags


@dataclass(frozen=True)
class Difference:
    """Compare S with F by the difference of their estimates, `D = estimate_S - estimate_F`.

    S alone when `D > high`, F alone when `D < low`, both between. What is kept must have an
    estimate above `least`, else it is dropped; with nothing left the trial stops. `low = high = 0`
    goes on with the better one (S on a tie), `low = -high` is the epsilon rule.

    Attributes
    ----------
    low, high : float
        Limits of the difference; low at most high.
    least : float
        Estimates at or below this are dropped; `-inf` drops none.
    """

    low: float = 0.0
    high: float = 0.0
    least: float = -math.inf

    def __post_init__(self) -> None:
        if not self.low <= self.high or math.isnan(self.least):
            shown = f"low {self.low}, high {self.high}, least {self.least}"
            action = "Order the limits."
            raise ArrayError([Problem("", "", "rule", shown, "low at most high, no NaN", action)])

    def __call__(self, interim: Interim) -> Flags:
        """Return flags (n, 2)."""
        if interim.estimate.shape[1] != 2:
            shown = f"{interim.estimate.shape[1]} populations"
            raise ArrayError([Problem("", "", "rule", shown, "2 (S and F)", "Take Epsilon.")])
        small, whole = interim.estimate[:, 0], interim.estimate[:, 1]
        alone = np.isnan(small) | np.isnan(whole)
        gap = np.where(alone, 0.0, small - whole)
        flags = np.empty(interim.estimate.shape, dtype=bool)
        tie = (self.low == self.high) & (np.abs(gap - self.high) <= TIE)
        flags[:, 0] = alone | (gap >= self.low - TIE)
        flags[:, 1] = alone | ((gap <= self.high + TIE) & ~tie)
        return flags & (interim.estimate > self.least)


@dataclass(frozen=True)
class Epsilon:
    """Keep every population whose estimate is within `epsilon` of the best, and above `least`.

    `epsilon = 0` keeps the best alone.
    """

    epsilon: float = 0.0
    least: float = -math.inf

    def __call__(self, interim: Interim) -> Flags:
        """Return flags (n, m)."""
        best = np.fmax.reduce(interim.estimate, axis=1)[:, None]
        near = best - interim.estimate <= self.epsilon + TIE
        return np.asarray(near & (interim.estimate > self.least))


@dataclass(frozen=True)
class ConditionalPower:
    """Keep the populations whose chance to be rejected at the next look is at least `least`.

    `CP = P(N(expected, 1) >= needed)`: the effect seen is taken as true and the population as
    recruited alone.
    """

    least: float

    def __call__(self, interim: Interim) -> Flags:
        """Return flags (n, m)."""
        return np.asarray(conditional_power(interim) >= self.least)


@dataclass(frozen=True)
class BroadestWithEffect:
    """Keep the broadest population whose estimate is at least `least`, alone; else stop.

    With populations cut from a continuous marker by falling thresholds this chooses the lowest
    threshold above which the treatment still seems worth it.
    """

    least: float = 0.0

    def __call__(self, interim: Interim) -> Flags:
        """Return flags (n, m)."""
        good = interim.estimate >= self.least
        broader = np.cumsum(good[:, ::-1], axis=1)[:, ::-1]
        return np.asarray(good & (broader == 1))


def conditional_power(interim: Interim) -> Array:
    """Chance of each population to be rejected at the next look, effect seen taken as true.

    Returns
    -------
    array, shape (n, m)
        NaN for a population no longer tested.
    """
    return np.asarray(ndtr(interim.expected - interim.needed))


def applied(rule: Rule, interim: Interim) -> Flags:
    """Ask a rule, its answer held to what a rule may say: (n, m) truth values, nothing revived."""
    flags = np.asarray(rule(interim))
    if flags.shape != interim.estimate.shape or flags.dtype != np.bool_:
        shown = f"shape {flags.shape} of {flags.dtype}"
        allowed = f"shape {interim.estimate.shape} of bool"
        action = "Return one truth value a trial and population."
        raise ArrayError([Problem("", "", "rule", shown, allowed, action)])
    return flags & ~np.isnan(interim.estimate)
