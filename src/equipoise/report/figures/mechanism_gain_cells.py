"""The strip below the plane: experiments on cells at their own concentrations."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.sensitivity import CellMark, DriveBand
from equipoise.report.figures.mechanism_gain_plane import Plane, drive_axis, seven
from equipoise.report.figures.theme import INK, SAND, Drawing, inline

STRIP_ROW, LINES, LINE = 36, 3, 11
"""Pixels of a row, lines of its name, and pixels from one line to the next."""

Records = list[dict[str, Any]]


def cells_strip(
    found: CaseMechanism,
    marks: Sequence[CellMark],
    band: DriveBand,
    plane: Plane,
    *,
    named: bool,
) -> Drawing:
    """Draw a line for each experiment, from its lowest to its highest concentration."""
    systems = {row.id: row for row in found.sources.experiments}
    x = drive_axis(plane, title="C × Kp / EC50", labels=True)
    records: Records = []
    for place, mark in enumerate(marks):
        row = systems.get(mark.experiment)
        system = row.system if row else mark.experiment
        records.append(
            {
                "x": seven(mark.x_low),
                "end": seven(mark.x_high),
                "y": STRIP_ROW * place + STRIP_ROW / 2,
                "name": f"{system}: {mark.finding}",
                "shape": "triangle-up" if mark.outlier else "circle",
            }
        )
    height = max(STRIP_ROW * len(records), 1)
    layers: list[Any] = []
    low, _, high = band.x
    layers.append(
        alt.Chart(inline([{"x": seven(low), "end": seven(high)}]))
        .mark_rect(color=SAND, opacity=0.75, aria=False)
        .encode(x=x, x2=alt.X2("end:Q"), y=alt.value(0), y2=alt.value(height))
    )
    for record in records:
        layers += _cell(record, x, named=named)
    drawn: Drawing = alt.layer(*layers).properties(width=plane.width, height=height)
    return drawn


def _cell(record: dict[str, Any], x: alt.X, *, named: bool) -> list[alt.Chart]:
    y = alt.value(record["y"])
    base = alt.Chart(inline([record])).encode(x=x, y=y)
    ends = [record, record | {"x": record["end"]}] if record["end"] != record["x"] else [record]
    marks = alt.Chart(inline(ends)).encode(x=x, y=y, tooltip=[alt.Tooltip("name:N", title="Cells")])
    layers = [
        base.mark_rule(color=INK, strokeWidth=1.2, aria=False).encode(x2=alt.X2("end:Q")),
        marks.mark_point(shape=record["shape"], size=46, filled=True, color=INK, opacity=1),
    ]
    if named:
        lines = textwrap.wrap(str(record["name"]), 36, max_lines=LINES, placeholder="…")
        for place, text in enumerate(lines):
            shift = LINE * (place - (len(lines) - 1) / 2)
            layers.append(
                alt.Chart(inline([{"name": text}]))
                .mark_text(align="right", dx=-8, dy=shift, fontSize=10.5, color=INK)
                .encode(x=alt.value(0), y=y, text="name:N")
            )
    return layers
