"""The plain value of a formula follows IEEE 754."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.mechanism.formulas import evaluate, parse_formula

INF = math.inf
FLOATS = st.floats(-50, 50)


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("1/x", 0.0, INF),
        ("1/x", -0.0, -INF),
        ("-1/x", 0.0, -INF),
        ("x/x", 0.0, math.nan),
        ("x/(x - x)", math.nan, math.nan),
        ("log(x)", 0.0, -INF),
        ("log(x)", -1.0, math.nan),
        ("sqrt(x)", -1.0, math.nan),
        ("exp(x)", 1000.0, INF),
        ("exp(x)", -1000.0, 0.0),
        ("x^0.5", -1.0, math.nan),
        ("x^-0.5", 0.0, INF),
        ("x^-5", -0.0, -INF),
        ("x^-1", 0.0, INF),
        ("x^1000.5", 10.0, INF),
        ("x^1001", -10.0, -INF),
        ("x^1000", -10.0, INF),
        ("x^0", math.nan, 1.0),
        ("x^-6", 0.0, INF),
        ("exp(x)", INF, INF),
    ],
)
def test_borders(text: str, x: float, value: float) -> None:
    found = evaluate(parse_formula(text), {"x": x})
    assert found == value or (math.isnan(found) and math.isnan(value))


@given(FLOATS, FLOATS)
def test_each_operation_is_that_of_numpy(a: float, b: float) -> None:
    values = {"a": a, "b": b}
    with np.errstate(all="ignore"):
        x, y = np.float64(a), np.float64(b)
        pairs = [
            ("a + b", x + y),
            ("a - b", x - y),
            ("a*b", x * y),
            ("a/b", x / y),
            ("a^b", np.power(x, y)),
            ("a^3", np.power(x, 3.0)),
            ("a^4", np.power(x, 4.0)),
            ("a^-2", np.power(x, -2.0)),
            ("a^7", np.power(x, 7.0)),
            ("exp(a)", np.exp(x)),
            ("log(a)", np.log(x)),
            ("sqrt(a)", np.sqrt(x)),
            ("-a", -x),
        ]
    for text, wanted in pairs:
        found = evaluate(parse_formula(text), values)
        np.testing.assert_allclose(found, wanted, rtol=5e-16, atol=5e-323, err_msg=text)


@given(st.floats(-1e60, 1e60))
def test_whole_powers_are_within_two_units_in_the_last_place(a: float) -> None:
    for power in (2, 3, 4):
        exact = np.longdouble(a) ** power
        found = np.longdouble(evaluate(parse_formula(f"a^{power}"), {"a": a}))
        assert abs(found - exact) <= 2 * abs(np.spacing(np.float64(found)))
