"""What a design does under a truth: how often it is right, wrong, early, and how large it gets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.engines.tally import MonteCarlo

if TYPE_CHECKING:
    import pandas as pd

BY_LOOK = ("stop_efficacy", "stop_futility", "not_reached", "rejected_by_look", "selection")
"""Measures whose first axis is the look."""

BY_HYPOTHESIS = ("power", "rejected_by_look", "naive_bias", "corrected_bias")
"""Measures whose last axis is the hypothesis."""


@dataclass(frozen=True)
class OperatingCharacteristics:
    """Operating characteristics of a design under a scenario.

    Every number is a `MonteCarlo`: its value, its Monte Carlo standard error (0 from the exact
    engine) and the replicates behind it. NaN is a number that does not exist here.

    Attributes
    ----------
    engine : str
        Engine that computed them.
    hypotheses : tuple of str, length m
        What is tested.
    subsets : tuple of str
        What the selection chooses among; empty without a selection.
    power : shape (m,)
        P(rejected), each hypothesis. Benefit only, whatever the sides of the test.
    any_rejection, strong_null : shape ()
        P(a hypothesis is rejected), P("no effect anywhere" is rejected).
    family_wise_error : shape ()
        P(a true null is rejected); NaN when none is true.
    rejected_by_look : shape (K, m)
        P(rejected by that look).
    stop_efficacy, stop_futility : shape (K,)
        P(the trial ends at that look with a rejection), and at an interim look with none: futile,
        or harmful in a two-sided plan.
    selection : shape (K, subsets)
        P(that subset of populations is on test at that look).
    patients, events, months : shape ()
        Expected size and duration.
    naive_bias, corrected_bias : shape (m,)
        Mean error of the estimate at the end, above 0 when the benefit is exaggerated; as if
        nothing had been looked at or chosen, and corrected for it.
    not_reached : shape (K,)
        P(the trial is still going at that look and its information never comes).
    late_information : float
        Information on the late effect of an early-then-late pair, at its full size; else NaN.
    seed, replicates : int
        Of the simulation; 0 replicates from the exact engine.
    approximation_error : float
        `any_rejection` less that of the engine compared with; NaN until `compare_engines`.
    message : str
        What the reader must know first.
    """

    engine: str
    hypotheses: tuple[str, ...]
    subsets: tuple[str, ...]
    power: MonteCarlo
    any_rejection: MonteCarlo
    strong_null: MonteCarlo
    family_wise_error: MonteCarlo
    rejected_by_look: MonteCarlo
    stop_efficacy: MonteCarlo
    stop_futility: MonteCarlo
    selection: MonteCarlo
    patients: MonteCarlo
    events: MonteCarlo
    months: MonteCarlo
    naive_bias: MonteCarlo
    corrected_bias: MonteCarlo
    not_reached: MonteCarlo
    late_information: float
    seed: int
    replicates: int
    approximation_error: float
    message: str

    def rows(self) -> Iterator[tuple[str, str, int, float, float]]:
        """Yield measure, what it is of, look (0 for the whole trial), value and error."""
        for field in fields(self):
            found = getattr(self, field.name)
            if not isinstance(found, MonteCarlo):
                continue
            value, mcse = np.broadcast_arrays(found.value, found.mcse)
            names = self._names(field.name)
            for place in np.ndindex(value.shape):
                look = place[0] + 1 if field.name in BY_LOOK else 0
                of = names[place[-1]] if names else ""
                yield field.name, of, look, float(value[place]), float(mcse[place])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a number: measure, of, look, value, mcse, engine, replicates."""
        import pandas as pd  # noqa: PLC0415  # keeps `check` and `--help` quick

        columns = ["measure", "of", "look", "value", "mcse"]
        frame = pd.DataFrame(list(self.rows()), columns=columns)
        return frame.assign(engine=self.engine, replicates=self.replicates)

    def _names(self, measure: str) -> tuple[str, ...]:
        if measure == "selection":
            return self.subsets
        return self.hypotheses if measure in BY_HYPOTHESIS else ()


def known(values: ArrayLike) -> MonteCarlo:
    """Return numbers without a Monte Carlo error."""
    value = np.asarray(values, dtype=np.float64)
    return MonteCarlo(value, np.zeros(value.shape), np.zeros(value.shape, dtype=np.int64))


def absent(*shape: int) -> MonteCarlo:
    """Return numbers that do not exist here: NaN."""
    nothing = np.full(shape, math.nan)
    return MonteCarlo(nothing, nothing, np.zeros(shape, dtype=np.int64))
