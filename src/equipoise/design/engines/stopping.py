"""Where a trial stops: its statistics held against efficacy and futility bounds, look by look.

Conventions of the room: a large `z` is good; a trial rejects at the first look with `z` at or
above `upper` and stops for futility at the first look before the last with `z` at or below
`lower`. A NaN is a look that was not reached: nothing is tested there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.design.engines.tally import Counts, Moments
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector
from equipoise.synthesis.compiled import kernel

Looks = NDArray[np.int64]
Flags = NDArray[np.int8]

CONTINUED, REJECTED, FUTILE = 0, 1, 2


@dataclass(frozen=True)
class Bounds:
    """Efficacy and futility bounds as z values.

    Attributes
    ----------
    upper, lower : array, shape (K,)
        Efficacy bound (inf: no test at that look) and futility bound (-inf: none). Futility
        bounds stop the trial here; leave them out to get the size of a design in which they do
        not bind.
    """

    upper: Array
    lower: Array

    @property
    def looks(self) -> int:
        """Number of looks `K`."""
        return self.upper.size


def bounds(upper: ArrayLike, lower: ArrayLike | None = None) -> Bounds:
    """Check bounds and return them; without `lower` nothing stops for futility."""
    high = as_vector(upper, "upper")
    low = np.full(high.size, -math.inf) if lower is None else as_vector(lower, "lower")
    problems = [
        Problem("", f"look {k + 1}", name, repr(float(values[k])), "not NaN", "Set it.")
        for name, values in (("upper", high), ("lower", low))
        for k in np.flatnonzero(np.isnan(values))
    ]
    if high.size != low.size or high.size == 0:
        shown = f"upper {high.size}, lower {low.size}"
        problems.append(Problem("", "", "bounds", shown, "one of each a look", "Match them."))
    else:
        problems += [
            Problem("", f"look {k + 1}", "lower", repr(float(low[k])), "at most upper", "Lower it.")
            for k in np.flatnonzero(low > high)
        ]
    if problems:
        raise ArrayError(problems)
    return Bounds(high, low)


@dataclass(frozen=True)
class Stops:
    """Where and how each replicate stopped.

    Attributes
    ----------
    look : array of int, shape (size,)
        Index of the look at which it stopped; the last if no bound was met.
    outcome : array of int, shape (size,)
        0 no bound met, 1 rejected, 2 futile.
    """

    look: Looks
    outcome: Flags

    def at(self, values: Array) -> Array:
        """Take each replicate's value at its look from an array of shape (size, K) or (K,)."""
        if values.ndim == 1:
            return values[self.look]
        return values[np.arange(self.look.size), self.look]

    def counts(self, looks: int) -> dict[str, Counts]:
        """Count, look by look, who stopped, rejected or was futile; and who rejected at all."""
        rejected = np.bincount(self.look[self.outcome == REJECTED], minlength=looks)
        return {
            "rejected": rejected,
            "futile": np.bincount(self.look[self.outcome == FUTILE], minlength=looks),
            "stopped": np.bincount(self.look, minlength=looks),
            "success": np.asarray(rejected.sum()),
        }

    def estimates(self, estimate: Array) -> dict[str, Moments]:
        """Sum the naive estimate at the stop, over all replicates and over those that rejected."""
        found = self.at(estimate)
        among = np.where(self.outcome == REJECTED, found, math.nan)
        return {"estimate": Moments.of(found), "estimate_if_success": Moments.of(among)}


def stops(z: Array, bound: Bounds) -> Stops:
    """Find where each replicate stops; `z` has shape (size, K)."""
    if z.ndim != 2 or z.shape[1] != bound.looks:
        shown, allowed = f"shape {z.shape}", f"(size, {bound.looks})"
        raise ArrayError([Problem("", "", "z", shown, allowed, "Pass one value a look.")])
    look = np.empty(z.shape[0], dtype=np.int64)
    outcome = np.empty(z.shape[0], dtype=np.int8)
    stop_kernel(z, bound.upper, bound.lower, look, outcome)
    return Stops(look, outcome)


@kernel
def stop_kernel(z: Array, upper: Array, lower: Array, look: Looks, outcome: Flags) -> None:
    """Fill `look` and `outcome`."""
    last = z.shape[1] - 1
    for r in range(z.shape[0]):
        look[r], outcome[r] = last, CONTINUED
        for k in range(last + 1):
            if z[r, k] >= upper[k]:
                look[r], outcome[r] = k, REJECTED
                break
            if k < last and z[r, k] <= lower[k]:
                look[r], outcome[r] = k, FUTILE
                break
