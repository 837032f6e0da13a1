from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.phenotyping.condition import MISSING, read_condition

WORDS = frozenset({"low", "high"})


@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        ("-", [0.0, 7.5, MISSING], []),
        ("known", [0.0, 7.5], [MISSING]),
        (">=4 <6", [4.0, 5.999], [3.999, 6.0, MISSING]),
        ("missing|<1", [MISSING, 0.0], [1.0]),
        ("<=1|>10", [0.5, 1.0, 10.5], [1.01, 10.0, MISSING]),
        ("missing", [MISSING], [0.0]),
    ],
)
def test_cells_of_numbers(cell, inside, outside):
    condition = read_condition(cell, None)
    assert all(condition.holds(value) for value in inside)
    assert not any(condition.holds(value) for value in outside)


def test_cells_of_words():
    condition = read_condition(" low | missing ", WORDS)
    assert [condition.holds(v) for v in ("low", "high", MISSING)] == [True, False, True]


@pytest.mark.parametrize("cell", ["", "four", ">=4 and <6", ">4,0", "=4", "low", "> -1", "nan"])
def test_cells_that_are_none_of_a_number(cell):
    with pytest.raises(ValueError, match="missing, known, comparisons"):
        read_condition(cell, None)


@pytest.mark.parametrize("cell", ["", "lower", "low,high", ">4", "LOW"])
def test_cells_that_are_none_of_a_word(cell):
    with pytest.raises(ValueError, match="high, low, missing"):
        read_condition(cell, WORDS)


@given(
    bounds=st.lists(
        st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 9)), min_size=1
    ),
    number=st.floats(0, 9),
)
def test_a_cell_means_what_python_means(bounds, number):
    text = " ".join(f"{sign}{bound}" for sign, bound in bounds)
    plain = all(eval(f"{number!r} {sign} {bound}") for sign, bound in bounds)
    assert read_condition(text, None).holds(number) == plain
