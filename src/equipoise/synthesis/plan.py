"""What to synthesise and how: the synthesis room's slice of ``case.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from equipoise.errors import Problem
from equipoise.evidence.question import PhenotypeLevel, Question, Slice
from equipoise.evidence.schema import EvidenceBase

Method = Literal["EE", "DL", "REML", "PM"]
Interval = Literal["wald", "t", "hksj", "hksj-adhoc"]


class Pool(Slice):
    """One pool: an outcome, where it is looked for, and in whom.

    `settings` empty means every setting. `phenotype` restricts to numbers computed in that level
    or to trials that enrolled only it. `scopes` widens or narrows the case's contrast rule (a
    sensitivity pool). `measure` overrides the outcome's.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    outcome: str
    label: str
    question: str = ""
    settings: tuple[str, ...] = ()
    phenotype: PhenotypeLevel | None = None
    scopes: tuple[str, ...] = ()
    exclude_trials: tuple[str, ...] = ()
    measure: Literal["", "HR", "OR", "RR", "ROM", "RD", "MD", "PCT"] = ""
    sensitivity_of: str = ""
    note: str = ""


class Complement(Slice):
    """A subgroup's complement, to be derived by subtraction within one trial.

    `stratum` is the printed result in the subgroup; `partition` are printed results whose union
    is the whole trial. `patients` and `patients_total` give the subgroup's share,
    `events` the number of events in it, all for display only.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    trial: str
    outcome: str
    axis: str
    level: str
    complement_level: str
    stratum: str
    partition: tuple[str, ...] = Field(min_length=1)
    correlations: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3)
    unknown_shares: tuple[float, ...] = (0.0, 0.05, 0.10)


class NormalPrior(Slice):
    """A normal prior on a log ratio or difference, with the words and source behind it."""

    name: str
    target: Literal["interaction"]
    mean: float = 0.0
    sd: float = Field(gt=0)
    label: str
    source: str


class Plan(Slice):
    """Estimators, pools, complements and priors of a case.

    `factors_examined` is the number of subgroup factors known to have been looked at and
    `factors_swept` other counts for which the Sidak-adjusted P is shown.
    """

    method: Method = "REML"
    ci: Interval = "hksj"
    level: float = Field(default=0.95, gt=0.5, lt=1)
    pools: tuple[Pool, ...] = ()
    complements: tuple[Complement, ...] = ()
    priors: tuple[NormalPrior, ...] = ()
    factors_examined: int = Field(default=1, ge=1)
    factors_swept: tuple[int, ...] = ()


def plan_problems(
    plan: Plan, question: Question, evidence: EvidenceBase | None
) -> Iterator[Problem]:
    """Yield every name in the plan that the question or the evidence does not know.

    `evidence` is None when it could not be read; its rows are then not looked up.
    """
    ids = [pool.id for pool in plan.pools] + [c.id for c in plan.complements]
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        yield _problem(name, "id", name, "each id once", "Rename one of them.")
    for pool in plan.pools:
        yield from _pool_problems(pool, plan, question)
    for complement in plan.complements:
        yield from _complement_problems(complement, question, evidence)


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
    for level in (complement.level, complement.complement_level):
        yield from _level(row, complement.axis, level, question)
    if evidence is None:
        return
    rows = [r.result_id for r in evidence.results if r.trial_id == complement.trial]
    yield from _one_of(row, "stratum", complement.stratum, rows)
    for part in complement.partition:
        yield from _one_of(row, "partition", part, rows)
