"""Tables of the synthesis: pools, what each trial brought, what was left out, subtraction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.estimate import Estimate, scale_of
from equipoise.evidence.schema import ResultRow
from equipoise.report.dossier import Dossier
from equipoise.report.figures_forest import natural_pool, natural_prediction
from equipoise.report.links import LinkMap, anchor, row_link
from equipoise.report.number_text import (
    MISSING,
    interval,
    number,
    p_value,
    percent,
    sentence_case,
    with_interval,
)
from equipoise.report.table import Column, Table, show
from equipoise.report.words import (
    INTERVAL_NAMES,
    METHOD_NAMES,
    natural_interval,
    phenotype_label,
    shown_interval,
    trial_label,
)
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.pooling import PooledEffect

_ROLES = {"benefit": "Benefit", "biomarker": "Biomarkers", "harm": "Harm"}


def pools_table(dossier: Dossier) -> Table:
    """Every pool with its heterogeneity and, for few trials, the other intervals."""
    rows, records = [], []
    for role in _ROLES:
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
        Column("measure", "Measure"),
        Column("value", "Estimate (interval)", numeric=True),
        Column("p", "P", numeric=True),
        Column("prediction", "Prediction interval", numeric=True),
        Column("tau2", "τ²", numeric=True, spanner="Heterogeneity"),
        Column("i2", "I²", numeric=True, spanner="Heterogeneity"),
        Column("others", "Other intervals"),
        Column("status", "Status"),
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
    predicted = interval(*natural_prediction(outcome), scale, decimals) if pooled.k > 2 else MISSING
    others = "; ".join(
        f"{INTERVAL_NAMES.get(o.ci, o.ci)} "
        f"{interval(_natural(outcome, o.ci_low), _natural(outcome, o.ci_high), scale, decimals)}"
        for o in outcome.alternatives
        if (o.method, o.ci) != (pooled.method, pooled.ci)
    )
    return {
        "role": _ROLES[outcome.outcome.role],
        "pool": LinkMap(dossier).link(outcome.pool.id, outcome.pool.label),
        "k": str(pooled.k),
        "measure": f"{outcome.measure}{f', {outcome.unit}' if outcome.unit else ''}",
        "value": with_interval(*natural_pool(outcome), scale, decimals) if known else MISSING,
        "p": p_value(pooled.p_value) if known else MISSING,
        "prediction": predicted,
        "tau2": number(pooled.tau2, 3) if pooled.k > 1 else MISSING,
        "i2": percent(pooled.i2) if pooled.k > 1 else MISSING,
        "others": others,
        "status": pooled.status.replace("_", " ") if known else "nothing to pool",
    }


def _natural(outcome: OutcomeSynthesis, value: float) -> float:
    if scale_of(outcome.measure) != "ratio":
        return value
    return math.exp(value) if value < 700 else math.inf


def _pool_record(outcome: OutcomeSynthesis, pooled: PooledEffect, main: bool) -> dict[str, Any]:
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
        "estimate": _natural(outcome, pooled.estimate),
        "ci_low": _natural(outcome, pooled.ci_low),
        "ci_high": _natural(outcome, pooled.ci_high),
        "ci_level": pooled.level,
        "p_value": pooled.p_value,
        "prediction_low": _natural(outcome, pooled.prediction_low),
        "prediction_high": _natural(outcome, pooled.prediction_high),
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
    """What each trial brought to each pool, with links to the rows."""
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
        single = by_id.get(entry.row_ids[0]) if len(entry.row_ids) == 1 else None
        shown = shown_interval(entry.estimate, level, single)
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


def exclusions_table(dossier: Dossier) -> Table:
    """What each pool left out, with the reason."""
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


def complements_table(dossier: Dossier) -> Table:
    """Each derived complement under its assumptions, priors and numbers of factors."""
    rows, records = [], []
    for result in dossier.synthesis.complements:
        for assumption, complement, ratio, p in _variants(result):
            row, record = _complement_row(result, assumption, complement, ratio, p, dossier)
            rows.append(row)
            records.append(record)
    columns = (
        Column("assumption", "Under the assumption"),
        Column("complement", "Complement", numeric=True),
        Column("ratio", "Ratio", numeric=True),
        Column("p", "P of the ratio", numeric=True),
    )
    note = (
        "All numbers here are derived, none is printed. Correlation: between the errors of the "
        "two strata. Unknown: share of the whole whose level was not determined. Šidák: P "
        "adjusted for the number of factors looked at. Prior: the ratio pulled towards no "
        "interaction."
    )
    html = show("complements", columns, rows, group="what")
    return Table("complements", "Subtraction and its sensitivity", note, tuple(records), html)


Variant = tuple[str, Estimate | None, Estimate | None, float]


def _variants(result: ComplementResult) -> Iterator[Variant]:
    yield "exact partition, independent strata", result.complement, result.ratio, result.p_value
    for value, complement, ratio, p in result.correlation_sensitivity:
        if value:
            yield f"correlation {value:g}", complement, ratio, p
    for value, complement, ratio, p in result.unknown_sensitivity:
        if value:
            yield f"{100 * value:g} % with unknown level", complement, ratio, p
    yield "rounding of the inputs, smallest P", None, None, result.p_low
    yield "rounding of the inputs, largest P", None, None, result.p_high
    for factors, p in result.sidak:
        yield f"{factors} factors looked at (Šidák)", None, None, p
    for shrunk in result.shrunken:
        share = f"{100 * shrunk.data_share:.0f} % data"
        yield f"prior: {shrunk.prior.label} ({share})", None, shrunk.estimate, math.nan


def _complement_row(
    result: ComplementResult,
    assumption: str,
    complement: Estimate | None,
    ratio: Estimate | None,
    p: float,
    dossier: Dossier,
) -> tuple[dict[str, str | Markup], dict[str, Any]]:
    nothing = (math.nan, math.nan, math.nan)
    first = natural_interval(complement, result.level) if complement else nothing
    second = natural_interval(ratio, result.level) if ratio else nothing
    decimals = dossier.options.decimals
    trial = trial_label(dossier.evidence, result.spec.trial)
    outcome = dossier.question.outcome(result.spec.outcome).label
    row: dict[str, str | Markup] = {
        "what": f"{trial}, {outcome}",
        "assumption": sentence_case(assumption),
        "complement": with_interval(*first, "ratio", decimals) if complement else "",
        "ratio": with_interval(*second, "ratio", decimals) if ratio else "",
        "p": p_value(p) if not math.isnan(p) else "",
    }
    record = {
        "complement_id": result.spec.id,
        "assumption": assumption,
        "measure": result.ratio.measure,
        **dict(zip(("complement", "complement_low", "complement_high"), first, strict=True)),
        **dict(zip(("ratio", "ratio_low", "ratio_high"), second, strict=True)),
        "ci_level": result.level,
        "p_value": p,
        "standing": result.standing,
    }
    return row, record


def absolute_table(dossier: Dossier) -> Table:
    """Differences per 100 patients, benefit and harm."""
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for outcome in dossier.synthesis.outcomes:
        found = outcome.absolute
        if found is None:
            continue
        identifier = f"{outcome.pool.id}.absolute"
        shown = with_interval(found.estimate, found.ci_low, found.ci_high, "difference", 1)
        rows.append(
            {
                "role": _ROLES[outcome.outcome.role],
                "outcome": LinkMap(dossier).link(identifier, outcome.pool.label),
                "k": str(found.k),
                "value": shown,
                "method": found.method,
                "rows": Markup(", ").join(row_link(row_id) for row_id in found.row_ids),
            }
        )
        records.append(
            {
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
            }
        )
    columns = (
        Column("outcome", "Outcome"),
        Column("k", "Trials", numeric=True),
        Column("value", "Per 100 patients (interval)", numeric=True),
        Column("method", "Method"),
        Column("rows", "Rows"),
    )
    return Table(
        "absolute",
        "Differences per 100 patients",
        "Treatment minus control, in patients out of 100, where trials give counts.",
        tuple(records),
        show("absolute", columns, rows, group="role"),
    )


def results_table(dossier: Dossier) -> Table:
    """Every answer with what it rests on; the place all links to a result point at."""
    links = LinkMap(dossier)
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for result in dossier.results:
        shown = with_interval(
            result.estimate, result.ci_low, result.ci_high, result.scale, dossier.options.decimals
        )
        rows.append(
            {
                "id": anchor(f"result-{result.id}") + Markup("<code>{}</code>").format(result.id),
                "question": result.question,
                "measure": f"{result.measure}{f', {result.unit}' if result.unit else ''}",
                "value": shown,
                "p": p_value(result.p_value),
                "k": str(result.k),
                "standing": result.standing,
                "method": f"{result.method}; {result.status}".strip("; "),
                "inputs": links.links(result.inputs),
            }
        )
        records.append(
            {
                **{
                    name: getattr(result, name)
                    for name in (
                        "id", "question", "measure", "scale", "unit", "estimate", "ci_low",
                        "ci_high", "ci_level", "p_value", "k", "standing", "method", "status",
                        "note",
                    )
                },
                "inputs": ";".join(result.inputs),
            }
        )  # fmt: skip
    columns = (
        Column("id", "Result"),
        Column("question", "Question"),
        Column("measure", "Measure"),
        Column("value", "Estimate (interval)", numeric=True),
        Column("p", "P", numeric=True),
        Column("k", "k", numeric=True),
        Column("standing", "Standing"),
        Column("method", "Method and status"),
        Column("inputs", "Rests on"),
    )
    note = "Every number of the summary and the figures, and the rows it can be followed to."
    return Table("results", "All results", note, tuple(records), show("results", columns, rows))


def method_words(pooled: PooledEffect) -> str:
    """Name estimator and interval of a pool."""
    method = METHOD_NAMES.get(pooled.method, pooled.method)
    return f"{method}, {INTERVAL_NAMES.get(pooled.ci, pooled.ci)}"
