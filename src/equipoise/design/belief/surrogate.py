r"""From an early outcome to a late one: a wide link, never a conversion.

Across trials the late effect `theta` (a log hazard ratio) and the early one `phi` (a log odds
ratio of response) are taken as jointly normal with standard deviations `s_late`, `s_early` and a
trial-level `R^2`. Seen from `theta`,

`phi | theta ~ N(c theta, (1 - R^2) s_early^2)`, `c = -sqrt(R^2) s_early / s_late`,

so that an estimate of `phi` with variance `v` is an estimate `x / c` of `theta` with variance
`((1 - R^2) s_early^2 + v) / c^2`. However large the early study, its information on `theta` is
at most `R^2 / ((1 - R^2) s_late^2)`: that is what the link costs. `R^2` is swept, because
published values run from 0.03 to 0.63.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.mixture_integral import Belief
from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError

METHOD_CITES = {"surrogate link": ("cortazar2014",)}


@dataclass(frozen=True)
class SurrogateLink:
    """How an effect on an early outcome speaks of the effect on a late one.

    Attributes
    ----------
    r_squared : float
        Of the trial-level regression, 0 or above and below 1.
    sd_early, sd_late : float
        Spread of true effects across trials, on the analysis scales, above 0.
    opposite : bool
        Whether more of the early outcome goes with less of the late one (response, recurrence).

    Raises
    ------
    ArrayError
        For numbers outside these ranges.
    """

    r_squared: float
    sd_early: float
    sd_late: float
    opposite: bool = True

    def __post_init__(self) -> None:
        """Refuse a link that cannot be, or that would be a conversion."""
        rules = (
            ("r_squared", self.r_squared, 0.0 <= self.r_squared < 1.0, "0 or above, below 1"),
            ("sd_early", self.sd_early, 0.0 < self.sd_early < math.inf, "above 0, finite"),
            ("sd_late", self.sd_late, 0.0 < self.sd_late < math.inf, "above 0, finite"),
        )
        problems = [
            Problem("", "surrogate link", name, repr(value), allowed, "Correct the link.")
            for name, value, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    @property
    def slope(self) -> float:
        """Early effect expected a unit of late effect, `c`."""
        size = math.sqrt(self.r_squared) * self.sd_early / self.sd_late
        return -size if self.opposite else size

    @property
    def ceiling(self) -> float:
        """Information on the late effect of an endless early study."""
        return self.r_squared / ((1.0 - self.r_squared) * self.sd_late**2)

    def late_information(self, early_information: float) -> float:
        """Information on the late effect of a study with `early_information` on the early one.

        `c^2 / ((1 - R^2) s_early^2 + 1 / I)`; 0 for none.
        """
        if not early_information >= 0.0:
            allowed, action = "0 or above", "Correct it."
            raise ArrayError(
                [Problem("", "", "early_information", repr(early_information), allowed, action)]
            )
        if early_information == 0.0:
            return 0.0
        left = (1.0 - self.r_squared) * self.sd_early**2
        return self.slope**2 / (left + 1.0 / early_information)

    def early_belief(self, late: Belief) -> Belief:
        """Return what is believed of the early effect, `N(c m, c^2 s^2 + (1 - R^2) s_early^2)`."""
        left = math.sqrt(1.0 - self.r_squared) * self.sd_early
        spread = np.hypot(self.slope * late.sds, left)
        return Belief(late.weights, self.slope * late.means, spread)
