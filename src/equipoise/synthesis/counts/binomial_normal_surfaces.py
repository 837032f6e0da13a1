"""The three binomial-normal likelihoods as surfaces to be searched."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.counts.hypergeometric_kernels import conditional_trials
from equipoise.synthesis.counts.likelihood_search import Surface, climb
from equipoise.synthesis.counts.logistic_kernels import fixed_intercepts, random_intercepts
from equipoise.synthesis.counts.tables import Tables


class Layout(NamedTuple):
    """Where a model keeps its parameters, and the grids on which its spreads are scanned.

    The grids start at zero and go up by a constant factor to a standard deviation of the log
    odds at which half the trials would have almost no events and half almost nothing else.
    """

    start: Array
    effect: int
    spreads: tuple[int, ...]
    grids: tuple[Array, ...]
    scan_nodes: int
    most_nodes: int


def _grid(low: float, high: float, points: int) -> Array:
    return np.concatenate([[0.0], np.geomspace(low, high, points)])


ONE_SPREAD = Layout(np.zeros(2), 0, (1,), (_grid(0.003, 30.0, 40),), 15, 161)
"""Parameters `mu, tau`; neighbours on the grid differ by a quarter."""

TWO_SPREADS = Layout(np.zeros(4), 2, (1, 3), (_grid(0.05, 10.0, 9), _grid(0.02, 20.0, 13)), 7, 81)
"""Parameters `gamma, sigma, mu, tau`; neighbours differ by less than a factor of two."""

LAYOUTS = {
    "unconditional-fixed": ONE_SPREAD,
    "unconditional-random": TWO_SPREADS,
    "conditional-exact": ONE_SPREAD,
}


@lru_cache(maxsize=16)
def gauss_hermite(nodes: int) -> Array:
    """Nodes and log weights for the weight `exp(-x^2)`, shape (2, nodes)."""
    x, w = np.polynomial.hermite.hermgauss(nodes)
    rule: Array = np.stack([x, np.log(w)])
    rule.flags.writeable = False
    return rule


def surface_of(model: str, tables: Tables, nodes: int) -> Surface:
    """Log-likelihood of the trials with so many nodes in each dimension.

    What a call finds (peaks, intercepts) is where the next one starts to look.
    """
    if model == "conditional-exact":
        return _conditional(tables, nodes)
    counts = np.stack([tables.a, tables.treated, tables.c, tables.controls], axis=1)
    z = np.zeros((tables.a.size, 2))
    if model == "unconditional-random":

        def random(at: Array) -> tuple[float, Array, Array]:
            rules = (gauss_hermite(nodes if at[1] else 1), gauss_hermite(nodes if at[3] else 1))
            value, gradient, hessian = random_intercepts(counts, at, z, rules)
            return float(value), gradient, hessian

        return random
    m, n = tables.events, tables.total
    alpha = np.log((m + 0.5) / (n - m + 0.5))

    def fixed(at: Array) -> tuple[float, Array, Array]:
        rules = (gauss_hermite(1), gauss_hermite(nodes if at[1] else 1))
        value, gradient, hessian = fixed_intercepts(counts, at, alpha, z, rules)
        return float(value), gradient, hessian

    return fixed


def _conditional(tables: Tables, nodes: int) -> Surface:
    """Return the likelihood given all margins."""
    margins = np.stack([tables.a, tables.treated, tables.controls, tables.events], axis=1)
    peaks = np.zeros(tables.a.size)

    def exact(at: Array) -> tuple[float, Array, Array]:
        rule = gauss_hermite(nodes if at[1] else 1)
        value, gradient, hessian = conditional_trials(margins, at[0], at[1], peaks, rule)
        return float(value), gradient, hessian

    return exact


def constant(model: str, tables: Tables) -> float:
    """Log binomial coefficients of both arms, which the surfaces leave out."""
    if model == "conditional-exact":
        return 0.0
    arms = ((tables.a, tables.b), (tables.c, tables.d))
    return float(sum((gammaln(x + y + 1) - gammaln(x + 1) - gammaln(y + 1)).sum() for x, y in arms))


def at_lower_end(tables: Tables) -> NDArray[np.bool_]:
    """Whether the margins allow no fewer treated events than there were."""
    out: NDArray[np.bool_] = (tables.a == 0) | (tables.d == 0)
    return out


def at_upper_end(tables: Tables) -> NDArray[np.bool_]:
    """Whether the margins allow no more treated events than there were."""
    out: NDArray[np.bool_] = (tables.b == 0) | (tables.c == 0)
    return out


def saturated(model: str, tables: Tables) -> float:
    """Highest log-likelihood when each trial has an effect of its own; NaN if not worked out.

    A trial whose table is at an end of what its margins allow is fitted perfectly by an infinite
    effect, and adds 0 to the conditional one.
    """
    if model == "unconditional-random":
        return float("nan")
    if model == "unconditional-fixed":
        arms = ((tables.a, tables.treated), (tables.c, tables.controls))
        return float(sum((xlogy(x, x / n) + xlogy(n - x, 1 - x / n)).sum() for x, n in arms))
    inside = tables.only(~(at_lower_end(tables) | at_upper_end(tables)))
    own = np.log(inside.a / inside.b) - np.log(inside.c / inside.d)
    total = 0.0
    for i, effect in enumerate(own):
        trial = Tables(*(cell[i : i + 1] for cell in inside))
        total += climb(_conditional(trial, 1), np.array([effect, 0.0]), (0,)).value
    return total
