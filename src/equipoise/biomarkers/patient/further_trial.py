"""Which result of another trial would change the answer for one patient."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scipy.optimize import brentq

from equipoise.biomarkers.patient.absolute_benefit import AbsoluteBenefit, Measure

FARTHEST = 50.0
"""Log effect beyond which no result is looked for: a ratio of 5e21."""


@dataclass(frozen=True)
class FurtherTrial:
    """A trial in patients like this one, and the result at which the decision flips.

    Attributes
    ----------
    size : int
        Events (hazard ratio) or patients (odds ratio), half of them in each arm.
    se : float
        Standard error it would have, on the log scale.
    log_effect : float or None
        Estimate at which the probability of a worthwhile benefit is one half; None where no
        result of that size brings it there.
    """

    size: int
    se: float
    log_effect: float | None


def standard_error(size: int, measure: Measure, risk: float) -> float:
    """Error of a log effect: `2 / sqrt(D)` for D events, `2 / sqrt(n p (1 - p))` for n patients."""
    information = float(size) if measure == "HR" else size * risk * (1.0 - risk)
    return 2.0 / math.sqrt(information)


def flipping_effect(now: AbsoluteBenefit, worthwhile: float, se: float) -> float | None:
    """Estimate at which `P(B > worthwhile)` is one half once the trial is believed too.

    For a normal belief `N(m, s^2)`, a known baseline and `t` the effect that is just worthwhile:
    `y = t + (t - m) se^2 / s^2`. In general the probability moves one way with y (the normal
    likelihood has a monotone ratio), so that there is one root or none.
    """

    def excess(y: float) -> float:
        later = now.with_effect(now.whole.after(y, se))
        return later.probability_above(worthwhile) - 0.5

    return _root(excess)


def _root(excess: Callable[[float], float]) -> float | None:
    """Root of a monotone function between doubling limits; None if it keeps its sign."""
    reach = 1.0
    while reach <= FARTHEST:
        if excess(-reach) * excess(reach) <= 0.0:
            return float(brentq(excess, -reach, reach, xtol=1e-10))
        reach *= 2.0
    return None


def further_trials(
    now: AbsoluteBenefit, worthwhile: float, sizes: Iterable[int]
) -> tuple[FurtherTrial, ...]:
    """Try trials of several sizes."""
    trials = []
    for size in sizes:
        se = standard_error(size, now.measure, now.baseline.median)
        trials.append(FurtherTrial(size, se, flipping_effect(now, worthwhile, se)))
    return tuple(trials)
