"""The gap map: which trial says what, of which outcome, in which phenotype."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import altair as alt

from equipoise.evidence.gap_map import Cell, GapMap
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.gap_layout import (
    CELL_HEIGHT,
    LABEL_WIDTH,
    LOOKS,
    GapLayout,
    lay_out,
    look_of,
)
from equipoise.report.figures.theme import HAIR, INK, MUTED, Drawing, inline
from equipoise.report.number_text import counted
from equipoise.report.options import ReportOptions
from equipoise.report.words import trial_label


def gap_figure(
    gaps: GapMap, evidence: EvidenceBase, question: Question, options: ReportOptions
) -> Figure:
    """Draw trial by outcome and level, with counts in the margins."""
    layout = lay_out(gaps, evidence, question, options.figure_width)
    axis, headline = layout.axis, gaps.headline
    reported = sum(cell.state == "reported" for cell in gaps.cells)
    return Figure(
        id="gap-map",
        title=f"What each trial says by {axis.label}",
        caption=(
            f"One row a trial; for each outcome the trial has looked at, one cell for each level "
            f"of {axis.label} ({', '.join(level.label for level in axis.levels)}). Blank: the "
            "trial did not look at that outcome. Right: cells reported of cells possible. "
            f"Below: trials that report it of trials that looked.{_hidden(layout)}"
        ),
        alt=(
            f"Gap map of {counted(len(layout.trials), 'trial')} and "
            f"{counted(len(layout.outcomes), 'outcome')} "
            f"by {axis.label}: {reported} of {len(gaps.cells)} cells are reported; "
            f"{len(headline.reporting)} of {len(headline.trials)} trials in scope report any "
            f"result specific to a level, {len(headline.comparing)} compare levels."
        ),
        chart=_chart(layout),
        section="gap",
    )


def _hidden(layout: GapLayout) -> str:
    if not layout.hidden:
        return ""
    return (
        f" There is no room for {counted(layout.hidden, 'further outcome')} that fewer trials "
        "looked at; the margin at the right counts them, and tables/gap_map.csv holds them."
    )


def _chart(layout: GapLayout) -> Drawing:
    layers = [
        *_cell_layers([_record(cell, layout) for cell in layout.cells], layout.cell_width),
        *_trial_labels(layout),
        *_outcome_labels(layout),
    ]
    grid = alt.layer(*layers).properties(width=layout.width, height=layout.height)
    return alt.vconcat(_legend(layout), grid, spacing=10)


def _record(cell: Cell, layout: GapLayout) -> dict[str, Any]:
    look = LOOKS[look_of(cell)]
    left, top = layout.left(cell.outcome, cell.level), layout.top(cell.trial_id)
    rows = cell.rows or cell.derived_rows
    return {
        "x": round(left, 2),
        "x2": round(left + layout.cell_width - 1, 2),
        "xm": round(left + (layout.cell_width - 1) / 2, 2),
        "y": top,
        "y2": top + CELL_HEIGHT - 1,
        "ym": top + CELL_HEIGHT / 2 - 0.5,
        "sign": look.sign,
        "ground": look.ground,
        "ink": look.ink,
        "trial": trial_label(layout.evidence, cell.trial_id),
        "outcome": layout.question.outcome(cell.outcome).label,
        "level": layout.question.level_label(layout.axis.name, cell.level),
        "state": look.label,
        "href": f"#row-{rows[0]}" if rows else "",
    }


def _pixel(field: str, channel: type[alt.X] | type[alt.Y]) -> Any:
    """Position given in pixels: an identity scale without an axis."""
    return channel(f"{field}:Q", scale=None, axis=None)


def _cell_layers(records: list[dict[str, Any]], cell_width: float) -> Iterator[alt.Chart]:
    for linked in (True, False):
        kept = [record for record in records if bool(record["href"]) is linked]
        if not kept:
            continue
        tooltip = [
            alt.Tooltip("trial:N", title="Trial"),
            alt.Tooltip("outcome:N", title="Outcome"),
            alt.Tooltip("level:N", title="Patients"),
            alt.Tooltip("state:N", title="State"),
        ]
        ground = (
            alt.Chart(inline(kept))
            .mark_rect(stroke=HAIR, strokeWidth=0.6)
            .encode(
                x=_pixel("x", alt.X),
                x2="x2:Q",
                y=_pixel("y", alt.Y),
                y2="y2:Q",
                fill=alt.Fill("ground:N", scale=None),
                tooltip=tooltip,
            )
        )
        yield ground.encode(href="href:N") if linked else ground
    yield (
        alt.Chart(inline(records))
        .mark_text(fontSize=min(11, round(cell_width * 0.7)), baseline="middle", aria=False)
        .encode(
            x=_pixel("xm", alt.X),
            y=_pixel("ym", alt.Y),
            text="sign:N",
            color=alt.Color("ink:N", scale=None),
        )
    )


def _words(
    records: list[dict[str, Any]], *, align: Literal["left", "center", "right"], **mark: Any
) -> alt.Chart:
    style = {"align": align, "baseline": "middle", "fontSize": 11, **mark}
    chart: alt.Chart = (
        alt.Chart(inline(records))
        .mark_text(**style)
        .encode(
            x=_pixel("x", alt.X),
            y=_pixel("y", alt.Y),
            text="text:N",
            color=alt.Color("tone:N", scale=None),
        )
    )
    return chart


def _trial_labels(layout: GapLayout) -> list[alt.Chart]:
    """Names at the left, cells reported of cells possible at the right."""
    margins = {margin.key: margin for margin in layout.gaps.by_trial}
    outside = layout.outside
    names, counts = [], []
    for trial in layout.trials:
        y = layout.top(trial) + CELL_HEIGHT / 2 - 0.5
        tone = MUTED if trial in outside else INK
        words = trial_label(layout.evidence, trial) + (" *" if trial in outside else "")
        names.append({"text": words, "x": -8, "y": y, "tone": tone})
        margin = margins[trial]
        possible = sum(margin.counts) - margin.count("not_enrolled")
        shown = f"{margin.count('reported')}/{possible}"
        counts.append({"text": shown, "x": layout.width + 4, "y": y, "tone": tone})
    labels = [_words(names, align="right", limit=182), _words(counts, align="left")]
    if outside:
        words = "* outside the scope of the question's main analysis"
        note = [{"text": words, "x": 0, "y": layout.height + 36, "tone": MUTED}]
        labels.append(_words(note, align="left"))
    return labels


def _outcome_labels(layout: GapLayout) -> list[alt.Chart]:
    """Outcomes and levels above, trials that report of trials that looked below."""
    heads: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    feet: list[dict[str, Any]] = []
    levels = layout.axis.levels
    for outcome in layout.outcomes:
        centre = layout.left(outcome, levels[0].name) + layout.cell_width * len(levels) / 2
        label = layout.question.outcome(outcome).label
        heads.append({"text": label, "x": round(centre, 2), "y": -20, "tone": INK})
        for level in levels:
            x = round(layout.left(outcome, level.name) + (layout.cell_width - 1) / 2, 2)
            sign = (level.symbol or level.label[:3]).replace("-", "−")
            marks.append({"text": sign, "x": x, "y": -8, "tone": MUTED})
            key = (outcome, level.name)
            here = [c for c in layout.gaps.cells if (c.outcome, c.level) == key]
            reported = sum(cell.state == "reported" for cell in here)
            possible = sum(cell.state != "not_enrolled" for cell in here)
            y = layout.height + 8
            feet.append({"text": str(reported), "x": x, "y": y, "tone": INK})
            feet.append({"text": f"/{possible}", "x": x, "y": y + 11, "tone": MUTED})
    return [
        _words(heads, align="left", angle=310, limit=200),
        _words(marks, align="center", fontSize=10),
        _words(feet, align="center", fontSize=10),
    ]


def _legend(layout: GapLayout) -> Drawing:
    """Signs and their meaning, two columns, only those that occur."""
    used = {look_of(cell) for cell in layout.cells}
    looks = [look for key, look in LOOKS.items() if key in used]
    rows = (len(looks) + 1) // 2
    shift = 8 - LABEL_WIDTH
    records = [
        {
            "x": shift + (place // rows) * 330,
            "x2": shift + (place // rows) * 330 + 18,
            "xm": shift + (place // rows) * 330 + 9,
            "xt": shift + (place // rows) * 330 + 26,
            "y": (place % rows) * 19,
            "y2": (place % rows) * 19 + 15,
            "ym": (place % rows) * 19 + 7.5,
            "sign": look.sign,
            "ground": look.ground,
            "ink": look.ink,
            "text": look.label,
        }
        for place, look in enumerate(looks)
    ]
    base = alt.Chart(inline(records))
    y = _pixel("ym", alt.Y)
    return alt.layer(
        base.mark_rect(stroke=HAIR, strokeWidth=0.6, aria=False).encode(
            x=_pixel("x", alt.X),
            x2="x2:Q",
            y=_pixel("y", alt.Y),
            y2="y2:Q",
            fill=alt.Fill("ground:N", scale=None),
        ),
        base.mark_text(fontSize=11, baseline="middle", aria=False).encode(
            x=_pixel("xm", alt.X), y=y, text="sign:N", color=alt.Color("ink:N", scale=None)
        ),
        base.mark_text(fontSize=11, baseline="middle", align="left").encode(
            x=_pixel("xt", alt.X), y=y, text="text:N"
        ),
    ).properties(width=layout.width, height=rows * 19)
