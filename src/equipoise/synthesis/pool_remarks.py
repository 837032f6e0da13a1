"""What a reader should know before using a pooled number, in sentences."""

from __future__ import annotations

from scipy.special import chdtr

from equipoise.synthesis.pool_input import Choice
from equipoise.synthesis.pooled_numbers import Pools

FEW = 5
"""Below this number of studies every interval of a random-effects mean is fragile."""

IMPROBABLE = 1e-3
"""Lower tail of Q below which effects agree better than chance lets them.

One pool in a thousand does so honestly; variances that are really standard errors mostly do.
"""

ROUND_OFF = 1e-9
"""Relative difference of two half-widths that is arithmetic, not a difference."""

NARROWER = "The Hartung-Knapp interval is narrower than the normal one."
IDENTICAL = (
    "All effects are identical: the Hartung-Knapp error is zero and its interval has no width."
)
TOO_ALIKE = (
    "The effects agree more closely than their errors allow; were standard errors given where "
    "variances are meant?"
)


def remarks(pools: Pools, choice: Choice) -> list[str]:
    """Sentences a reader needs beside the numbers of the first row."""
    k, q, se = int(pools.k[0]), float(pools.numbers.q[0]), float(pools.numbers.se[0])
    half, wald_half = float(pools.intervals.half[0]), float(pools.intervals.wald_half[0])
    out: list[str] = []
    if k == 1:
        out.append("One study: heterogeneity cannot be seen.")
        if choice.ci != "wald":
            out.append(f"The {choice.ci} interval needs two studies; ask for wald.")
        return out
    if choice.ci == "hksj" and se == 0.0:
        out.append(IDENTICAL)
    elif choice.ci == "hksj" and half < wald_half * (1.0 - ROUND_OFF):
        out.append(NARROWER)
    if k >= FEW and float(chdtr(k - 1, q)) < IMPROBABLE:
        out.append(TOO_ALIKE)
    if choice.ci.startswith("hksj") and k < FEW:
        out.append(f"Only {k} studies: read the hksj-adhoc and Wald intervals beside this one.")
    if choice.prediction == "riley" and k < 3 and choice.method != "EE":
        out.append("A prediction interval with k - 2 degrees of freedom needs three studies.")
    return out
