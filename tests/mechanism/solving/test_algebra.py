"""Trees made simpler, differentiated and grouped keep their values."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.mechanism.formulas.random_formulas import trees

from equipoise.mechanism.formulas import evaluate, parse_formula
from equipoise.mechanism.formulas.tree import Name, Node, Number
from equipoise.mechanism.solving.algebra import (
    ZERO,
    derivative,
    formula_of,
    names_in,
    replaced,
)
from equipoise.mechanism.solving.grouping import PREFIX, Grouping

POINTS = st.fixed_dictionaries({name: st.floats(0.3, 3.0) for name in "abc"})


def value(tree: Node, values: dict[str, float]) -> float:
    return evaluate(formula_of(tree), values)


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


@settings(max_examples=80, deadline=None)
@given(trees(), POINTS)
def test_replacing_a_name_by_its_value_changes_nothing(tree: Node, at: dict[str, float]) -> None:
    before = value(tree, at)
    assume(math.isfinite(before) and abs(before) < 1e9)
    assert value(replaced(tree, {"b": Number(at["b"])}), at) == near(before)


@settings(max_examples=80, deadline=None)
@given(trees(), POINTS)
def test_a_derivative_is_the_slope(tree: Node, at: dict[str, float]) -> None:
    h = 1e-5
    left, right = (value(tree, {**at, "a": at["a"] + d}) for d in (-h, h))
    wide = [value(tree, {**at, "a": at["a"] + d}) for d in (-10 * h, 10 * h)]
    assume(all(map(math.isfinite, (left, right, *wide))))
    slope = (right - left) / (2 * h)
    assume(abs(slope) < 1e4 and abs(value(tree, at)) < 1e4)
    # Only where the slope is steady enough to be measured by a difference.
    assume(abs((wide[1] - wide[0]) / (20 * h) - slope) < 1e-5 * (1 + abs(slope)))
    found = value(derivative(tree, "a"), at)
    assert found == pytest.approx(slope, rel=1e-3, abs=1e-4)


@settings(max_examples=80, deadline=None)
@given(trees(), POINTS)
def test_grouping_takes_constants_out_and_keeps_the_value(tree: Node, at: dict[str, float]) -> None:
    before = value(tree, at)
    assume(math.isfinite(before) and 1e-9 < abs(before) < 1e9)
    grouping = Grouping(lambda name: name in "bc")
    made = grouping.taken(tree)
    known = dict(at)
    for part, name in grouping.constants.items():
        assert "a" not in names_in(part)
        known[name] = value(part, known)
    assume(all(map(math.isfinite, known.values())))
    assert value(made, known) == pytest.approx(before, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "grouped", "constants"),
    [
        ("x/V/M*u", "constant 0*x", ["u/(V*M)"]),
        ("k*(a*x - x)/k", "a*x - x", []),
        ("1 + a + x - a*b", "constant 0 + x", ["1 + a - a*b"]),
        ("x/(K + x)/V", "constant 0*x/(K + x)", ["1/V"]),
        ("(a/b)^c*x^n", "constant 0*x^n", ["(a/b)^c"]),
    ],
)
def test_what_parameters_alone_make_is_worked_out_once(
    text: str, grouped: str, constants: list[str]
) -> None:
    grouping = Grouping(lambda name: name != "x")
    made = formula_of(grouping.taken(parse_formula(text).tree)).text
    kept = [formula_of(part).text for part in grouping.constants]
    assert (made, kept) == (grouped, constants)
    assert all(name.startswith(PREFIX) for name in grouping.constants.values())


def test_a_vanishing_part_takes_what_it_multiplies_with_it() -> None:
    tree = parse_formula("in_a + k*x/(K + x) + (y - y)*z").tree
    assert replaced(tree, {"in_a": ZERO, "x": ZERO}) == ZERO


def test_a_power_that_starts_at_zero_has_no_slope() -> None:
    tree = derivative(parse_formula("x^h/(E^h + x^h) + sqrt(x)").tree, "x")
    assert value(tree, {"x": 0.0, "h": 0.7, "E": 2.0}) == 0.0
    assert value(tree, {"x": 1.5, "h": 0.7, "E": 2.0}) == pytest.approx(
        0.7 * 1.5**-0.3 * 2.0**0.7 / (2.0**0.7 + 1.5**0.7) ** 2 + 0.5 / math.sqrt(1.5)
    )
    assert derivative(Name("y"), "x") == ZERO
