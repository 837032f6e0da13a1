"""The candidate studies by expected net benefit, with how far it moves from prior to prior."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.design.choice.study_evaluation import StudyEvaluation
from equipoise.design.next_study import NextStudy
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    Marker,
    PlotFrame,
    TextColumn,
    fitted,
    in_words,
)
from equipoise.report.figures.theme import BLUE, GREEN, MUTED, ORANGE
from equipoise.report.number_text import grouped, joined
from equipoise.report.options import ReportOptions
from equipoise.report.study_words import millions, months, net_range, prior_names, span

LOOKS: dict[str, tuple[Marker, str]] = {
    "trial": ("circle", BLUE),
    "existing_data": ("square", ORANGE),
    "stored_samples": ("diamond", GREEN),
    "nothing": ("triangle", MUTED),
}
"""Mark and colour of a candidate, by its kind."""

WIDEST_LABEL = 266
"""Pixels of the longest label that stands in full."""


def ranking_figure(found: NextStudy, options: ReportOptions) -> Figure:
    """Draw each candidate's net benefit under the reference prior and its range over priors."""
    lines = [_row(one) for one in found.evaluations]
    shown = "; ".join(f"{line.left[0]} {line.right[0]}" for line in lines)
    priors = joined(list(prior_names(found)))
    return Figure(
        id="study-ranking",
        title="Which study returns most, after its cost",
        caption=(
            f"Expected net benefit of sampling in million {found.currency}: what the answer is "
            "worth to the patients it reaches in time, less what the study costs. Marks: under the "
            f"reference prior, each candidate at the size that is best there; lines: from the "
            f"least to the most favourable of the priors {priors} at that size, and no interval. "
            "All of it is computed from belief and stated inputs; nothing was observed, and so "
            "every mark is open. Circles are new trials, squares ask for data that exist, diamonds "
            "are stored samples, the triangle is no study. Research use only."
        ),
        alt=f"Expected net benefit, million {found.currency}, and range over priors: {shown}.",
        chart=interval_plot(lines, _frame(lines, found, options)),
        section="next-study",
        rows=in_words(lines),
    )


def _row(one: StudyEvaluation) -> IntervalRow:
    item = one.study
    low, high = net_range(one)
    marker, tone = LOOKS[item.kind]
    beyond = "" if one.within_budget else "; beyond the budget"
    return IntervalRow(
        left=(item.label, f"{grouped(item.size)} {item.unit}" if item.size else ""),
        right=(
            f"{millions(one.worth.enbs)} ({span(low, high)})" if high > low else "0",
            millions(item.cost),
            months(item.months),
        ),
        estimate=one.worth.enbs / 1e6,
        low=low / 1e6,
        high=high / 1e6,
        marker=marker,
        hollow=True,
        area=62,
        tone=tone,
        muted=not one.within_budget,
        anchor=f"study-{item.id}",
        detail=f"worth {millions(one.worth.evsi)}, Monte Carlo error {millions(one.mcse)}{beyond}",
    )


def _frame(lines: Sequence[IntervalRow], found: NextStudy, options: ReportOptions) -> PlotFrame:
    label = fitted([line.left[0] for line in lines], 110, WIDEST_LABEL)
    size = fitted([line.left[1] for line in lines], 60, 110)
    value = fitted([line.right[0] for line in lines], 120, 150)
    taken = label + size + value + 38 + 46 + 5 * 10
    axis = choose_axis(
        [line.estimate for line in lines if line.estimate is not None],
        [end for line in lines for end in (line.low, line.high) if end is not None],
        logarithmic=False,
    )
    return PlotFrame(
        axis=axis,
        left=(TextColumn("Study", label), TextColumn("Size", size)),
        right=(
            TextColumn("Net benefit (range)", value, "right"),
            TextColumn("Cost", 38, "right"),
            TextColumn("Months", 46, "right"),
        ),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title=f"Expected net benefit, million {found.currency} (model, not observed)",
        favours=("costs more than it is worth", "worth more than it costs"),
    )
