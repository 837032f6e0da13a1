"""Formulas drawn at random, for properties."""

from __future__ import annotations

from hypothesis import strategies as st

from equipoise.mechanism.formulas.tree import Call, Name, Negative, Node, Number, Operation

NAMES = ("a", "b", "c")
NUMBERS = (0.0, 0.3, 1.0, 1.7, 3.0, 24.0, 1e-3, 1e6)
EXPONENTS = (-3.0, -1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.7, -1.3)


def trees() -> st.SearchStrategy[Node]:
    """Draw a tree; a power stands over a name, so that its base is no constant."""
    names = st.sampled_from(NAMES).map(Name)
    leaves = names | st.sampled_from(NUMBERS).map(Number)

    def grown(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        binary = st.builds(Operation, st.sampled_from("+-*/"), part, part)
        call = st.builds(Call, st.sampled_from(("exp", "log", "sqrt")), part)
        base = names | st.builds(Operation, st.sampled_from("+-*/"), names, part)
        exponent = names | st.sampled_from(EXPONENTS).map(signed)
        power = st.builds(Operation, st.just("^"), base, exponent)
        return binary | binary | call | power | st.builds(Negative, part)

    return st.recursive(leaves, grown, max_leaves=25)


def signed(value: float) -> Node:
    return Negative(Number(-value)) if value < 0 else Number(value)
