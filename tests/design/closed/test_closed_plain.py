"""The closed test against a plain loop over intersections, and its properties."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from equipoise.design.closed import closed_test, fisher_product, inverse_normal
from equipoise.synthesis.arrays import ArrayError

RULES = {
    "inverse": inverse_normal([0.4, 0.7, 1.0], [2.9, 2.4, 2.0]),
    "fisher": fisher_product([0.008, 0.002, 0.0006]),
}


def plain_intersection(name: str, tested: list[float]) -> float:
    m = len(tested)
    if name == "bonferroni":
        return min(1.0, m * min(tested))
    if name == "sidak":
        return 1.0 - (1.0 - min(tested)) ** m
    return min(m * p / rank for rank, p in enumerate(sorted(tested), 1))


def plain_rejections(p: np.ndarray, rule: str, name: str) -> np.ndarray:
    """Reject j by stage k when all intersections with j were rejected by then; no arrays."""
    m, stages = p.shape
    done: dict[tuple[int, ...], list[bool]] = {}
    for size in range(1, m + 1):
        for held in combinations(range(m), size):
            score, weight, product, ever, flags = 0.0, 0.0, 1.0, False, []
            for k in range(stages):
                tested = [float(p[j, k]) for j in held if not np.isnan(p[j, k])]
                if tested and not np.isnan(score):
                    q = plain_intersection(name, tested)
                    step = [0.4, 0.3, 0.3][k]
                    score += step**0.5 * -float(ndtri(q))
                    weight += step
                    product *= q
                    crossed = (
                        score / weight**0.5 >= [2.9, 2.4, 2.0][k]
                        if rule == "inverse"
                        else product <= [0.008, 0.002, 0.0006][k]
                    )
                    ever = ever or crossed
                else:
                    score = float("nan")
                flags.append(ever)
            done[held] = flags
    return np.array(
        [
            [all(flags[k] for held, flags in done.items() if j in held) for k in range(stages)]
            for j in range(m)
        ]
    )


def draw(seed: int, n: int, m: int) -> np.ndarray:
    """P-values (n, m, 3), many of them small, some populations dropped at stage 2 or 3."""
    rng = np.random.default_rng(seed)
    p = rng.random((n, m, 3)) ** rng.choice([1.0, 4.0], (n, 1, 1))
    last = rng.integers(1, 4, (n, m, 1))
    return np.where(np.arange(3) < last, p, np.nan)


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("name", ["bonferroni", "sidak", "simes"])
@pytest.mark.parametrize("m", [2, 3])
def test_against_a_plain_loop(rule: str, name: str, m: int) -> None:
    p = draw(7, 150, m)
    fast = closed_test(p, RULES[rule], name).rejected
    slow = np.array([plain_rejections(trial, rule, name) for trial in p])
    np.testing.assert_array_equal(fast, slow)
    assert 20 < slow[:, :, -1].sum() < slow[:, :, -1].size - 20


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(["bonferroni", "sidak", "simes"]))
def test_swapping_populations_swaps_decisions(seed: int, name: str) -> None:
    p = draw(seed, 5, 3)
    order = [2, 0, 1]
    straight = closed_test(p, RULES["inverse"], name).rejected
    swapped = closed_test(p[:, order], RULES["inverse"], name).rejected
    np.testing.assert_array_equal(swapped, straight[:, order])


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.0, 1.0))
def test_smaller_p_values_never_lose_a_rejection(seed: int, factor: float) -> None:
    p = draw(seed, 5, 2)
    before = closed_test(p, RULES["inverse"], "simes").rejected
    after = closed_test(p * factor, RULES["inverse"], "simes").rejected
    assert not np.any(before & ~after)


def test_one_population_is_the_combination_test_alone() -> None:
    p = np.array([[[0.01, 0.04, 0.2]]])
    closed = closed_test(p, RULES["inverse"])
    statistics = RULES["inverse"].statistics(p[0, 0])
    np.testing.assert_allclose(closed.combined[0, 0], statistics)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ArrayError) as caught:
        closed_test([[0.1, 1.4, 0.2], [np.nan, 0.2, 0.1]], RULES["inverse"])
    assert len(caught.value.problems) == 2
    assert "stays dropped" in str(caught.value)


def test_rules_that_cannot_be_are_refused() -> None:
    with pytest.raises(ArrayError) as caught:
        inverse_normal([0.5, 0.5], [np.nan, 2.0], [0.0, 0.0])
    assert len(caught.value.problems) == 3
    with pytest.raises(ArrayError, match="fisher_bounds"):
        fisher_product([0.01, 1.5])
