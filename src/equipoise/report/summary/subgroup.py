"""The summary's words on a subgroup whose complement is derived."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.estimate import Estimate
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    grouped,
    joined,
    p_phrase,
    p_value,
    percent,
    with_interval,
)
from equipoise.report.summary.sentences import Sentence
from equipoise.report.words import (
    measure_name,
    outcome_label,
    trial_label,
)
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.rounding import DRAWS

LANDMARK = 0.05
"""The usual P landmark; crossing it is told, never taken as proof."""


def subgroup_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell each derived complement: what was printed, what follows, and how far to trust it."""
    for result in dossier.synthesis.complements:
        yield from _strata(result, dossier)
        yield from _contrast(result, dossier.options.decimals)


def _strata(result: ComplementResult, dossier: Dossier) -> Iterator[Sentence]:
    """Yield the printed stratum and the rest that follows from it."""
    spec, question, decimals = result.spec, dossier.question, dossier.options.decimals
    stratum = question.level_label(spec.axis, spec.level)
    rest = question.level_label(spec.axis, spec.complement_level)
    where = f"{trial_label(dossier.evidence, spec.trial)}, {outcome_label(question, spec.outcome)}"
    printed = _shown(result.stratum, result.level, decimals)
    yield Sentence(
        f"{where}: in {stratum} patients the printed {measure_name(result.stratum.measure)} is "
        f"{printed}. For {rest} patients none is printed; taking the one out of the whole gives "
        f"{_shown(result.complement, result.level, decimals)}, a derived number.",
        (f"{spec.id}.stratum", f"{spec.id}.complement"),
    )


def _shown(estimate: Estimate, level: float, decimals: int) -> str:
    return with_interval(*estimate.interval(level), "ratio", decimals)


def _contrast(result: ComplementResult, decimals: int) -> Iterator[Sentence]:
    """Yield the ratio of the strata with its P, the price of looking often, and the prior."""
    rests_on = (f"{result.spec.id}.ratio",)
    span = ""
    if math.isfinite(result.p_low) and math.isfinite(result.p_high):
        span = (
            f" ({p_value(result.p_low)} to {p_value(result.p_high)} over {grouped(DRAWS)} random "
            "roundings of the printed inputs)"
        )
    ratio = _shown(result.ratio, result.level, decimals)
    yield Sentence(
        f"The ratio of the two is {ratio}, {p_phrase(result.p_value)}{span}; derived, and "
        "exploratory.",
        rests_on,
    )
    if result.sidak:
        yield Sentence(_multiplicity(result), rests_on)
    for shrunk in result.shrunken:
        value, low, high = map(
            result.ratio.natural, (shrunk.estimate.value, shrunk.ci_low, shrunk.ci_high)
        )
        shown = with_interval(value, low, high, "ratio", decimals)
        yield Sentence(
            f"Under the prior “{shrunk.prior.label}” the ratio becomes {shown}; "
            f"{percent(100 * shrunk.data_share)} of that answer is data and the rest is prior. The "
            "prior ignores how the subgroup was picked.",
            rests_on,
        )


def _multiplicity(result: ComplementResult) -> str:
    swept = sorted(result.sidak)
    parts = joined([f"{p_value(p)} if {factors}" for factors, p in swept], "or")
    text = f"Had several subgroup factors been looked at, the P would be {parts}"
    if result.p_value >= LANDMARK:
        return f"{text}."
    least = factors_to_landmark(result.p_value)
    if least is None:
        return f"{text}."
    return f"{text}; from {grouped(least)} factors on it no longer passes the usual {LANDMARK:g}."


def factors_to_landmark(p: float) -> int | None:
    """Smallest number of factors for which the adjusted P reaches the landmark.

    The smallest integer m with `1 - (1 - p)^m >= 0.05`, that is `log(1 - 0.05) / log(1 - p)`
    rounded up; None when no number of factors does it (P of zero, or no P).
    """
    if not 0 < p <= 1:
        return None
    if p >= LANDMARK:
        return 1
    return math.ceil(math.log1p(-LANDMARK) / math.log1p(-p) - 1e-9)
