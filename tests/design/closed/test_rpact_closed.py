"""Closed combination tests and Fisher critical values against rpact (validation/rpact/closed.R)."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.design.closed import (
    closed_test,
    equal_level_bounds,
    fisher_bounds,
    fisher_product,
    full_level_bounds,
    inverse_normal,
    repeated_p_values,
    stage_probabilities,
)

Values = dict[str, dict[str, np.ndarray]]
TESTS = {
    "Simes": "simes",
    "Bonferroni": "bonferroni",
    "Sidak": "sidak",
    "SpiessensDebois": "spiessens-debois",
}


def load(root: Path) -> Values:
    cells: dict[str, dict[str, dict[tuple[int, int], float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    with (root / "validation/rpact/closed.csv").open() as file:
        for row in csv.DictReader(file):
            value = float("nan" if row["value"] == "NA" else row["value"])
            cells[row["case"]][row["what"]][int(row["i"]) - 1, int(row["k"]) - 1] = value
    found: Values = {}
    for case, parts in cells.items():
        found[case] = {}
        for what, entries in parts.items():
            shape = tuple(max(key[d] for key in entries) + 1 for d in (0, 1))
            array = np.full(shape, np.nan)
            for key, value in entries.items():
                array[key] = value
            found[case][what] = array
    return found


@pytest.fixture(scope="module")
def pinned(root: Path) -> Values:
    return load(root)


@pytest.fixture(scope="module")
def sizes(root: Path) -> dict[str, np.ndarray]:
    """Patients of (S, F) by stage of each data set with two subsets."""
    found: dict[str, np.ndarray] = {}
    with (root / "validation/rpact/closed_given.csv").open() as file:
        for row in csv.DictReader(file):
            if row["case"].startswith("three"):
                continue
            n = found.setdefault(row["case"], np.zeros((2, 3)))
            total = sum(float(row[c].replace("NA", "nan")) for c in ("n1", "n0"))
            stage = int(row["stage"]) - 1
            n[1, stage] += 0.0 if np.isnan(total) else total
            n[0, stage] += total if row["subset"] == "S1" else 0.0
    return found


def rule(pinned: Values, name: str):
    bounds = pinned[name]["bounds"][0]
    if name.startswith("fi"):
        return fisher_product(bounds)
    return inverse_normal(pinned[name]["information"][0], bounds)


def cases(pinned: Values) -> list[str]:
    return [case for case, parts in pinned.items() if "separate_p" in parts]


def run(pinned: Values, sizes: dict[str, np.ndarray], case: str):
    name = "in2" if case.startswith("three") else case[:3]
    test = next(ours for theirs, ours in TESTS.items() if theirs in case.split("_"))
    p = pinned[case]["separate_p"]
    size = sizes.get("_".join(case.split("_")[:3]))
    information = None if size is None else size[:, : p.shape[1]]
    return name, closed_test(p, rule(pinned, name), test, information)


def test_every_decision_and_statistic(pinned: Values, sizes: dict[str, np.ndarray]) -> None:
    seen = 0
    for case in cases(pinned):
        name, ours = run(pinned, sizes, case)
        theirs = pinned[case]
        order = [
            next(i for i, held in enumerate(ours.members) if np.array_equal(held, wanted))
            for wanted in theirs["members"] == 1.0
        ]
        np.testing.assert_allclose(
            ours.stage_p[0, order], theirs["stage_p"], rtol=0, atol=1e-12, err_msg=case
        )
        combined = ours.combined[0, order]
        combined = np.exp(combined) if name.startswith("fi") else combined
        np.testing.assert_allclose(
            combined, theirs["combined"], rtol=1e-10, atol=1e-10, err_msg=case
        )
        np.testing.assert_array_equal(ours.rejected[0], theirs["rejected"] == 1.0, err_msg=case)
        seen += theirs["rejected"].size
    assert seen > 200


def test_both_decisions_occur(pinned: Values) -> None:
    decided = np.concatenate([pinned[case]["rejected"][:, -1] for case in cases(pinned)])
    assert 20 < decided.sum() < decided.size - 20


@pytest.mark.parametrize("stages", [2, 3, 4, 5])
@pytest.mark.parametrize(
    ("method", "ours"), [("equalAlpha", equal_level_bounds), ("fullAlpha", full_level_bounds)]
)
def test_fisher_critical_values(pinned: Values, stages: int, method: str, ours) -> None:
    theirs = pinned[f"{method}{stages}"]
    critical = ours(stages)
    np.testing.assert_allclose(critical, theirs["critical"][0], rtol=1e-11)
    np.testing.assert_allclose(
        stage_probabilities(critical).cumsum(), theirs["spent"][0], atol=1e-10
    )


@pytest.mark.parametrize("accept", [0.3, 0.5, 0.7])
def test_fisher_critical_values_with_acceptance(pinned: Values, accept: float) -> None:
    critical = pinned[f"accept{accept}"]["critical"][0]
    spent = stage_probabilities(critical, np.array([accept])).cumsum()
    assert spent[-1] == pytest.approx(0.025, abs=1e-10)
    np.testing.assert_allclose(fisher_bounds(spent, [accept]), critical, rtol=1e-9)


def two_looks(alpha: float):
    """O'Brien-Fleming-like spending at half of the information, by plain quadrature."""
    first = -ndtri(2.0 * ndtr(ndtri(alpha / 2.0) / np.sqrt(0.5)))
    spent = float(ndtr(-first))

    def excess(c: float) -> float:
        def density(z: float) -> float:
            tail = ndtr(-(c - np.sqrt(0.5) * z) / np.sqrt(0.5))
            return float(np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) * tail)

        return quad(density, -9.0, first, epsabs=1e-12)[0] - (alpha - spent)

    return inverse_normal([0.5, 1.0], [first, brentq(excess, -1.0, 9.0, xtol=1e-10)])


@pytest.mark.slow
@pytest.mark.parametrize("data", ["weak", "strong"])
@pytest.mark.parametrize("test", ["Simes", "SpiessensDebois"])
def test_repeated_p_values(
    pinned: Values, sizes: dict[str, np.ndarray], data: str, test: str
) -> None:
    case = f"in2_both_{data}_{test}_stratified"
    _, closed = run(pinned, sizes, case)
    ours = repeated_p_values(closed, two_looks, 1e-7)[0]
    np.testing.assert_allclose(ours, pinned[case]["repeated_p"], atol=2e-6)
