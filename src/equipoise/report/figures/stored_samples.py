"""What each finished trial would release, in the order in which to ask; zero where nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equipoise.design.ipd import StoredSamples
from equipoise.design.next_study import NextStudy
from equipoise.design.stored.finished_trial import ACCESS
from equipoise.design.stored.released_information import Release
from equipoise.evidence.question import Question
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
    fitted,
)
from equipoise.report.figures.theme import GREEN, MUTED
from equipoise.report.number_text import grouped, number, significant
from equipoise.report.options import ReportOptions
from equipoise.report.study_words import (
    HOLDINGS,
    able,
    chance,
    events_words,
    millions,
    outcome_words,
    released_words,
)


def stored_figure(found: NextStudy, question: Question, options: ReportOptions) -> Figure:
    """Draw the information that phenotyping each trial would release, outcome by outcome."""
    lines = [line for one in found.stored for line in _rows(one, question)]
    heads = tuple((outcome_words(one, question), released_words(one)) for one in found.stored)
    return Figure(
        id="stored-samples",
        title="What the stored samples of finished trials could tell",
        caption=(
            "Information on the difference between the levels (one over its variance) that each "
            "trial would release on each outcome, in the order in which to ask: most a unit of "
            "cost first; in bold all of an outcome together, with a spread between trials. A zero "
            "is a zero: what was printed in both levels is known already, a trial of one level "
            "compares nothing, and samples nobody has mentioned are not counted on. The line runs "
            "from nothing to the information and is no interval; an open mark was computed, not "
            f"observed. Costs in thousand {found.currency}."
        ),
        alt="Information that stored samples could release. "
        + "; ".join(f"{name}: {said}" for name, said in heads)
        + ".",
        chart=interval_plot(lines, _frame(lines, options)),
        section="next-study",
        rows=heads,
    )


def _rows(one: StoredSamples, question: Question) -> Iterator[IntervalRow]:
    """Yield the outcome with what its trials have together, and then each of them."""
    some = able(one)
    sums = (
        significant(one.pooled.information),
        grouped(round(one.patients)),
        number(one.cost / 1e3, 0),
    )
    yield IntervalRow(
        left=(outcome_words(one, question),),
        right=sums if some else ("0",),
        marker="none",
        bold=True,
        space=0.4,
    )
    said = f"{events_words(one)}; power {chance(one.pooled.power)}" if some else released_words(one)
    yield IntervalRow(left=(said,), marker="none", muted=True)
    for released in one.releases:
        yield _row(released)


def _row(one: Release) -> IntervalRow:
    trial, some = one.trial, one.information > 0.0
    return IntervalRow(
        left=(trial.label or trial.trial_id, HOLDINGS[trial.access]),
        right=(
            significant(one.information) if some else "0",
            grouped(round(trial.n)),
            number(trial.cost / 1e3, 0) if some else "",
        ),
        estimate=one.information,
        low=0.0,
        high=one.information,
        marker="square" if some else "circle",
        hollow=True,
        area=52 if some else 26,
        tone=GREEN if some else MUTED,
        muted=not some,
        anchor=f"trial-{trial.trial_id}",
        detail=f"{ACCESS[trial.access]}; cost {millions(trial.cost)} million",
    )


def _frame(lines: Sequence[IntervalRow], options: ReportOptions) -> PlotFrame:
    trials = [line for line in lines if line.estimate is not None]
    label = fitted([line.left[0] for line in trials], 110, 210)
    access = fitted([line.left[1] for line in trials], 110, 160)
    places = [line.estimate for line in trials if line.estimate is not None]
    return PlotFrame(
        axis=choose_axis(places, (), logarithmic=False),
        left=(TextColumn("Trial", label), TextColumn("Held", access)),
        right=(
            TextColumn("Information", 72, "right"),
            TextColumn("Patients", 56, "right"),
            TextColumn("Cost", 36, "right"),
        ),
        plot_width=max(NARROWEST_PLOT, options.figure_width - label - access - 164 - 50),
        axis_title="Information on the difference (model, not observed)",
    )
