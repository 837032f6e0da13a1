"""Numbers of a pool on the natural scale, as they are shown everywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping

from equipoise.estimate import scale_of
from equipoise.evidence.schema import EvidenceBase, ResultRow
from equipoise.report.words import Triple, shown_interval
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.contributions import Contribution

Rows = Mapping[str, ResultRow]


def rows_by_id(evidence: EvidenceBase) -> Rows:
    """Trial rows by id."""
    return {row.result_id: row for row in evidence.results}


def to_natural(measure: str, value: float) -> float:
    """Bring a number of a measure from the analysis scale to the natural one."""
    if scale_of(measure) != "ratio":
        return value
    return math.exp(value) if value < 700 else math.inf


def contribution_numbers(contribution: Contribution, level: float, rows: Rows) -> Triple:
    """Estimate and interval of one trial; as printed where one row prints them."""
    single = rows.get(contribution.row_ids[0]) if len(contribution.row_ids) == 1 else None
    return shown_interval(contribution.estimate, level, single)


def pool_numbers(outcome: OutcomeSynthesis, rows: Rows) -> Triple:
    """Pooled estimate and interval; those of the one trial where only one contributes."""
    if outcome.pooled.k == 1 and len(outcome.contributions) == 1:
        return contribution_numbers(outcome.contributions[0], outcome.pooled.level, rows)
    pooled = outcome.pooled
    value, low, high = (
        to_natural(outcome.measure, x) for x in (pooled.estimate, pooled.ci_low, pooled.ci_high)
    )
    return value, low, high


def prediction_numbers(outcome: OutcomeSynthesis) -> tuple[float, float]:
    """Prediction interval; NaN where there is none."""
    pooled = outcome.pooled
    return (
        to_natural(outcome.measure, pooled.prediction_low),
        to_natural(outcome.measure, pooled.prediction_high),
    )
