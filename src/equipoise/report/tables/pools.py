"""Tables of the pools, and of what each trial brought to them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from equipoise.estimate import scale_of
from equipoise.report.dossier import Dossier
from equipoise.report.figures.forest_words import other_intervals, widened_text
from equipoise.report.links import LinkMap, row_link
from equipoise.report.number_text import (
    MISSING,
    interval,
    p_value,
    percent,
    sentence_case,
    significant,
)
from equipoise.report.pool_numbers import (
    effect_text,
    in_points,
    pool_numbers,
    prediction_is_interval,
    prediction_numbers,
)
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import (
    ANALYSIS_SETS,
    measure_name,
    phenotype_label,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.contributions import Contribution
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
        Column("remarks", "Other intervals, remarks"),
    )
    note = (
        "Pooled from randomised contrasts only. For few trials the same data are shown under "
        "other intervals, because the choice then matters. Risk differences are in percentage "
        "points."
    )
    return Table("pools", "Pools", note, tuple(records), show("pools", columns, rows, group="role"))


def _pool_row(outcome: OutcomeSynthesis, dossier: Dossier) -> dict[str, str | Markup]:
    pooled, decimals = outcome.pooled, dossier.options.decimals
    shown = effect_text(outcome.measure, pool_numbers(outcome), decimals)
    return {
        "role": ROLES[outcome.outcome.role],
        "pool": _named(outcome, dossier),
        "k": str(pooled.k),
        "value": f"{outcome.measure} {shown}" if pooled.k else MISSING,
        "p": p_value(pooled.p_value) if pooled.k else MISSING,
        "prediction": _predicted(outcome, decimals),
        "tau2": significant(pooled.tau2) if pooled.k > 1 else MISSING,
        "i2": percent(pooled.i2) if pooled.k > 1 else MISSING,
        "remarks": " ".join(_remarks(outcome, dossier)),
    }


def _named(outcome: OutcomeSynthesis, dossier: Dossier) -> Markup:
    """Link a pool by its label, with the unit below where the number has one."""
    link = LinkMap(dossier).link(outcome.pool.id, outcome.pool.label)
    if not outcome.unit or scale_of(outcome.measure) == "ratio":
        return link
    unit = measure_name(outcome.measure, outcome.unit)
    return link + Markup('<br><span class="sum">{}</span>').format(unit)


def _predicted(outcome: OutcomeSynthesis, decimals: int) -> str:
    low, high = prediction_numbers(outcome.measure, outcome.pooled)
    if math.isnan(low) or math.isnan(high):
        return MISSING
    if prediction_is_interval(outcome.pooled):
        return "equals the interval"
    _, low, high = in_points(outcome.measure, (math.nan, low, high))
    return interval(low, high, scale_of(outcome.measure), decimals)


def _remarks(outcome: OutcomeSynthesis, dossier: Dossier) -> Iterator[str]:
    """Yield sentences: other intervals, status, scopes beyond the main analysis, the note."""
    others = other_intervals(outcome, dossier.options.decimals)
    said = (others, _status(outcome.pooled))
    yield from (f"{sentence_case(words)}." for words in said if words)
    yield from filter(None, (widened_text(outcome, dossier.question), outcome.pool.note))


_STATUS = {
    "converged": "",
    "boundary": "between-trial variance estimated as zero",
    "bimodal": "two amounts of heterogeneity fit",
    "not_converged": "did not converge: do not use",
    "undefined": "no interval exists",
}


def _status(pooled: PooledEffect) -> str:
    return _STATUS.get(pooled.status, pooled.status) if pooled.k else "nothing to pool"


def _pool_record(outcome: OutcomeSynthesis, pooled: PooledEffect, main: bool) -> dict[str, Any]:
    value, low, high = pool_numbers(outcome if main else replace(outcome, pooled=pooled))
    predicted = prediction_numbers(outcome.measure, pooled)
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
        "prediction_low": predicted[0],
        "prediction_high": predicted[1],
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
        "scopes": ";".join(outcome.pool.scopes),
        "note": outcome.pool.note,
    }


def contributions_table(dossier: Dossier) -> Table:
    """List what each trial brought to each pool, with links to the rows."""
    rows, records = [], []
    for outcome in dossier.synthesis.outcomes:
        for entry in outcome.contributions:
            rows.append(_contribution_row(entry, outcome, dossier))
            records.append(_contribution_record(entry, outcome))
    columns = (
        Column("trial", "Trial"),
        Column("who", "Patients, analysis set"),
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


def _patients(entry: Contribution, dossier: Dossier) -> str:
    who = phenotype_label(dossier.question, entry.analysed) or "all"
    sets = [word.strip() for word in entry.analysis_set.split(";") if word.strip()]
    return "; ".join([who, *(ANALYSIS_SETS.get(word, word) for word in sets)])


def _contribution_row(
    entry: Contribution, outcome: OutcomeSynthesis, dossier: Dossier
) -> dict[str, str | Markup]:
    shown = entry.estimate.interval(outcome.pooled.level)
    counts = entry.counts
    return {
        "pool": outcome.pool.label,
        "trial": entry.label,
        "who": _patients(entry, dossier),
        "treatment": f"{counts[0]}/{counts[1]}" if counts else "",
        "control": f"{counts[2]}/{counts[3]}" if counts else "",
        "value": effect_text(outcome.measure, shown, dossier.options.decimals),
        "weight": percent(entry.weight, 1),
        "standing": entry.estimate.standing,
        "confidence": entry.confidence,
        "rows": Markup(", ").join(row_link(row_id) for row_id in entry.row_ids),
        "note": entry.note,
    }


def _contribution_record(entry: Contribution, outcome: OutcomeSynthesis) -> dict[str, Any]:
    level = outcome.pooled.level
    value, low, high = entry.estimate.interval(level)
    ratio = scale_of(outcome.measure) == "ratio"
    names = ("events_treatment", "n_treatment", "events_control", "n_control")
    return {
        "pool": outcome.pool.id,
        "trial_id": entry.trial_id,
        "trial": entry.label,
        "analysed": entry.analysed,
        "analysis_set": entry.analysis_set,
        **dict(zip(names, entry.counts or ("", "", "", ""), strict=True)),
        "measure": outcome.measure,
        "estimate": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": level,
        "log_scale_value": entry.estimate.value if ratio else math.nan,
        "analysis_se": entry.estimate.se,
        "weight_percent": entry.weight,
        "standing": entry.estimate.standing,
        "confidence": entry.confidence,
        "rows": ";".join(entry.row_ids),
        "note": entry.note,
    }
