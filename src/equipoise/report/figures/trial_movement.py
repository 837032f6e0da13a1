"""What each trial added: how far it moved the effect asked about, and the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt

from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    Marker,
    PlotFrame,
    TextColumn,
    fitted,
)
from equipoise.report.figures.theme import BLUE, GREEN, MUTED, ORANGE
from equipoise.report.number_text import MISSING, percent, sentence_case
from equipoise.report.options import ReportOptions
from equipoise.report.phenotype_words import contrast_name, kind_words, level_names, moved
from equipoise.report.words import measure_name
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.subgroups.trial_movement import TrialMovement

LOOKS: dict[str, tuple[Marker, str]] = {
    "both": ("diamond", ORANGE),
    "positive": ("square", BLUE),
    "negative": ("circle", GREEN),
    "whole": ("triangle", MUTED),
}
"""Mark and colour of a trial, by what it gives."""


def has_movement(found: PhenotypeSynthesis) -> bool:
    """Say whether any trial can be left out and leave an answer behind."""
    return any(math.isfinite(one.change["positive"]) for one in found.missing.movement)


def movement_figure(
    found: PhenotypeSynthesis, question: Question, options: ReportOptions
) -> Figure:
    """Draw each trial's movement of the effect in the level asked about, and of the difference."""
    inside, _ = level_names(found, question)
    effect = sentence_case(measure_name(found.measure))
    panels = (("positive", f"{effect} in {inside}"), ("d", contrast_name(found.measure)))
    drawn = [(name, title, _rows(found, name, question, options)) for name, title in panels]
    told = "; ".join(
        f"{title}: " + ", ".join(f"{row.left[0]} {row.right[0]}" for row in rows)
        for _, title, rows in drawn
    )
    charts = [interval_plot(rows, _frame(found, rows, title, options)) for _, title, rows in drawn]
    return Figure(
        id=f"movement-{found.asked.id}",
        title=f"{found.asked.label}: what each trial added",
        caption=_caption(found),
        alt=f"How far each trial moved the answer. {told}.",
        chart=alt.vconcat(*charts, spacing=26),
        section="phenotype",
        rows=tuple(
            (f"{title}, {row.left[0]}", row.right[0]) for _, title, rows in drawn for row in rows
        ),
    )


def _caption(found: PhenotypeSynthesis) -> str:
    kind = "divided by" if scale_of(found.measure) == "ratio" else "less"
    whole = (
        " A trial with the whole only moves the difference by exactly nothing: it compares no "
        "levels."
        if found.missing.k_whole
        else ""
    )
    return (
        f"The answer from all trials {kind} the answer without the one named. The line runs from "
        "no movement to the movement and is no interval. The share is the part of the answer's "
        f"sampling variance that comes from the trial.{whole}"
    )


def _rows(
    found: PhenotypeSynthesis, name: str, question: Question, options: ReportOptions
) -> list[IntervalRow]:
    labels = {row.trial_id: row.label for row in found.rows}
    kinds = kind_words(found, question)
    return [
        _row(one, name, labels[str(one.trial)], kinds[one.kind], found, options)
        for one in found.missing.movement
    ]


def _row(
    one: TrialMovement,
    name: str,
    label: str,
    gives: str,
    found: PhenotypeSynthesis,
    options: ReportOptions,
) -> IntervalRow:
    change, share = one.change[name], one.share[name]
    marker, tone = LOOKS[one.kind]
    known = math.isfinite(change)
    place = to_natural(found.measure, change) if known else None
    none = to_natural(found.measure, 0.0)
    return IntervalRow(
        left=(label, gives),
        right=(
            moved(found.measure, change, options.decimals),
            percent(share) if math.isfinite(share) else MISSING,
        ),
        estimate=place,
        low=min(none, place) if place is not None else None,
        high=max(none, place) if place is not None else None,
        marker=marker if known else "none",
        area=70,
        tone=tone,
        detail=f"gives {gives}",
    )


def _frame(
    found: PhenotypeSynthesis, rows: Sequence[IntervalRow], title: str, options: ReportOptions
) -> PlotFrame:
    ratio = scale_of(found.measure) == "ratio"
    label = fitted([row.left[0] for row in rows], 110, 190)
    gives = fitted([row.left[1] for row in rows], 90, 170)
    value = fitted([row.right[0] for row in rows], 76, 150)
    places = [row.estimate for row in rows if row.estimate is not None]
    said = f"{title[:1].lower()}{title[1:]}"
    return PlotFrame(
        axis=choose_axis(places, (), logarithmic=ratio),
        left=(TextColumn("Trial", label), TextColumn("Gives", gives)),
        right=(TextColumn("Moved by", value, "right"), TextColumn("Share", 48, "right")),
        plot_width=max(NARROWEST_PLOT, options.figure_width - label - gives - value - 98),
        axis_title=f"Factor on the {said}" if ratio else f"Change of the {said}",
    )
