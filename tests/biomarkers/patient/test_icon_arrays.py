"""A hundred icons add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.patient import icon_array


def test_a_benefit_and_a_harm_by_hand() -> None:
    good = icon_array(0.12, 0.02, "lower")
    assert good.counts == (10, 2, 88)
    assert good.icons == "x" * 10 + "+" * 2 + "." * 88
    assert good.kinds[1] == "changed for the better"
    bad = icon_array(0.12, -0.03, "lower")
    assert (bad.counts, bad.icons[12]) == ((12, 3, 85), "-")
    response = icon_array(0.5, 0.1, "higher")
    assert response.counts == (50, 10, 40)


@given(st.floats(0.001, 0.999), st.floats(0, 1), st.sampled_from(["lower", "higher"]))
def test_counts_sum_to_a_hundred_and_are_within_one(risk: float, part: float, better: str) -> None:
    gain = part * (risk if better == "lower" else 1.0 - risk)
    found = icon_array(risk, gain, better)
    assert sum(found.counts) == len(found.icons) == 100
    assert abs(found.counts[1] - 100 * gain) < 1.0 + 1e-9
    assert [len(row.split()) for row in found.rows()] == [10] * 10
