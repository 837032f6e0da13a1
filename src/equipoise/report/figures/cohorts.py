"""The mirage: observational estimates by how exposure time was handled, beside the trials."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
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
)
from equipoise.report.figures.theme import BLUE, GREEN, MUTED, ORANGE
from equipoise.report.number_text import counted, grouped, lower_first, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.pool_numbers import pool_numbers
from equipoise.report.words import Triple, level_text, outcome_label, phenotype_label
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.cohorts import CohortEstimate, CohortGroup, CohortPanel


@dataclass(frozen=True)
class Look:
    """Mark and colour of a group, and the words a legend has for them."""

    marker: Marker
    tone: str
    words: str


_OTHER = Look("square", MUTED, "grey squares")
_LOOKS = {
    "naive": Look("square", ORANGE, "orange squares"),
    "time_varying": Look("triangle", GREEN, "green triangles"),
    "new_user": Look("circle", GREEN, "green circles"),
}
"""Designs that let immortal time in, and those that do not; all others look alike."""


def look_of(group: CohortGroup) -> Look:
    """Mark and colour of a group."""
    return _LOOKS.get(group.exposure_time, _OTHER)


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
    level = _usual_level(panel, pools)
    lines: list[IntervalRow] = []
    for group in panel.groups:
        if group.estimates:
            lines += _group_rows(group, question, options, usual=level, first=not lines)
    lines += _pool_rows(pools, options, level)
    return Figure(
        id="mirage",
        title="Cohorts by how they handled exposure time, beside the randomised trials",
        caption=_caption(panel, pools),
        alt=_alt(panel, pools, options),
        chart=interval_plot(lines, _frame(lines, level, options)),
        section="mirage",
    )


def _frame(lines: Sequence[IntervalRow], level: float, options: ReportOptions) -> PlotFrame:
    drawn = [line for line in lines if line.estimate is not None]
    axis = choose_axis(
        [line.estimate for line in drawn if line.estimate is not None],
        [end for line in drawn for end in (line.low, line.high) if end is not None],
        logarithmic=True,
    )
    wide = options.figure_width >= 700
    label_width, outcome_width = (262, 165) if wide else (180, 120)
    value_width = fitted([line.right[0] for line in lines if line.right], 120, 190)
    taken = label_width + outcome_width + value_width + 106
    return PlotFrame(
        axis=axis,
        left=(TextColumn("Study", label_width), TextColumn("Outcome", outcome_width)),
        right=(
            TextColumn(f"Ratio ({level_text(level)} CI)", value_width, "right"),
            TextColumn("n / trials", 66, "right"),
        ),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title="Ratio, exposed against unexposed, log scale",
        favours=("fewer events", "more events"),
    )


def _usual_level(panel: CohortPanel, pools: Sequence[OutcomeSynthesis]) -> float:
    """Return the commonest level among what is drawn; rows of another level say theirs."""
    levels = [e.row.ci_level for g in panel.groups for e in g.estimates if math.isfinite(e.ci_low)]
    levels += [pool.pooled.level for pool in pools]
    return Counter(levels).most_common(1)[0][0] if levels else 0.95


def _value(numbers: Triple, level: float, usual: float, decimals: int) -> str:
    text = with_interval(*numbers, "ratio", decimals)
    odd = math.isfinite(numbers[1]) and not math.isclose(level, usual)
    return f"{text}, {level_text(level)} CI" if odd else text


def _caption(panel: CohortPanel, pools: Sequence[OutcomeSynthesis]) -> str:
    groups = " ".join(
        f"{group.label} ({look_of(group).words}): {lower_first(group.explanation.rstrip('.'))}."
        for group in panel.groups
        if group.estimates
    )
    randomised = " Wide blue diamonds at the foot are randomised." if pools else ""
    return (
        "Each mark is one observational estimate of users against patients with the same disease "
        "who did not take it (some took another drug). In naive designs the time a patient had "
        "to survive in order to start the drug counts as time on the drug. Estimates of one "
        f"cohort overlap; nothing here is pooled across cohorts. {groups}{randomised} Open marks "
        "are derived; ↑: more of this outcome is better."
    )


def _group_rows(
    group: CohortGroup,
    question: Question,
    options: ReportOptions,
    *,
    usual: float,
    first: bool,
) -> list[IntervalRow]:
    heading = IntervalRow(
        left=(group.label,), marker="none", bold=True, space=0.0 if first else 0.35
    )
    lines = [heading]
    for estimate in group.estimates:
        lines.append(_cohort_row(estimate, group, question, options, usual))
        if estimate.row.exposure_unit:  # too long for the column: a line of its own
            unit = f"    {estimate.row.exposure_unit}"
            lines.append(IntervalRow(left=(unit,), marker="none", muted=True))
    return lines


def _cohort_row(
    estimate: CohortEstimate,
    group: CohortGroup,
    question: Question,
    options: ReportOptions,
    usual: float,
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
        right=(
            _value((value, low, high), row.ci_level, usual, options.decimals),
            grouped(row.n),
        ),
        estimate=value,
        low=low if known else None,
        high=high if known else None,
        marker=look_of(group).marker,
        hollow=estimate.estimate.standing != "printed",
        area=60,
        bold=row.cohort_id in options.cohort_lesson,
        tone=look_of(group).tone,
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


def _pool_rows(
    pools: Sequence[OutcomeSynthesis], options: ReportOptions, usual: float
) -> list[IntervalRow]:
    if not pools:
        return []
    lines = [IntervalRow(left=("Randomised trials",), marker="none", bold=True, space=0.35)]
    for pool in pools:
        value, low, high = pool_numbers(pool)
        lines.append(
            IntervalRow(
                left=(pool.pool.label, ""),
                right=(
                    _value((value, low, high), pool.pooled.level, usual, options.decimals),
                    counted(pool.pooled.k, "trial"),
                ),
                estimate=value,
                low=low if math.isfinite(low) else None,
                high=high if math.isfinite(high) else None,
                marker="summary" if math.isfinite(low + high) else "cross",
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
