"""Biomarker designs without an interim look: all-comers, stratified, enriched, marker strategy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.design.closed.intersections import two_nested
from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError, not_among

METHOD_CITES = {
    "fixed_designs": ("sargent2005",),
    "stratified": ("marcus1976", "simes1986", "spiessens2010"),
}
"""Keys of `equipoise.cite.REFERENCES` behind the designs and the stratified test."""

INTERSECTIONS = ("bonferroni", "sidak", "simes", "spiessens-debois")


@dataclass(frozen=True)
class FixedPower:
    """Chance of each rejection in a design with one analysis.

    Attributes
    ----------
    design : str
        ``all-comers``, ``stratified``, ``enriched`` or ``marker strategy``.
    whole, subset : float
        P(reject H_F) and P(reject H_S); NaN for a hypothesis the design does not test.
    any : float
        P(reject at least one).
    """

    design: str
    whole: float
    subset: float
    any: float


def all_comers(effect: float, information: float, alpha: float = 0.025) -> FixedPower:
    """Power for the average effect in everybody, `P(N(theta sqrt I, 1) >= z_alpha)`.

    Parameters
    ----------
    effect : float
        Prevalence-weighted average log effect, above 0 for benefit.
    information : float
        Of the whole trial: `events r / (1 + r)^2` for survival.
    alpha : float
        One-sided level.

    Examples
    --------
    >>> round(all_comers(0.3, 90.0).whole, 4)
    0.8122
    """
    power = _tail(alpha, effect, information)
    return FixedPower("all-comers", power, math.nan, power)


def enriched(effect: float, information: float, alpha: float = 0.025) -> FixedPower:
    """Power for the effect in S when only S is recruited, all the information in it."""
    power = _tail(alpha, effect, information)
    return FixedPower("enriched", math.nan, power, power)


def marker_strategy(
    effect: float, information: float, prevalence: float, alpha: float = 0.025
) -> FixedPower:
    """Power of marker-guided treatment against control for everybody.

    Only the positives of the guided arm are treated: the arms differ by `prevalence * effect` on
    average, so that such a trial needs `1 / prevalence^2` times the information. Log effects
    are averaged, which is exact for means and near for small effects otherwise. Sargent and
    others 2005, 10.1200/JCO.2005.01.112.
    """
    if not 0.0 < prevalence <= 1.0:
        allowed, action = "above 0, at most 1", "With 0 nobody is treated."
        raise ArrayError([Problem("", "", "prevalence", repr(prevalence), allowed, action)])
    power = _tail(alpha, prevalence * effect, information)
    return FixedPower("marker strategy", power, math.nan, power)


def stratified(
    effects: tuple[float, float],
    information: float,
    prevalence: float,
    *,
    intersection: str = "spiessens-debois",
    alpha: float = 0.025,
) -> FixedPower:
    """Power of the closed test of F and S in a trial of everybody, in closed form.

    With information in proportion to the strata, `z_S` and `z_F` are normal with means
    `theta_S sqrt(pi I)` and `(pi theta_S + (1 - pi) theta_C) sqrt I` and correlation `sqrt pi`. H_S
    is rejected when `z_S >= z_alpha` and the intersection test rejects; likewise H_F. Each test's
    region is a union of quadrants, whose probability is one integral over z_S.

    Parameters
    ----------
    effects : pair of float
        In the complement and in S, above 0 for benefit.
    information : float
        Of the whole trial.
    prevalence : float
        Share of S, between 0 and 1.
    intersection : str
        ``bonferroni``, ``sidak``, ``simes`` or ``spiessens-debois``.
    alpha : float
        One-sided family-wise level.

    Raises
    ------
    ArrayError
        Prevalence 0 or 1 (plan `all_comers`), an unknown test, information not above 0.

    Examples
    --------
    >>> power = stratified((0.0, 0.6), 100.0, 0.4)
    >>> round(power.subset, 4), round(power.whole, 4)
    (0.9481, 0.6669)
    """
    problems = not_among("intersection", intersection, INTERSECTIONS)
    if not 0.0 < prevalence < 1.0:
        action = "There is one population: plan all_comers."
        allowed = "above 0, below 1"
        problems.append(Problem("", "", "prevalence", repr(prevalence), allowed, action))
    if not 0.0 < information < math.inf:
        allowed = "finite, above 0"
        problems.append(Problem("", "", "information", repr(information), allowed, "Correct it."))
    if problems:
        raise ArrayError(problems)
    r = math.sqrt(prevalence)
    low, high = -float(ndtri(alpha)), _larger_bound(intersection, alpha, r)
    average = (1.0 - prevalence) * effects[0] + prevalence * effects[1]
    root = math.sqrt(information)
    means = (effects[1] * r * root, average * root)
    simes = intersection == "simes"

    def both(a: float, b: float) -> float:
        return quadrant(a - means[0], b - means[1], r)

    def alone(c: float, population: int) -> float:
        return float(ndtr(means[population] - c))

    either = both(low, low) if simes else both(low, high) + both(high, low) - both(high, high)
    subset = alone(high, 0) + either - both(high, low)
    whole = alone(high, 1) + either - both(low, high)
    return FixedPower("stratified", whole, subset, subset + whole - either)


def quadrant(a: float, b: float, r: float) -> float:
    """P(X >= a, Y >= b) for standard normals of correlation r, 0 <= r < 1.

    `integral over x >= a of phi(x) Q((b - r x) / sqrt(1 - r^2))` by Gauss-Legendre; no
    difference of near numbers, so that small probabilities keep their digits.
    """
    start, end = max(a, -9.0), max(a, 0.0) + 9.0
    x = 0.5 * (end - start) * (NODES + 1.0) + start
    inner = ndtr((r * x - b) / math.sqrt(1.0 - r * r))
    density = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return float(0.5 * (end - start) * np.sum(WEIGHTS * density * inner))


NODES, WEIGHTS = np.polynomial.legendre.leggauss(160)
"""For `quadrant`; 160 nodes leave 1e-12 for correlations up to 0.99."""


def _larger_bound(intersection: str, alpha: float, r: float) -> float:
    """Bound for the larger of the two statistics in the intersection test."""
    if intersection == "sidak":
        return -float(ndtri(-math.expm1(0.5 * math.log1p(-alpha))))
    half = -float(ndtri(0.5 * alpha))
    if intersection in {"bonferroni", "simes"}:
        return half

    def excess(c: float) -> float:
        return float(two_nested(c, r)) - alpha

    return float(brentq(excess, -float(ndtri(alpha)) - 1e-9, half + 1e-9, xtol=1e-13))


def _tail(alpha: float, effect: float, information: float) -> float:
    if not 0.0 < information < math.inf or not 0.0 < alpha < 1.0 or math.isnan(effect):
        shown = f"effect {effect}, information {information}, alpha {alpha}"
        allowed = "numbers, information finite and above 0, alpha between 0 and 1"
        raise ArrayError([Problem("", "", "design", shown, allowed, "Correct it.")])
    return float(ndtr(effect * math.sqrt(information) + ndtri(alpha)))
