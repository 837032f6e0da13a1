"""Forest plot by phenotype: both levels of each trial, and their difference on its own axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import altair as alt

from equipoise.estimate import scale_of
from equipoise.evidence.question import Question
from equipoise.report.figures.axis_choice import EffectAxis, choose_axis
from equipoise.report.figures.contrast_rows import contrast_frame, contrast_rows
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
from equipoise.report.figures.phenotype_forest_words import phenotype_caption
from equipoise.report.figures.theme import BLUE, GREEN, MUTED, Drawing
from equipoise.report.number_text import lower_first, sentence_case, with_interval
from equipoise.report.options import ReportOptions
from equipoise.report.phenotype_words import (
    compares,
    level_names,
    natural,
    row_patients,
    without_difference,
)
from equipoise.report.pool_numbers import in_points
from equipoise.report.words import Triple, level_text, measure_name, sides
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.phenotype_rows import PhenotypeRow

LOOKS: dict[str, tuple[Marker, str]] = {
    "level": ("square", BLUE),
    "reference": ("circle", GREEN),
    "whole": ("triangle", MUTED),
}
"""Mark and colour of the level asked about, of the other, and of everybody."""

HEADINGS = ("Trials with both levels", "Trials with one level", "Trials with the whole only")


def phenotype_forest(
    found: PhenotypeSynthesis, question: Question, options: ReportOptions
) -> Figure:
    """Draw what every trial says in each level and, where a trial gives both, the difference.

    A ratio of ratios is no effect of the treatment: it stands below, on an axis of its own.
    """
    lines = [*_trial_rows(found, question, options), *_summary_rows(found, question, options)]
    contrast = contrast_rows(found, options) if compares(found) else []
    return Figure(
        id=f"phenotype-{found.asked.id}",
        title=_title(found, question),
        caption=phenotype_caption(found, question),
        alt=_alt(found, lines, contrast, question),
        chart=_chart(found, lines, contrast, question, options),
        section="phenotype",
        rows=_in_words([*lines, *contrast]),
    )


def _title(found: PhenotypeSynthesis, question: Question) -> str:
    if not compares(found):
        by = question.axis(found.asked.axis).label
        return f"{found.asked.label} by {by}: no trial compares the levels"
    inside, outside = level_names(found, question)
    return f"{found.asked.label}: {inside} against {outside}"


def _trial_rows(
    found: PhenotypeSynthesis, question: Question, options: ReportOptions
) -> Iterator[IntervalRow]:
    """Yield the trials by what they give, under headings where they differ in it."""
    groups = _groups(found)
    headed = sum(map(bool, groups)) > 1
    first = True
    for heading, rows in zip(HEADINGS, groups, strict=True):
        if rows and headed:
            yield IntervalRow(
                left=(heading,), marker="none", muted=True, space=0.0 if first else 0.3
            )
        before = ""
        for row in rows:
            yield _row(row, found, question, options, named=row.trial_id != before)
            before, first = row.trial_id, False


def _groups(found: PhenotypeSynthesis) -> tuple[list[PhenotypeRow], ...]:
    """Rows of trials that give both levels, one level, the whole."""
    groups: tuple[list[PhenotypeRow], ...] = ([], [], [])
    strata = [row.trial_id for row in found.rows if row.part != "whole"]
    for row in found.rows:
        place = 2 if row.part == "whole" else int(strata.count(row.trial_id) == 1)
        groups[place].append(row)
    return groups


def _row(
    row: PhenotypeRow,
    found: PhenotypeSynthesis,
    question: Question,
    options: ReportOptions,
    *,
    named: bool,
) -> IntervalRow:
    value, low, high = in_points(
        found.measure, row.estimate.interval(found.interaction.floating.level)
    )
    marker, tone = LOOKS[row.part]
    who = row_patients(row, found, question)
    standing = row.estimate.standing
    return IntervalRow(
        left=(row.label if named else "", sentence_case(who)),
        right=(_shown(found, (value, low, high), options), standing),
        estimate=value,
        low=low,
        high=high,
        marker=marker,
        hollow=standing != "printed",
        area=70,
        tone=tone,
        anchor=f"row-{row.row_ids[0]}" if row.row_ids and standing == "printed" else "",
        detail=f"{row.label}, {who}; {standing}",
    )


def _shown(found: PhenotypeSynthesis, numbers: Triple, options: ReportOptions) -> str:
    return with_interval(*numbers, scale_of(found.measure), options.decimals)


def _summary_rows(
    found: PhenotypeSynthesis, question: Question, options: ReportOptions
) -> Iterator[IntervalRow]:
    """Effects that float on the pooled difference, and those from the whole trials as well.

    With a single trial there is nothing to sum up.
    """
    floating, missing = found.interaction.floating, found.missing
    if not compares(found) or floating.centre.k + missing.k_whole < 2:
        return
    names = level_names(found, question)
    if floating.centre.k > 1:
        places = ((1, "level"), (0, "reference"))
        for (place, part), name in zip(places, names, strict=True):
            numbers = [
                float(x[place]) for x in (floating.estimates, floating.ci_low, floating.ci_high)
            ]
            yield _summary(found, f"{name}, floating", part, numbers, options)
    if missing.k_whole:
        effects = (("level", missing.positive), ("reference", missing.negative))
        for (part, effect), name in zip(effects, names, strict=True):
            numbers = [effect.estimate, effect.ci_low, effect.ci_high]
            row = _summary(found, f"{name}, with whole trials", part, numbers, options)
            yield replace(row, anchor=f"result-{found.asked.id}.all-trials.{part}")


def _summary(
    found: PhenotypeSynthesis,
    label: str,
    part: str,
    numbers: Sequence[float],
    options: ReportOptions,
) -> IntervalRow:
    value, low, high = in_points(found.measure, natural(found.measure, *numbers))
    return IntervalRow(
        left=(sentence_case(label), ""),
        right=(_shown(found, (value, low, high), options), "pooled"),
        estimate=value,
        low=low,
        high=high,
        marker="summary",
        tone=LOOKS[part][1],
        bold=True,
        space=0.3 if part == "level" else 0.0,
    )


def _chart(
    found: PhenotypeSynthesis,
    lines: Sequence[IntervalRow],
    contrast: Sequence[IntervalRow],
    question: Question,
    options: ReportOptions,
) -> Drawing:
    """Effects above; the difference below, its columns in line."""
    effects = _frame(found, lines, contrast, question, options)
    above = interval_plot(lines, effects)
    if not contrast:
        return above
    below = interval_plot(contrast, contrast_frame(found, contrast, effects, question))
    return alt.vconcat(above, below, spacing=26)


def _frame(
    found: PhenotypeSynthesis,
    lines: Sequence[IntervalRow],
    contrast: Sequence[IntervalRow],
    question: Question,
    options: ReportOptions,
) -> PlotFrame:
    ratio = scale_of(found.measure) == "ratio"
    unit = "percentage points" if found.measure == "RD" else ""
    name = sentence_case(measure_name(found.measure, unit))
    level = level_text(found.interaction.floating.level)
    beside = [line for line in lines if any(line.left[1:])]
    trial = fitted([line.left[0] for line in beside], 110, 190)
    who = fitted([line.left[1] for line in beside], 100, 200)
    value = fitted([line.right[0] for line in [*lines, *contrast] if line.right], 130, 190)
    standing = fitted([line.right[1] for line in lines if line.right], 72, 92)
    taken = trial + who + value + standing + 50
    return PlotFrame(
        axis=_axis(lines, logarithmic=ratio),
        left=(TextColumn("Trial", trial), TextColumn("Patients", who)),
        right=(
            TextColumn(f"{found.measure} ({level} CI)", value, "right"),
            TextColumn("Standing", standing),
        ),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title=f"{name}, log scale" if ratio else name,
        favours=sides(found.outcome),
    )


def _axis(lines: Sequence[IntervalRow], *, logarithmic: bool) -> EffectAxis:
    return choose_axis(
        [line.estimate for line in lines if line.estimate is not None],
        [end for line in lines for end in (line.low, line.high) if end is not None],
        logarithmic=logarithmic,
    )


def _in_words(lines: Sequence[IntervalRow]) -> tuple[tuple[str, str], ...]:
    """Trial and patients with their value; a second row of a trial repeats its name."""
    out, name = [], ""
    for line in lines:
        if not any(line.right[:1]):
            continue
        name = line.left[0] or name
        who = lower_first(line.left[1]) if line.left[1:] else ""
        standing = line.right[1] if line.right[1:] and line.right[1] != "printed" else ""
        label = ", ".join(filter(None, (name, who)))
        out.append((label, "; ".join(filter(None, (line.right[0], standing)))))
    return tuple(out)


def _alt(
    found: PhenotypeSynthesis,
    lines: Sequence[IntervalRow],
    contrast: Sequence[IntervalRow],
    question: Question,
) -> str:
    told = "; ".join(f"{name}: {value}" for name, value in _in_words([*lines, *contrast]))
    end = "" if contrast else f" {without_difference(found, question)}"
    return f"Forest plot by phenotype of {found.asked.label}. {told}.{end}"
