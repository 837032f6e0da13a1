"""The text columns of a picture of estimates, and the words under its axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import altair as alt

from equipoise.report.figures.interval_rows import GUTTER, IntervalRow, PlotFrame, TextColumn
from equipoise.report.figures.theme import BOLD, INK, MUTED, PLAIN, TEXT_SIZE, inline

CHARACTER = 6.0
"""Mean width of a character of the words under the axis, in pixels, rounded up."""

LINE_HEIGHT = 14
"""From one line of those words to the next, in pixels."""


def text_columns(
    rows: Sequence[IntervalRow],
    places: Sequence[float],
    frame: PlotFrame,
    y_scale: alt.Scale,
) -> Iterator[alt.Chart]:
    """Layers of text: a heading and one text a row, column by column."""
    for side, columns, edge in (
        ("left", frame.left, frame.edges[0]),
        ("right", frame.right, frame.plot_width + GUTTER),
    ):
        start = edge
        for index, column in enumerate(columns):
            records = [_record(column.title, -1.05, bold=True)] if column.title else []
            for row, place in zip(rows, places, strict=True):
                texts = row.left if side == "left" else row.right
                if index < len(texts) and texts[index]:
                    record = _record(texts[index], place, bold=row.bold, muted=row.muted)
                    # A label alone on its side may run over the columns beside it.
                    alone = side == "left" and index == 0 and not any(texts[1:])
                    records.append(record | {"alone": alone})
            room = column.width + GUTTER - 2 if side == "left" and index == 0 else None
            wide = -edge - GUTTER if room else None
            kept = [record for record in records if not record.get("alone")]
            yield from _column_layers(kept, column, start, y_scale, limit=room)
            kept = [record for record in records if record.get("alone")]
            yield from _column_layers(kept, column, start, y_scale, limit=wide)
            start += column.width + GUTTER


def _record(text: str, place: float, *, bold: bool, muted: bool = False) -> dict[str, Any]:
    return {"text": text, "y": place, "bold": bold, "tone": MUTED if muted else INK}


def _column_layers(
    records: list[dict[str, Any]],
    column: TextColumn,
    start: int,
    y_scale: alt.Scale,
    *,
    limit: int | None,
) -> Iterator[alt.Chart]:
    shift = {"left": 0.0, "right": column.width, "center": column.width / 2}[column.align]
    for bold in (True, False):
        kept = [
            {key: record[key] for key in ("text", "y", "tone")}
            for record in records
            if record["bold"] is bold
        ]
        if not kept:
            continue
        yield (
            alt.Chart(inline(kept))
            .mark_text(
                align=column.align,
                baseline="middle",
                fontSize=TEXT_SIZE,
                fontWeight=BOLD if bold else PLAIN,
                limit=limit or alt.Undefined,
            )
            .encode(
                x=alt.value(start + shift),
                y=alt.Y("y:Q", scale=y_scale, axis=None),
                text="text:N",
                color=alt.Color("tone:N", scale=None),
            )
        )


def favours_words(frame: PlotFrame, bottom: float, y_scale: alt.Scale) -> Iterator[alt.Chart]:
    """Words under the axis that say which side is good for whom; on two lines if too long."""
    if frame.favours is None:
        return
    left, right = (f"← {frame.favours[0]}", f"{frame.favours[1]} →")
    room = frame.plot_width - GUTTER
    below = LINE_HEIGHT if CHARACTER * (len(left) + len(right)) > room else 0
    sides: tuple[tuple[Literal["left", "right"], int, int, str], ...] = (
        ("left", 0, 0, left),
        ("right", frame.plot_width, below, right),
    )
    for align, x, lower, words in sides:
        yield (
            alt.Chart(inline([{"text": words, "y": bottom}]))
            .mark_text(align=align, baseline="top", dy=38 + lower, fontSize=11, color=MUTED)
            .encode(x=alt.value(x), y=alt.Y("y:Q", scale=y_scale, axis=None), text="text:N")
        )
