"""Tables of the retrodiction: how each rule scored, and what it said in each case."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from equipoise.estimate import to_natural
from equipoise.report.dossier import Dossier
from equipoise.report.figures.retrodiction_words import rule_text
from equipoise.report.number_text import MISSING, number, sentence_case, with_interval
from equipoise.report.tables.table import Column, Table, show
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    CaseSummary,
    Mean,
    Retrodiction,
    RetrodictionScore,
    Share,
)


def retrodiction_table(dossier: Dossier) -> Table:
    """Score of the method and of the naive rules over the past questions."""
    past = dossier.synthesis.retrodiction
    scores = (*past.scores, *past.sensitivity) if past else ()
    records = tuple(_score_record(score, past) for score in scores if past)
    columns = (
        Column("rule", "Rule"),
        Column("coverage", "Inside the 95\u00a0% interval", numeric=True),
        Column("sign", "Direction right", numeric=True),
        Column("log_score", "Log score (interval)", numeric=True),
        Column("against", "Method less rule (interval)", numeric=True),
    )
    rows = [_score_cells(score, past) for score in scores if past]
    note = (
        "Inside: the later estimate lies within the predicted interval. The log score is the "
        "logarithm of the predictive density at what came out: larger is better, and a "
        "difference of 1 is a factor of e. Rules may be scored on different cases; only the "
        "last column compares them on the same. All intervals are over cases."
    )
    html = show("retrodiction", columns, rows)
    return Table("retrodiction", "Scores by rule", note, records, html)


def _paired(rule: str, past: Retrodiction) -> Mean | None:
    return next((c.difference for c in past.comparisons if c.against == rule), None)


def _score_cells(score: RetrodictionScore, past: Retrodiction) -> dict[str, str | Markup]:
    paired = _paired(score.rule, past)
    return {
        "rule": sentence_case(rule_text(score.rule)),
        "coverage": _counted(score.coverage),
        "sign": _counted(score.sign),
        "log_score": _mean(score.log_score),
        "against": _mean(paired) if paired else "",
    }


def _counted(share: Share) -> str:
    """Write a proportion as a count with its interval; no percentage of two or three cases."""
    if not share.n:
        return MISSING
    return f"{share.count} of {share.n} ({number(share.low)}–{number(share.high)})"


def _mean(mean: Mean) -> str:
    if not math.isfinite(mean.value):
        return MISSING
    spread = f" ({number(mean.low)} to {number(mean.high)})" if math.isfinite(mean.low) else ""
    return f"{number(mean.value)}{spread}"


def _score_record(score: RetrodictionScore, past: Retrodiction) -> dict[str, Any]:
    paired = _paired(score.rule, past)
    record: dict[str, Any] = {"rule": score.rule}
    for name, share in (("coverage", score.coverage), ("sign", score.sign)):
        record |= {
            name: share.value,
            f"{name}_low": share.low,
            f"{name}_high": share.high,
            f"{name}_count": share.count,
            f"{name}_n": share.n,
        }
    for name, mean in (("log_score", score.log_score), ("less_rule", paired)):
        record |= {
            name: mean.value if mean else math.nan,
            f"{name}_low": mean.low if mean else math.nan,
            f"{name}_high": mean.high if mean else math.nan,
            f"{name}_n": mean.n if mean else 0,
        }
    return record


def retrodiction_cases_table(dossier: Dossier) -> Table:
    """List what each rule said in each past question, and what came out."""
    past = dossier.synthesis.retrodiction
    cases = {case.case_id: case for case in past.cases} if past else {}
    predictions = past.predictions if past else ()
    columns = (
        Column("rule", "Rule"),
        Column("said", "Predicted (95\u00a0% interval)", numeric=True),
        Column("later", "Came out", numeric=True),
        Column("inside", "Inside"),
        Column("sign", "Direction right"),
        Column("log_score", "Log score", numeric=True),
        Column("remark", "Remark"),
    )
    rows = [_case_cells(one, cases[one.case_id]) for one in predictions]
    html = show("retrodiction_cases", columns, rows, group="case")
    return Table(
        "retrodiction_cases",
        "The past questions",
        "Predicted is the later trial's estimate, its own error included. What differs between "
        "the earlier and the later trial stands with each case.",
        tuple(_case_record(one, cases[one.case_id]) for one in predictions),
        html,
        folded=True,
    )


def _natural(case: CaseSummary, value: float) -> float:
    return to_natural("HR" if case.is_log else "MD", value)


def _case_cells(one: CasePrediction, case: CaseSummary) -> dict[str, str | Markup]:
    scale = "ratio" if case.is_log else "difference"
    said = (_natural(case, x) for x in (one.mean, one.low, one.high))
    words = {True: "yes", False: "no", None: MISSING}
    mean, low, high = said
    return {
        "case": f"{case.question} {case.comparability}".strip(),
        "rule": sentence_case(rule_text(one.rule)),
        "said": with_interval(mean, low, high, scale),
        "later": f"{case.measure} {with_interval(_natural(case, one.later), None, None, scale)}",
        "inside": words[one.covered],
        "sign": words[one.sign_right],
        "log_score": number(one.log_score),
        "remark": one.reason,
    }


def _case_record(one: CasePrediction, case: CaseSummary) -> dict[str, Any]:
    return {
        "case_id": one.case_id,
        "question": case.question,
        "outcome": case.outcome,
        "target_trial": case.target_trial,
        "target_stratum": case.target_stratum,
        "measure": case.measure,
        "rule": one.rule,
        "predicted": _natural(case, one.mean),
        "low": _natural(case, one.low),
        "high": _natural(case, one.high),
        "later": _natural(case, one.later),
        "tau": one.tau,
        "covered": one.covered,
        "sign_right": one.sign_right,
        "log_score": one.log_score,
        "usable": one.usable,
        "reason": one.reason,
        "comparability": case.comparability,
    }
