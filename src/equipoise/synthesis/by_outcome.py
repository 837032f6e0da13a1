"""Pool one outcome from the trials that hold a randomised contrast of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.estimate import RATIO_MEASURES, Standing
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.contributions import Contribution, contribution_of
from equipoise.synthesis.effect_sizes import risk_difference
from equipoise.synthesis.plan import Plan, Pool
from equipoise.synthesis.pooling import FEW, PooledEffect
from equipoise.synthesis.pooling import pool as pool_effects
from equipoise.synthesis.row_selection import Exclusion, select


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
    others = [ci for ci in ("hksj", "hksj-adhoc", "wald") if ci != pooled.ci]
    alternatives = [_pool(contributions, plan, ci) for ci in others if 1 < pooled.k < FEW]
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
        _absolute(contributions, plan),
        contributions[0].estimate.standing if len(contributions) == 1 else "pooled",
        status_sentence(pooled, alternatives, measure, len(exclusions)),
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


def _absolute(contributions: Sequence[Contribution], plan: Plan) -> AbsoluteDifference | None:
    """Pooled risk difference of the trials with counts or with one; None where there is none.

    A table in which neither arm varies has no variance on this scale and stays out.
    """
    rows: list[str] = []
    effects: list[tuple[float, float]] = []
    for contribution in contributions:
        value, variance = _risk_difference(contribution)
        if math.isfinite(variance):
            rows += contribution.row_ids
            effects.append((100.0 * value, 1e4 * variance))
    if not effects:
        return None
    ci = "wald" if len(effects) == 1 else plan.ci
    yi, vi = zip(*effects, strict=True)
    pooled = pool_effects(yi, vi, method=plan.method, ci=ci, level=plan.level)
    return AbsoluteDifference(
        pooled.estimate,
        pooled.ci_low,
        pooled.ci_high,
        plan.level,
        pooled.k,
        tuple(rows),
        "percentage points",
        f"risk difference, {plan.method}, {ci}" if pooled.k > 1 else "risk difference, one trial",
        pooled.status,
    )


def _risk_difference(contribution: Contribution) -> tuple[float, float]:
    """Risk difference and its variance as shares; a variance of NaN where there is none."""
    if contribution.estimate.measure == "RD":
        return contribution.estimate.value, contribution.estimate.variance
    if contribution.counts is None:
        return math.nan, math.nan
    found = risk_difference(*contribution.counts)
    return float(found.yi[0]), float(found.vi[0])


def status_sentence(
    pooled: PooledEffect, alternatives: Sequence[PooledEffect], measure: str, excluded: int
) -> str:
    """Say what a reader should know before the number, on the natural scale."""
    if pooled.k == 0 and excluded == 0:
        return "Nothing to pool: no row of this outcome was found."
    if pooled.k == 0:
        rows = f"{excluded} row{'s' if excluded != 1 else ''}"
        return f"Nothing to pool: of {rows} of this outcome none is a usable randomised contrast."
    if pooled.k == 1:
        return "One trial: its own interval, and nothing can be said about heterogeneity."
    out = []
    if alternatives:
        shown = "; ".join(f"{x.ci} {_range(x, measure)}" for x in (pooled, *alternatives))
        out.append(f"Only {pooled.k} trials, so that the interval depends on the method: {shown}.")
    if pooled.ci == "hksj" and "below the Wald one" in pooled.message:
        out.append("The Hartung-Knapp interval rests on an error below the Wald one.")
    if pooled.status == "boundary":
        out.append("Between-trial variance is estimated as zero, not shown to be zero.")
    if pooled.status == "bimodal":
        out.append("The likelihood has two maxima: two amounts of heterogeneity fit.")
    if pooled.status == "not_converged":
        out.append("The estimator did not converge; do not use this number.")
    return " ".join(out)


def _range(pooled: PooledEffect, measure: str) -> str:
    low, high = pooled.ci_low, pooled.ci_high
    if measure in RATIO_MEASURES:
        low, high = math.exp(low), math.exp(high)
    return f"{low:.2f} to {high:.2f}"
