"""Bliss and highest agent: by hand, against the package synergy, plain and properties."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.mechanism.combinations import bliss_excess, bliss_expected, highest_agent_excess

shares = st.floats(0.0, 1.0)


def test_as_the_package_synergy(root: Path):
    path = root / "validation" / "mechanism" / "sensitivity" / "synergy_package.csv"
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert len(rows) == 12
    for row in rows:
        first, second, both, bliss, highest = (float(value) for value in row.values())
        assert bliss_excess(both, first, second) == pytest.approx(bliss, abs=1e-11)
        assert highest_agent_excess(both, first, second) == pytest.approx(highest, abs=1e-11)


def test_independence_among_simulated_patients():
    """Three independent causes of response: nothing, one treatment, the other."""
    rng = np.random.default_rng(3)
    c, a, b = (rng.random(400_000) < p for p in (0.2, 0.3, 0.5))
    rates = [float(x.mean()) for x in (c | a | b, c | a, c | b, c)]
    assert bliss_excess(*rates) == pytest.approx(0.0, abs=0.003)


@settings(max_examples=40)
@given(shares, shares, shares)
def test_properties(a, b, both):
    assert bliss_expected(a, b) == bliss_expected(b, a)
    assert bliss_expected(a, 0.0) == pytest.approx(a)
    assert bliss_expected(a, 1.0) == 1.0
    assert bliss_expected(a, b) >= max(a, b) - 1e-12
    assert bliss_excess(both, a, b) <= highest_agent_excess(both, a, b) + 1e-12


@settings(max_examples=40)
@given(shares, shares, st.floats(0.0, 0.99))
def test_a_background_is_taken_out_of_both(a, b, c):
    """With Abbott's correction of each share the plain formula holds."""
    first, second = c + (1 - c) * a, c + (1 - c) * b
    expected = c + (1 - c) * float(bliss_expected(a, b))
    assert bliss_expected(first, second, c) == pytest.approx(expected, abs=1e-9)


def test_where_all_respond_anyway_nothing_is_added():
    assert bliss_expected(1.0, 1.0, 1.0) == 1.0


def test_per_cent_is_refused():
    with pytest.raises(InputError, match="0 to 1"):
        bliss_excess(50.0, 0.3, 0.2)
