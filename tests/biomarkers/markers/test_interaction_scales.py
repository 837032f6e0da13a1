"""Interaction on three scales, and adjusted P, against R (validation/biomarkers/markers)."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.biomarkers.markers import (
    benjamini_hochberg,
    holm,
    risk_from_hazard_ratio,
    scale_tests,
)
from equipoise.estimate import Estimate
from equipoise.synthesis.arrays import ArrayError

FOLDER = Path(__file__).parents[3] / "validation" / "biomarkers" / "markers"
LINKS = ("logit", "log", "identity")


def rows(name):
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


def counts(pair, level):
    (row,) = [r for r in rows("interactions.csv") if (r["pair"], r["level"]) == (pair, level)]
    return [int(row[c]) for c in list(row)[2:]]


@pytest.mark.parametrize(
    "row", rows("interactions_pinned.csv"), ids=lambda r: r["pair"] + r["link"]
)
def test_scales_are_those_of_a_regression(row):
    tests = scale_tests(counts(row["pair"], "1"), counts(row["pair"], "0"))
    test = tests[LINKS.index(row["link"])]
    assert test.interaction.value == pytest.approx(float(row["estimate"]), rel=1e-6)
    assert test.interaction.se == pytest.approx(float(row["se"]), rel=1e-5)
    assert test.p_value == pytest.approx(float(row["p"]), rel=1e-5)


def test_no_interaction_on_one_scale_is_one_on_another():
    """Risks 0.2 v 0.4 and 0.1 v 0.2: the risk ratio is 0.5 in both."""
    tests = scale_tests((200, 1000, 400, 1000), (100, 1000, 200, 1000))
    assert tests[1].interaction.value == pytest.approx(0.0, abs=1e-12)
    assert tests[2].interaction.value == pytest.approx(-0.1)
    assert tests[2].p_value < 0.001


def test_levels_swapped_turn_the_sign():
    one = scale_tests((13, 16, 10, 23), (6, 17, 7, 14))
    two = scale_tests((6, 17, 7, 14), (13, 16, 10, 23))
    for a, b in zip(one, two, strict=True):
        assert a.interaction.value == pytest.approx(-b.interaction.value)
        assert a.p_value == pytest.approx(b.p_value)


def test_a_hazard_ratio_at_a_baseline():
    found = risk_from_hazard_ratio(Estimate(math.log(0.64), 0.2, "HR", ("row",)), 0.12)
    assert found.value == pytest.approx((1 - 0.88**0.64) - 0.12)
    step = 1e-6
    up = risk_from_hazard_ratio(Estimate(math.log(0.64) + step, 0.2, "HR", ("row",)), 0.12)
    assert found.se == pytest.approx(0.2 * (up.value - found.value) / step, rel=1e-4)
    with pytest.raises(ArrayError, match="control_risk"):
        risk_from_hazard_ratio(Estimate(0.0, 0.2, "HR", ()), 0.0)


def test_tables_that_are_none_are_named_together():
    with pytest.raises(ArrayError) as caught:
        scale_tests((1, 2, 3), (1.5, 3, 1, 4))
    assert len(caught.value.problems) == 2


def test_adjusted_p_are_those_of_r():
    pinned = rows("adjusted_pinned.csv")
    p = [float(row["p"]) for row in pinned]
    assert holm(p) == pytest.approx([float(row["holm"]) for row in pinned])
    assert benjamini_hochberg(p) == pytest.approx([float(row["bh"]) for row in pinned])


@settings(max_examples=25)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))
def test_adjusted_p_are_never_smaller_and_keep_the_order(p):
    values = np.array(p)
    for adjusted in (holm(values), benjamini_hochberg(values)):
        assert (adjusted >= values - 1e-12).all()
        assert (adjusted <= 1.0).all()
        assert (np.diff(adjusted[np.argsort(values)]) >= -1e-12).all()
    assert (holm(values) >= benjamini_hochberg(values) - 1e-12).all()


def test_a_p_that_is_none_is_refused():
    with pytest.raises(ArrayError, match="p_values"):
        holm([0.1, 1.2])
