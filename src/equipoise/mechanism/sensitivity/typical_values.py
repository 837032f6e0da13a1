"""What is uncertain about a model, and models drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError, Problem
from equipoise.mechanism.models import MechanismModel
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class UncertainFactor:
    """A typical value that is known within limits.

    Its prior is uniform on the log scale where `low` is above 0, else uniform: no value outside the
    limits is drawn, so that a share stays a share.

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


def uncertain_factors(model: MechanismModel, symbols: Sequence[str]) -> tuple[UncertainFactor, ...]:
    """Return parameters as factors with the limits that the table of parameters gives them.

    Raises
    ------
    InputError
        Every symbol that is no parameter, stands twice, or has no limits with `low < high`.
    """
    problems: list[Problem] = []
    found: list[UncertainFactor] = []
    action = "Give low and high in the table of parameters, or leave it out."
    for position, symbol in enumerate(symbols):
        row = model.parameters[model.index(symbol)]
        if symbol in symbols[:position]:
            problems.append(Problem("", symbol, "", symbol, "each once", "Remove one."))
        elif row.low is None or row.high is None or not row.low < row.high:
            value = f"{row.low} to {row.high}"
            problems.append(Problem("", symbol, "low, high", value, "low below high", action))
        else:
            found.append(UncertainFactor(symbol, row.low, row.high))
    if problems:
        raise InputError(problems)
    return tuple(found)


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
