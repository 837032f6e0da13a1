"""Each claim of a modifier as its rows give it and as two stated priors leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.biomarkers.markers import ClaimResult
from equipoise.estimate import scale_of
from equipoise.evidence.question import Question
from equipoise.report.biomarker_words import (
    Shown,
    claim_name,
    levels,
    no_difference,
    prior_part,
    raw,
    under_normal,
    under_spike,
)
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
from equipoise.report.figures.theme import BLUE, INK, ORANGE
from equipoise.report.number_text import counted, p_phrase, percent
from equipoise.report.options import ReportOptions
from equipoise.report.words import outcome_label


def drawable(found: CaseBiomarkers) -> tuple[ClaimResult, ...]:
    """Claims on a ratio; a difference has another axis and stands in the table."""
    return tuple(one for one in found.claims if scale_of(one.claim.measure) == "ratio")


def shrinkage_figure(found: CaseBiomarkers, question: Question, options: ReportOptions) -> Figure:
    """Draw three rows a claim: from its rows, under the normal, under the spike and slab."""
    claims = drawable(found)
    groups = [tuple(_rows(one, question)) for one in claims]
    lines = [line for group in groups for line in group]
    words = tuple(
        (f"{claim_name(one, question)}, {line.left[1]}", line.right[0])
        for one, group in zip(claims, groups, strict=True)
        for line in group
    )
    left = len(found.claims) - len(claims)
    differences = f" On a difference, in the table only: {counted(left, 'claim')}." if left else ""
    return Figure(
        id="claim-shrinkage",
        title="Claims of a modifier, from their rows and shrunk",
        caption=(
            "Ratio of the effects in two levels of a marker; 1 is no difference. For a loss, "
            "such as death, less than 1 is more effect in the level named first; for a gain, "
            "more than 1. Filled: what the trial's own rows give, with its 95 % interval and P. "
            "Open: the same after a stated prior, partly belief and never observed: circles "
            "under the case's normal prior, with the share of the answer that is prior; diamonds "
            "under the reference spike and slab, with the probability that there is no "
            "difference at all. Claims of one marker share patients and are no second "
            f"witness.{differences} Research use only."
        ),
        alt="Ratios from the rows and shrunk. " + "; ".join(f"{k} {v}" for k, v in words) + ".",
        chart=interval_plot(lines, _frame(lines, options)),
        section="benefit",
        rows=words,
    )


def _rows(one: ClaimResult, question: Question) -> Iterator[IntervalRow]:
    outcome = outcome_label(question, one.claim.outcome)
    yield _row(one, raw(one), (one.marker.label, "from its rows"), p_phrase(one.p_value), "square")
    normal, spike = under_normal(one), under_spike(one)
    if one.shrunken:
        share = f"{percent(100 * prior_part(one))} prior"
        yield _row(one, normal, (outcome, "normal prior"), share, "circle")
    none = f"{percent(100 * no_difference(one))} none"
    yield _row(one, spike, (levels(one), "spike and slab"), none, "diamond")


def _row(
    one: ClaimResult, shown: Shown, left: tuple[str, str], remark: str, marker: Marker
) -> IntervalRow:
    first = marker == "square"
    return IntervalRow(
        left=left,
        right=(shown.text, remark),
        estimate=shown.value,
        low=shown.low,
        high=shown.high,
        marker=marker,
        hollow=not first,
        tone={"square": INK, "circle": BLUE}.get(marker, ORANGE),
        bold=first,
        anchor=f"claim-{one.claim.id}",
        detail=levels(one),
        space=0.35 if first else 0.0,
    )


def _frame(lines: Sequence[IntervalRow], options: ReportOptions) -> PlotFrame:
    name = fitted([line.left[0] for line in lines], 120, 250)
    value = fitted([line.right[0] for line in lines], 110, 140)
    axis = choose_axis(
        [line.estimate for line in lines if line.estimate is not None],
        [end for line in lines for end in (line.low, line.high) if end is not None],
        logarithmic=True,
    )
    taken = name + 92 + value + 76 + 4 * 10
    return PlotFrame(
        axis=axis,
        left=(TextColumn("Claim", name), TextColumn("Number", 92)),
        right=(TextColumn("Ratio (95 %)", value, "right"), TextColumn("", 76, "right")),
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title="Ratio of effects, level against the other",
    )
