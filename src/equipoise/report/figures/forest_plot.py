"""Forest plots: each trial of a pool, and what they say together."""

from __future__ import annotations

import math

from equipoise.estimate import scale_of
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.forest_words import forest_caption
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    GUTTER,
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
    count_columns,
    in_words,
)
from equipoise.report.figures.theme import BLUE, Drawing
from equipoise.report.number_text import (
    counted,
    percent,
    sentence_case,
    with_interval,
)
from equipoise.report.number_text import interval as interval_text
from equipoise.report.options import ReportOptions
from equipoise.report.pool_numbers import (
    effect_text,
    in_points,
    pool_numbers,
    prediction_is_interval,
    prediction_numbers,
)
from equipoise.report.words import (
    level_text,
    measure_name,
    phenotype_label,
    sides,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.contributions import Contribution

SMALLEST, LARGEST = 22.0, 210.0
"""Areas of the squares of the lightest and the heaviest trial, in square pixels."""


def forest(
    outcome: OutcomeSynthesis, evidence: EvidenceBase, question: Question, options: ReportOptions
) -> Figure:
    """Forest plot of one pool."""
    level = outcome.pooled.level
    numbers = [
        in_points(outcome.measure, c.estimate.interval(level)) for c in outcome.contributions
    ]
    lines = [
        _trial_row(c, shown, outcome, question, options)
        for c, shown in zip(outcome.contributions, numbers, strict=True)
    ]
    lines += _summary_rows(outcome, options)
    return Figure(
        id=f"forest-{outcome.pool.id}",
        title=f"Sensitivity: {outcome.pool.label}"
        if outcome.pool.sensitivity_of
        else outcome.pool.label,
        caption=forest_caption(outcome, question, options.decimals),
        alt=_alt(outcome, options),
        chart=_chart(outcome, numbers, lines, options),
        section="harm" if outcome.outcome.role == "harm" else "known",
        rows=in_words(lines),
    )


def _trial_row(
    contribution: Contribution,
    shown: tuple[float, float, float],
    outcome: OutcomeSynthesis,
    question: Question,
    options: ReportOptions,
) -> IntervalRow:
    scale = scale_of(outcome.measure)
    counts = contribution.counts
    cells = (f"{counts[0]}/{counts[1]}", f"{counts[2]}/{counts[3]}") if counts else ("", "")
    who = phenotype_label(question, contribution.analysed)
    detail = [f"confidence {contribution.confidence}", contribution.estimate.standing]
    detail += [f"in {who}"] if who else []
    weight = "" if math.isnan(contribution.weight) else percent(contribution.weight)
    left = (contribution.label, *(cells if _has_counts(outcome) else ()))
    return IntervalRow(
        left=left,
        right=(with_interval(*shown, scale, options.decimals), weight),
        estimate=shown[0],
        low=shown[1],
        high=shown[2],
        hollow=contribution.estimate.standing != "printed",
        area=_area(contribution, outcome),
        anchor=f"row-{contribution.row_ids[0]}" if contribution.row_ids else "",
        detail="; ".join(detail),
    )


def _has_counts(outcome: OutcomeSynthesis) -> bool:
    return any(c.counts for c in outcome.contributions)


def _area(contribution: Contribution, outcome: OutcomeSynthesis) -> float:
    heaviest = max((c.weight for c in outcome.contributions), default=100.0)
    share = contribution.weight / heaviest if heaviest > 0 else 1.0
    return SMALLEST + (LARGEST - SMALLEST) * (share if math.isfinite(share) else 0.3)


def _summary_rows(outcome: OutcomeSynthesis, options: ReportOptions) -> list[IntervalRow]:
    pooled, scale = outcome.pooled, scale_of(outcome.measure)
    if pooled.k < 2:
        return []
    value, low, high = in_points(outcome.measure, pool_numbers(outcome))
    blank = ("", "") if _has_counts(outcome) else ()
    total = _total_counts(outcome) if _has_counts(outcome) else ()
    rows = [
        IntervalRow(
            left=(f"Pooled, {counted(pooled.k, 'trial')}", *total),
            right=(with_interval(value, low, high, scale, options.decimals), ""),
            estimate=value,
            low=low if math.isfinite(low) else None,
            high=high if math.isfinite(high) else None,
            marker="summary",
            tone=BLUE,
            bold=True,
            space=0.3,
        )
    ]
    low, high = prediction_numbers(outcome.measure, pooled)
    ends = in_points(outcome.measure, (value, low, high))[1:]
    if not (math.isnan(low) or math.isnan(high) or prediction_is_interval(pooled)):
        rows.append(
            IntervalRow(
                left=(f"{level_text(outcome.pooled.level)} prediction interval", *blank),
                right=(interval_text(*ends, scale, options.decimals), ""),
                low=ends[0],
                high=ends[1],
                marker="range",
                tone=BLUE,
            )
        )
    return rows


def _total_counts(outcome: OutcomeSynthesis) -> tuple[str, str]:
    """Add up the columns, only where every trial gives its counts."""
    counts = [c.counts for c in outcome.contributions if c.counts]
    if len(counts) < len(outcome.contributions):
        return "", ""
    sums = [sum(column) for column in zip(*counts, strict=True)]
    return f"{sums[0]}/{sums[1]}", f"{sums[2]}/{sums[3]}"


def _chart(
    outcome: OutcomeSynthesis,
    numbers: list[tuple[float, float, float]],
    lines: list[IntervalRow],
    options: ReportOptions,
) -> Drawing:
    pooled = in_points(outcome.measure, pool_numbers(outcome)) if outcome.pooled.k >= 2 else ()
    ratio = scale_of(outcome.measure) == "ratio"
    axis = choose_axis(
        [shown[0] for shown in numbers],
        [end for shown in numbers for end in shown[1:]],
        logarithmic=ratio,
        always=pooled,
    )
    counts = count_columns(lines) if _has_counts(outcome) else ()
    value_column = TextColumn(
        f"{outcome.measure} ({level_text(outcome.pooled.level)} CI)", 150, "right"
    )
    weights = (TextColumn("Weight", 48, "right"),) if outcome.pooled.k >= 2 else ()
    columns = (value_column, *counts, *weights)
    taken = sum(column.width + GUTTER for column in columns) + GUTTER
    label_width = 200 if options.figure_width >= 700 else 150
    unit = "percentage points" if outcome.measure == "RD" else outcome.unit
    name = sentence_case(measure_name(outcome.measure, unit))
    frame = PlotFrame(
        axis=axis,
        left=(TextColumn("Trial", label_width), *counts),
        right=(value_column, *weights),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken - label_width),
        axis_title=f"{name}, log scale" if ratio else name,
        favours=sides(outcome.outcome),
        reference=pooled[0] if pooled else None,
    )
    return interval_plot(lines, frame)


def _alt(outcome: OutcomeSynthesis, options: ReportOptions) -> str:
    name = measure_name(outcome.measure, outcome.unit)
    trials = counted(len(outcome.contributions), "trial")
    if outcome.pooled.k < 1:
        return f"Forest plot of {outcome.pool.label}: no trial contributes."
    shown = effect_text(outcome.measure, pool_numbers(outcome), options.decimals)
    verb = "pooled" if outcome.pooled.k > 1 else "single-trial"
    return f"Forest plot of {outcome.pool.label}, {trials}: {verb} {name} {shown}."
