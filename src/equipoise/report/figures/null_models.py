"""How a naive model invents benefit in trials where the treatment does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.biomarkers.individual import NullGap
from equipoise.report.biomarker_words import IN_SAMPLE, OUT_OF_FOLD, gaps_of, points
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
)
from equipoise.report.figures.theme import BLUE, ORANGE
from equipoise.report.number_text import grouped
from equipoise.report.options import ReportOptions
from equipoise.synthesis.intervals import critical_value

MODES = (
    (IN_SAMPLE, "fitted and read in the same patients"),
    (OUT_OF_FOLD, "read in patients it has not seen"),
)
"""Methods in the order shown, and whom the model is read in."""


def null_figure(found: CaseBiomarkers, options: ReportOptions) -> Figure:
    """Draw promise and observation, in the patients of the fit and out of fold, by size."""
    lines = list(_lines(found))
    first = found.null_gaps[0]
    words = tuple((f"{line.detail}, {line.left[2]}", line.right[0]) for line in lines)
    return Figure(
        id="null-models",
        title="A model that promises benefit where the treatment does nothing",
        caption=(
            f"Simulated: {grouped(first.trials)} trials a size with {first.covariates} markers, "
            "in which treatment changes nothing, so that every true number is 0. A naive model "
            "(one logistic regression in each arm) names the half of the patients with more "
            "predicted benefit. Open circles: what it promises that half; filled squares: the "
            "difference between the arms that is counted there, in points of a good outcome. In "
            "the patients it was fitted to, the count seems to bear the promise out; both are "
            "invented. In patients it has not seen, the count is what chance leaves. Lines: 95 % "
            f"Monte Carlo intervals (seed {first.seed}). No patient of any trial is in this "
            "picture. Research use only."
        ),
        alt="Points of benefit where there is none. "
        + "; ".join(f"{k}: {v}" for k, v in words)
        + ".",
        chart=interval_plot(lines, _frame(lines, options)),
        section="benefit",
        rows=words,
    )


def _lines(found: CaseBiomarkers) -> Iterator[IntervalRow]:
    for place, (method, words) in enumerate(MODES):
        for gap in gaps_of(found, method):
            head = gap is gaps_of(found, method)[0]
            yield from _pair(gap, words, named=head, space=0.6 if place and head else 0.0)


def _pair(gap: NullGap, words: str, *, named: bool, space: float) -> Iterator[IntervalRow]:
    half = critical_value(0.95)
    for kind, value, mcse in (
        ("promised", gap.predicted, gap.predicted_mcse),
        ("observed", gap.upper, gap.upper_mcse),
    ):
        promised = kind == "promised"
        yield IntervalRow(
            left=(words if named and promised else "", grouped(gap.n) if promised else "", kind),
            right=(f"{points(value)} ({100 * mcse:.1f})",),
            estimate=100 * value,
            low=100 * (value - half * mcse),
            high=100 * (value + half * mcse),
            marker="circle" if promised else "square",
            hollow=promised,
            tone=ORANGE if promised else BLUE,
            detail=f"{words}, {grouped(gap.n)} patients",
            space=space if promised else 0.0,
        )


def _frame(lines: Sequence[IntervalRow], options: ReportOptions) -> PlotFrame:
    values = [line.estimate for line in lines if line.estimate is not None]
    ends = [end for line in lines for end in (line.low, line.high) if end is not None]
    taken = 235 + 62 + 62 + 92 + 4 * 10
    return PlotFrame(
        axis=choose_axis(values, ends, logarithmic=False),
        left=(
            TextColumn("Model", 235),
            TextColumn("Patients", 62, "right"),
            TextColumn("Number", 62),
        ),
        right=(TextColumn("Points (MCSE)", 92, "right"),),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title="Benefit in the half with more predicted benefit, points (truth: 0)",
    )
