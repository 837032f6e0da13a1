"""A retrodiction as plain data, for JSON."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, get_args

from equipoise.estimate import to_natural
from equipoise.synthesis.retrodiction.records import Retrodiction, Usable


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
