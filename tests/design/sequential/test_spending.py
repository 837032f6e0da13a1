"""Spending functions: formulas, tails, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.sequential import Spending, spent
from equipoise.synthesis.arrays import ArrayError

FAMILIES = (
    Spending("obrien-fleming"),
    Spending("pocock"),
    Spending("hwang-shih-decani", -4.0),
    Spending("hwang-shih-decani", 0.0),
    Spending("hwang-shih-decani", 3.0),
    Spending("kim-demets", 0.5),
    Spending("kim-demets", 3.0),
    Spending("user", share=lambda t: t * t),
)


@settings(max_examples=30, deadline=None)
@given(
    t=st.lists(st.floats(1e-3, 1.5), min_size=1, max_size=6),
    level=st.floats(1e-4, 0.4),
    spending=st.sampled_from(FAMILIES),
)
def test_spending_rises_to_exactly_the_level(t, level, spending):
    total = spent(spending, np.sort([*t, 1.0]), level)
    assert (np.diff(total) >= 0.0).all()
    assert total[0] >= 0.0
    assert total[-1] == level


def test_the_tail_keeps_its_digits():
    # mpmath, 40 digits: 2 * ncdf(quantile(0.0125) / sqrt(t)); recipe in validation/rpact/README.md
    t = np.array([0.02, 0.1, 0.3])
    exact = [1.42584363595515887e-56, 1.36125148922988496e-12, 0.0000427257874447879307]
    np.testing.assert_allclose(spent(Spending("obrien-fleming"), t, 0.025), exact, rtol=2e-13)


def test_kim_demets_one_and_hwang_zero_are_the_same_line():
    t = np.linspace(0.1, 1.0, 10)
    line = spent(Spending("kim-demets", 1.0), t, 0.025)
    np.testing.assert_allclose(spent(Spending("hwang-shih-decani", 0.0), t, 0.025), line)
    for gamma in (1e-9, -1e-9):
        near = spent(Spending("hwang-shih-decani", gamma), t, 0.025)
        np.testing.assert_allclose(near, line, rtol=1e-8)


def test_hwang_shih_decani_is_its_formula_and_does_not_overflow():
    t = np.array([0.2, 0.7])
    for gamma in (-4.0, 2.5):
        plain = 0.05 * (1.0 - np.exp(-gamma * t)) / (1.0 - np.exp(-gamma))
        ours = spent(Spending("hwang-shih-decani", gamma), t, 0.05)
        np.testing.assert_allclose(ours, plain, rtol=1e-14)
    steep = spent(Spending("hwang-shih-decani", -2000.0), np.array([0.9999, 1.0]), 0.05)
    np.testing.assert_allclose(steep, [0.05 * np.exp(-0.2), 0.05], rtol=1e-10)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"family": "linear"}, "obrien-fleming, pocock"),
        ({"family": "kim-demets"}, "rho above 0"),
        ({"family": "kim-demets", "parameter": -1.0}, "rho above 0"),
        ({"family": "hwang-shih-decani"}, "a finite gamma"),
        ({"family": "user"}, "either a share function or"),
        ({"family": "user", "share": abs, "cumulative": (0.1,)}, "either a share function or"),
    ],
)
def test_a_family_that_is_not_one_is_refused(given, said):
    with pytest.raises(ArrayError, match=said):
        Spending(**given)


@pytest.mark.parametrize(
    ("cumulative", "said"),
    [
        ((0.01, 0.005, 0.025), "look 2, spending: found '0.005'; allowed: not below"),
        ((0.01, 0.02, 0.03), "between 0 and 0.025"),
        ((-0.01, 0.02, 0.025), "between 0 and 0.025"),
        ((0.01, np.nan, 0.025), "look 2, spending: found 'nan'"),
        ((0.01, 0.02, 0.022), "all of 0.025 at t = 1"),
        ((0.01, 0.025), "one value a look"),
    ],
)
def test_user_values_that_do_not_spend_the_level_are_refused(cumulative, said):
    with pytest.raises(ArrayError, match=said):
        spent(Spending("user", cumulative=cumulative), np.array([0.3, 0.6, 1.0]), 0.025)
