"""The unit of a formula, from the units of its names: every clash in it, none resolved by guess."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from equipoise.errors import Problem
from equipoise.mechanism.formulas.tree import (
    Call,
    Formula,
    FormulaError,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    constant,
    written,
)
from equipoise.mechanism.formulas.unit_algebra import ONE, Unit


def unit_of(formula: Formula, units: Mapping[str, Unit]) -> Unit:
    """Return the unit of a formula.

    What is added or subtracted has equal units, factor and all; a function takes a plain number; an
    exponent is a plain number, and one that is not written as a number needs a plain number under
    it. A number has the unit 1: hours become days by a parameter in h/day, not by a bare 24.

    Parameters
    ----------
    formula : Formula
    units : mapping of str to Unit
        A unit for every name of the formula.

    Raises
    ------
    FormulaError
        Every clash, with the part of the formula and the units on both sides.

    Examples
    --------
    >>> from equipoise.mechanism.formulas.parsing import parse_formula
    >>> from equipoise.mechanism.formulas.unit_parsing import parse_unit
    >>> units = {"CL": parse_unit("L/h"), "V": parse_unit("L"), "hours": parse_unit("h/day")}
    >>> str(unit_of(parse_formula("CL*hours/V"), units))
    '1/day'
    """
    unit, clashes = unit_and_clashes(formula, units)
    if clashes:
        raise FormulaError(clashes)
    return unit


def unit_and_clashes(formula: Formula, units: Mapping[str, Unit]) -> tuple[Unit, list[Problem]]:
    """Return the unit a formula would have, and every clash in it; see `unit_of`."""
    check = _Check(units)
    unit = check.unit(formula.tree)
    return unit, list(dict.fromkeys(check.problems))


def clash(part: str, found: Unit, wanted: Unit, what: str) -> Problem:
    """Return the problem of a part whose unit is not the one it must have."""
    factor = found.factor_to(wanted)
    action = "Correct the unit or the formula."
    if factor is not None:
        action = f"Convert it with a parameter: 1 {found} is {_number(factor)} {wanted}."
    return Problem("", f"'{part}'", "", f"the unit {found}", f"the unit {wanted}, {what}", action)


def _number(factor: Fraction) -> str:
    return (
        str(factor) if max(factor.numerator, factor.denominator) < 10**9 else f"{float(factor):g}"
    )


class _Check:
    """Walks a tree; after a clash it goes on with the unit that was wanted."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self.units = units
        self.problems: list[Problem] = []

    def unit(self, node: Node) -> Unit:
        if isinstance(node, Number):
            return ONE
        if isinstance(node, Name):
            return self.named(node.name)
        if isinstance(node, Negative):
            return self.unit(node.of)
        if isinstance(node, Call):
            return self.call(node)
        if node.operator == "^":
            return self.power(node)
        left, right = self.unit(node.left), self.unit(node.right)
        if node.operator in "*/":
            return left * right if node.operator == "*" else left / right
        if not left.same(right):
            what = f"which '{written(node.left)}' has before the {node.operator}"
            self.problems.append(clash(written(node.right), right, left, what))
        return left

    def named(self, name: str) -> Unit:
        if name not in self.units:
            action = "Define it, with its unit."
            self.problems.append(Problem("", f"'{name}'", "", "", "a name with a unit", action))
        return self.units.get(name, ONE)

    def call(self, node: Call) -> Unit:
        inside = self.unit(node.of)
        if node.function == "sqrt":
            return inside ** Fraction(1, 2)
        if not inside.plain:
            what = f"which {node.function} takes"
            self.problems.append(clash(written(node.of), inside, ONE, what))
        return ONE

    def power(self, node: Operation) -> Unit:
        base, exponent = self.unit(node.left), self.unit(node.right)
        if not exponent.plain:
            self.problems.append(clash(written(node.right), exponent, ONE, "as an exponent has"))
        if base.plain:
            return ONE
        ratio = _fraction(node.right)
        if ratio is None:
            what = f"because the exponent '{written(node.right)}' is not written as a number"
            self.problems.append(clash(written(node.left), base, ONE, what))
            return ONE
        return base**ratio


def _fraction(node: Node) -> Fraction | None:
    """Return an exponent that is a number or a ratio of two, exactly; else None."""
    if isinstance(node, Operation) and node.operator == "/":
        above, below = _fraction(node.left), _fraction(node.right)
        return above / below if above is not None and below else None
    value = constant(node)
    return None if value is None else Fraction(repr(value))
