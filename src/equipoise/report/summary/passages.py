"""The plain-language summary: every sentence is written from numbers and says which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    counted,
    grouped,
    joined,
    percent,
    sentence_case,
    spelled,
)
from equipoise.report.summary.belief import belief_sentences
from equipoise.report.summary.benefit import benefit_sentences
from equipoise.report.summary.caution import cohort_sentences, what_it_cannot_show
from equipoise.report.summary.doubts import questioned, relative_doubt
from equipoise.report.summary.in_short import short_sentences, told_of
from equipoise.report.summary.mechanism import HEADING, mechanism_summary
from equipoise.report.summary.next_study import study_sentences
from equipoise.report.summary.sentences import Item, Passage, Sentence
from equipoise.report.summary.subgroup import subgroup_sentences
from equipoise.report.summary.verdict import (
    FRAGILE,
    HEADINGS,
    Verdict,
    absolute_answer,
    answer,
    target_words,
    verdict,
    worked_out,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis


def summarise(dossier: Dossier) -> tuple[Passage, ...]:
    """Write the summary; a passage without a sentence is left out."""
    passages = (
        Passage("In short", tuple(short_sentences(dossier))),
        Passage("The evidence", tuple(_evidence(dossier))),
        Passage("What the trials say", tuple(_answers(dossier, "benefit"))),
        Passage("Biomarkers", tuple(_answers(dossier, "biomarker"))),
        Passage("The subgroup", tuple(subgroup_sentences(dossier))),
        Passage("How much to believe", tuple(belief_sentences(dossier))),
        Passage("Harm", tuple(_harm(dossier))),
        Passage("What the cohorts say", tuple(cohort_sentences(dossier))),
        Passage("Who could benefit", tuple(benefit_sentences(dossier))),
        Passage(HEADING, tuple(mechanism_summary(dossier))),
        Passage("Which study would settle it", tuple(study_sentences(dossier))),
        Passage("What this evidence cannot show", tuple(what_it_cannot_show(dossier))),
    )
    return tuple(passage for passage in passages if passage.sentences)


def _evidence(dossier: Dossier) -> Iterator[Sentence]:
    evidence, headline = dossier.evidence, dossier.gap_map.headline
    trials = [t for t in evidence.trials if t.trial_id in headline.trials]
    known = [t.n_randomised for t in trials if t.n_randomised is not None]
    patients = f", with {grouped(sum(known))} patients randomised" if known else ""
    unstated = len(trials) - len(known)
    gap = f" ({counted(unstated, 'trial')} not stating the number)" if unstated and known else ""
    held = counted(len(evidence.trials), "trial")
    verb = "was" if len(evidence.trials) == 1 else "were"
    if len(trials) == len(evidence.trials):
        yield Sentence(f"{sentence_case(held)} {verb} collected{patients}{gap}.")
    else:
        inside = f"{spelled(len(trials))} {'is' if len(trials) == 1 else 'are'}"
        yield Sentence(
            f"{sentence_case(held)} {verb} collected; {inside} within the question's scope"
            f"{patients}{gap}."
        )
    if not dossier.gap_map.axis:
        return
    label = dossier.question.axis(dossier.gap_map.axis).label
    total, some = len(headline.trials), len(headline.reporting)
    if not total:
        return
    lead = "Most trials give" if total - some > total / 2 else "Some trials give"
    lead = "No trial gives a" if some == 0 else lead
    if some == 0:
        yield Sentence(f"{lead} result by {label}: none of {total}.")
    elif some == total:
        yield Sentence(f"Every trial gives some result specific to one level of {label}.")
    else:
        yield Sentence(
            f"{lead} no result by {label}: {total - some} of {total} "
            f"({percent(100 * (total - some) / total)})."
        )
    if some:
        by_enrolment, comparing = len(headline.by_enrolment), len(headline.comparing)
        yield Sentence(
            f"Of the {counted(some, 'trial')} that {'does' if some == 1 else 'do'}, "
            f"{spelled(by_enrolment)} did so by enrolling one level only, and {spelled(comparing)} "
            f"{'print' if comparing > 1 else 'prints'} the same outcome in more than one level."
        )


def _answers(dossier: Dossier, role: str) -> Iterator[Sentence]:
    """List the answers of a role by what their intervals allow."""
    told = [o for o in told_of(dossier, role) if o.pooled.k]
    if not told:
        return
    judged = {o.pool.id: verdict(o) for o in told}
    if role == "benefit":
        yield _overview(told, judged)
    for kind, heading in HEADINGS.items():
        items = tuple(
            Item(sentence_case(o.pool.label), o.pool.id, answer(o, dossier))
            for o in told
            if judged[o.pool.id] == kind
        )
        if items:
            yield Sentence(heading, items=items)
    targets = dict.fromkeys(
        f"{o.outcome.label} {words}" for o in told if (words := target_words(o))
    )
    if targets:
        yield Sentence(f"Smallest effects called worthwhile: {joined(list(targets))}.")


def _overview(told: Sequence[OutcomeSynthesis], judged: Mapping[str, Verdict]) -> Sentence:
    total = len(told)
    settled = sum(v in ("better", "worse") for v in judged.values())
    single = sum(len(o.contributions) == 1 for o in told)
    fragile = sum(1 < o.pooled.k < FRAGILE for o in told)
    level = joined([f"{x:g} %" for x in dict.fromkeys(100 * o.pooled.level for o in told)])
    if total == 1:
        found = "excludes" if settled else "does not exclude"
        text = f"There is one answer on benefit, and its {level} interval {found} no effect."
    else:
        verb = "has" if settled < 2 else "have"
        text = (
            f"Of {counted(total, 'answer')} on benefit, {spelled(settled)} {verb} a {level} "
            "interval that excludes no effect."
        )
    if single and total > 1:
        text += f" {sentence_case(spelled(single))} of them {_rest(single)} on a single trial"
        text += f", {spelled(fragile)} on two to four." if fragile else "."
    return Sentence(text)


def _rest(count: int) -> str:
    return "rests" if count == 1 else "rest"


def _harm(dossier: Dossier) -> Iterator[Sentence]:
    told = told_of(dossier, "harm")
    absolute = tuple(
        Item(
            sentence_case(o.pool.label),
            f"{o.pool.id}.absolute",
            absolute_answer(
                o.absolute, worked_out(o), questioned(o.absolute.row_ids, dossier.findings)
            ),
        )
        for o in told
        if o.absolute is not None
    )
    if absolute:
        yield Sentence("Patients with the event, treated against not treated:", items=absolute)
    relative = tuple(
        Item(sentence_case(o.pool.label), o.pool.id, answer(o, dossier, relative_doubt(o)))
        for o in told
        if o.absolute is None and o.pooled.k
    )
    if relative:
        yield Sentence("Without counts, so in relative terms only:", items=relative)
    if told and not absolute and not relative:
        yield Sentence("No randomised number on harm could be used.")
