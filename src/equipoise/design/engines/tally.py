"""What simulated trials add up to: counts and sums, and every rate with its Monte Carlo error.

Words: a *replicate* is one simulated trial; a *count* is how many replicates something happened
in; a *moment* is a number some or all replicates have, held as how many have it, their sum and
their sum of squares. All of it adds over chunks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Counts = NDArray[np.int64]
Held = TypeVar("Held")

METHOD_CITES = {"monte_carlo_error": ("morris2019",)}
"""Keys of `equipoise.cite.REFERENCES` behind the Monte Carlo errors."""


@dataclass(frozen=True)
class MonteCarlo:
    """A simulated number and its Monte Carlo standard error.

    Attributes
    ----------
    value, mcse : array
        The number, and the standard deviation it has over repetitions of the whole simulation.
    replicates : array
        Trials behind it.
    """

    value: Array
    mcse: Array
    replicates: Counts


@dataclass(frozen=True)
class Moments:
    """Sums of a number over the replicates that have it.

    Attributes
    ----------
    replicates : array of int
        How many have it.
    total, squares : array
        Sum and sum of squares.
    """

    replicates: Counts
    total: Array
    squares: Array

    @classmethod
    def of(cls, values: ArrayLike) -> Moments:
        """Sum over the first axis; a NaN is a replicate that does not have the number."""
        array = np.asarray(values, dtype=np.float64)
        there = ~np.isnan(array)
        kept = np.where(there, array, 0.0)
        return cls(there.sum(axis=0, dtype=np.int64), kept.sum(axis=0), (kept * kept).sum(axis=0))

    def __add__(self, other: Moments) -> Moments:
        """Moments of both together."""
        return Moments(
            self.replicates + other.replicates,
            self.total + other.total,
            self.squares + other.squares,
        )

    def mean(self) -> MonteCarlo:
        """Mean with error `s / sqrt n`; NaN where no replicate has the number."""
        root = np.sqrt(np.maximum(self.replicates, 1.0))
        return MonteCarlo(self._centre(), self.spread() / root, np.asarray(self.replicates))

    def spread(self) -> Array:
        """Return the standard deviation `s` between replicates, divisor n - 1; NaN below two."""
        n = np.asarray(self.replicates, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            about_mean = self.squares - self.total * self._centre()
            variance = np.maximum(about_mean, 0.0) / (n - 1.0)
        return np.where(n > 1.0, np.sqrt(np.where(n > 1.0, variance, math.nan)), math.nan)

    def _centre(self) -> Array:
        n = np.asarray(self.replicates, dtype=np.float64)
        return np.where(n > 0.0, self.total / np.maximum(n, 1.0), math.nan)


@dataclass(frozen=True)
class Tally:
    """Counts and moments of simulated trials by name; `a + b` is the tally of both.

    Attributes
    ----------
    replicates : int
        Simulated trials.
    counts : mapping of name to array of int
        In how many replicates it happened.
    moments : mapping of name to Moments
        What the replicates measured.
    """

    replicates: int
    counts: dict[str, Counts]
    moments: dict[str, Moments]

    def __add__(self, other: Tally) -> Tally:
        """Tally of both; both must count the same things."""
        if self.counts.keys() != other.counts.keys() or self.moments.keys() != other.moments.keys():
            raise ArrayError([_unlike(self, other)])
        return Tally(
            self.replicates + other.replicates,
            {name: count + other.counts[name] for name, count in self.counts.items()},
            {name: moment + other.moments[name] for name, moment in self.moments.items()},
        )

    def rate(self, name: str) -> MonteCarlo:
        """Share of replicates, error `sqrt(p (1 - p) / n)`.

        At a share of 0 or 1 that error is 0 although the truth may differ: the error of one
        replicate more, `p = (count + 1/2) / (n + 1)`, is given there.
        """
        count = _named(self.counts, name)
        n = float(self.replicates)
        share = count / n
        plain = np.where((count > 0) & (count < n), share, (count + 0.5) / (n + 1.0))
        return MonteCarlo(
            np.asarray(share),
            np.sqrt(plain * (1.0 - plain) / n),
            np.full(np.shape(count), self.replicates),
        )

    def mean(self, name: str) -> MonteCarlo:
        """Mean of a moment with its Monte Carlo error."""
        return _named(self.moments, name).mean()


def _named(held: Mapping[str, Held], name: str) -> Held:
    if name not in held:
        allowed = ", ".join(sorted(held)) or "nothing is held"
        raise ArrayError([Problem("", "", "name", name, allowed, "Choose one of these.")])
    return held[name]


def _unlike(a: Tally, b: Tally) -> Problem:
    shown = " and ".join(", ".join([*t.counts, *t.moments]) for t in (a, b))
    return Problem("", "", "tally", shown, "the same names in both", "Add tallies of one job.")
