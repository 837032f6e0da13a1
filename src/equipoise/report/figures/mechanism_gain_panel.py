"""The panels of what must be true: lines of equal effect, band of patients, cells below."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.sensitivity import DriveBand, IsoLine
from equipoise.report.figures.mechanism_gain_cells import cells_strip
from equipoise.report.figures.mechanism_gain_plane import (
    PLOT_HEIGHT,
    Plane,
    drive_axis,
    drive_range,
    gain_range,
    marks_of,
    seven,
)
from equipoise.report.figures.theme import (
    BLUE,
    BOLD,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    SAND,
    TEXT_SIZE,
    Drawing,
    inline,
)
from equipoise.report.number_text import ratio, sentence_case

LABELS, AXIS, ENDS = 178, 46, 40
"""Pixels for the names of experiments, for the axis, and for the names at the ends of lines."""
NARROWEST = 150
APART = 12
"""Least distance of two names at the ends of lines, in pixels."""

Records = list[dict[str, Any]]


def gain_panels(found: CaseMechanism, width: int) -> Drawing:
    """Draw one panel a term, side by side where there is room, else below each other."""
    iso = found.iso
    count = len(iso.bands)
    room = (width - LABELS - AXIS - count * ENDS) // count
    side = room >= NARROWEST
    each = room if side else max(NARROWEST, width - LABELS - ENDS - 10)
    y = gain_range(iso)
    panels = [
        _panel(found, band, Plane(drive_range(iso, band), y, int(each)), named=not side or not k)
        for k, band in enumerate(iso.bands)
    ]
    drawn: Drawing = alt.hconcat(*panels, spacing=8) if side else alt.vconcat(*panels, spacing=24)
    return drawn


def _panel(found: CaseMechanism, band: DriveBand, plane: Plane, *, named: bool) -> Drawing:
    iso = found.iso
    lines = [line for line in iso.lines if line.term == band.term]
    x = drive_axis(plane, title=None, labels=False)
    y = alt.Y(
        "gain:Q",
        scale=alt.Scale(type="log", domain=list(plane.y), nice=False),
        title="Gain: log odds for each unit of drive" if named else None,
        axis=alt.Axis(format="~g", labels=named, tickCount=4, grid=True),
    )
    layers = [
        *_band(band, plane, x),
        *_lines(lines, plane, x, y),
        *_ends(lines, plane),
    ]
    if band is iso.bands[-1]:
        layers += _own_gain(found, lines, plane, x, y)
    heading = alt.TitleParams(
        text=textwrap.wrap(sentence_case(band.term), max(14, plane.width // 7)),
        anchor="start",
        frame="group",
        fontSize=TEXT_SIZE,
        fontWeight=BOLD,
        color=INK,
    )
    top = alt.layer(*layers).properties(width=plane.width, height=PLOT_HEIGHT, title=heading)
    strip = cells_strip(found, marks_of(iso.marks, band, iso), band, plane, named=named)
    drawn: Drawing = alt.vconcat(top, strip, spacing=10, bounds="flush").resolve_scale(x="shared")
    return drawn


def _band(band: DriveBand, plane: Plane, x: alt.X) -> list[alt.Chart]:
    low, middle, high = band.x
    ends = inline([{"x": seven(low), "end": seven(high)}])
    line = inline([{"x": seven(middle)}])
    return [
        alt.Chart(ends)
        .mark_rect(color=SAND, opacity=0.75, aria=False)
        .encode(x=x, x2=alt.X2("end:Q"), y=alt.value(0), y2=alt.value(PLOT_HEIGHT)),
        alt.Chart(line)
        .mark_rule(color=MUTED, strokeDash=[3, 3], aria=False)
        .encode(x=x, y=alt.value(0), y2=alt.value(PLOT_HEIGHT)),
    ]


def _lines(lines: Sequence[IsoLine], plane: Plane, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    records: Records = []
    for line in lines:
        records += [
            {"ratio": ratio(line.odds_ratio), "x": seven(at), "gain": seven(gain)}
            for at, gain in _inside(line, plane)
        ]
    return [
        alt.Chart(inline(records))
        .mark_line(color=BLUE, strokeWidth=1.5)
        .encode(x=x, y=y, detail="ratio:N")
    ]


def _inside(line: IsoLine, plane: Plane) -> list[tuple[float, float]]:
    """Points of a line within the panel, its ends cut where it leaves it."""
    at = np.geomspace(*plane.x, 81)
    gain = np.exp(np.interp(np.log(at), np.log(line.x), np.log(line.gain)))
    kept = (gain >= plane.y[0]) & (gain <= plane.y[1])
    return list(zip(at[kept].tolist(), gain[kept].tolist(), strict=True))


def _ends(lines: Sequence[IsoLine], plane: Plane) -> list[alt.Chart]:
    """Name each line where it ends at the right, names pushed apart."""
    ends = sorted(
        (plane.place(points[-1][1]), ratio(line.odds_ratio))
        for line in lines
        if (points := _inside(line, plane))
    )
    last = -math.inf
    layers = []
    for at, name in ends:
        last = max(at, last + APART)
        layers.append(
            alt.Chart(inline([{"name": name}]))
            .mark_text(align="left", dx=4, fontSize=11, color=BLUE)
            .encode(x=alt.value(plane.width), y=alt.value(round(last, 1)), text="name:N")
        )
    layers.append(
        alt.Chart(inline([{"name": "OR"}]))
        .mark_text(align="left", dx=4, fontSize=11, fontWeight=BOLD, color=BLUE)
        .encode(x=alt.value(plane.width), y=alt.value(round(ends[0][0] - 14, 1)), text="name:N")
    )
    return layers


def _own_gain(
    found: CaseMechanism, lines: Sequence[IsoLine], plane: Plane, x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Draw the model's own gain at its own drive, with its range; arrows where it leaves."""
    gain = found.gain
    line = lines[-1]
    drive = np.log(line.odds_ratio) / np.asarray(line.gain)
    at = float(np.exp(np.interp(gain.drive_median, drive, np.log(line.x))))
    floor, ceiling = plane.y
    ends = [min(max(value, floor), ceiling) for value in (gain.low, gain.high)]
    middle = min(max(gain.median, floor), ceiling)
    whisker = inline([{"x": seven(at), "gain": seven(ends[0]), "end": seven(ends[1])}])
    layers = [
        alt.Chart(whisker)
        .mark_rule(color=ORANGE, strokeWidth=1.5, aria=False)
        .encode(x=x, y=y, y2=alt.Y2("end:Q"))
    ]
    cut = [("triangle-down", floor)] if gain.low < floor else []
    cut += [("triangle-up", ceiling)] if gain.high > ceiling else []
    for shape, value in cut:
        mark = inline([{"x": seven(at), "gain": value}])
        layers.append(
            alt.Chart(mark).mark_point(shape=shape, size=50, filled=True, color=ORANGE, opacity=1)
            .encode(x=x, y=y)
        )  # fmt: skip
    if gain.median == middle:
        mark = inline([{"x": seven(at), "gain": seven(middle)}])
        layers.append(
            alt.Chart(mark)
            .mark_point(
                shape="diamond", size=90, fill=PAPER, stroke=ORANGE, strokeWidth=1.6, opacity=1
            )
            .encode(x=x, y=y, tooltip=[alt.Tooltip("gain:Q", title="Gain of the model")])
        )
    return layers
