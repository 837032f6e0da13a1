"""What a simulation says: outputs of every patient on the days asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.mechanism.solving.statuses import REASONS

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Response:
    """Outputs of simulated patients.

    Attributes
    ----------
    outputs : tuple of str
    days : array, shape (d,)
    values : array, shape (n, d, k)
        NaN for a patient whose solution failed. A dose due on a day is not in the value of the day.
    status : array of int8, shape (n,)
        0, or a key of `statuses.REASONS`.
    steps : array of int, shape (n, 2)
        Explicit and implicit steps tried, of four and seven evaluations each.
    first : int
        Index of the first patient among all that were asked for.
    """

    outputs: tuple[str, ...]
    days: Array
    values: Array
    status: NDArray[np.int8]
    steps: NDArray[np.int64]
    first: int = 0

    @property
    def failed(self) -> tuple[tuple[int, str], ...]:
        """Index and reason of every patient whose solution failed."""
        found = np.flatnonzero(self.status)
        return tuple((self.first + int(i), REASONS[int(self.status[i])]) for i in found)

    def of(self, output: str) -> Array:
        """Return one output, shape (n, d)."""
        return self.values[:, :, self.outputs.index(output)]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a patient and day, with a column for each output."""
        n, d, k = self.values.shape
        frame = pd.DataFrame(self.values.reshape(n * d, k), columns=list(self.outputs))
        frame.insert(0, "day", np.tile(self.days, n))
        frame.insert(0, "patient", np.repeat(np.arange(self.first, self.first + n), d))
        return frame
