"""What a reader must know before trusting an answer: shaky intervals and questioned rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.finding import Finding
from equipoise.report.number_text import counted
from equipoise.report.pool_numbers import pool_numbers
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.by_outcome import OutcomeSynthesis

Ends = tuple[float, float]


def relative_doubt(result: OutcomeSynthesis) -> str:
    """Say whether another interval of a relative effect decides otherwise on no effect."""
    null = 1.0 if scale_of(result.measure) == "ratio" else 0.0
    _, low, high = pool_numbers(result)
    others = [
        (to_natural(result.measure, other.ci_low), to_natural(result.measure, other.ci_high))
        for other in result.alternatives
    ]
    return _doubt((low, high), others, null)


def absolute_doubt(found: AbsoluteDifference) -> str:
    """Say whether another interval of a risk difference decides otherwise on no difference."""
    others = [(low, high) for _, low, high in found.alternatives]
    return _doubt((found.ci_low, found.ci_high), others, 0.0)


def _doubt(main: Ends, others: Sequence[Ends], null: float) -> str:
    """Compare by what a reader concludes: which side of no effect, if any, an interval leaves."""
    first = _side(main, null)
    if first is None:
        return ""
    sides = {_side(ends, null) for ends in others} - {None, first}
    if not sides:
        return ""
    verb = "include" if first else "leave out"
    return f"another customary interval would {verb} no difference"


def _side(ends: Ends, null: float) -> int | None:
    """1 above, -1 below, 0 across; None without an interval."""
    low, high = ends
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return int(low > null) - int(high < null)


def rows_of(result: OutcomeSynthesis) -> tuple[str, ...]:
    """Evidence rows an answer rests on."""
    return tuple(row for entry in result.contributions for row in entry.row_ids)


def questioned(rows: Iterable[str], findings: Sequence[Finding]) -> str:
    """Say whether an arithmetic rule found that a row does not fit; empty if none did."""
    named = {row for f in findings if f.severity in ("error", "warning") for row in f.rows}
    count = len(named.intersection(rows))
    if not count:
        return ""
    return f"an arithmetic rule questions {'a row' if count == 1 else counted(count, 'row')}"
