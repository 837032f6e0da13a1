"""A made-up synthesis of the made-up evidence."""

from __future__ import annotations

import importlib.util
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from equipoise.estimate import Estimate
from equipoise.evidence.schema import (
    CohortRow,
)
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.cohorts import (
    CohortEstimate,
    CohortExclusion,
    CohortGroup,
    CohortPanel,
)
from equipoise.synthesis.contributions import Contribution
from equipoise.synthesis.interactions import ComplementResult
from equipoise.synthesis.plan import Complement, NormalPrior, Pool
from equipoise.synthesis.pooling import pool
from equipoise.synthesis.row_selection import Exclusion
from equipoise.synthesis.shrinkage import ShrunkenInteraction


def _sibling(name: str) -> Any:
    """Load a module that stands beside this one; test folders are not packages."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_evidence = _sibling("drugx_evidence")
COUNTS, HOSTILE, QUESTION = _evidence.COUNTS, _evidence.HOSTILE, _evidence.QUESTION


def _log_estimate(value: float, low: float, high: float, row: str, **more: object) -> Estimate:
    se = math.log(high / low) / (2 * 1.959964)
    return Estimate(math.log(value), se, "HR", (row,), **more)  # type: ignore[arg-type]


def _pool_of(
    pool_id: str, outcome: str, contributions: list[Contribution], measure: str, **more: object
) -> OutcomeSynthesis:
    y = np.array([c.estimate.value for c in contributions])
    v = np.array([c.estimate.variance for c in contributions])
    pooled = pool(y, v, ci="hksj" if len(y) > 1 else "wald")
    weighted = tuple(
        replace(c, weight=float(w)) for c, w in zip(contributions, pooled.weights, strict=True)
    )
    fields = {
        "pool": Pool(id=pool_id, outcome=outcome, label=QUESTION.outcome(outcome).label),
        "outcome": QUESTION.outcome(outcome),
        "measure": measure,
        "unit": "",
        "contributions": weighted,
        "pooled": pooled,
        "alternatives": (pool(y, v, ci="wald"),),
        "exclusions": (Exclusion("beta_level", "beta", f"not randomised {HOSTILE}"),),
        "absolute": None,
        "standing": "pooled",
    }
    return OutcomeSynthesis(**(fields | more))  # type: ignore[arg-type]


def _contribution(name: str, estimate: Estimate, **more: object) -> Contribution:
    label = f"{name.upper()} 2019" if name != "gamma" else f"GAMMA {HOSTILE}"
    fields = {
        "trial_id": name,
        "label": label,
        "row_ids": estimate.source,
        "estimate": estimate,
        "weight": math.nan,
        "analysed": "",
        "counts": None,
        "confidence": "high",
        "note": "",
        "analysis_set": "itt",
    }
    return Contribution(**(fields | more))  # type: ignore[arg-type]


def _odds(name: str) -> Contribution:
    a, n1, c, n2 = COUNTS[name]
    value = math.log(a * (n2 - c) / (c * (n1 - a)))
    se = math.sqrt(1 / a + 1 / (n1 - a) + 1 / c + 1 / (n2 - c))
    estimate = Estimate(value, se, "OR", (f"{name}_cure",))
    return _contribution(name, estimate, counts=COUNTS[name])


def outcomes() -> tuple[OutcomeSynthesis, ...]:
    os = [
        _contribution("delta", _log_estimate(1.01, 0.87, 1.17, "delta_os_high")),
        _contribution("gamma", _log_estimate(0.9, 0.5, 1.6, "gamma_os", standing="reconstructed")),
    ]
    nausea = [
        _contribution(
            "delta",
            Estimate(math.log(0.3 / 0.1188), 0.31, "RR", ("delta_nausea",)),
            counts=(30, 100, 12, 101),
        )
    ]
    absolute = AbsoluteDifference(
        18.1,
        7.1,
        29.1,
        0.95,
        1,
        ("delta_nausea",),
        "percentage points",
        "one trial, wald",
        "converged",
    )
    return (
        _pool_of("cure", "cure", [_odds(name) for name in COUNTS], "OR"),
        _pool_of("os", "OS", os, "HR"),
        _pool_of("nausea", "nausea", nausea, "RR", absolute=absolute, standing="printed"),
    )


def complement() -> ComplementResult:
    spec = Complement(
        id="delta-os",
        trial="delta",
        outcome="OS",
        axis="m",
        level="positive",
        complement_level="negative",
        stratum="delta_os_pos",
        partition=("delta_os_high", "delta_os_low"),
    )
    rows = ("delta_os_pos", "delta_os_high", "delta_os_low")
    stratum = _log_estimate(0.64, 0.43, 0.95, rows[0])
    whole = _log_estimate(1.01, 0.87, 1.17, rows[1], standing="derived")
    rest = replace(_log_estimate(1.09, 0.93, 1.27, rows[1]), source=rows, standing="derived")
    ratio = replace(_log_estimate(0.59, 0.38, 0.90, rows[0]), source=rows, standing="derived")
    prior = NormalPrior(
        name="sceptic", target="interaction", sd=0.354, label="sceptical", source="assumed"
    )
    return ComplementResult(
        spec,
        stratum,
        whole,
        rest,
        ratio,
        0.015,
        0.011,
        0.021,
        0.95,
        ((0.0, rest, ratio, 0.015), (0.3, rest, ratio, 0.02)),
        ((0.1, rest, ratio, 0.018),),
        ((4, 0.0587), (5, 0.073), (10, 0.14)),
        (ShrunkenInteraction(prior, ratio, -0.69, 0.1, 0.95, 0.72, "sceptical"),),
        p_worst_low=0.006,
        p_worst_high=0.034,
        factors_examined=4,
    )


def cohort_panel(rows: tuple[CohortRow, ...]) -> CohortPanel:
    made = {
        row.cohort_id: CohortEstimate(
            row,
            row.cohort,
            _log_estimate(row.estimate or 1, row.ci_low or 1, row.ci_high or 1, row.cohort_id),
            row.ci_low or math.nan,
            row.ci_high or math.nan,
            False,
            "",
        )
        for row in rows
    }
    return CohortPanel(
        (
            CohortGroup("naive", "Naive ever/never", "time before counts", (made["book_naive"],)),
            CohortGroup("time_varying", "Time-varying", "moves", (made["other_tv"],)),
            CohortGroup("new_user", "New users", "starts", (made["book_new"],)),
        ),
        (),
        (CohortExclusion("book_x", "summary of others"),),
    )
