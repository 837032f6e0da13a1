"""What each rival predicts for the drug, beside what trials of the drug printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.drug_checks import DrugCheck
from equipoise.mechanism.drug_effects import DrugEffect
from equipoise.report.figures.axis_choice import choose_axis
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.interval_plot import interval_plot
from equipoise.report.figures.interval_rows import (
    NARROWEST_PLOT,
    IntervalRow,
    PlotFrame,
    TextColumn,
)
from equipoise.report.figures.theme import INK, ORANGE
from equipoise.report.mechanism_words import (
    Spread,
    checks_by_target,
    hazard_ratio,
    odds_ratio,
    rival_name,
    share,
)
from equipoise.report.number_text import with_interval
from equipoise.report.options import ReportOptions

WIDE = 700
"""Width of a figure from which the whole story of a rival stands beside its mark."""

RESPONSE, RECURRENCE = "odds_ratio", "hazard_ratio"


def rivals_figure(found: CaseMechanism, options: ReportOptions) -> Figure:
    """Draw odds ratios of complete response by rival, and the printed ones."""
    return _figure(
        found,
        options,
        "mechanism-response",
        RESPONSE,
        f"Complete response ({found.definition}) with {found.drug}, by rival mechanism",
        "Odds ratio of complete response",
    )


def recurrence_figure(found: CaseMechanism, options: ReportOptions) -> Figure:
    """Draw hazard ratios of recurrence by rival, and the printed ones."""
    return _figure(
        found,
        options,
        "mechanism-recurrence",
        RECURRENCE,
        f"Recurrence with {found.drug}, by rival mechanism",
        "Hazard ratio of recurrence",
    )


def _figure(
    found: CaseMechanism,
    options: ReportOptions,
    name: str,
    measure: str,
    title: str,
    axis_title: str,
) -> Figure:
    lines = [*_simulated(found, measure), *_printed(found, measure)]
    rows = tuple((line.detail, line.right[0]) for line in lines)
    printed = any(not line.hollow for line in lines)
    beside = (
        " Filled squares: printed by trials of the drug, which no fit saw; their patients and "
        "treatments are not those of the backbone. “Held” is the share of a rival's draws that "
        "the first printed interval holds: near 100 % for every rival, that trial tells nothing "
        "apart."
        if printed
        else ""
    )
    return Figure(
        id=name,
        title=title,
        caption=(
            f"Open circles: simulated, {found.drug} added to {found.backbone}, the same virtual "
            "patients with and without; median and central 95 % over "
            f"{_draws(found, measure)} of everything uncertain.{beside} A "
            "narrow interval says that the model allows little, not that little is known. "
            "Simulated, never observed; research use only."
        ),
        alt=f"{axis_title}. " + "; ".join(f"{a}: {b}" for a, b in rows) + ".",
        chart=interval_plot(lines, _frame(lines, options, axis_title, found)),
        section="mechanism",
        rows=rows,
    )


def _draws(found: CaseMechanism, measure: str) -> str:
    """Count the draws that gave a number under every rival, and those that did not."""
    ratios = [
        e.log_odds_ratios[:, 0] if measure == RESPONSE else e.log_hazard_ratios
        for e in found.effects
    ]
    total = len(ratios[0])
    used = min(int(np.isfinite(values).sum()) for values in ratios)
    left = f" ({total - used} without a solution left out)" if used < total else ""
    return f"{used} draws{left}"


def _spread(effect: DrugEffect, measure: str) -> Spread:
    return odds_ratio(effect) if measure == RESPONSE else hazard_ratio(effect)


def _simulated(found: CaseMechanism, measure: str) -> Iterator[IntervalRow]:
    first = next((c.target for c in found.checks if c.measure == measure), "")
    held = {c.rival: c.inside for c in found.checks if c.target == first}
    for effect in found.effects:
        one = _spread(effect, measure)
        yield IntervalRow(
            left=(rival_name(found, effect.rival),),
            right=(one.text, share(held[effect.rival]) if effect.rival in held else ""),
            estimate=one.median,
            low=one.low,
            high=one.high,
            marker="circle",
            hollow=True,
            tone=ORANGE,
            detail=f"{rival_name(found, effect.rival)}, simulated",
        )


def _printed(found: CaseMechanism, measure: str) -> Iterator[IntervalRow]:
    groups = [checks[0] for checks in checks_by_target(found).values()]
    for place, check in enumerate(one for one in groups if one.measure == measure):
        yield _printed_row(check, space=0.6 if not place else 0.0)


def _printed_row(check: DrugCheck, space: float) -> IntervalRow:
    return IntervalRow(
        left=(f"{check.trial}, printed",),
        right=(with_interval(check.observed, check.low, check.high, "ratio"), ""),
        estimate=check.observed,
        low=check.low,
        high=check.high,
        tone=INK,
        detail=f"{check.trial}, printed",
        space=space,
    )


def _frame(
    lines: Sequence[IntervalRow], options: ReportOptions, title: str, found: CaseMechanism
) -> PlotFrame:
    values = [line.estimate for line in lines if line.estimate is not None]
    ends = [end for line in lines for end in (line.low, line.high) if end is not None]
    name = 250 if options.figure_width >= WIDE else 150
    left = (TextColumn(f"{found.drug} with {found.backbone}", name),)
    right = (TextColumn("Median (95 %)", 128, "right"), TextColumn("Held", 48, "right"))
    taken = sum(column.width + 10 for column in (*left, *right))
    return PlotFrame(
        axis=choose_axis(values, ends, logarithmic=True),
        left=left,
        right=right,
        plot_width=max(NARROWEST_PLOT, options.figure_width - taken),
        axis_title=f"{title}, log scale; 1 is no effect",
    )
