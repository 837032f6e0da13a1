"""Formulas are read as the field writes them, and nothing else comes through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.mechanism.formulas import FormulaError, evaluate, parse_formula
from equipoise.mechanism.formulas.parsing import MOST_CHARACTERS
from equipoise.mechanism.formulas.tree import written

VALUES = {"a": 3.0, "b": 2.0, "c": 5.0, "h": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b*c", 13.0),
        ("(a + b)*c", 25.0),
        ("a - b - c", -4.0),
        ("a/b/c", 0.3),
        ("a/(b*c)", 0.3),
        ("-a^2", -9.0),
        ("(-a)^2", 9.0),
        ("a^b", 9.0),
        ("a**b", 9.0),
        ("pow(a, b)", 9.0),
        ("a^-1", 1.0 / 3.0),
        ("b^a*c", 40.0),
        ("(a^b)^c", 59049.0),
        ("b^(b^a)", 256.0),
        ("c^2^1", None),
        ("2*a^2/c", 3.6),
        ("a - -b", 5.0),
        ("exp(0)*sqrt(b*b) + log(exp(a))", 5.0),
        (" 1.5e1 + .5 + 2. ", 17.5),
        ("(a)**(b)", 9.0),
        ("((a^(b)))", 9.0),
    ],
)
def test_precedence(text: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(FormulaError, match=r"allowed: \(a\^b\)\^c or a\^\(b\^c\)"):
            parse_formula(text)
        return
    assert evaluate(parse_formula(text), VALUES) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("a + $b", 5, "$"),
        ("a = 3", 3, "="),
        ("a[0]", 2, "["),
        ("'a'", 1, "'"),
        ("a; b", 2, ";"),
        ("a\nb", 2, "\n"),
        ("é + 1", 1, "é"),
        ("1 + foo(a)", 5, "foo"),
        ("exp(a, b)", 1, "2 arguments"),
        ("pow(a)", 1, "1 arguments"),
        ("a^b^c", 1, "a^b^c"),
        ("a + b^-c^2", 5, "b^-c^2"),
        ("a^2 + a.real", 7, "a.real"),
        ("1e999", 1, "1e999"),
        ("a + 0x10", 5, "0x10"),
        ("1_000", 1, "1_000"),
        ("2j", 1, "2j"),
        ("True", 1, "True"),
        ("None", 1, "None"),
        ("a // b", 1, "a // b"),
        ("+a", 1, "+a"),
        ("a, b", 1, "a, b"),
        ("exp(*a)", 5, "*a"),
        ("a b", 3, "b"),
        ("  a b", 5, "b"),
        ("a if b", 1, "a if b"),
        ("", 1, "the end"),
        ("   ", 4, "the end"),
        ("a.b(c)", 1, "a.b"),
        ("exp(a)(b)", 1, "exp(a)"),
        ("a^2 + b^2 ! c", 11, "!"),
    ],
)
def test_what_is_no_formula_is_named_with_its_place(text: str, place: int, found: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == (repr(text), f"character {place}")
    assert problem.value == found


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "a" + ")" * 300,
        "-" * 3000 + "a",
        "+".join(["a"] * 200),
        "a^(" * 120 + "a" + ")" * 120,
        "exp(" * 150 + "a" + ")" * 150,
        "a" * (MOST_CHARACTERS + 1),
        "1" * 3999,
        "(" * 3999,
    ],
)
def test_depth_and_length_are_limited(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    assert len(str(caught.value)) < 500


def test_a_long_sum_below_the_limit_is_read() -> None:
    formula = parse_formula(" + ".join(f"k{i}" for i in range(90)))
    assert len(formula.names) == 90
    assert evaluate(formula, dict.fromkeys(formula.names, 0.5)) == 45.0


@given(st.text(alphabet="ab1. +-*/^(),e_ \\\"'[]{}:=lmx", max_size=30))
def test_any_text_is_a_formula_or_a_problem(text: str) -> None:
    try:
        formula = parse_formula(text)
    except FormulaError:
        return
    again = parse_formula(written(formula.tree))
    assert again.tree == formula.tree
    assert again.names == formula.names


@pytest.mark.parametrize(
    "text",
    ["a - (b - c)", "a/(b/c)", "a/b/c", "-(a + b)", "(-a)^2", "a^(-b)", "(a^b)^c", "a^(b^c)"],
)
def test_a_tree_is_written_as_it_was_read(text: str) -> None:
    assert written(parse_formula(text).tree) == text
