"""What each study would conclude: the probability of a significant result, truth by truth."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from equipoise.design.choice.study_evaluation import StudyEvaluation
from equipoise.design.next_study import NextStudy
from equipoise.evidence.question import Question
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.theme import (
    BOLD,
    INK,
    MUTED,
    PAPER,
    PLAIN,
    SKY,
    TEXT_SIZE,
    Drawing,
    inline,
)
from equipoise.report.number_text import lower_first, number
from equipoise.report.options import ReportOptions
from equipoise.report.study_words import HEADLINE, chance, size_words, testing, under
from equipoise.report.words import measure_name, outcome_label

CELL_HEIGHT = 34
NARROWEST_CELL, WIDEST_CELL = 48, 72
"""Pixels of a cell: a percentage and no more."""

LINE = 13
"""From one line of a label to the next, in pixels."""

WIDE = 700
"""Width of a figure from which a label of a study stands on one line."""

BELIEVED, AT_MOST = "believed", "at most"
Records = list[dict[str, Any]]


def conclusions_figure(found: NextStudy, question: Question, options: ReportOptions) -> Figure:
    """Draw a table of numbers on coloured cells: studies by supposed truths, then by belief."""
    studies = testing(found)
    name = lower_first(measure_name(found.utility.measure))
    rows = tuple((one.study.label, _said(one)) for one in studies)
    early = [one for one in studies if one.study.early]
    return Figure(
        id="study-conclusions",
        title="What each study would conclude",
        caption=(
            f"Probability that a study ends significant for benefit (one-sided 2.5 %) if the true "
            f"{name} were what stands above the column; then averaged over what is believed "
            "(reference prior), and the most that any size could reach: the probability that there "
            "is a benefit on the outcome it reads. Each study at the size in the ranking. "
            f"{_early_words(early, question)}{_adaptive_words(studies)}"
            "Computed, not observed; a study that tests nothing is left out."
        ),
        alt="Probability of a significant result. "
        + "; ".join(f"{label}: {said}" for label, said in rows)
        + ".",
        chart=_chart(studies, name, options),
        section="next-study",
        rows=rows,
    )


def _early_words(early: Sequence[StudyEvaluation], question: Question) -> str:
    """Say why an early outcome may be significant although the late one has no effect."""
    if not early:
        return ""
    label = lower_first(outcome_label(question, early[0].study.outcome))
    return (
        f"Studies of {label} test {label}: through the wide link it may be better although the "
        "later outcome is not, which is why their last column of truths is above 2.5 % and their "
        "cap another. "
    )


def _adaptive_words(studies: Sequence[StudyEvaluation]) -> str:
    if not any(one.study.enrolment == "adaptive" for one in studies):
        return ""
    return (
        "For a study that may narrow, the closed test of everybody and of the marker-positive is "
        "simulated, with one effect in both. "
    )


def _said(one: StudyEvaluation) -> str:
    truths = ", ".join(f"{number(c.truth)}: {chance(c.significant)}" for c in one.conclusions)
    return f"{truths}; {BELIEVED} {chance(one.assurance)}, {AT_MOST} {chance(_cap(one))}"


def _cap(one: StudyEvaluation) -> float:
    return under(one, HEADLINE).cap


def _chart(studies: Sequence[StudyEvaluation], name: str, options: ReportOptions) -> Drawing:
    wide = options.figure_width >= WIDE
    labels = {
        one.study.id: "\n".join(textwrap.wrap(one.study.label, 46 if wide else 24)[:2])
        for one in studies
    }
    longest = max(len(line) for text in labels.values() for line in text.split("\n"))
    columns = len(studies[0].conclusions) + 2
    room = (options.figure_width - 6 * longest - 40) / columns
    cell = round(min(WIDEST_CELL, max(NARROWEST_CELL, room)))
    truths: Records = []
    beliefs: Records = []
    for one in studies:
        row = {"study": labels[one.study.id], "size": size_words(one)}
        for c in one.conclusions:
            truths.append(row | _cell(number(c.truth), c.significant))
        for column, value in ((BELIEVED, one.assurance), (AT_MOST, _cap(one))):
            beliefs.append(row | _cell(column, value))
    order = list(labels.values())
    left = _map(truths, order, cell, f"If the {name} were", labelled=True)
    right = _map(beliefs, order, cell, "Reference prior", labelled=False)
    drawn: Drawing = alt.hconcat(left, right, spacing=14)
    return drawn


def _cell(column: str, value: float) -> dict[str, Any]:
    share = 0.0 if math.isnan(value) else value
    return {
        "column": column,
        "text": chance(value),
        "ground": PAPER if column == AT_MOST else _ground(share),
    }


def _ground(share: float) -> str:
    """Mix paper with blue; ink stays readable on all of it."""
    ends = zip(_rgb(PAPER), _rgb(SKY), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in ends)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def _labels(order: Sequence[str], y: alt.Y) -> Iterator[alt.Chart]:
    """Write the studies beside their rows, on one line or two; an axis would need code for that."""
    by_shift: dict[float, Records] = {}
    for label in order:
        lines = label.split("\n")
        shifts = (0.0,) if len(lines) == 1 else (-LINE / 2, LINE / 2)
        for line, shift in zip(lines, shifts, strict=True):
            by_shift.setdefault(shift, []).append({"study": label, "name": line})
    for shift, kept in by_shift.items():
        base = alt.Chart(inline(kept)).encode(x=alt.value(-8), y=y, text="name:N")
        yield base.mark_text(align="right", dy=shift, fontSize=11, color=INK)


def _map(cells: Records, order: list[str], cell: int, title: str, *, labelled: bool) -> Drawing:
    columns = list(dict.fromkeys(str(record["column"]) for record in cells))
    plain = {"domain": False, "ticks": False, "labelAngle": 0}
    x = alt.X("column:O", sort=columns, title=None, axis=plain | {"orient": "top"})
    y = alt.Y("study:O", sort=order, axis=None)
    base = alt.Chart(inline(cells)).encode(x=x, y=y)
    tooltip = [
        alt.Tooltip("study:N", title="Study"),
        alt.Tooltip("size:N", title="Size"),
        alt.Tooltip("column:N", title=title),
        alt.Tooltip("text:N", title="Significant"),
    ]
    ground = base.mark_rect(stroke=PAPER, strokeWidth=1).encode(
        fill=alt.Fill("ground:N", scale=None), tooltip=tooltip
    )
    layers = [ground, *(_labels(order, y) if labelled else ())]
    for capped in (False, True):
        kept = [record for record in cells if (record["column"] == AT_MOST) is capped]
        if kept:
            layers.append(
                alt.Chart(inline(kept))
                .mark_text(fontSize=TEXT_SIZE, fontWeight=PLAIN, color=MUTED if capped else INK)
                .encode(x=x, y=y, text="text:N")
            )
    heading = alt.TitleParams(
        text=title, anchor="start", frame="group", fontSize=TEXT_SIZE, fontWeight=BOLD, color=INK
    )
    drawn: Drawing = alt.layer(*layers).properties(
        width=cell * len(columns), height=CELL_HEIGHT * len(order), title=heading
    )
    return drawn
