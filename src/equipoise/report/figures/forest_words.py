"""The words under a forest plot: how it was pooled and what makes it uncertain."""

from __future__ import annotations

import math

from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.report.number_text import (
    interval,
    number,
    p_phrase,
    percent,
    sentence_case,
    significant,
)
from equipoise.report.pool_numbers import in_points, prediction_is_interval
from equipoise.report.words import INTERVAL_NAMES, METHOD_NAMES, scopes_beyond, scopes_text
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.pooling import PooledEffect


def forest_caption(outcome: OutcomeSynthesis, question: Question, decimals: int) -> str:
    """Tell the question, the trials let in, the method, the spread and what to beware of."""
    pooled, pool = outcome.pooled, outcome.pool
    parts = [pool.question, widened_text(outcome, question), pool.note]
    if pooled.k >= 2:
        method = sentence_case(METHOD_NAMES.get(pooled.method, pooled.method))
        parts += [f"{method}; {INTERVAL_NAMES.get(pooled.ci, pooled.ci)}.", spread_text(pooled)]
    if any(c.estimate.standing != "printed" for c in outcome.contributions):
        parts.append("Open squares are derived or reconstructed, not printed.")
    if outcome.message:
        parts.append(sentence_case(outcome.message.rstrip(".")) + ".")
    if others := other_intervals(outcome, decimals):
        parts.append(f"The same data under other rules: {others}.")
    parts.append(_prediction_text(pooled))
    return " ".join(part for part in parts if part)


def widened_text(outcome: OutcomeSynthesis, question: Question) -> str:
    """Say which scopes a pool takes where they are not those of the main analysis."""
    scopes = scopes_beyond(outcome.pool, question)
    return f"Trials of scope {scopes_text(scopes)}." if scopes else ""


def _prediction_text(pooled: PooledEffect) -> str:
    if pooled.k < 3 or not prediction_is_interval(pooled):
        return ""
    return (
        "The prediction interval equals the interval, because τ² was estimated as zero, and is "
        "not drawn."
    )


def other_intervals(outcome: OutcomeSynthesis, decimals: int) -> str:
    """Name and ends of each further interval of a pool; empty if there is none."""
    main = (outcome.pooled.method, outcome.pooled.ci)
    return "; ".join(
        f"{INTERVAL_NAMES.get(other.ci, other.ci)} {_ends(other, outcome.measure, decimals)}"
        for other in outcome.alternatives
        if (other.method, other.ci) != main
    )


def _ends(pooled: PooledEffect, measure: str, decimals: int) -> str:
    ends = (to_natural(measure, x) for x in (pooled.estimate, pooled.ci_low, pooled.ci_high))
    _, low, high = in_points(measure, (*ends,))  # type: ignore[arg-type]  # three by construction
    return interval(low, high, scale_of(measure), decimals)


def spread_text(pooled: PooledEffect) -> str:
    """Between-trial variance, I² and Q with its P, in one line."""
    parts = []
    if math.isfinite(pooled.tau2) and pooled.method != "EE":
        parts.append(f"τ² {tau2_text(pooled)}")
    if math.isfinite(pooled.i2):
        parts.append(f"I² {percent(pooled.i2)}")
    if math.isfinite(pooled.q):
        parts.append(f"Q {number(pooled.q, 1)}, {p_phrase(pooled.q_p_value)}")
    return f"Heterogeneity: {'; '.join(parts)}." if parts else ""


def tau2_text(pooled: PooledEffect) -> str:
    """Between-trial variance with its interval, to the digits it is known to."""
    low, high = pooled.tau2_low, pooled.tau2_high
    if math.isnan(low) or math.isnan(high):
        return significant(pooled.tau2)
    top = significant(high) if math.isfinite(high) else "∞"
    return f"{significant(pooled.tau2)} ({significant(low)}–{top})"
