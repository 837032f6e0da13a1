"""Words for an estimate: chosen from the estimate, its interval and what would be worth having."""

from __future__ import annotations

import math
from typing import Literal

from equipoise.estimate import scale_of
from equipoise.evidence.question import Outcome
from equipoise.report.figures_forest import natural_pool, natural_prediction
from equipoise.report.number_text import (
    amount,
    counted,
    interval,
    number,
    sentence_case,
    with_interval,
)
from equipoise.report.words import measure_name
from equipoise.synthesis.by_outcome import AbsoluteDifference, OutcomeSynthesis

Side = Literal["better", "worse", "unclear"]

FRAGILE = 5
"""Below this number of trials a random-effects interval is known to be unsteady."""


def no_effect(measure: str) -> float:
    """Value of a measure that means no difference."""
    return 1.0 if scale_of(measure) == "ratio" else 0.0


def side_of(outcome: Outcome, measure: str, low: float, high: float) -> Side:
    """Say on which side of no effect the whole interval lies, in the patient's terms."""
    null = no_effect(measure)
    if not (low > null or high < null) or outcome.better == "neither":
        return "unclear"
    lower = high < null
    return "better" if lower == (outcome.better == "lower") else "worse"


def direction_of(outcome: Outcome, measure: str, value: float) -> str:
    """Say which way a point estimate leans, in the patient's terms."""
    null = no_effect(measure)
    if outcome.better == "neither" or value == null:
        return ""
    return "better" if (value < null) == (outcome.better == "lower") else "worse"


def pool_sentence(result: OutcomeSynthesis, decimals: int) -> str:
    """Tell one pool: how many trials, what they say together, and whether that settles it."""
    value, low, high = natural_pool(result)
    scale = scale_of(result.measure)
    shown = with_interval(value, low, high, scale, decimals)
    name = measure_name(result.measure, result.unit)
    k = result.pooled.k
    level = f"{100 * result.pooled.level:g} % CI"
    label = sentence_case(result.pool.label)
    spread = f" with {level}" if math.isfinite(low) and math.isfinite(high) else ""
    head = f"{label}: {counted(k, 'trial')}, {name} {shown}{spread}"
    return f"{head}. {_reading(result, value, low, high)}{_small(result)}"


def _reading(result: OutcomeSynthesis, value: float, low: float, high: float) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "No interval can be given, so this number alone carries no conclusion."
    outcome, measure = result.outcome, result.measure
    side = side_of(outcome, measure, low, high)
    if side == "unclear":
        return _open_reading(result, value, low, high)
    word = "in favour of the treatment" if side == "better" else "against the treatment"
    text = f"The interval excludes no effect, {word}"
    ends = natural_prediction(result)
    null = no_effect(measure)
    if result.pooled.k >= 3 and all(map(math.isfinite, ends)) and ends[0] < null < ends[1]:
        spread = interval(*ends, scale_of(measure), 2)
        return f"{text}; a further trial could still land on either side ({spread})."
    return f"{text}."


def _open_reading(result: OutcomeSynthesis, value: float, low: float, high: float) -> str:
    outcome, measure = result.outcome, result.measure
    if outcome.better == "neither":
        return "Neither direction counts as better here."
    worthwhile = outcome.smallest_worthwhile
    comparable = worthwhile is not None and measure == outcome.measure
    if comparable and worthwhile is not None:
        best = low if outcome.better == "lower" else high
        shown = amount(worthwhile, scale_of(measure))
        beyond = best < worthwhile if outcome.better == "lower" else best > worthwhile
        if not beyond:
            return (
                "The interval includes no effect and leaves out the smallest effect called "
                f"worthwhile ({shown})."
            )
        return (
            "The interval includes no effect and also effects beyond the smallest called "
            f"worthwhile ({shown}): it settles neither."
        )
    lean = direction_of(outcome, measure, value)
    leaning = f"; the estimate leans {lean} with treatment" if lean else ""
    return f"The interval includes no effect{leaning}."


def _small(result: OutcomeSynthesis) -> str:
    k = result.pooled.k
    parts = []
    if k == 1:
        parts.append("It is one trial, not a pool.")
    elif k < FRAGILE:
        parts.append(f"With {counted(k, 'trial')} the interval itself is uncertain.")
    worked = sum(c.estimate.standing != "printed" for c in result.contributions)
    if worked:
        parts.append(
            f"{sentence_case(counted(worked, 'input'))} was worked out, not printed."
            if worked == 1
            else f"{sentence_case(counted(worked, 'input'))} were worked out, not printed."
        )
    return "".join(f" {part}" for part in parts)


def absolute_sentence(label: str, absolute: AbsoluteDifference) -> str:
    """Tell a risk difference in patients out of a hundred."""
    value, low, high = absolute.estimate, absolute.ci_low, absolute.ci_high
    if abs(value) < 0.05:
        amount_words = "no difference"
    else:
        amount_words = f"{number(abs(value), 1)} {'more' if value > 0 else 'fewer'}"
    trials = counted(absolute.k, "trial")
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{label}: {amount_words} per 100 patients treated ({trials}; no interval)."
    spread = interval(low, high, "difference", 1)
    settled = "" if low > 0 or high < 0 else ", an interval that includes no difference"
    level = f"{100 * absolute.level:g} % CI"
    return (
        f"{label}: {amount_words} per 100 patients treated ({level} {spread}; {trials}){settled}."
    )
