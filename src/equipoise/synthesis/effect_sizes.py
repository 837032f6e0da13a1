"""Effect sizes: what a trial's counts or means say about the treatment, and how exactly.

Every function is pure and vectorised: arguments are numbers or arrays of shape (k,), the answer
is `EffectSizes(yi, vi)` with both of shape (k,). Ratios are returned as natural logarithms. The
treatment arm comes first, so that swapping the arms flips the sign.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, broadcast, not_among, refuse, require

ZERO_CELLS = ("nan", "refuse", "half")

METHOD_CITES = {
    "OR": ("woolf1955",),
    "RR": ("katz1978",),
    "RD": (),
    "MD": (),
    "SMD": ("hedges1981",),
    "ROM": ("hedges1999",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each effect size."""


class EffectSizes(NamedTuple):
    """Effects `yi` and their sampling variances `vi`, both (k,), on the analysis scale."""

    yi: Array
    vi: Array


def log_odds_ratio(
    events_treatment: ArrayLike,
    n_treatment: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    zero_cells: str = "nan",
) -> EffectSizes:
    """Log odds ratio of an event from a two-by-two table.

    With `a, c` events and `b = n1 - a, d = n2 - c` patients without:
    `yi = log(a d / (b c))`, `vi = 1/a + 1/b + 1/c + 1/d` (Woolf 1955,
    10.1111/j.1469-1809.1955.tb01348.x).

    Parameters
    ----------
    events_treatment, n_treatment, events_control, n_control : array_like, shape (k,)
        Patients with the event and patients in each arm.
    zero_cells : {"nan", "refuse", "half"}
        What to do when a cell is zero. ``nan`` returns NaN for that table; ``refuse`` raises;
        ``half`` adds 1/2 to all four cells of tables with a zero cell, but leaves a
        double-zero table NaN: it holds no information on a ratio. Nothing is ever added
        unasked (Sweeting 2004, 10.1002/sim.1761).

    Returns
    -------
    EffectSizes

    Examples
    --------
    >>> yi, vi = log_odds_ratio(4, 123, 11, 139)
    >>> round(float(yi[0]), 4), round(float(vi[0]), 4)
    (-0.9387, 0.3571)
    """
    a, b, c, d = _cells(events_treatment, n_treatment, events_control, n_control, zero_cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(a) - np.log(b) - np.log(c) + np.log(d)
        vi = 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d
    return _blank(yi, vi, zero_cells)


def log_risk_ratio(
    events_treatment: ArrayLike,
    n_treatment: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    zero_cells: str = "nan",
) -> EffectSizes:
    """Log risk ratio of an event from a two-by-two table.

    `yi = log((a / n1) / (c / n2))`, `vi = 1/a - 1/n1 + 1/c - 1/n2` (Katz 1978,
    10.2307/2530610). Parameters as in `log_odds_ratio`; a table in which everybody had the
    event has no variance and is NaN too.
    """
    a, b, c, d = _cells(events_treatment, n_treatment, events_control, n_control, zero_cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log(a / (a + b)) - np.log(c / (c + d))
        vi = 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)
    return _blank(yi, vi, zero_cells)


def risk_difference(
    events_treatment: ArrayLike,
    n_treatment: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    zero_cells: str = "nan",
) -> EffectSizes:
    """Risk difference, a proportion between -1 and 1.

    `yi = a/n1 - c/n2`, `vi = a b / n1^3 + c d / n2^3`. A zero cell in one arm is no obstacle,
    though the variance is then too small; when both arms are all or none the variance is zero
    and the table is NaN (or refused, or given 1/2 in each cell). The pooled difference is that
    of the trials' own baseline risks and does not carry to another population.
    """
    _known(zero_cells)
    a, b, c, d = _cells(events_treatment, n_treatment, events_control, n_control, "nan")
    if zero_cells == "half":
        add = np.where((a * b == 0) & (c * d == 0), 0.5, 0.0)
        a, b, c, d = a + add, b + add, c + add, d + add
    n1, n2 = a + b, c + d
    return _blank(a / n1 - c / n2, a * b / n1**3 + c * d / n2**3, zero_cells)


def mean_difference(
    mean_treatment: ArrayLike,
    sd_treatment: ArrayLike,
    n_treatment: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Mean difference in the outcome's unit, with unequal variances.

    `yi = m1 - m2`, `vi = s1^2 / n1 + s2^2 / n2`.
    """
    x = _groups(mean_treatment, sd_treatment, n_treatment, mean_control, sd_control, n_control)
    return EffectSizes(x["m1"] - x["m2"], x["s1"] ** 2 / x["n1"] + x["s2"] ** 2 / x["n2"])


def standardised_mean_difference(
    mean_treatment: ArrayLike,
    sd_treatment: ArrayLike,
    n_treatment: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Standardised mean difference, Hedges' g with the exact small-sample factor.

    `g = J(m) (m1 - m2) / s`, `m = n1 + n2 - 2`, `s` the pooled standard deviation,
    `J(m) = gamma(m/2) / (sqrt(m/2) gamma((m - 1)/2))`,
    `vi = 1/n1 + 1/n2 + g^2 / (2 (n1 + n2))` (Hedges 1981, eq 6e, 10.3102/10769986006002107).
    Unit: standard deviations. For use in Python: no pool of a case asks for it.
    """
    x = _groups(mean_treatment, sd_treatment, n_treatment, mean_control, sd_control, n_control)
    n1, n2 = x["n1"], x["n2"]
    m = n1 + n2 - 2.0
    pooled_sd = np.sqrt(((n1 - 1) * x["s1"] ** 2 + (n2 - 1) * x["s2"] ** 2) / m)
    yi = small_sample_factor(m) * (x["m1"] - x["m2"]) / pooled_sd
    return EffectSizes(yi, 1.0 / n1 + 1.0 / n2 + yi**2 / (2.0 * (n1 + n2)))


def small_sample_factor(m: ArrayLike) -> Array:
    """Hedges' exact `J(m) = gamma(m/2) / (sqrt(m/2) gamma((m - 1)/2))`, m degrees of freedom."""
    half = np.asarray(m, dtype=np.float64) / 2.0
    out: Array = np.exp(gammaln(half) - 0.5 * np.log(half) - gammaln(half - 0.5))
    return out


def log_ratio_of_means(
    mean_treatment: ArrayLike,
    sd_treatment: ArrayLike,
    n_treatment: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Log ratio of means, for outcomes that are positive and have a true zero.

    `yi = log(m1 / m2)`, `vi = s1^2 / (n1 m1^2) + s2^2 / (n2 m2^2)` (Hedges, Gurevitch and
    Curtis 1999, eq 1, 10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2).
    """
    x = _groups(mean_treatment, sd_treatment, n_treatment, mean_control, sd_control, n_control)
    require(x, ("m1", "m2"), lambda m: m > 0, "a mean above 0")
    vi = (x["s1"] / x["m1"]) ** 2 / x["n1"] + (x["s2"] / x["m2"]) ** 2 / x["n2"]
    return EffectSizes(np.log(x["m1"] / x["m2"]), vi)


def _groups(
    m1: ArrayLike, s1: ArrayLike, n1: ArrayLike, m2: ArrayLike, s2: ArrayLike, n2: ArrayLike
) -> dict[str, Array]:
    x = broadcast(m1=m1, s1=s1, n1=n1, m2=m2, s2=s2, n2=n2)
    require(x, ("m1", "m2"), np.isfinite, "a finite mean")
    require(x, ("s1", "s2"), lambda s: np.isfinite(s) & (s > 0), "a standard deviation above 0")
    require(x, ("n1", "n2"), lambda n: np.isfinite(n) & (n >= 2), "at least 2 patients")
    return x


def _cells(
    a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike, zero_cells: str
) -> tuple[Array, Array, Array, Array]:
    """Return the four cells, checked and, if asked for, corrected."""
    _known(zero_cells)
    x = broadcast(events_treatment=a, n_treatment=n1, events_control=c, n_control=n2)
    require(x, x, lambda v: np.isfinite(v) & (v >= 0), "a count of 0 or more")
    require(x, ("n_treatment", "n_control"), lambda n: n > 0, "at least 1 patient")
    problems = [
        problem
        for arm in ("treatment", "control")
        for problem in refuse(
            f"events_{arm}",
            x[f"events_{arm}"],
            x[f"events_{arm}"] > x[f"n_{arm}"],
            f"at most n_{arm}",
        )
    ]
    if problems:
        raise ArrayError(problems)
    a, c = x["events_treatment"], x["events_control"]
    b, d = x["n_treatment"] - a, x["n_control"] - c
    if zero_cells == "half":
        informative = ((a > 0) | (c > 0)) & ((b > 0) | (d > 0))
        add = np.where(informative & (a * b * c * d == 0), 0.5, 0.0)
        a, b, c, d = a + add, b + add, c + add, d + add
    return a, b, c, d


def _blank(yi: Array, vi: Array, zero_cells: str) -> EffectSizes:
    """NaN where the effect is not finite or has no variance, or an error if so asked."""
    bad = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0))
    if zero_cells == "refuse" and bad.any():
        action = "Leave the table out, or choose zero_cells='half' and say so."
        allowed = "no zero cell"
        raise ArrayError(
            [Problem("", f"index {i}", "events", "", allowed, action) for i in np.flatnonzero(bad)]
        )
    return EffectSizes(np.where(bad, np.nan, yi), np.where(bad, np.nan, vi))


def _known(zero_cells: str) -> None:
    problems = not_among("zero_cells", zero_cells, ZERO_CELLS)
    if problems:
        raise ArrayError(problems)
