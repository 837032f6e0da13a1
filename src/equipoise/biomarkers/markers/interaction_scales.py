"""Interaction of treatment and marker on three scales: there may be one on one of them only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import Problem
from equipoise.estimate import Estimate, Measure
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.effect_sizes import (
    EffectSizes,
    log_odds_ratio,
    log_risk_ratio,
    risk_difference,
)
from equipoise.synthesis.interactions import difference, p_of

METHOD_CITES = {"difference": ("altman2003",), "scales": ("kent2020",)}

SCALES: tuple[tuple[Measure, str], ...] = (
    ("OR", "ratio of odds ratios"),
    ("RR", "ratio of risk ratios"),
    ("RD", "difference of risk differences"),
)


@dataclass(frozen=True)
class ScaleTest:
    """Interaction on one scale.

    Attributes
    ----------
    words : str
        What is compared.
    level, against : Estimate
        Effect in each level, on the analysis scale.
    interaction : Estimate
        Level minus against; the logarithm of a ratio for ratios.
    p_value : float
        Two-sided normal P; NaN where a table has no variance on this scale.
    """

    words: str
    level: Estimate
    against: Estimate
    interaction: Estimate
    p_value: float


def scale_tests(
    level: Sequence[int], against: Sequence[int], source: tuple[str, ...] = ()
) -> tuple[ScaleTest, ...]:
    """Test for interaction on the odds ratio, the risk ratio and the risk difference.

    Each is `y1 - y0` over the square root of `v1 + v0`, with effect and variance of the two
    disjoint tables (Altman and Bland 2003, 10.1136/bmj.326.7382.219). Where the baseline risks
    differ, no interaction on one scale *is* an interaction on the others: a benefit in patients
    is a difference, and the PATH statement (10.7326/M18-3667) asks for both.

    Parameters
    ----------
    level, against : sequence of 4 int
        Events and patients of the treatment arm, then events and patients of the control arm.
    source : tuple of str
        Ids of the rows.

    Raises
    ------
    ArrayError
        Counts that cannot be a table.

    Examples
    --------
    >>> tests = scale_tests((13, 16, 10, 23), (6, 17, 7, 14))
    >>> [round(test.p_value, 3) for test in tests]
    [0.028, 0.052, 0.021]
    """
    problems = [
        Problem("", name, "counts", str(tuple(counts)), "4 whole numbers", "Give events and n.")
        for name, counts in (("level", level), ("against", against))
        if len(counts) != 4 or any(int(x) != x for x in counts)
    ]
    if problems:
        raise ArrayError(problems)
    effects = (log_odds_ratio, log_risk_ratio, risk_difference)
    out = []
    for (measure, words), effect in zip(SCALES, effects, strict=True):
        first = _estimate(effect(*level), measure, source)
        second = _estimate(effect(*against), measure, source)
        between = difference(first, second)
        out.append(ScaleTest(words, first, second, between, p_of(between)))
    return tuple(out)


def _estimate(found: EffectSizes, measure: Measure, source: tuple[str, ...]) -> Estimate:
    return Estimate(float(found.yi[0]), float(np.sqrt(found.vi[0])), measure, source, "derived")


def risk_from_hazard_ratio(log_hazard_ratio: Estimate, control_risk: float) -> Estimate:
    """Risk difference that a hazard ratio means at a known control risk.

    `RD = 1 - (1 - r)^HR - r`, with `d RD / d log HR = -HR log(1 - r) (1 - r)^HR`: the baseline
    is taken as known, so that two strata with their own baselines can be compared on the
    difference scale. Assumes proportional hazards up to the time of the risk.

    Parameters
    ----------
    log_hazard_ratio : Estimate
    control_risk : float
        Risk without treatment by a time, above 0 and below 1.
    """
    if not 0.0 < control_risk < 1.0:
        allowed, action = "above 0 and below 1", "Give the control arm's risk."
        raise ArrayError([Problem("", "", "control_risk", repr(control_risk), allowed, action)])
    ratio = float(np.exp(log_hazard_ratio.value))
    alive = (1.0 - control_risk) ** ratio
    slope = -ratio * np.log1p(-control_risk) * alive
    return Estimate(
        1.0 - alive - control_risk,
        float(slope) * log_hazard_ratio.se,
        "RD",
        log_hazard_ratio.source,
        "derived",
    )
