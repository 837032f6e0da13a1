"""What to synthesise and how: the synthesis room's slice of ``case.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from equipoise.errors import Problem
from equipoise.evidence.question import PhenotypeLevel, Question, Slice
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.phenotype_plan import Comparison, comparison_problems

Method = Literal["EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
Interval = Literal["wald", "t", "hksj", "hksj-adhoc"]
Share = Annotated[float, Field(ge=0, lt=1)]
Factors = Annotated[int, Field(ge=1, le=1000)]


class Pool(Slice):
    """One pool: an outcome, where it is looked for, and in whom."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    """Name of the result and of its figure."""
    outcome: str
    """Outcome declared in the question."""
    label: str
    """Name as shown."""
    question: str = ""
    """The question it answers, as a sentence."""
    settings: tuple[str, ...] = ()
    """Settings looked at; empty for all."""
    phenotype: PhenotypeLevel | None = None
    """Only numbers computed in this level, or trials that enrolled only it."""
    scopes: tuple[str, ...] = ()
    """Scopes of trials; empty for those of the contrast rule."""
    exclude_trials: tuple[str, ...] = ()
    """Trials left out."""
    measure: Literal["", "HR", "OR", "RR", "ROM", "RD", "MD", "PCT"] = ""
    """Another measure than the outcome's."""
    sensitivity_of: str = ""
    """The pool it is a sensitivity analysis of."""
    note: str = ""
    """A word to the reader."""


class Complement(Slice):
    """A subgroup's complement, to be derived by subtraction within one trial."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    """Name of the results made from it."""
    trial: str
    """Trial in trials.csv."""
    outcome: str
    """Outcome declared in the question."""
    axis: str
    """Axis of the subgroup."""
    level: str
    """Level that was printed."""
    complement_level: str
    """Level to be derived."""
    stratum: str
    """Result row of the printed level."""
    partition: tuple[str, ...] = Field(min_length=1)
    """Result rows whose patients together are the whole trial, each patient once."""
    correlations: tuple[Share, ...] = (0.0, 0.1, 0.2, 0.3)
    """Correlations between the two levels to try."""
    unknown_shares: tuple[Share, ...] = (0.0, 0.05, 0.10)
    """Shares of patients of unknown level to try."""


class NormalPrior(Slice):
    """A normal prior on a log ratio or difference, with the words and source behind it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    """Name of the prior, part of the id of its results."""
    target: Literal["interaction"]
    """What it is a prior of."""
    mean: Annotated[float, Field(ge=-100, le=100)] = 0.0
    """Mean on the analysis scale (logarithm for ratios)."""
    sd: Annotated[float, Field(ge=1e-6, le=100)]
    """Standard deviation on the analysis scale."""
    label: str
    """What it believes, in words."""
    source: str
    """Where it comes from; say so if it is assumed."""


class Plan(Slice):
    """Estimators, pools, complements and priors of a case."""

    method: Method = "REML"
    """Estimator of the spread between trials; EE takes one common effect."""
    ci: Interval = "hksj"
    """Interval of a pooled effect."""
    level: float = Field(default=0.95, ge=0.5, le=0.9999)
    """Level of every interval."""
    pools: tuple[Pool, ...] = ()
    """What to pool; without any, one pool an outcome."""
    complements: tuple[Complement, ...] = ()
    """What to derive by subtraction."""
    comparisons: tuple[Comparison, ...] = ()
    """Effects in one level of a phenotype to hold against those in the other."""
    priors: tuple[NormalPrior, ...] = ()
    """Beliefs an interaction is held against."""
    factors_examined: Factors = 1
    """Subgroup factors known to have been looked at."""
    factors_swept: tuple[Factors, ...] = ()
    """Other numbers of factors for which the adjusted P is shown."""


def pools_of(plan: Plan, question: Question) -> tuple[Pool, ...]:
    """Pools of the plan; without any, one for each outcome that is to be synthesised."""
    return plan.pools or tuple(
        Pool(id=outcome.name.lower().replace("_", "-"), outcome=outcome.name, label=outcome.label)
        for outcome in question.outcomes
        if outcome.synthesise
    )


def plan_problems(
    plan: Plan, question: Question, evidence: EvidenceBase | None
) -> Iterator[Problem]:
    """Yield every name in the plan that the question or the evidence does not know.

    `evidence` is None when it could not be read; its rows are then not looked up.
    """
    ids = [x.id for group in (plan.pools, plan.complements, plan.comparisons) for x in group]
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        yield _problem(name, "id", name, "each id once", "Rename one of them.")
    for pool in plan.pools:
        yield from _pool_problems(pool, plan, question)
        trials = [trial.trial_id for trial in evidence.trials] if evidence else []
        for trial in pool.exclude_trials if evidence else ():
            yield from _one_of(pool.id, "exclude_trials", trial, trials)
    for complement in plan.complements:
        yield from _complement_problems(complement, question, evidence)
    derived = {c.id: (c.outcome, c.trial) for c in plan.complements}
    yield from comparison_problems(plan.comparisons, derived, question, evidence)


def _problem(row: str, field: str, value: str, allowed: str, action: str) -> Problem:
    return Problem("case.toml", f"[synthesis] {row}", field, value, allowed, action)


def _one_of(row: str, field: str, value: str, names: list[str]) -> Iterator[Problem]:
    if value not in names:
        allowed = "one of " + ", ".join(names)
        yield _problem(row, field, value, allowed, f"Correct {field!r} or declare the name.")


def _level(row: str, axis: str, level: str, question: Question) -> Iterator[Problem]:
    axes = {a.name: [item.name for item in a.levels] for a in question.axes}
    yield from _one_of(row, "axis", axis, list(axes))
    if axis in axes:
        yield from _one_of(row, "level", level, axes[axis])


def _pool_problems(pool: Pool, plan: Plan, question: Question) -> Iterator[Problem]:
    outcomes = [outcome.name for outcome in question.outcomes]
    yield from _one_of(pool.id, "outcome", pool.outcome, outcomes)
    for setting in pool.settings:
        yield from _one_of(pool.id, "settings", setting, list(question.settings))
    for scope in pool.scopes:
        yield from _one_of(pool.id, "scopes", scope, list(question.scopes))
    if pool.phenotype is not None:
        yield from _level(pool.id, pool.phenotype.axis, pool.phenotype.level, question)
    if pool.sensitivity_of:
        ids = [other.id for other in plan.pools]
        yield from _one_of(pool.id, "sensitivity_of", pool.sensitivity_of, ids)


def _complement_problems(
    complement: Complement, question: Question, evidence: EvidenceBase | None
) -> Iterator[Problem]:
    row = complement.id
    yield from _one_of(
        row, "outcome", complement.outcome, [outcome.name for outcome in question.outcomes]
    )
    if complement.level == complement.complement_level:
        yield _problem(
            row,
            "complement_level",
            complement.level,
            "another level than the printed one",
            "Name the level to be derived.",
        )
    for level in (complement.level, complement.complement_level):
        yield from _level(row, complement.axis, level, question)
    if evidence is None:
        return
    rows = [r.result_id for r in evidence.results if r.trial_id == complement.trial]
    yield from _one_of(row, "stratum", complement.stratum, rows)
    for part in complement.partition:
        yield from _one_of(row, "partition", part, rows)
