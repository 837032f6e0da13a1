"""How long until the event: hazards that are constant in pieces, and exponential drop-out."""

from __future__ import annotations

import math

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part


@part
def time_at(cumulative: float, c: int, starts: Array, hazard: Array, before: Array) -> float:
    """Return the time at which the cumulative hazard of cell `c` is `cumulative`, or infinity.

    `H(t) = before[c, j] + hazard[c, j] (t - starts[j])` in piece `j`.
    """
    piece = starts.size - 1
    while piece > 0 and before[c, piece] >= cumulative:
        piece -= 1
    if hazard[c, piece] == 0.0:
        return math.inf
    time: float = starts[piece] + (cumulative - before[c, piece]) / hazard[c, piece]
    return time
