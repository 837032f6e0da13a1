"""Harm and benefit in plain numbers: differences per 100 patients."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
    count_columns,
    in_words,
)
from equipoise.report.figures.theme import BLUE
from equipoise.report.number_text import counted, joined, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.words import level_text
from equipoise.synthesis.by_outcome import OutcomeSynthesis


def with_absolute(outcomes: Sequence[OutcomeSynthesis], role: str) -> tuple[OutcomeSynthesis, ...]:
    """Pools of a role that have a difference in risk."""
    return tuple(o for o in outcomes if o.outcome.role == role and o.absolute is not None)


def harm_figure(outcomes: Sequence[OutcomeSynthesis], options: ReportOptions) -> Figure:
    """Risk differences per 100 patients, harm outcomes together."""
    harms = with_absolute(outcomes, "harm")
    lines = [_row(outcome, options) for outcome in harms]
    axis = choose_axis(
        [line.estimate for line in lines if line.estimate is not None],
        [end for line in lines for end in (line.low, line.high) if end is not None],
        logarithmic=False,
    )
    levels = joined([level_text(x) for x in sorted({_level(o) for o in harms})], "or")
    label_width = 230 if options.figure_width >= 700 else 180
    frame = PlotFrame(
        axis=axis,
        left=(
            TextColumn("Outcome", label_width),
            *count_columns(lines),
        ),
        right=(
            TextColumn(f"Per 100 ({levels} CI)", 140, "right"),
            TextColumn("Trials", 44, "right"),
        ),
        plot_width=max(NARROWEST_PLOT, options.figure_width - label_width - 378),
        axis_title="Difference per 100 patients, treatment minus control",
        favours=("fewer with treatment", "more with treatment"),
    )
    shown = "; ".join(f"{line.left[0]} {line.right[0]}" for line in lines)
    return Figure(
        id="harm-absolute",
        title="Harm per 100 patients treated",
        caption=(
            "How many more (right) or fewer (left) patients in 100 have the event when the "
            "treatment is given. Events and patients are sums over the trials that give counts; "
            "the difference is pooled within trials, so it need not equal the difference of "
            "the sums. Open marks rest on numbers that were worked out, not printed."
        ),
        alt=f"Risk differences per 100 patients: {shown}.",
        chart=interval_plot(lines, frame),
        section="harm",
        rows=in_words(lines),
    )


def _level(outcome: OutcomeSynthesis) -> float:
    return outcome.absolute.level if outcome.absolute else outcome.pooled.level


def _row(outcome: OutcomeSynthesis, options: ReportOptions) -> IntervalRow:
    absolute = outcome.absolute
    if absolute is None:  # with_absolute lets none through
        return IntervalRow(left=(outcome.pool.label,), marker="none")
    used = [c for c in outcome.contributions if set(c.row_ids) & set(absolute.row_ids)]
    counts = [c.counts for c in outcome.contributions if c.counts]
    sums = [sum(column) for column in zip(*counts, strict=True)] if counts else []
    cells = (f"{sums[0]}/{sums[1]}", f"{sums[2]}/{sums[3]}") if sums else ("", "")
    known = math.isfinite(absolute.ci_low) and math.isfinite(absolute.ci_high)
    return IntervalRow(
        left=(outcome.pool.label, *cells),
        right=(
            with_interval(absolute.estimate, absolute.ci_low, absolute.ci_high, "difference", 1),
            str(absolute.k),
        ),
        estimate=absolute.estimate,
        low=absolute.ci_low if known else None,
        high=absolute.ci_high if known else None,
        hollow=bool(used) and all(c.estimate.standing != "printed" for c in used),
        area=70,
        tone=BLUE,
        anchor=f"result-{outcome.pool.id}.absolute",
        detail=f"{counted(absolute.k, 'trial')}; {absolute.method}",
    )
