"""The value of a formula, one operation after the other: plain, for checks and tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from equipoise.mechanism.formulas.tree import (
    Call,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    whole_exponent,
)


def evaluate(formula: Formula, values: Mapping[str, float]) -> float:
    """Return the value of a formula in the arithmetic of IEEE 754.

    A division by zero is an infinity, 0/0 and the logarithm of a negative number are NaN, and
    nothing raises. The operations and their order are those of the machine code.

    Parameters
    ----------
    formula : Formula
    values : mapping of str to float
        A value for every name of the formula.

    Examples
    --------
    >>> from equipoise.mechanism.formulas.parsing import parse_formula
    >>> evaluate(parse_formula("a/(a + 2)^2"), {"a": 2.0})
    0.125
    """
    return value_of(formula.tree, values)


def value_of(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a tree; see `evaluate`."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return float(values[node.name])
    if isinstance(node, Negative):
        return -value_of(node.of, values)
    if isinstance(node, Call):
        return _FUNCTIONS[node.function](value_of(node.of, values))
    left = value_of(node.left, values)
    if node.operator == "^":
        whole = whole_exponent(node.right)
        if whole is not None:
            return _multiplied(left, whole)
    return _OPERATIONS[node.operator](left, value_of(node.right, values))


def _multiplied(base: float, exponent: int) -> float:
    size, square = abs(exponent), base * base
    product = (1.0, base, square, square * base, square * square)[size]
    return _divide(1.0, product) if exponent < 0 else product


def _divide(left: float, right: float) -> float:
    if right != 0.0:
        return left / right
    if left == 0.0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0.0 and math.fmod(exponent, 2.0) != 0.0 else math.inf
    except ValueError:
        if base != 0.0:
            return math.nan
        odd = math.fmod(exponent, 2.0) in (1.0, -1.0)
        return math.copysign(math.inf, base) if odd else math.inf


def _exponential(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _logarithm(value: float) -> float:
    if value == 0.0:
        return -math.inf
    return math.nan if value < 0.0 else math.log(value)


def _root(value: float) -> float:
    return math.nan if value < 0.0 else math.sqrt(value)


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": _exponential,
    "log": _logarithm,
    "sqrt": _root,
}
_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide,
    "^": _power,
}
