"""Would the method have known? Past questions, what each rule said, and what came out."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import altair as alt

from equipoise.report.figures.axis_choice import EffectAxis, choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    GUTTER,
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
)
from equipoise.report.figures.retrodiction_words import (
    RIGHT,
    YES,
    came_out,
    came_out_text,
    log_score_text,
    natural,
    predicted,
    predicted_text,
    proportion_text,
    reasons,
    retrodiction_alt,
    retrodiction_caption,
    retrodiction_rows,
    rule_text,
)
from equipoise.report.figures.theme import BLUE, INK, MUTED, ORANGE, Drawing
from equipoise.report.number_text import number, sentence_case
from equipoise.report.options import ReportOptions
from equipoise.report.words import level_text
from equipoise.synthesis.retrodiction.forecasts import EQUIPOISE
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    CaseSummary,
    Mean,
    Retrodiction,
    RetrodictionScore,
    RuleComparison,
)

WIDE = 700
"""Width of a figure from which every score has a column; below, only what was predicted."""

LETTER = 6.8
"""Pixels of a letter of a label, on average and rounded up."""


def retrodiction_figure(retrodiction: Retrodiction, options: ReportOptions) -> Figure:
    """Draw each past question with the predictions of every rule, and the rules over all."""
    return Figure(
        id="retrodiction",
        title="Would the method have known? Past questions and what came out",
        caption=retrodiction_caption(retrodiction),
        alt=retrodiction_alt(retrodiction),
        chart=_chart(retrodiction, options),
        section="retrodiction",
        rows=retrodiction_rows(retrodiction, options),
    )


def _chart(retrodiction: Retrodiction, options: ReportOptions) -> Drawing:
    axis = _axis(retrodiction)
    panels = []
    for case in retrodiction.cases:
        own = [p for p in retrodiction.predictions if p.case_id == case.case_id]
        last = case is retrodiction.cases[-1]
        frame = _case_frame(case, axis, retrodiction.level, options, last=last)
        lines = _case_rows(case, own, frame.left[0].width, retrodiction.level, options)
        panels.append(interval_plot(lines, frame))
    panels.append(_scores(retrodiction, options))
    return alt.vconcat(*panels, spacing=16)


def _axis(retrodiction: Retrodiction) -> EffectAxis:
    """One axis of ratios for all cases; a prediction in full is always of a ratio."""
    cases = {case.case_id: case for case in retrodiction.cases if case.is_log}
    full = [p for p in retrodiction.predictions if p.usable == "full" and p.case_id in cases]
    shown = [predicted(p, cases[p.case_id]) for p in full]
    later = [came_out(case, retrodiction.level) for case in cases.values()]
    return choose_axis(
        [numbers[0] for numbers in (*shown, *later)],
        [end for numbers in (*shown, *later) for end in numbers[1:]],
        logarithmic=True,
    )


def _case_frame(
    case: CaseSummary, axis: EffectAxis, level: float, options: ReportOptions, *, last: bool
) -> PlotFrame:
    right = [TextColumn(f"Predicted ({level_text(level)})", 130, "right")]
    if options.figure_width >= WIDE:
        right += [
            TextColumn("Inside", 48, "right"),
            TextColumn("Direction", 62, "right"),
            TextColumn("Log score", 64, "right"),
        ]
    later = natural(case.later, case) if case.is_log else math.nan
    return _frame(
        axis,
        case.case_id,
        right,
        "Ratio, log scale" if last else "",
        options,
        reference=later if math.isfinite(later) else None,
    )


def _frame(
    axis: EffectAxis,
    name: str,
    right: Sequence[TextColumn],
    axis_title: str,
    options: ReportOptions,
    *,
    favours: tuple[str, str] | None = None,
    reference: float | None = None,
) -> PlotFrame:
    """Frame of a panel; panels of one figure have plots of one width."""
    left = 256 if options.figure_width >= WIDE else 190
    taken = left + GUTTER + sum(column.width + GUTTER for column in right)
    return PlotFrame(
        axis=axis,
        left=(TextColumn(name, left),),
        right=tuple(right),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title=axis_title,
        favours=favours,
        reference=reference,
    )


def _case_rows(
    case: CaseSummary,
    predictions: list[CasePrediction],
    width: int,
    level: float,
    options: ReportOptions,
) -> list[IntervalRow]:
    who = ", ".join(word for word in (case.target_trial, case.target_stratum) if word)
    what = ": ".join(word for word in (who, case.outcome) if word)
    lines = [*_notes(what, width), _later_row(case, level, options)]
    lines += [_rule_row(p, case, options) for p in predictions]
    for reason in reasons(predictions):
        lines += _notes(reason, width)
    return lines


def _notes(text: str, width: int) -> list[IntervalRow]:
    """Break a text into muted lines that fit the column of labels."""
    broken = textwrap.wrap(text, int(width / LETTER), break_on_hyphens=False)
    return [IntervalRow(left=(line,), marker="none", muted=True) for line in broken]


def _later_row(case: CaseSummary, level: float, options: ReportOptions) -> IntervalRow:
    value, low, high = came_out(case, level)
    drawn = case.is_log and math.isfinite(value)
    known = drawn and math.isfinite(low + high)
    return IntervalRow(
        left=("Came out",),
        right=(came_out_text(case, level, options.decimals),),
        estimate=value if drawn else None,
        low=low if known else None,
        high=high if known else None,
        marker="diamond",
        area=75,
        tone=INK,
        bold=True,
        detail=case.comparability,
    )


def _rule_row(p: CasePrediction, case: CaseSummary, options: ReportOptions) -> IntervalRow:
    value, low, high = predicted(p, case)
    full, wide = p.usable == "full", options.figure_width >= WIDE
    said = predicted_text(p, case, options.decimals)
    if p.usable == "direction only" and not wide:  # there is no column that says which
        said = f"direction {RIGHT[p.sign_right]}"
    inside = BLUE if p.rule == EQUIPOISE else MUTED
    return IntervalRow(
        left=(sentence_case(rule_text(p.rule)),),
        right=(
            said,
            YES[p.covered],
            RIGHT[p.sign_right],
            number(p.log_score),
        )[: 4 if wide else 1],
        estimate=value if full else None,
        low=low if full else None,
        high=high if full else None,
        tone=ORANGE if p.covered is False else inside,
        detail=p.reason,
    )


def _scores(retrodiction: Retrodiction, options: ReportOptions) -> Drawing:
    """Draw the rules over all cases: scores in words, paired differences as intervals."""
    level = level_text(retrodiction.level)
    right = [TextColumn(f"Log score ({level})", 130, "right")]
    if options.figure_width >= WIDE:
        right += [TextColumn("Inside", 92, "right"), TextColumn("Direction", 92, "right")]
    lines = [
        _score_row(score, len(right)) for score in (*retrodiction.scores, *retrodiction.sensitivity)
    ]
    if retrodiction.comparisons:
        lines += [IntervalRow(left=("This method minus",), marker="none", muted=True, space=0.2)]
    lines += [_difference_row(c) for c in retrodiction.comparisons]
    differences = [c.difference for c in retrodiction.comparisons]
    axis = choose_axis(
        [mean.value for mean in differences],
        [],
        logarithmic=False,
        always=[end for mean in differences for end in (mean.low, mean.high)],
    )
    title = "Difference in log score"
    favours = ("naive rule better", "this method better")
    return interval_plot(
        lines, _frame(axis, "Over the cases", right, title, options, favours=favours)
    )


def _score_row(score: RetrodictionScore, columns: int) -> IntervalRow:
    texts = (
        log_score_text(score.log_score),
        proportion_text(score.coverage),
        proportion_text(score.sign),
    )
    return IntervalRow(
        left=(sentence_case(rule_text(score.rule)),), right=texts[:columns], marker="none"
    )


def _difference_row(comparison: RuleComparison) -> IntervalRow:
    mean: Mean = comparison.difference
    known = math.isfinite(mean.low + mean.high)
    return IntervalRow(
        left=(f"    {rule_text(comparison.against)}",),
        right=(log_score_text(mean),),
        estimate=mean.value if math.isfinite(mean.value) else None,
        low=mean.low if known else None,
        high=mean.high if known else None,
        tone=BLUE,
    )
