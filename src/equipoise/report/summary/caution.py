"""The summary's words on cohorts, and on what the evidence cannot show."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.evidence.schema import CohortRow
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    counted,
    grouped,
    joined,
    lower_first,
    spelled,
    with_interval,
)
from equipoise.report.summary.sentences import Item, Sentence
from equipoise.report.words import measure_name, outcome_label
from equipoise.synthesis.cohorts import CohortEstimate, CohortGroup


def cohort_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell what the cohorts claim, by how they handled exposure time."""
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
            "handled (estimates of one study overlap):",
            items=items,
        )


def _in_favour(estimate: CohortEstimate) -> bool:
    return estimate.ci_high < 1 if estimate.favours_drug_below_one else estimate.ci_low > 1


def _below(group: CohortGroup) -> str:
    """Count the estimates that have an interval, the studies they come from, and the rest."""
    told = [e for e in group.estimates if math.isfinite(e.ci_low) and math.isfinite(e.ci_high)]
    without = len(group.estimates) - len(told)
    left = f"{spelled(without)} without an interval not counted" if without else ""
    if not told:
        return f"no estimate has an interval; {left}"
    studies = len({e.row.study for e in told})
    text = (
        f"{sum(map(_in_favour, told))} of {len(told)} estimate{'s' * (len(told) != 1)}, "
        f"from {counted(studies, 'study', 'studies')}"
    )
    return "; ".join(filter(None, (text, left)))


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
        " In this cohort the benefit disappears in a design that handles exposure time; the "
        "patients compared and the matching differ too."
        if (moved and mended.ci_high and mended.ci_high >= 1 and (naive.ci_high or 1) < 1)
        else ""
    )
    return Sentence(
        f"{cohort}, the naive analysis of {lower_first(outcome)}{told(naive)}. A design that "
        f"handles exposure time, in the same cohort,{told(mended)}.{moral}",
        (naive.cohort_id, mended.cohort_id),
    )


def what_it_cannot_show(dossier: Dossier) -> Iterator[Sentence]:
    """Say plainly what this evidence leaves open."""
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
        label = question.level_label(question.focus.axis, question.focus.level)
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
    yield from _analysis_sets(dossier)
    if synthesis.cohorts.groups:
        yield Sentence(
            "Cohort estimates are shown beside the trials and never pooled with them; a cohort "
            "that agrees with a trial does not confirm it."
        )


def _analysis_sets(dossier: Dossier) -> Iterator[Sentence]:
    """Count the inputs of the pools that are not, or not known to be, by intention to treat."""
    inputs = {
        (entry.trial_id, entry.row_ids): {word.strip() for word in entry.analysis_set.split(";")}
        for outcome in dossier.synthesis.outcomes
        for entry in outcome.contributions
    }
    unstated = sum(bool(sets & {"", "not_stated"}) for sets in inputs.values())
    other = sum(sets != {"itt"} for sets in inputs.values()) - unstated
    if not unstated + other:
        return
    parts = [
        f"{number} {one if number == 1 else several} {words}"
        for number, one, several, words in (
            (other, "comes", "come", "from another set than intention to treat"),
            (unstated, "does not state its", "do not state their", "analysis set"),
        )
        if number
    ]
    total = counted(len(inputs), "trial input")
    yield Sentence(f"Of the {total} to the pools, {joined(parts)}.")
