"""At an interim look: the probability that the trial will still claim benefit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.sequential.plan import SequentialPlan
from equipoise.design.sequential.plan_input import (
    as_drifts,
    bad_number,
    bad_weights,
    stop_if,
)
from equipoise.design.sequential.recursion import NODES, PANEL, WEIGHTS, exits, go_on
from equipoise.synthesis.arrays import Array, broadcast
from equipoise.synthesis.compiled import kernel

METHOD_CITES = {
    "conditional_power": ("lan1982",),
    "predictive_power": ("spiegelhalter1986",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each."""

REACH = 9.0
"""Standard deviations of the belief that are integrated over: 2e-19 is left out."""


@kernel
def conditional_kernel(
    t: Array, upper: Array, lower: Array, now: float, z: Array, delta: Array, out: Array
) -> None:
    """Fill `out` (n,) with the probability of an upper exit at the looks `t` after `now`.

    What is still to come is a Brownian motion of its own, from the value `z sqrt(now)` at `now`:
    a trial with times `t - now` and bounds `(u_k sqrt(t_k) - z sqrt(now)) / sqrt(t_k - now)`.
    """
    left, last = t - now, t.size - 1
    for i in range(z.size):
        begun = z[i] * math.sqrt(now)
        high = (upper * np.sqrt(t) - begun) / np.sqrt(left)
        low = (lower * np.sqrt(t) - begun) / np.sqrt(left)
        y, mass = np.empty(0), np.empty(0)
        total = 0.0
        for k in range(t.size):
            total += exits(left, k, delta[i], high[k], 1.0, y, mass)
            if k < last:
                y, mass = go_on(left, k, delta[i], low[k], high[k], y, mass)
        out[i] = total


def conditional_power(
    plan: SequentialPlan, look: int, z: ArrayLike, delta: ArrayLike | None = None
) -> Array:
    """Probability of claiming benefit later, given the statistic at a look.

    `P(Z_j >= u_j for some j > k, no lower exit before | Z_k = z)` under a drift.

    Parameters
    ----------
    plan : SequentialPlan
    look : int
        Looks done, from 1 to K - 1; the trial is taken to go on whatever `z` is.
    z : float or array_like, shape (n,)
        Statistic at that look.
    delta : float or array_like, shape (n,), optional
        Drift for what is to come: `plan.drift_for_power(power)` for the planned effect, or any
        other, `theta sqrt(I_max)`. Left out: the observed trend, `z / sqrt(t_k)`.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ArrayError
        A look that is not an interim one, or numbers that are not finite.

    Notes
    -----
    At the observed trend the same data count twice: it swings more than the truth does. Source:
    Lan, Simon and Halperin 1982, 10.1080/07474948208836014.

    Examples
    --------
    >>> from equipoise.design.sequential import Spending, sequential_plan
    >>> plan = sequential_plan(Spending("obrien-fleming"), [0.5, 1.0])
    >>> round(float(conditional_power(plan, 1, 1.5)[0]), 4)
    0.5855
    """
    now = interim_fraction(plan, look)
    given = as_drifts(z, "z")
    drift = given / math.sqrt(now) if delta is None else as_drifts(delta)
    both = broadcast(z=given, delta=drift)
    out = np.empty(both["z"].size)
    later = slice(look, None)
    conditional_kernel(
        plan.t[later], plan.upper[later], plan.lower[later], now, both["z"], both["delta"], out
    )
    return out


def predictive_power(
    plan: SequentialPlan,
    look: int,
    z: float,
    mean: ArrayLike,
    sd: ArrayLike,
    weights: ArrayLike = 1.0,
    *,
    seen: bool = False,
) -> float:
    """Conditional power averaged over what is believed of the drift after the interim look.

    The belief before the look is normal, `delta ~ N(mean, sd^2)`, or a mixture of normals. The
    look says `B = z sqrt(t_k) ~ N(delta t_k, t_k)`: a component becomes normal with precision
    `1 / sd^2 + t_k` and mean `(mean / sd^2 + B) / (1 / sd^2 + t_k)`, and its weight is
    multiplied by the density of `B`, `N(mean t_k, t_k + t_k^2 sd^2)`.

    Parameters
    ----------
    plan : SequentialPlan
    look : int
        Looks done, from 1 to K - 1.
    z : float
        Statistic at that look.
    mean, sd, weights : float or array_like, shape (m,)
        Belief about the drift; `sd` infinite for no belief (one component). Use `theta`'s mean
        and sd times `sqrt(I_max)`.
    seen : bool
        Whether the belief knows the look already (a posterior): it is then not updated, and
        `sd` is finite.

    Raises
    ------
    ArrayError
        A look that is not an interim one, or a belief that is none.

    Notes
    -----
    Source: Spiegelhalter, Freedman and Blackburn 1986, 10.1016/0197-2456(86)90003-6.

    Examples
    --------
    >>> from equipoise.design.sequential import Spending, sequential_plan
    >>> plan = sequential_plan(Spending("obrien-fleming"), [0.5, 1.0])
    >>> round(predictive_power(plan, 1, 1.5, 0.0, np.inf), 4)
    0.5607
    """
    now = interim_fraction(plan, look)
    stop_if(bad_number("z", z, math.isfinite(z), "a finite number"))
    belief = broadcast(mean=mean, sd=sd, weights=weights)
    means, sds, shares = belief["mean"], belief["sd"], belief["weights"]
    stop_if(bad_weights(means, sds, shares, finite=seen))
    if seen:
        shares = shares / shares.sum()
    else:
        means, sds, shares = updated_belief(now, z, means, sds, shares)
    left = float(plan.t[-1]) - now
    nodes, masses = zip(
        *(_normal_nodes(m, s, left) for m, s in zip(means, sds, strict=True)), strict=True
    )
    sizes = [n.size for n in nodes]
    power = conditional_power(plan, look, z, np.concatenate(nodes))
    return float(np.concatenate(masses) * np.repeat(shares, sizes) @ power)


def updated_belief(
    now: float, z: float, mean: Array, sd: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """Means, sds and weights (m,) of the drift's belief after seeing `z` at fraction `now`."""
    seen = z * math.sqrt(now)
    precision = 1.0 / sd**2 + now
    after = (mean / sd**2 + seen) / precision
    if mean.size == 1:
        return after, 1.0 / np.sqrt(precision), np.ones(1)
    spread = now + now**2 * sd**2
    log_density = -0.5 * (seen - mean * now) ** 2 / spread - 0.5 * np.log(spread)
    shares = weights * np.exp(log_density - log_density.max())
    return after, 1.0 / np.sqrt(precision), shares / shares.sum()


def interim_fraction(plan: SequentialPlan, look: int) -> float:
    """Information fraction of an interim look, or say that it is none."""
    allowed = f"a whole number from 1 to {plan.looks - 1}, an interim look"
    stop_if(bad_number("look", look, look in range(1, plan.looks), allowed))
    return float(plan.t[look - 1])


def _normal_nodes(mean: float, sd: float, left: float) -> tuple[Array, Array]:
    """Drifts and the probability each stands for, fine enough for the power they average.

    Power as a function of the drift has the scale `1 / sqrt(left)` of the information left.
    """
    scale = 1.0 / math.sqrt(1.0 / sd**2 + left)
    panels = math.ceil(2.0 * REACH * sd / (PANEL * scale))
    half = REACH / panels
    middles = -REACH + half * (2.0 * np.arange(panels) + 1.0)
    x = (middles[:, None] + half * NODES).ravel()
    w = np.tile(half * WEIGHTS, panels) * np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return mean + sd * x, w
