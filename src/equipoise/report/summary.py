"""The plain-language summary: every sentence is written from numbers and says which."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipoise.evidence.schema import CohortRow
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    counted,
    grouped,
    joined,
    p_phrase,
    p_value,
    percent,
    sentence_case,
    with_interval,
)
from equipoise.report.pool_numbers import rows_by_id
from equipoise.report.verdict import (
    FRAGILE,
    HEADINGS,
    Verdict,
    absolute_answer,
    answer,
    target_words,
    verdict,
)
from equipoise.report.words import (
    level_label,
    measure_name,
    outcome_label,
    shown_interval,
    trial_label,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.cohorts import CohortEstimate, CohortGroup
from equipoise.synthesis.interactions import ComplementResult

LANDMARK = 0.05
"""The usual P landmark; crossing it is told, never taken as proof."""


@dataclass(frozen=True)
class Item:
    """One answer in a list: its label, the id the label leads to, and its numbers."""

    label: str
    id: str
    text: str


@dataclass(frozen=True)
class Sentence:
    """A statement with the ids of the results or rows it rests on, or the answers it lists."""

    text: str
    rests_on: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Passage:
    """Sentences under one heading."""

    heading: str
    sentences: tuple[Sentence, ...]


def summarise(dossier: Dossier) -> tuple[Passage, ...]:
    """Write the summary; a passage without a sentence is left out."""
    passages = (
        Passage("The evidence", tuple(_evidence(dossier))),
        Passage("What the trials say", tuple(_answers(dossier, "benefit"))),
        Passage("Biomarkers", tuple(_answers(dossier, "biomarker"))),
        Passage("The subgroup", tuple(_subgroup(dossier))),
        Passage("Harm", tuple(_harm(dossier))),
        Passage("What the cohorts say", tuple(_cohorts(dossier))),
        Passage("What this evidence cannot show", tuple(_cannot(dossier))),
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
        inside = f"{_few(len(trials))} {'is' if len(trials) == 1 else 'are'}"
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
            f"{_few(by_enrolment)} did so by enrolling one level only, and {_few(comparing)} "
            f"{'print' if comparing > 1 else 'prints'} the same outcome in more than one level."
        )


def _few(count: int) -> str:
    return counted(count, "trial").split()[0] if count else "none"


def _told(dossier: Dossier, role: str) -> tuple[OutcomeSynthesis, ...]:
    return tuple(
        o
        for o in dossier.synthesis.outcomes
        if o.outcome.role == role and not o.pool.sensitivity_of
    )


def _answers(dossier: Dossier, role: str) -> Iterator[Sentence]:
    """List the answers of a role by what their intervals allow."""
    rows, decimals = rows_by_id(dossier.evidence), dossier.options.decimals
    told = [o for o in _told(dossier, role) if o.pooled.k]
    if not told:
        return
    judged = {o.pool.id: verdict(o, rows) for o in told}
    if role == "benefit":
        yield _overview(told, judged)
    for kind, heading in HEADINGS.items():
        items = tuple(
            Item(sentence_case(o.pool.label), o.pool.id, answer(o, dossier.evidence, decimals))
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
            f"Of {counted(total, 'answer')} on benefit, {_few(settled)} {verb} a {level} interval "
            "that excludes no effect."
        )
    if single and total > 1:
        text += f" {sentence_case(_few(single))} of them {_rest(single)} on a single trial"
        text += f", {_few(fragile)} on two to four." if fragile else "."
    return Sentence(text)


def _rest(count: int) -> str:
    return "rests" if count == 1 else "rest"


def _subgroup(dossier: Dossier) -> Iterator[Sentence]:
    for result in dossier.synthesis.complements:
        yield from _one_subgroup(result, dossier)


def _one_subgroup(result: ComplementResult, dossier: Dossier) -> Iterator[Sentence]:
    spec, question, decimals = result.spec, dossier.question, dossier.options.decimals
    rows = rows_by_id(dossier.evidence)
    stratum = level_label(question, spec.axis, spec.level)
    rest = level_label(question, spec.axis, spec.complement_level)
    name = measure_name(result.stratum.measure)
    where = f"{trial_label(dossier.evidence, spec.trial)}, {outcome_label(question, spec.outcome)}"

    def text_of(part: str) -> str:
        row = rows.get(spec.stratum) if part == "stratum" else None
        shown = shown_interval(getattr(result, part), result.level, row)
        return with_interval(*shown, "ratio", decimals)

    yield Sentence(
        f"{where}: in {stratum} patients the printed {name} is {text_of('stratum')}. For {rest} "
        f"patients none is printed; taking the one out of the whole gives "
        f"{text_of('complement')}, a derived number.",
        (f"{spec.id}.stratum", f"{spec.id}.complement"),
    )
    span = ""
    if math.isfinite(result.p_low) and math.isfinite(result.p_high):
        span = (
            f" ({p_value(result.p_low)} to {p_value(result.p_high)} over the rounding of the "
            "printed inputs)"
        )
    yield Sentence(
        f"The ratio of the two is {text_of('ratio')}, {p_phrase(result.p_value)}{span}; derived, "
        "and exploratory.",
        (f"{spec.id}.ratio",),
    )
    if result.sidak:
        yield Sentence(_multiplicity(result), (f"{spec.id}.ratio",))
    for shrunk in result.shrunken:
        value, low, high = (
            result.ratio.natural(x) for x in (shrunk.estimate.value, shrunk.ci_low, shrunk.ci_high)
        )
        shown = with_interval(value, low, high, "ratio", decimals)
        yield Sentence(
            f"Under the prior “{shrunk.prior.label}” the ratio becomes {shown}; "
            f"{percent(100 * shrunk.data_share)} of that answer is data and the rest is prior.",
            (f"{spec.id}.ratio",),
        )


def _multiplicity(result: ComplementResult) -> str:
    swept = sorted(result.sidak)
    parts = joined([f"{p_value(p)} if {factors}" for factors, p in swept], "or")
    text = f"Had several subgroup factors been looked at, the P would be {parts}"
    if result.p_value >= LANDMARK:
        return f"{text}."
    crossing = [factors for factors, p in swept if p >= LANDMARK]
    if not crossing:
        return f"{text}; it stays below {LANDMARK:g} throughout."
    return f"{text}; from {crossing[0]} factors on it no longer passes the usual {LANDMARK:g}."


def _harm(dossier: Dossier) -> Iterator[Sentence]:
    decimals = dossier.options.decimals
    told = _told(dossier, "harm")
    absolute = tuple(
        Item(sentence_case(o.pool.label), f"{o.pool.id}.absolute", absolute_answer(o.absolute))
        for o in told
        if o.absolute is not None
    )
    if absolute:
        yield Sentence("Patients with the event, treated against not treated:", items=absolute)
    relative = tuple(
        Item(sentence_case(o.pool.label), o.pool.id, answer(o, dossier.evidence, decimals))
        for o in told
        if o.absolute is None and o.pooled.k
    )
    if relative:
        yield Sentence("Without counts, so in relative terms only:", items=relative)
    if told and not absolute and not relative:
        yield Sentence("No randomised number on harm could be used.")


def _cohorts(dossier: Dossier) -> Iterator[Sentence]:
    rows = {row.cohort_id: row for row in dossier.evidence.cohorts}
    lesson = [rows[name] for name in dossier.options.cohort_lesson if name in rows]
    if len(lesson) == 2:
        yield _lesson(lesson[0], lesson[1], dossier)
    items = tuple(
        Item(group.label, "", _below(group))
        for group in dossier.synthesis.cohorts.groups
        if group.estimates
    )
    if items:
        yield Sentence(
            "Estimates with an interval wholly in favour of the drug, by how exposure time was "
            "handled:",
            items=items,
        )


def _in_favour(estimate: CohortEstimate) -> bool:
    return estimate.ci_high < 1 if estimate.favours_drug_below_one else estimate.ci_low > 1


def _below(group: CohortGroup) -> str:
    some = sum(map(_in_favour, group.estimates))
    return f"{some} of {counted(len(group.estimates), 'estimate')}".replace("1 of one", "the one")


def _lesson(naive: CohortRow, mended: CohortRow, dossier: Dossier) -> Sentence:
    decimals = dossier.options.decimals

    def told(row: CohortRow) -> str:
        sizes = ""
        if row.n_exposed is not None and row.n_comparator is not None:
            sizes = f" ({grouped(row.n_exposed)} v {grouped(row.n_comparator)})"
        value = with_interval(row.estimate, row.ci_low, row.ci_high, "ratio", decimals)
        return f"{sizes} gives {measure_name(row.measure)} {value}"

    size = naive.n or mended.n
    cohort = f"In one cohort of {grouped(size)} patients" if size else "In one cohort"
    outcome = outcome_label(dossier.question, naive.outcome)
    moved = mended.estimate and naive.estimate and mended.estimate > naive.estimate
    moral = (
        ": how exposure time is handled decides whether a benefit appears"
        if (moved and mended.ci_high and mended.ci_high >= 1 and (naive.ci_high or 1) < 1)
        else ""
    )
    return Sentence(
        f"{cohort}, the naive analysis of {_lower(outcome)}{told(naive)}. With exposure time "
        f"handled by design, the same data{told(mended)}{moral}.",
        (naive.cohort_id, mended.cohort_id),
    )


def _lower(label: str) -> str:
    """Lower the first letter of an ordinary word, not of an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _cannot(dossier: Dossier) -> Iterator[Sentence]:
    question, synthesis = dossier.question, dossier.synthesis
    yield Sentence(
        "The intervals carry chance only: they allow for no bias in the trials, and for no trial "
        "that was done and not found."
    )
    if not any(o.outcome.role == "harm" for o in synthesis.outcomes):
        yield Sentence("Nothing is said of harm: no outcome of harm was put to the evidence.")
    if not dossier.gap_map.axis:
        yield Sentence("Nothing is said of who benefits: no way to divide patients was declared.")
    empty = [o.pool.label for o in synthesis.outcomes if not o.pooled.k]
    if empty:
        yield Sentence(f"No randomised contrast could be used for {joined(empty)}.")
    if synthesis.complements and question.focus is not None:
        label = level_label(question, question.focus.axis, question.focus.level)
        yield Sentence(
            f"Whether the treatment works in {label} patients and not in others cannot be shown "
            "by one trial's subgroup: it can suggest the question and not answer it."
        )
    worst = [f for f in dossier.findings if f.severity == "error"]
    if worst:
        yield Sentence(
            f"The arithmetic rules found {counted(len(worst), 'contradiction')} in the printed "
            "numbers; they are listed below with what became of the rows."
        )
    low = [r for r in dossier.evidence.results if r.confidence == "low"]
    if low:
        yield Sentence(
            f"{len(low)} of {len(dossier.evidence.results)} trial numbers are held with low "
            "confidence: read second-hand, worked out, or in conflict."
        )
    if synthesis.cohorts.groups:
        yield Sentence(
            "Cohort estimates are shown beside the trials and never pooled with them; a cohort "
            "that agrees with a trial does not confirm it."
        )
