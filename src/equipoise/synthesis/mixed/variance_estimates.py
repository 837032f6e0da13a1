"""Which variances the data support best, and how that answer is to be read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.mixed import covariance_structures, single_variance
from equipoise.synthesis.mixed.covariance_structures import ANGLE, SCALE
from equipoise.synthesis.mixed.likelihood import Model, solve
from equipoise.synthesis.mixed.optimum import FLAT, Peak, climb, curvatures, height, peaks
from equipoise.synthesis.mixed.random_structures import Component

SNAP = 1e-9
"""Log-likelihood that may be lost by putting a parameter exactly on the edge of its range."""

REACH = 10.0
"""Log-likelihood below the best at which another maximum is no longer worth a word."""

HIDDEN = 1e-9
"""Share of a structure's trace that the coefficients must leave for it to be seen."""

FAINT = 1e-3
"""Standard deviation, in typical standard errors, at which that share is measured."""

TIE = 1e-6
"""Log-likelihood difference below which two maxima cannot be told apart."""


class Variances(NamedTuple):
    """Parameters `theta` at the best maximum, with status and message."""

    theta: Array
    status: str
    message: str


def estimate_variances(model: Model, unit: int = 0) -> Variances:
    """Return the maximum of the likelihood, searched as the number of parameters allows.

    The effects were divided by `2^unit`, which only the sentences need to know.
    """
    count = len(model.kinds())
    if count == 0:
        return Variances(np.empty(0), "converged", "")
    if model.k == model.p:
        message = "As many coefficients as effects: heterogeneity cannot be seen."
        return Variances(np.zeros(count), "converged", message)
    return _one_variance(model, unit) if count == 1 else _several(model, unit)


def hidden_structures(model: Model) -> list[str]:
    """Names of structures whose groups the columns tell apart, so that REML cannot see them.

    The restricted likelihood loses `1/2 tr(P Z Z')` a unit of variance where the likelihood
    loses `1/2 tr(M^-1 Z Z')`; when the first is nothing beside the second, no contrast of the
    effects that is free of the coefficients contains the structure.
    """
    if not (model.restricted and model.components) or model.k == model.p:
        return []
    scale = np.array([kind == SCALE for kind in model.kinds()])
    silent = tuple(stack._replace(y=np.zeros_like(stack.y)) for stack in model.stacks)
    theta = np.where(scale, FAINT, 0.0)
    made = [replace(model, stacks=silent, restricted=r) for r in (True, False)]
    reml, ml = (solve(one, theta, slope=True) for one in made)
    if reml is None or ml is None:
        return []
    lost = np.abs(reml.gradient) <= HIDDEN * np.abs(ml.gradient)
    parts = zip(model.components, model.parts((scale & lost).astype(float)), strict=True)
    return [f"structure {c.name}" for c, part in parts if part.any()]


def _one_variance(model: Model, unit: int) -> Variances:
    """Scan, polish, compare; see `single_variance`."""
    found = single_variance.modes(single_variance.rotate(model), model.k)
    if not found:
        return Variances(np.array([math.nan]), "not_converged", "The likelihood has no maximum.")
    best = max(found, key=lambda mode: mode.loglik)
    theta = np.sqrt([best.variance])
    if len(found) == 1:
        return Variances(theta, "converged" if best.variance > 0.0 else "boundary", "")
    others = [
        (np.sqrt([mode.variance]), best.loglik - mode.loglik) for mode in found if mode is not best
    ]
    return Variances(theta, "bimodal", _other_maxima(model, others, unit))


def _several(model: Model, unit: int) -> Variances:
    """Climb from many starts; put what is at the edge exactly there."""
    typical = [stack.V.diagonal(axis1=1, axis2=2)[stack.rows < model.k] for stack in model.stacks]
    v = np.concatenate(typical)
    low = 0.03 * float(np.quantile(v, 0.1))
    found = peaks(model, low, max(10.0 * low, 4.0 * _spread(model)))
    best, edges = _on_the_edge(model, found[0])
    if not best.converged:
        message = "The search for the variances did not settle; do not use these numbers."
        return Variances(best.theta, "not_converged", message)
    others = [
        (peak.theta, best.loglik - peak.loglik)
        for peak in found[1:]
        if peak.converged and TIE * 1e-2 < best.loglik - peak.loglik < REACH
    ]
    loose = not edges and _undetermined(model, best)
    if loose:
        message = "The data do not determine every variance parameter: some may move freely."
        return Variances(best.theta, "not_converged", message)
    said = f"At the edge of their range: {', '.join(edges)}." if edges else ""
    if others:
        said = f"{_other_maxima(model, others, unit)} {said}".strip()
        return Variances(best.theta, "bimodal", said)
    return Variances(best.theta, "boundary" if edges else "converged", said)


def _spread(model: Model) -> float:
    """Unweighted variance of the effects around their regression."""
    y = np.concatenate([stack.y.ravel() for stack in model.stacks])
    Q = np.concatenate([stack.Q.reshape(-1, model.p) for stack in model.stacks])
    residual = y - Q @ (Q.T @ y)
    return float(residual @ residual) / max(1, model.k - model.p)


def _on_the_edge(model: Model, peak: Peak) -> tuple[Peak, list[str]]:
    """Put parameters on the edge of their range where that costs nothing, and name them."""
    theta, kinds = peak.theta.copy(), model.kinds()
    moved: list[int] = []
    for j, kind in enumerate(kinds):
        target = 0.0 if kind == SCALE else math.copysign(0.5 * math.pi, math.sin(theta[j]))
        near = abs(theta[j]) < 0.1 if kind == SCALE else abs(math.cos(theta[j])) < 0.1
        if kind not in (SCALE, ANGLE) or not near:
            continue
        trial = theta.copy()
        trial[j] = target
        if height(model, trial) >= peak.loglik - SNAP:
            theta = trial
            moved.append(j)
    if not moved:
        return peak, []
    free = np.array([j for j in range(theta.size) if j not in moved], dtype=np.intp)
    settled = climb(model, theta, free)
    if settled.loglik < peak.loglik - SNAP:
        return peak, []
    return settled._replace(converged=peak.converged), _edge_names(model, settled.theta, moved)


def _edge_names(model: Model, theta: Array, moved: list[int]) -> list[str]:
    """Names of the structures' parameters that are at an edge."""
    out: list[str] = []
    for c, part, end in zip(model.components, model.parts(theta), model.splits, strict=True):
        here = [j - (end - part.size) for j in moved if end - part.size <= j < end]
        if not here:
            continue
        names, values = named_parameters(c, part)
        low, high = (
            (-1.0, 1.0) if c.q == 1 else covariance_structures.correlation_range(c.structure, c.q)
        )
        edge = [
            name
            for name, value in zip(names, values, strict=True)
            if (name.startswith("tau2") and value == 0.0)
            or (name.startswith("rho") and (value > high - 1e-9 or value < low + 1e-9))
        ]
        out += edge or [f"the covariance matrix of {c.name} (singular)"]
    return out


def _undetermined(model: Model, peak: Peak) -> bool:
    """Whether the likelihood is level in some direction at an inner maximum."""
    values = np.abs(curvatures(model, peak.theta))
    return bool(values.min() < FLAT * max(1.0, float(values.max())))


def named_parameters(component: Component, theta: Array) -> tuple[list[str], list[float]]:
    """Variances and correlations of a structure, named; a correlation of nothing is NaN."""
    c, q = component, component.q
    G = covariance_structures.covariance(c.structure, q, theta)
    shared = q == 1 or c.structure in ("ID", "CS")
    levels = [""] if shared else [f", {level}" for level in c.levels]
    names = [f"tau2[{c.name}{level}]" for level in levels]
    values = [float(G[j, j]) for j in range(len(levels))]
    if q == 1 or c.structure in ("ID", "DIAG"):
        return names, values
    pairs = [(0, 1)] if c.structure != "UN" else [(a, b) for a in range(q) for b in range(a + 1, q)]
    for a, b in pairs:
        label = f", {c.levels[a]}, {c.levels[b]}" if c.structure == "UN" else ""
        names.append(f"rho[{c.name}{label}]")
        product = math.sqrt(G[a, a]) * math.sqrt(G[b, b])
        values.append(float(np.clip(G[a, b] / product, -1.0, 1.0)) if product > 0.0 else math.nan)
    return names, values


def parameter_table(model: Model, theta: Array) -> tuple[tuple[str, ...], Array]:
    """Every variance and correlation of the model, named."""
    pairs = [
        named_parameters(c, part)
        for c, part in zip(model.components, model.parts(theta), strict=True)
    ]
    names = tuple(name for found, _ in pairs for name in found)
    return names, np.array([value for _, values in pairs for value in values], dtype=np.float64)


def _other_maxima(model: Model, others: list[tuple[Array, float]], unit: int) -> str:
    """Say which other variances the data support nearly as well."""
    told = []
    for theta, lower in others:
        names, values = parameter_table(model, theta)
        shown = unscaled(names, values, unit)
        listed = ", ".join(f"{n} {v:.4g}" for n, v in zip(names, shown, strict=True))
        told.append(f"{listed}, log-likelihood lower by {lower:.2g}")
    tie = " They cannot be told apart." if min(lower for _, lower in others) < TIE else ""
    return f"The likelihood has more than one maximum (also {'; '.join(told)}).{tie}"


def unscaled(names: tuple[str, ...], values: Array, unit: int) -> Array:
    """Variances in squared units of the data, correlations as they are."""
    variances = np.array([name.startswith("tau2") for name in names], dtype=bool)
    out: Array = np.ldexp(values, np.where(variances, 2 * unit, 0))
    return out
