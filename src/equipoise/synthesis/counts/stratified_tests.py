"""Tests on strata: is there an effect in any of them, and is it the same in all."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.counts.tables import Tables
from equipoise.synthesis.heterogeneity import q_p_value

METHOD_CITES = {
    "cmh": ("mantel1959",),
    "breslow_day": ("tarone1985",),
    "tarone": ("tarone1985",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each test."""


class Chi2(NamedTuple):
    """A chi-square statistic and its P."""

    statistic: float
    p_value: float


NO_TEST = Chi2(math.nan, math.nan)


def hypergeometric_moments(tables: Tables) -> tuple[Array, Array]:
    """Mean and variance of `a` given all margins, if the treatment does nothing.

    `E = n1 m / N`, `V = n1 n2 m (N - m) / (N^2 (N - 1))`; both `(k,)`. V is 0 for a double-zero
    trial.
    """
    n1, n2, m, n = tables.treated, tables.controls, tables.events, tables.total
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (n1 / n) * (n2 / n) * m * ((n - m) / (n - 1.0))
    return n1 * (m / n), np.where(tables.double_zero, 0.0, variance)


def cmh_test(tables: Tables, *, correct: bool) -> Chi2:
    """Test whether the treatment changes the odds in any trial.

    `(|sum (a - E)| - h)^2 / sum V` with hypergeometric moments, chi-square with 1 degree of
    freedom; `h` is 1/2 with the continuity correction, else 0. The corrected difference may be
    negative; it is squared as it is, which is metafor's reading. Mantel and Haenszel 1959,
    10.1093/jnci/22.4.719.
    """
    mean, variance = hypergeometric_moments(tables)
    total = float(variance.sum())
    if total <= 0.0:
        return NO_TEST
    difference = abs(float((tables.a - mean).sum())) - (0.5 if correct else 0.0)
    statistic = difference**2 / total
    return Chi2(statistic, float(chdtrc(1, statistic)))


def common_odds_tests(tables: Tables, odds_ratio: float) -> tuple[Chi2, Chi2]:
    """Test whether the odds ratio is the same in every trial, by Breslow and Day and by Tarone.

    With `x` the number of treated events that has the observed margins and the common odds
    ratio, and `v = 1 / (1/x + 1/(n1 - x) + 1/(m - x) + 1/(n2 - m + x))`:
    `BD = sum (a - x)^2 / v` and `T = BD - (sum (a - x))^2 / sum v`, both chi-square with one
    degree of freedom fewer than trials with events and non-events. Weak when strata are sparse.
    Tarone 1985, 10.1093/biomet/72.1.91.
    """
    t = tables.only(~tables.double_zero)
    x = _fitted_events(t, odds_ratio)
    n1, n2, m = t.treated, t.controls, t.events
    variance = 1.0 / (1.0 / x + 1.0 / (n1 - x) + 1.0 / (m - x) + 1.0 / (n2 - m + x))
    residual = t.a - x
    breslow_day = float((residual**2 / variance).sum())
    tarone = max(0.0, breslow_day - float(residual.sum() ** 2 / variance.sum()))
    k = t.a.size
    return Chi2(breslow_day, q_p_value(breslow_day, k)), Chi2(tarone, q_p_value(tarone, k))


def _fitted_events(t: Tables, odds_ratio: float) -> Array:
    """Treated events that give `odds_ratio` at the observed margins.

    The smaller root of `(R - 1) x^2 - (R (n1 + m) + n2 - m) x + R n1 m = 0`, in the form that
    needs no case apart for R = 1.
    """
    n1, n2, m = t.treated, t.controls, t.events
    middle = odds_ratio * (n1 + m) + (n2 - m)
    product = odds_ratio * n1 * m
    root = np.sqrt(middle**2 - 4.0 * (odds_ratio - 1.0) * product)
    out: Array = 2.0 * product / (middle + root)
    return out
