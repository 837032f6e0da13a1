"""Tables of the pools, and of what each trial brought to them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from equipoise.estimate import scale_of
from equipoise.evidence.schema import ResultRow
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap, row_link
from equipoise.report.number_text import (
    MISSING,
    interval,
    number,
    p_value,
    percent,
    with_interval,
)
from equipoise.report.pool_numbers import (
    pool_numbers,
    prediction_numbers,
    to_natural,
)
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import (
    INTERVAL_NAMES,
    phenotype_label,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.pooling import PooledEffect

ROLES = {"benefit": "Benefit", "biomarker": "Biomarkers", "harm": "Harm"}


def pools_table(dossier: Dossier) -> Table:
    """Every pool with its heterogeneity and, for few trials, the other intervals."""
    rows, records = [], []
    for role in ROLES:
        for outcome in dossier.synthesis.outcomes:
            if outcome.outcome.role == role:
                rows.append(_pool_row(outcome, dossier))
                records += [
                    _pool_record(outcome, pooled, main)
                    for pooled, main in (
                        (outcome.pooled, True),
                        *((other, False) for other in outcome.alternatives),
                    )
                ]
    columns = (
        Column("pool", "Pool"),
        Column("k", "Trials", numeric=True),
        Column("value", "Estimate (interval)", numeric=True),
        Column("p", "P", numeric=True),
        Column("prediction", "Prediction interval", numeric=True),
        Column("tau2", "τ²", numeric=True, spanner="Heterogeneity"),
        Column("i2", "I²", numeric=True, spanner="Heterogeneity"),
        Column("remarks", "Other intervals, status"),
    )
    note = (
        "Pooled from randomised contrasts only. For few trials the same data are shown under "
        "other intervals, because the choice then matters."
    )
    return Table("pools", "Pools", note, tuple(records), show("pools", columns, rows, group="role"))


def _pool_row(outcome: OutcomeSynthesis, dossier: Dossier) -> dict[str, str | Markup]:
    pooled, scale = outcome.pooled, scale_of(outcome.measure)
    decimals = dossier.options.decimals
    known = pooled.k > 0
    predicted = interval(*prediction_numbers(outcome), scale, decimals) if pooled.k > 2 else MISSING
    shown = with_interval(*pool_numbers(outcome), scale, decimals)
    others = "; ".join(
        f"{INTERVAL_NAMES.get(other.ci, other.ci)} {_ends(other, outcome.measure, decimals)}"
        for other in outcome.alternatives
        if (other.method, other.ci) != (pooled.method, pooled.ci)
    )
    return {
        "role": ROLES[outcome.outcome.role],
        "pool": LinkMap(dossier).link(outcome.pool.id, outcome.pool.label),
        "k": str(pooled.k),
        "value": f"{outcome.measure} {shown}" if known else MISSING,
        "p": p_value(pooled.p_value) if known else MISSING,
        "prediction": predicted,
        "tau2": number(pooled.tau2, 3) if pooled.k > 1 else MISSING,
        "i2": percent(pooled.i2) if pooled.k > 1 else MISSING,
        "remarks": "; ".join(part for part in (outcome.unit, others, _status(pooled)) if part),
    }


_STATUS = {
    "converged": "",
    "boundary": "between-trial variance at zero",
    "bimodal": "two amounts of heterogeneity fit",
    "not_converged": "did not converge: do not use",
    "undefined": "no interval exists",
}


def _status(pooled: PooledEffect) -> str:
    return _STATUS.get(pooled.status, pooled.status) if pooled.k else "nothing to pool"


def _ends(pooled: PooledEffect, measure: str, decimals: int) -> str:
    low, high = to_natural(measure, pooled.ci_low), to_natural(measure, pooled.ci_high)
    return interval(low, high, scale_of(measure), decimals)


def _pool_record(outcome: OutcomeSynthesis, pooled: PooledEffect, main: bool) -> dict[str, Any]:
    value, low, high = pool_numbers(outcome if main else replace(outcome, pooled=pooled))
    return {
        "pool": outcome.pool.id,
        "label": outcome.pool.label,
        "outcome": outcome.outcome.name,
        "role": outcome.outcome.role,
        "sensitivity_of": outcome.pool.sensitivity_of,
        "main": main,
        "measure": outcome.measure,
        "unit": outcome.unit,
        "k": pooled.k,
        "estimate": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": pooled.level,
        "p_value": pooled.p_value,
        "prediction_low": to_natural(outcome.measure, pooled.prediction_low),
        "prediction_high": to_natural(outcome.measure, pooled.prediction_high),
        "tau2": pooled.tau2,
        "tau2_low": pooled.tau2_low,
        "tau2_high": pooled.tau2_high,
        "i2": pooled.i2,
        "q": pooled.q,
        "q_p_value": pooled.q_p_value,
        "method": pooled.method,
        "interval": pooled.ci,
        "status": pooled.status,
        "message": pooled.message,
    }


def contributions_table(dossier: Dossier) -> Table:
    """List what each trial brought to each pool, with links to the rows."""
    by_id = {row.result_id: row for row in dossier.evidence.results}
    rows, records = [], []
    for outcome in dossier.synthesis.outcomes:
        for row, record in _contributions(outcome, by_id, dossier):
            rows.append(row)
            records.append(record)
    columns = (
        Column("trial", "Trial"),
        Column("who", "Patients"),
        Column("treatment", "Treatment", numeric=True, spanner="Events / patients"),
        Column("control", "Control", numeric=True, spanner="Events / patients"),
        Column("value", "Estimate (interval)", numeric=True),
        Column("weight", "Weight", numeric=True),
        Column("standing", "Standing"),
        Column("confidence", "Confidence"),
        Column("rows", "Rows"),
        Column("note", "How obtained"),
    )
    return Table(
        "contributions",
        "What each trial brought",
        "Grouped by pool. Each row of evidence is linked.",
        tuple(records),
        show("contributions", columns, rows, group="pool"),
        folded=True,
    )


def _contributions(
    outcome: OutcomeSynthesis, by_id: dict[str, ResultRow], dossier: Dossier
) -> Iterator[tuple[dict[str, str | Markup], dict[str, Any]]]:
    scale, level = scale_of(outcome.measure), outcome.pooled.level
    for entry in outcome.contributions:
        shown = entry.estimate.interval(level)
        counts = entry.counts or ("", "", "", "")
        row: dict[str, str | Markup] = {
            "pool": outcome.pool.label,
            "trial": entry.label,
            "who": phenotype_label(dossier.question, entry.analysed) or "all",
            "treatment": f"{counts[0]}/{counts[1]}" if entry.counts else "",
            "control": f"{counts[2]}/{counts[3]}" if entry.counts else "",
            "value": with_interval(*shown, scale, dossier.options.decimals),
            "weight": percent(entry.weight, 1),
            "standing": entry.estimate.standing,
            "confidence": entry.confidence,
            "rows": Markup(", ").join(row_link(row_id) for row_id in entry.row_ids),
            "note": entry.note,
        }
        names = ("events_treatment", "n_treatment", "events_control", "n_control")
        yield (
            row,
            {
                "pool": outcome.pool.id,
                "trial_id": entry.trial_id,
                "trial": entry.label,
                "analysed": entry.analysed,
                **dict(zip(names, counts, strict=True)),
                "measure": outcome.measure,
                "estimate": shown[0],
                "ci_low": shown[1],
                "ci_high": shown[2],
                "ci_level": level,
                "log_scale_value": entry.estimate.value if scale == "ratio" else math.nan,
                "analysis_se": entry.estimate.se,
                "weight_percent": entry.weight,
                "standing": entry.estimate.standing,
                "confidence": entry.confidence,
                "rows": ";".join(entry.row_ids),
                "note": entry.note,
            },
        )
