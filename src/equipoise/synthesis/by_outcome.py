"""Pool one outcome from the trials that hold a randomised contrast of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.estimate import Standing
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.absolute import (
    AbsoluteDifference,
    absolute_difference,
    alternatives_to,
    without_event_sentence,
)
from equipoise.synthesis.contributions import Contribution, contribution_of
from equipoise.synthesis.plan import Plan, Pool
from equipoise.synthesis.pool_remarks import IDENTICAL, NARROWER, TOO_ALIKE
from equipoise.synthesis.pooling import PooledEffect
from equipoise.synthesis.pooling import pool as pool_effects
from equipoise.synthesis.row_selection import Exclusion, select

__all__ = ["AbsoluteDifference", "OutcomeSynthesis", "status_sentence", "synthesise_outcome"]


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
        What a reader should know first, in sentences without the pool's numbers.
    without_event : tuple of str
        Trials left out because neither arm had an event.
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
    without_event: tuple[str, ...] = ()


def synthesise_outcome(
    evidence: EvidenceBase, question: Question, pool: Pool, plan: Plan
) -> OutcomeSynthesis:
    """Pool one outcome from the trials that hold a randomised contrast of it.

    Parameters
    ----------
    evidence : EvidenceBase
    question : Question
        Its contrast rule says which rows may enter.
    pool : Pool
        Outcome, settings, phenotype and measure.
    plan : Plan
        Estimator, interval and level. One trial is shown with its own Wald interval, since
        k - 1 degrees of freedom are none.

    Returns
    -------
    OutcomeSynthesis
        Each row of the outcome is either in a contribution or among the exclusions.

    Raises
    ------
    InputError
        When rows of one trial that would enter together share patients.
    """
    outcome = question.outcome(pool.outcome)
    measure = pool.measure or outcome.measure
    selection = select(evidence, question, pool, measure)
    found = [contribution_of(trial, candidates, question) for trial, candidates in selection.used]
    contributions, exclusions = _one_unit(found)
    order = {row.result_id: i for i, row in enumerate(evidence.results)}
    exclusions = sorted((*selection.exclusions, *exclusions), key=lambda x: order[x.row_id])
    pooled = _pool(contributions, plan, plan.ci)
    alternatives = [_pool(contributions, plan, ci) for ci in alternatives_to(pooled.ci, pooled.k)]
    return OutcomeSynthesis(
        pool,
        outcome,
        measure,
        contributions[0].estimate.unit if contributions else "",
        tuple(
            replace(contribution, weight=float(weight))
            for contribution, weight in zip(contributions, pooled.weights, strict=True)
        ),
        pooled,
        tuple(alternatives),
        tuple(exclusions),
        absolute_difference(contributions, plan, len(selection.without_event)),
        contributions[0].estimate.standing if len(contributions) == 1 else "pooled",
        status_sentence(pooled, alternatives, len(exclusions), len(selection.without_event)),
        selection.without_event,
    )


def _one_unit(found: Sequence[Contribution]) -> tuple[list[Contribution], list[Exclusion]]:
    """Keep the commonest unit (the first among equals); a difference has no meaning across two."""
    units = Counter(contribution.estimate.unit for contribution in found)
    if len(units) < 2:
        return list(found), []
    unit = units.most_common(1)[0][0]
    exclusions = [
        Exclusion(
            row_id,
            c.trial_id,
            f"in {c.estimate.unit or 'no stated unit'}, the pool is in {unit or 'no stated unit'}",
        )
        for c in found
        if c.estimate.unit != unit
        for row_id in c.row_ids
    ]
    return [c for c in found if c.estimate.unit == unit], exclusions


def _pool(contributions: Sequence[Contribution], plan: Plan, ci: str) -> PooledEffect:
    return pool_effects(
        [contribution.estimate.value for contribution in contributions],
        [contribution.estimate.variance for contribution in contributions],
        method=plan.method,
        ci="wald" if len(contributions) == 1 else ci,
        level=plan.level,
    )


def status_sentence(
    pooled: PooledEffect, alternatives: Sequence[PooledEffect], excluded: int, without_event: int
) -> str:
    """Say what a reader should know before the number; the numbers are the report's to write."""
    silent = without_event_sentence(without_event)
    if pooled.k == 0 and excluded == 0:
        return "Nothing to pool: no row of this outcome was found."
    if pooled.k == 0:
        rows = f"{excluded} row{'s' if excluded != 1 else ''}"
        none = f"Nothing to pool: of {rows} of this outcome none is a usable randomised contrast."
        return f"{none} {silent}".strip()
    if pooled.k == 1:
        one = "One trial: its own interval, and nothing can be said about heterogeneity."
        return f"{one} {silent}".strip()
    out = []
    if alternatives:
        out.append(f"Only {pooled.k} trials: the interval depends on the method.")
    out += [remark for remark in (IDENTICAL, NARROWER, TOO_ALIKE) if remark in pooled.message]
    if pooled.status in STATUS_SENTENCES:
        out.append(STATUS_SENTENCES[pooled.status])
    return " ".join((*out, silent)).strip()


STATUS_SENTENCES = {
    "boundary": "Between-trial variance is estimated as zero, not shown to be zero.",
    "bimodal": "The likelihood has two maxima: two amounts of heterogeneity fit.",
    "not_converged": "The estimator did not converge; do not use this number.",
}
"""What the status of a pool means to a reader."""
