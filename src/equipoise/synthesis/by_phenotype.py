"""The effect in a phenotype from every trial that says something about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equipoise.errors import InputError, Problem
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.belief import Belief, believe
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.phenotype_rows import PhenotypeRow, phenotype_rows
from equipoise.synthesis.plan import Plan
from equipoise.synthesis.subgroups.shares import InformationShare, information_share
from equipoise.synthesis.subgroups.trial_interactions import Interaction, interaction
from equipoise.synthesis.subgroups.unreported_phenotype import MissingPhenotype, missing_phenotype

POSITIVE, NEGATIVE, WHOLE = "positive", "negative", "whole"
"""Strata in the words of the subgroup models: the level asked about, the other, everybody."""

STRATA = {"level": POSITIVE, "reference": NEGATIVE, "whole": WHOLE}
ONLY = {"level": 1.0, "reference": 0.0}
"""Share of the level asked about in a trial that enrolled one level only."""


@dataclass(frozen=True)
class PhenotypeSynthesis:
    """One outcome in two levels of a phenotype.

    Attributes
    ----------
    asked : Comparison
        As asked for in the case.
    outcome : Outcome
        As declared in the question.
    measure : str
        Effect measure.
    rows : tuple of PhenotypeRow
        What each trial gives.
    interaction : Interaction
        Differences within trials, pooled, and the effects that go with them.
    missing : MissingPhenotype
        Effects in both levels from all trials, those without the phenotype too.
    belief : Belief or None
        What the difference is worth under stated priors; None unless a trial gives both levels.
    shares : tuple of InformationShare
        Share of each row's trial that lies in the level asked about; NaN where none is needed.
    """

    asked: Comparison
    outcome: Outcome
    measure: str
    rows: tuple[PhenotypeRow, ...]
    interaction: Interaction
    missing: MissingPhenotype
    belief: Belief | None
    shares: tuple[InformationShare, ...] = ()


def synthesise_phenotype(
    evidence: EvidenceBase,
    question: Question,
    asked: Comparison,
    plan: Plan,
    complements: Mapping[str, ComplementResult],
) -> PhenotypeSynthesis:
    """Compare one outcome between two levels of a phenotype.

    Parameters
    ----------
    evidence, question, plan
        Of the case.
    asked : Comparison
        Outcome, settings, and the two levels.
    complements : mapping of str to ComplementResult
        The plan's complements, derived, by id.

    Returns
    -------
    PhenotypeSynthesis
        With one trial that gives both levels the interval is Wald's: there is no spread
        between trials to estimate.

    Raises
    ------
    InputError
        When rows share patients, or a stratum of a mixed trial has no share.
    """
    outcome = question.outcome(asked.outcome)
    rows = phenotype_rows(evidence, question, asked, complements)
    strata = [row for row in rows if row.part != "whole"]
    shares = _shares(rows, asked)
    found = interaction(
        [row.estimate.value for row in strata],
        [row.estimate.variance for row in strata],
        [row.trial_id for row in strata],
        [STRATA[row.part] for row in strata],
        levels=(NEGATIVE, POSITIVE),
        reference=NEGATIVE,
        method=plan.method,
        confidence=plan.level,
        factors=plan.factors_examined,
    )
    missing = missing_phenotype(
        [row.estimate.value for row in rows],
        [row.estimate.variance for row in rows],
        [row.trial_id for row in rows],
        [STRATA[row.part] for row in rows],
        share=[share.value for share in shares],
        share_se=[share.se for share in shares],
        confidence=plan.level,
    )
    belief = believe(found, plan.level) if found.within.k else None
    return PhenotypeSynthesis(
        asked, outcome, outcome.measure, rows, found, missing, belief, tuple(shares)
    )


def _shares(rows: Sequence[PhenotypeRow], asked: Comparison) -> list[InformationShare]:
    """Share of each row's trial in the level asked about; NaN where none is needed.

    A trial that gives both levels has the share of its own precisions, unless its events are
    printed; a whole needs none, since whole trials are not compared by their shares.
    """
    given = {share.trial: share for share in asked.shares}
    parts: dict[str, dict[str, float]] = {}
    for row in rows:
        parts.setdefault(row.trial_id, {})[row.part] = row.estimate.variance
    unknown = InformationShare(math.nan, 0.0, "")
    out, problems = [], []
    for row in rows:
        share = given.get(row.trial_id) or given.get("")
        if row.only:
            out.append(InformationShare(ONLY[row.part], 0.0, "enrolment"))
        elif row.part == "whole":
            out.append(unknown)
        elif row.trial_id in given and given[row.trial_id].events is not None:
            out.append(InformationShare(float(given[row.trial_id].events or 0), 0.0, "events"))
        elif len(own := parts[row.trial_id]) == 2:
            precise = own["reference"] / (own["level"] + own["reference"])
            out.append(InformationShare(precise, 0.0, "precisions"))
        elif share is not None:
            error = share.patients_se or None
            out.append(information_share(share.patients, patient_share_se=error))
        else:
            problems.append(_no_share(row, asked))
            out.append(unknown)
    if problems:
        raise InputError(problems)
    return out


def _no_share(row: PhenotypeRow, asked: Comparison) -> Problem:
    where = f"[synthesis] comparison {asked.id}"
    allowed = "a share for a trial that gives one level only"
    action = f"Add [[synthesis.comparisons.shares]] with trial = {row.trial_id!r}, or without one."
    return Problem("case.toml", where, "shares", row.trial_id, allowed, action)
