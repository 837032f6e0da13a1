"""What is not known of the typical patient, drawn from the ranges of the table of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.mechanism.calibration.response_targets import Z95
from equipoise.mechanism.models import MechanismModel
from equipoise.synthesis.arrays import Array

DRAWN_ROLES = ("constant", "fitted")


@dataclass(frozen=True, eq=False)
class ParameterRanges:
    """Independent priors, each cut to the range it comes from.

    On the working scale (the logarithm where `low > 0`) a prior is normal. A range that is open
    to the logarithm is the central 95 % of it. A range that begins at 0 or below is a normal around
    the value of the table, with the range as 3.92 standard deviations. Both are cut at `low` and
    `high`, so that no share, weight or exponent leaves what the table allows.

    Attributes
    ----------
    names : tuple of str, length k
    logged : (k,) bool array
    centre, sd, low, high : (k,) arrays
        On the working scale.
    """

    names: tuple[str, ...]
    logged: NDArray[np.bool_]
    centre: Array
    sd: Array
    low: Array
    high: Array

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n points, shape (n, k), on the natural scale."""
        bottom = special.ndtr((self.low - self.centre) / self.sd)
        top = special.ndtr((self.high - self.centre) / self.sd)
        share = bottom + (top - bottom) * rng.random((n, len(self.names)))
        return self.natural(self.centre + self.sd * special.ndtri(share))

    def natural(self, working: Array) -> Array:
        """Return points from the working scale, last axis k."""
        values: Array = np.where(self.logged, np.exp(np.where(self.logged, working, 0.0)), working)
        return values

    def log_density(self, working: Array) -> float:
        """Logarithm of the normal density of a point (k,), uncut and up to a constant."""
        return -0.5 * float((((working - self.centre) / self.sd) ** 2).sum())


def parameter_ranges(model: MechanismModel, names: Iterable[str]) -> ParameterRanges:
    """Return the priors of parameters whose range is not a single value."""
    rows = [model.parameters[model.index(name)] for name in names]
    kept = [p for p in rows if p.low is not None and p.high is not None and p.low < p.high]
    low = np.array([float(p.low or 0.0) for p in kept])
    high = np.array([float(p.high or 0.0) for p in kept])
    value = np.array([p.value for p in kept])
    logged = low > 0
    a, b = (np.where(logged, np.log(np.where(logged, x, 1.0)), x) for x in (low, high))
    centre = np.where(logged, (a + b) / 2, value)
    return ParameterRanges(tuple(p.symbol for p in kept), logged, centre, (b - a) / (2 * Z95), a, b)


def held_density(
    model: MechanismModel, names: Sequence[str], held: Iterable[str]
) -> Callable[[Array], float]:
    """Return the log prior density at the logarithms of `names` of those that are `held`.

    Uncut, so that a search sees no edge; 0 where none is held.
    """
    ranges = parameter_ranges(model, held)
    places = [list(names).index(name) for name in ranges.names]

    def log_density(working: Array) -> float:
        point = working[places]
        return ranges.log_density(np.where(ranges.logged, point, np.exp(point)))

    return log_density


def uncertain_behind(model: MechanismModel, readouts: Iterable[str]) -> tuple[str, ...]:
    """Return constants and fitted parameters with a range on which a readout may depend.

    In the order of the table of parameters.
    """
    behind = names_behind(model, readouts)
    return tuple(
        p.symbol
        for p in model.parameters
        if p.role in DRAWN_ROLES
        and p.symbol in behind
        and p.low is not None
        and p.high is not None
        and p.low < p.high
    )


def names_behind(model: MechanismModel, readouts: Iterable[str]) -> frozenset[str]:
    """Return every state, quantity and parameter that a readout depends on, however far."""
    waiting, seen = list(readouts), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for table in (model.rates, model.initials, model.assignments):
            if name in table:
                waiting += table[name].names
    return frozenset(seen)
