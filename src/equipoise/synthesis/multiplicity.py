"""How surprising is a subgroup's P when several factors were examined."""

from __future__ import annotations

import math

METHOD_CITES = {"sidak": ("sidak1967",)}


def sidak(p_value: float, factors: int) -> float:
    """P of the smallest of `factors` independent P values being at most `p_value`.

    `1 - (1 - p)^m` (Sidak 1967, 10.1080/01621459.1967.10482935). Exact for independent tests,
    conservative for positively dependent ones; it knows only the factors it is told of.

    Examples
    --------
    >>> round(sidak(0.0151, 4), 2)
    0.06
    """
    if factors < 1:
        raise ValueError(f"factors is {factors}; allowed: 1 or more")
    if p_value >= 1.0 or math.isnan(p_value):
        return p_value
    return -math.expm1(factors * math.log1p(-p_value))
