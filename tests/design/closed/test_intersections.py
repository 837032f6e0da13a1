"""Intersection tests: exact values, plain integrals, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from equipoise.design.closed import (
    bonferroni,
    intersection_test,
    refuse_random_subset,
    sidak,
    simes,
    spiessens_debois,
)
from equipoise.synthesis.arrays import ArrayError


def pair(p: float, share: float) -> float:
    return float(spiessens_debois(np.array([[p, 0.9]]), np.array([[share, 1.0]]))[0])


@pytest.mark.parametrize("share", [0.05, 0.35, 0.8])
@pytest.mark.parametrize("p", [0.3, 0.02, 1e-6])
def test_two_nested_against_a_plain_integral(p: float, share: float) -> None:
    c, r = -ndtri(p), np.sqrt(share)

    def density(z: float) -> float:
        return float(
            np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) * ndtr((r * z - c) / np.sqrt(1 - r * r))
        )

    plain = p + quad(density, -12.0, c, epsabs=0.0, epsrel=1e-11, limit=200)[0]
    assert pair(p, share) == pytest.approx(plain, rel=1e-8)


@pytest.mark.parametrize("sizes", [(20.0, 50.0, 100.0), (5.0, 90.0, 100.0), (1.0, 2.0, 3.0)])
def test_three_nested_against_the_general_integral(sizes: tuple[float, ...]) -> None:
    root = np.sqrt(np.array(sizes))
    corr = np.minimum.outer(root, root) / np.maximum.outer(root, root)
    p = np.array([[0.02, 0.4, 0.7]])
    whole = multivariate_normal(np.zeros(3), corr, seed=1, maxpts=1_000_000, abseps=1e-8)
    plain = 1.0 - whole.cdf(np.full(3, -ndtri(0.02)))
    ours = spiessens_debois(p, np.array([sizes]))[0]
    assert ours == pytest.approx(plain, abs=2e-7)


def test_three_nested_with_equal_sizes_are_fewer() -> None:
    p = np.array([[0.02, 0.5, 0.6]])
    ours = spiessens_debois(p, np.array([[40.0, 100.0, 100.0]]))[0]
    assert ours == pytest.approx(pair(0.02, 0.4), rel=1e-9)


def test_the_whole_and_nothing() -> None:
    assert pair(0.02, 1.0) == pytest.approx(0.02, rel=1e-12)
    assert pair(0.02, 1e-14) == pytest.approx(1 - 0.98**2, rel=1e-6)


@settings(max_examples=40)
@given(
    p=st.tuples(*[st.floats(1e-8, 1.0)] * 3),
    shares=st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)),
)
def test_order_of_power(p: tuple[float, ...], shares: tuple[float, float]) -> None:
    sizes = np.array([[shares[0] * shares[1], shares[1], 1.0]])
    values = np.array([p])
    low, exact = min(p), spiessens_debois(values, sizes)[0]
    one, two, three = (f(values)[0] for f in (sidak, bonferroni, simes))
    assert low - 1e-12 <= exact <= one + 1e-12
    assert one <= two + 1e-12
    assert low <= three <= two


def test_a_population_not_tested_is_left_out() -> None:
    p = np.array([[0.03, np.nan, 0.2]])
    sizes = np.array([[30.0, 60.0, 100.0]])
    assert simes(p)[0] == pytest.approx(0.06)
    assert bonferroni(p)[0] == pytest.approx(0.06)
    expected = spiessens_debois(p[:, [0, 2]], sizes[:, [0, 2]])[0]
    assert spiessens_debois(p, sizes)[0] == pytest.approx(expected, rel=1e-14)


def test_refusals() -> None:
    with pytest.raises(ArrayError, match="inclusion"):
        spiessens_debois(np.array([[0.1, 0.2]]), np.array([[2.0, 1.0]]))
    with pytest.raises(ArrayError, match="at most 3"):
        spiessens_debois(np.full((1, 4), 0.1), np.ones((1, 4)))
    with pytest.raises(ArrayError, match="simes"):
        intersection_test("dunnett")
    with pytest.raises(ArrayError, match="simulate the error"):
        refuse_random_subset("spiessens-debois", "random", error_simulated=False)
    refuse_random_subset("spiessens-debois", "fixed", error_simulated=False)
    refuse_random_subset("spiessens-debois", "random", error_simulated=True)
    refuse_random_subset("simes", "random", error_simulated=False)
