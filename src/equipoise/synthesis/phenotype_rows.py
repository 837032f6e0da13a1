"""What each trial tells about an effect in two levels of a phenotype."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.estimate import Estimate
from equipoise.evidence.question import PhenotypeLevel, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.contributions import Contribution, contribution_of
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.phenotype_plan import Comparison
from equipoise.synthesis.plan import Pool
from equipoise.synthesis.row_selection import select

Part = Literal["level", "reference", "whole"]
"""Whom a row is about: the level asked about, the other level, or everybody in the trial."""


@dataclass(frozen=True)
class PhenotypeRow:
    """One effect of one trial.

    Attributes
    ----------
    trial_id, label : str
        The trial and its name as shown.
    part : str
        Whom it is about.
    only : bool
        The trial enrolled nobody else.
    estimate : Estimate
        On the analysis scale; `standing` says whether it was printed or derived.
    row_ids : tuple of str
        Evidence rows it rests on.
    """

    trial_id: str
    label: str
    part: Part
    only: bool
    estimate: Estimate
    row_ids: tuple[str, ...]


def phenotype_rows(
    evidence: EvidenceBase,
    question: Question,
    asked: Comparison,
    complements: Mapping[str, ComplementResult],
) -> tuple[PhenotypeRow, ...]:
    """Gather, for every trial, its strata where it has them, else its whole.

    A complement of the plan stands for the level its trial does not print. A trial that enrolled
    one level only gives that level. Whoever gives a level does not enter as a whole as well,
    since the patients are the same.

    Raises
    ------
    InputError
        When rows of a trial share patients (see `row_selection.select`).
    """
    measure = question.outcome(asked.outcome).measure
    derived = {
        (complements[name].spec.trial, complements[name].spec.complement_level): complements[name]
        for name in asked.complements
    }
    found: dict[tuple[str, Part], PhenotypeRow] = {}
    parts: tuple[tuple[Part, str], ...] = (("level", asked.level), ("reference", asked.reference))
    for part, level in parts:
        for contribution in _contributions(evidence, question, asked, measure, level):
            key = (contribution.trial_id, part)
            found[key] = _row(contribution, part, evidence, asked, level)
        for (trial, derived_level), complement in derived.items():
            if derived_level == level and (trial, part) not in found:
                found[trial, part] = _derived(complement, part, evidence)
    stratified = {trial for trial, _ in found}
    for contribution in _contributions(evidence, question, asked, measure, ""):
        if contribution.trial_id not in stratified:
            key = (contribution.trial_id, "whole")
            found[key] = _row(contribution, "whole", evidence, asked, "")
    order = [trial.trial_id for trial in evidence.trials]
    ranks = ("level", "reference", "whole")
    ordered = sorted(found, key=lambda key: (order.index(key[0]), ranks.index(key[1])))
    return tuple(found[key] for key in ordered)


def _contributions(
    evidence: EvidenceBase, question: Question, asked: Comparison, measure: str, level: str
) -> Sequence[Contribution]:
    """Return what the trials bring to a pool on one level, or on everybody."""
    pool = Pool(
        id=asked.id,
        outcome=asked.outcome,
        label=asked.label,
        settings=asked.settings,
        scopes=asked.scopes,
        exclude_trials=asked.exclude_trials,
        phenotype=PhenotypeLevel(axis=asked.axis, level=level) if level else None,
    )
    used = select(evidence, question, pool, measure).used
    return [contribution_of(trial, rows, question) for trial, rows in used]


def _row(
    contribution: Contribution, part: Part, evidence: EvidenceBase, asked: Comparison, level: str
) -> PhenotypeRow:
    enrolled = {trial.trial_id: trial.enrolled for trial in evidence.trials}
    return PhenotypeRow(
        contribution.trial_id,
        contribution.label,
        part,
        bool(level) and enrolled[contribution.trial_id].get(asked.axis) == level,
        contribution.estimate,
        contribution.row_ids,
    )


def _derived(complement: ComplementResult, part: Part, evidence: EvidenceBase) -> PhenotypeRow:
    trial = next(t for t in evidence.trials if t.trial_id == complement.spec.trial)
    estimate = complement.complement
    return PhenotypeRow(trial.trial_id, trial.name, part, False, estimate, estimate.source)
