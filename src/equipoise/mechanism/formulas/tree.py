"""A formula as a tree of numbers, names, operations and functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from equipoise.errors import InputError

FUNCTIONS = ("exp", "log", "sqrt")
"""Functions of one number; `pow(a, b)` is read as `a^b`, and `log` is the natural logarithm."""

OPERATORS = ("+", "-", "*", "/", "^")

MOST_MULTIPLIED = 4
"""Largest whole exponent that is written out as multiplications; see `whole_exponent`."""


class FormulaError(InputError, ValueError):
    """A formula that cannot be used; each problem names the place and what is allowed."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A state, a parameter or an assigned quantity."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    of: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """One of `OPERATORS` between two parts."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """One of `FUNCTIONS` of a part."""

    function: str
    of: Node


Node: TypeAlias = Number | Name | Negative | Operation | Call


@dataclass(frozen=True)
class Formula:
    """A formula: its text, its tree, and the names it uses.

    Attributes
    ----------
    text : str
        As written.
    tree : Node
    names : frozenset of str
    """

    text: str
    tree: Node
    names: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        names = frozenset(node.name for node in walk(self.tree) if isinstance(node, Name))
        object.__setattr__(self, "names", names)

    def __str__(self) -> str:
        return self.text


def parts(node: Node) -> tuple[Node, ...]:
    """Return the parts a node is made of; a number and a name have none."""
    if isinstance(node, Operation):
        return (node.left, node.right)
    return (node.of,) if isinstance(node, Negative | Call) else ()


def walk(node: Node) -> Iterator[Node]:
    """Yield every node of a tree, a part before the whole."""
    for part in parts(node):
        yield from walk(part)
    yield node


def constant(node: Node) -> float | None:
    """Return the value of a number written with or without a minus, else None."""
    if isinstance(node, Negative) and isinstance(node.of, Number):
        return -node.of.value
    return node.value if isinstance(node, Number) else None


def whole_exponent(node: Node) -> int | None:
    """Return the exponent of a power that is written out as multiplications, else None.

    Whole numbers up to `MOST_MULTIPLIED` either way: a^3 is (a a) a, a^4 is (a a)(a a), and a^-n is
    1/a^n. The result is within 2 units in the last place of the exact power, as `pow` is within 1.
    """
    exponent = constant(node)
    if exponent is None or not exponent.is_integer() or abs(exponent) > MOST_MULTIPLIED:
        return None
    return int(exponent)


_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_MINUS = 3


def written(node: Node, least: int = 0) -> str:
    """Write a tree as a formula, with no more brackets than reading it back needs."""
    if isinstance(node, Number):
        whole = node.value.is_integer() and abs(node.value) < 1e15
        return f"{node.value:.0f}" if whole else repr(node.value)
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Call):
        return f"{node.function}({written(node.of)})"
    if isinstance(node, Negative):
        text, binding = f"-{written(node.of, _MINUS)}", _MINUS
    else:
        binding = _BINDING[node.operator]
        left = written(node.left, binding + (node.operator == "^"))
        space = " " if binding == 1 else ""
        text = f"{left}{space}{node.operator}{space}{written(node.right, binding + 1)}"
    return f"({text})" if binding < least else text
