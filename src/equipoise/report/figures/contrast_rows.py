"""The difference between two levels of a phenotype as rows of a picture, on an axis of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from equipoise.estimate import scale_of
from equipoise.evidence.question import Question
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.interval_rows import IntervalRow, PlotFrame
from equipoise.report.figures.theme import ORANGE
from equipoise.report.number_text import counted, p_phrase, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.phenotype_words import contrast_name, level_names, natural
from equipoise.report.pool_numbers import in_points
from equipoise.report.words import Triple, level_text
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.subgroups.within_trial import TrialContrast


def contrast_rows(found: PhenotypeSynthesis, options: ReportOptions) -> list[IntervalRow]:
    """Difference in each trial, and pooled where several trials have one."""
    within = found.interaction.within
    labels = {row.trial_id: row.label for row in found.rows}
    rows = [
        _of_trial(one, str(labels[str(one.trial)]), found, options)
        for one in found.interaction.trials
    ]
    if within.k < 2:
        return rows
    numbers = _numbers(found, within.estimate, within.ci_low, within.ci_high)
    known = all(map(math.isfinite, numbers[1:]))
    pooled = IntervalRow(
        left=(f"Pooled, {counted(within.k, 'trial')}, {p_phrase(within.p_value)}".rstrip(", "),),
        right=(_shown(found, numbers, options), "pooled"),
        estimate=numbers[0],
        low=numbers[1] if known else None,
        high=numbers[2] if known else None,
        marker="summary" if known else "cross",
        tone=ORANGE,
        bold=True,
        space=0.3,
        anchor=f"result-{found.asked.id}.within",
    )
    return [*rows, pooled]


def _of_trial(
    one: TrialContrast, label: str, found: PhenotypeSynthesis, options: ReportOptions
) -> IntervalRow:
    """Write the difference within one trial: always worked out, never printed."""
    within = found.interaction.within
    half = critical_value(within.level) * math.sqrt(one.variance)
    numbers = _numbers(found, one.estimate, one.estimate - half, one.estimate + half)
    alone = within.k == 1
    return IntervalRow(
        left=(f"{label}, {p_phrase(within.p_value)}" if alone else label,),
        right=(_shown(found, numbers, options), "derived"),
        estimate=numbers[0],
        low=numbers[1],
        high=numbers[2],
        marker="diamond",
        hollow=True,
        area=90,
        tone=ORANGE,
        bold=alone,
        anchor=f"result-{found.asked.id}.within",
    )


def _numbers(found: PhenotypeSynthesis, value: float, low: float, high: float) -> Triple:
    return in_points(found.measure, natural(found.measure, value, low, high))


def _shown(found: PhenotypeSynthesis, numbers: Triple, options: ReportOptions) -> str:
    return with_interval(*numbers, scale_of(found.measure), options.decimals)


def contrast_frame(
    found: PhenotypeSynthesis,
    rows: Sequence[IntervalRow],
    effects: PlotFrame,
    question: Question,
) -> PlotFrame:
    """Axis of the difference, in line with the columns of the effects."""
    inside, outside = (f"larger effect in {name}" for name in level_names(found, question))
    ratio = scale_of(found.measure) == "ratio"
    name = contrast_name(found.measure)
    kind = "Ratio" if ratio else "Difference"
    value, standing = effects.right
    axis = choose_axis(
        [row.estimate for row in rows if row.estimate is not None],
        [end for row in rows for end in (row.low, row.high) if end is not None],
        logarithmic=ratio,
    )
    level = level_text(found.interaction.within.level)
    return replace(
        effects,
        axis=axis,
        left=(replace(effects.left[0], title="Within trials"), replace(effects.left[1], title="")),
        right=(replace(value, title=f"{kind} ({level} CI)"), standing),
        axis_title=f"{name}, log scale" if ratio else name,
        favours={"lower": (inside, outside), "higher": (outside, inside)}.get(found.outcome.better),
    )
