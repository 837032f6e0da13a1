"""What a reader should know before using a pooled number, in sentences."""

from __future__ import annotations

import math

from scipy.special import chdtr

from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.pool_input import Choice
from equipoise.synthesis.pooled_numbers import Pools

FEW = 5
"""Below this number of studies every interval of a random-effects mean is fragile."""

IMPROBABLE = 0.01
"""Lower tail of Q below which effects agree better than chance lets them.

One homogeneous pool in a hundred does so honestly. If standard errors of about 0.2 are given for
variances, it is seen in nine pools of ten at 13 studies, in a quarter at 6; where the true effects
differ it cannot be seen at all.
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


def remarks(pools: Pools, choice: Choice, estimate: float, unit: int, lift: int) -> list[str]:
    """Sentences a reader needs beside the numbers of the first row.

    `estimate` is that of the data; `pools` hold it in units of `2^unit`, effects lifted by
    `2^lift`.
    """
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
        out.append(_beside(pools, choice, estimate, unit, lift))
    if choice.prediction == "riley" and k < 3 and choice.method != "EE":
        out.append("A prediction interval with k - 2 degrees of freedom needs three studies.")
    return out


def _beside(pools: Pools, choice: Choice, estimate: float, unit: int, lift: int) -> str:
    """With few studies, give the intervals that should be read beside a Hartung-Knapp one."""
    k, found = int(pools.k[0]), pools.intervals
    halves = {"Wald": math.ldexp(float(found.wald_half[0]), unit)}
    if choice.ci == "hksj":
        floor = critical_value(choice.level, k - 1.0) * math.ldexp(float(found.wald_se[0]), unit)
        halves = {"hksj-adhoc": max(floor, math.ldexp(float(found.half[0]), unit - lift))} | halves
    shown = " and ".join(
        f"{name} ({estimate - half:.4g} to {estimate + half:.4g})" for name, half in halves.items()
    )
    return f"Only {k} studies: read {shown} beside this interval."
