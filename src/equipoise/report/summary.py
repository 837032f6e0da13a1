"""The plain-language summary: every sentence is written from numbers and says which."""

from __future__ import annotations

import math
from collections.abc import Iterator
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
from equipoise.report.verdict import absolute_sentence, pool_sentence
from equipoise.report.words import (
    level_label,
    measure_name,
    outcome_label,
    shown_interval,
    trial_label,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.interactions import ComplementResult

LANDMARK = 0.05
"""The usual P landmark; crossing it is told, never taken as proof."""


@dataclass(frozen=True)
class Sentence:
    """A statement with the ids of the results or evidence rows it rests on."""

    text: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """Sentences under one heading."""

    heading: str
    sentences: tuple[Sentence, ...]


def summarise(dossier: Dossier) -> tuple[Passage, ...]:
    """Write the summary; a passage without a sentence is left out."""
    passages = (
        Passage("The evidence", tuple(_evidence(dossier))),
        Passage("What the trials say", tuple(_benefit(dossier))),
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
    held = f"{sentence_case(counted(len(evidence.trials), 'trial'))} collected"
    scope = f"{counted(len(trials), 'trial')} within the question's scope"
    patients = f"{grouped(sum(known))} patients randomised" if known else ""
    unstated = len(trials) - len(known)
    gap = f" ({counted(unstated, 'trial')} not stating the number)" if unstated and known else ""
    if len(trials) == len(evidence.trials):
        yield Sentence(f"{held}{', ' + patients if patients else ''}{gap}.")
    else:
        yield Sentence(f"{held}, {scope}{', ' + patients if patients else ''}{gap}.")
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
            f"{counted(by_enrolment, 'trial')} {'did' if by_enrolment else 'did'} so by enrolling "
            f"one level only, and {counted(comparing, 'trial')} "
            f"{'prints' if comparing == 1 else 'print'} the same outcome in more than one level."
        )


def _told(dossier: Dossier, role: str) -> tuple[OutcomeSynthesis, ...]:
    return tuple(
        o
        for o in dossier.synthesis.outcomes
        if o.outcome.role == role and not o.pool.sensitivity_of
    )


def _benefit(dossier: Dossier) -> Iterator[Sentence]:
    for role in ("benefit", "biomarker"):
        for outcome in _told(dossier, role):
            if outcome.pooled.k:
                text = pool_sentence(outcome, dossier.options.decimals)
                yield Sentence(text, (outcome.pool.id,))


def _subgroup(dossier: Dossier) -> Iterator[Sentence]:
    for result in dossier.synthesis.complements:
        yield from _one_subgroup(result, dossier)


def _one_subgroup(result: ComplementResult, dossier: Dossier) -> Iterator[Sentence]:
    spec, question, decimals = result.spec, dossier.question, dossier.options.decimals
    rows = {row.result_id: row for row in dossier.evidence.results}
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
        span = f", or {p_value(result.p_low)} to {p_value(result.p_high)} allowing for rounding"
    yield Sentence(
        f"The ratio of the two is {text_of('ratio')}, {p_phrase(result.p_value)}{span}; derived, "
        "and exploratory.",
        (f"{spec.id}.ratio",),
    )
    if result.sidak:
        yield Sentence(_multiplicity(result), (f"{spec.id}.ratio",))
    for shrunk in result.shrunken:
        values = (shrunk.estimate.value, shrunk.ci_low, shrunk.ci_high)
        shown = with_interval(*(result.ratio.natural(v) for v in values), "ratio", decimals)
        yield Sentence(
            f"Under the prior '{shrunk.prior.label}' the ratio becomes {shown}; "
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
    for outcome in _told(dossier, "harm"):
        if outcome.absolute is not None:
            label = sentence_case(outcome.pool.label)
            yield Sentence(
                absolute_sentence(label, outcome.absolute), (f"{outcome.pool.id}.absolute",)
            )
        elif outcome.pooled.k:
            yield Sentence(pool_sentence(outcome, dossier.options.decimals), (outcome.pool.id,))


def _cohorts(dossier: Dossier) -> Iterator[Sentence]:
    rows = {row.cohort_id: row for row in dossier.evidence.cohorts}
    lesson = [rows[name] for name in dossier.options.cohort_lesson if name in rows]
    if len(lesson) == 2:
        yield _lesson(lesson[0], lesson[1], dossier)
    groups = [g for g in dossier.synthesis.cohorts.groups if g.estimates]
    for group in groups:
        below = [e for e in group.estimates if e.ci_high < 1]
        count = len(group.estimates)
        yield Sentence(
            f"{sentence_case(group.label)}: {len(below)} of {counted(count, 'estimate')} "
            f"{'has' if count == 1 else 'have'} an interval wholly on the side of fewer events.",
            tuple(e.row.cohort_id for e in below),
        )


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
        ": the apparent benefit came from the design, not from the drug"
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
    empty = [o.pool.label for o in synthesis.outcomes if not o.pooled.k]
    if empty:
        yield Sentence(f"No randomised contrast could be used for {joined(empty)}.")
    single = [o for o in synthesis.outcomes if o.pooled.k == 1 and not o.pool.sensitivity_of]
    if single:
        yield Sentence(
            f"{sentence_case(counted(len(single), 'answer'))} rest{'s' if len(single) == 1 else ''}"
            f" on a single trial: {joined([o.pool.label for o in single])}.",
            tuple(o.pool.id for o in single),
        )
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
