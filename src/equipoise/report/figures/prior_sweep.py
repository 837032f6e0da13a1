"""How the effect in the level asked about moves with what is believed beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from equipoise.evidence.question import Question
from equipoise.report.figures.belief_words import (
    data_texts,
    no_effect_text,
    sd_text,
    share_text,
)
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.sweep_words import (
    excludes,
    grid_of,
    interval_of,
    letter,
    named_of,
    same,
    shown,
    sweep_alt,
    sweep_caption,
    sweep_rows,
)
from equipoise.report.figures.theme import (
    BOLD,
    INK,
    PAPER,
    PLAIN,
    SAND,
    SKY,
    TEXT_SIZE,
    Drawing,
    inline,
)
from equipoise.report.options import ReportOptions
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.posteriors.prior_sweep import SweepRow

CELL_HEIGHT = 30
NARROWEST_CELL, WIDEST_CELL = 50, 74
"""Pixels of a cell: a percentage with the letter of a named prior beside it, and no more."""

BESIDE = 64
"""Pixels that the labels and the title of the prior probabilities take."""

SIDE_BY_SIDE = 700
"""Width of a figure from which the two maps stand beside each other."""

Cells = list[dict[str, Any]]


def prior_sweep_figure(
    found: PhenotypeSynthesis, question: Question, options: ReportOptions
) -> Figure:
    """Draw the median and the probability of an effect below none, prior by prior.

    Two tables of numbers on coloured cells: rows are prior probabilities of a difference, columns
    its standard deviation. The three named priors are outlined.

    Raises
    ------
    ValueError
        Where there is no belief, or its sweep has no grid.
    """
    grid = grid_of(found)
    inside = question.level_label(found.asked.axis, found.asked.level)
    return Figure(
        id=f"sweep-{found.asked.id}",
        title=f"{found.asked.label}, {inside}: the answer under every prior",
        caption=sweep_caption(grid, found, options),
        alt=sweep_alt(grid, found, inside, options),
        chart=_chart(grid, found, options),
        section="believe",
        rows=sweep_rows(grid, found, options),
    )


def _chart(grid: Sequence[SweepRow], found: PhenotypeSynthesis, options: ReportOptions) -> Drawing:
    wide = options.figure_width >= SIDE_BY_SIDE
    sds = len({row.prior_sd for row in grid})
    room = options.figure_width / 2 if wide else options.figure_width
    cell = min(WIDEST_CELL, max(NARROWEST_CELL, int((room - BESIDE - 12) / sds)))
    data = data_texts(found.belief, found.measure, options.decimals)[0] if found.belief else ""
    key = ", ".join(f"{letter(row)} {row.prior}" for row in named_of(found))
    drawn = (
        (0, _leans(grid), [f"Median {found.measure}; data alone {data}", key]),
        (
            1,
            [2.0 * row.probability_below - 1.0 for row in grid],
            [f"P({no_effect_text(found.measure)})", "prior-driven, not observed"],
        ),
    )
    maps = [
        _map(_cells(grid, found, options, which, leans), titles, cell)
        for which, leans, titles in drawn
    ]
    joined: Drawing = alt.hconcat(*maps, spacing=28) if wide else alt.vconcat(*maps, spacing=22)
    return joined


def _leans(grid: Sequence[SweepRow]) -> list[float]:
    """Return how far each median lies below none, in shares of the farthest."""
    reach = max(abs(row.median) for row in grid) or 1.0
    return [-row.median / reach for row in grid]


def _cells(
    grid: Sequence[SweepRow],
    found: PhenotypeSynthesis,
    options: ReportOptions,
    which: int,
    leans: Sequence[float],
) -> Cells:
    """Write the records of one map; a lean of 1 is the bluest cell, -1 the most sandy."""
    named = named_of(found)
    return [
        {
            "p": share_text(row.prior_probability),
            "sd": sd_text(row.prior_sd),
            "text": shown(row, found.measure, options)[which],
            "ground": _ground(lean),
            "bold": excludes(row),
            "letter": "".join(letter(one) for one in named if same(one, row)),
            "detail": interval_of(row, found.measure, options),
        }
        for row, lean in zip(grid, leans, strict=True)
    ]


def _ground(lean: float) -> str:
    """Mix paper with blue above 0 and with sand below; ink stays readable on both."""
    share = min(1.0, abs(lean))
    ends = zip(_rgb(PAPER), _rgb(SKY if lean > 0 else SAND), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in ends)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def _map(cells: Cells, titles: Sequence[str], cell: int) -> Drawing:
    """Draw one table of numbers on coloured cells."""
    columns = list(dict.fromkeys(str(record["sd"]) for record in cells))
    lines = list(dict.fromkeys(str(record["p"]) for record in cells))
    plain = {"domain": False, "ticks": False, "labelAngle": 0}
    x = alt.X(
        "sd:O", sort=columns, title="Prior SD of the difference", axis=plain | {"orient": "top"}
    )
    y = alt.Y("p:O", sort=lines, title="Prior probability of a difference", axis=plain)
    base = alt.Chart(inline(cells)).encode(x=x, y=y)
    tooltip = [
        alt.Tooltip("p:N", title="Prior probability"),
        alt.Tooltip("sd:N", title="Prior SD"),
        alt.Tooltip("detail:N", title="Median and interval"),
    ]
    layers = [
        base.mark_rect(stroke=PAPER, strokeWidth=1).encode(
            fill=alt.Fill("ground:N", scale=None), tooltip=tooltip
        )
    ]
    for bold in (True, False):
        kept = [record for record in cells if record["bold"] is bold]
        if kept:
            words = alt.Chart(inline(kept)).encode(x=x, y=y, text="text:N")
            layers.append(words.mark_text(fontSize=TEXT_SIZE, fontWeight=BOLD if bold else PLAIN))
    if marked := [record for record in cells if record["letter"]]:
        layers += _outlines(alt.Chart(inline(marked)).encode(x=x, y=y), cell)
    drawn: Drawing = alt.layer(*layers).properties(
        width=cell * len(columns), height=CELL_HEIGHT * len(lines), title=_heading(titles)
    )
    return drawn


def _outlines(named: alt.Chart, cell: int) -> list[alt.Chart]:
    """Draw a frame and a letter in the cells of the named priors."""
    corner = named.mark_text(
        fontSize=10,
        fontWeight=BOLD,
        align="left",
        baseline="top",
        dx=4 - cell / 2,
        dy=4 - CELL_HEIGHT / 2,
    )
    frame = named.mark_rect(filled=False, stroke=INK, strokeWidth=1.6, aria=False)
    return [frame, corner.encode(text="letter:N")]


def _heading(titles: Sequence[str]) -> alt.TitleParams:
    """Write what a map shows, and a line to read it by."""
    return alt.TitleParams(
        text=titles[0],
        subtitle=titles[1],
        anchor="start",
        frame="group",
        fontSize=TEXT_SIZE,
        fontWeight=BOLD,
        color=INK,
        subtitleColor=INK,
    )
