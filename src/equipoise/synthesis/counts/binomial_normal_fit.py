"""Fit of a binomial-normal model: scanned with few nodes, polished with as many as it needs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.counts.binomial_normal_surfaces import LAYOUTS, surface_of
from equipoise.synthesis.counts.likelihood_search import Peak, Scan, modes, polish, scan
from equipoise.synthesis.counts.tables import Tables

PRECISE = 1e-9
"""Change of the log-likelihood on doubling the nodes, per unit of it, that is good enough."""


class Fit(NamedTuple):
    """The best mode, the other modes, and what is best with tau2 = 0.

    `nodes` it was polished with, `error` the change of its value when they are about doubled,
    `at_end` whether the likelihood still rises where the scan ends.
    """

    peak: Peak
    others: list[Peak]
    common: Peak
    nodes: int
    error: float
    at_end: bool


def fitted(model: str, tables: Tables, nodes: int, *, heterogeneity: bool) -> Fit:
    """Return the best mode of a model's likelihood, with as many nodes as it needs."""
    layout = LAYOUTS[model]
    grids = layout.grids if heterogeneity else (*layout.grids[:-1], np.zeros(1))
    coarse = surface_of(model, tables, layout.scan_nodes)
    found = scan(coarse, layout.start, layout.spreads, grids)
    surface = surface_of(model, tables, nodes)
    fixed = layout.spreads[-1:]
    common = polish(surface, _best_without_spread(found), layout.spreads, fixed)
    if not heterogeneity:
        peaks, at_end = [common], False
    else:
        at_end = _rises_at_end(found, coarse(_best(found))[1])
        last = Peak(_best(found), *surface(_best(found))[::2], settled=False)
        peaks = [last] if at_end else modes(surface, found, layout.spreads)
    peak, held = peaks[0], () if heterogeneity else fixed
    while True:
        finer = 2 * nodes - 1
        error = abs(surface_of(model, tables, finer)(peak.at)[0] - peak.value)
        if error <= PRECISE * (1.0 + abs(peak.value)) or finer > layout.most_nodes or at_end:
            return Fit(peak, peaks[1:], common, nodes, error, at_end)
        nodes, surface = finer, surface_of(model, tables, finer)
        peak = polish(surface, peak.at, layout.spreads, held)
        common = polish(surface, common.at, layout.spreads, fixed)


def _best(found: Scan) -> Array:
    """Parameters of the best point of a scan."""
    out: Array = found.at[np.unravel_index(np.argmax(found.values), found.values.shape)]
    return out


def _best_without_spread(found: Scan) -> Array:
    """Parameters of the best point at which the effect does not vary."""
    values, at = found.values[..., 0].ravel(), found.at[..., 0, :].reshape(-1, found.at.shape[-1])
    out: Array = at[np.argmax(values)]
    return out


def _rises_at_end(found: Scan, gradient: Array) -> bool:
    """Whether the best point has the largest spread of the effect, and more would be better."""
    place = np.unravel_index(np.argmax(found.values), found.values.shape)
    return bool(place[-1] == found.values.shape[-1] - 1 and gradient[-1] > 0.0)
