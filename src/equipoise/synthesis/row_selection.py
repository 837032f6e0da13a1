"""Which rows of an outcome enter a pool, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, ResultRow, Trial, phenotype_of
from equipoise.synthesis.partitions import check_partition
from equipoise.synthesis.plan import Pool
from equipoise.synthesis.row_effects import NO_EVENT, Extracted, effect_of

KIND_REASONS = {
    "within_arm": "a change within one arm, not a randomised contrast",
    "post_treatment": "post-treatment comparison, not a randomised contrast of change",
    "modifier_within_arm": "the effect of a modifier within an arm, not of the treatment",
}

PARTIAL_SETS = {"subset": " in a part of the patients", "genotyped": " among those genotyped"}
"""Analysis sets that are a part of the trial chosen for some other reason than treatment."""


@dataclass(frozen=True)
class Exclusion:
    """A row of the outcome that the pool does not use, and the reason in plain words."""

    row_id: str
    trial_id: str
    reason: str


@dataclass(frozen=True)
class Candidate:
    """An eligible row, its effect, and its phenotype beyond what the trial enrolled."""

    row: ResultRow
    effect: Extracted
    phenotype: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Selection:
    """Rows used, by trial in the order of the evidence, and every other row with its reason.

    `without_event` are the trials that answer the pool's question with no event in either arm.
    """

    used: tuple[tuple[Trial, tuple[Candidate, ...]], ...]
    exclusions: tuple[Exclusion, ...]
    without_event: tuple[str, ...] = ()


def select(evidence: EvidenceBase, question: Question, pool: Pool, measure: str) -> Selection:
    """Choose, in each trial, the rows that answer the pool's question once.

    A pool on everybody takes a trial's whole-trial row, else one complete set of mutually
    exclusive strata. A pool on a phenotype takes the row of exactly that level, or the
    whole-trial row of a trial that enrolled nobody else. A level that is the only one enrolled
    does not narrow a row.

    Raises
    ------
    InputError
        When several rows of a trial answer the question and share patients.
    """
    trials = {trial.trial_id: trial for trial in evidence.trials}
    reasons: dict[str, str] = {}
    candidates: dict[str, list[Candidate]] = {}
    rows = [row for row in evidence.results if row.outcome == pool.outcome]
    for row in rows:
        trial = trials[row.trial_id]
        reason = ineligible(row, trial, question, pool)
        effect = reason or effect_of(row, measure)
        if isinstance(effect, str):
            reasons[row.result_id] = effect
        else:
            candidate = Candidate(row, effect, _narrowed(row, trial))
            candidates.setdefault(row.trial_id, []).append(candidate)
    used = []
    for trial in evidence.trials:
        if trial.trial_id not in candidates:
            continue
        chosen, why_not = _choose(candidates[trial.trial_id], trial, question, pool)
        reasons |= why_not
        if chosen:
            check_partition([candidate.row for candidate in chosen])
            used.append((trial, chosen))
    exclusions = [
        Exclusion(row.result_id, row.trial_id, reasons[row.result_id])
        for row in rows
        if row.result_id in reasons
    ]
    silent = {
        row.trial_id
        for row in rows
        if reasons.get(row.result_id, "").startswith(NO_EVENT)
        and _narrowed(row, trials[row.trial_id]) == _wanted(trials[row.trial_id], pool)
    } - {trial.trial_id for trial, _ in used}
    return Selection(tuple(used), tuple(exclusions), tuple(sorted(silent)))


def ineligible(row: ResultRow, trial: Trial, question: Question, pool: Pool) -> str:
    """Reason why a row may not enter a pool, whatever it prints; empty if it may."""
    rule = question.contrast
    scopes = pool.scopes or rule.scopes
    if row.kind != "randomised":
        return KIND_REASONS[row.kind]
    if row.chosen == "no":
        said = f": {row.reason}" if row.reason else ""
        return f"another version of this number is used{said}"
    if trial.scope not in scopes:
        return f"trial scope '{trial.scope}' is outside the rule ({', '.join(scopes)})"
    if pool.settings and trial.setting not in pool.settings:
        shown = trial.setting or "not stated"
        return f"setting '{shown}' is outside the pool ({', '.join(pool.settings)})"
    if trial.trial_id in pool.exclude_trials:
        return "the pool leaves this trial out"
    if row.standing not in rule.standings:
        return f"the number is {row.standing}; the rule allows {', '.join(rule.standings)}"
    if row.confidence not in rule.confidences:
        return f"confidence is {row.confidence}; the rule allows {', '.join(rule.confidences)}"
    return ""


def _narrowed(row: ResultRow, trial: Trial) -> tuple[tuple[str, str], ...]:
    """Return the phenotype of a row without the levels that are all the trial enrolled."""
    named = sorted(phenotype_of(row).items())
    return tuple((axis, level) for axis, level in named if trial.enrolled.get(axis) != level)


def _wanted(trial: Trial, pool: Pool) -> tuple[tuple[str, str], ...]:
    """Phenotype a row of the trial must have to answer a pool alone; empty for everybody."""
    if pool.phenotype is None or trial.enrolled.get(pool.phenotype.axis) == pool.phenotype.level:
        return ()
    return ((pool.phenotype.axis, pool.phenotype.level),)


def _choose(
    candidates: Sequence[Candidate], trial: Trial, question: Question, pool: Pool
) -> tuple[tuple[Candidate, ...], dict[str, str]]:
    """Candidates of one trial that enter, and reasons for the others."""
    if pool.phenotype is not None:
        return _choose_level(candidates, trial, question, pool)
    whole = _fullest([c for c in candidates if not c.phenotype])
    if whole:
        names = ", ".join(c.row.result_id for c in whole)
        return whole, _others(
            candidates, whole, f"the pool is on everybody and {names} is the whole trial", question
        )
    for axis in question.axes:
        strata = tuple(c for c in candidates if [a for a, _ in c.phenotype] == [axis.name])
        if axis.complete and {c.phenotype[0][1] for c in strata} == {x.name for x in axis.levels}:
            reason = f"the trial enters through its strata by {axis.label}"
            return strata, _others(candidates, strata, reason, question)
    reason = "the pool is on everybody and the trial's strata do not add up to it"
    return (), _others(candidates, (), reason, question)


def _fullest(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Leave out rows computed in a part of the patients where another covers all of them."""
    full = tuple(c for c in candidates if c.row.analysis_set not in PARTIAL_SETS)
    return full or tuple(candidates)


def _choose_level(
    candidates: Sequence[Candidate], trial: Trial, question: Question, pool: Pool
) -> tuple[tuple[Candidate, ...], dict[str, str]]:
    """Candidates of one trial computed in exactly the level of the pool."""
    if pool.phenotype is None:
        return (), {}
    axis, level = pool.phenotype.axis, pool.phenotype.level
    chosen = _fullest([c for c in candidates if c.phenotype == _wanted(trial, pool)])
    reason = f"the pool is on {describe(question, {axis: level})}"
    return chosen, _others(candidates, chosen, reason, question)


def _others(
    candidates: Iterable[Candidate], chosen: Sequence[Candidate], reason: str, question: Question
) -> dict[str, str]:
    out = {}
    for candidate in candidates:
        if candidate not in chosen:
            part = PARTIAL_SETS.get(candidate.row.analysis_set, "")
            where = describe(question, dict(candidate.phenotype)) + part
            out[candidate.row.result_id] = f"computed in {where}; {reason}"
    return out


def describe(question: Question, phenotype: Mapping[str, str]) -> str:
    """Phenotype in the case's own words, ``everybody`` when nothing is named."""
    words = [question.level_label(axis, level) for axis, level in phenotype.items()]
    return " and ".join(words) or "everybody"
