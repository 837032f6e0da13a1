"""Evidence rows that print an estimate with its interval."""

from __future__ import annotations

from equipoise.estimate import RATIO_MEASURES, Estimate
from equipoise.evidence.schema import ResultRow
from equipoise.synthesis.printed_effects import from_interval


def printed_estimate(row: ResultRow) -> Estimate:
    """Estimate of a row that prints a measure, an estimate and an interval."""
    ratio = row.measure in RATIO_MEASURES
    printed = (float(row.estimate or 0.0), float(row.ci_low or 0.0), float(row.ci_high or 0.0))
    effect = from_interval(*printed, level=row.ci_level, ratio=ratio)
    return Estimate(
        float(effect.yi[0]),
        float(effect.vi[0]) ** 0.5,
        row.measure,  # type: ignore[arg-type]  # callers pass rows whose measure is poolable
        (row.result_id,),
        row.standing,
        "" if ratio else row.unit,
        (*printed, row.ci_level),
    )


def has_interval(row: ResultRow) -> bool:
    """Whether a row prints an estimate and an interval around it that can be used."""
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        return False
    positive = row.measure not in RATIO_MEASURES or min(row.estimate, row.ci_low) > 0
    return row.ci_low < row.ci_high and positive and not outside_its_interval(row)


def outside_its_interval(row: ResultRow) -> bool:
    """Whether a row prints an estimate that its own interval does not hold: a misprint."""
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        return False
    return not row.ci_low <= row.estimate <= row.ci_high
