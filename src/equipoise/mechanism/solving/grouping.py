"""What a formula needs once a patient is taken out of it: parts made of parameters alone.

A rate is evaluated thousands of times a patient, its parameters change once. In every sum and
every product the parameters are put together and become one number, worked out beforehand; several
divisions of a product become one. Only the order in which a product is rounded changes.
"""

from __future__ import annotations

from collections.abc import Callable

from equipoise.mechanism.formulas.tree import (
    Call,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    parts,
)
from equipoise.mechanism.solving.algebra import (
    ZERO,
    divided,
    minus,
    negative,
    plus,
    power,
    product,
)

PREFIX = "constant "
"""Begins the name of a part that is worked out once; no name of a model holds a space."""


class Grouping:
    """Takes constants out of trees, and keeps them.

    Parameters
    ----------
    is_constant : callable
        Whether a name stands for a number that does not change during a simulation.
    """

    def __init__(self, is_constant: Callable[[str], bool]) -> None:
        self.is_constant = is_constant
        self.constants: dict[Node, str] = {}

    def constant(self, node: Node) -> bool:
        """Return whether a tree does not change during a simulation."""
        if isinstance(node, Name):
            return node.name.startswith(PREFIX) or self.is_constant(node.name)
        return all(self.constant(part) for part in parts(node))

    def kept(self, node: Node) -> Node:
        """Return a constant tree as a number, a name, or the name it is kept under."""
        if isinstance(node, Number | Name):
            return node
        name = self.constants.setdefault(node, f"{PREFIX}{len(self.constants)}")
        return Name(name)

    def taken(self, node: Node) -> Node:
        """Return a tree with its constants taken out."""
        if self.constant(node):
            return self.kept(node)
        if isinstance(node, Call):
            return Call(node.function, self.taken(node.of))
        if isinstance(node, Operation) and node.operator == "^":
            return power(self.taken(node.left), self.taken(node.right))
        if isinstance(node, Operation) and node.operator in "+-":
            return self.sum(node)
        return self.product(node) if not isinstance(node, Name) else node

    def sum(self, node: Node) -> Node:
        """Group a sum: its constants first, the rest in the order written."""
        terms: list[tuple[bool, Node]] = []
        _add_terms(node, False, terms)
        whole: Node = ZERO
        for minus_sign, term in terms:
            if self.constant(term):
                whole = minus(whole, term) if minus_sign else plus(whole, term)
        whole = self.kept(whole)
        for minus_sign, term in terms:
            if not self.constant(term):
                made = self.taken(term)
                whole = minus(whole, made) if minus_sign else plus(whole, made)
        return whole

    def product(self, node: Node) -> Node:
        """Group a product: one constant times what changes, over what changes."""
        above: list[Node] = []
        below: list[Node] = []
        odd = _add_factors(node, above, below)
        for factor in list(above):
            if factor in below and self.constant(factor):
                above.remove(factor)
                below.remove(factor)
        fixed = divided(self.fixed(above), self.fixed(below))
        coefficient = self.kept(negative(fixed) if odd else fixed)
        top = product([coefficient, *self.changing(above)])
        return divided(top, product(self.changing(below)))

    def fixed(self, factors: list[Node]) -> Node:
        """Multiply the constants among some factors."""
        return product(factor for factor in factors if self.constant(factor))

    def changing(self, factors: list[Node]) -> list[Node]:
        """Return the factors that change, with their own constants taken out."""
        return [self.taken(factor) for factor in factors if not self.constant(factor)]


def _add_terms(node: Node, minus_sign: bool, terms: list[tuple[bool, Node]]) -> None:
    """Take a sum apart into terms and their signs."""
    if isinstance(node, Negative):
        _add_terms(node.of, not minus_sign, terms)
    elif isinstance(node, Operation) and node.operator in "+-":
        _add_terms(node.left, minus_sign, terms)
        _add_terms(node.right, minus_sign != (node.operator == "-"), terms)
    else:
        terms.append((minus_sign, node))


def _add_factors(node: Node, above: list[Node], below: list[Node]) -> bool:
    """Take a product apart into what stands above and below the bar; return whether it is minus."""
    if isinstance(node, Negative):
        return not _add_factors(node.of, above, below)
    if isinstance(node, Operation) and node.operator in "*/":
        left = _add_factors(node.left, above, below)
        turned = (below, above) if node.operator == "/" else (above, below)
        return left != _add_factors(node.right, *turned)
    above.append(node)
    return False
