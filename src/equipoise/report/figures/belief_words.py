"""Words that the figures of priors and posteriors share."""

from __future__ import annotations

import textwrap

from equipoise.estimate import scale_of, to_natural
from equipoise.report.figures.interval_text import CHARACTER
from equipoise.report.number_text import amount, number, percent, with_interval
from equipoise.report.words import Triple
from equipoise.synthesis.belief import Belief, Credible
from equipoise.synthesis.intervals import critical_value


def chance(probability: float) -> str:
    """Write a probability as a percentage; never 0 % or 100 % unless it is exactly that."""
    if 0.0 < probability < 0.005:
        return f"<{percent(1)}"
    if 0.995 < probability < 1.0:
        return f">{percent(99)}"
    return percent(100 * probability)


def no_effect_text(measure: str) -> str:
    """Write the side of no effect that `probability_below` speaks of: ``HR < 1``."""
    return f"{measure}\u00a0<\u00a0{1 if scale_of(measure) == 'ratio' else 0}"


def below_text(measure: str, effect: Credible) -> str:
    """Write the probability of an effect below none: ``P(HR < 1) 51 %``."""
    return f"P({no_effect_text(measure)}) {chance(effect.probability_below)}"


def median_text(measure: str, effect: Credible, decimals: int) -> str:
    """Write the posterior median with its interval, on the natural scale."""
    return spread_text(measure, (effect.median, effect.low, effect.high), decimals)


def spread_text(measure: str, numbers: Triple, decimals: int) -> str:
    """Write a value and an interval on the analysis scale as natural ones."""
    value, low, high = (to_natural(measure, x) for x in numbers)
    return with_interval(value, low, high, scale_of(measure), decimals)


def mean_text(measure: str, effect: Credible, decimals: int) -> str:
    """Write the posterior mean: ``exp(mean) 0.85`` where the analysis scale is logarithmic."""
    scale = scale_of(measure)
    word = "exp(mean)" if scale == "ratio" else "mean"
    return f"{word} {amount(to_natural(measure, effect.mean), scale, decimals)}"


def data_texts(belief: Belief, measure: str, decimals: int) -> tuple[str, str]:
    """Write what the beliefs were confronted with: the level asked about, then the other."""
    z = critical_value(belief.level)
    (bp, sp), (bn, sn) = belief.positive, belief.negative
    return (
        spread_text(measure, (bp, bp - z * sp, bp + z * sp), decimals),
        spread_text(measure, (bn, bn - z * sn, bn + z * sn), decimals),
    )


def share_text(probability: float) -> str:
    """Write a prior probability as it was chosen: ``5 %``, ``0.5 %``."""
    return f"{100 * probability:.4g}\u00a0%"


def sd_text(sd: float) -> str:
    """Write a prior standard deviation as it was chosen, with two decimals or more: ``0.35``."""
    short = number(sd)
    return short if float(short) == sd else f"{sd:.4g}"


def prior_words(probability: float, sd: float) -> str:
    """Write a prior in short: ``20 %, SD 0.35``."""
    return f"{share_text(probability)}, SD {sd_text(sd)}"


def lines_of(text: str, width: float) -> list[str]:
    """Break a text into lines that fit a width in pixels."""
    return textwrap.wrap(text, max(12, int(width / CHARACTER)), break_long_words=False)
