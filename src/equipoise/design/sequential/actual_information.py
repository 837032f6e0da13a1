"""Bounds at the information that came, not the information planned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.sequential.bound_solver import efficacy_bounds, two_error_bounds
from equipoise.design.sequential.boundaries import (
    classical_shape,
    finished_plan,
    lower_bounds,
)
from equipoise.design.sequential.plan import SequentialPlan, WangTsiatis
from equipoise.design.sequential.plan_input import (
    as_information_fractions,
    bad_looks,
    bad_meeting,
    no_bound,
    stop_if,
)
from equipoise.design.sequential.recursion import exit_probabilities
from equipoise.design.sequential.spending import Spending, spent
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, as_vector

METHOD_CITES = {"with_information": ("lan1983", "jennison2013")}
"""Keys of `equipoise.cite.REFERENCES` behind bounds at the information observed."""


OVERDRAWN = 1e-9
"""Relative excess over the level that is rounding and not a bound too low."""


def with_information(
    plan: SequentialPlan, t: ArrayLike, *, used: ArrayLike = (), final: bool = False
) -> SequentialPlan:
    """Find the bounds at the looks that took place.

    A spending function spends at the information observed, whatever was planned. The last look
    of a trial spends all that is left: if the planned information was never reached (`final`),
    and if it was passed (a fraction of 1 or more ends the trial).

    Parameters
    ----------
    plan : SequentialPlan
        As planned, with its last fraction 1.
    t : array_like, shape (k,)
        Information observed at each look so far over the largest planned; may pass 1.
    used : array_like, shape (j,)
        Efficacy bounds that were applied at the first j < k looks; recomputed if left out.
    final : bool
        Whether the last look given is the final analysis.

    Returns
    -------
    SequentialPlan
        Of these looks. Drifts still refer to the information planned, `E[Z_k] = delta sqrt(t_k)`.

    Raises
    ------
    ArrayError
        Looks out of order, a look after the error was spent, a spending function known only at
        the planned looks, more futility bounds than planned.

    Notes
    -----
    The level holds as long as the times of the looks do not depend on the effects seen. Classical
    bounds (Wang and Tsiatis, Haybittle and Peto) keep their formula at interim looks as long as
    they spend no more than there is (more looks than planned could), and the final look takes
    what they leave. Futility bounds given as numbers stand, look by look; beta
    spending spends at the information observed under the planned drift, and the last two bounds
    meet: the power is then no longer the planned one. Sources: Lan and DeMets 1983,
    10.1093/biomet/70.3.659; Jennison and Turnbull 2013, 10.1201/b16248.

    Examples
    --------
    >>> from equipoise.design.sequential import Spending, sequential_plan
    >>> plan = sequential_plan(Spending("obrien-fleming"), [0.5, 1.0])
    >>> [round(float(u), 4) for u in with_information(plan, [0.55, 0.9], final=True).upper]
    [2.8059, 1.9706]
    """
    fractions = as_information_fractions(t)
    applied = as_vector(used, "used") if np.size(used) else np.empty(0)
    ended = final or bool(fractions[-1] >= 1.0)
    stop_if(_misfits(plan, fractions, applied))
    level = plan.alpha / plan.sided
    total, fixed = _targets(plan, fractions, level, applied, ended=ended)
    if isinstance(plan.futility, Spending):
        beta = np.diff(spent(plan.futility, fractions, plan.beta), prepend=0.0)
        upper, lower = two_error_bounds(
            fractions, total, beta, plan.drift, binding=plan.binding, fixed=fixed
        )
        if ended:
            lower[-1] = upper[-1]
    else:
        futility = _futility(plan, fractions, ended=ended)
        upper = efficacy_bounds(
            fractions,
            total,
            lower=futility if plan.binding else None,
            symmetric=plan.sided == 2,
            fixed=fixed,
        )
        futile = plan.futility is not None and ended
        lower = lower_bounds(upper, futility, plan.sided, futile=futile)
    missing = no_bound(upper, "alpha") + no_bound(lower, "beta")
    stop_if(bad_meeting(lower, upper) or missing)
    return finished_plan(
        *(plan.family, fractions, upper, lower, plan.alpha, plan.sided),
        *(plan.futility, plan.binding),
        beta=plan.beta,
        drift=plan.drift,
        constant=plan.constant,
    )


def _targets(
    plan: SequentialPlan, t: Array, level: float, applied: Array, *, ended: bool
) -> tuple[Array, Array]:
    """Error to be spent by each look (k,), and the bounds that stand already (j,)."""
    family = plan.family
    if isinstance(family, Spending):
        total = spent(family, t, level)
        if ended:
            total[-1] = level
        return total, applied
    if isinstance(family, WangTsiatis):
        formula = plan.constant * classical_shape(family, t)
    else:
        formula = np.full(t.size, family.early)
    formula[: applied.size] = applied
    kept = min(t.size - ended, _affordable(plan, t, formula, applied.size, level))
    return np.full(t.size, level), formula[:kept]


def _affordable(plan: SequentialPlan, t: Array, formula: Array, applied: int, level: float) -> int:
    """Count the looks at which the formula's bounds spend no more than there is.

    More looks than planned can spend the error before the last; the look at which they would
    takes what is left, and those after it nothing.
    """
    upward, _ = exit_probabilities(t, formula, -formula if plan.sided == 2 else None)
    beyond = np.flatnonzero(np.cumsum(upward) > level * (1.0 + OVERDRAWN))
    beyond = beyond[beyond >= applied]
    return int(beyond[0]) if beyond.size else t.size


def _futility(plan: SequentialPlan, t: Array, *, ended: bool) -> Array:
    """Futility bounds given as numbers, at the looks there were: shape (k,)."""
    bounds = np.full(t.size, -np.inf)
    if isinstance(plan.futility, tuple):
        interim = t.size - 1 if ended else t.size
        planned = np.array(plan.futility)
        extra = np.arange(t.size) >= planned.size
        extra[interim:] = False
        stop_if(
            bad_looks("t", t, extra, f"{planned.size} interim looks, as many as futility bounds")
        )
        bounds[:interim] = planned[:interim]
    return bounds


def _misfits(plan: SequentialPlan, t: Array, applied: Array) -> list[Problem]:
    early = t >= 1.0
    early[-1] = False
    problems = bad_looks("t", t, early, "below 1 at every look but the last: there all is spent")
    if applied.size >= t.size:
        found, allowed = f"{applied.size} bounds", f"fewer than the {t.size} looks"
        action = "Leave out the bound of the look that is being planned."
        problems += [Problem("", "", "used", found, allowed, action)]
    problems += bad_looks("used", applied, ~(applied > 0.0), "a bound above 0, inf for none")
    listed = isinstance(plan.family, Spending) and plan.family.cumulative
    if listed and not np.array_equal(t, plan.t[: t.size]):
        action = "Plan with a share function of the information."
        allowed = "the planned fractions, the only ones at which the spending is known"
        problems += [Problem("", "", "t", str(t.tolist()), allowed, action)]
    return problems
