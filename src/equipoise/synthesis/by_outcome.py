"""Pool one outcome from the trials that hold a randomised contrast of it."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimate import Standing
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.contributions import Contribution, Exclusion
from equipoise.synthesis.plan import Plan, Pool
from equipoise.synthesis.pooling import PooledEffect


@dataclass(frozen=True)
class AbsoluteDifference:
    """Pooled risk difference, treatment minus control, in percentage points.

    `row_ids` are the evidence rows whose counts it rests on; `method` names estimator and
    interval; `status` is that of the pool.
    """

    estimate: float
    ci_low: float
    ci_high: float
    level: float
    k: int
    row_ids: tuple[str, ...]
    unit: str
    method: str
    status: str


@dataclass(frozen=True)
class OutcomeSynthesis:
    """One pool: what entered, what was left out and why, and the answer.

    Attributes
    ----------
    pool : Pool
        As asked for in the case.
    outcome : Outcome
        As declared in the question.
    measure, unit : str
        Effect measure of the pool and, for differences, its unit.
    contributions : tuple of Contribution
        One a trial, in the order of the evidence.
    pooled : PooledEffect
        On the analysis scale; status ``undefined`` and `k` 0 when nothing contributes.
    alternatives : tuple of PooledEffect
        The same data under other intervals, for fewer than five trials.
    exclusions : tuple of Exclusion
        Every row of the outcome that is not used.
    absolute : AbsoluteDifference or None
        Where counts allow.
    standing : str
        ``pooled``, or the standing of the one contribution.
    message : str
        What a reader should know first, on the natural scale.
    """

    pool: Pool
    outcome: Outcome
    measure: str
    unit: str
    contributions: tuple[Contribution, ...]
    pooled: PooledEffect
    alternatives: tuple[PooledEffect, ...]
    exclusions: tuple[Exclusion, ...]
    absolute: AbsoluteDifference | None
    standing: Standing
    message: str = ""


def synthesise_outcome(
    evidence: EvidenceBase, question: Question, pool: Pool, plan: Plan
) -> OutcomeSynthesis:
    """Select, extract and pool one outcome."""
    raise NotImplementedError
