"""Everything a case asks of the synthesis room, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimate import Result
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.cohorts import CohortPanel
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.plan import Plan


@dataclass(frozen=True)
class Synthesis:
    """Pools, complements and cohorts of a case, the flat results, the papers behind them."""

    outcomes: tuple[OutcomeSynthesis, ...]
    complements: tuple[ComplementResult, ...]
    cohorts: CohortPanel
    results: tuple[Result, ...]
    cites: tuple[str, ...]


def synthesise(evidence: EvidenceBase, question: Question, plan: Plan) -> Synthesis:
    """Run every pool and complement of the plan and arrange the cohorts."""
    raise NotImplementedError
