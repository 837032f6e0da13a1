"""One patient's answer as plain data: numbers on the natural scale, risks as shares."""

from __future__ import annotations

import math
from typing import Any

from equipoise.biomarkers.patient.baseline_table import BaselineRow
from equipoise.biomarkers.patient.case_effects import Harm, ModifierData
from equipoise.biomarkers.patient.further_trial import FurtherTrial
from equipoise.biomarkers.patient.patient_benefits import (
    NamedBenefit,
    PatientBenefit,
    Spread,
    ratio_of,
)
from equipoise.biomarkers.patient.patient_plan import PatientPlan
from equipoise.synthesis.posteriors import INTERACTION_PRIORS

RESEARCH_USE = "Research use only, not medical advice."
"""Stands wherever a number of a patient stands."""


def patient_answer(found: PatientBenefit, plan: PatientPlan, case: str) -> dict[str, Any]:
    """Plain dicts, lists, texts and finite numbers; a missing number is None."""
    worthwhile = plan.smallest_worthwhile
    return {
        "case": case,
        "research_use": RESEARCH_USE,
        "patient": {name: _told(found, name) for name in found.patient.levels},
        "outcome": {
            "name": found.outcome.name,
            "label": found.outcome.label,
            "measure": found.outcome.measure,
            "better": found.outcome.better,
            "horizon_years": found.row.horizon_years,
            "level": found.level,
        },
        "smallest_worthwhile": {"value": worthwhile.value, "source": worthwhile.source},
        "baseline": _baseline(found, plan),
        "beside": [_row(row) for row in found.beside],
        "effect": {
            "flat_ratio": ratio_of(found.flat),
            "stratum_ratio": ratio_of(found.stratum.flat),
            "rows": list(found.stratum.row_ids),
        },
        "modifiers": [_modifier(one, found.headline.prior) for one in found.modifiers],
        "headline": found.headline.prior,
        "answers": [_named(one) for one in found.named],
        "harms": [_harm(harm) for harm in found.harms],
        "icon_array": {
            "research_use": RESEARCH_USE,
            "kinds": list(found.icons.kinds),
            "counts": list(found.icons.counts),
            "icons": found.icons.icons,
        },
        "would_change": {
            "limit_ratio": _finite(ratio_of(found.limit)),
            "trials": [_trial(trial) for trial in found.trials],
        },
        "notes": list(plan.notes),
    }


def _baseline(found: PatientBenefit, plan: PatientPlan) -> dict[str, Any]:
    """Row as read, and as a distribution."""
    return _row(found.row) | {
        "mean": found.baseline.mean,
        "interval": [found.baseline.quantile(p) for p in _ends(found.level)],
        "spread": plan.baseline_spread.value,
        "spread_source": plan.baseline_spread.source,
    }


def _ends(level: float) -> tuple[float, float]:
    return 0.5 * (1.0 - level), 0.5 * (1.0 + level)


def _told(found: PatientBenefit, name: str) -> dict[str, str]:
    levels, typed = found.patient.levels, found.patient.typed
    return {"level": levels[name], "typed": typed.get(name, levels[name])}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _row(row: BaselineRow) -> dict[str, Any]:
    kept = row.model_dump(exclude={"used_for"})
    return kept | {"used_for": {name: list(cell) for name, cell in row.used_for.items()}}


def _spread(spread: Spread) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in vars(spread).items()}


def _named(one: NamedBenefit) -> dict[str, Any]:
    shares = one.variance.shares()
    return {
        "research_use": RESEARCH_USE,
        "prior": one.prior,
        "prior_words": one.words,
        "ratio": _spread(one.ratio),
        "difference": _spread(one.gain) | {"mean": one.mean_gain},
        "risk_with": one.risk_with,
        "probability_any": one.any_benefit,
        "probability_worthwhile": one.worthwhile,
        "probability_relative": one.relative,
        "prior_share": one.prior_share,
        "variance": {
            "total": one.variance.total,
            "order": ["baseline", "effect", "modifier"],
            "shares": None if shares is None else list(shares),
        },
    }


def _modifier(modifier: ModifierData, prior: str) -> dict[str, Any]:
    known = modifier.estimate is not None and modifier.se is not None
    return {
        "axis": modifier.axis,
        "level": modifier.level,
        "share": modifier.share,
        "ratio_of_ratios": ratio_of(modifier.estimate or 0.0) if known else None,
        "shrunken": ratio_of(modifier.difference(INTERACTION_PRIORS[prior]).mean),
        "log_se": modifier.se,
        "rows": list(modifier.row_ids),
        "note": modifier.note,
    }


def _harm(harm: Harm) -> dict[str, Any]:
    found = harm.difference
    numbers: dict[str, float | None] = {"difference": None, "low": None, "high": None, "trials": 0}
    if found is not None:
        points = (found.estimate, found.ci_low, found.ci_high)
        low_high = dict(zip(("difference", "low", "high"), (p / 100 for p in points), strict=True))
        numbers = {**low_high, "trials": found.k}
    rows = [] if found is None else list(found.row_ids)
    return {"pool": harm.pool, "label": harm.label, "note": harm.note, "rows": rows, **numbers}


def _trial(trial: FurtherTrial) -> dict[str, Any]:
    log_effect = trial.log_effect
    return {
        "size": trial.size,
        "se": trial.se,
        "ratio": None if log_effect is None else _finite(ratio_of(log_effect)),
        "log_effect": log_effect,
    }
