"""From cohort to trial: a discount that can be seen and moved, and never a pool of both."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from equipoise.errors import Problem
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.survival.patients import bad_level, bad_option, stop_if

METHOD_CITES = {"discount": ("turner2009",), "needed_bias": ("turner2009",)}
"""Keys of `equipoise.cite.REFERENCES` behind the bias model."""

FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the log effect that a sweep takes off by default."""


class LogEffect(NamedTuple):
    """An effect: logarithm and its error, and ratio with its limits on the natural scale."""

    log: float
    se: float
    ratio: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Discounted:
    """A cohort's effect before and after a discount.

    Attributes
    ----------
    before, after : LogEffect
        As estimated, and as it is believed to hold for a trial.
    factor, bias_mean, bias_sd : float
        What was taken off; NaN for the kind not used.
    level : float
        Confidence level of the limits.
    label : str
        The name the caller gave to the discount.
    message : str
        The discount in words.
    """

    before: LogEffect
    after: LogEffect
    factor: float
    bias_mean: float
    bias_sd: float
    level: float
    label: str
    message: str


@dataclass(frozen=True)
class NeededBias:
    """How biased a cohort must be to agree with a trial; ratios, cohort over trial.

    Attributes
    ----------
    ratio, ci_low, ci_high : float
        `exp(cohort - trial)`, and limits from both errors together.
    least, most : float
        Bias that brings the cohort's estimate to the nearer and the farther limit of the
        trial's interval; `least` is 1 when the estimate lies within it.
    p_value : float
        Two-sided P of the difference between cohort and trial.
    level : float
        Confidence level.
    message : str
        The same in words.
    """

    ratio: float
    ci_low: float
    ci_high: float
    least: float
    most: float
    p_value: float
    level: float
    message: str


def discount(
    estimate_log: float,
    se: float,
    *,
    factor: float | None = None,
    bias_mean: float | None = None,
    bias_sd: float = 0.0,
    label: str = "discount",
    level: float = 0.95,
) -> Discounted:
    """Say what a cohort's effect would mean for a trial, under a stated discount.

    Either `y (1 - factor)`, the standard error left as it is (a discount is not information, so it
    cannot make the estimate surer); or `y - bias_mean` with error `sqrt(se^2 + bias_sd^2)`: the
    cohort is thought to show the truth plus a bias `N(bias_mean, bias_sd^2)`.

    Parameters
    ----------
    estimate_log, se : float
        Log ratio of the cohort and its standard error.
    factor : float
        Share of the log effect to take off: 0 keeps all, 1 leaves none, above 1 reverses it.
    bias_mean, bias_sd : float
        Mean and standard deviation of the bias on the log scale; -0.2 says that the cohort's
        ratio is too low by the factor `exp(-0.2)`.
    label : str
        What the discount is for, in a few words; shown with the numbers.
    level : float
        Confidence level of the limits.

    Raises
    ------
    ArrayError
        Neither or both kinds of discount, numbers that are not finite, errors below 0.

    Notes
    -----
    The discount is an opinion and is shown as one; try several (`sweep_discounts`). The result
    is not to be pooled with trials. Bias as a distribution: Turner and others 2009,
    10.1111/j.1467-985X.2008.00547.x.

    Examples
    --------
    >>> result = discount(-0.60, 0.10, factor=0.5, label="half")
    >>> round(result.before.ratio, 2), round(result.after.ratio, 2)
    (0.55, 0.74)
    """
    problems = _bad_effect("", estimate_log, se) + bad_level(level)
    given = "both" if factor is not None else "neither"
    one = (factor is None) != (bias_mean is None)
    problems += bad_option("factor, bias_mean", given, one, "exactly one of them")
    for name, value in (("factor", factor), ("bias_mean", bias_mean)):
        finite = value is None or math.isfinite(value)
        problems += bad_option(name, value, finite, "finite")
    problems += bad_option("bias_sd", bias_sd, 0.0 <= bias_sd < math.inf, "finite, 0 or above")
    stop_if(problems)
    before = _effect(estimate_log, se, level)
    if factor is not None:
        after = _effect(estimate_log * (1.0 - factor), se, level)
        bias_mean = bias_sd = math.nan
        how = f"{factor:.0%} of the log effect taken off"
    else:
        shift = bias_mean if bias_mean is not None else 0.0
        after = _effect(estimate_log - shift, math.hypot(se, bias_sd), level)
        how = f"a bias of {math.exp(shift):.2f} (log SD {bias_sd:.2f}) taken out"
    return Discounted(
        *(before, after, math.nan if factor is None else factor),
        bias_mean=math.nan if bias_mean is None else bias_mean,
        bias_sd=bias_sd,
        level=level,
        label=label,
        message=f"{label}: {how}; {_shown(before)} becomes {_shown(after)}.",
    )


def sweep_discounts(
    estimate_log: float,
    se: float,
    *,
    factors: Iterable[float] = FACTORS,
    level: float = 0.95,
) -> tuple[Discounted, ...]:
    """Show the effect under one discount after another, from none to all of it.

    Each is `discount(..., factor=f)`.

    Examples
    --------
    >>> [round(d.after.ratio, 2) for d in sweep_discounts(-0.60, 0.10)]
    [0.55, 0.64, 0.74, 0.86, 1.0]
    """
    return tuple(
        discount(estimate_log, se, factor=f, label=f"discount {f:.0%}", level=level)
        for f in factors
    )


def needed_bias(
    cohort_log: float, cohort_se: float, trial_log: float, trial_se: float, *, level: float = 0.95
) -> NeededBias:
    """Say how biased a cohort must be if a trial is right.

    `exp(cohort - trial)` with `se^2 = cohort_se^2 + trial_se^2`; and the bias that brings the
    cohort's estimate just into the trial's interval.

    Parameters
    ----------
    cohort_log, cohort_se, trial_log, trial_se : float
        Log ratios and standard errors of the same contrast and outcome.
    level : float
        Confidence level of the trial's interval and of the limits.

    Raises
    ------
    ArrayError
        Numbers that are not finite, errors not above 0.

    Examples
    --------
    >>> result = needed_bias(-0.60, 0.10, 0.05, 0.10)
    >>> round(result.ratio, 2), round(result.least, 2)
    (0.52, 0.64)
    """
    problems = _bad_effect("cohort_", cohort_log, cohort_se)
    stop_if(problems + _bad_effect("trial_", trial_log, trial_se) + bad_level(level))
    z = critical_value(level)
    difference, se = cohort_log - trial_log, math.hypot(cohort_se, trial_se)
    ends = sorted((cohort_log - trial_log + s * z * trial_se for s in (-1, 1)), key=abs)
    inside = abs(difference) <= z * trial_se
    least = 1.0 if inside else math.exp(ends[0])
    ratio = math.exp(difference)
    said = (
        "The cohort's estimate lies within the trial's interval."
        if inside
        else f"The cohort's ratio must be biased by a factor of {ratio:.2f} to agree with the "
        f"trial's estimate, and of {least:.2f} at least to agree with its interval."
    )
    return NeededBias(
        *(ratio, math.exp(difference - z * se), math.exp(difference + z * se)),
        least=least,
        most=math.exp(ends[1]),
        p_value=two_sided_p(difference / se),
        level=level,
        message=said,
    )


def _bad_effect(prefix: str, log: float, se: float) -> list[Problem]:
    name = f"{prefix}log" if prefix else "estimate_log"
    problems = bad_option(name, log, math.isfinite(log) and abs(log) < 700, "finite, a log ratio")
    return problems + bad_option(f"{prefix}se", se, 0.0 < se < math.inf, "finite, above 0")


def _effect(log: float, se: float, level: float) -> LogEffect:
    half = critical_value(level) * se
    ends = (math.exp(min(x, 709.0)) for x in (log, log - half, log + half))
    return LogEffect(log, se, *ends)


def _shown(effect: LogEffect) -> str:
    return f"{effect.ratio:.2f} ({effect.ci_low:.2f} to {effect.ci_high:.2f})"
