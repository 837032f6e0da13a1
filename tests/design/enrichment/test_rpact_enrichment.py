"""Simulated enrichment trials against rpact's (enrichment.R): within four joint errors."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from equipoise.design.closed import (
    Difference,
    Epsilon,
    Interim,
    fisher_product,
    inverse_normal,
)
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    enrichment_plan,
    nested,
    rate_endpoint,
    survival_endpoint,
)

THEIRS = 8000
"""Trials of the recipe."""
OURS = 40_000

STRATA = nested([0.6, 0.4])
TWO, THREE = [0.5, 1.0], [0.3, 0.6, 1.0]


def best_z(interim: Interim) -> np.ndarray:
    """Population with the larger statistic: a rule of the user's."""
    return interim.z >= np.fmax.reduce(interim.z, axis=1)[:, None]


def near_best_z(interim: Interim) -> np.ndarray:
    best = np.fmax.reduce(interim.z, axis=1)[:, None]
    return np.asarray(best - interim.z <= 0.3)


def rates(totals, negative, positive, control=0.3, **options):
    table = [[control, negative], [control, positive]]
    return rate_endpoint(STRATA, totals, table, **options)


def events(totals, negative, positive):
    return survival_endpoint(STRATA, totals, [negative, positive], average="information")


LOWER = {"allocation": 2.0, "benefit": "lower"}
CASES = {
    "rates_best": (TWO, Difference(), "simes", "all", rates([200, 200], 0.35, 0.50)),
    "rates_null": (TWO, Difference(), "simes", "all", rates([200, 200], 0.3, 0.3)),
    "rates_epsilon": (
        *(None, Difference(-0.0512, 0.0512), "spiessens-debois", "any"),
        rates([200, 200], 0.44, 0.50),
    ),
    "rates_three": (
        THREE,
        Epsilon(0.1012),
        "sidak",
        "all",
        rates([150] * 3, 0.38, 0.3, 0.5, **LOWER),
    ),
    "rates_threshold": (
        *(TWO, Difference(least=0.0), "bonferroni", "all"),
        rates([200, 200], 0.32, 0.38),
    ),
    "survival_best": (TWO, best_z, "simes", "all", events([120, 140], 0.85, 0.6)),
    "survival_null": (TWO, best_z, "spiessens-debois", "all", events([120, 140], 1.0, 1.0)),
    "survival_three": (THREE, near_best_z, "simes", "any", events([90] * 3, 0.7, 0.6)),
}


@pytest.fixture(scope="module")
def pinned(root: Path) -> dict[str, dict[str, np.ndarray]]:
    cells: dict[str, dict[str, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    with (root / "validation/rpact/enrichment.csv").open() as file:
        for row in csv.DictReader(file):
            rows = cells[row["case"]][row["what"]]
            while len(rows) < int(row["k"]):
                rows.append([])
            rows[int(row["k"]) - 1].append(float(row["value"]))
    return {case: {w: np.array(v) for w, v in parts.items()} for case, parts in cells.items()}


@pytest.mark.slow
@pytest.mark.parametrize("case", list(CASES))
def test_rates_agree(pinned: dict[str, dict[str, np.ndarray]], case: str) -> None:
    information, rule, test, success, endpoint = CASES[case]
    theirs = pinned[case]
    bounds = theirs["bounds"][0]
    combine = fisher_product(bounds) if information is None else inverse_normal(information, bounds)
    plan = enrichment_plan(combine, rule, intersection=test, success=success)
    ours = run_chunks(EnrichmentSimulation(plan, endpoint), OURS, 5000, seed=11)
    rejected = np.diff(ours.rate("rejected_by_stage").value, axis=0, prepend=0.0)
    pairs = {
        "any": (ours.rate("any").value, theirs["any"][0, 0]),
        "rejected": (rejected, theirs["rejected"]),
        "tested": (ours.rate("tested").value, theirs["tested"]),
    }
    for name, (a, b) in pairs.items():
        share = np.clip((a * OURS + b * THEIRS) / (OURS + THEIRS), 1e-4, 1 - 1e-4)
        joint = np.sqrt(share * (1 - share) * (1 / OURS + 1 / THEIRS))
        assert np.all(np.abs(a - b) <= 4 * joint), (name, a, b)
    mean = ours.mean("patients")
    spread = mean.mcse * np.sqrt(1 + OURS / THEIRS)
    assert abs(mean.value - theirs["expected"][0, 0]) <= 4 * spread + 1e-9
