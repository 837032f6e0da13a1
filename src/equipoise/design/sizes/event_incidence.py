"""Cumulative incidence under piecewise constant hazards, and its integrals, in closed form."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array

SERIES_BELOW = 0.5
"""Below this the differences of exponentials lose digits and power series take their place."""

COEFFICIENTS = tuple(1.0 / math.factorial(n + 3) for n in range(11, -1, -1))
"""Of the series, the last term first; what is left out is below 0.5**12 / 15! = 2e-16."""


class Incidence(NamedTuple):
    r"""Of one arm, at times `u` since entry: :math:`F`, :math:`G = \int F`, :math:`H = \int G`."""

    probability: Array
    once: Array
    twice: Array


def incidence(u: Array, starts: Array, counted: Array, leaving: Array) -> Incidence:
    r"""Probability of a counted event by `u`, and its first two integrals from 0 to `u`.

    :math:`F(u) = \int_0^u \lambda(s) \exp(-\int_0^s \kappa) ds`. In a piece that began at `s` with
    probability `S` of still being followed, and :math:`v = u - s`,
    :math:`F = F_s + S \lambda \phi_1`, :math:`G = G_s + F_s v + S \lambda \phi_2` and
    :math:`H = H_s + G_s v + F_s v^2 / 2 + S \lambda \phi_3`, with
    :math:`\phi_1 = (1 - e^{-\kappa v}) / \kappa` and each :math:`\phi` the integral of the one
    before.

    Parameters
    ----------
    u : array
        Times since entry in months; nothing has happened at `u <= 0`.
    starts : array, shape (P,)
        Months since entry at which each piece begins, the first 0.
    counted : array, shape (P,)
        Hazard :math:`\lambda` of the events to count.
    leaving : array, shape (P,)
        Hazard :math:`\kappa` of leaving for whatever reason: event or drop-out.
    """
    time = np.maximum(u, 0.0)
    followed, f, g, h = 1.0, 0.0, 0.0, 0.0
    piece = np.maximum(np.searchsorted(starts, time, side="right") - 1, 0)
    out = Incidence(*(np.zeros(time.shape) for _ in range(3)))
    for j, start in enumerate(starts):
        here = piece == j
        v = time[here] - start
        one, two, three = _phi(v, leaving[j])
        rate = followed * counted[j]
        out.probability[here] = f + rate * one
        out.once[here] = g + f * v + rate * two
        out.twice[here] = h + v * (g + 0.5 * f * v) + rate * three
        if j + 1 < starts.size:
            width = np.asarray(starts[j + 1] - start)
            one, two, three = _phi(width, leaving[j])
            h += float(width * (g + 0.5 * f * width) + rate * three)
            g += float(f * width + rate * two)
            f += float(rate * one)
            followed *= float(np.exp(-leaving[j] * width))
    return out


def _phi(v: Array, kappa: float) -> tuple[Array, Array, Array]:
    """Return the integrals, once to three times, of `exp(-kappa v)` from 0 to `v`."""
    x = kappa * v
    small = x < SERIES_BELOW
    safe = np.where(small, 1.0, x)
    e1 = -np.expm1(-safe) / safe
    e2 = (1.0 - e1) / safe
    e3 = np.where(small, _series(np.where(small, x, 0.0)), (0.5 - e2) / safe)
    e2 = np.where(small, 0.5 - x * e3, e2)
    e1 = np.where(small, 1.0 - x * e2, e1)
    return e1 * v, e2 * v**2, e3 * v**3


def _series(x: Array) -> Array:
    """Return the sum of `(-x)^n / (n + 3)!`."""
    total = np.zeros(np.shape(x))
    for coefficient in COEFFICIENTS:
        total = coefficient - x * total
    return total
