"""Makers of small invented past questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from equipoise.synthesis.retrodiction import PastCase, parse_cases

Maker = Callable[..., PastCase]


def result(
    trial: str,
    stratum: str,
    estimate: float | None,
    low: float | None,
    high: float | None,
    **more: Any,
) -> dict[str, Any]:
    return {
        "trial": trial,
        "stratum": stratum,
        "measure": "HR",
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        **more,
    }


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    return result


@pytest.fixture
def make() -> Maker:
    """Return a case from its earlier and later rows."""

    def maker(
        earlier: list[dict[str, Any]], later: list[dict[str, Any]], name: str = "one", **more: Any
    ) -> PastCase:
        case = {"id": name, "effect_measure": "HR", "earlier": earlier, "later": later, **more}
        return parse_cases({"cases": [case]})[0]

    return maker


@pytest.fixture
def worked(make: Maker) -> PastCase:
    """Two strata of one trial, then a trial in the stratum: HR 0.64 and, in the rest, 1.09."""
    return make(
        [result("A", "positive", 0.64, 0.43, 0.95), result("A", "negative", 1.09, 0.93, 1.28)],
        [result("B", "positive", 0.9, 0.7, 1.16)],
    )
