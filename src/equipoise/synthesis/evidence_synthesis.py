"""Everything a case asks of the synthesis room, in one value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from equipoise.errors import ComputationError, InputError, Problem
from equipoise.estimate import Result
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis import cohorts as cohort_panel
from equipoise.synthesis import interactions, multiplicity, shrinkage
from equipoise.synthesis.by_outcome import OutcomeSynthesis, synthesise_outcome
from equipoise.synthesis.cohorts import CohortPanel, arrange_cohorts
from equipoise.synthesis.complements import derive_complement
from equipoise.synthesis.flat_results import cohort_results, complement_results, pool_results
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.plan import Complement, Plan, pools_of
from equipoise.synthesis.rounding import SEED


@dataclass(frozen=True)
class Synthesis:
    """Pools, complements and cohorts of a case, the flat results, the papers behind them."""

    outcomes: tuple[OutcomeSynthesis, ...]
    complements: tuple[ComplementResult, ...]
    cohorts: CohortPanel
    results: tuple[Result, ...]
    cites: tuple[str, ...]


def synthesise(
    evidence: EvidenceBase, question: Question, plan: Plan, *, seed: int = SEED
) -> Synthesis:
    """Run every pool and complement of the plan and arrange the cohorts.

    Parameters
    ----------
    evidence : EvidenceBase
    question : Question
    plan : Plan
    seed : int
        Of everything that is drawn at random: the roundings behind the range of a derived P.

    Returns
    -------
    Synthesis
        `results` are in the order pools, complements, cohorts; `cites` are the keys of the
        methods that ran, sorted.

    Raises
    ------
    InputError
        With the problems of all pools and complements together.
    """
    problems: list[Problem] = []
    outcomes: list[OutcomeSynthesis] = []
    complements: list[ComplementResult] = []
    for pool in pools_of(plan, question):
        try:
            outcomes.append(synthesise_outcome(evidence, question, pool, plan))
        except InputError as error:
            problems += error.problems
    for spec in plan.complements:
        try:
            complements.append(derive_complement(evidence, spec, plan, seed=seed))
        except InputError as error:
            problems += error.problems
        except ComputationError as error:
            problems.append(_impossible(spec, str(error)))
    if problems:
        raise InputError(dict.fromkeys(problems))
    panel = arrange_cohorts(evidence, question)
    results = (
        *(result for outcome in outcomes for result in pool_results(outcome, plan)),
        *(result for found in complements for result in complement_results(found, question)),
        *cohort_results(panel),
    )
    cites = {*(key for result in results for key in result.cites), *_panel_cites(panel)}
    cites.update(_complement_cites(complements))
    return Synthesis(tuple(outcomes), tuple(complements), panel, results, tuple(sorted(cites)))


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
