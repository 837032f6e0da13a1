"""Answers that rest on one trial, drawn together instead of as many plots of one row."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.estimate import MEASURE_NAMES, scale_of
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
    fitted,
    in_words,
)
from equipoise.report.number_text import joined, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.pool_numbers import pool_numbers
from equipoise.report.words import level_text, phenotype_label, sides
from equipoise.synthesis.by_outcome import OutcomeSynthesis

_ROLES = {"benefit": "benefit", "biomarker": "biomarkers", "harm": "harm"}


def is_single(outcome: OutcomeSynthesis) -> bool:
    """Say whether an answer is one trial's ratio, to be drawn with others of its kind."""
    return outcome.pooled.k == 1 and scale_of(outcome.measure) == "ratio"


def is_forest(outcome: OutcomeSynthesis) -> bool:
    """Say whether an answer has a forest plot of its own: several trials, or a unit of its own.

    One trial's risk difference has none: the panel of differences per 100 patients shows it.
    """
    shown_per_100 = outcome.measure == "RD" and outcome.outcome.role == "harm"
    if outcome.pooled.k == 1 and shown_per_100 and outcome.absolute is not None:
        return False
    return outcome.pooled.k >= 1 and not is_single(outcome)


def single_trial_figure(
    outcomes: Sequence[OutcomeSynthesis],
    evidence: EvidenceBase,
    question: Question,
    options: ReportOptions,
) -> Figure:
    """Draw the ratios of answers of one role that rest on one trial each."""
    role = outcomes[0].outcome.role
    directions = {sides(outcome.outcome) for outcome in outcomes}
    lines = [_row(outcome, question, options, mixed=len(directions) > 1) for outcome in outcomes]
    axis = choose_axis(
        [line.estimate for line in lines if line.estimate is not None],
        [end for line in lines for end in (line.low, line.high) if end is not None],
        logarithmic=True,
    )
    level = level_text(outcomes[0].pooled.level)
    label_width = fitted([line.left[0] for line in lines], 150, 360)
    trial_width = fitted([line.left[1] for line in lines], 60, 130)
    frame = PlotFrame(
        axis=axis,
        left=(TextColumn("Answer", label_width), TextColumn("Trial", trial_width)),
        right=(TextColumn(f"Ratio ({level} CI)", 150, "right"), *_better_column(directions)),
        plot_width=max(NARROWEST_PLOT, options.figure_width - label_width - trial_width - 250),
        axis_title=f"{_measures(outcomes)}, log scale",
        favours=next(iter(directions)) if len(directions) == 1 else None,
    )
    shown = "; ".join(f"{line.left[0]} {line.right[0]}" for line in lines)
    arrows = " The arrow shows which side of the line is better." if len(directions) > 1 else ""
    return Figure(
        id=f"single-{role}",
        title=f"Answers that rest on one trial, {_ROLES[role]}",
        caption=(
            "Nothing is pooled here, and nothing can be said about how trials differ. Open marks "
            f"are derived or reconstructed, not printed.{arrows}"
        ),
        alt=f"Single-trial answers: {shown}.",
        chart=interval_plot(lines, frame),
        section="harm" if role == "harm" else "known",
        rows=in_words(lines),
    )


def _better_column(directions: set[tuple[str, str]]) -> tuple[TextColumn, ...]:
    return (TextColumn("Better", 44, "center"),) if len(directions) > 1 else ()


def _measures(outcomes: Sequence[OutcomeSynthesis]) -> str:
    names = dict.fromkeys(MEASURE_NAMES[outcome.measure] for outcome in outcomes)
    text = joined(list(names), "or")
    return text[:1].upper() + text[1:]


def _row(
    outcome: OutcomeSynthesis,
    question: Question,
    options: ReportOptions,
    *,
    mixed: bool,
) -> IntervalRow:
    entry = outcome.contributions[0]
    value, low, high = pool_numbers(outcome)
    text = with_interval(value, low, high, "ratio", options.decimals)
    who = phenotype_label(question, entry.analysed)
    return IntervalRow(
        left=(outcome.pool.label, entry.label),
        right=(f"{outcome.measure} {text}", *((_arrow(outcome.outcome),) if mixed else ())),
        estimate=value,
        low=low,
        high=high,
        hollow=entry.estimate.standing != "printed",
        area=75,
        anchor=f"row-{entry.row_ids[0]}",
        detail="; ".join(part for part in (who, f"confidence {entry.confidence}") if part),
    )


def _arrow(outcome: Outcome) -> str:
    return {"lower": "←", "higher": "→", "neither": ""}[outcome.better]
