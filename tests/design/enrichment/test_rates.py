"""Patients with rates: scores against rpact and a plain loop, and what cannot be recruited."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from equipoise.design.closed import (
    Difference,
    closed_test,
    inverse_normal,
)
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    enrichment_plan,
    nested,
    rate_endpoint,
    stage_patients,
)
from equipoise.design.enrichment.rates import score_kernel
from equipoise.synthesis.arrays import ArrayError

TWO = nested([0.6, 0.4])


def scores(counts: np.ndarray, sign: float = 1.0, log_odds: bool = False) -> np.ndarray:
    """Six rows (patients, z, effect, weight, spread, information) of a stage for everybody."""
    n, m = counts.shape[:2]
    out = np.zeros((6, n, m))
    score_kernel(counts, np.full(n, m - 1), sign, log_odds, out)
    return out


def test_z_is_rpact_stratified_z(root: Path) -> None:
    given: dict[tuple[str, int], dict[str, list[int]]] = {}
    with (root / "validation/rpact/closed_given.csv").open() as file:
        for row in csv.DictReader(file):
            if row["subset"] in {"S1", "R"} and "NA" not in row.values():
                cells = [int(row[c]) for c in ("n0", "e0", "n1", "e1")]
                given.setdefault((row["case"], int(row["stage"])), {})[row["subset"]] = cells
    theirs: dict[tuple[str, int, int], float] = {}
    with (root / "validation/rpact/closed.csv").open() as file:
        for row in csv.DictReader(file):
            if row["what"] == "z" and row["case"].endswith("_Simes_stratified"):
                case = "_".join(row["case"].split("_")[:3])
                theirs[case, int(row["k"]), int(row["i"])] = float(
                    row["value"].replace("NA", "nan")
                )
    seen = 0
    for (case, stage), strata in given.items():
        if len(strata) < 2 or case.startswith("three"):
            continue
        counts = np.array([[strata["R"], strata["S1"]]]).reshape(1, 2, 2, 2)
        z = scores(counts)[1, 0]
        assert z == pytest.approx([theirs[case, stage, 1], theirs[case, stage, 2]], abs=1e-12)
        seen += 1
    assert seen > 10


@pytest.mark.parametrize("log_odds", [False, True])
def test_scores_against_a_plain_loop(log_odds: bool) -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(2, 9, (200, 3, 2))
    counts = np.stack([sizes, rng.binomial(sizes, 0.4)], axis=-1)
    out = scores(counts, -1.0, log_odds)
    for i in range(200):
        top = bottom = 0.0
        for s in (2, 1, 0):
            (n0, c), (n1, a) = counts[i, s].tolist()
            w = n0 * n1 / (n0 + n1)
            p = (a + c) / (n0 + n1)
            top += w * (a / n1 - c / n0)
            bottom += w * p * (1 - p)
            z = 0.0 if bottom == 0 else -top / math.sqrt(bottom)
            assert out[1, i, 2 - s] == pytest.approx(z, abs=1e-13)
            effect = c / n0 - a / n1
            if log_odds:
                h = 0.5 if 0 in (a, c, n1 - a, n0 - c) else 0.0
                effect = -math.log((a + h) * (n0 - c + h) / ((n1 - a + h) * (c + h)))
            assert out[2, i, s] == pytest.approx(effect, abs=1e-13)


def plan(first: float = np.inf, rule: object = None, **options: object):
    rule = Difference(-0.05, 0.05) if rule is None else rule
    return enrichment_plan(inverse_normal([0.5, 1.0], [first, 1.97]), rule, **options)


@pytest.mark.parametrize("first", [np.inf, 2.2])
@pytest.mark.parametrize("subset", ["fixed", "random"])
def test_the_closed_test_makes_the_same_decisions(first: float, subset: str) -> None:
    endpoint = rate_endpoint(TWO, [90, 90], [[0.3, 0.45], [0.3, 0.6]], subset_size=subset)
    found = EnrichmentSimulation(plan(first), endpoint).trials(np.random.default_rng(5), 400)
    closed = closed_test(found.p, plan(first).combination)
    decided = closed.rejected.transpose(0, 2, 1) & found.tested
    np.testing.assert_array_equal(found.rejected, np.logical_or.accumulate(decided, axis=1))
    ended = ~found.tested[:, 1].any(axis=1)
    assert np.all(found.patients[ended, 1] == 0.0)
    only_small = found.tested[:, 1, 0] & ~found.tested[:, 1, 1]
    assert only_small.any()
    assert np.all(found.patients[only_small, 1, 0] == 0.0)
    assert np.all(found.patients[~ended].sum(axis=2)[:, 1] == 90.0)


def test_counts_are_binomial() -> None:
    endpoint = rate_endpoint(TWO, [50], [[0.2, 0.7], [0.4, 0.9]])
    rng = np.random.default_rng(8)
    draw = endpoint.draw(rng, 0, np.full(20_000, 1))
    expected = [0.5, 0.5]
    n = endpoint.patients[0, 1]
    variance = (endpoint.rates * (1 - endpoint.rates) / n).sum(axis=1)
    error = np.sqrt(variance / 20_000)
    assert np.all(np.abs(draw.effect.mean(axis=0) - expected) < 4 * error)
    np.testing.assert_allclose(draw.effect.var(axis=0), variance, rtol=0.06)


def test_stratum_sizes_that_come_as_they_come() -> None:
    endpoint = rate_endpoint(TWO, [100], [[0.3, 0.3]] * 2, subset_size="random")
    draw = endpoint.draw(np.random.default_rng(8), 0, np.full(4000, 1))
    assert np.all(draw.patients.sum(axis=1) == 100)
    assert draw.patients[:, 1].mean() == pytest.approx(40, abs=4 * math.sqrt(24 / 4000))
    assert draw.patients[:, 1].var() == pytest.approx(24, rel=0.1)


def test_an_empty_subset_is_no_statistic_and_no_error() -> None:
    endpoint = rate_endpoint(nested([0.97, 0.03]), [60, 60], [[0.1, 0.1]] * 2, subset_size="random")
    found = EnrichmentSimulation(plan(), endpoint).trials(np.random.default_rng(1), 3000)
    assert np.any(found.patients[:, 0, 1] == 0)
    assert np.all((found.p >= 0) | np.isnan(found.p))


def test_three_nested_populations_with_unequal_allocation() -> None:
    three = nested([0.5, 0.3, 0.2])
    sizes = stage_patients(three, [150, 90], 2.0)
    assert sizes[0, 2].tolist() == [[25, 50], [15, 30], [10, 20]]
    assert sizes[1, 0].tolist() == [[0, 0], [0, 0], [30, 60]]
    assert np.all(sizes.sum(axis=(2, 3)) == [[150] * 3, [90] * 3])


def test_what_cannot_be_recruited() -> None:
    with pytest.raises(ArrayError, match="plan all-comers"):
        nested([1.0, 0.0])
    with pytest.raises(ArrayError, match="Recruit more"):
        stage_patients(TWO, [3], 1.0)
    with pytest.raises(ArrayError) as caught:
        rate_endpoint(TWO, [90], [[0.3, 1.2]], benefit="up", effect="ratio")
    assert len(caught.value.problems) == 4


def test_one_population_is_a_plain_adaptive_trial() -> None:
    endpoint = rate_endpoint(nested([1.0]), [100, 100], [[0.3, 0.5]])
    found = EnrichmentSimulation(plan(2.5, lambda i: ~np.isnan(i.estimate)), endpoint).trials(
        np.random.default_rng(2), 2000
    )
    assert found.rejected.shape == (2000, 2, 1)
    assert 0.6 < found.rejected[:, 1, 0].mean() < 0.95
