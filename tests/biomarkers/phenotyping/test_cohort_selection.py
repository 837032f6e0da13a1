from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.phenotyping.cohort_selection import ReceptorCount, selection_p


def tail(n, share, outcomes):
    return sum(math.comb(n, x) * share**x * (1 - share) ** (n - x) for x in outcomes)


@given(n=st.integers(0, 60), data=st.data())
def test_twice_the_binomial_tail_beyond_the_range(n, data):
    x = data.draw(st.integers(0, n))
    p = selection_p(ReceptorCount(x, n), 0.10, 0.25)
    if n == 0 or 0.10 <= x / n <= 0.25:
        assert p == 1.0
    elif x / n > 0.25:
        assert p == pytest.approx(min(1.0, 2 * tail(n, 0.25, range(x, n + 1))), rel=1e-9)
    else:
        assert p == pytest.approx(min(1.0, 2 * tail(n, 0.10, range(x + 1))), rel=1e-9)


@pytest.mark.parametrize(
    ("positive", "known", "selected"),
    [(150, 1000, False), (30, 100, False), (45, 100, True), (0, 40, False), (0, 100, True)],
)
def test_cohorts(positive, known, selected):
    assert (selection_p(ReceptorCount(positive, known), 0.10, 0.25) < 0.001) == selected
