"""What must be true: by hand, term by term, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.mechanism.sensitivity import (
    CellExperiment,
    DriveTerm,
    ExposureBand,
    iso_effects,
    total_drive,
)

LOW, HIGH = DriveTerm("low", 5000.0), DriveTerm("high", 60.0, weight=0.1)
EXPOSURE = ExposureBand(3.6, 6.2, 8.8, 0.5, 4.0, 30.0)
RATIOS = (1.1, 1.34, 1.5, 2.0, 3.0)


def experiment(name, low, high, outlier="no"):
    return CellExperiment(
        id=name,
        system="cells",
        low_umol_per_l=low,
        high_umol_per_l=high,
        finding="less growth",
        outlier=outlier,
        source_url="https://example.org",
        quote="words",
        confidence="high",
    )


def test_needed_gain_by_hand():
    found = iso_effects([LOW, HIGH], EXPOSURE, RATIOS)
    table = found.to_frame().set_index(["term", "odds_ratio", "end"])
    assert len(table) == 3 * len(RATIOS) * 3
    x = 6.2 * 4.0 / 5000.0
    row = table.loc[("low", 1.34, "middle")]
    assert row["x"] == pytest.approx(x)
    assert row["gain"] == pytest.approx(math.log(1.34) * (1 + x) / x)
    c = 8.8 * 30.0
    both = c / (5000 + c) + 0.1 * c / (60 + c)
    assert table.loc[("all terms", 3.0, "high"), "gain"] == pytest.approx(math.log(3.0) / both)


def test_lines_are_of_equal_effect():
    found = iso_effects([LOW, HIGH], EXPOSURE, RATIOS)
    terms = {"low": [LOW], "high": [HIGH], "all terms": [LOW, HIGH]}
    for line in found.lines:
        group = terms[line.term]
        drive = total_drive(group, np.array(line.x) * group[0].half_concentration)
        assert np.exp(np.array(line.gain) * drive) == pytest.approx(line.odds_ratio)


@settings(max_examples=25)
@given(st.floats(0.01, 100.0), st.floats(1.0, 1e4), st.floats(1.01, 5.0))
def test_only_concentration_over_ec50_matters(factor, half, ratio):
    a = iso_effects([DriveTerm("t", half)], EXPOSURE, [ratio])
    scaled = ExposureBand(*(v * factor for v in (3.6, 6.2, 8.8)), 0.5, 4.0, 30.0)
    b = iso_effects([DriveTerm("t", half * factor)], scaled, [ratio])
    assert [r.gain for r in a.needed] == pytest.approx([r.gain for r in b.needed])
    gains = [r.gain for r in a.needed]
    assert gains == sorted(gains, reverse=True)
    assert min(gains) >= math.log(ratio)


def test_cells_stand_on_the_same_axis_with_a_ratio_of_one():
    rows = [experiment("far", 30.0, 130.0, "yes"), experiment("unread", None, None)]
    found = iso_effects([LOW, HIGH], EXPOSURE, [2.0], rows)
    assert found.unplaced == ("unread",)
    by_term = {mark.term: mark for mark in found.marks}
    assert by_term["low"].x_low == pytest.approx(30.0 / 5000.0)
    assert by_term["high"].x_high == pytest.approx(130.0 / 60.0)
    assert by_term["high"].outlier


def test_no_drive_needs_an_infinite_gain_and_no_effect_needs_none():
    none = iso_effects([DriveTerm("t", 10.0, weight=0.0)], EXPOSURE, [2.0, 0.5, 1.0])
    assert {r.gain for r in none.needed if r.odds_ratio == 2.0} == {math.inf}
    assert {r.gain for r in none.needed if r.odds_ratio == 0.5} == {-math.inf}
    assert {r.gain for r in none.needed if r.odds_ratio == 1.0} == {0.0}


def test_bad_input_is_named_at_once():
    bad = ExposureBand(3.6, 6.2, -8.8, 0.5, 4.0, 30.0)
    with pytest.raises(InputError) as caught:
        iso_effects([DriveTerm("t", 0.0, weight=-1.0)], bad, [0.0])
    assert [p.field for p in caught.value.problems] == [
        "t: half_concentration",
        "odds_ratios",
        "exposure: high",
        "t: weight",
    ]
