"""Scores: was the later estimate inside, on the right side, and how dense was the prediction.

The log score, the logarithm of the predictive density at what came out, is strictly proper: no
forecaster gains by saying anything else than what he believes (Gneiting and Raftery 2007,
10.1198/016214506000001437). A difference of 1 in it means e times the density.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    Mean,
    RetrodictionScore,
    RuleComparison,
    Share,
)

METHOD_CITES = {"log score": ("gneiting2007",), "share": ("wilson1927", "brown2001")}
"""Keys of `equipoise.cite.REFERENCES` behind each score."""

LEVEL = 0.95
"""Level of every interval."""


def normal_log_density(x: float, mean: float, sd: float) -> float:
    """Logarithm of the normal density: `-log(sd sqrt(2 pi)) - (x - mean)^2 / (2 sd^2)`.

    Examples
    --------
    >>> round(normal_log_density(0.0, 0.0, 1.0), 4)
    -0.9189
    """
    z = (x - mean) / sd
    return -0.5 * z * z - math.log(sd) - 0.5 * math.log(2.0 * math.pi)


def mixture_log_density(x: float, components: Sequence[tuple[float, float, float]]) -> float:
    """Logarithm of the density of a mixture of normals, given as (weight, mean, sd)."""
    logs = [
        math.log(weight) + normal_log_density(x, mean, sd)
        for weight, mean, sd in components
        if weight > 0.0
    ]
    top = max(logs)
    return top + math.log(sum(math.exp(x - top) for x in logs))


def share(outcomes: Iterable[bool | None], level: float = LEVEL) -> Share:
    """Proportion of successes with the Wilson interval; None is not counted.

    With `p = count / n` and the normal quantile `z` the limits are `(p + z^2/2n -+ z sqrt(p (1 -
    p)/n + z^2/4n^2)) / (1 + z^2/n)` (Wilson 1927, 10.1080/01621459.1927.10502953), which keeps
    near its level for few cases where the usual interval does not (Brown, Cai and DasGupta
    2001, 10.1214/ss/1009213286).

    Examples
    --------
    >>> s = share([True, True, False])
    >>> round(s.value, 3), round(s.low, 3), round(s.high, 3)
    (0.667, 0.208, 0.939)
    """
    known = [outcome for outcome in outcomes if outcome is not None]
    n, count = len(known), sum(known)
    if n == 0:
        return Share(math.nan, math.nan, math.nan, 0, 0)
    z, p = critical_value(level), count / n
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)
    below, above = centre - half, centre + half
    scale = 1 + z * z / n
    low = 0.0 if count == 0 else below / scale
    high = 1.0 if count == n else above / scale
    return Share(p, low, high, count, n)


def mean_of(values: Iterable[float], level: float = LEVEL) -> Mean:
    """Mean with its standard error and Student interval; values that are not finite are left out.

    The interval needs two values, and takes cases for a sample of independent questions, which
    a collection by hand is not.
    """
    array = np.sort([value for value in values if math.isfinite(value)])
    n = array.size
    if n == 0:
        return Mean(*(math.nan,) * 4, 0)
    mean = float(array.mean())
    if n == 1:
        return Mean(mean, math.nan, math.nan, math.nan, 1)
    se = float(array.std(ddof=1)) / math.sqrt(n)
    half = critical_value(level, n - 1) * se
    return Mean(mean, se, mean - half, mean + half, n)


def score_rule(rule: str, predictions: Sequence[CasePrediction]) -> RetrodictionScore:
    """Score one rule over its cases."""
    own = [p for p in predictions if p.rule == rule]
    return RetrodictionScore(
        rule,
        coverage=share(p.covered for p in own),
        sign=share(p.sign_right for p in own),
        log_score=mean_of(p.log_score for p in own),
        mixture_log_score=mean_of(p.mixture_log_score for p in own),
    )


def compare_rules(rule: str, against: str, predictions: Sequence[CasePrediction]) -> RuleComparison:
    """Paired difference of two rules' log scores; above 0 where the first did better."""
    first = {p.case_id: p.log_score for p in predictions if p.rule == rule}
    second = {p.case_id: p.log_score for p in predictions if p.rule == against}
    both = sorted(first.keys() & second.keys())
    return RuleComparison(rule, against, mean_of(first[c] - second[c] for c in both))
