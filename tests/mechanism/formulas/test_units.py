"""Units are read, multiplied and compared exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.mechanism.formulas import ONE, FormulaError, Unit, parse_unit

NAMES = ("mg", "kg", "L", "mL", "day", "h", "umol", "nM", "cell", "cycle", "cm", "IU", "%", "kDa")
UNITS = st.dictionaries(
    st.sampled_from(NAMES), st.integers(-3, 3).filter(bool).map(Fraction), max_size=4
).map(lambda powers: Unit(tuple(powers.items())))


@pytest.mark.parametrize(
    ("first", "second", "factor"),
    [
        ("day", "h", 24),
        ("h", "min", 60),
        ("week", "day", 7),
        ("year", "day", Fraction(1461, 4)),
        ("year", "month", 12),
        ("d", "day", 1),
        ("mmol", "umol", 1000),
        ("mg/L", "ug/mL", 1),
        ("g/mol", "mg/mmol", 1),
        ("kDa", "g/mol", 1000),
        ("M", "mol/L", 1),
        ("umol/L", "uM", 1),
        ("umol/L", "nM", 1000),
        ("L", "cm^3", 1000),
        ("mL", "cm3", 1),
        ("mm^3", "uL", 1),
        ("m^2", "cm^2", 10000),
        ("1", "%", 100),
        ("kg", "mg", 10**6),
        ("L/h", "L/day", 24),
        ("1/(nM day)", "L/nmol/day", 1),
        ("1/(nM day)", "L nmol^-1 day^-1", 1),
        ("uU/mL", "mU/L", 1),
        ("mL/min/(1.73 m^2)", "mL/(min m^2)", Fraction(100, 173)),
        ("10^9 cell", "cell", 10**9),
        ("(umol/L)", "umol/L", 1),
        ("µmol·L^-1", "umol/L", 1),
        ("μg/m²", "ug/m^2", 1),
        ("mg*h/L", "mg h/L", 1),
        ("mg/L/h", "mg/(L h)", 1),
        ("mg^(1/2) mg^(1/2)", "mg", 1),
        ("cycle/cycle", "1", 1),
    ],
)
def test_factors(first: str, second: str, factor: Fraction | int) -> None:
    one, other = parse_unit(first), parse_unit(second)
    assert one.factor_to(other) == factor
    assert one.same(other) is (factor == 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [("mg", "mmol"), ("cell", "1"), ("cycle", "cell"), ("U", "IU"), ("L", "m^2"), ("h", "1/h")],
)
def test_different_things_have_no_factor(first: str, second: str) -> None:
    assert parse_unit(first).factor_to(parse_unit(second)) is None
    assert not parse_unit(first).same(parse_unit(second))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ""),
        ("  ", ""),
        ("hour", "hour"),
        ("days", "days"),
        ("mg//L", "/"),
        ("mg/", "the end"),
        ("/L", "/"),
        ("(mg", "the end"),
        ("mg)", ")"),
        ("1/nM day", "1/nM day"),
        ("mg/L h", "mg/L h"),
        ("mg^", "the end"),
        ("mg^x", "x"),
        ("mg^99", "99"),
        ("mg^(1/0)", "0"),
        ("0 mg", "0"),
        ("mg & L", "&"),
        ("mg" * 50, "100 characters"),
        ("cl", "cl"),
        ("kday", "kday"),
        ("99999999999999 L", "99999999999999"),
    ],
)
def test_what_is_no_unit_is_named(text: str, found: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_unit(text)
    assert caught.value.problems[0].value.strip() == found


def test_a_near_name_is_offered() -> None:
    with pytest.raises(FormulaError, match="Did you mean day"):
        parse_unit("mg/days")


@given(UNITS, UNITS, UNITS)
def test_algebra(a: Unit, b: Unit, c: Unit) -> None:
    assert (a * b).same(b * a)
    assert ((a * b) * c).same(a * (b * c))
    assert (a / a).same(ONE)
    assert (a * b / b).same(a)
    assert (a**3 / a).same(a**2)
    assert ((a * b) ** Fraction(1, 2)).same(a ** Fraction(1, 2) * b ** Fraction(1, 2))
    factor, back = a.factor_to(b), b.factor_to(a)
    assert (factor is None) == (back is None)
    assert factor is None or factor * back == 1


@given(UNITS)
def test_a_unit_is_read_as_it_is_written(unit: Unit) -> None:
    assert parse_unit(str(unit)).same(unit)


def test_a_root_of_a_factor_is_no_fraction() -> None:
    assert (parse_unit("kg") ** Fraction(1, 2)).factor_to(parse_unit("g^(1/2)")) is None


@given(st.text(alphabet="mgLdayh1/ ^()*-0.%uM", max_size=20))
def test_any_text_is_a_unit_or_a_problem(text: str) -> None:
    try:
        unit = parse_unit(text)
    except FormulaError:
        return
    assert parse_unit(str(unit)).same(unit)
