"""One engine for every picture of estimates with intervals: text columns beside a plot.

Forest plots, the complement panel, the cohort panel and the harm panel are rows of the same
kind; what differs is what their rows say. A filled mark is a printed or pooled number, an open
one is derived or reconstructed. A cut interval ends in an arrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from equipoise.report.figures.interval_rows import IntervalRow, PlotFrame
from equipoise.report.figures.interval_text import favours_words, text_columns
from equipoise.report.figures.theme import HAIR, LINE, PAPER, ROW_HEIGHT, Drawing, inline

SHAPES = {
    "square": "square",
    "circle": "circle",
    "triangle": "triangle-up",
    "diamond": "diamond",
    "cross": "cross",
}
"""Marks that stand at a point, and what the drawing grammar calls them."""


def interval_plot(rows: Sequence[IntervalRow], frame: PlotFrame) -> Drawing:
    """Draw rows of estimates with their intervals beside columns of text."""
    places = _places(rows)
    bottom = max(places, default=0.0) + 0.75
    y_scale = alt.Scale(domain=[bottom, -1.6], nice=False, zero=False)
    layers: list[Any] = [*_ground(frame, bottom, y_scale)]
    data = [_record(row, place, frame) for row, place in zip(rows, places, strict=True)]
    for layer in (_whiskers, _arrows, _marks, _summaries):
        layers.extend(layer(data, frame, y_scale))
    layers.extend(text_columns(rows, places, frame, y_scale))
    layers.extend(favours_words(frame, bottom, y_scale))
    height = round((bottom + 1.6) * ROW_HEIGHT)
    return alt.layer(*layers).properties(width=frame.plot_width, height=height)


def _places(rows: Sequence[IntervalRow]) -> list[float]:
    """Vertical position of each row, counted in rows from the top."""
    places: list[float] = []
    here = 0.0
    for row in rows:
        here += row.space
        places.append(round(here, 4))
        here += 1.0
    return places


def _record(row: IntervalRow, place: float, frame: PlotFrame) -> dict[str, Any]:
    axis = frame.axis
    record: dict[str, Any] = {
        "y": place,
        "marker": row.marker,
        "shape": SHAPES.get(row.marker, "square"),
        "area": round(row.area, 1),
        "tone": row.tone,
        "fill": PAPER if row.hollow else row.tone,
        "label": row.left[0] if row.left else "",
        "shown": row.right[0] if row.right else "",
        "detail": row.detail,
        "href": f"#{row.anchor}" if row.anchor else "",
    }
    if row.estimate is not None:
        record["x"] = _rounded(axis.clipped(row.estimate))
    if row.low is not None and row.high is not None:
        record |= {
            "low": _rounded(axis.clipped(row.low)),
            "high": _rounded(axis.clipped(row.high)),
            "cut_low": row.low < axis.low,
            "cut_high": row.high > axis.high,
        }
    return record


def _rounded(value: float) -> float:
    """Seven digits: more than a pixel, and the same text on every machine."""
    return float(f"{value:.7g}")


def _x(field: str, frame: PlotFrame) -> alt.X:
    axis = frame.axis
    scale = alt.Scale(
        type="log" if axis.logarithmic else "linear",
        domain=[_rounded(axis.low), _rounded(axis.high)],
        nice=False,
        zero=alt.Undefined if axis.logarithmic else False,
    )
    return alt.X(
        f"{field}:Q",
        scale=scale,
        axis=alt.Axis(
            values=list(axis.ticks), format=".6~g", title=frame.axis_title, labelFlush=False
        ),
    )


def _y(scale: alt.Scale, field: str = "y") -> alt.Y:
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _tooltip(data: Sequence[dict[str, Any]]) -> list[alt.Tooltip]:
    fields = [alt.Tooltip("label:N", title="Row"), alt.Tooltip("shown:N", title="Value")]
    if any(record["detail"] for record in data):
        fields.append(alt.Tooltip("detail:N", title="Detail"))
    return fields


def _ground(frame: PlotFrame, bottom: float, y_scale: alt.Scale) -> list[alt.Chart]:
    """Heading rule, line of no effect and, dashed, the pooled estimate."""
    lines = [(frame.axis.no_effect, [1, 0], LINE)]
    if frame.reference is not None and frame.axis.inside(frame.reference):
        lines.append((frame.reference, [3, 3], LINE))
    charts = []
    for value, dash, colour in lines:
        data = inline([{"x": _rounded(value), "top": -0.6, "bottom": bottom}])
        charts.append(
            alt.Chart(data)
            .mark_rule(color=colour, strokeDash=dash, strokeWidth=1, aria=False)
            .encode(x=_x("x", frame), y=_y(y_scale, "top"), y2=alt.Y2("bottom:Q"))
        )
    left, right = frame.edges
    head = inline([{"y": -0.6}])
    charts.append(
        alt.Chart(head)
        .mark_rule(color=HAIR, strokeWidth=1, aria=False)
        .encode(x=alt.value(left), x2=alt.value(right), y=_y(y_scale))
    )
    return charts


def _whiskers(data: list[dict[str, Any]], frame: PlotFrame, y_scale: alt.Scale) -> list[alt.Chart]:
    kept = [d for d in data if "low" in d and d["marker"] not in ("summary", "none")]
    if not kept:
        return []
    return [
        alt.Chart(inline(kept))
        .mark_rule(strokeWidth=1.3, aria=False)
        .encode(
            x=_x("low", frame),
            x2=alt.X2("high:Q"),
            y=_y(y_scale),
            color=alt.Color("tone:N", scale=None),
        )
    ]


def _arrows(data: list[dict[str, Any]], frame: PlotFrame, y_scale: alt.Scale) -> list[alt.Chart]:
    charts = []
    for field, cut, shape in (
        ("low", "cut_low", "triangle-left"),
        ("high", "cut_high", "triangle-right"),
    ):
        kept = [d for d in data if d.get(cut) and d["marker"] != "none"]
        if kept:
            charts.append(
                alt.Chart(inline(kept))
                .mark_point(shape=shape, size=42, filled=True, opacity=1, aria=False)
                .encode(x=_x(field, frame), y=_y(y_scale), color=alt.Color("tone:N", scale=None))
            )
    return charts


def _marks(data: list[dict[str, Any]], frame: PlotFrame, y_scale: alt.Scale) -> list[alt.Chart]:
    charts = []
    drawn = [d for d in data if "x" in d and d["marker"] in SHAPES]
    for linked in (True, False):
        kept = [d for d in drawn if bool(d["href"]) is linked]
        if not kept:
            continue
        chart = (
            alt.Chart(inline(kept))
            .mark_point(filled=True, opacity=1, strokeWidth=1.4)
            .encode(
                x=_x("x", frame),
                y=_y(y_scale),
                shape=alt.Shape("shape:N", scale=None),
                size=alt.Size("area:Q", scale=None),
                fill=alt.Fill("fill:N", scale=None),
                stroke=alt.Stroke("tone:N", scale=None),
                tooltip=_tooltip(kept),
            )
        )
        charts.append(chart.encode(href="href:N") if linked else chart)
    return charts


def _summaries(data: list[dict[str, Any]], frame: PlotFrame, y_scale: alt.Scale) -> list[alt.Chart]:
    """Wide diamonds from end to end of a pooled interval."""
    charts = []
    for record in data:
        if record["marker"] != "summary" or "x" not in record or "low" not in record:
            continue
        shared = {key: record[key] for key in ("label", "shown", "detail")}
        corners = [
            {"x": record[field], "top": record["y"] - half, "bottom": record["y"] + half, **shared}
            for field, half in (("low", 0.0), ("x", 0.3), ("high", 0.0))
        ]
        charts.append(
            alt.Chart(inline(corners))
            .mark_area(
                fill=record["fill"], stroke=record["tone"], strokeWidth=1.3, opacity=1, line=False
            )
            .encode(
                x=_x("x", frame),
                y=_y(y_scale, "top"),
                y2=alt.Y2("bottom:Q"),
                tooltip=_tooltip(corners),
            )
        )
    return charts
