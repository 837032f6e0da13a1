"""What is uncertain about a model, and models drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.errors import InputError, Problem
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals import parameter_ranges
from equipoise.synthesis.arrays import Array


class Factor(Protocol):
    """Something uncertain: a name, and its values at uniform numbers."""

    @property
    def name(self) -> str:
        """Name, for tables."""

    def values(self, uniform: Array) -> Array:
        """Return values at uniform numbers between 0 and 1, of the same shape."""


@dataclass(frozen=True)
class UncertainFactor:
    """What may be anything between two limits: uniform, on the log scale where `low` is above 0.

    Attributes
    ----------
    name : str
    low, high : float
        `low < high`.
    """

    name: str
    low: float
    high: float

    def values(self, uniform: Array) -> Array:
        """Return values at uniform numbers between 0 and 1, of the same shape.

        Examples
        --------
        >>> import numpy as np
        >>> UncertainFactor("a", 1.0, 100.0).values(np.array([0.0, 0.5])).round(6).tolist()
        [1.0, 10.0]
        """
        if self.low > 0.0:
            made: Array = np.exp(np.log(self.low) + uniform * np.log(self.high / self.low))
            return made
        made = self.low + uniform * (self.high - self.low)
        return made


@dataclass(frozen=True)
class RangeFactor:
    """A typical value with the prior that its row of the table of parameters gives it.

    Normal on the working scale (the logarithm where `logged`) and cut at `low` and `high`; see
    `rivals.ParameterRanges`, of which this is one column.
    """

    name: str
    logged: bool
    centre: float
    sd: float
    low: float
    high: float

    def values(self, uniform: Array) -> Array:
        """Return values at uniform numbers between 0 and 1, of the same shape."""
        bottom, top = ndtr((np.array([self.low, self.high]) - self.centre) / self.sd)
        working: Array = self.centre + self.sd * ndtri(bottom + (top - bottom) * uniform)
        return np.exp(working) if self.logged else working


def uncertain_factors(model: MechanismModel, symbols: Sequence[str]) -> tuple[RangeFactor, ...]:
    """Return parameters as factors with the priors that the table of parameters gives them.

    Raises
    ------
    InputError
        Every symbol that stands twice or has no limits with `low < high`.
    """
    problems: list[Problem] = []
    action = "Give low and high in the table of parameters, or leave it out."
    for position, symbol in enumerate(symbols):
        row = model.parameters[model.index(symbol)]
        if symbol in symbols[:position]:
            problems.append(Problem("", symbol, "", symbol, "each once", "Remove one."))
        elif row.low is None or row.high is None or not row.low < row.high:
            value = f"{row.low} to {row.high}"
            problems.append(Problem("", symbol, "low, high", value, "low below high", action))
    if problems:
        raise InputError(problems)
    r = parameter_ranges(model, symbols)
    columns = (r.logged, r.centre, r.sd, r.low, r.high)
    return tuple(
        RangeFactor(name, *row)
        for name, *row in zip(r.names, *(c.tolist() for c in columns), strict=True)
    )


def with_typical_values(
    model: MechanismModel, patients: Array, symbols: Sequence[str], values: Array
) -> Array:
    """Return the same patients under other typical values.

    A patient's own value is the typical one times what is the patient's own, so it is multiplied
    by drawn over tabulated; where the table has 0 it is set.

    Parameters
    ----------
    model : MechanismModel
    patients : (n, p) array
        Parameters of each patient.
    symbols : sequence of str, length k
    values : (m, k) array
        Typical values of each draw.

    Returns
    -------
    (m, n, p) array
    """
    rows = np.repeat(patients[None, :, :], len(values), axis=0)
    for column, symbol in enumerate(symbols):
        k = model.index(symbol)
        drawn = values[:, column, None]
        usual = model.values[k]
        rows[:, :, k] = rows[:, :, k] * (drawn / usual) if usual else drawn
    return rows


def with_coefficients(
    model: MechanismModel, rows: Array, symbols: Sequence[str], values: Array
) -> Array:
    """Return rows (m, n, p) with draws (m, k) of parameters that all patients share."""
    made = rows.copy()
    for column, symbol in enumerate(symbols):
        made[:, :, model.index(symbol)] = values[:, column, None]
    return made
