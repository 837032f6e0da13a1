"""What depends on what in a model: order, loops, and how a rate depends on states.

Whether a rate is linear is read from the form of its equation, never from trial values, so that it
holds for every patient and every switch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from equipoise.mechanism.formulas.tree import (
    Call,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    constant,
)

NONLINEAR = 2


def in_order(uses: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Order names so that each stands after those it uses.

    Parameters
    ----------
    uses : mapping of str to iterable of str
        What each name uses; names that are no key are ignored.

    Returns
    -------
    order : tuple of str
        Empty where there is a loop.
    loop : tuple of str
        The names of one loop, the first again at the end; empty where there is none.
    """
    order: list[str] = []
    done: set[str] = set()
    for start in uses:
        path: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leave = stack.pop()
            if leave:
                path.popitem()
                done.add(name)
                order.append(name)
            elif name in path:
                walked = list(path)
                return (), (*walked[walked.index(name) :], name)
            elif name not in done:
                path[name] = None
                stack.append((name, True))
                used = sorted(n for n in uses[name] if n in uses and n not in done)
                stack += [(n, False) for n in reversed(used)]
    return tuple(order), ()


def states_behind(
    formula: Formula, assignments: Mapping[str, Formula], states: Iterable[str]
) -> frozenset[str]:
    """Return the states a formula depends on, itself or through assigned quantities."""
    return frozenset(states) & _names_behind(formula, assignments)


def degree(formula: Formula, assignments: Mapping[str, Formula], states: frozenset[str]) -> int:
    """Return how a formula depends on states: 0 not at all, 1 affinely, `NONLINEAR` otherwise.

    Affine is a sum of parts that each hold the states once, above a fraction bar and under no
    function. A formula that is affine only after rewriting counts as nonlinear. Each of the
    `assignments` stands after those it uses.
    """
    known = dict.fromkeys(states, 1)
    behind = _names_behind(formula, assignments)
    for name, inside in assignments.items():
        if name in behind:
            known[name] = _degree(inside.tree, known)
    return _degree(formula.tree, known)


def _names_behind(formula: Formula, assignments: Mapping[str, Formula]) -> set[str]:
    """Return every name a formula uses, itself or through assigned quantities."""
    found: set[str] = set()
    waiting = set(formula.names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name in assignments:
            waiting |= assignments[name].names - found
    return found


def _degree(node: Node, known: Mapping[str, int]) -> int:
    """Return the degree of a tree; a name that is not known is a constant."""
    if isinstance(node, Number):
        return 0
    if isinstance(node, Name):
        return known.get(node.name, 0)
    if isinstance(node, Negative):
        return _degree(node.of, known)
    if isinstance(node, Call):
        return NONLINEAR if _degree(node.of, known) else 0
    left, right = _degree(node.left, known), _degree(node.right, known)
    if node.operator in "+-":
        return max(left, right)
    if node.operator == "*":
        return min(left + right, NONLINEAR)
    if right:
        return NONLINEAR
    if node.operator == "/" or constant(node.right) == 1.0:
        return left
    return NONLINEAR if left else 0
