"""What using the drug is worth to one patient, as a function of its effect."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Measure = Literal["HR", "OR", "RR"]


class NetBenefit(Protocol):
    """Anything that says what use is worth to one patient, given the log effect."""

    def of(self, theta: Array) -> Array:
        """Net benefit (n,) of use at the effects `theta` (n,)."""
        ...


@dataclass(frozen=True)
class Utility:
    r"""Net benefit of "use" for one patient; "not use" is 0.

    `U(theta) = worth * D(theta) - harm - cost`, where `D` is the absolute difference at the
    horizon, positive when the treatment is better, from the baseline risk `r0`:

    - HR: `r0 - (1 - (1 - r0)^exp(theta))`, `r0` the risk of the event by the horizon;
    - OR and RR: the risk under treatment minus `r0` in absolute value, on the side of benefit.

    Parameters
    ----------
    worth : float
        Value of one event averted (or one response gained), in the unit of `harm` and `cost`.
    baseline : float
        Risk without the drug at the horizon, between 0 and 1.
    measure : {"HR", "OR", "RR"}
        What `exp(theta)` is.
    benefit : {"lower", "higher"}
        Whether a smaller or a larger risk is better.
    harm, cost : float
        Of using the drug, a patient (stops, new primaries; price), 0 or above.

    Raises
    ------
    ArrayError
        For numbers outside these ranges.
    """

    worth: float
    baseline: float
    measure: Measure = "HR"
    benefit: Literal["lower", "higher"] = "lower"
    harm: float = 0.0
    cost: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a utility that does not exist."""
        rules = (
            ("worth", self.worth, 0.0 < self.worth < math.inf, "above 0, finite"),
            ("baseline", self.baseline, 0.0 < self.baseline < 1.0, "above 0, below 1"),
            ("measure", self.measure, self.measure in {"HR", "OR", "RR"}, "HR, OR, RR"),
            ("benefit", self.benefit, self.benefit in {"lower", "higher"}, "lower, higher"),
            ("harm", self.harm, 0.0 <= self.harm < math.inf, "0 or above, finite"),
            ("cost", self.cost, 0.0 <= self.cost < math.inf, "0 or above, finite"),
        )
        problems = [
            Problem("", "utility", name, repr(value), allowed, "Correct the utility.")
            for name, value, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    def difference(self, theta: ArrayLike) -> Array:
        """Absolute difference at the horizon (n,), positive when the treatment is better."""
        ratio = np.exp(np.asarray(theta, dtype=np.float64))
        treated = treated_risk(self.baseline, ratio, self.measure)
        return self.baseline - treated if self.benefit == "lower" else treated - self.baseline

    def of(self, theta: Array) -> Array:
        """Net benefit (n,) of using the drug when its log effect is `theta`."""
        return self.worth * self.difference(theta) - self.harm - self.cost

    def broken_even_at(self, ratio: float) -> Utility:
        """Return the utility whose `worth` makes use and non-use equal at the effect `ratio`.

        `worth = (harm + cost) / D(log ratio)`: the smallest worthwhile effect is where what is
        gained just pays for harm and cost.

        Raises
        ------
        ArrayError
            When `ratio` is no benefit, or harm and cost are both 0.
        """
        gained = float(self.difference(math.log(ratio))) if ratio > 0.0 else -1.0
        problems = []
        if not gained > 0.0:
            side = "below 1" if self.benefit == "lower" else "above 1"
            problems.append(Problem("", "utility", "ratio", repr(ratio), side, "Give a benefit."))
        if self.harm + self.cost == 0.0:
            action = "State harm or cost: without any, every benefit is worthwhile."
            problems.append(Problem("", "utility", "harm, cost", "0, 0", "a sum above 0", action))
        if problems:
            raise ArrayError(problems)
        return replace(self, worth=(self.harm + self.cost) / gained)


def treated_risk(baseline: ArrayLike, ratio: ArrayLike, measure: str) -> Array:
    """Risk under treatment from the risk without it and a hazard, odds or risk ratio.

    `1 - (1 - r)^HR`; `r OR / (1 - r + r OR)`; `min(1, r RR)`.
    """
    r, x = np.asarray(baseline, dtype=np.float64), np.asarray(ratio, dtype=np.float64)
    if measure == "HR":
        return -np.expm1(x * np.log1p(-r))
    if measure == "OR":
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(x), 1.0, r * x / (1.0 - r + r * x))
    return np.minimum(1.0, r * x)
