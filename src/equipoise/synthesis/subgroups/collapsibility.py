"""How far a whole-trial odds or hazard ratio is from the mean of its strata.

An odds ratio or hazard ratio that is the same in both strata is nearer to 1 in the two together,
without any confounding (Gail, Wieand and Piantadosi 1984, 10.1093/biomet/71.3.431). The equation
of a whole trial in `missing_phenotype` takes it for the information-weighted mean of its strata;
this is the size of that error.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

NODES = 100
"""Gauss-Legendre points in time; twice as many change the examples by less than 1e-13."""


class Collapse(NamedTuple):
    """A whole-trial log ratio against the mean of its strata.

    `marginal` is the log ratio in the whole, `mean_of_strata` the mean of the strata's log
    ratios at information share `share`, `bias` marginal minus mean. All are logarithms.
    """

    measure: str
    marginal: float
    mean_of_strata: float
    bias: float
    share: float

    def __str__(self) -> str:
        whole, mean = math.exp(self.marginal), math.exp(self.mean_of_strata)
        return (
            f"Whole-trial {self.measure} {whole:.3f} where the strata average {mean:.3f}: the "
            f"whole-trial equation is off by {self.bias:+.4f} on the log scale (factor "
            f"{math.exp(self.bias):.3f}), with {100 * self.share:.1f} % of the information in "
            "the positive stratum."
        )


def marginal_odds_ratio(
    share: float, risks: tuple[float, float], odds_ratios: tuple[float, float]
) -> Collapse:
    """Odds ratio of a whole trial made of two strata, patients randomised one to one.

    `p_a = s p1_a + (1 - s) p0_a` in each arm a; the information share is that of the expected
    cells, `q = I1 / (I1 + I0)` with `1 / I = 1 / (n p (1 - p))` summed over the arms.

    Parameters
    ----------
    share : float
        Share of patients in the positive stratum, between 0 and 1.
    risks : tuple of float
        Risk without treatment in the positive and the negative stratum.
    odds_ratios : tuple of float
        Of treatment, positive and negative.

    Examples
    --------
    >>> round(math.exp(marginal_odds_ratio(0.5, (0.8, 0.2), (0.5, 0.5)).marginal), 3)
    0.636
    """
    _check(share, risks, odds_ratios, 1.0)
    control = np.array(risks)
    treated = expit(logit(control) + np.log(odds_ratios))
    mix = np.array([share, 1.0 - share])
    marginal = float(logit(mix @ treated) - logit(mix @ control))
    cells = mix * control * (1 - control), mix * treated * (1 - treated)
    information = 1.0 / (1.0 / cells[0] + 1.0 / cells[1])
    return _collapse("odds ratio", marginal, np.log(odds_ratios), information)


def marginal_hazard_ratio(
    share: float,
    hazards: tuple[float, float],
    hazard_ratios: tuple[float, float],
    follow_up: float,
) -> Collapse:
    """Hazard ratio that Cox regression of a whole trial estimates when strata are left out.

    Times are exponential within stratum and arm, patients randomised one to one, everybody is
    followed to `follow_up`. The estimate tends to the root b of `int [h_1 S_1 - (e^b S_1 /
    (e^b S_1 + S_0)) (h_1 S_1 + h_0 S_0)] dt = 0`, `S_a` and `h_a` being survival and hazard of
    the mixture in arm a. The information share is that of expected events.

    Parameters
    ----------
    share : float
        Share of patients in the positive stratum.
    hazards : tuple of float
        Events per unit of time without treatment, positive and negative stratum.
    hazard_ratios : tuple of float
        Of treatment, positive and negative.
    follow_up : float
        In the same unit of time.

    Examples
    --------
    >>> result = marginal_hazard_ratio(0.5, (0.4, 0.05), (0.6, 0.6), 5.0)
    >>> round(math.exp(result.marginal), 3)
    0.682
    """
    _check(share, None, hazard_ratios, follow_up)
    _check_positive("hazards", hazards)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    t = 0.5 * follow_up * (nodes + 1.0)
    mix = np.array([share, 1.0 - share])
    rates = np.array(hazards) * np.array([[1.0, 1.0], hazard_ratios])
    alive = mix[None, :, None] * np.exp(-rates[:, :, None] * t)
    survival, density = alive.sum(axis=1), (rates[:, :, None] * alive).sum(axis=1)

    def score(b: float) -> float:
        part = survival[1] / (survival[1] + np.exp(-b) * survival[0])
        return float(weights @ (density[1] - part * density.sum(axis=0)))

    bound = float(np.abs(np.log(hazard_ratios)).max() + np.ptp(np.log(hazards))) + 1.0
    marginal = float(brentq(score, -bound, bound, xtol=1e-13))
    events = (mix * -np.expm1(-rates * follow_up)).sum(axis=0)
    return _collapse("hazard ratio", marginal, np.log(hazard_ratios), events)


def non_collapsibility_example() -> tuple[Collapse, Collapse]:
    """Return the worked example: one odds ratio and one hazard ratio, the same in both strata.

    A quarter of the patients are positive; the odds ratio is 0.60 in both strata with risks 0.50
    and 0.20; the hazard ratio is 0.60 in both with 0.14 and 0.05 events a year over five years.

    Examples
    --------
    >>> for line in non_collapsibility_example():
    ...     print(f"{line.bias:+.3f}")
    +0.040
    +0.018
    """
    return (
        marginal_odds_ratio(0.25, (0.50, 0.20), (0.60, 0.60)),
        marginal_hazard_ratio(0.25, (0.14, 0.05), (0.60, 0.60), 5.0),
    )


def _collapse(measure: str, marginal: float, strata: Array, information: Array) -> Collapse:
    q = float(information[0] / information.sum())
    mean = q * float(strata[0]) + (1.0 - q) * float(strata[1])
    return Collapse(measure, marginal, mean, marginal - mean, q)


def _check(
    share: float,
    risks: tuple[float, float] | None,
    ratios: tuple[float, float],
    follow_up: float,
) -> None:
    problems = []
    if not 0.0 < share < 1.0:
        problems.append(_bad("share", share, "between 0 and 1"))
    if risks is not None and (len(risks) != 2 or not all(0.0 < p < 1.0 for p in risks)):
        problems.append(_bad("risks", risks, "two numbers between 0 and 1"))
    if not 0.0 < follow_up < math.inf:
        problems.append(_bad("follow_up", follow_up, "above 0"))
    if problems:
        raise ArrayError(problems)
    _check_positive("ratios", ratios)


def _check_positive(field: str, values: tuple[float, float]) -> None:
    if len(values) != 2 or not all(0.0 < x < math.inf for x in values):
        raise ArrayError([_bad(field, values, "two numbers above 0")])


def _bad(field: str, value: object, allowed: str) -> Problem:
    return Problem("", "", field, repr(value), allowed, "Correct it.")
