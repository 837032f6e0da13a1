"""Exact conditional p-values: Fisher's test, plain enumeration, and the error they keep."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom

from equipoise.design.closed import Difference, equal_level_bounds, fisher_product, inverse_normal
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    enrichment_plan,
    nested,
    rate_endpoint,
)
from equipoise.design.enrichment.exact_tests import exact_p_values


def draw(seed: int, n: int, m: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 8, (n, m, 2))
    return np.stack([sizes, rng.binomial(sizes, 0.4)], axis=-1)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_one_stratum_is_fishers_test(sign: float) -> None:
    counts = draw(1, 60, 1)
    ours = exact_p_values(counts, np.zeros(60, dtype=np.int64), sign)
    side = "greater" if sign > 0 else "less"
    for i in range(60):
        (n0, c), (n1, a) = counts[i, 0].tolist()
        table = [[a, n1 - a], [c, n0 - c]]
        assert ours[i, 0] == pytest.approx(fisher_exact(table, side)[1], rel=1e-10)


def test_two_strata_against_enumeration() -> None:
    counts = draw(2, 25, 2)
    ours = exact_p_values(counts, np.ones(25, dtype=np.int64), 1.0)
    for i in range(25):
        seen, laws = 0, []
        for s in (0, 1):
            (n0, c), (n1, a) = counts[i, s].tolist()
            seen += a
            laws.append([hypergeom.pmf(x, n0 + n1, a + c, n1) for x in range(n1 + 1)])
        plain = sum(
            laws[0][x] * laws[1][y]
            for x, y in product(range(len(laws[0])), range(len(laws[1])))
            if x + y >= seen
        )
        assert ours[i, 1] == pytest.approx(plain, rel=1e-10)
    alone = exact_p_values(counts, np.zeros(25, dtype=np.int64), 1.0)
    np.testing.assert_allclose(alone[:, 0], ours[:, 0], rtol=1e-12)
    assert np.all(alone[:, 1] == 1.0)


@pytest.mark.parametrize("rate", [0.05, 0.3])
@pytest.mark.parametrize(
    "combination",
    [inverse_normal([0.5, 1.0], [2.96, 1.9686]), fisher_product(equal_level_bounds(2))],
    ids=["inverse normal", "Fisher"],
)
def test_error_is_kept_and_the_score_test_is_bolder(rate: float, combination) -> None:
    plan = enrichment_plan(combination, Difference())
    found = {}
    for test in ("exact", "score"):
        given = {"test": test, "subset_size": "fixed"}
        endpoint = rate_endpoint(nested([0.6, 0.4]), [50, 50], [[rate] * 2] * 2, **given)
        simulation = EnrichmentSimulation(plan, endpoint)
        found[test] = run_chunks(simulation, 20_000, 5000, seed=4).rate("error")
    assert found["exact"].value <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 20_000)
    assert found["exact"].value < found["score"].value
