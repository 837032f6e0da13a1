"""Predictions and scores against an independent R program (validation/retrodiction/predict.R)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from equipoise.synthesis.retrodiction import parse_cases, retrodict
from equipoise.synthesis.retrodiction.scoring import share

PINNED = Path(__file__).parents[3] / "validation" / "retrodiction"
TOLERANCE = 1e-8
"""Relative, absolute below 1."""


def read(name: str) -> list[dict[str, str]]:
    with (PINNED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed(row: dict[str, str], part: str, trial: str) -> dict[str, Any]:
    numbers = {"estimate": row[part], "ci_low": row[f"{part}_low"], "ci_high": row[f"{part}_high"]}
    stratum = "rest" if part == "rest" else "stratum"
    return {"trial": trial, "stratum": stratum, "measure": "HR", **numbers}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Any]:
    cases = [
        {
            "id": row["id"],
            "earlier": [printed(row, p, "A") for p in ("stratum", "rest") if row[p]],
            "later": [printed(row, "later", "B")],
        }
        for row in read("inputs.csv")
    ]
    result = retrodict(parse_cases({"cases": cases}))
    return {(p.case_id, p.rule): p for p in result.predictions}


@pytest.mark.parametrize("row", read("predicted.csv"), ids=lambda row: f"{row['id']}-{row['rule']}")
def test_prediction(row: dict[str, str], found: dict[tuple[str, str], Any]) -> None:
    own = found[row["id"], row["rule"]]
    for name in ("mean", "sd", "log_score", "mixture_log_score"):
        pinned = float(row[name])
        assert abs(getattr(own, name) - pinned) <= TOLERANCE * max(1.0, abs(pinned)), name


@pytest.mark.parametrize("row", read("shares.csv"), ids=lambda row: f"{row['count']}/{row['n']}")
def test_share(row: dict[str, str]) -> None:
    count, n = int(row["count"]), int(row["n"])
    own = share([True] * count + [False] * (n - count))
    assert (own.low, own.high) == pytest.approx((float(row["low"]), float(row["high"])), abs=1e-10)
