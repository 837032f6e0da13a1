"""The words of a prior sweep: what its cells mean, what they span, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence

from equipoise.estimate import scale_of, to_natural
from equipoise.report.figures.belief_words import (
    chance,
    no_effect_text,
    prior_words,
    sd_text,
    share_text,
    spread_text,
)
from equipoise.report.number_text import amount, number, sentence_case
from equipoise.report.options import ReportOptions
from equipoise.report.words import level_text
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.posteriors.prior_sweep import SweepRow


def grid_of(found: PhenotypeSynthesis) -> list[SweepRow]:
    """Return the swept priors, or fail where there is none."""
    rows = found.belief.sweep.rows if found.belief else ()
    grid = [row for row in rows if row.prior == "grid"]
    if not grid:
        raise ValueError(f"comparison {found.asked.id}: no priors were swept, nothing to draw")
    return grid


def named_of(found: PhenotypeSynthesis) -> list[SweepRow]:
    """Return the named priors."""
    rows = found.belief.sweep.rows if found.belief else ()
    return [row for row in rows if row.prior != "grid"]


def shown(row: SweepRow, measure: str, options: ReportOptions) -> tuple[str, str]:
    """Write the median and the probability below none of one prior."""
    median = amount(to_natural(measure, row.median), scale_of(measure), options.decimals)
    return median, chance(row.probability_below)


def interval_of(row: SweepRow, measure: str, options: ReportOptions) -> str:
    """Write the median of one prior with its credible interval."""
    return spread_text(measure, (row.median, row.low, row.high), options.decimals)


def excludes(row: SweepRow) -> bool:
    """Say whether the credible interval lies on one side of no effect."""
    return row.low > 0.0 or row.high < 0.0


def same(one: SweepRow, other: SweepRow) -> bool:
    """Say whether two rows are of one prior, whatever its name."""
    return math.isclose(one.prior_probability, other.prior_probability) and math.isclose(
        one.prior_sd, other.prior_sd
    )


def letter(row: SweepRow) -> str:
    """Return the mark of a named prior in the drawing."""
    return row.prior[:1].upper()


def _told(row: SweepRow, measure: str, options: ReportOptions) -> str:
    median, below = shown(row, measure, options)
    return f"median {median}, P({no_effect_text(measure)}) {below}"


def sweep_caption(
    grid: Sequence[SweepRow], found: PhenotypeSynthesis, options: ReportOptions
) -> str:
    """Tell what rows, columns, colours, outlines and bold numbers mean, and the verdict."""
    measure, named = found.measure, named_of(found)
    none = "1" if scale_of(measure) == "ratio" else "0"
    keys: dict[str, list[str]] = {"Outlined": [], "Not among these cells": []}
    for row in named:
        place = "Outlined" if any(same(row, cell) for cell in grid) else "Not among these cells"
        told = (
            f"({prior_words(row.prior_probability, row.prior_sd)}): {_told(row, measure, options)}"
        )
        keys[place].append(f"{letter(row)} {row.prior} {told}")
    key = "".join(f" {place}: {'; '.join(texts)}." for place, texts in keys.items() if texts)
    return (
        "Prior-driven: each cell is the same data under another prior; none was observed. Rows: "
        "how probable any difference between the levels was held to be. Columns: "
        f"{_sds(grid, measure)}{key} Blue: {measure} below {none}; sand: above; the deeper, the "
        f"farther from {none} or from 50\u00a0%. {_verdict(grid, found, none)}"
    )


def _sds(grid: Sequence[SweepRow], measure: str) -> str:
    """Say what a standard deviation of the difference means, on the natural scale."""
    sds = sorted({row.prior_sd for row in grid})
    if scale_of(measure) != "ratio":
        return "standard deviation of that difference."
    factors = [f"{number(math.exp(1.96 * sd))} at {sd_text(sd)}" for sd in (sds[0], sds[-1])]
    return (
        "standard deviation of that difference, a log ratio of ratios (95\u00a0% within a factor "
        f"{' and '.join(dict.fromkeys(factors))})."
    )


def _verdict(grid: Sequence[SweepRow], found: PhenotypeSynthesis, none: str) -> str:
    """Say under how many priors the interval excludes no effect, and how strong these are."""
    level = level_text(found.belief.level) if found.belief else ""
    decided = [row for row in grid if excludes(row)]
    if not decided:
        return f"Under none of these {len(grid)} priors does the {level} interval exclude {none}."
    least = min(row.prior_probability for row in decided)
    strong = "certain" if least == 1.0 else f"{share_text(least)} probable or more"
    return (
        f"Bold: the {level} interval excludes {none}, under {len(decided)} of {len(grid)} priors, "
        f"which all hold a difference to be {strong}."
    )


def sweep_alt(
    grid: Sequence[SweepRow], found: PhenotypeSynthesis, inside: str, options: ReportOptions
) -> str:
    """Tell the range of both maps and the named priors."""
    measure = found.measure
    ends = [f(grid, key=lambda row: row.median) for f in (min, max)]
    chances = [f(grid, key=lambda row: row.probability_below) for f in (min, max)]
    low, high = (shown(row, measure, options)[0] for row in ends)
    least, most = (shown(row, measure, options)[1] for row in chances)
    named = "; ".join(f"{row.prior} {_told(row, measure, options)}" for row in named_of(found))
    return (
        f"{found.asked.label} in {inside} under {len(grid)} priors: median {measure} {low} to "
        f"{high}, P({no_effect_text(measure)}) {least} to {most}. {sentence_case(named)}."
    )


def sweep_rows(
    grid: Sequence[SweepRow], found: PhenotypeSynthesis, options: ReportOptions
) -> tuple[tuple[str, str], ...]:
    """Tell the named priors, then each prior probability over all standard deviations."""
    measure = found.measure
    rows = [
        (
            f"{sentence_case(row.prior)} ({prior_words(row.prior_probability, row.prior_sd)})",
            f"{measure} median {interval_of(row, measure, options)}, "
            f"P({no_effect_text(measure)}) {chance(row.probability_below)}",
        )
        for row in named_of(found)
    ]
    for probability in dict.fromkeys(row.prior_probability for row in grid):
        across = sorted(
            (row for row in grid if row.prior_probability == probability),
            key=lambda row: row.prior_sd,
        )
        ends = [shown(row, measure, options) for row in (across[0], across[-1])]
        sds = " to ".join(sd_text(row.prior_sd) for row in (across[0], across[-1]))
        rows.append(
            (
                f"Any difference {share_text(probability)}, SD {sds}",
                f"median {ends[0][0]} to {ends[1][0]}, P({no_effect_text(measure)}) {ends[0][1]} "
                f"to {ends[1][1]}",
            )
        )
    return tuple(rows)
