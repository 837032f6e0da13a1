from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.phenotyping.condition import MISSING, read_condition
from equipoise.biomarkers.phenotyping.decision_table import Domain
from equipoise.biomarkers.phenotyping.reading import Field, normal_form, read_value, same_side

SCORE = Field(
    Domain("score", frozenset({"0", "1+", "2+", "3+"})),
    spellings={
        normal_form(w): v for w, v in {"2": "2+", "++": "2+", "Positive (3+)": "3+"}.items()
    },
    judgements={"indeterminate": (MISSING, "Repeat it.")},
)
CELLS = tuple(read_condition(c, None) for c in (">=4.0", "<4.0", ">=6.0", "<6.0", "known"))
COPIES = Field(Domain("copies", None, 0.0, 100.0), "signals per cell", conditions=CELLS)
PERCENT = Field(
    Domain("percent", None, 0.0, 100.0),
    "%",
    conditions=tuple(read_condition(c, None) for c in ("<1", ">=1 <=10", ">10")),
)
NOTHING = frozenset({"notavailable", "n/a"})


@pytest.mark.parametrize(
    ("written", "value", "rules"),
    [
        ("2+", "2+", []),
        ("2 +", "2+", ["spelling"]),
        (" 2+ ", "2+", []),
        (2, "2+", ["spelling"]),
        (2.0, "2+", ["spelling"]),
        ("Positive (3+)", "3+", ["spelling"]),
        ("POSITIVE [3 +]", "3+", ["spelling"]),
        ("２＋", "2+", ["spelling"]),
        ("Indeterminate", MISSING, ["judgement"]),
        ("", MISSING, []),
        ("   ", MISSING, []),
        (None, MISSING, []),
        (float("nan"), MISSING, []),
        ("[Not Available]", MISSING, []),
        ("N/A", MISSING, []),
    ],
)
def test_scores(written, value, rules):
    reading = read_value(written, SCORE, NOTHING)
    assert reading.value == value
    assert [remark.rule for remark in reading.remarks] == rules


@pytest.mark.parametrize("written", ["1-2+", "4+", "2.5", "0/1+", "maybe", True, "3+?", "-1"])
def test_scores_that_mean_nothing_certain_are_refused(written):
    with pytest.raises(ValueError, match=r"0, 1\+, 2\+, 3\+, or blank"):
        read_value(written, SCORE, NOTHING)


@pytest.mark.parametrize(
    ("written", "value", "exact", "rules"),
    [
        ("2.1", 2.1, True, []),
        ("2,1", 2.1, True, ["comma"]),
        ("12,25", 12.25, True, ["comma"]),
        (" 4 ", 4.0, True, []),
        (0, 0.0, True, []),
        (">6.0", 53.0, False, ["bound"]),
        (">=6", 53.0, False, ["bound"]),
        ("< 4.0", 2.0, False, ["bound"]),
        ("<=4.0", MISSING, True, ["bound"]),
        (">5", MISSING, True, ["bound"]),
        ("4.1-5.8", 4.95, False, ["range"]),
        ("3.9-5.8", MISSING, True, ["range"]),
        ("5.5-6", MISSING, True, ["range"]),
    ],
)
def test_numbers(written, value, exact, rules):
    reading = read_value(written, COPIES, NOTHING)
    assert reading.value == pytest.approx(value) if value != MISSING else reading.value == value
    assert reading.exact is exact
    assert [remark.rule for remark in reading.remarks] == rules


@pytest.mark.parametrize(
    "written",
    ["1.234,5", "-2", "101", "1e3", "two", "~4", "4 or 5", ">200", "6-4", "inf", "4..2"],
)
def test_numbers_that_mean_nothing_certain_are_refused(written):
    with pytest.raises(ValueError, match="a number from 0 to 100 signals per cell, or blank"):
        read_value(written, COPIES, NOTHING)


def test_a_comma_that_may_be_of_thousands_is_refused():
    many = Field(Domain("cells", None, 0.0, 5000.0), "cells")
    with pytest.raises(ValueError, match="'1,234' may be a decimal or thousands"):
        read_value("1,234", many, NOTHING)
    for text, number in (("0,234", 0.234), ("9,234", 9.234), ("1,23", 1.23)):
        assert read_value(text, many, NOTHING).value == number
    assert read_value("1,234", COPIES, NOTHING).value == 1.234


@pytest.mark.parametrize(
    ("written", "value"),
    [("90-99%", 94.5), ("<10%", MISSING), ("10-19%", MISSING), ("45 %", 45.0), ("1-10", 5.5)],
)
def test_percentages(written, value):
    assert read_value(written, PERCENT, NOTHING).value == value


@given(number=st.floats(0, 100), places=st.sampled_from([1, 2, 4]))
def test_a_comma_and_a_point_are_the_same_number(number, places):
    text = f"{number:.{places}f}"
    point = read_value(text, COPIES, NOTHING).value
    assert read_value(text.replace(".", ","), COPIES, NOTHING).value == point
    assert math.isclose(point, number, abs_tol=10.0**-places)


@given(low=st.floats(0, 99), high=st.floats(0, 99))
def test_two_numbers_are_on_the_same_side_unless_a_cut_point_lies_between(low, high):
    bands = [sum(x >= cut for cut in (4.0, 6.0)) for x in (low, high)]
    assert same_side(low, high, CELLS) == (bands[0] == bands[1])
