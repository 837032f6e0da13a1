"""States that are solved before others, as formulas of the numbers that stand in p."""

from __future__ import annotations

from equipoise.mechanism.formulas.tree import Name, Node
from equipoise.mechanism.solving.algebra import ZERO, called, derivative, plus, times

OWN = "own "
"""Begins the name of a state in the functions that are evaluated while it is solved."""

CUBIC = 4
"""Coefficients of a cubic."""


def row_names(source: int, size: int, exact: bool) -> list[str]:
    """Return the names of the numbers in a row of a source; see `records`."""
    modes = range(size) if exact else range(0)
    names = [f"rate {source} {m}" for m in modes]
    for i in range(size):
        names += [f"weight {source} {i} {m}" for m in modes]
        names += [f"power {source} {i} {k}" for k in range(CUBIC)]
    return names


def clock_name(source: int) -> str:
    """Return the name of the time since a piece began."""
    return f"clock {source}"


def source_terms(source: int, names: tuple[str, ...], exact: bool) -> dict[str, Node]:
    """Return every state of a source as exponentials and a cubic of its clock."""
    clock = Name(clock_name(source))
    terms: dict[str, Node] = {}
    for i, name in enumerate(names):
        whole: Node = ZERO
        for m in range(len(names)) if exact else ():
            decay = called("exp", times(Name(f"rate {source} {m}"), clock))
            whole = plus(whole, times(Name(f"weight {source} {i} {m}"), decay))
        cubic: Node = ZERO
        for k in reversed(range(CUBIC)):
            cubic = plus(times(cubic, clock), Name(f"power {source} {i} {k}"))
        terms[name] = plus(whole, cubic)
    return terms


def source_changes(source: int, names: tuple[str, ...], exact: bool) -> dict[str, Node]:
    """Return the rate of change of every state of a source."""
    terms = source_terms(source, names, exact)
    return {name: derivative(tree, clock_name(source)) for name, tree in terms.items()}
