"""The link from an early to a late outcome: simulation, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.design.belief import SurrogateLink
from equipoise.errors import InputError


@pytest.mark.parametrize("r_squared", [0.03, 0.24, 0.63])
def test_information_is_that_of_simulated_trials(r_squared):
    link = SurrogateLink(r_squared, 0.5, 0.2)
    rng, n, information = np.random.default_rng(1), 400_000, 20.0
    late = 0.2 * rng.standard_normal(n)
    early = link.slope * late + 0.5 * math.sqrt(1 - r_squared) * rng.standard_normal(n)
    assert np.corrcoef(early, late)[0, 1] ** 2 == pytest.approx(r_squared, abs=0.01)
    assert early.std() == pytest.approx(0.5, rel=0.01)
    seen = (early + rng.standard_normal(n) / math.sqrt(information)) / link.slope
    # posterior variance of the late effect by plain regression on what was seen
    left = late - np.polyval(np.polyfit(seen, late, 1), seen)
    expected = 1 / (1 / 0.2**2 + link.late_information(information))
    assert left.var() == pytest.approx(expected, rel=0.01)


@given(st.floats(0, 0.99), st.floats(0.01, 1e6), st.floats(1, 100))
def test_no_early_study_passes_the_ceiling(r_squared, information, more):
    link = SurrogateLink(r_squared, 0.5, 0.2)
    one, two = link.late_information(information), link.late_information(more * information)
    assert 0 <= one <= two * (1 + 1e-12) <= link.ceiling * (1 + 1e-9)


def test_edges():
    assert SurrogateLink(0.0, 0.5, 0.2).late_information(100) == 0.0
    assert SurrogateLink(0.5, 0.5, 0.2).late_information(0.0) == 0.0
    assert SurrogateLink(0.25, 0.5, 0.2, opposite=False).slope == pytest.approx(1.25)
    with pytest.raises(InputError) as caught:
        SurrogateLink(1.0, 0.0, 0.2)
    assert [p.field for p in caught.value.problems] == ["r_squared", "sd_early"]
    with pytest.raises(InputError, match="early_information"):
        SurrogateLink(0.5, 0.5, 0.2).late_information(-1.0)
