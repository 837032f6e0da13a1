"""How well do the data determine a variance or a correlation: profile-likelihood intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, no_level
from equipoise.synthesis.mixed.covariance_structures import (
    angle_of,
    correlation_range,
    covariance,
    kinds,
    parameters_of,
)
from equipoise.synthesis.mixed.likelihood import Model
from equipoise.synthesis.mixed.mixed_fit import MixedFit
from equipoise.synthesis.mixed.optimum import climb
from equipoise.synthesis.mixed.random_structures import Component
from equipoise.synthesis.mixed.variance_estimates import named_parameters

METHOD_CITES = {"profile": ("hardy1996",)}
"""Keys of `equipoise.cite.REFERENCES`."""

DOUBLINGS = 200
"""How often an upper search doubles before the end is called infinite."""

PRECISION = 1e-10
"""Relative width of the bracket at which an end is called found."""


class ProfileInterval(NamedTuple):
    """An interval, and whether each of its ends is one.

    `low_closed` and `high_closed` are False where the likelihood never falls enough, so that the
    end is that of the parameter's range (or infinite).
    """

    low: float
    high: float
    low_closed: bool
    high_closed: bool


class _Held(NamedTuple):
    """A model whose parameter number `at` is to be held; `start` is its best point."""

    model: Model
    start: Array
    at: int
    bounds: tuple[float, float] | None


def profile_interval(fit: MixedFit, parameter: str, level: float | None = None) -> ProfileInterval:
    """Interval for a variance or a correlation: all values that the likelihood does not reject.

    A value `t` is inside if `2 [l - l(t)] <= c`, with `l` the (restricted) log-likelihood at the
    estimate, `l(t)` the highest with the parameter held at `t` and the others free, and `c` the
    `level` quantile of chi-square with 1 degree of freedom. Ends are cut at zero and at the
    range of a correlation. At a boundary the interval is conservative.

    Parameters
    ----------
    fit : MixedFit
        Fitted by REML or ML.
    parameter : str
        One of `fit.parameters`.
    level : float, optional
        That of the fit by default.

    Returns
    -------
    ProfileInterval
        `(low, high, low_closed, high_closed)`; variances in squared units of `y`.

    Raises
    ------
    ArrayError
        A name that is not in `fit.parameters`, a level that is not between 0 and 1, a
        correlation of a level without variance, a fit that did not converge.

    Notes
    -----
    Where the likelihood has several maxima the set may have gaps; the ends given are the nearest
    to the estimate.

    Source: Hardy and Thompson 1996,
    10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A.

    Examples
    --------
    >>> from equipoise.synthesis.mixed import Groups, fit_mixed, profile_interval
    >>> fit = fit_mixed([0.1, 0.9, 0.4, 1.5], [0.05] * 4, random=[Groups(range(4), "study")])
    >>> low, high, *_ = profile_interval(fit, "tau2[study]")
    >>> round(low, 3), round(high, 2)
    (0.056, 3.23)
    """
    chosen = fit.level if level is None else level
    _check(fit, parameter, chosen)
    held = _hold(fit, parameter)
    value = float(fit.parameter_values[fit.parameters.index(parameter)])
    drop = 0.5 * float(chdtri(1, 1.0 - chosen))
    top = fit.loglik + _free(fit) * fit.prepared.unit * math.log(2.0)
    if held.bounds is None:
        estimate = math.ldexp(value, -2 * fit.prepared.unit)
        low, high = _variance_ends(held, math.sqrt(estimate), top - drop)
        unit = 2 * fit.prepared.unit
        return ProfileInterval(
            math.ldexp(low * low, unit), math.ldexp(high * high, unit), low > 0.0, high < math.inf
        )
    low, high = _correlation_ends(held, value, top - drop)
    return ProfileInterval(low, high, low > held.bounds[0], high < held.bounds[1])


def _free(fit: MixedFit) -> int:
    return fit.k - fit.p if fit.method == "REML" else fit.k


def _check(fit: MixedFit, parameter: str, level: float) -> None:
    """Refuse what has no profile."""
    problems = []
    if parameter not in fit.parameters:
        allowed = ", ".join(fit.parameters) or "none: the model has no random structure"
        problems.append(Problem("", "", "parameter", repr(parameter), allowed, "Choose one."))
    elif not math.isfinite(fit.parameter_values[fit.parameters.index(parameter)]):
        action = "One of its variances is zero; there is nothing to correlate."
        problems.append(Problem("", "", "parameter", repr(parameter), "a finite value", action))
    problems += no_level(level)
    if fit.status == "not_converged" or fit.k == fit.p:
        action = "Simplify the random structures."
        problems.append(Problem("", "", "fit", fit.status, "a fit that converged", action))
    if problems:
        raise ArrayError(problems)


def _hold(fit: MixedFit, parameter: str) -> _Held:
    """Rewrite the model so that `parameter` is one coordinate.

    The first variance of an unstructured `G` and the angle of its first two levels are
    coordinates; its levels are put in the order that makes them the ones in question.
    """
    components = list(fit.prepared.components)
    restricted = fit.method == "REML"
    model = fit.prepared.model(tuple(components), restricted=restricted)
    # From the matrices, so that every standard deviation is positive and angles mean correlations.
    parts = [
        parameters_of(c.structure, G)
        for c, G in zip(components, model.covariances(fit.theta), strict=True)
    ]
    position = fit.parameters.index(parameter)
    for i, c in enumerate(components):
        count = len(named_parameters(c, parts[i])[0])
        if position < count:
            break
        position -= count
    components[i], parts[i], at, bounds = _coordinate(components[i], parts[i], position)
    offset = sum(part.size for part in parts[:i])
    moved = fit.prepared.model(tuple(components), restricted=restricted)
    return _Held(moved, np.concatenate(parts), offset + at, bounds)


def _coordinate(
    c: Component, theta: Array, position: int
) -> tuple[Component, Array, int, tuple[float, float] | None]:
    """Structure, parameters, the coordinate of parameter number `position`, and its range."""
    shared = c.q == 1 or c.structure in ("ID", "CS")
    variances = 1 if shared else c.q
    correlation = position >= variances
    bounds = correlation_range(c.structure, c.q) if correlation else None
    if c.structure != "UN" or c.q == 1:
        return c, theta, len(kinds(c.structure, c.q)) - 1 if correlation else position, bounds
    pairs = [(a, b) for a in range(c.q) for b in range(a + 1, c.q)]
    ahead = pairs[position - variances] if correlation else (position,)
    order = [*ahead, *(j for j in range(c.q) if j not in ahead)]
    place = np.argsort(order)
    G = covariance("UN", c.q, theta)[np.ix_(order, order)]
    levels = tuple(c.levels[j] for j in order)
    turned = replace(c, levels=levels, inner=place[c.inner].astype(np.intp))
    return turned, parameters_of("UN", G), 2 if correlation else 0, bounds


def _profile(held: _Held) -> Callable[[float], float]:
    """Return the profile log-likelihood of the held coordinate, each time from the last optimum."""
    free = np.array([j for j in range(held.start.size) if j != held.at], dtype=np.intp)
    last = held.start.copy()

    def at(coordinate: float) -> float:
        nonlocal last
        best = -math.inf
        # From the last point and from the estimate, but not from zero: a climb would stay there.
        for origin in (last, held.start):
            begin = np.where(np.abs(origin) < 1e-3, 0.1, origin)
            begin[held.at] = coordinate
            peak = climb(held.model, begin, free, signed=True)
            if peak.loglik > best:
                best, reached = peak.loglik, peak.theta
            if free.size == 0:
                break
        last = reached if math.isfinite(best) else last
        return best

    return at


def _root(function: Callable[[float], float], inside: float, outside: float) -> float:
    """Return the point between `inside` (above zero) and `outside` (below) at which it is zero."""
    tolerance = PRECISION * max(abs(inside), abs(outside))
    return float(brentq(function, inside, outside, xtol=tolerance, rtol=1e-12))


def _variance_ends(held: _Held, scale: float, floor: float) -> tuple[float, float]:
    """Return the ends on the scale of the standard deviation."""
    height = _profile(held)

    def excess(coordinate: float) -> float:
        return height(coordinate) - floor

    low = _root(excess, scale, 0.0) if scale > 0.0 and excess(0.0) < 0.0 else 0.0
    inside, outside = scale, max(2.0 * scale, 0.01)
    for _ in range(DOUBLINGS):
        if excess(outside) < 0.0:
            return low, _root(excess, inside, outside)
        inside, outside = outside, 2.0 * outside
    return low, math.inf


def _correlation_ends(held: _Held, value: float, floor: float) -> tuple[float, float]:
    """Return the ends on the scale of the correlation, within its range."""
    bounds = held.bounds or (-1.0, 1.0)
    height = _profile(held)

    def excess(correlation: float) -> float:
        return height(angle_of(correlation, bounds)) - floor

    low, high = bounds
    if value > low and excess(low) < 0.0:
        low = _root(excess, value, low)
    if value < high and excess(high) < 0.0:
        high = _root(excess, value, high)
    return low, high
