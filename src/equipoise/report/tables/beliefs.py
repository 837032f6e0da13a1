"""Tables of what a difference between levels is worth under stated priors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from equipoise.estimate import scale_of, to_natural
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap
from equipoise.report.number_text import amount, number, percent, with_interval
from equipoise.report.phenotype_words import level_names, natural
from equipoise.report.tables.table import Column, Table, show
from equipoise.synthesis.belief import Belief, Credible
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.posteriors.prior_sweep import SweepRow

GRID = "grid"
"""Name of the priors of a sweep that have none of their own."""

SIGNAL = "signal"
"""Name of the view that uses no prior on this question."""


@dataclass(frozen=True)
class _Stated:
    """One line of the table: a prior, or the view without one."""

    name: str
    words: str
    before: float
    sd: float
    after: float
    bayes_factor: float
    effect: Credible


def beliefs_table(dossier: Dossier) -> Table:
    """Effect in the level asked about under the three named priors, and without a prior."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for found, belief in _believed(dossier):
        for stated in _stated(belief):
            rows.append(_cells(found, stated, dossier))
            records.append(_record(found, stated, belief.level))
    columns = (
        Column("prior", "Prior"),
        Column("before", "Before the data", numeric=True, spanner="Probability of any difference"),
        Column("after", "After them", numeric=True, spanner="Probability of any difference"),
        Column("value", "Median (interval)", numeric=True, spanner="Effect asked about"),
        Column("mean", "exp(mean) or mean", numeric=True, spanner="Effect asked about"),
        Column("below", "P(effect below none)", numeric=True, spanner="Effect asked about"),
        Column("words", "What it starts from"),
    )
    note = (
        "None of these numbers was observed: each is the data and a prior together, and the "
        "prior drives it. Median and mean differ because the posterior has two humps, one for "
        "no difference at all. The last row of each comparison uses no prior on this question."
    )
    html = show("beliefs", columns, rows, group="comparison")
    return Table("beliefs", "What to believe of the difference", note, tuple(records), html)


def sweep_table(dossier: Dossier) -> Table:
    """Give the same answer over a grid of priors."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for found, belief in _believed(dossier):
        for row in belief.sweep.rows:
            rows.append(_sweep_cells(found, row, dossier))
            records.append(_sweep_record(found, row, belief.level))
    columns = (
        Column("prior", "Prior"),
        Column("p", "Probability of a difference", numeric=True, spanner="Believed before"),
        Column("sd", "Its SD (log scale)", numeric=True, spanner="Believed before"),
        Column("after", "Probability of a difference", numeric=True, spanner="After the data"),
        Column("value", "Median (interval)", numeric=True, spanner="After the data"),
        Column("below", "P(effect below none)", numeric=True, spanner="After the data"),
    )
    note = "How much of the answer is the prior: the same data, every prior somebody might hold."
    html = show("sweep", columns, rows, group="comparison")
    return Table("sweep", "The same under many priors", note, tuple(records), html, folded=True)


def _believed(dossier: Dossier) -> Iterator[tuple[PhenotypeSynthesis, Belief]]:
    for found in dossier.synthesis.comparisons:
        if found.belief is not None:
            yield found, found.belief


def _stated(belief: Belief) -> Iterator[_Stated]:
    for one in belief.named:
        yield _Stated(
            one.name,
            one.words,
            one.prior_probability,
            one.prior_sd,
            one.probability_difference,
            one.bayes_factor,
            one.positive,
        )
    none = math.nan
    yield _Stated(SIGNAL, belief.signal_words, none, none, none, none, belief.signal)


def _chance(probability: float) -> str:
    """Write a probability; never 0 % or 100 % unless it is exactly that."""
    if 0.0 < probability < 0.005:
        return f"<{percent(1)}"
    if 0.995 < probability < 1.0:
        return f">{percent(99)}"
    return percent(100 * probability)


def _spread(found: PhenotypeSynthesis, effect: Credible | SweepRow, decimals: int) -> str:
    numbers = natural(found.measure, effect.median, effect.low, effect.high)
    return with_interval(*numbers, scale_of(found.measure), decimals)


def _cells(found: PhenotypeSynthesis, stated: _Stated, dossier: Dossier) -> dict[str, str | Markup]:
    decimals, effect = dossier.options.decimals, stated.effect
    mean = to_natural(found.measure, effect.mean)
    label = "no prior on this question" if stated.name == SIGNAL else stated.name
    inside, _ = level_names(found, dossier.question)
    return {
        "comparison": f"{found.asked.label}, {inside}",
        "prior": LinkMap(dossier).link(f"{found.asked.id}.{stated.name}", label),
        "before": _chance(stated.before),
        "after": _chance(stated.after),
        "value": f"{found.measure} {_spread(found, effect, decimals)}",
        "mean": amount(mean, scale_of(found.measure), decimals),
        "below": _chance(effect.probability_below),
        "words": stated.words,
    }


def _record(found: PhenotypeSynthesis, stated: _Stated, level: float) -> dict[str, Any]:
    return {
        "comparison": found.asked.id,
        "prior": stated.name,
        "prior_probability": stated.before,
        "prior_sd": stated.sd,
        "probability_difference": stated.after,
        "bayes_factor": stated.bayes_factor,
        **_effect(found, stated.effect, level),
    }


def _effect(found: PhenotypeSynthesis, effect: Credible | SweepRow, level: float) -> dict[str, Any]:
    """Effect in the level asked about, on the natural scale; the probability is of less."""
    return {
        "measure": found.measure,
        "median": to_natural(found.measure, effect.median),
        "exp_mean_or_mean": to_natural(found.measure, effect.mean),
        "low": to_natural(found.measure, effect.low),
        "high": to_natural(found.measure, effect.high),
        "level": level,
        "probability_below": effect.probability_below,
        "standing": "posterior",
    }


def _sweep_cells(
    found: PhenotypeSynthesis, row: SweepRow, dossier: Dossier
) -> dict[str, str | Markup]:
    inside, _ = level_names(found, dossier.question)
    return {
        "comparison": f"{found.asked.label}, {inside}",
        "prior": row.prior if row.prior != GRID else "",
        "p": _chance(row.prior_probability),
        "sd": number(row.prior_sd),
        "after": _chance(row.probability_difference),
        "value": f"{found.measure} {_spread(found, row, dossier.options.decimals)}",
        "below": _chance(row.probability_below),
    }


def _sweep_record(found: PhenotypeSynthesis, row: SweepRow, level: float) -> dict[str, Any]:
    return {
        "comparison": found.asked.id,
        "prior": row.prior,
        "prior_probability": row.prior_probability,
        "prior_sd": row.prior_sd,
        "probability_difference": row.probability_difference,
        "bayes_factor": row.bayes_factor,
        **_effect(found, row, level),
    }
