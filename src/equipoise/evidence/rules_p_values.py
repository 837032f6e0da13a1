"""Rules on P values: against the estimate and its interval, and against the counts.

The z test behind an interval: with estimate `y` and interval ``(l, u)`` of level `g` on the
analysis scale (log for ratios), ``se = (u - l) / (2 z_g)`` and ``P = 2 Phi(-|y| / se)``. Each
printed number stands for a range, so P does too (Altman and Bland 2011, doi:10.1136/bmj.d2304).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from scipy.special import ndtri, stdtr, stdtrit

from equipoise.estimate import RATIO_MEASURES
from equipoise.evidence.finding import (
    Finding,
    Rule,
    Severity,
    all_rows,
    is_time_to_event,
    row_id,
    study_id,
)
from equipoise.evidence.printed import (
    Range,
    parse_p,
    rounding,
    rounding_of_interval,
    truncated_p,
)
from equipoise.evidence.question import Question
from equipoise.evidence.rules_counts import implied_events
from equipoise.evidence.schema import CohortRow, EvidenceBase, ResultRow
from equipoise.evidence.table_tests import Table, one_sided_tests, two_sided, two_sided_tests

UNCHECKED_INTERVALS = frozenset({"profile", "exact"})
"""Intervals that need not be symmetric on the analysis scale."""


def interval_unchecked(row: ResultRow | CohortRow) -> bool:
    """Say whether a row's interval is of a kind the normal formula does not describe."""
    return isinstance(row, ResultRow) and row.interval in UNCHECKED_INTERVALS


def analysis_scales(measure: str) -> tuple[tuple[str, Callable[[float], float]], ...]:
    """Scales on which an interval of this measure may be symmetric, by name.

    A difference in percent change is symmetric on its own scale or, when it was back-transformed
    from logarithms, in ``log(1 + x / 100)``; either reading is allowed.
    """
    if measure in RATIO_MEASURES:
        return (("log", lambda x: math.log(max(x, 1e-12))),)
    own: tuple[str, Callable[[float], float]] = ("own", lambda x: x)
    if measure == "PCT":
        return (own, ("log(1 + x/100)", lambda x: math.log(max(1 + x / 100, 1e-12))))
    return (own,)


def p_from_interval(
    estimate: Range,
    low: Range,
    high: Range,
    level: float,
    *,
    scale: Callable[[float], float],
    df: float = math.inf,
) -> Range:
    """Range of P that a printed estimate and interval leave open.

    `df` is infinite for the normal distribution, else the degrees of freedom of Student's t.
    """
    z = float(ndtri(0.5 + level / 2) if math.isinf(df) else stdtrit(df, 0.5 + level / 2))
    se_small = max(scale(high.low) - scale(low.high), 0.0) / (2 * z)
    se_large = (scale(high.high) - scale(low.low)) / (2 * z)
    ends = (scale(estimate.low), scale(estimate.high))
    furthest = max(abs(end) for end in ends)
    nearest = 0.0 if ends[0] <= 0 <= ends[1] else min(abs(end) for end in ends)
    smallest = _tail(furthest / se_small, df) if se_small > 0 else 0.0
    return Range(smallest, _tail(nearest / se_large, df) if se_large > 0 else 1.0)


def _tail(z: float, df: float) -> float:
    return two_sided(z) if math.isinf(df) else float(2 * stdtr(df, -abs(z)))


def _degrees_of_freedom(row: ResultRow | CohortRow) -> tuple[float, ...]:
    """List the readings: normal, and between arms of known size also Student's t."""
    if row.measure in RATIO_MEASURES or not isinstance(row, ResultRow):
        return (math.inf,)
    n = (row.n_treatment or 0) + (row.n_control or 0)
    return (math.inf, n - 2.0) if n > 2 else (math.inf,)


def _verdicts_clash(printed: Range, implied: Range, level: float) -> bool:
    alpha = 1 - level
    return (printed.high < alpha < implied.low) or (implied.high < alpha < printed.low)


def p_against_interval(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report printed P values that the printed estimate and interval do not allow."""
    del question
    for row in all_rows(evidence):
        printed = parse_p(row.p_value)
        numbers = (row.estimate, row.ci_low, row.ci_high)
        if printed is None or not row.measure or interval_unchecked(row):
            continue
        estimate, low, high = numbers
        if estimate is None or low is None or high is None or low >= high:
            continue
        ends = rounding_of_interval(low, high, row.quote)
        implied = [
            p_from_interval(rounding(estimate, row.quote), *ends, row.ci_level, scale=scale, df=df)
            for _, scale in analysis_scales(row.measure)
            for df in _degrees_of_freedom(row)
        ]
        if any(printed.meets(one) for one in implied):
            continue
        clash = all(_verdicts_clash(printed, one, row.ci_level) for one in implied)
        severity: Severity = "error" if clash else "warning"
        ranges = " or ".join(f"{one.low:.3g} to {one.high:.3g}" for one in implied)
        side = "; the two disagree on significance" if clash else ""
        yield Finding(
            "p-against-interval",
            severity,
            (row_id(row),),
            study_id(row),
            f"{row_id(row)}: the printed P does not belong to the printed estimate and interval.",
            f"{row.measure} {estimate:g} ({low:g} to {high:g}) gives P {ranges}, "
            f"printed {row.p_value}{side}",
        )


def table_of(row: ResultRow) -> Table | None:
    """Two-by-two table of a row, from counts or from percentages that leave one count."""
    events_t = implied_events(
        row.events_treatment, row.n_treatment, row.percent_treatment, row.quote
    )
    events_c = implied_events(row.events_control, row.n_control, row.percent_control, row.quote)
    n_t, n_c = row.n_treatment, row.n_control
    if events_t is None or events_c is None or not n_t or not n_c:
        return None
    return Table(events_t, n_t, events_c, n_c) if events_t <= n_t and events_c <= n_c else None


def p_against_counts(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report printed P values that no usual test of the printed counts gives."""
    for row in evidence.results:
        printed, table = parse_p(row.p_value), table_of(row)
        if printed is None or table is None:
            continue
        if row.adjusted == "yes" or is_time_to_event(row, question):
            continue
        tests = two_sided_tests(table)
        if any(printed.holds(p) for p in tests.values()):
            continue
        near = _innocent_readings(row, printed, table, tests)
        severity: Severity = "warning" if near or row.counts_from != "printed" else "error"
        listed = ", ".join(f"{name} {p:.3g}" for name, p in tests.items())
        fits = f"; it would fit {', '.join(near)}" if near else ""
        yield Finding(
            "p-against-counts",
            severity,
            (row.result_id,),
            row.trial_id,
            f"{row.result_id}: no usual two-sided test of {table} gives the printed P.",
            f"{table}: {listed}; printed {row.p_value}{fits}",
        )


def _innocent_readings(
    row: ResultRow, printed: Range, table: Table, tests: dict[str, float]
) -> list[str]:
    one_sided = [
        f"one-sided {name} ({p:.4f})"
        for name, p in one_sided_tests(table).items()
        if printed.holds(p)
    ]
    cut = truncated_p(row.p_value)
    truncated = [
        f"{name} cut off ({p:.4f})" for name, p in tests.items() if cut is not None and cut.holds(p)
    ]
    return one_sided + truncated


RULES = (
    Rule(
        "p-against-interval",
        "Does the printed P follow from the printed estimate and interval?",
        "error",
        p_against_interval,
    ),
    Rule(
        "p-against-counts",
        "Does any usual test of the printed counts give the printed P?",
        "error",
        p_against_counts,
    ),
)
