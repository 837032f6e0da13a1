"""What was believed of an effect, what the data say, and what is believed now."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.belief_words import (
    below_text,
    chance,
    data_texts,
    mean_text,
    median_text,
    share_text,
)
from equipoise.report.figures.density_panel import density_panel, tallest
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_rows import PlotFrame
from equipoise.report.figures.theme import Drawing
from equipoise.report.number_text import sentence_case
from equipoise.report.options import ReportOptions
from equipoise.report.words import level_text, measure_name, sides
from equipoise.synthesis.belief import Belief, NamedBelief
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis


def prior_to_posterior_figure(
    found: PhenotypeSynthesis, question: Question, options: ReportOptions
) -> Figure:
    """Draw prior, likelihood and posterior of the effect in the level asked about.

    Raises
    ------
    ValueError
        Where no trial gives both levels, and there is no belief to draw.
    """
    belief = found.belief
    if belief is None:
        raise ValueError(f"comparison {found.asked.id}: no trial gives both levels, no belief")
    inside, outside = (
        question.level_label(found.asked.axis, level)
        for level in (found.asked.level, found.asked.reference)
    )
    data = data_texts(belief, found.measure, options.decimals)
    told = [
        (sentence_case(one.name), *_numbers(one, found, belief, options)) for one in belief.named
    ]
    return Figure(
        id=f"prior-{found.asked.id}",
        title=f"{found.asked.label}, {inside}: belief before and after the data",
        caption=_caption(belief, found, (inside, outside), data),
        alt=(
            f"Prior, data and posterior of the {measure_name(found.measure)} in {inside}, "
            f"{found.asked.label}. Data alone: {data[0]}. "
            + " ".join(f"{name}: {first}; {second}." for name, first, second in told)
        ),
        chart=_chart(belief, told, found, inside, options),
        section="believe",
        rows=tuple((name, f"{second}; {first}") for name, first, second in told),
    )


def _numbers(
    one: NamedBelief, found: PhenotypeSynthesis, belief: Belief, options: ReportOptions
) -> tuple[str, str]:
    """Write the probability of any difference, and the effect, under one prior."""
    measure, effect, decimals = found.measure, one.positive, options.decimals
    difference = (
        f"any difference {share_text(one.prior_probability)} before the data, "
        f"{chance(one.probability_difference)} after"
    )
    return difference, (
        f"{measure} median {median_text(measure, effect, decimals)}, "
        f"{mean_text(measure, effect, decimals)}, {below_text(measure, effect)}"
    )


def _caption(
    belief: Belief, found: PhenotypeSynthesis, levels: tuple[str, str], data: tuple[str, str]
) -> str:
    inside, outside = levels
    spikes = any(one.curves.prior_atoms + one.curves.posterior_atoms for one in belief.named)
    bars = (
        " A bar with a point holds the probability of exactly that value, full height being "
        "100\u00a0%; the curve of its colour holds the rest."
        if spikes
        else ""
    )
    mean = "exp(mean)" if scale_of(found.measure) == "ratio" else "mean"
    return (
        f"Prior-driven: no posterior here was observed. The data are {inside} {data[0]} and "
        f"{outside} {data[1]}. A posterior takes in both and weighs two possibilities, that the "
        "levels do not differ (both then estimate one effect) and that they do; it may have two "
        "humps, and is not the product of the other curves. All curves enclose the same "
        f"area.{bars} Below them: posterior median (point), {mean} (open diamond) and "
        f"{level_text(belief.level)} credible interval."
    )


def _chart(
    belief: Belief,
    told: Sequence[tuple[str, str, str]],
    found: PhenotypeSynthesis,
    inside: str,
    options: ReportOptions,
) -> Drawing:
    frame = _frame(belief, found, inside, options)
    top = max(tallest(one) for one in belief.named)
    panels = [
        density_panel(
            one,
            texts,
            found.measure,
            frame,
            top,
            first=one is belief.named[0],
            last=one is belief.named[-1],
        )
        for one, texts in zip(belief.named, told, strict=True)
    ]
    return alt.vconcat(*panels, spacing=14)


def _frame(
    belief: Belief, found: PhenotypeSynthesis, inside: str, options: ReportOptions
) -> PlotFrame:
    ratio = scale_of(found.measure) == "ratio"
    ends = [
        to_natural(found.measure, float(x)) for one in belief.named for x in one.curves.x[[0, -1]]
    ]
    centres = [to_natural(found.measure, one.positive.median) for one in belief.named]
    name = sentence_case(measure_name(found.measure))
    return PlotFrame(
        axis=choose_axis(centres, ends, logarithmic=ratio),
        left=(),
        right=(),
        plot_width=options.figure_width - 30,
        axis_title=f"{name} in {inside}{', log scale' if ratio else ''}",
        favours=sides(found.outcome),
    )
