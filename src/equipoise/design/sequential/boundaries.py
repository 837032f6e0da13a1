"""Bounds of group-sequential tests: the classical families and error spending."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtri

from equipoise.design.sequential.beta_spending import beta_spending_bounds
from equipoise.design.sequential.bound_solver import efficacy_bounds
from equipoise.design.sequential.plan import (
    Family,
    HaybittlePeto,
    SequentialPlan,
    WangTsiatis,
)
from equipoise.design.sequential.plan_input import (
    as_futility,
    as_information_fractions,
    bad_alpha,
    bad_meeting,
    bad_number,
    no_bound,
    stop_if,
)
from equipoise.design.sequential.recursion import exit_table
from equipoise.design.sequential.spending import Spending, spent
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {
    "wang-tsiatis": ("wang1987",),
    "obrien-fleming": ("obrien1979",),
    "pocock": ("pocock1977",),
    "haybittle-peto": ("haybittle1971",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the classical families."""

Futility = Spending | ArrayLike | None


def sequential_plan(
    family: Family,
    t: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    futility: Futility = None,
    binding: bool = False,
    beta: float = math.nan,
) -> SequentialPlan:
    """Find the bounds of a group-sequential test that meet its level exactly.

    Parameters
    ----------
    family : Spending, WangTsiatis or HaybittlePeto
        Where the efficacy bounds come from; `OBRIEN_FLEMING` and `POCOCK` are Wang and Tsiatis'.
    t : array_like, shape (K,)
        Information fractions of the looks, increasing, the last 1; K = 1 is a fixed test.
    alpha : float
        Level of the whole test, above 0 and below 0.5: one-sided, or two-sided with half on
        each side.
    sided : int
        1 tests `theta <= 0`; 2 tests `theta = 0` with symmetric bounds and no futility.
    futility : Spending, array_like of shape (K - 1,), or None
        Beta spending, or bounds on the z scale (`-inf` for none at a look).
    binding : bool
        True if a trial below its futility bound must stop: the efficacy bounds then take that
        into account and the level is lost if it goes on.
    beta : float
        Type II error, needed for beta spending. The drift is found at which the lower bounds
        spend it and meet the upper bound at the last look, so that the power is `1 - beta`
        (Pampallona, Tsiatis and Kim 2001, 10.1177/009286150103500408).

    Returns
    -------
    SequentialPlan

    Raises
    ------
    ArrayError
        Anything that cannot be used, all at once.

    Examples
    --------
    >>> plan = sequential_plan(Spending("obrien-fleming"), [1 / 3, 2 / 3, 1])
    >>> [round(float(u), 6) for u in plan.upper]
    [3.710303, 2.511427, 1.993047]
    """
    spends = isinstance(futility, Spending)
    problems = bad_alpha(alpha) + _bad_sides(sided, futility) + _bad_family(family)
    if spends:
        problems += bad_number("beta", beta, 0.0 < beta < 1.0 - alpha, "above 0, below 1 - alpha")
        problems += _bad_binding(family, binding)
    stop_if(problems)
    fractions = as_information_fractions(t, last=1.0)
    level = alpha / sided
    if isinstance(futility, Spending):
        up, low, drift = _with_beta_spending(family, fractions, level, futility, beta, binding)
        given: Spending | tuple[float, ...] | None = futility
    else:
        bounds = as_futility(fractions, futility)
        given = None if futility is None else tuple(bounds[:-1].tolist())
        up = _upper(family, fractions, level, bounds if binding else None, symmetric=sided == 2)
        low = lower_bounds(up, bounds, sided, futile=given is not None)
        drift = math.nan
    stop_if(bad_meeting(low, up))
    return finished_plan(
        *(family, fractions, up, low, alpha, sided, given, binding),
        beta=beta if spends else math.nan,
        drift=drift,
    )


def finished_plan(
    family: Family,
    t: Array,
    upper: Array,
    lower: Array,
    alpha: float,
    sided: int,
    futility: Spending | tuple[float, ...] | None,
    binding: bool,
    *,
    beta: float,
    drift: float,
    constant: float | None = None,
) -> SequentialPlan:
    """Put bounds and the errors they spend into a plan."""
    obeyed = lower if binding or sided == 2 else np.full(t.size, -np.inf)
    up, down = exit_table(t, upper, obeyed, np.zeros(1))
    alpha_spent = np.cumsum(up[0] + down[0] if sided == 2 else up[0])
    beta_spent = np.full(t.size, np.nan)
    if not math.isnan(drift):
        beta_spent = np.cumsum(exit_table(t, upper, lower, np.array([drift]))[1][0])
    if constant is None:
        shaped = isinstance(family, WangTsiatis)
        constant = float(upper[-1]) * float(t[-1]) ** -_exponent(family) if shaped else math.nan
    return SequentialPlan(
        *(t, upper, lower, alpha, sided, family, constant),
        *(futility, binding, beta, drift, alpha_spent, beta_spent),
    )


def lower_bounds(upper: Array, futility: Array, sided: int, *, futile: bool) -> Array:
    """Lower bounds of a plan from its upper ones and the futility bounds (K,), the last unused."""
    if sided == 2:
        return -upper
    lower = futility.copy()
    if futile:
        lower[-1] = upper[-1]
    return lower


def classical_shape(family: WangTsiatis, t: Array) -> Array:
    """`t^(delta - 1/2)`, what the constant multiplies: shape (K,)."""
    return np.asarray(t ** _exponent(family), dtype=np.float64)


def _exponent(family: Family) -> float:
    return family.delta - 0.5 if isinstance(family, WangTsiatis) else 0.0


def _upper(
    family: Family, t: Array, level: float, lower: Array | None, *, symmetric: bool
) -> Array:
    """Efficacy bounds (K,) of a family at the level of one side."""
    if isinstance(family, Spending):
        upper = efficacy_bounds(t, spent(family, t, level), lower=lower, symmetric=symmetric)
    elif isinstance(family, HaybittlePeto):
        early = np.full(t.size - 1, family.early)
        total = np.full(t.size, level)
        upper = efficacy_bounds(t, total, lower=lower, symmetric=symmetric, fixed=early)
        if not math.isfinite(upper[-1]):
            allowed = f"a bound that leaves some of the level {level:g} to the last look"
            stop_if([Problem("", "", "early", repr(family.early), allowed, "Raise it.")])
    else:
        return _classical(family, t, level, lower, symmetric=symmetric)
    crossed = [] if lower is None else bad_meeting(lower, upper)
    stop_if(crossed or no_bound(upper, "alpha"))
    return upper


def _classical(
    family: WangTsiatis, t: Array, level: float, lower: Array | None, *, symmetric: bool
) -> Array:
    """Bounds `C t^(delta - 1/2)`; the constant by Brent's method on the log of the error."""
    shape = classical_shape(family, t)
    low = np.full(t.size, -np.inf) if lower is None else lower

    def excess(constant: float) -> float:
        upper = constant * shape
        floor = -upper if symmetric else np.minimum(low, upper)
        return math.log(exit_table(t, upper, floor, np.zeros(1))[0].sum() / level)

    least = -float(ndtri(level))
    most = -float(ndtri(level / t.size)) / float(shape.min())
    if t.size == 1:
        return np.array([least])
    floor = 0.999 * least if lower is None else 0.0  # a margin for rounding, on both sides
    constant = float(brentq(excess, floor, 1.001 * most, xtol=1e-14, rtol=1e-14))
    return constant * shape


def _with_beta_spending(
    family: Family, t: Array, level: float, futility: Spending, beta: float, binding: bool
) -> tuple[Array, Array, float]:
    """Upper and lower bounds and the drift when futility spends `beta`."""
    if isinstance(family, Spending):
        total, fixed = spent(family, t, level), np.empty(0)
    else:
        total, fixed = np.full(t.size, level), _upper(family, t, level, None, symmetric=False)
    error = np.diff(spent(futility, t, beta), prepend=0.0)
    return beta_spending_bounds(t, total, error, binding=binding, fixed=fixed)


def _bad_sides(sided: int, futility: Futility) -> list[Problem]:
    problems = bad_number("sided", sided, sided in (1, 2), "1 or 2")
    if sided == 2 and futility is not None:
        allowed = "no futility in a two-sided test"
        action = "Plan a one-sided test of half the level."
        problems += [Problem("", "", "futility", "given", allowed, action)]
    return problems


def _bad_family(family: Family) -> list[Problem]:
    if isinstance(family, WangTsiatis):
        delta = family.delta
        return bad_number("delta", delta, -10.0 <= delta <= 1.0, "from -10 to 1")
    if isinstance(family, HaybittlePeto):
        return bad_number("early", family.early, family.early > 0.0, "above 0")
    return []


def _bad_binding(family: Family, binding: bool) -> list[Problem]:
    if isinstance(family, Spending) or not binding:
        return []
    allowed = "alpha spending when beta spending is binding"
    action = "Let futility not be binding, or spend alpha."
    return [Problem("", "", "family", type(family).__name__, allowed, action)]
