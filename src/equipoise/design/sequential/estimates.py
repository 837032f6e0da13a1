"""Estimates after interim looks: repeated, and after the end of a group-sequential trial."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from equipoise.design.sequential.boundaries import sequential_plan
from equipoise.design.sequential.plan import SequentialPlan
from equipoise.design.sequential.plan_input import as_drifts, bad_number, stop_if
from equipoise.design.sequential.recursion import exit_table
from equipoise.design.sequential.spending import Spending
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {
    "repeated_intervals": ("jennison1989",),
    "repeated_p_value": ("jennison1989",),
    "final_estimate": ("tsiatis1984", "armitage1969"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each."""

HIGHEST = 0.499999
"""Largest repeated P: no plan has a level of one half."""


@dataclass(frozen=True)
class FinalEstimate:
    """What a group-sequential trial says when it has ended.

    Attributes
    ----------
    look : int
        Look at which it ended.
    naive : float
        `z / sqrt(t_k)`, biased away from zero by stopping on a high value.
    median_unbiased : float
        Above the true drift with probability one half.
    low, high, level : float
        Interval with exact coverage `level` whatever stopped the trial.
    p_value : float
        One-sided, against no drift; stage-wise ordering.
    p_two_sided : float
        `2 min(p, 1 - p)`.

    Notes
    -----
    Drifts; divide by `sqrt(I_max)` for `theta`.
    """

    look: int
    naive: float
    median_unbiased: float
    low: float
    high: float
    level: float
    p_value: float
    p_two_sided: float


def repeated_intervals(plan: SequentialPlan, z: ArrayLike) -> tuple[Array, Array]:
    """Confidence intervals for the drift that hold at every look together, stopped or not.

    `(z_k -+ u_k) / sqrt(t_k)`: all of them cover the drift with probability `1 - alpha` at least
    (two-sided plans), and `1 - 2 alpha` at least (one-sided, `1 - alpha` for each limit).

    Parameters
    ----------
    plan : SequentialPlan
        Its efficacy bounds should not count on futility (`binding`), or coverage is lost.
    z : array_like, shape (k,)
        Statistics of the looks done.

    Returns
    -------
    low, high : array, shape (k,)
        Infinite where a look had no efficacy bound.

    Raises
    ------
    ArrayError
        More statistics than looks, a statistic that is not finite, binding futility.

    Notes
    -----
    Source: Jennison and Turnbull 1989, 10.1111/j.2517-6161.1989.tb01433.x.

    Examples
    --------
    >>> from equipoise.design.sequential import Spending, sequential_plan
    >>> plan = sequential_plan(Spending("obrien-fleming"), [0.5, 1.0])
    >>> low, high = repeated_intervals(plan, [1.2, 2.4])
    >>> [round(float(x), 3) for x in low]
    [-2.493, 0.431]
    """
    seen = as_drifts(z, "z")
    problems = _bad_binding(plan)
    if seen.size > plan.looks:
        allowed = f"{plan.looks} or fewer, one a look"
        problems += [
            Problem("", "", "z", f"{seen.size} values", allowed, "Give those of the looks done.")
        ]
    stop_if(problems)
    root = np.sqrt(plan.t[: seen.size])
    bound = plan.upper[: seen.size]
    return (seen - bound) / root, (seen + bound) / root


def repeated_p_value(plan: SequentialPlan, look: int, z: float) -> float:
    """Smallest one-sided level at which the plan would have rejected at that look.

    The plan is made anew at other levels, with the same family and looks and no futility, until
    its bound at the look is `z`; at most 0.5 (the answer where no level rejects).

    Raises
    ------
    ArrayError
        A look there is not, a statistic that is not finite, binding futility, spending known at
        one level only (user values).

    Notes
    -----
    Source: Jennison and Turnbull 1989, 10.1111/j.2517-6161.1989.tb01433.x.
    """
    problems = _bad_binding(plan) + _bad_look(plan, look) + _bad_z(z)
    if isinstance(plan.family, Spending) and plan.family.cumulative:
        action = "Plan with a share function."
        problems += [Problem("", "", "family", "user values", "spending at any level", action)]
    if abs(float(plan.t[-1]) - 1.0) > 1e-12:
        action = "Ask before the looks were moved, or plan with the looks there were."
        problems += [Problem("", "", "t", repr(float(plan.t[-1])), "1 at the last look", action)]
    stop_if(problems)

    def excess(log_level: float) -> float:
        level = math.exp(log_level)
        other = sequential_plan(plan.family, plan.t, alpha=level)
        return min(float(other.upper[look - 1]), 40.0) - z

    if excess(math.log(HIGHEST)) >= 0.0:
        return 0.5
    low = -5.0
    while excess(low) <= 0.0 and low > -600.0:
        low *= 2.0
    return math.exp(float(brentq(excess, low, math.log(HIGHEST), xtol=1e-12)))


def stagewise_p(plan: SequentialPlan, look: int, z: float, delta: float = 0.0) -> float:
    """Probability under a drift of a result as high as stopping at `look` with `z`, or higher.

    Results are ordered by stage: an upper exit at an earlier look is higher than any at a later
    one, and at one look the higher statistic is higher. So
    `P = sum_{j < k} P(upper exit at j) + P(going on before k, Z_k >= z)`. Later looks, which may
    never come or come elsewhere, do not matter. Futility that is not binding is not counted.
    """
    stop_if(_bad_look(plan, look) + _bad_z(z))
    return float(_stagewise(plan, look, z)(delta))


def final_estimate(
    plan: SequentialPlan, look: int, z: float, *, level: float | None = None
) -> FinalEstimate:
    """Median-unbiased estimate, exact interval and P of a trial that ended at a look.

    The stage-wise P under drift `delta` rises from 0 to 1 with it: the estimate is where it is
    one half, the limits where it is `(1 -+ level) / 2`.

    Parameters
    ----------
    plan : SequentialPlan
        With the looks there were (see `with_information`).
    look : int
        Look at which the trial ended, from 1 to K.
    z : float
        Statistic there, whether or not it crossed a bound.
    level : float, optional
        Of the interval; `1 - 2 alpha` of a one-sided plan and `1 - alpha` of a two-sided one if
        left out, so that it excludes zero when the plan rejects.

    Raises
    ------
    ArrayError
        A look there is not, a statistic that is not finite, a level outside (0, 1).

    Notes
    -----
    Source: Tsiatis, Rosner and Mehta 1984, 10.2307/2530924.

    Examples
    --------
    >>> from equipoise.design.sequential import Spending, sequential_plan
    >>> plan = sequential_plan(Spending("obrien-fleming"), [0.5, 1.0])
    >>> end = final_estimate(plan, 2, 2.4)
    >>> round(end.naive, 3), round(end.median_unbiased, 3), round(end.p_value, 5)
    (2.4, 2.387, 0.00905)
    """
    cover = 1.0 - 2.0 * plan.alpha / plan.sided if level is None else level
    problems = bad_number("level", cover, 0.0 < cover < 1.0, "above 0 and below 1")
    stop_if(_bad_look(plan, look) + _bad_z(z) + problems)
    p_at = _stagewise(plan, look, z)
    naive = z / math.sqrt(float(plan.t[look - 1]))
    p = float(p_at(0.0))
    tail = 0.5 * (1.0 - cover)
    middle, low, high = (_drift_at(p_at, target, naive) for target in (0.5, tail, 1.0 - tail))
    return FinalEstimate(look, naive, middle, low, high, cover, p, 2.0 * min(p, 1.0 - p))


def _stagewise(plan: SequentialPlan, look: int, z: float) -> Callable[[float], float]:
    """Stage-wise P as a function of the drift."""
    t, upper = plan.t[:look], plan.upper[:look].copy()
    counts = plan.binding or plan.sided == 2
    lower = plan.lower[:look].copy() if counts else np.full(look, -np.inf)
    upper[-1], lower[-1] = z, -np.inf

    def p_at(delta: float) -> float:
        return float(exit_table(t, upper, lower, np.array([delta]))[0].sum())

    return p_at


def _drift_at(p_at: Callable[[float], float], target: float, start: float) -> float:
    """Drift at which a rising probability reaches `target`."""
    low, high, step = start - 1.0, start + 1.0, 2.0
    while p_at(low) > target:
        low, step = low - step, 2.0 * step
    step = 2.0
    while p_at(high) < target:
        high, step = high + step, 2.0 * step
    return float(brentq(lambda delta: p_at(delta) - target, low, high, xtol=1e-12, rtol=1e-14))


def _bad_look(plan: SequentialPlan, look: int) -> list[Problem]:
    allowed = f"a whole number from 1 to {plan.looks}"
    return bad_number("look", look, look in range(1, plan.looks + 1), allowed)


def _bad_z(z: float) -> list[Problem]:
    return bad_number("z", z, math.isfinite(z), "a finite number")


def _bad_binding(plan: SequentialPlan) -> list[Problem]:
    if not plan.binding:
        return []
    action = "Plan with futility that is not binding."
    return [Problem("", "", "binding", "True", "False: a repeated look ignores futility", action)]
