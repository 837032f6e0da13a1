"""The unit of a formula, and every clash in it."""

from __future__ import annotations

import pytest

from equipoise.mechanism.formulas import FormulaError, parse_formula, parse_unit, unit_of

UNITS = {
    name: parse_unit(unit)
    for name, unit in {
        "CL": "L/h",
        "V": "L",
        "A": "mg",
        "hours": "h/day",
        "mass": "g/mol",
        "micro": "umol/mmol",
        "C50": "umol/L",
        "w": "kg",
        "n": "1",
        "share": "%",
        "cells": "cell",
    }.items()
}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("CL*hours/V*A", "mg/day"),
        ("A/V/mass*micro", "umol/L"),
        ("A/V/mass*micro/(C50 + A/V/mass*micro)", "1"),
        ("-(w/w)^n*CL", "L/h"),
        ("w^(3/4)", "kg^(3/4)"),
        ("w^-2", "kg^-2"),
        ("sqrt(w^2)", "kg"),
        ("exp(-n) + log(w/w) + 1", "1"),
        ("n^(n^1)", "1"),
        ("2*w + w/2", "kg"),
        ("n*share", "%"),
        ("cells*exp(-n)", "cell"),
        ("w^0", "1"),
    ],
)
def test_units(text: str, unit: str) -> None:
    assert unit_of(parse_formula(text), UNITS).same(parse_unit(unit))


@pytest.mark.parametrize(
    ("text", "clashes"),
    [
        ("CL + V", [("'V'", "the unit L", "the unit L/h")]),
        ("CL + CL*hours", [("'CL*hours'", "the unit L/day", "the unit L/h")]),
        ("A/V/mass + C50", [("'C50'", "the unit umol/L", "the unit mg mol/(L g)")]),
        ("n + share", [("'share'", "the unit %", "the unit 1")]),
        ("exp(w)", [("'w'", "the unit kg", "the unit 1")]),
        ("log(hours)", [("'hours'", "the unit h/day", "the unit 1")]),
        ("w^n", [("'w'", "the unit kg", "the unit 1")]),
        ("w^n + w^n", [("'w'", "the unit kg", "the unit 1")]),
        ("2^w", [("'w'", "the unit kg", "the unit 1")]),
        ("n - cells", [("'cells'", "the unit cell", "the unit 1")]),
        ("zz*w", [("'zz'", "", "a name with a unit")]),
        (
            "(CL + V)*exp(w)",
            [("'V'", "the unit L", "the unit L/h"), ("'w'", "the unit kg", "the unit 1")],
        ),
    ],
)
def test_clashes(text: str, clashes: list[tuple[str, str, str]]) -> None:
    with pytest.raises(FormulaError) as caught:
        unit_of(parse_formula(text), UNITS)
    problems = caught.value.problems
    assert [(p.row, p.value, p.allowed.split(",")[0]) for p in problems] == clashes


def test_a_conversion_is_offered_where_one_exists() -> None:
    with pytest.raises(FormulaError, match="1 L/day is 1/24 L/h"):
        unit_of(parse_formula("CL + CL*hours"), UNITS)
