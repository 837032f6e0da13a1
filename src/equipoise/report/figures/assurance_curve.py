"""Assurance against the number of events, prior by prior, with what no number can exceed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from equipoise.design.choice.assurance_curve import AssuranceCurve
from equipoise.design.choice.event_sizing import SizingRow
from equipoise.design.next_study import NextStudy
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.theme import (
    BLUE,
    BOLD,
    GREEN,
    HAIR,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PLAIN,
    Drawing,
    inline,
)
from equipoise.report.number_text import grouped, number, sentence_case
from equipoise.report.options import ReportOptions
from equipoise.report.study_words import HEADLINE, chance

LOOKS = (
    ("sceptic", ORANGE, [6, 3], "triangle-up"),
    ("reference", BLUE, [1, 0], "circle"),
    ("enthusiast", GREEN, [2, 2], "square"),
)
"""Colour, dash and mark of each prior, so that none is told by its colour alone."""

PLOT_HEIGHT = 300
NARROWEST = 300
BESIDE = 132
"""Pixels beside the plot: its axis, and the names at the ends of the curves."""

TICKS = (20, 50, 100, 200, 500, 1000, 2000, 5000)
FEW_TICKS = (20, 100, 500, 2000)
ROOMY = 460
"""Width of a plot from which all ticks, and the marks' labels on one level, stand apart."""


def assurance_figure(found: NextStudy, options: ReportOptions) -> Figure:
    """Draw the curves with the sizes of the field marked.

    Raises
    ------
    ValueError
        Where the design room traced no curve.
    """
    if not found.assurance_curve:
        raise ValueError("no assurance curve: the outcome is not a time to an event")
    curves, marks = found.assurance_curve, found.sizing
    rows = tuple((sentence_case(curve.prior), _said(curve, marks)) for curve in curves)
    return Figure(
        id="assurance-events",
        title="What more events buy, and what none can",
        caption=(
            "Probability that a trial of everybody with the phenotype (1:1, one analysis, "
            "one-sided 2.5 %) ends significant, averaged over what is believed under each prior. "
            "Vertical lines mark the events that give 80 % power if the hazard ratio is the one "
            "above them; the assurance there is far below 80 % because few believe in so large an "
            "effect. Dotted lines are the caps: the probability that there is any benefit, which "
            "no number of events can exceed. Computed, not observed."
        ),
        alt="Assurance by number of events. "
        + "; ".join(f"{name}: {said}" for name, said in rows)
        + ".",
        chart=_chart(curves, marks, options),
        section="next-study",
        rows=rows,
    )


def _said(curve: AssuranceCurve, marks: Sequence[SizingRow]) -> str:
    values = ", ".join(
        f"{grouped(row.schoenfeld)} events {chance(curve.at(row.schoenfeld))}" for row in marks
    )
    return f"{values}; at most {chance(curve.cap)}"


def _chart(
    curves: Sequence[AssuranceCurve], marks: Sequence[SizingRow], options: ReportOptions
) -> Drawing:
    width = max(NARROWEST, options.figure_width - BESIDE)
    names = [look[0] for look in LOOKS]
    ends = [curves[0].events[0], curves[0].events[-1]]
    x = alt.X(
        "events:Q",
        title="Events, log scale",
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=list(TICKS if width >= ROOMY else FEW_TICKS), format=",d"),
    )
    y = alt.Y(
        "p:Q",
        title="Probability of a significant result",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format=".0%", tickCount=6),
    )
    tones = [look[1] for look in LOOKS]
    colour = alt.Color("prior:N", legend=None, scale=alt.Scale(domain=names, range=tones))
    layers = [
        *_marked(marks, x, width),
        *_caps(curves, ends, x, y, colour),
        *_curves(curves, x, y, colour, names),
        *_points(curves, marks, x, y, colour, names),
    ]
    drawn: Drawing = alt.layer(*layers).properties(width=width, height=PLOT_HEIGHT)
    return drawn


def _marked(marks: Sequence[SizingRow], x: alt.X, width: int) -> list[alt.Chart]:
    """Draw a line and a label at each size; on two levels where the plot is narrow."""
    charts = []
    levels = 1 if width >= ROOMY else 2
    for level in range(levels):
        kept = [
            {"events": row.schoenfeld, "name": number(row.hazard_ratio)}
            for place, row in enumerate(marks)
            if place % levels == level
        ]
        if kept:
            base = alt.Chart(inline(kept)).encode(x=x)
            charts.append(base.mark_rule(color=HAIR, aria=False))
            up = -6 - 26 * level
            text = base.encode(y=alt.value(0), text="name:N")
            charts.append(text.mark_text(dy=up - 12, fontSize=11, fontWeight=BOLD, color=INK))
            text = base.encode(y=alt.value(0), text=alt.Text("events:Q", format=",d"))
            charts.append(text.mark_text(dy=up, fontSize=11, color=MUTED))
    head = alt.Chart(inline([{"a": "hazard ratio", "b": "events"}]))
    for field, up in (("a", -18), ("b", -6)):
        placed = head.encode(x=alt.value(0), y=alt.value(0), text=f"{field}:N")
        charts.append(placed.mark_text(align="left", dy=up, fontSize=11, color=MUTED))
    return charts


def _caps(
    curves: Sequence[AssuranceCurve], ends: list[int], x: alt.X, y: alt.Y, colour: alt.Color
) -> list[alt.Chart]:
    records: list[dict[str, Any]] = [
        {
            "prior": curve.prior,
            "events": ends[0],
            "end": ends[1],
            "p": _seven(curve.cap),
            "name": f"{curve.prior}: at most {chance(curve.cap)}",
        }
        for curve in curves
    ]
    base = alt.Chart(inline(records)).encode(x=x, y=y)
    rule = base.encode(x2=alt.X2("end:Q"), color=colour)
    text = base.encode(text="name:N", color=colour)
    return [
        rule.mark_rule(strokeDash=[1, 3], strokeWidth=1.4, aria=False),
        text.mark_text(align="left", dx=4, dy=-7, fontSize=11),
    ]


def _curves(
    curves: Sequence[AssuranceCurve], x: alt.X, y: alt.Y, colour: alt.Color, names: list[str]
) -> list[alt.Chart]:
    dashes = alt.Scale(domain=names, range=[look[2] for look in LOOKS])
    records = [
        {"prior": curve.prior, "events": events, "p": _seven(p)}
        for curve in curves
        for events, p in zip(curve.events, curve.assurance, strict=True)
    ]
    lines = alt.Chart(inline(records)).encode(
        x=x, y=y, color=colour, strokeDash=alt.StrokeDash("prior:N", scale=dashes, legend=None)
    )
    last = [
        {"prior": c.prior, "events": c.events[-1], "p": _seven(c.assurance[-1])} for c in curves
    ]
    ends = alt.Chart(inline(last)).encode(x=x, y=y, color=colour, text="prior:N")
    return [
        lines.mark_line(strokeWidth=1.8),
        ends.mark_text(align="left", dx=6, fontSize=12, fontWeight=BOLD),
    ]


def _points(
    curves: Sequence[AssuranceCurve],
    marks: Sequence[SizingRow],
    x: alt.X,
    y: alt.Y,
    colour: alt.Color,
    names: list[str],
) -> list[alt.Chart]:
    """Draw open marks where a size is marked, with the number on the reference curve."""
    records = [
        {
            "prior": curve.prior,
            "events": row.schoenfeld,
            "p": _seven(curve.at(row.schoenfeld)),
            "shown": chance(curve.at(row.schoenfeld)),
        }
        for curve in curves
        for row in marks
    ]
    shapes = alt.Scale(domain=names, range=[look[3] for look in LOOKS])
    tooltip = [
        alt.Tooltip("prior:N", title="Prior"),
        alt.Tooltip("events:Q", title="Events", format=",d"),
        alt.Tooltip("shown:N", title="Assurance"),
    ]
    points = alt.Chart(inline(records)).encode(
        x=x,
        y=y,
        color=colour,
        shape=alt.Shape("prior:N", scale=shapes, legend=None),
        tooltip=tooltip,
    )
    said = alt.Chart(inline([r for r in records if r["prior"] == HEADLINE]))
    return [
        points.mark_point(fill=PAPER, opacity=1, size=48, strokeWidth=1.5),
        said.encode(x=x, y=y, text="shown:N").mark_text(
            dy=14, align="left", dx=3, fontSize=11, fontWeight=PLAIN, color=INK
        ),
    ]


def _seven(value: float) -> float:
    """Seven digits: more than a pixel, and the same text on every machine."""
    return float(f"{value:.7g}")
