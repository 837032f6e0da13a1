"""Tables of all answers: per 100 patients, left out, and the flat list with its sources."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from equipoise.estimate import Result
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap, anchor, row_link
from equipoise.report.number_text import (
    interval,
    p_value,
    sentence_case,
    with_interval,
)
from equipoise.report.pool_numbers import effect_text
from equipoise.report.tables.pools import ROLES
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import INTERVAL_NAMES, trial_label
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.by_outcome import OutcomeSynthesis

POINTS = "percentage points"
"""Unit of a risk difference that is already shown out of a hundred."""


def exclusions_table(dossier: Dossier) -> Table:
    """List what each pool left out, with the reason."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for outcome in dossier.synthesis.outcomes:
        for entry in outcome.exclusions:
            trial = trial_label(dossier.evidence, entry.trial_id)
            rows.append(
                {
                    "pool": outcome.pool.label,
                    "row": row_link(entry.row_id),
                    "trial": trial,
                    "reason": sentence_case(entry.reason),
                }
            )
            records.append(
                {
                    "pool": outcome.pool.id,
                    "row": entry.row_id,
                    "trial_id": entry.trial_id,
                    "trial": trial,
                    "reason": entry.reason,
                }
            )
    columns = (Column("row", "Row"), Column("trial", "Trial"), Column("reason", "Why not"))
    return Table(
        "exclusions",
        "What each pool left out, and why",
        "Every row of the outcome that the pool does not use.",
        tuple(records),
        show("exclusions", columns, rows, group="pool"),
        folded=True,
    )


def absolute_table(dossier: Dossier, name: str, roles: tuple[str, ...]) -> Table:
    """Differences per 100 patients, for the pools of some roles."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for outcome in dossier.synthesis.outcomes:
        if outcome.absolute is not None and outcome.outcome.role in roles:
            rows.append(_absolute_cells(outcome, outcome.absolute, dossier))
            records.append(_absolute_record(outcome, outcome.absolute))
    columns = (
        Column("outcome", "Outcome"),
        Column("k", "Trials", numeric=True),
        Column("value", "Per 100 patients (interval)", numeric=True),
        Column("method", "Method, other intervals"),
        Column("rows", "Rows"),
    )
    return Table(
        name,
        "Differences per 100 patients",
        "Treatment minus control, in patients out of 100.",
        tuple(records),
        show(name, columns, rows, group="role" if len(roles) > 1 else ""),
    )


def _absolute_cells(
    outcome: OutcomeSynthesis, found: AbsoluteDifference, dossier: Dossier
) -> dict[str, str | Markup]:
    return {
        "role": ROLES[outcome.outcome.role],
        "outcome": LinkMap(dossier).link(f"{outcome.pool.id}.absolute", outcome.pool.label),
        "k": str(found.k),
        "value": with_interval(found.estimate, found.ci_low, found.ci_high, "difference", 1),
        "method": "; ".join((found.method, *_others(found))),
        "rows": Markup(", ").join(row_link(row_id) for row_id in found.row_ids),
    }


def _others(found: AbsoluteDifference) -> tuple[str, ...]:
    return tuple(
        f"{INTERVAL_NAMES.get(name, name)} {interval(low, high, 'difference', 1)}"
        for name, low, high in found.alternatives
    )


def _absolute_record(outcome: OutcomeSynthesis, found: AbsoluteDifference) -> dict[str, Any]:
    return {
        "pool": outcome.pool.id,
        "label": outcome.pool.label,
        "role": outcome.outcome.role,
        "k": found.k,
        "estimate": found.estimate,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "ci_level": found.level,
        "unit": found.unit,
        "method": found.method,
        "status": found.status,
        "rows": ";".join(found.row_ids),
        "other_intervals": ";".join(f"{x[0]} {x[1]:.6g} {x[2]:.6g}" for x in found.alternatives),
    }


_RESULT_FIELDS = (
    "id",
    "question",
    "measure",
    "scale",
    "unit",
    "estimate",
    "ci_low",
    "ci_high",
    "ci_level",
    "p_value",
    "k",
    "standing",
    "method",
    "status",
    "note",
)


def results_table(dossier: Dossier) -> Table:
    """Every answer with what it rests on; the place all links to a result point at."""
    links, decimals = LinkMap(dossier), dossier.options.decimals
    rows = [_result_cells(result, links, decimals) for result in dossier.results]
    records = tuple(
        {name: getattr(result, name) for name in _RESULT_FIELDS}
        | {"inputs": ";".join(result.inputs)}
        for result in dossier.results
    )
    columns = (
        Column("id", "Result"),
        Column("question", "Question"),
        Column("value", "Estimate (interval)", numeric=True),
        Column("p", "P", numeric=True),
        Column("k", "k", numeric=True),
        Column("method", "Standing, method, status"),
        Column("inputs", "Rests on"),
    )
    note = "Every number of the summary and the figures, and the rows it can be followed to."
    return Table("results", "All results", note, records, show("results", columns, rows))


def _result_cells(result: Result, links: LinkMap, decimals: int) -> dict[str, str | Markup]:
    numbers = (result.estimate, result.ci_low, result.ci_high)
    shown = with_interval(*numbers, result.scale, decimals)
    if result.measure == "RD" and result.unit != POINTS:
        shown = effect_text("RD", numbers, decimals)
    words = (result.standing, result.method, result.status, result.unit)
    return {
        "id": anchor(f"result-{result.id}") + Markup("<code>{}</code>").format(result.id),
        "question": result.question,
        "value": f"{result.measure} {shown}",
        "p": p_value(result.p_value),
        "k": str(result.k),
        "method": "; ".join(word for word in words if word),
        "inputs": links.links(result.inputs),
    }
