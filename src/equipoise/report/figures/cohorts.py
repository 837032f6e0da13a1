"""The mirage: observational estimates by how exposure time was handled, beside the trials."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
)
from equipoise.report.figures.theme import BLUE, GREEN, MUTED, ORANGE
from equipoise.report.number_text import counted, grouped, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.pool_numbers import pool_numbers
from equipoise.report.words import outcome_label, phenotype_label
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.cohorts import CohortEstimate, CohortGroup, CohortPanel

_TONES = {
    "naive": ORANGE,
    "landmark": MUTED,
    "at_entry": MUTED,
    "time_varying": GREEN,
    "new_user": GREEN,
}
_SHAPES = {"time_varying": "diamond", "new_user": "circle"}


def randomised_survival(outcomes: Sequence[OutcomeSynthesis]) -> tuple[OutcomeSynthesis, ...]:
    """Pools that can stand beside cohort hazards: hazard ratios of benefit, no sensitivity pool."""
    return tuple(
        outcome
        for outcome in outcomes
        if outcome.measure == "HR"
        and outcome.outcome.role == "benefit"
        and outcome.pooled.k >= 1
        and not outcome.pool.sensitivity_of
    )


def mirage_figure(
    panel: CohortPanel,
    outcomes: Sequence[OutcomeSynthesis],
    evidence: EvidenceBase,
    question: Question,
    options: ReportOptions,
) -> Figure:
    """Cohort estimates grouped by exposure time, with the randomised pools below."""
    pools = randomised_survival(outcomes)
    lines: list[IntervalRow] = []
    for group in panel.groups:
        if group.estimates:
            lines += _group_rows(group, question, options, first=not lines)
    lines += _pool_rows(pools, options)
    drawn = [line for line in lines if line.estimate is not None]
    axis = choose_axis(
        [line.estimate for line in drawn if line.estimate is not None],
        [end for line in drawn for end in (line.low, line.high) if end is not None],
        logarithmic=True,
    )
    wide = options.figure_width >= 700
    label_width, outcome_width = (262, 165) if wide else (180, 120)
    frame = PlotFrame(
        axis=axis,
        left=(TextColumn("Study", label_width), TextColumn("Outcome", outcome_width)),
        right=(TextColumn("Ratio (95 % CI)", 120, "right"), TextColumn("n", 66, "right")),
        plot_width=max(NARROWEST_PLOT, options.figure_width - label_width - outcome_width - 226),
        axis_title="Ratio, exposed against unexposed, log scale",
        favours=("fewer events", "more events"),
    )
    return Figure(
        id="mirage",
        title="Cohorts by how they handled exposure time, beside the randomised trials",
        caption=(
            "Each mark is one observational estimate of users against non-users. In naive "
            "designs the time a patient had to survive in order to start the drug counts "
            "as time on the drug. Estimates of one cohort overlap; nothing here is pooled across "
            "cohorts. Diamonds at the foot are randomised. Open marks are derived; ↑: more of "
            "this outcome is better."
        ),
        alt=_alt(panel, pools, options),
        chart=interval_plot(lines, frame),
        section="mirage",
    )


def _group_rows(
    group: CohortGroup, question: Question, options: ReportOptions, *, first: bool
) -> list[IntervalRow]:
    heading = IntervalRow(
        left=(group.label,), marker="none", bold=True, space=0.0 if first else 0.35
    )
    return [heading, *(_cohort_row(e, group, question, options) for e in group.estimates)]


def _cohort_row(
    estimate: CohortEstimate, group: CohortGroup, question: Question, options: ReportOptions
) -> IntervalRow:
    row = estimate.row
    value = estimate.estimate.natural(estimate.estimate.value)
    low, high = estimate.ci_low, estimate.ci_high
    known = math.isfinite(low) and math.isfinite(high)
    outcome = outcome_label(question, row.outcome)
    if not estimate.favours_drug_below_one:
        outcome += " ↑"
    return IntervalRow(
        left=(_name(estimate, group, question), outcome),
        right=(with_interval(value, low, high, "ratio", options.decimals), grouped(row.n)),
        estimate=value,
        low=low if known else None,
        high=high if known else None,
        marker="diamond"
        if _SHAPES.get(group.exposure_time) == "diamond"
        else "circle"
        if group.exposure_time == "new_user"
        else "square",
        hollow=estimate.estimate.standing != "printed",
        area=60,
        bold=row.cohort_id in options.cohort_lesson,
        tone=_TONES.get(group.exposure_time, MUTED),
        anchor=f"row-{row.cohort_id}",
        detail="; ".join(part for part in (row.exposure, row.comparator, estimate.note) if part),
    )


def _name(estimate: CohortEstimate, group: CohortGroup, question: Question) -> str:
    """Name a row by its cohort, and by its patients where the cohort has several such rows."""
    row = estimate.row
    alike = [e for e in group.estimates if (e.row.study, e.row.outcome) == (row.study, row.outcome)]
    short = row.subgroup if 0 < len(row.subgroup) <= 24 else ""
    who = short or phenotype_label(question, row.analysed) or row.subgroup
    return f"{row.cohort}, {who}" if len(alike) > 1 and who else row.cohort


def _pool_rows(pools: Sequence[OutcomeSynthesis], options: ReportOptions) -> list[IntervalRow]:
    if not pools:
        return []
    lines = [IntervalRow(left=("Randomised trials",), marker="none", bold=True, space=0.35)]
    for pool in pools:
        value, low, high = pool_numbers(pool)
        lines.append(
            IntervalRow(
                left=(pool.pool.label, ""),
                right=(
                    with_interval(value, low, high, "ratio", options.decimals),
                    counted(pool.pooled.k, "trial"),
                ),
                estimate=value,
                low=low if math.isfinite(low) else None,
                high=high if math.isfinite(high) else None,
                marker="summary" if math.isfinite(low + high) else "square",
                tone=BLUE,
                anchor=f"result-{pool.pool.id}",
            )
        )
    return lines


def _alt(
    panel: CohortPanel,
    pools: Sequence[OutcomeSynthesis],
    options: ReportOptions,
) -> str:
    parts = []
    count = sum(len(group.estimates) for group in panel.groups)
    for group in panel.groups:
        values = [e.estimate.natural(e.estimate.value) for e in group.estimates]
        if values:
            low, high = min(values), max(values)
            parts.append(
                f"{group.label}: {counted(len(values), 'estimate')}, {low:.2f} to {high:.2f}"
            )
    beside = [
        f"{pool.pool.label} {with_interval(*pool_numbers(pool), 'ratio', options.decimals)}"
        for pool in pools
    ]
    tail = f" Randomised: {'; '.join(beside)}." if beside else ""
    return f"{counted(count, 'cohort estimate')}. {'; '.join(parts)}.{tail}"
