"""Algebra on the trees of formulas: simpler forms, derivatives, one part in place of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from equipoise.mechanism.formulas.tree import (
    Call,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    parts,
    walk,
    written,
)

ZERO, ONE = Number(0.0), Number(1.0)
TINY = Number(1e-300)
"""Keeps a^b/a a number where a is 0: what starts there has no slope, not an infinite one."""


def formula_of(node: Node) -> Formula:
    """Return a tree as a formula."""
    return Formula(written(node), node)


def names_in(node: Node) -> frozenset[str]:
    """Return the names a tree uses."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Name))


def negative(a: Node) -> Node:
    """Return -a."""
    if isinstance(a, Number):
        return Number(-a.value) if a.value else ZERO
    return a.of if isinstance(a, Negative) else Negative(a)


def plus(a: Node, b: Node) -> Node:
    """Return a + b."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value + b.value)
    if b == ZERO:
        return a
    return b if a == ZERO else Operation("+", a, b)


def minus(a: Node, b: Node) -> Node:
    """Return a - b."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value - b.value)
    if a == b:
        return ZERO
    if b == ZERO:
        return a
    return negative(b) if a == ZERO else Operation("-", a, b)


def times(a: Node, b: Node) -> Node:
    """Return a b; 0 whatever the other is."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value * b.value)
    for one, other in ((a, b), (b, a)):
        if one == ZERO:
            return ZERO
        if one == ONE:
            return other
        if one == Number(-1.0):
            return negative(other)
    return Operation("*", a, b)


def divided(a: Node, b: Node) -> Node:
    """Return a / b; 0 whatever b is if a is 0."""
    if a == ZERO or b == ONE:
        return a
    if a == b:
        return ONE
    if isinstance(a, Number) and isinstance(b, Number) and b.value:
        return Number(a.value / b.value)
    return Operation("/", a, b)


def power(a: Node, b: Node) -> Node:
    """Return a^b."""
    if ONE in (a, b):
        return a
    if b == ZERO:
        return ONE
    if a == ZERO and isinstance(b, Number) and b.value > 0.0:
        return ZERO
    return Operation("^", a, b)


def called(function: str, a: Node) -> Node:
    """Return a function of a."""
    known: dict[tuple[str, Node], Number] = {
        ("exp", ZERO): ONE,
        ("log", ONE): ZERO,
        ("sqrt", ZERO): ZERO,
        ("sqrt", ONE): ONE,
    }
    return known.get((function, a)) or Call(function, a)


MAKE = {"+": plus, "-": minus, "*": times, "/": divided, "^": power}


def total(terms: Iterable[Node]) -> Node:
    """Return the sum of some trees."""
    whole: Node = ZERO
    for term in terms:
        whole = plus(whole, term)
    return whole


def product(factors: Iterable[Node]) -> Node:
    """Return the product of some trees."""
    whole: Node = ONE
    for factor in factors:
        whole = times(whole, factor)
    return whole


def replaced(node: Node, by: Mapping[str, Node]) -> Node:
    """Return a tree with names replaced by trees, made simpler where that shows."""
    if isinstance(node, Name):
        return by.get(node.name, node)
    if isinstance(node, Negative):
        return negative(replaced(node.of, by))
    if isinstance(node, Call):
        return called(node.function, replaced(node.of, by))
    if isinstance(node, Operation):
        return MAKE[node.operator](replaced(node.left, by), replaced(node.right, by))
    return node


def derivative(node: Node, name: str) -> Node:
    """Return the derivative of a tree by one of its names."""
    if isinstance(node, Name):
        return ONE if node.name == name else ZERO
    if isinstance(node, Negative):
        return negative(derivative(node.of, name))
    if isinstance(node, Call):
        return times(_outer(node), derivative(node.of, name))
    if isinstance(node, Operation):
        return _of_operation(node, name)
    return ZERO


def _outer(node: Call) -> Node:
    if node.function == "exp":
        return node
    if node.function == "log":
        return divided(ONE, node.of)
    return divided(times(Number(0.5), node), plus(node.of, TINY))


def _of_operation(node: Operation, name: str) -> Node:
    a, b = node.left, node.right
    da, db = (derivative(part, name) for part in parts(node))
    if node.operator in "+-":
        return MAKE[node.operator](da, db)
    if node.operator == "*":
        return plus(times(da, b), times(a, db))
    if node.operator == "/":
        return minus(divided(da, b), divided(times(a, db), times(b, b)))
    if isinstance(b, Number):
        base = times(b, power(a, Number(b.value - 1.0)))
    else:
        base = times(b, divided(node, plus(a, TINY)))
    base = times(base, da)
    return base if db == ZERO else plus(base, times(times(node, called("log", a)), db))
