"""One panel of densities: prior, data and posterior of an effect, with its interval below."""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np

from equipoise.estimate import to_natural
from equipoise.report.figures.belief_words import chance, lines_of
from equipoise.report.figures.interval_rows import PlotFrame
from equipoise.report.figures.interval_text import favours_words
from equipoise.report.figures.theme import (
    BLUE,
    BOLD,
    HAIR,
    INK,
    LINE,
    MUTED,
    ORANGE,
    PAPER,
    TEXT_SIZE,
    Drawing,
    inline,
)
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.belief import NamedBelief
from equipoise.synthesis.posteriors.densities import Atoms

CURVES = (
    ("prior", "prior: before the data", MUTED, [5, 3], 1.5),
    ("likelihood", "the data alone", ORANGE, [2, 2.5], 1.8),
    ("posterior", "posterior: prior-driven, not observed", BLUE, [1, 0], 2.0),
)
"""Field, words, colour, dashes and width of each curve."""

PANEL_HEIGHT = 112
"""Height of one panel, in pixels: the flattest of three densities is still a curve."""

BELOW, ABOVE = 0.17, 1.06
"""Room under the curves for the interval, and over them, in heights of the tallest curve."""

NEGLIGIBLE = 0.002
"""Density, in heights of the tallest curve, below which none is drawn: a fifth of a pixel."""


def tallest(one: NamedBelief) -> float:
    """Greatest density of one panel; all panels share the scale of the greatest of all."""
    curves = np.concatenate([one.curves.prior, one.curves.likelihood, one.curves.posterior])
    return float(np.nanmax(curves))


def density_panel(
    one: NamedBelief,
    texts: tuple[str, str, str],
    measure: str,
    frame: PlotFrame,
    top: float,
    *,
    first: bool,
    last: bool,
) -> Drawing:
    """Draw the curves of one belief, under its numbers in words."""
    name, difference, effect = texts
    y_scale = alt.Scale(domain=[-BELOW * top, ABOVE * top], nice=False, zero=False)
    layers = [
        *_ground(frame, top, y_scale, last=last),
        *_curves(one, measure, frame, top, y_scale),
        *_atoms(one, measure, frame, top, y_scale),
        *_interval(one, measure, frame, top, y_scale),
    ]
    if first:
        layers.append(_legend(frame, y_scale))
    if last:
        layers.extend(favours_words(frame, -BELOW * top, y_scale))
    title = alt.TitleParams(
        text=lines_of(f"{name}: {difference}", frame.plot_width),
        subtitle=lines_of(effect, frame.plot_width),
        anchor="start",
        frame="group",
        fontSize=TEXT_SIZE,
        fontWeight=BOLD,
        color=INK,
        subtitleFontSize=TEXT_SIZE,
        subtitleColor=INK,
        offset=4,
    )
    return alt.layer(*layers).properties(width=frame.plot_width, height=PANEL_HEIGHT, title=title)


def _x(frame: PlotFrame, field: str = "x", *, last: bool = True) -> alt.X:
    axis = frame.axis
    scale = alt.Scale(
        type="log" if axis.logarithmic else "linear",
        domain=[_short(axis.low), _short(axis.high)],
        nice=False,
        zero=alt.Undefined if axis.logarithmic else False,
    )
    drawn = alt.Axis(
        values=list(axis.ticks),
        format=".6~g",
        title=frame.axis_title if last else None,
        labels=alt.Undefined if last else False,  # said by one layer only: two would conflict
        labelFlush=False,
    )
    return alt.X(f"{field}:Q", scale=scale, axis=drawn)


def _y(scale: alt.Scale, field: str = "y") -> alt.Y:
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _short(value: float) -> float:
    """Five digits: less than a pixel, and half the page."""
    return float(f"{value:.5g}")


def _ground(frame: PlotFrame, top: float, y_scale: alt.Scale, *, last: bool) -> list[alt.Chart]:
    """Line of no effect, and the floor the curves stand on."""
    upright = inline([{"x": frame.axis.no_effect, "y": -BELOW * top, "end": ABOVE * top}])
    floor = inline([{"y": 0}])
    return [
        alt.Chart(upright)
        .mark_rule(color=LINE, aria=False)
        .encode(x=_x(frame, last=last), y=_y(y_scale), y2=alt.Y2("end:Q")),
        alt.Chart(floor)
        .mark_rule(color=HAIR, aria=False)
        .encode(x=alt.value(0), x2=alt.value(frame.plot_width), y=_y(y_scale)),
    ]


def _curves(
    one: NamedBelief, measure: str, frame: PlotFrame, top: float, y_scale: alt.Scale
) -> list[alt.Chart]:
    """Lines of one panel; the posterior is also filled. A curve that is not there is not drawn."""
    charts = []
    for field, _, tone, dashes, width in CURVES:
        density = getattr(one.curves, field)
        records = _records(one.curves.x, density, measure, frame, NEGLIGIBLE * top)
        if not records:
            continue
        line = alt.MarkConfig(color=tone, strokeDash=dashes, strokeWidth=width, opacity=1)
        chart = alt.Chart(inline(records))
        drawn = (
            chart.mark_area(fill=tone, fillOpacity=0.13, opacity=1, line=line)
            if field == "posterior"
            else chart.mark_line(color=tone, strokeDash=dashes, strokeWidth=width)
        )
        charts.append(drawn.encode(x=_x(frame), y=_y(y_scale)))
    return charts


def _legend(frame: PlotFrame, y_scale: alt.Scale) -> alt.Chart:
    """Names of the curves: lines of one point each, which draw nothing but their legend."""
    words = [curve[1] for curve in CURVES]
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=len(CURVES) if frame.plot_width >= 560 else 1,
        symbolType="stroke",
        symbolSize=500,
        symbolStrokeWidth=2,
        labelLimit=frame.plot_width - 40,
    )
    records = [{"x": frame.axis.no_effect, "y": 0, "curve": name} for name in words]
    colour = alt.Scale(domain=words, range=[curve[2] for curve in CURVES])
    dash = alt.Scale(domain=words, range=[curve[3] for curve in CURVES])
    chart: alt.Chart = alt.Chart(inline(records)).mark_line(aria=False)
    drawn: alt.Chart = chart.encode(
        x=_x(frame),
        y=_y(y_scale),
        color=alt.Color("curve:N", sort=words, scale=colour, legend=legend),
        strokeDash=alt.StrokeDash("curve:N", sort=words, scale=dash, legend=legend),
    )
    return drawn


def _records(
    x: Array, density: Array, measure: str, frame: PlotFrame, least: float
) -> list[dict[str, float]]:
    places = ((to_natural(measure, float(a)), float(b)) for a, b in zip(x, density, strict=True))
    return [
        {"x": _short(place), "y": _short(height)}
        for place, height in places
        if height >= least and frame.axis.inside(place)
    ]


def _atoms(
    one: NamedBelief, measure: str, frame: PlotFrame, top: float, y_scale: alt.Scale
) -> list[alt.Chart]:
    """Values with a probability of their own: a bar as high as the probability, in per cent."""
    shown: tuple[tuple[Atoms, str], ...] = (
        (one.curves.prior_atoms, MUTED),
        (one.curves.posterior_atoms, BLUE),
    )
    records = [
        {
            "x": _short(to_natural(measure, place)),
            "floor": 0,
            "y": _short(mass * top),
            "tone": tone,
            "text": chance(mass),
        }
        for atoms, tone in shown
        for place, mass in atoms
        if frame.axis.inside(to_natural(measure, place))
    ]
    if not records:
        return []
    base = alt.Chart(inline(records)).encode(
        x=_x(frame), y=_y(y_scale), color=alt.Color("tone:N", scale=None)
    )
    charts = [
        base.mark_rule(strokeWidth=2.5).encode(y2=alt.Y2("floor:Q")),
        base.mark_point(filled=True, opacity=1, size=40),
    ]
    sides: tuple[tuple[str, Literal["left", "right"], int], ...] = (
        (MUTED, "left", 7),
        (BLUE, "right", -7),
    )
    for tone, align, dx in sides:
        kept = [record for record in records if record["tone"] == tone]
        if kept:
            words = alt.Chart(inline(kept)).encode(x=_x(frame), y=_y(y_scale), text="text:N")
            charts.append(words.mark_text(align=align, dx=dx, fontSize=11, color=tone))
    return charts


def _interval(
    one: NamedBelief, measure: str, frame: PlotFrame, top: float, y_scale: alt.Scale
) -> list[alt.Chart]:
    """Credible interval under the curves, with the median and the mean."""
    axis, effect = frame.axis, one.positive
    low, high, median, mean = (
        _short(axis.clipped(to_natural(measure, x)))
        for x in (effect.low, effect.high, effect.median, effect.mean)
    )
    y = _short(-0.6 * BELOW * top)
    bar = alt.Chart(inline([{"x": low, "end": high, "y": y}]))
    marks = [
        {"x": mean, "y": y, "shape": "diamond", "fill": PAPER, "size": 62},
        {"x": median, "y": y, "shape": "circle", "fill": BLUE, "size": 40},
    ]
    return [
        bar.mark_rule(color=BLUE, strokeWidth=1.6).encode(
            x=_x(frame), x2=alt.X2("end:Q"), y=_y(y_scale)
        ),
        alt.Chart(inline(marks))
        .mark_point(filled=True, opacity=1, stroke=BLUE, strokeWidth=1.4)
        .encode(
            x=_x(frame),
            y=_y(y_scale),
            shape=alt.Shape("shape:N", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            size=alt.Size("size:Q", scale=None),
        ),
    ]
