"""Table of the derived complements under every assumption."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.estimate import Estimate
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    grouped,
    p_value,
    sentence_case,
    with_interval,
)
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import (
    trial_label,
)
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.rounding import DRAWS


def complements_table(dossier: Dossier) -> Table:
    """Each derived complement under its assumptions, priors and numbers of factors."""
    rows, records = [], []
    for result in dossier.synthesis.complements:
        for variant in _variants(result):
            row, record = _complement_row(result, variant, dossier)
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
        "interaction. P does not move with correlation or unknown share: the whole is taken as "
        "the efficient (inverse-variance) combination of its parts, which makes P that of the "
        "stratum against the whole whatever the correlation."
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
    over = f"over {grouped(DRAWS)} random roundings of the inputs"
    yield f"{over}, smallest P", None, None, result.p_low
    yield f"{over}, largest P", None, None, result.p_high
    if not math.isnan(result.p_worst_low):
        yield "worst case of all roundings, smallest P", None, None, result.p_worst_low
        yield "worst case of all roundings, largest P", None, None, result.p_worst_high
    for factors, p in result.sidak:
        yield f"{factors} factors looked at (Šidák)", None, None, p
    for shrunk in result.shrunken:
        share = f"{100 * shrunk.data_share:.0f} % data"
        yield f"prior: {shrunk.prior.label} ({share})", None, shrunk.estimate, math.nan


def _complement_row(
    result: ComplementResult, variant: Variant, dossier: Dossier
) -> tuple[dict[str, str | Markup], dict[str, Any]]:
    assumption, complement, ratio, p = variant
    nothing = (math.nan, math.nan, math.nan)
    first = complement.interval(result.level) if complement else nothing
    second = ratio.interval(result.level) if ratio else nothing
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
