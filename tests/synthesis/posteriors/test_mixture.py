"""The mixture itself: every summary against draws, atoms, and the shape of its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors import Posterior


def two():
    return Posterior(
        ("a", "b"),
        np.array([0.3, 0.7]),
        np.array([[0.0, 1.0], [2.0, 0.0]]),
        np.array([[[1.0, 0.5], [0.5, 1.0]], [[0.0, 0.0], [0.0, 1.0]]]),
    )


def spike(place=0.0):
    return Posterior(
        ("d",),
        np.array([0.6, 0.4]),
        np.array([[place], [place - 1.0]]),
        np.array([[[0.0]], [[0.25]]]),
    )


def test_moments_are_those_of_the_components():
    p = two()
    assert p.mean() == pytest.approx([1.4, 0.3])
    assert p.mean("a") == pytest.approx(1.4)
    assert p.sd("a") == pytest.approx(np.sqrt(0.3 * 1.0 + 0.3 * 1.4**2 + 0.7 * 0.6**2))
    assert p.covariance()[0, 1] == pytest.approx(0.3 * 0.5 + 0.3 * -1.4 * 0.7 + 0.7 * 0.6 * -0.3)


def test_sampling_agrees_with_everything_else():
    p = two()
    n = 200_000
    drawn = p.sample(n, np.random.default_rng(20240717))
    assert drawn.shape == (n, 2)
    assert np.cov(drawn.T) == pytest.approx(p.covariance(), abs=0.015)
    for i, name in enumerate(p.names):
        assert drawn[:, i].mean() == pytest.approx(p.mean(name), abs=5 * p.sd(name) / np.sqrt(n))
        for x in (-1.0, 0.5, 1.9, 2.0, 2.5):
            share = float(np.mean(drawn[:, i] <= x))
            assert share == pytest.approx(p.cdf(name, x), abs=5 * 0.5 / np.sqrt(n))
    gap = p.contrast({"a": 1.0, "b": -2.0}, "gap")
    drawn_gap = drawn[:, 0] - 2.0 * drawn[:, 1]
    assert drawn_gap.mean() == pytest.approx(gap.mean("gap"), abs=0.03)
    assert drawn_gap.std() == pytest.approx(gap.sd("gap"), rel=0.01)


def test_same_seed_same_draws():
    first, second = (two().sample(50, np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(first, second)


def test_an_atom_is_a_step():
    p = spike()
    below, at = p.cdf("d", -1e-12), p.cdf("d", 0.0)
    assert at - below == pytest.approx(0.6, abs=1e-9)
    assert p.atoms("d") == ((0.0, 0.6),)
    for prob in (0.39, 0.4, 0.5, 0.9):
        assert p.quantile("d", prob) == 0.0 or prob == 0.39
    assert p.probability("d", below=0.0) == pytest.approx(0.4 * ndtr(2.0))
    assert p.probability("d", above=0.0) == pytest.approx(0.4 * ndtr(-2.0))
    assert p.probability("d", above=-0.5, below=0.5) == pytest.approx(
        0.6 + 0.4 * (ndtr(3.0) - ndtr(1.0))
    )
    assert p.probability("d") == 1.0
    assert p.probability("d", above=1.0, below=-1.0) == 0.0
    x = np.linspace(-5.0, 4.0, 4001)
    assert np.trapezoid(p.density("d", x), x) == pytest.approx(0.4, abs=1e-9)


def test_a_lone_atom_and_two_atoms():
    one = Posterior(("d",), np.ones(1), np.full((1, 1), 0.3), np.zeros((1, 1, 1)))
    assert one.interval("d") == (0.3, 0.3)
    assert one.sd("d") == 0.0
    both = Posterior(("d",), np.array([0.5, 0.5]), np.array([[0.0], [1.0]]), np.zeros((2, 1, 1)))
    assert [both.quantile("d", q) for q in (0.2, 0.5, 0.500001, 0.9)] == [0.0, 0.0, 1.0, 1.0]
    assert both.cdf("d", [-1.0, 0.0, 0.5, 1.0]) == pytest.approx([0.0, 0.5, 0.5, 1.0])


mixtures = st.integers(1, 6).flatmap(
    lambda m: st.tuples(
        st.lists(st.floats(0.01, 1.0), min_size=m, max_size=m),
        st.lists(st.floats(-5.0, 5.0), min_size=m, max_size=m),
        st.lists(st.floats(1e-6, 1e6), min_size=m, max_size=m),
    )
)


@settings(max_examples=60, deadline=None)
@given(mixtures, st.floats(0.001, 0.999))
def test_quantile_and_cdf_are_each_others_inverse(mixture, prob):
    weights, means, sds = (np.array(part) for part in mixture)
    p = Posterior(
        ("x",), weights / weights.sum(), means[:, None], np.square(sds)[:, None, None], "identity"
    )
    x = p.quantile("x", prob)
    assert p.cdf("x", x) == pytest.approx(prob, abs=1e-10)
    low, high = p.interval("x", 0.9)
    assert low <= p.median("x") <= high


def test_extreme_tails_keep_their_digits():
    normal = Posterior(("x",), np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))
    assert normal.quantile("x", 1e-12) == pytest.approx(-7.034483825, rel=1e-9)
    assert normal.quantile("x", 1.0 - 1e-9) == pytest.approx(5.997807, rel=1e-6)
    mixed = Posterior(
        ("x",), np.array([0.5, 0.5]), np.zeros((2, 1)), np.array([[[1.0]], [[1e-20]]])
    )
    assert mixed.cdf("x", mixed.quantile("x", 1e-9)) == pytest.approx(1e-9, rel=1e-6)


def test_marginal_keeps_order_and_covariances():
    p = two()
    swapped = p.marginal("b", "a")
    assert swapped.names == ("b", "a")
    assert swapped.covariance() == pytest.approx(p.covariance()[::-1, ::-1])
    assert p.marginal("b").quantile("b", 0.2) == p.quantile("b", 0.2)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"weights": np.array([0.5, 0.6])}, "summing to 1"),
        ({"weights": np.array([-0.5, 1.5])}, "not negative"),
        ({"means": np.zeros((2, 1))}, "shape"),
        ({"means": np.full((2, 2), np.nan)}, "finite"),
        ({"names": ("a", "a")}, "each once"),
        ({"scale": "ratio"}, "log, identity"),
    ],
)
def test_what_is_not_a_mixture_is_refused(change, word):
    p = two()
    given = {
        "names": p.names,
        "weights": p.weights,
        "means": p.means,
        "covariances": p.covariances,
    }
    with pytest.raises(ArrayError, match=word):
        Posterior(**given | change)


def test_an_unknown_effect_is_answered_with_those_there_are():
    with pytest.raises(ArrayError, match="a, b"):
        two().median("c")
    with pytest.raises(ArrayError, match="above 0, below 1"):
        two().quantile("a", 1.0)
