"""The summary's words on cohorts, and on what the evidence cannot show."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.evidence.schema import CohortRow
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import counted, grouped, joined, with_interval
from equipoise.report.summary.sentences import Item, Sentence
from equipoise.report.words import level_label, measure_name, outcome_label
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
            "handled:",
            items=items,
        )


def _in_favour(estimate: CohortEstimate) -> bool:
    return estimate.ci_high < 1 if estimate.favours_drug_below_one else estimate.ci_low > 1


def _below(group: CohortGroup) -> str:
    total = len(group.estimates)
    return f"{sum(map(_in_favour, group.estimates))} of {total} estimate{'s' * (total != 1)}"


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
        ": in these data, how exposure time is handled decides whether a benefit appears"
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
