"""E-values: how strong would unmeasured confounding have to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.errors import Problem
from equipoise.synthesis.arrays import not_among
from equipoise.synthesis.survival.patients import bad_option, stop_if

METHOD_CITES = {"e_value": ("vanderweele2017",), "common_outcome": ("vanderweele2020",)}
"""Keys of `equipoise.cite.REFERENCES` behind the E-value and its conversions."""

MEASURES = ("HR", "RR", "OR")


@dataclass(frozen=True)
class EValue:
    """Confounding that would move an estimate, and its interval, to a given true value.

    Attributes
    ----------
    estimate, limit : float
        E-values of the estimate and of the limit nearer to `true_value`; risk-ratio scale, 1
        when nothing needs explaining; `limit` is NaN without an interval.
    estimate_rr, limit_rr, true_rr : float
        The estimate, that limit and the true value as (approximate) risk ratios.
    measure : str
        HR, RR or OR.
    rare : bool
        Whether the ratio was taken for a risk ratio as it is.
    message : str
        The E-value in words.
    """

    estimate: float
    limit: float
    estimate_rr: float
    limit_rr: float
    true_rr: float
    measure: str
    rare: bool
    message: str


def e_value(
    estimate: float,
    ci_low: float | None = None,
    ci_high: float | None = None,
    *,
    measure: str = "HR",
    rare: bool = True,
    true_value: float = 1.0,
) -> EValue:
    """Say how strong unmeasured confounding must be to explain an estimate away.

    With `R` the risk ratio over the true one, turned round if below 1, `E = R + sqrt(R (R - 1))`:
    an unmeasured confounder associated with exposure and with outcome by risk ratios of `E` each,
    beyond the measured ones, could make `R`; weaker ones could not. The same for the limit of the
    interval nearer to the true value; 1 if the interval holds it. Where the outcome is common
    (more than about 15 % have it), `OR` becomes `sqrt(OR)` and `HR` becomes
    `(1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1 / HR))`.

    Parameters
    ----------
    estimate, ci_low, ci_high : float
        Ratio and its interval, natural scale; the interval may be left out.
    measure : {"HR", "RR", "OR"}
        What the ratio is. A rate ratio counts as RR.
    rare : bool
        Whether fewer than about 15 % have the outcome by the end of follow-up; ignored for RR.
    true_value : float
        Effect to explain the estimate down (or up) to, same measure; for instance a trial's.

    Raises
    ------
    ArrayError
        Ratios not above 0, limits out of order, an unknown measure.

    Notes
    -----
    Says nothing of immortal time, selection or errors of measurement, and nothing of how likely
    such a confounder is. VanderWeele and Ding 2017, 10.7326/M16-2607 (formula and table 2);
    conversions: VanderWeele 2020, 10.1111/biom.13197.

    Examples
    --------
    >>> result = e_value(3.9, 1.8, 8.7, measure="RR")
    >>> round(result.estimate, 2), round(result.limit, 2)
    (7.26, 3.0)
    """
    ends = (
        math.nan if ci_low is None else ci_low,
        math.nan if ci_high is None else ci_high,
    )
    stop_if(_problems(estimate, ends, measure, true_value))
    low, high, point, true = (_risk_ratio(x, measure, rare) for x in (*ends, estimate, true_value))
    near = low if point >= true else high
    if math.isnan(near):
        limit = math.nan
    elif low <= true <= high:
        limit = 1.0
    else:
        limit = _bound(near / true)
    value = _bound(point / true)
    return EValue(
        *(value, limit, point, near, true),
        measure=measure,
        rare=rare,
        message=_said(value, limit),
    )


def _problems(
    estimate: float, ends: tuple[float, float], measure: str, true_value: float
) -> list[Problem]:
    low, high = ends
    problems = not_among("measure", measure, MEASURES)
    for name, value in (("estimate", estimate), ("true_value", true_value)):
        problems += bad_option(name, value, 0.0 < value < math.inf, "a ratio above 0")
    for name, value, in_order in (
        ("ci_low", low, low <= estimate),
        ("ci_high", high, high >= estimate),
    ):
        fits = math.isnan(value) or (0.0 < value < math.inf and in_order)
        side = "at most" if name == "ci_low" else "at least"
        problems += bad_option(name, value, fits, f"a ratio above 0, {side} the estimate")
    if math.isnan(low) != math.isnan(high):
        problems += bad_option("ci_low, ci_high", (low, high), False, "both limits or neither")
    return problems


def _risk_ratio(ratio: float, measure: str, rare: bool) -> float:
    """Approximate risk ratio of an odds or hazard ratio."""
    if measure == "RR" or rare:
        return ratio
    if measure == "OR":
        return math.sqrt(ratio)
    # 1 - 0.5^x by expm1, exact for ratios near 0
    half = math.log(0.5)
    return math.expm1(half * math.sqrt(ratio)) / math.expm1(half / math.sqrt(ratio))


def _bound(ratio: float) -> float:
    """`R + sqrt(R (R - 1))` of a ratio turned to be above 1."""
    up = max(ratio, 1.0 / ratio)
    return up + math.sqrt(up * (up - 1.0))


def _said(value: float, limit: float) -> str:
    """Put both numbers into a sentence."""
    said = (
        "An unmeasured confounder associated with both exposure and outcome by risk ratios of "
        f"{value:.2f} each could explain the estimate"
    )
    if math.isnan(limit):
        return f"{said}; weaker confounding could not."
    if limit == 1.0:
        return f"{said}; the interval holds the true value without any."
    return f"{said}; {limit:.2f} each would do for the interval to reach the true value."
