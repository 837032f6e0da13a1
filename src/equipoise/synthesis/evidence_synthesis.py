"""Everything a case asks of the synthesis room, in one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from equipoise.errors import ComputationError, InputError, Problem
from equipoise.estimate import Result
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis import cohorts as cohort_panel
from equipoise.synthesis import interactions, multiplicity, shrinkage
from equipoise.synthesis.by_outcome import OutcomeSynthesis, synthesise_outcome
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis, synthesise_phenotype
from equipoise.synthesis.cohorts import CohortPanel, arrange_cohorts
from equipoise.synthesis.complements import derive_complement
from equipoise.synthesis.flat_results import cohort_results, complement_results, pool_results
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.phenotype_results import phenotype_results
from equipoise.synthesis.plan import Complement, Plan, pools_of
from equipoise.synthesis.retrodiction import forecasts, past_questions, scoring
from equipoise.synthesis.retrodiction.case_file import CaseFile
from equipoise.synthesis.retrodiction.past_questions import retrodict
from equipoise.synthesis.retrodiction.records import Retrodiction
from equipoise.synthesis.rounding import SEED

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Synthesis:
    """Everything a case asks of this room, the flat results, and the papers behind them."""

    outcomes: tuple[OutcomeSynthesis, ...]
    complements: tuple[ComplementResult, ...]
    cohorts: CohortPanel
    results: tuple[Result, ...]
    cites: tuple[str, ...]
    comparisons: tuple[PhenotypeSynthesis, ...] = ()
    retrodiction: Retrodiction | None = None


def synthesise(
    evidence: EvidenceBase,
    question: Question,
    plan: Plan,
    *,
    seed: int = SEED,
    past: CaseFile | None = None,
) -> Synthesis:
    """Run every pool, complement and comparison of the plan and arrange the cohorts.

    Parameters
    ----------
    evidence : EvidenceBase
    question : Question
    plan : Plan
    seed : int
        Of everything that is drawn at random: the roundings behind the range of a derived P.
    past : CaseFile, optional
        Past questions on which the method is tried.

    Returns
    -------
    Synthesis
        `results` are in the order pools, complements, comparisons, cohorts; `cites` are the keys
        of the methods that ran, sorted.

    Raises
    ------
    InputError
        With the problems of all pools and complements together.
    """
    problems: list[Problem] = []
    outcomes = _each(
        pools_of(plan, question),
        lambda pool: synthesise_outcome(evidence, question, pool, plan),
        problems,
    )
    complements = _each(
        plan.complements,
        lambda spec: _complement(evidence, spec, plan, seed),
        problems,
    )
    derived = {found.spec.id: found for found in complements}
    comparisons = _each(
        plan.comparisons if len(derived) == len(plan.complements) else (),
        lambda asked: synthesise_phenotype(evidence, question, asked, plan, derived),
        problems,
    )
    if problems:
        raise InputError(dict.fromkeys(problems))
    panel = arrange_cohorts(evidence, question)
    retrodiction = retrodict(past) if past is not None else None
    results = (
        *(result for outcome in outcomes for result in pool_results(outcome, plan)),
        *(result for found in complements for result in complement_results(found, question)),
        *(result for found in comparisons for result in phenotype_results(found, question)),
        *cohort_results(panel),
    )
    cites = {
        *(key for result in results for key in result.cites),
        *_panel_cites(panel),
        *_complement_cites(complements),
        *_past_cites(retrodiction),
    }
    return Synthesis(
        outcomes, complements, panel, results, tuple(sorted(cites)), comparisons, retrodiction
    )


def _each(asked: Iterable[A], answer: Callable[[A], B], problems: list[Problem]) -> tuple[B, ...]:
    """Answer each in turn; the problems of those that cannot be answered are kept."""
    found = []
    for one in asked:
        try:
            found.append(answer(one))
        except InputError as error:
            problems += error.problems
    return tuple(found)


def _complement(
    evidence: EvidenceBase, spec: Complement, plan: Plan, seed: int
) -> ComplementResult:
    try:
        return derive_complement(evidence, spec, plan, seed=seed)
    except ComputationError as error:
        raise InputError([_impossible(spec, str(error))]) from error


def _past_cites(retrodiction: Retrodiction | None) -> Iterator[str]:
    if retrodiction is not None:
        for module in (past_questions, forecasts, scoring):
            yield from (key for keys in module.METHOD_CITES.values() for key in keys)


def _impossible(spec: Complement, reason: str) -> Problem:
    """Put a complement that the printed numbers do not allow into the table of problems."""
    rows = ", ".join((spec.stratum, *spec.partition))
    action = f"Check the rows or remove the complement: {reason}."
    allowed = "a stratum that leaves something to the rest"
    return Problem("case.toml", f"[synthesis] {spec.id}", "stratum", rows, allowed, action)


def _panel_cites(panel: CohortPanel) -> Iterator[str]:
    if panel.groups:
        yield from cohort_panel.METHOD_CITES["cohorts"]
    if any(group.exposure_time == "new_user" for group in panel.groups):
        yield from cohort_panel.METHOD_CITES["new_user"]


def _complement_cites(complements: Sequence[ComplementResult]) -> Iterator[str]:
    for found in complements:
        yield from interactions.METHOD_CITES["interaction"]
        if any(factors > 1 for factors, _ in found.sidak):
            yield from multiplicity.METHOD_CITES["sidak"]
        if found.shrunken:
            yield from shrinkage.METHOD_CITES["normal"]
