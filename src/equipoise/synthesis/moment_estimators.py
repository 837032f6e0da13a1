"""Closed-form estimators of `tau2`, and the standard errors of all, for one lane of sums.

With `P` at the stated weights, `Q = y'Py` and `V = diag(vi)` (Viechtbauer 2005,
10.3102/10769986030003261, and 2007, 10.1002/sim.2514; Sidik and Jonkman 2005,
10.1111/j.1467-9876.2005.00489.x):

    DL  (Q - (k - 1)) / tr P       weights 1 / vi
    HS  (Q - k) / sum w            weights 1 / vi
    HE  (Q - tr PV) / (k - 1)      equal weights 1
    SJ  t0 Q / (k - 1)             weights 1 / (vi + t0), t0 = sum (yi - mean)^2 / k

and each has the variance of `Q` behind its error: `Var Q = 2 tr PVPV + 4 tau2 tr PPV +
2 tau2^2 tr PP` with effects normal.
"""

from __future__ import annotations

import math

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import part
from equipoise.synthesis.lane_loading import unweighted
from equipoise.synthesis.lane_sums import LANES, SQUARES, TAU2, TOTAL, Q, trace, trace_of_square

EE, DL, HE, HS, SJ, ML, REML, EB, PM = range(9)
"""Codes of the methods, in the order of `equipoise.synthesis.pool_input.METHODS`."""


@part
def from_cochran(i: int, n: int, work: Array, method: int) -> tuple[float, float]:
    """DL or HS: raw estimate and standard error at its non-negative part; sums are at zero."""
    t, total = trace(i, work), work[TOTAL * LANES + i]
    if method == HS:
        raw, unit = (work[Q * LANES + i] - n) / total, total
    else:
        raw, unit = (work[Q * LANES + i] - (n - 1)) / t, t
    tau2 = raw if raw > 0.0 else 0.0
    variance = 2.0 * (n - 1) + 4.0 * tau2 * t + 2.0 * tau2 * tau2 * trace_of_square(i, work)
    return raw, math.sqrt(variance) / unit


@part
def from_plain_variance(i: int, n: int, work: Array) -> tuple[float, float]:
    """HE: raw estimate and standard error at its non-negative part."""
    spread, total, squares = unweighted(i, n, work)
    share = total * (n - 1) / n
    raw = (spread - share) / (n - 1)
    tau2 = raw if raw > 0.0 else 0.0
    # tr PVPV = sum v^2 (1 - 2 / k) + (sum v)^2 / k^2
    pvpv = squares * (n - 2) / n + total * total / (n * n)
    variance = 2.0 * pvpv + 4.0 * tau2 * share + 2.0 * tau2 * tau2 * (n - 1)
    return raw, math.sqrt(variance) / (n - 1)


@part
def from_rough_variance(i: int, n: int, work: Array) -> tuple[float, float]:
    """SJ: estimate and standard error; sums are at the rough value `t0`, above zero.

    `V` is `V + t0` less `t0`, so that `tr PVPV = (k - 1) - 2 t0 tr P + t0^2 tr PP` and
    `tr PPV = tr P - t0 tr PP`.
    """
    t0 = work[TAU2 * LANES + i]
    tau2 = t0 * work[Q * LANES + i] / (n - 1)
    p, pp = trace(i, work), trace_of_square(i, work)
    pvpv = (n - 1) - 2.0 * t0 * p + t0 * t0 * pp
    ppv = p - t0 * pp
    variance = 2.0 * pvpv + 4.0 * tau2 * ppv + 2.0 * tau2 * tau2 * pp
    return tau2, t0 / (n - 1) * math.sqrt(variance)


@part
def information_error(i: int, n: int, work: Array, method: int) -> float:
    """Return the standard error of ML, REML, EB or PM, from the expected information."""
    if method == REML:
        return math.sqrt(2.0 / trace_of_square(i, work))
    if method == ML:
        return math.sqrt(2.0 / work[SQUARES * LANES + i])
    error: float = math.sqrt(2.0 * n * n / (n - 1.0)) / work[TOTAL * LANES + i]
    return error
