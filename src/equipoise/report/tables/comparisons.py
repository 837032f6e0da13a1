"""Tables of the effect by phenotype: each comparison, its rows, and what each trial added."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap, row_link
from equipoise.report.number_text import MISSING, p_value, percent, sentence_case, significant
from equipoise.report.phenotype_words import (
    compares,
    contrast_name,
    level_names,
    natural,
    row_patients,
    who_gives_what,
)
from equipoise.report.pool_numbers import effect_text
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import INTERVAL_NAMES, METHOD_NAMES, Triple
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.phenotype_rows import PhenotypeRow

NOTES = {
    "within": "The difference is taken within trials only.",
    "level": "“From all trials” adds those that report the whole only: they say nothing about the "
    "difference and reach each level through the mean of both.",
    "deluded": "Deluded and daft are the published names of two ways that mix in differences "
    "between trials; they are shown so that nobody needs to try them.",
}
"""What to know before reading the table, by what it holds."""

NOTHING: Triple = (math.nan, math.nan, math.nan)


def comparisons_table(dossier: Dossier) -> Table:
    """Each comparison: the difference within trials, both effects, and the two wrong ways."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for found in dossier.synthesis.comparisons:
        for name, said, numbers, p, k, shown_as in _answers(found, dossier):
            rows.append(_answer_cells(found, name, said, numbers, p, k, dossier))
            records.append(_answer_record(found, name, numbers, p, k, shown_as))
    columns = (
        Column("what", "What"),
        Column("value", "Estimate (interval)", numeric=True),
        Column("p", "P", numeric=True),
        Column("k", "Trials", numeric=True),
        Column("remark", "How, and what to beware of"),
    )
    shown = {record["answer"] for record in records}
    note = " ".join(words for answer, words in NOTES.items() if answer in shown)
    html = show("comparisons", columns, rows, group="comparison")
    return Table("comparisons", "The comparisons", note, tuple(records), html)


Answer = tuple[str, str, Triple, float, int, str]
"""Name, words, estimate with interval, P, trials, and the measure it is shown as."""


def _answers(found: PhenotypeSynthesis, dossier: Dossier) -> list[Answer]:
    one, missing = found.interaction, found.missing
    within, measure = one.within, found.measure
    inside, outside = level_names(found, dossier.question)
    both = natural(measure, within.estimate, within.ci_low, within.ci_high)
    contrast = contrast_name(measure)
    if not compares(found):
        said = sentence_case(who_gives_what(found, dossier.question))
        text = f"No trial gives both levels, so that no difference is shown. {said}."
        return [("within", text, NOTHING, math.nan, 0, contrast)]
    method = METHOD_NAMES.get(within.method, within.method)
    how = f"{method}; " if within.k > 1 else ""
    said = sentence_case(f"{how}{INTERVAL_NAMES.get(within.ci, within.ci)}. {one.message}")
    answers: list[Answer] = [("within", said, both, within.p_value, within.k, contrast)]
    if one.factors > 1:
        said = f"P as if {one.factors} factors had been examined (Šidák)"
        answers.append(("adjusted", said, both, one.sidak_p, within.k, contrast))
    everybody = missing.k_both + missing.k_one + missing.k_whole
    if everybody < 2:  # all trials are the one trial, whose own numbers are printed
        return answers
    for name, effect in (("level", missing.positive), ("reference", missing.negative)):
        numbers = natural(measure, effect.estimate, effect.ci_low, effect.ci_high)
        where = inside if name == "level" else outside
        answers.append((name, where, numbers, effect.p_value, everybody, measure))
    for way in (one.deluded, one.daft):
        numbers = natural(measure, way.estimate, way.ci_low, way.ci_high)
        if all(map(math.isfinite, numbers)):
            said = f"Not to be used. {way.why}"
            answers.append((way.name, said, numbers, way.p_value, everybody, contrast))
    return answers


def _answer_cells(
    found: PhenotypeSynthesis,
    name: str,
    said: str,
    numbers: Triple,
    p: float,
    k: int,
    dossier: Dossier,
) -> dict[str, str | Markup]:
    contrast = contrast_name(found.measure)
    links = LinkMap(dossier)
    effect = name in ("level", "reference")
    labels: dict[str, str | Markup] = {
        "within": links.link(f"{found.asked.id}.within", f"{contrast}, within trials"),
        "adjusted": "The same, adjusted for several looks",
        "deluded": f"{contrast}, “deluded”",
        "daft": f"{contrast}, “daft”",
    }
    remark = found.missing.message if effect else said
    if effect:
        labels[name] = links.link(
            f"{found.asked.id}.all-trials.{name}", f"{found.measure} in {said}, from all trials"
        )
    known = math.isfinite(numbers[0])
    return {
        "comparison": found.asked.label,
        "what": labels[name],
        "value": effect_text(found.measure, numbers, dossier.options.decimals)
        if known
        else MISSING,
        "p": p_value(p),
        "k": str(k),
        "remark": remark.strip(),
    }


def _answer_record(
    found: PhenotypeSynthesis, name: str, numbers: Triple, p: float, k: int, shown_as: str
) -> dict[str, Any]:
    missing = found.missing
    return {
        "comparison": found.asked.id,
        "label": found.asked.label,
        "outcome": found.outcome.name,
        "axis": found.asked.axis,
        "level": found.asked.level,
        "reference": found.asked.reference,
        "answer": name,
        "measure": shown_as,
        **dict(zip(("estimate", "ci_low", "ci_high"), numbers, strict=True)),
        "ci_level": found.interaction.within.level,
        "p_value": p,
        "k": k,
        "k_both": missing.k_both,
        "k_one": missing.k_one,
        "k_whole": missing.k_whole,
        "status": found.missing.status
        if name in ("level", "reference")
        else found.interaction.status,
    }


def comparison_rows_table(dossier: Dossier) -> Table:
    """List what each trial gives to each comparison, with the share of the level asked about."""
    rows, records = [], []
    for found in dossier.synthesis.comparisons:
        for place, row in enumerate(found.rows):
            rows.append(_row_cells(found, row, place, dossier))
            records.append(_row_record(found, row, place))
    columns = (
        Column("trial", "Trial"),
        Column("who", "Patients"),
        Column("value", "Estimate (interval)", numeric=True),
        Column("share", "Share of its information", numeric=True),
        Column("weight", "Weight", numeric=True, spanner="In the effect asked about"),
        Column("standing", "Standing"),
        Column("rows", "Rows"),
    )
    note = (
        "Each trial enters once: with its levels where it has them, else as a whole. The share "
        "is that of the trial's statistical information, not of its patients, in the level "
        "asked about. The weight is the factor by which a row's estimate enters the effect in "
        "that level from all trials; it can be negative, because a row also speaks through the "
        "difference."
    )
    html = show("comparison_rows", columns, rows, group="comparison")
    return Table(
        "comparison_rows", "What each trial gives", note, tuple(records), html, folded=True
    )


def _share(found: PhenotypeSynthesis, place: int) -> tuple[float, str]:
    share = found.shares[place] if place < len(found.shares) else None
    return (share.value, share.source) if share else (math.nan, "")


def _weight(found: PhenotypeSynthesis, place: int, answer: str) -> float:
    """Weight of a row in an answer; NaN where there is no answer."""
    return float(found.missing.weights[answer][place]) if compares(found) else math.nan


def _row_cells(
    found: PhenotypeSynthesis, row: PhenotypeRow, place: int, dossier: Dossier
) -> dict[str, str | Markup]:
    numbers = row.estimate.interval(found.interaction.within.level)
    share, weight = _share(found, place)[0], _weight(found, place, "positive")
    return {
        "comparison": found.asked.label,
        "trial": row.label,
        "who": sentence_case(row_patients(row, found, dossier.question)),
        "value": effect_text(found.measure, numbers, dossier.options.decimals),
        "share": percent(100 * share, 1),
        "weight": significant(weight),
        "standing": row.estimate.standing,
        "rows": Markup(", ").join(row_link(row_id) for row_id in row.row_ids),
    }


def _row_record(found: PhenotypeSynthesis, row: PhenotypeRow, place: int) -> dict[str, Any]:
    value, low, high = row.estimate.interval(found.interaction.within.level)
    share, source = _share(found, place)
    return {
        "comparison": found.asked.id,
        "trial_id": row.trial_id,
        "trial": row.label,
        "part": row.part,
        "enrolled_only": row.only,
        "measure": found.measure,
        "estimate": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": found.interaction.within.level,
        "analysis_value": row.estimate.value,
        "analysis_se": row.estimate.se,
        "information_share": share,
        "share_from": source,
        "weight_level": _weight(found, place, "positive"),
        "weight_reference": _weight(found, place, "negative"),
        "weight_difference": _weight(found, place, "d"),
        "standing": row.estimate.standing,
        "rows": ";".join(row.row_ids),
    }
