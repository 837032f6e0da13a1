"""Rules on estimates: the centre of the interval, the counts, and copies of other estimates.

An interval built as ``y -+ z se`` on the analysis scale has its estimate in the middle: the
geometric mean of its ends for ratios, the arithmetic mean for differences.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

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
from equipoise.evidence.printed import Range, parse_p, rounding, rounding_of_interval
from equipoise.evidence.question import Question
from equipoise.evidence.rules_p_values import analysis_scales, interval_unchecked
from equipoise.evidence.schema import CohortRow, EvidenceBase, ResultRow
from equipoise.evidence.table_tests import Table


def _centre(low: float, high: float, scale: str) -> float:
    if scale == "log":
        return math.sqrt(max(low, 0.0) * max(high, 0.0))
    if scale == "own":
        return (low + high) / 2
    return 100 * (math.sqrt(max(1 + low / 100, 0.0) * max(1 + high / 100, 0.0)) - 1)


def estimate_against_centre(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report estimates that are not in the middle of their interval, rounding allowed."""
    del question
    for row in all_rows(evidence):
        estimate, low, high = row.estimate, row.ci_low, row.ci_high
        if estimate is None or low is None or high is None or not row.measure:
            continue
        if interval_unchecked(row):
            continue
        printed = rounding(estimate, row.quote)
        ends = rounding_of_interval(low, high, row.quote)
        names = [name for name, _ in analysis_scales(row.measure)]
        open_to = [
            Range(
                _centre(ends[0].low, ends[1].low, name), _centre(ends[0].high, ends[1].high, name)
            )
            for name in names
        ]
        if any(printed.meets(one) for one in open_to):
            continue
        severity: Severity = "warning"
        if isinstance(row, ResultRow) and row.interval == "wald":
            severity = "error"
        kind = "geometric" if names[0] == "log" else "arithmetic"
        yield Finding(
            "estimate-against-centre",
            severity,
            (row_id(row),),
            study_id(row),
            f"{row_id(row)}: the estimate is not at the {kind} centre of its interval.",
            f"centre of {low:g} to {high:g} = {_centre(low, high, names[0]):.4g} "
            f"({open_to[0].low:.4g} to {open_to[0].high:.4g} with rounding), printed {estimate:g}",
        )


def ratio_of(table: Table, measure: str) -> float | None:
    """Odds or risk ratio of a table; None with an empty cell."""
    a, b, c, d = table.cells
    if measure == "OR":
        return a * d / (b * c) if b * c * a * d else None
    return (a / (a + b)) / (c / (c + d)) if a and c else None


def estimate_against_counts(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report unadjusted odds and risk ratios that their counts do not give."""
    for row in evidence.results:
        table = _counts(row)
        if row.measure not in {"OR", "RR"} or row.adjusted == "yes" or row.estimate is None:
            continue
        if table is None or is_time_to_event(row, question):
            continue
        value = ratio_of(table, row.measure)
        if value is None or rounding(row.estimate, row.quote).holds(value):
            continue
        other = "RR" if row.measure == "OR" else "OR"
        readings = {
            f"1/{row.measure}": 1 / value,
            other: ratio_of(table, other) or math.nan,
        }
        near = [name for name, x in readings.items() if rounding(row.estimate, row.quote).holds(x)]
        sure = row.counts_from == "printed" and row.adjusted == "no" and not near
        severity: Severity = "error" if sure else "warning"
        fits = f"; it would fit {' and '.join(near)}" if near else ""
        yield Finding(
            "estimate-against-counts",
            severity,
            (row.result_id,),
            row.trial_id,
            f"{row.result_id}: the printed {row.measure} is not that of its counts.",
            f"{table} gives {row.measure} {value:.4g}, printed {row.estimate:g}{fits}",
        )


def _counts(row: ResultRow) -> Table | None:
    a, n1, c, n2 = row.events_treatment, row.n_treatment, row.events_control, row.n_control
    if a is None or c is None or not n1 or not n2 or a > n1 or c > n2:
        return None
    return Table(a, n1, c, n2)


def _pairs(
    evidence: EvidenceBase,
) -> Iterator[tuple[ResultRow | CohortRow, ResultRow | CohortRow]]:
    """Pairs of rows of one study with the same measure and interval."""
    groups: dict[tuple[object, ...], list[ResultRow | CohortRow]] = {}
    for row in all_rows(evidence):
        if row.estimate is None or row.ci_low is None or row.ci_high is None:
            continue
        key = (type(row), study_id(row), row.measure, row.ci_low, row.ci_high)
        groups.setdefault(key, []).append(row)
    for rows in groups.values():
        yield from combinations(rows, 2)


def _line(row: ResultRow | CohortRow) -> str:
    p = f", P {row.p_value}" if row.p_value else ""
    return (
        f"{row_id(row)} ({row.outcome}): {row.measure} {row.estimate:g} "
        f"({row.ci_low:g} to {row.ci_high:g}{p})"
    )


def same_estimate_two_outcomes(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report an estimate and interval printed for two different outcomes of one study."""
    del question
    for one, two in _pairs(evidence):
        if one.outcome == two.outcome or one.estimate != two.estimate:
            continue
        p_one, p_two = parse_p(one.p_value), parse_p(two.p_value)
        clash = p_one is not None and p_two is not None and not p_one.meets(p_two)
        yield Finding(
            "same-estimate-two-outcomes",
            "error" if clash else "warning",
            (row_id(one), row_id(two)),
            study_id(one),
            f"{row_id(one)} and {row_id(two)}: one estimate and interval under two outcomes"
            + (", with two different P values." if clash else "."),
            f"{_line(one)} = {_line(two)}",
        )


def same_interval_two_estimates(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report one interval printed for two different estimates of one study."""
    del question
    for one, two in _pairs(evidence):
        first, second = one.estimate, two.estimate
        if first is None or second is None:
            continue
        if rounding(first, one.quote).meets(rounding(second, two.quote)):
            continue
        centre = _centre(one.ci_low or 0, one.ci_high or 0, _scale_name(one.measure))
        yield Finding(
            "same-interval-two-estimates",
            "error",
            (row_id(one), row_id(two)),
            study_id(one),
            f"{row_id(one)} and {row_id(two)}: one interval is printed for two estimates.",
            f"{_line(one)}; {_line(two)}; the interval's centre is {centre:.4g}",
        )


def _scale_name(measure: str) -> str:
    return "log" if measure in RATIO_MEASURES else "own"


RULES = (
    Rule(
        "estimate-against-centre",
        "Is the estimate at the centre of its interval on the analysis scale?",
        "error",
        estimate_against_centre,
    ),
    Rule(
        "estimate-against-counts",
        "Is an unadjusted odds or risk ratio the one its counts give?",
        "error",
        estimate_against_counts,
    ),
    Rule(
        "same-estimate-two-outcomes",
        "Is one estimate and interval printed under two outcomes of a study?",
        "error",
        same_estimate_two_outcomes,
    ),
    Rule(
        "same-interval-two-estimates",
        "Is one interval printed for two different estimates of a study?",
        "error",
        same_interval_two_estimates,
    ),
)
