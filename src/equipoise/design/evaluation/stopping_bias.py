"""How far an estimate is off when a trial stops on it, exactly, and the estimate less that bias."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equipoise.design.engines.stopping import Bounds
from equipoise.design.sequential.recursion import exit_probabilities
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"bias_adjusted": ("whitehead1986",)}
"""Keys of `equipoise.cite.REFERENCES` behind the correction."""

STEP = 0.02
"""Of the derivative; its error of fourth order is then below 1e-8."""

GRID = np.linspace(-8.0, 12.0, 161)
"""Drifts between which the bias is interpolated; beyond them it is next to nothing."""

MOST_LOOKS = 50
"""Above it bias and correction cost more than they are asked for, and none is offered."""


def exit_by_look(fractions: Array, bounds: Bounds, drift: Array) -> tuple[Array, Array]:
    """Probability to end at each look with and without a rejection, shape (n, K) each.

    A trial that is left at the last look ends there without.
    """
    up, down = exit_probabilities(fractions, bounds.upper, bounds.lower, drift)
    down = down.copy()
    down[:, -1] = np.maximum(1.0 - up.sum(axis=1) - down[:, :-1].sum(axis=1), 0.0)
    return up, down


def stopping_bias(fractions: Array, bounds: Bounds, drift: Array) -> Array:
    r"""Bias of the drift's naive estimate `Z / sqrt(t)` at the end of the trial, shape (n,).

    With `B_k = Z_k sqrt(t_k)` and `P_k(delta)` the probability to end at look k, the score
    identity :math:`dP_k / d\delta = E[(B_k - \delta t_k) 1(\text{end at } k)]` gives
    :math:`\sum_k P_k'(\delta) / t_k`. The derivative is a central difference of fourth order of
    the exact recursion.
    """
    h = STEP
    shifts = np.array([-2.0 * h, -h, h, 2.0 * h])
    at = (np.asarray(drift)[:, None] + shifts).ravel()
    up, down = exit_by_look(fractions, bounds, at)
    ends = (up + down).reshape(len(drift), 4, -1)
    weights = np.array([1.0, -8.0, 8.0, -1.0]) / (12.0 * h)
    slope = np.einsum("s,nsk->nk", weights, ends)
    return np.asarray(slope @ (1.0 / fractions))


class Correction(NamedTuple):
    """The naive drift (161,) at which each bias (161,) is expected, and `sqrt(I_max)`."""

    naive: Array
    bias: Array
    root_information: float

    def __call__(self, estimate: Array) -> Array:
        """Return the estimate less the bias expected if the corrected one were true."""
        drift = estimate * self.root_information
        return np.asarray((drift - np.interp(drift, self.naive, self.bias)) / self.root_information)


def correction(fractions: Array, bounds: Bounds, information: float) -> Correction | None:
    """Tabulate Whitehead's bias-adjusted estimate: `x = delta + bias(delta)` solved for delta.

    Whitehead 1986, 10.1093/biomet/73.3.573. None for a trial with one look, which has no bias,
    or more than `MOST_LOOKS`.
    """
    if not 1 < fractions.size <= MOST_LOOKS:
        return None
    bias = stopping_bias(fractions, bounds, GRID)
    naive = np.maximum.accumulate(GRID + bias)
    return Correction(naive, bias, float(np.sqrt(information)))
