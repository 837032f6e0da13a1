"""Every arm: the share that was printed beside the share that the model predicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from equipoise.mechanism.calibration.held_out import PredictedArm
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.figures.axis_choice import EffectAxis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_rows import IntervalRow, PlotFrame, TextColumn
from equipoise.report.figures.interval_text import text_columns
from equipoise.report.figures.theme import (
    HAIR,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    ROW_HEIGHT,
    Drawing,
    inline,
)
from equipoise.report.mechanism_words import arm_name, arms_by_group, held_out, shares
from equipoise.report.number_text import counted, grouped, spelled
from equipoise.report.options import ReportOptions

APART = 0.17
"""How far the two marks of an arm stand from its middle, in rows."""
NARROWEST = 200
TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)

Records = list[dict[str, Any]]


def arms_figure(found: CaseMechanism, options: ReportOptions) -> Figure:
    """Draw all arms by what they are for."""
    groups = arms_by_group(found)
    rows = tuple(
        (f"{group}, {_name(found, arm)}", f"printed {_printed(arm)}, predicted {_predicted(arm)}")
        for group, arms in groups.items()
        for arm in arms
    )
    return Figure(
        id="mechanism-arms",
        title="What the model says of each arm, and what was printed",
        caption=(
            "Complete response by arm, in per cent. Squares: as printed, with Wilson's 95 % "
            "interval of the counts (filled; open where the counts were rebuilt from percentages). "
            "Open circles: predicted median, with the central 95 % of what a trial of that size "
            "would print (posterior predictive). Short upright tick: what a fit without this arm "
            "predicts. Fitted arms are no test. “Held out” were never fitted; the words beside say "
            "what their prediction rests on. “Shown only” share patients with arms above, or print "
            f"no definition or size. {_coverage(found)} Simulated beside printed; research use "
            "only."
        ),
        alt="Complete response, printed and predicted. "
        + "; ".join(f"{name}: {said}" for name, said in rows)
        + ".",
        chart=_chart(found, groups, options),
        section="mechanism",
        rows=rows,
    )


def coverage_words(arms: Sequence[PredictedArm]) -> str:
    """Count the arms whose printed share lies where a trial of that size should print it."""
    covered = sum(arm.covered for arm in arms)
    share, verb = ("share", "lies") if covered == 1 else ("shares", "lie")
    return (
        f"the printed {share} of {spelled(covered)} of {counted(len(arms), 'held-out arm')} {verb} "
        "inside the posterior predictive interval"
    )


def _coverage(found: CaseMechanism) -> str:
    arms = held_out(found)
    text = coverage_words(arms)
    return f"{text[:1].upper()}{text[1:]}." if arms else "No arm was held out."


def _target(found: CaseMechanism, arm: PredictedArm) -> ResponseTarget | None:
    return found.sources.target(arm.target)


def _name(found: CaseMechanism, arm: PredictedArm) -> str:
    return arm_name(_target(found, arm), arm.target)


def _printed(arm: PredictedArm) -> str:
    return shares(arm.observed, arm.low, arm.high)


def _predicted(arm: PredictedArm) -> str:
    return shares(arm.predicted, arm.sampled_low, arm.sampled_high)


def _chart(
    found: CaseMechanism, groups: dict[str, list[PredictedArm]], options: ReportOptions
) -> Drawing:
    rows: list[IntervalRow] = []
    arms: list[PredictedArm | None] = []
    for group, members in groups.items():
        rows.append(IntervalRow(left=(group,), bold=True, marker="none", space=0.5 if rows else 0))
        arms.append(None)
        for arm in members:
            rows.append(_words(found, arm))
            arms.append(arm)
    places = _places(rows)
    frame = _frame(options)
    bottom = places[-1] + 0.75
    y_scale = alt.Scale(domain=[bottom, -1.6], nice=False, zero=False)
    data = [_record(found, arm, place) for arm, place in zip(arms, places, strict=True) if arm]
    layers = [
        *_ground(frame, bottom, y_scale),
        *_intervals(data, y_scale),
        *_marks(data, y_scale),
        *text_columns(rows, places, frame, y_scale),
    ]
    height = round((bottom + 1.6) * ROW_HEIGHT)
    drawn: Drawing = alt.layer(*layers).properties(width=frame.plot_width, height=height)
    return drawn


def _places(rows: Sequence[IntervalRow]) -> list[float]:
    places, here = [], 0.0
    for row in rows:
        here += row.space
        places.append(round(here, 4))
        here += 1.0
    return places


def _words(found: CaseMechanism, arm: PredictedArm) -> IntervalRow:
    target = _target(found, arm)
    size = grouped(target.n) if target is not None and target.n else ""
    definition = target.definition if target is not None and target.definition else "not said"
    return IntervalRow(
        left=(_name(found, arm), definition, size), right=(_printed(arm), _predicted(arm))
    )


def _frame(options: ReportOptions) -> PlotFrame:
    left = (TextColumn("Arm", 222), TextColumn("Definition", 108), TextColumn("n", 30, "right"))
    right = (TextColumn("Printed", 84, "right"), TextColumn("Predicted", 84, "right"))
    taken = sum(column.width + 10 for column in (*left, *right))
    axis = EffectAxis(0.0, 100.0, TICKS, logarithmic=False, no_effect=0.0)
    width = max(NARROWEST, options.figure_width - taken)
    return PlotFrame(axis, left, right, width, "Complete response, per cent")


def _record(found: CaseMechanism, arm: PredictedArm, place: float) -> dict[str, Any]:
    target = _target(found, arm)
    rebuilt = target is not None and target.standing != "printed"
    record: dict[str, Any] = {
        "name": _name(found, arm),
        "printed": _printed(arm) + (" (counts rebuilt)" if rebuilt else ""),
        "predicted": _predicted(arm),
        "up": place - APART,
        "down": place + APART,
        "observed": _percent(arm.observed),
        "expected": _percent(arm.predicted),
        "low": _percent(arm.sampled_low),
        "high": _percent(arm.sampled_high),
        "fill": PAPER if rebuilt else INK,
    }
    if math.isfinite(arm.low):
        record |= {"wilson_low": _percent(arm.low), "wilson_high": _percent(arm.high)}
    if math.isfinite(arm.left_out):
        record |= {
            "left_out": _percent(arm.left_out),
            "tick_top": place + APART - 0.2,
            "tick_end": place + APART + 0.2,
        }
    return record


def _x(field: str) -> alt.X:
    axis = alt.Axis(
        values=list(TICKS),
        format="d",
        title="Complete response, per cent",
    )
    scale = alt.Scale(domain=[0, 100], nice=False)
    return alt.X(f"{field}:Q", scale=scale, axis=axis)


def _y(field: str, scale: alt.Scale) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _ground(frame: PlotFrame, bottom: float, scale: alt.Scale) -> list[alt.Chart]:
    left, right = frame.edges
    lines = [{"x": tick, "top": -0.6, "bottom": bottom} for tick in TICKS]
    return [
        alt.Chart(inline(lines))
        .mark_rule(color=HAIR, strokeWidth=1, aria=False)
        .encode(x=_x("x"), y=_y("top", scale), y2=alt.Y2("bottom:Q")),
        alt.Chart(inline([{"y": -0.6}]))
        .mark_rule(color=HAIR, strokeWidth=1, aria=False)
        .encode(x=alt.value(left), x2=alt.value(right), y=_y("y", scale)),
    ]


def _intervals(data: Records, scale: alt.Scale) -> list[alt.Chart]:
    layers = []
    for low, high, y, tone in (
        ("wilson_low", "wilson_high", "up", INK),
        ("low", "high", "down", ORANGE),
    ):
        kept = [record for record in data if low in record]
        if kept:
            layers.append(
                alt.Chart(inline(kept))
                .mark_rule(color=tone, strokeWidth=1.2, aria=False)
                .encode(x=_x(low), x2=alt.X2(f"{high}:Q"), y=_y(y, scale))
            )
    kept = [record for record in data if "left_out" in record]
    if kept:
        layers.append(
            alt.Chart(inline(kept))
            .mark_rule(color=MUTED, strokeWidth=1.6, aria=False)
            .encode(x=_x("left_out"), y=_y("tick_top", scale), y2=alt.Y2("tick_end:Q"))
        )
    return layers


def _marks(data: Records, scale: alt.Scale) -> list[alt.Chart]:
    tooltip = [
        alt.Tooltip("name:N", title="Arm"),
        alt.Tooltip("printed:N", title="Printed"),
        alt.Tooltip("predicted:N", title="Predicted"),
    ]
    base = alt.Chart(inline(data))
    printed = base.encode(
        x=_x("observed"), y=_y("up", scale), fill=alt.Fill("fill:N", scale=None), tooltip=tooltip
    )
    expected = base.encode(x=_x("expected"), y=_y("down", scale), tooltip=tooltip)
    return [
        printed.mark_point(shape="square", size=38, stroke=INK, strokeWidth=1.3, opacity=1),
        expected.mark_point(
            shape="circle", size=38, fill=PAPER, stroke=ORANGE, strokeWidth=1.4, opacity=1
        ),
    ]


def _percent(share: float) -> float:
    """In per cent, seven digits: more than a pixel, and the same text on every machine."""
    return float(f"{100 * share:.7g}")
