"""Table of what each trial added to an effect in a phenotype."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from equipoise.estimate import to_natural
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import MISSING, percent
from equipoise.report.phenotype_words import compares, kind_words, moved
from equipoise.report.tables.table import Column, Table, show
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.subgroups.trial_movement import TrialMovement

ANSWERS = {"level": "positive", "reference": "negative", "difference": "d"}
"""What a trial can move, and what the synthesis room calls it."""


def movement_table(dossier: Dossier) -> Table:
    """How far each trial moved the effect in each level, and the difference."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for found in dossier.synthesis.comparisons:
        for one in found.missing.movement:
            rows.append(_cells(found, one, dossier))
            records.append(_record(found, one))
    columns = (
        Column("trial", "Trial"),
        Column("gives", "Gives"),
        Column("level", "Level asked about", numeric=True, spanner="Moved by"),
        Column("reference", "Other level", numeric=True, spanner="Moved by"),
        Column("difference", "Difference", numeric=True, spanner="Moved by"),
        Column("level_share", "Level asked about", numeric=True, spanner="Share"),
        Column("difference_share", "Difference", numeric=True, spanner="Share"),
    )
    note = (
        "The answer from all trials against the answer without the one named, as a factor for "
        "ratios. The share is the part of an answer's sampling variance that comes from the "
        "trial. A trial that gives the whole only, or one level only, moves the difference by "
        "exactly nothing. “All of it”: without the trial there is no answer. “No answer”: no trial "
        "gives both levels."
    )
    html = show("movement", columns, rows, group="comparison")
    return Table("movement", "What each trial added", note, tuple(records), html)


def _cells(
    found: PhenotypeSynthesis, one: TrialMovement, dossier: Dossier
) -> dict[str, str | Markup]:
    decimals = dossier.options.decimals
    labels = {row.trial_id: row.label for row in found.rows}
    said = {
        name: moved(found.measure, one.change[key], decimals) if compares(found) else "no answer"
        for name, key in ANSWERS.items()
    }
    return {
        "comparison": found.asked.label,
        "trial": labels[str(one.trial)],
        "gives": kind_words(found, dossier.question)[one.kind],
        **said,
        "level_share": _share(one.share["positive"]),
        "difference_share": _share(one.share["d"]),
    }


def _share(value: float) -> str:
    return percent(value) if math.isfinite(value) else MISSING


def _record(found: PhenotypeSynthesis, one: TrialMovement) -> dict[str, Any]:
    labels = {row.trial_id: row.label for row in found.rows}
    record: dict[str, Any] = {
        "comparison": found.asked.id,
        "trial_id": str(one.trial),
        "trial": labels[str(one.trial)],
        "gives": one.kind,
        "measure": found.measure,
    }
    for name, key in ANSWERS.items():
        change = one.change[key]
        record[f"{name}_moved"] = to_natural(found.measure, change)
        record[f"{name}_moved_analysis"] = change
        record[f"{name}_se_without"] = one.se_without[key]
        record[f"{name}_share_percent"] = one.share[key]
    return record
