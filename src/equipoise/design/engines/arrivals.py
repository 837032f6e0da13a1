"""When patients enter: accrual at rates that are constant in pieces."""

from __future__ import annotations

from numpy.random import Generator

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part


@part
def fill_even_arrivals(edges: Array, shares: Array, arrival: Array) -> None:
    """Let patient `i` of `n`, counted from 1, enter when the share `i / n` is due.

    `edges`, shape (A + 1,), are the calendar times at which the accrual rate changes, `shares`
    the cumulative share of patients due at each, from 0 to 1.
    """
    n = arrival.size
    piece = 0
    for i in range(n):
        piece = _enter(edges, shares, (i + 1.0) / n, piece, i, arrival)


@part
def fill_random_arrivals(rng: Generator, edges: Array, shares: Array, arrival: Array) -> None:
    """Draw the order statistics of `n` entries from the accrual density, earliest first.

    `U_(i) = (E_1 + ... + E_i) / (E_1 + ... + E_{n+1})`, the `E` standard exponential, are the
    order statistics of `n` uniforms, so that nothing has to be sorted.
    """
    n = arrival.size
    total = 0.0
    for i in range(n):
        total += rng.standard_exponential()
        arrival[i] = total
    total += rng.standard_exponential()
    piece = 0
    for i in range(n):
        piece = _enter(edges, shares, arrival[i] / total, piece, i, arrival)


@part
def _enter(edges: Array, shares: Array, share: float, piece: int, i: int, arrival: Array) -> int:
    """Set the entry of patient `i` to when `share` is due, looking from `piece` on; its piece."""
    while piece < shares.size - 2 and share > shares[piece + 1]:
        piece += 1
    slope = (edges[piece + 1] - edges[piece]) / (shares[piece + 1] - shares[piece])
    arrival[i] = edges[piece] + (share - shares[piece]) * slope
    return piece
