"""A retrodiction as plain data, and as a table for a terminal."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, get_args

from equipoise.estimate import to_natural
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    CaseSummary,
    Mean,
    Retrodiction,
    RetrodictionScore,
    Share,
    Usable,
)

MISSING = "-"
"""Shown where there is no number."""


def retrodiction_answer(result: Retrodiction) -> dict[str, Any]:
    """Plain dicts, lists and finite numbers; a missing number is None.

    `counts` says how many cases could be scored in full, in direction only and not at all.
    Predictions are on the analysis scale, and for ratio measures their mean and limits also on
    the natural one (`natural`).
    """
    answer: dict[str, Any] = _plain(dataclasses.asdict(result))
    usable = [case.usable for case in result.cases]
    answer["counts"] = {word: usable.count(word) for word in get_args(Usable)}
    logs = {case.case_id: case.is_log for case in result.cases}
    for prediction in answer["predictions"]:
        is_log = logs[prediction["case_id"]]
        prediction["natural"] = {
            name: _natural(prediction[name], is_log) for name in ("mean", "low", "high", "later")
        }
    return answer


def _natural(value: float | None, is_log: bool) -> float | None:
    if value is None:
        return None
    natural = to_natural("HR" if is_log else "MD", value)
    return natural if math.isfinite(natural) else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def retrodiction_text(result: Retrodiction) -> str:
    """Write the scores by rule, the paired differences and each case, for a terminal."""
    blocks = [
        result.message,
        _table(
            ("rule", "inside 95 %", "direction right", "mean log score", "cases"),
            [_score_row(score) for score in (*result.scores, *result.sensitivity)],
        ),
        _table(
            ("log score of equipoise minus", "mean (95 % interval)", "cases"),
            [(c.against, _mean(c.difference), str(c.difference.n)) for c in result.comparisons],
        ),
    ]
    for case in result.cases:
        own = [p for p in result.predictions if p.case_id == case.case_id]
        blocks.append("\n".join(_case_lines(case, own)))
    return "\n\n".join(blocks)


def _score_row(score: RetrodictionScore) -> tuple[str, ...]:
    return (
        score.rule,
        _share(score.coverage),
        _share(score.sign),
        _mean(score.log_score),
        str(score.log_score.n),
    )


def _case_lines(case: CaseSummary, predictions: list[CasePrediction]) -> list[str]:
    known = math.isfinite(case.later)
    came = _number(_shown(case.later, case.is_log)) if known else "no effect stated"
    lines = [f"{case.case_id}: {case.question}".rstrip(": ")]
    where = ", ".join(word for word in (case.target_trial, case.target_stratum) if word)
    lines.append(f"  later: {where or MISSING}: {case.measure} {came} [{case.usable}]")
    if case.reason:
        lines.append(f"  why: {case.reason}")
    rows = [_prediction_row(p, case.is_log) for p in predictions]
    table = _table(("rule", "predicted", "inside", "direction", "log score"), rows)
    lines += [f"  {line}" for line in table.split("\n")]
    if case.tau_source:
        lines.append(f"  tau {_number(case.tau)}: {case.tau_source}")
    if case.dropped:
        lines.append(f"  {case.dropped} earlier row(s) after the cutoff left out")
    lines += [f"  note: {note}" for note in case.notes]
    return lines + ([f"  differs: {case.comparability}"] if case.comparability else [])


def _prediction_row(p: CasePrediction, is_log: bool) -> tuple[str, ...]:
    mean, low, high = (_number(_shown(x, is_log)) for x in (p.mean, p.low, p.high))
    words = {True: "yes", False: "no", None: MISSING}
    spread = f"{mean} ({low} to {high})" if p.usable == "full" else MISSING
    return p.rule, spread, words[p.covered], words[p.sign_right], _number(p.log_score)


def _shown(value: float, is_log: bool) -> float:
    return to_natural("HR" if is_log else "MD", value) if math.isfinite(value) else value


def _share(share: Share) -> str:
    if share.n == 0:
        return MISSING
    return f"{share.count}/{share.n} ({_number(share.low)} to {_number(share.high)})"


def _mean(mean: Mean) -> str:
    if mean.n < 2:
        return _number(mean.value)
    return f"{_number(mean.value)} ({_number(mean.low)} to {_number(mean.high)})"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return MISSING
    text = f"{value:.2f}" if abs(value) < 1e6 else f"{value:.2g}"
    return text.lstrip("-") if float(text) == 0 else text


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns of equal width, two spaces apart."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
