"""The Kaplan-Meier curve: what share is still free of the event, and how sure is that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.arrays import Array, as_vector, not_among
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.survival.patients import bad_level, bad_option, patients, stop_if
from equipoise.synthesis.survival.risk_sets import life_table

METHOD_CITES = {"kaplan_meier": ("kaplan1958",), "quantile": ("brookmeyer1982",)}
"""Keys of `equipoise.cite.REFERENCES` behind the curve and its quantiles."""

TRANSFORMS = ("log", "log-log", "plain")

SAME_SHARE = 1.5e-8
"""A curve this near a share has reached it: 0.5 as a product of fractions need not be 0.5."""


@dataclass(frozen=True)
class KaplanMeier:
    """A Kaplan-Meier curve; every array has one entry for each distinct time, shape (m,).

    Attributes
    ----------
    times : array
        Distinct times of events and censorings, in order.
    at_risk, events, censored : array
        Patients at risk just before each time, and what happened to them at it.
    survival : array
        Share free of the event just after each time.
    se : array
        Greenwood standard error of `survival`; NaN once the curve has reached 0.
    ci_low, ci_high : array
        Pointwise limits; NaN once the curve has reached 0.
    level : float
        Confidence level of the limits.
    transform : str
        Scale on which the limits are symmetric.
    """

    times: Array
    at_risk: Array
    events: Array
    censored: Array
    survival: Array
    se: Array
    ci_low: Array
    ci_high: Array
    level: float
    transform: str


class SurvivalQuantile(NamedTuple):
    """A time by which a share has had the event, with limits; NaN where not reached."""

    time: float
    ci_low: float
    ci_high: float


def kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, level: float = 0.95, transform: str = "log"
) -> KaplanMeier:
    """Estimate the share still free of the event at every time.

    `S(t) = prod_{ti <= t} (1 - di / ni)` with `di` events among `ni` at risk at `ti`. Greenwood:
    `se = S sqrt(g)`, `g = sum di / (ni (ni - di))`. Limits, `z` the normal quantile of `level`:

    - ``log``: `S exp(-+ z sqrt g)`;
    - ``log-log``: `S ** exp(-+ z sqrt(g) / log S)`, always within 0 and 1;
    - ``plain``: `S -+ z se`.

    Limits are cut at 0 and 1. They hold at one time each, not for the curve as a whole.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Time from the start (any unit) and 1 for an event, 0 for censored. An event and a
        censoring at one time count as event first.
    level : float
        Confidence level.
    transform : {"log", "log-log", "plain"}
        Scale of the limits.

    Raises
    ------
    ArrayError
        A time that is negative or not finite, an event that is not 0 or 1, unequal lengths.

    Notes
    -----
    Not for competing events: where another event makes this one impossible, one minus the curve
    is too high. Source: Kaplan and Meier 1958, 10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9, 10, 10], [1, 1, 1, 0, 1, 0, 1, 0])
    >>> [round(float(s), 4) for s in curve.survival]
    [0.625, 0.4688, 0.4688, 0.2344]
    """
    problems = bad_level(level) + not_among("transform", transform, TRANSFORMS)
    data = patients(time, event, problems=problems)
    times, at_risk, events, censored = life_table(data.time, data.event).T
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1.0 - events / at_risk)
        root = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        low, high = _limits(survival, root, critical_value(level), transform)
        se = survival * root
    return KaplanMeier(times, at_risk, events, censored, survival, se, low, high, level, transform)


def _limits(survival: Array, root: Array, z: float, transform: str) -> tuple[Array, Array]:
    """Pointwise limits, `root` being the error of `log S`; NaN where the curve is 0."""
    if transform == "log":
        low, high = survival * np.exp(-z * root), survival * np.exp(z * root)
    elif transform == "plain":
        low, high = survival * (1.0 - z * root), survival * (1.0 + z * root)
    else:
        exponent = np.exp(z * root / np.log(survival))
        low, high = survival ** (1.0 / exponent), survival**exponent
        low, high = np.where(root == 0.0, 1.0, low), np.where(root == 0.0, 1.0, high)
    gone = survival == 0.0
    low, high = np.where(gone, np.nan, low), np.where(gone, np.nan, high)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def survival_at(curve: KaplanMeier, times: ArrayLike) -> Array:
    """Share free of the event just after each of `times` (j,); NaN for NaN and beyond the last.

    A curve that has reached 0 stays there.
    """
    wanted = as_vector(times, "times")
    index = np.searchsorted(curve.times, wanted, side="right")
    shares = np.concatenate(([1.0], curve.survival))[index]
    beyond = (wanted > curve.times[-1]) & (curve.survival[-1] > 0.0)
    out: Array = np.where(beyond | np.isnan(wanted), np.nan, shares)
    return out


def survival_quantile(curve: KaplanMeier, share: float = 0.5) -> SurvivalQuantile:
    """Find the time by which `share` of the patients have had the event, with its interval.

    The first time at which `S <= 1 - share`; where the curve runs level at exactly `1 - share`,
    the middle of that stretch. The limits are the same quantile of the limits of the curve
    (Brookmeyer and Crowley 1982, 10.2307/2530286), on the scale of `curve.transform`; an upper
    limit that is not reached is NaN.

    Raises
    ------
    ArrayError
        If `share` is not between 0 and 1.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 3, 4, 5], [1, 1, 1, 0, 0])
    >>> survival_quantile(curve).time
    3.0
    """
    stop_if(bad_option("share", share, 0.0 < share < 1.0, "above 0 and below 1"))
    found = (
        _first_time(curve.times, values, 1.0 - share)
        for values in (curve.survival, curve.ci_low, curve.ci_high)
    )
    return SurvivalQuantile(*found)


def median_survival(curve: KaplanMeier) -> SurvivalQuantile:
    """Find the time by which half of the patients have had the event, with its interval."""
    return survival_quantile(curve, 0.5)


def _first_time(times: Array, values: Array, target: float) -> float:
    """First time at which `values` is at most `target`, or the middle of a level stretch at it."""
    known = ~np.isnan(values)
    t, v = times[known], values[known]
    reached = np.flatnonzero(v <= target + SAME_SHARE)
    if reached.size == 0:
        return math.nan
    first = int(reached[0])
    if v[first] < target - SAME_SHARE:
        return float(t[first])
    below = np.flatnonzero(v < target - SAME_SHARE)
    end = t[below[0]] if below.size else t[-1]
    return float(0.5 * (t[first] + end))
