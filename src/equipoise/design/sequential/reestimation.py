"""Sample-size re-estimation in two stages: more information after seeing the first, level kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.design.sequential.plan import SequentialPlan
from equipoise.design.sequential.plan_input import as_drifts, bad_number, stop_if
from equipoise.design.sequential.recursion import FAR, NODES, OPEN, WEIGHTS
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {
    "combined_z": ("lehmacher1999", "cui1999"),
    "promising_zone": ("mehta2011", "chen2004"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each."""

Rule = Callable[[Array], Array]
"""First-stage statistics (n,) to second-stage information (n,), a fraction of the planned total."""

PANELS = 64
"""Panels of 32 nodes over the first stage: rules that jump are averaged to about 1e-4 of a jump."""


@dataclass(frozen=True)
class ReestimationRule:
    """How much second-stage information to collect, given the first-stage statistic.

    Between `promising_from` and `power` of conditional power the second stage grows until the
    conditional power is `power` or the information is `largest`; elsewhere it is as planned.

    Attributes
    ----------
    plan : SequentialPlan
        Two looks, one-sided.
    power : float
        Conditional power aimed at.
    largest : float
        Largest second-stage information, a fraction of the planned total.
    promising_from : float
        Conditional power, at the planned second stage, below which nothing is added; 0 adds
        whenever it is below `power`.
    drift : float
        Drift for the second stage; NaN for the observed trend.
    """

    plan: SequentialPlan
    power: float
    largest: float
    promising_from: float = 0.0
    drift: float = math.nan

    def __post_init__(self) -> None:
        """Refuse a plan of other than two looks and numbers that make no rule."""
        stop_if(_bad_plan(self.plan))
        planned = planned_second_stage(self.plan)
        problems = bad_number("power", self.power, 0.0 < self.power < 1.0, "above 0 and below 1")
        fine = planned <= self.largest < math.inf
        problems += bad_number("largest", self.largest, fine, f"{planned:g} or more, finite")
        fine = 0.0 <= self.promising_from <= self.power
        problems += bad_number("promising_from", self.promising_from, fine, "from 0 to `power`")
        fine = math.isnan(self.drift) or math.isfinite(self.drift)
        stop_if(problems + bad_number("drift", self.drift, fine, "finite, or NaN for the trend"))

    def __call__(self, z1: ArrayLike) -> Array:
        """Second-stage information for each first-stage statistic: shape (n,)."""
        first = as_drifts(z1, "z1")
        planned = planned_second_stage(self.plan)
        bound, drift = second_stage_bound(self.plan, first), self._drift(first)
        now = ndtr(drift * math.sqrt(planned) - bound)
        short = bound + float(ndtri(self.power))
        with np.errstate(divide="ignore", invalid="ignore"):
            needed = np.where(drift > 0.0, (np.maximum(short, 0.0) / drift) ** 2, np.inf)
        grown = np.clip(needed, planned, self.largest)
        promising = (now >= self.promising_from) & (now < self.power)
        return np.where(promising, grown, planned)

    def _drift(self, z1: Array) -> Array:
        if math.isnan(self.drift):
            return z1 / math.sqrt(float(self.plan.t[0]))
        return np.full(z1.size, self.drift)


@dataclass(frozen=True)
class ReestimationCharacteristics:
    """What a two-stage trial with re-estimation does under a drift.

    Attributes
    ----------
    delta : float
        The drift, per planned information.
    power : float
        Probability of claiming benefit with the combined statistic; the size at `delta` 0.
    pooled_power : float
        The same if the pooled statistic were held against the planned bound, as if nothing had
        been adapted: its size is not kept in general.
    expected_information : float
        Mean information at the end, a fraction of the planned total.
    stops_early : float
        Probability of ending at the first look.
    """

    delta: float
    power: float
    pooled_power: float
    expected_information: float
    stops_early: float


def planned_second_stage(plan: SequentialPlan) -> float:
    """Information planned between the two looks, a fraction of the total."""
    return float(plan.t[1] - plan.t[0])


def combined_z(plan: SequentialPlan, z1: ArrayLike, second: ArrayLike) -> Array:
    """Inverse-normal combination of two stages with the planned weights.

    `sqrt(t_1 / t_2) z_1 + sqrt(1 - t_1 / t_2) z`, `z` the statistic of the second stage's data
    alone. Without effect it is `Z_2` of the plan whatever information the second stage holds:
    the planned bound keeps the level.

    Notes
    -----
    Sources: Lehmacher and Wassmer 1999, 10.1111/j.0006-341X.1999.01286.x; Cui, Hung and Wang
    1999, 10.1111/j.0006-341X.1999.00853.x.
    """
    stop_if(_bad_plan(plan))
    share = float(plan.t[0] / plan.t[1])
    first, later = as_drifts(z1, "z1"), as_drifts(second, "second")
    return math.sqrt(share) * first + math.sqrt(1.0 - share) * later


def second_stage_bound(plan: SequentialPlan, z1: ArrayLike) -> Array:
    """Find what the second stage's own statistic must reach, given the first: shape (n,).

    `(u_2 - sqrt(t_1 / t_2) z_1) / sqrt(1 - t_1 / t_2)`; `Phi` of minus it is the conditional
    error that the first stage leaves.
    """
    stop_if(_bad_plan(plan))
    share = float(plan.t[0] / plan.t[1])
    first = as_drifts(z1, "z1")
    return (float(plan.upper[1]) - math.sqrt(share) * first) / math.sqrt(1.0 - share)


def reestimation_characteristics(
    plan: SequentialPlan, rule: Rule, delta: float = 0.0
) -> ReestimationCharacteristics:
    """Power, size and mean information of a rule, integrated over the first stage.

    `P(Z_1 >= u_1) + integral of phi(z - delta sqrt t_1) Phi(delta sqrt r(z) - b(z)) dz` over the
    continuation region, `r` the second-stage information and `b` the second-stage bound. Without
    effect `r` does not enter, whatever the rule.

    Parameters
    ----------
    plan : SequentialPlan
        Two looks, one-sided. Futility at the first look is obeyed.
    rule : callable
        A `ReestimationRule` or any function of first-stage statistics (n,).
    delta : float
        Drift per planned information, `E[Z_1] = delta sqrt(t_1)`.

    Raises
    ------
    ArrayError
        A plan that does not have two looks and one side; a rule that gives no positive numbers.
    """
    stop_if(_bad_plan(plan) + bad_number("delta", delta, math.isfinite(delta), "finite"))
    t1, bound = float(plan.t[0]), float(plan.upper[1])
    centre = delta * math.sqrt(t1)
    low = max(float(plan.lower[0]), centre - OPEN)
    high = min(float(plan.upper[0]), centre + OPEN, FAR)
    up = float(ndtr(centre - plan.upper[0]))
    down = float(ndtr(plan.lower[0] - centre))
    if not low < high:
        return ReestimationCharacteristics(delta, up, up, t1, up + down)
    half = 0.5 * (high - low) / PANELS
    middles = low + half * (2.0 * np.arange(PANELS) + 1.0)
    z = (middles[:, None] + half * NODES).ravel()
    mass = np.tile(half * WEIGHTS, PANELS) * np.exp(-0.5 * (z - centre) ** 2)
    mass /= math.sqrt(2.0 * math.pi)
    later = as_drifts(rule(z), "rule")
    stop_if(_bad_rule(later, z))
    moved = delta * np.sqrt(later)
    wins = mass @ ndtr(moved - second_stage_bound(plan, z))
    pooled = (bound * np.sqrt(t1 + later) - math.sqrt(t1) * z) / np.sqrt(later)
    return ReestimationCharacteristics(
        delta,
        power=up + float(wins),
        pooled_power=up + float(mass @ ndtr(moved - pooled)),
        expected_information=t1 + float(mass @ later),
        stops_early=up + down,
    )


def promising_zone(plan: SequentialPlan, power: float, largest: float) -> float:
    """Smallest conditional power from which the pooled statistic keeps the level.

    At the observed trend. From there on, growing the second stage until the conditional power is
    `power` or the information `largest` makes the pooled statistic's bound no easier than that
    of the combined one (Chen, DeMets and Lan 2004, 10.1002/sim.1688; Mehta and Pocock 2011,
    10.1002/sim.4102).

    Parameters
    ----------
    plan : SequentialPlan
        Two looks, one-sided.
    power : float
        Conditional power aimed at.
    largest : float
        Largest second-stage information, a fraction of the planned total.
    """
    rule = ReestimationRule(plan, power, largest)
    t1, bound = float(plan.t[0]), float(plan.upper[1])
    planned = planned_second_stage(plan)

    def easier(z1: float) -> float:
        first = np.array([z1])
        later = float(rule(first)[0])
        if later <= planned * (1.0 + 1e-12):
            return 0.0
        pooled = (bound * math.sqrt(t1 + later) - math.sqrt(t1) * z1) / math.sqrt(later)
        return float(second_stage_bound(plan, first)[0]) - pooled

    top = _trend_for(plan, power)
    below = top - 1e-9
    if easier(below) > 0.0:
        return power
    z1 = brentq(easier, 1e-6, below, xtol=1e-12) if easier(1e-6) > 0.0 else 0.0
    return _trend_power(plan, float(z1))


def _trend_power(plan: SequentialPlan, z1: float) -> float:
    """Conditional power at the observed trend and the planned second stage."""
    moved = z1 / math.sqrt(float(plan.t[0])) * math.sqrt(planned_second_stage(plan))
    return float(ndtr(moved - second_stage_bound(plan, z1)[0]))


def _trend_for(plan: SequentialPlan, power: float) -> float:
    """First-stage statistic at which the conditional power at the trend is `power`."""
    return float(brentq(lambda z1: _trend_power(plan, z1) - power, -FAR, FAR, xtol=1e-12))


def _bad_plan(plan: SequentialPlan) -> list[Problem]:
    if plan.looks == 2 and plan.sided == 1:
        return []
    found = f"{plan.looks} looks, {plan.sided}-sided"
    return [Problem("", "", "plan", found, "two looks and one side", "Plan one that has them.")]


def _bad_rule(later: Array, z: Array) -> list[Problem]:
    if later.size != z.size:
        found, allowed = f"{later.size} values", f"{z.size}, one for each statistic"
        return [Problem("", "", "rule", found, allowed, "Return one value for each.")]
    if later.min() > 0.0:
        return []
    found, action = repr(float(later.min())), "Keep some second stage."
    return [Problem("", "", "rule", found, "information above 0", action)]
