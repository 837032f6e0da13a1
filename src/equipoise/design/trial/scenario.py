"""A supposed truth: what happens under control, what the treatment does in whom, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.design.trial.refusals import problem
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Values = float | tuple[float, ...] | tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Scenario:
    """A truth under which a design is evaluated.

    Strata are those of the true marker, from the most negative to the smallest population:
    (negative, positive) for a binary one. One number holds in every stratum.

    Attributes
    ----------
    control : float or tuple
        Under control: the rate of a binary endpoint, or the hazard a month; one, or one a stratum,
        or for hazards in pieces a tuple a stratum. With several pieces one flat tuple is the
        pieces of every stratum.
    effect : float or tuple of float
        Log odds ratio or log hazard ratio, treatment against control; one, or one a stratum.
    starts : tuple of float, length P
        Months since entry from which the pieces of the hazards hold, the first 0.
    delay : float
        Months since entry before which the treatment does nothing (time to an event).
    control_drift : float
        How far this trial's controls have moved from `control`, which held in earlier trials: on
        the log odds of a rate, or the log of a hazard. The effect is against today's controls.
    prevalence, sensitivity, specificity : float or None
        Of the true marker and assay; as the design supposes when left out.
    name : str
        As shown.

    Examples
    --------
    >>> Scenario(control=0.3, effect=(0.0, 0.8)).effects(2).tolist()
    [0.0, 0.8]
    """

    control: Values
    effect: float | tuple[float, ...] = 0.0
    starts: tuple[float, ...] = (0.0,)
    delay: float = 0.0
    control_drift: float = 0.0
    prevalence: float | None = None
    sensitivity: float | None = None
    specificity: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what no truth can be; the strata are held against a design later."""
        problems = self._problems()
        if problems:
            raise ArrayError(problems)

    def effects(self, strata: int) -> Array:
        """Effect in each stratum, shape (m,)."""
        return np.broadcast_to(np.asarray(self.effect, dtype=np.float64), (strata,))

    def controls(self, strata: int) -> Array:
        """Rate or hazards under control in each stratum, shape (m, P)."""
        values = np.asarray(self.control, dtype=np.float64)
        if values.ndim < 2 and len(self.starts) == 1:
            values = values.reshape(-1, 1)
        return np.broadcast_to(values, (strata, len(self.starts)))

    def misfits(self, strata: int, *, rates: bool) -> list[Problem]:
        """Everything in which this truth does not fit a design with so many strata."""
        found = []
        for name in ("effects", "controls"):
            try:
                getattr(self, name)(strata)
            except ValueError:
                value = getattr(self, name[:-1])
                allowed = f"one number, or one for each of {strata} strata"
                found.append(problem(name[:-1], value, allowed, "Match the design."))
        inside = np.asarray(self.control, dtype=np.float64) <= 1.0
        if rates and not np.all(inside):
            found.append(problem("control", self.control, "rates, 0 to 1", "Give rates."))
        if rates and (self.delay > 0.0 or len(self.starts) > 1):
            allowed, action = "no pieces and no delay for a binary endpoint", "Leave them out."
            found.append(problem("delay", self.delay, allowed, action))
        return found

    def _problems(self) -> list[Problem]:
        found = []
        for name in ("control", "effect", "starts"):
            try:
                numbers = np.asarray(getattr(self, name), dtype=np.float64)
            except (TypeError, ValueError):
                numbers = np.array(math.nan)
            fine = numbers.size > 0 and bool(np.all(np.isfinite(numbers)))
            allowed = "finite numbers"
            if fine and name == "control":
                fine, allowed = bool(np.all(numbers >= 0.0)), "finite numbers, 0 or more"
            if fine and name == "starts":
                fine = bool(numbers[0] == 0.0 and np.all(np.diff(numbers) > 0.0))
                allowed = "finite, increasing from 0"
            if not fine:
                found.append(problem(name, getattr(self, name), allowed, f"Correct {name}."))
        if not 0.0 <= self.delay < math.inf:
            found.append(problem("delay", self.delay, "0 or more, finite", "Correct delay."))
        if not math.isfinite(self.control_drift):
            shown, allowed = self.control_drift, "a finite number"
            found.append(problem("control_drift", shown, allowed, "Correct control_drift."))
        for name in ("prevalence", "sensitivity", "specificity"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                found.append(problem(name, value, "0 to 1", f"Correct {name}."))
        return found
