"""The subgroup, everybody else by subtraction, and how much multiplicity takes away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from equipoise.estimate import Estimate, scale_of
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, ResultRow
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
)
from equipoise.report.figures.theme import BLUE, LINE, MUTED, ORANGE, Drawing, inline
from equipoise.report.number_text import grouped, p_phrase, p_value, sentence_case, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.words import (
    level_label,
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
    stratum = level_label(question, spec.axis, spec.level)
    rest = level_label(question, spec.axis, spec.complement_level)
    lines = _rows(result, {row.result_id: row for row in evidence.results}, question, options)
    where = f"{trial_label(evidence, spec.trial)}, {outcome_label(question, spec.outcome)}"
    first, derived, ratio = lines[0], lines[-2], lines[-1]
    return Figure(
        id=f"complement-{spec.id}",
        title=f"{where}: {stratum} against {rest}",
        caption=(
            f"The result for {rest} is not printed. It is worked out by taking {stratum} out of "
            "the whole, each weighted by its information, and so rests on the assumption that "
            "the two strata share no patient and together make the whole. Filled marks are "
            "printed; open marks are derived."
        ),
        alt=(
            f"{where}: {stratum} {first.right[0]}; derived {rest} {derived.right[0]}; derived "
            f"ratio {ratio.right[0]}, {p_phrase(result.p_value)}."
        ),
        chart=interval_plot(lines, _frame(result, lines, question, options)),
        section="believe",
    )


def _frame(
    result: ComplementResult,
    lines: Sequence[IntervalRow],
    question: Question,
    options: ReportOptions,
) -> PlotFrame:
    shown = [line for line in lines if line.estimate is not None]
    ratio = scale_of(result.ratio.measure) == "ratio"
    axis = choose_axis(
        [line.estimate for line in shown if line.estimate is not None],
        [end for line in shown for end in (line.low, line.high) if end is not None],
        logarithmic=ratio,
    )
    name = sentence_case(measure_name(result.ratio.measure))
    level = f"{100 * result.level:g} %"
    return PlotFrame(
        axis=axis,
        left=(TextColumn("Patients", 230), TextColumn("n", 48, "right")),
        right=(
            TextColumn(f"{result.ratio.measure} ({level} CI)", 130, "right"),
            TextColumn("Standing", 72),
        ),
        plot_width=max(NARROWEST_PLOT, options.figure_width - 530),
        axis_title=f"{name}, log scale" if ratio else name,
        favours=sides(question.outcome(result.spec.outcome)),
    )


def _rows(
    result: ComplementResult,
    rows: Mapping[str, ResultRow],
    question: Question,
    options: ReportOptions,
) -> list[IntervalRow]:
    spec = result.spec
    stratum = level_label(question, spec.axis, spec.level)
    rest = level_label(question, spec.axis, spec.complement_level)
    lines = [_printed(spec.stratum, stratum, rows, options, tone=BLUE, bold=True)]
    for place, row_id in enumerate(spec.partition):
        row = rows.get(row_id)
        words = phenotype_label(question, row.analysed) or row.subgroup if row else row_id
        label = words or "everybody"
        lines.append(_printed(row_id, label, rows, options, space=0.0 if place else 0.4))
    if len(spec.partition) > 1:
        lines.append(_derived("whole, the strata above pooled", result.whole, result, options))
    lines.append(_derived(rest, result.complement, result, options, bold=True, space=0.4))
    lines.append(
        _derived(
            f"ratio of the two, {p_phrase(result.p_value)}",
            result.ratio,
            result,
            options,
            ratio=True,
            space=0.4,
        )
    )
    return lines


def _printed(
    row_id: str,
    label: str,
    rows: Mapping[str, ResultRow],
    options: ReportOptions,
    *,
    tone: str = MUTED,
    bold: bool = False,
    space: float = 0.0,
) -> IntervalRow:
    row = rows.get(row_id)
    value, low, high = (row.estimate, row.ci_low, row.ci_high) if row else (None, None, None)
    scale = scale_of(row.measure) if row else "ratio"
    count = row.n_total if row else None
    if row and count is None and row.n_treatment is not None and row.n_control is not None:
        count = row.n_treatment + row.n_control
    return IntervalRow(
        left=(sentence_case(label), grouped(count) if count is not None else ""),
        right=(
            with_interval(value, low, high, scale, options.decimals),
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
    ratio: bool = False,
    bold: bool = False,
    space: float = 0.0,
) -> IntervalRow:
    value, low, high = estimate.interval(result.level)
    scale = scale_of(estimate.measure)
    return IntervalRow(
        left=(sentence_case(label), ""),
        right=(with_interval(value, low, high, scale, options.decimals), "derived"),
        estimate=value,
        low=low,
        high=high,
        marker="diamond" if ratio else "square",
        hollow=True,
        area=100 if ratio else 70,
        tone=ORANGE,
        bold=bold,
        anchor=f"result-{result.spec.id}.{_part(estimate, result)}",
        space=space,
    )


def _part(estimate: Estimate, result: ComplementResult) -> str:
    if estimate is result.ratio:
        return "ratio"
    return "whole" if estimate is result.whole else "complement"


def multiplicity_figure(
    results: Sequence[ComplementResult],
    evidence: EvidenceBase,
    question: Question,
    options: ReportOptions,
) -> Figure:
    """P of each interaction against the number of factors that may have been looked at."""
    records = [
        {
            "factors": factors,
            "p": float(f"{p:.6g}"),
            "shown": p_value(p),
            "what": _name(r, question),
        }
        for r in results
        for factors, p in ((1, r.p_value), *(pair for pair in r.sidak if pair[0] != 1))
    ]
    sentences = [
        f"{_name(r, question)}: "
        + ", ".join(f"{p_value(p)} for {factors}" for factors, p in r.sidak)
        for r in results
    ]
    trials = sorted({trial_label(evidence, r.spec.trial) for r in results})
    return Figure(
        id="multiplicity",
        title="What looking at several subgroups does to the P value",
        caption=(
            "The P value of each derived interaction, and the same P adjusted (Šidák) for the "
            "number of subgroup factors that may have been looked at. The dotted line is 0.05; "
            "it is a landmark, not a verdict."
        ),
        alt=f"Adjusted P by number of factors in {', '.join(trials)}. {'; '.join(sentences)}.",
        chart=_multiplicity_chart(records, options),
        section="believe",
    )


def _name(result: ComplementResult, question: Question) -> str:
    return outcome_label(question, result.spec.outcome)


def _multiplicity_chart(records: list[dict[str, object]], options: ReportOptions) -> Drawing:
    names = list(dict.fromkeys(str(record["what"]) for record in records))
    factors = sorted({int(str(record["factors"])) for record in records})
    colours = [BLUE, ORANGE, MUTED][: len(names)] + [LINE] * max(0, len(names) - 3)
    shapes = (["circle", "square", "triangle-up", "diamond"] * len(names))[: len(names)]
    base = alt.Chart(inline(records)).encode(
        x=alt.X(
            "factors:Q",
            title="Subgroup factors looked at",
            scale=alt.Scale(domain=[0, max(factors) + 0.8], nice=False, zero=False),
            axis=alt.Axis(values=factors, format="d"),
        ),
        y=alt.Y("p:Q", title="P, adjusted", axis=alt.Axis(tickCount=5, format="~g")),
        color=alt.Color(
            "what:N", title=None, scale=alt.Scale(domain=names, range=colours), sort=names
        ),
    )
    shape = alt.Shape("what:N", title=None, scale=alt.Scale(domain=names, range=shapes))
    tooltip = [
        alt.Tooltip("what:N", title="Interaction"),
        alt.Tooltip("factors:Q", title="Factors"),
        alt.Tooltip("shown:N", title="P"),
    ]
    landmark = alt.Chart(inline([{"p": 0.05}])).mark_rule(strokeDash=[2, 3], color=LINE)
    worst = str(max(records, key=lambda record: float(str(record["p"])))["what"])
    above = alt.FieldEqualPredicate(field="what", equal=worst)
    below = alt.FieldOneOfPredicate(field="what", oneOf=[n for n in names if n != worst])
    texts = base.encode(text="shown:N")
    layers = [
        landmark.encode(y="p:Q"),
        base.mark_line(strokeWidth=1.3),
        base.mark_point(filled=True, opacity=1, size=55).encode(shape=shape, tooltip=tooltip),
        texts.transform_filter(above).mark_text(align="right", dx=-5, dy=-9, fontSize=11),
    ]
    if len(names) > 1:
        layers.append(
            texts.transform_filter(below).mark_text(align="left", dx=6, dy=11, fontSize=11)
        )
    return alt.layer(*layers).properties(width=min(440, options.figure_width - 160), height=190)
