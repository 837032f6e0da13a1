"""Rules on subgroups: strata that cover everybody, against the printed whole.

For strata that partition the patients, with estimates `y_i` and variances `v_i`, the fixed-effect
sum ``sum(y_i / v_i) / sum(1 / v_i)`` with variance ``1 / sum(1 / v_i)`` is what the whole would
give in a stratified analysis. It equals the printed whole only nearly, so the tolerances are
wide: half a standard error for the estimate, a quarter for the ratio of standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product

from scipy.special import ndtri

from equipoise.evidence.finding import Finding, Rule, Severity
from equipoise.evidence.printed import rounding
from equipoise.evidence.question import Axis, Question
from equipoise.evidence.rules_p_values import analysis_scales, interval_unchecked
from equipoise.evidence.schema import EvidenceBase, ResultRow, phenotype_of

SHIFT_ALLOWED = 0.5
"""Share of the whole's standard error by which the sum of the strata may differ from it: both
rest on the same patients, so the true scatter between them is far smaller."""

SE_RATIO_ALLOWED = 1.25
"""Ratio of standard errors beyond which strata and whole cannot hold the same patients."""

COUNT_FIELDS = (
    "events_treatment",
    "n_treatment",
    "events_control",
    "n_control",
    "events_total",
    "n_total",
)


def partitions(
    evidence: EvidenceBase, question: Question
) -> Iterator[tuple[ResultRow, tuple[ResultRow, ...], Axis]]:
    """Each whole with one row for every level of a complete axis within it."""
    groups: dict[tuple[str, str, str], list[ResultRow]] = {}
    for row in evidence.results:
        groups.setdefault((row.trial_id, row.outcome, row.kind), []).append(row)
    for rows in groups.values():
        for whole, axis in product(rows, (axis for axis in question.axes if axis.complete)):
            around = phenotype_of(whole)
            if axis.name in around or _is_contrast_of_levels(whole):
                continue
            strata = [
                [r for r in rows if phenotype_of(r) == {**around, axis.name: level.name}]
                for level in axis.levels
            ]
            for parts in product(*strata):
                yield whole, parts, axis


def _is_contrast_of_levels(row: ResultRow) -> bool:
    return row.kind == "modifier_within_arm"


def _log_or_own(row: ResultRow) -> tuple[float, float, Callable[[float], float]] | None:
    """Estimate and standard error of a row on its analysis scale, and that scale."""
    estimate, low, high = row.estimate, row.ci_low, row.ci_high
    if estimate is None or low is None or high is None or low >= high or not row.measure:
        return None
    if interval_unchecked(row):
        return None
    scale = analysis_scales(row.measure)[-1][1]
    width = scale(high) - scale(low)
    return scale(estimate), width / (2 * float(ndtri(0.5 + row.ci_level / 2))), scale


def strata_against_whole(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report strata whose fixed-effect sum is not the printed whole."""
    for whole, parts, axis in partitions(evidence, question):
        if len({row.measure for row in (whole, *parts)}) > 1:
            continue
        total, terms = _log_or_own(whole), [_log_or_own(row) for row in parts]
        known = [term for term in terms if term is not None]
        if total is None or len(known) < len(parts) or whole.estimate is None:
            continue
        y, se, scale = total
        weights = [1 / term[1] ** 2 for term in known]
        summed = sum(w * term[0] for w, term in zip(weights, known, strict=True)) / sum(weights)
        se_sum = 1 / math.sqrt(sum(weights))
        printed = rounding(whole.estimate, whole.quote)
        nearest = min(max(summed, scale(printed.low)), scale(printed.high))
        problem = _misfit(abs(summed - nearest) / se, se, se_sum)
        if problem is None:
            continue
        ids = (whole.result_id, *(row.result_id for row in parts))
        yield Finding(
            "strata-against-whole",
            problem[0],
            ids,
            whole.trial_id,
            f"{whole.result_id}: {problem[1]} ({axis.name}: {', '.join(ids[1:])}).",
            f"fixed-effect sum {summed:.3f} (SE {se_sum:.3f}), whole {y:.3f} (SE {se:.3f}) on the "
            f"analysis scale; shift {abs(summed - y) / se:.2f} SE, SE ratio {se / se_sum:.2f}",
        )


def _misfit(shift: float, se: float, se_sum: float) -> tuple[Severity, str] | None:
    if shift > SHIFT_ALLOWED:
        return "warning", "its strata do not add up to it"
    if se > SE_RATIO_ALLOWED * se_sum:
        return "warning", "its strata carry more information than the whole"
    if se_sum > SE_RATIO_ALLOWED * se:
        return "note", "its strata carry less information than the whole, so some are missing"
    return None


def strata_counts_against_whole(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report strata with more patients or events than the whole, and note strata with fewer."""
    for whole, parts, axis in partitions(evidence, question):
        lines, above = [], False
        for field in COUNT_FIELDS:
            total = getattr(whole, field)
            pieces = [getattr(row, field) for row in parts]
            if total is None or None in pieces or sum(pieces) == total:
                continue
            above = above or sum(pieces) > total
            sign = ">" if sum(pieces) > total else "<"
            lines.append(f"{field}: {' + '.join(map(str, pieces))} = {sum(pieces)} {sign} {total}")
        if not lines:
            continue
        one_set = len({row.analysis_set for row in (whole, *parts)}) == 1
        severity: Severity = ("error" if one_set else "warning") if above else "note"
        ids = (whole.result_id, *(row.result_id for row in parts))
        yield Finding(
            "strata-counts-against-whole",
            severity,
            ids,
            whole.trial_id,
            f"{whole.result_id}: the counts of its strata by {axis.name} "
            f"({', '.join(ids[1:])}) do not add up to it"
            + ("." if one_set else "; the analysis sets differ."),
            "; ".join(lines),
        )


RULES = (
    Rule(
        "strata-against-whole",
        "Do strata that cover everybody add up to the printed whole?",
        "warning",
        strata_against_whole,
    ),
    Rule(
        "strata-counts-against-whole",
        "Do patients and events of the strata add up to those of the whole?",
        "error",
        strata_counts_against_whole,
    ),
)
