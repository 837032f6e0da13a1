"""The subgroup, everybody else by subtraction, and how the two effects compare."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import altair as alt

from equipoise.estimate import Estimate, scale_of
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, ResultRow
from equipoise.report.figures.axis_choice import EffectAxis, choose_axis
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
from equipoise.report.figures.theme import BLUE, MUTED, ORANGE, Drawing
from equipoise.report.number_text import grouped, p_phrase, sentence_case, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.phenotype_words import contrast_name
from equipoise.report.words import (
    level_text,
    measure_name,
    outcome_label,
    phenotype_label,
    sides,
    trial_label,
)
from equipoise.synthesis.interactions import ComplementResult


def complement_figure(
    result: ComplementResult, evidence: EvidenceBase, question: Question, options: ReportOptions
) -> Figure:
    """Draw the printed stratum, the partition of the whole, the complement and the ratio."""
    spec = result.spec
    stratum = question.level_label(spec.axis, spec.level)
    rest = question.level_label(spec.axis, spec.complement_level)
    lines = _rows(result, {row.result_id: row for row in evidence.results}, question, options)
    ratio = _ratio_row(result, options)
    where = f"{trial_label(evidence, spec.trial)}, {outcome_label(question, spec.outcome)}"
    first, derived = lines[0], lines[-1]
    return Figure(
        id=f"complement-{spec.id}",
        title=f"{where}: {stratum} against {rest}",
        caption=(
            f"The result for {rest} is not printed. It is worked out by taking {stratum} out of "
            "the whole, each weighted by its information, and so rests on the assumption that "
            "the two strata share no patient and together make the whole. Filled marks are "
            "printed; open marks are derived. The ratio of the two effects has an axis of its "
            "own: at 1 the treatment does the same in both."
        ),
        alt=(
            f"{where}: {stratum} {first.right[0]}; derived {rest} {derived.right[0]}; derived "
            f"ratio {ratio.right[0]}, {p_phrase(result.p_value)}."
        ),
        chart=_chart(result, lines, ratio, question, options),
        section="believe",
        rows=in_words([*lines, ratio]),
    )


def _chart(
    result: ComplementResult,
    lines: Sequence[IntervalRow],
    ratio: IntervalRow,
    question: Question,
    options: ReportOptions,
) -> Drawing:
    """Effects above, their ratio below on its own axis; the columns stand in line."""
    effects = _frame(result, lines, question, options)
    contrast = _ratio_frame(result, ratio, effects, question)
    return alt.vconcat(interval_plot(lines, effects), interval_plot([ratio], contrast), spacing=26)


def _frame(
    result: ComplementResult,
    lines: Sequence[IntervalRow],
    question: Question,
    options: ReportOptions,
) -> PlotFrame:
    logarithmic = scale_of(result.ratio.measure) == "ratio"
    name = sentence_case(measure_name(result.ratio.measure))
    shown = f"{result.ratio.measure} ({level_text(result.level)} CI)"
    width = fitted([line.right[0] for line in lines], 130, 190)
    return PlotFrame(
        axis=_axis(lines, logarithmic=logarithmic),
        left=(TextColumn("Patients", 230), TextColumn("n", 48, "right")),
        right=(TextColumn(shown, width, "right"), TextColumn("Standing", 72)),
        plot_width=max(NARROWEST_PLOT, options.figure_width - 400 - width),
        axis_title=f"{name}, log scale" if logarithmic else name,
        favours=sides(question.outcome(result.spec.outcome)),
    )


def _axis(lines: Sequence[IntervalRow], *, logarithmic: bool) -> EffectAxis:
    return choose_axis(
        [line.estimate for line in lines if line.estimate is not None],
        [end for line in lines for end in (line.low, line.high) if end is not None],
        logarithmic=logarithmic,
    )


def _ratio_frame(
    result: ComplementResult, ratio: IntervalRow, effects: PlotFrame, question: Question
) -> PlotFrame:
    """Axis of the contrast, in line with the columns above it."""
    spec, better = result.spec, question.outcome(result.spec.outcome).better
    inside, outside = (
        f"larger effect in {question.level_label(spec.axis, level)}"
        for level in (spec.level, spec.complement_level)
    )
    logarithmic = scale_of(result.ratio.measure) == "ratio"
    name = contrast_name(result.ratio.measure)
    value, standing = effects.right
    kind = "Ratio" if logarithmic else "Difference"
    return replace(
        effects,
        axis=_axis([ratio], logarithmic=logarithmic),
        left=(replace(effects.left[0], title="Contrast"), replace(effects.left[1], title="")),
        right=(replace(value, title=f"{kind} ({level_text(result.level)} CI)"), standing),
        axis_title=f"{name}, log scale" if logarithmic else name,
        favours={"lower": (inside, outside), "higher": (outside, inside)}.get(better),
    )


def _rows(
    result: ComplementResult,
    rows: Mapping[str, ResultRow],
    question: Question,
    options: ReportOptions,
) -> list[IntervalRow]:
    spec = result.spec
    stratum = question.level_label(spec.axis, spec.level)
    rest = question.level_label(spec.axis, spec.complement_level)
    lines = [_printed(spec.stratum, stratum, rows, options, result.level, tone=BLUE, bold=True)]
    for place, row_id in enumerate(spec.partition):
        row = rows.get(row_id)
        words = phenotype_label(question, row.analysed) or row.subgroup if row else row_id
        label = words or "everybody"
        space = 0.0 if place else 0.4
        lines.append(_printed(row_id, label, rows, options, result.level, space=space))
    if len(spec.partition) > 1:
        lines.append(_derived("whole, the strata above pooled", result.whole, result, options))
    lines.append(_derived(rest, result.complement, result, options, bold=True, space=0.4))
    return lines


def _printed(
    row_id: str,
    label: str,
    rows: Mapping[str, ResultRow],
    options: ReportOptions,
    level: float,
    *,
    tone: str = MUTED,
    bold: bool = False,
    space: float = 0.0,
) -> IntervalRow:
    row = rows.get(row_id)
    value, low, high = (row.estimate, row.ci_low, row.ci_high) if row else (None, None, None)
    scale = scale_of(row.measure) if row else "ratio"
    shown = with_interval(value, low, high, scale, options.decimals)
    if row and low is not None and not math.isclose(row.ci_level, level):
        shown += f", {level_text(row.ci_level)} CI"
    count = row.n_total if row else None
    if row and count is None and row.n_treatment is not None and row.n_control is not None:
        count = row.n_treatment + row.n_control
    return IntervalRow(
        left=(sentence_case(label), grouped(count) if count is not None else ""),
        right=(
            shown,
            row.standing if row else "",
        ),
        estimate=value,
        low=low,
        high=high,
        hollow=bool(row and row.standing != "printed"),
        area=70,
        tone=tone,
        bold=bold,
        anchor=f"row-{row_id}",
        space=space,
    )


def _derived(
    label: str,
    estimate: Estimate,
    result: ComplementResult,
    options: ReportOptions,
    *,
    bold: bool = False,
    space: float = 0.0,
) -> IntervalRow:
    value, low, high = estimate.interval(result.level)
    scale = scale_of(estimate.measure)
    part = "whole" if estimate is result.whole else "complement"
    return IntervalRow(
        left=(sentence_case(label), ""),
        right=(with_interval(value, low, high, scale, options.decimals), "derived"),
        estimate=value,
        low=low,
        high=high,
        hollow=True,
        area=70,
        tone=ORANGE,
        bold=bold,
        anchor=f"result-{result.spec.id}.{part}",
        space=space,
    )


def _ratio_row(result: ComplementResult, options: ReportOptions) -> IntervalRow:
    """Write the contrast of the two effects, which is no effect itself."""
    value, low, high = result.ratio.interval(result.level)
    scale = scale_of(result.ratio.measure)
    return IntervalRow(
        left=(f"{contrast_name(result.ratio.measure)}, {p_phrase(result.p_value)}", ""),
        right=(with_interval(value, low, high, scale, options.decimals), "derived"),
        estimate=value,
        low=low,
        high=high,
        marker="diamond",
        hollow=True,
        area=100,
        tone=ORANGE,
        bold=True,
        anchor=f"result-{result.spec.id}.ratio",
    )
