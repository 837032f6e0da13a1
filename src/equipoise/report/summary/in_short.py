"""The first words of the summary: which outcomes, which trials, which way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    counted,
    interval,
    joined,
    lower_first,
    p_phrase,
    p_value,
    ratio,
    sentence_case,
    spelled,
)
from equipoise.report.summary.sentences import Sentence
from equipoise.report.summary.verdict import is_subgroup, verdict
from equipoise.report.words import measure_name, outcome_label
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.interactions import ComplementResult

NAMED = 3
"""Up to so many answers that show neither are named; more are counted."""

Answers = Sequence[OutcomeSynthesis]

_SAID = {
    "better": ("favours the treatment", "favour the treatment"),
    "worse": ("counts against it", "count against it"),
    "neither": ("shows neither", "show neither"),
}
"""What an answer does, for one and for several."""


def told_of(dossier: Dossier, role: str) -> tuple[OutcomeSynthesis, ...]:
    """Pools of a role that answer a question of their own: no sensitivity analysis."""
    return tuple(
        o
        for o in dossier.synthesis.outcomes
        if o.outcome.role == role and not o.pool.sensitivity_of
    )


def short_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell the patients in question first, then what follows for the rest, then everybody."""
    question = dossier.question
    told = [o for o in told_of(dossier, "benefit") if o.pooled.k]
    if question.focus is not None:
        label = question.level_label(question.focus.axis, question.focus.level)
        focus = [o for o in told if o.pool.phenotype == question.focus]
        yield _group(f"In {label} patients", focus, dossier)
    yield from _contrast(dossier)
    yield _group("Among all patients", [o for o in told if not o.pool.phenotype], dossier)


def _group(where: str, answers: Answers, dossier: Dossier) -> Sentence:
    """Count the trials, then name the outcomes by the way they point."""
    if not answers:
        return Sentence(f"{where} no trial gives a randomised answer on benefit.")
    trials = {c.trial_id for o in answers for c in o.contributions}
    verb = "gives" if len(trials) == 1 else "give"
    parts = [f"{where}, {counted(len(trials), 'trial')} {verb} a randomised answer on benefit."]
    kinds: dict[str, list[OutcomeSynthesis]] = {kind: [] for kind in _SAID}
    for outcome in answers:
        kinds.get(verdict(outcome), kinds["neither"]).append(outcome)
    for kind, found in kinds.items():
        if kind == "neither" and len(found) > NAMED:
            parts.append(_counted_neither(len(found), len(answers)))
        elif found:
            said = _SAID[kind][len(found) > 1]
            if len(kinds["neither"]) == len(answers):
                said = f"{said.split()[0]} neither benefit nor the contrary"
            parts.append(_named(found, short_names(answers), said, dossier))
    return Sentence(" ".join(parts), tuple(o.pool.id for o in answers))


def _counted_neither(count: int, total: int) -> str:
    if count == total:
        return f"None of the {spelled(total)} answers favours the treatment or counts against it."
    return f"The other {spelled(count)} answers show neither."


def _named(found: Answers, names: dict[str, str], said: str, dossier: Dossier) -> str:
    """Name answers with what each rests on, told once where it is the same single trial."""
    bases = [_basis(outcome, dossier) for outcome in found]
    labels = [names[outcome.pool.id] for outcome in found]
    labels = [labels[0], *map(lower_first, labels[1:])]
    if len(found) == 1:
        return sentence_case(f"{labels[0]} {said} ({bases[0]}).")
    if len(set(bases)) > 1 or len(found[0].contributions) > 1:
        brackets = [f"{label} ({base})" for label, base in zip(labels, bases, strict=True)]
        return sentence_case(f"{joined(brackets)} {said}.")
    both = "both" if len(found) == 2 else f"all {spelled(len(found))}"
    what = "one subgroup of one trial" if is_subgroup(found[0], dossier.evidence) else "one trial"
    name = found[0].contributions[0].label
    return sentence_case(f"{joined(labels)} {said}; {both} rest on {what} ({name}).")


def _basis(outcome: OutcomeSynthesis, dossier: Dossier) -> str:
    if len(outcome.contributions) != 1:
        return counted(len(outcome.contributions), "trial")
    name = outcome.contributions[0].label
    return f"a subgroup of {name}" if is_subgroup(outcome, dossier.evidence) else name


def short_names(answers: Answers) -> dict[str, str]:
    """Name each pool of a group of the same patients in as few words as tell it apart.

    A label such as "Overall survival, marker-positive" loses what follows its last comma where
    the rest still begins with the outcome's name and belongs to one pool of the group only.
    """
    heads = {}
    for outcome in answers:
        head = outcome.pool.label.rpartition(", ")[0]
        fits = head.casefold().startswith(outcome.outcome.label.casefold())
        heads[outcome.pool.id] = head if fits else outcome.pool.label
    taken = list(heads.values())
    return {
        o.pool.id: heads[o.pool.id] if taken.count(heads[o.pool.id]) == 1 else o.pool.label
        for o in answers
    }


def _contrast(dossier: Dossier) -> Iterator[Sentence]:
    """Tell in one sentence how the subgroup differs from its derived rest."""
    focus = dossier.question.focus
    found = [
        result
        for result in dossier.synthesis.complements
        if focus is None or (result.spec.axis, result.spec.level) == (focus.axis, focus.level)
    ]
    if not found:
        return
    first = found[0]
    alike = [result for result in found if _kind(result) == _kind(first)]
    axis, inside, outside, measure = _kind(first)
    name = measure_name(measure)
    told = joined([_ratio(result, dossier) for result in alike])
    strata = [dossier.question.level_label(axis, level) for level in (inside, outside)]
    yield Sentence(
        f"Derived, not printed: the ratio of {name}s, {strata[0]} to {strata[1]}, is {told}"
        f"{_allowing(alike)}.",
        tuple(f"{result.spec.id}.ratio" for result in alike),
    )


def _kind(result: ComplementResult) -> tuple[str, str, str, str]:
    spec = result.spec
    return spec.axis, spec.level, spec.complement_level, result.ratio.measure


def _ratio(result: ComplementResult, dossier: Dossier) -> str:
    value, low, high = result.ratio.interval(result.level)
    label = lower_first(outcome_label(dossier.question, result.spec.outcome))
    decimals = dossier.options.decimals
    spread = interval(low, high, "ratio", decimals)
    return f"{ratio(value, decimals)} ({spread}; {p_phrase(result.p_value)}) for {label}"


def _allowing(results: Sequence[ComplementResult]) -> str:
    """Write the P after allowing for the factors known to have been examined."""
    factors = results[0].factors_examined
    allowed = [dict(result.sidak).get(factors) for result in results]
    adjusted = joined([p_value(p) for p in allowed if p is not None])
    if factors < 2 or None in allowed:
        return ""
    known = counted(factors, "subgroup factor")
    verb = "is" if len(allowed) == 1 else "are"
    return f"; after allowing for the {known} known to be examined, P {verb} {adjusted}"
