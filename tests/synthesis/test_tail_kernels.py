"""Tails by finite sums against the library."""

import math

import numpy as np
import pytest
from scipy.special import chdtrc, stdtr

from equipoise.synthesis.tail_kernels import MANY, chi_square_tails, student_tails


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 12, 39, 100, MANY, MANY + 1, 9999])
def test_tails_against_the_library(df):
    q = np.concatenate([[0.0, 1e-300, 1e-8], np.geomspace(1e-3 * df, 30.0 * df, 200)])
    t = np.concatenate([[0.0, 1e-4], np.geomspace(1e-3, 60.0, 200)])
    whole = np.full(q.size, df)
    np.testing.assert_allclose(chi_square_tails(q, whole), chdtrc(df, q), rtol=2e-12, atol=1e-300)
    np.testing.assert_allclose(
        student_tails(t, whole[: t.size]), 2 * stdtr(df, -t), rtol=5e-12, atol=1e-300
    )


def test_edges_of_the_tails():
    inf, nan = math.inf, math.nan
    df = np.array([0, -1, 3, 3])
    np.testing.assert_array_equal(
        chi_square_tails(np.array([0.0, nan, 0.0, nan]), df), [1, nan, 1, nan]
    )
    np.testing.assert_array_equal(
        student_tails(np.array([1.0, 1.0, inf, nan]), df), [nan, nan, 0, nan]
    )


def test_a_faint_statistic_keeps_its_distance_from_one():
    # Student with 1 degree of freedom: P = 1 - 2 atan(t) / pi; the library says 1.
    (p,) = student_tails(np.array([1e-9]), np.array([1]))
    assert 1.0 - p == pytest.approx(2e-9 / math.pi, rel=1e-6)
