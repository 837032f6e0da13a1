"""A state has the role that its equation allows."""

from __future__ import annotations

import pytest
from tests.mechanism.models.conftest import Changed

from equipoise.mechanism.formulas import parse_formula
from equipoise.mechanism.models.dependencies import degree, in_order, states_behind

EQUATIONS, STATES = "equations.csv", "states.csv"
ASSIGNED = {
    "half_x": parse_formula("x/2"),
    "both": parse_formula("half_x + y"),
    "k2": parse_formula("k^2"),
}


@pytest.mark.parametrize(
    ("text", "states", "value"),
    [
        ("k", "x", 0),
        ("k*y", "x", 0),
        ("k*x", "x", 1),
        ("a - k*x/(1 + y)", "x", 1),
        ("a - k*x/(1 + y)", "xy", 2),
        ("k2*half_x + a", "x", 1),
        ("both", "x", 1),
        ("both", "xy", 1),
        ("both*half_x", "x", 2),
        ("x*y", "x", 1),
        ("x*y", "xy", 2),
        ("x^1", "x", 1),
        ("x^2", "x", 2),
        ("k^x", "x", 2),
        ("1/x", "x", 2),
        ("exp(x)", "x", 2),
        ("exp(y)*x", "x", 1),
        ("-(x - 3)*k", "x", 1),
        ("y^k*x", "x", 1),
    ],
)
def test_degree(text: str, states: str, value: int) -> None:
    assert degree(parse_formula(text), ASSIGNED, frozenset(states)) == value


def test_states_behind_assigned_quantities() -> None:
    assert states_behind(parse_formula("both*k"), ASSIGNED, "xyz") == {"x", "y"}
    assert states_behind(parse_formula("k2"), ASSIGNED, "xyz") == set()


def test_long_chains_of_assignments_are_walked() -> None:
    chain = {"n0": parse_formula("x*k")}
    chain |= {f"n{k}": parse_formula(f"n{k - 1} + 1") for k in range(1, 4000)}
    assert degree(parse_formula("n3999*2"), chain, frozenset("x")) == 1
    assert states_behind(parse_formula("n3999*2"), chain, "xy") == {"x"}


def test_order_and_loops() -> None:
    order, loop = in_order({"c": ["b", "a"], "a": ["outside"], "b": ["a"]})
    assert (order, loop) == (("a", "b", "c"), ())
    assert in_order({"a": ["b"], "b": ["c"], "c": ["b"]}) == ((), ("b", "c", "b"))
    assert in_order({"a": ["a"]}) == ((), ("a", "a"))
    long = {f"n{k}": [f"n{k + 1}"] for k in range(5000)}
    assert in_order(long)[0][0] == "n4999"


@pytest.mark.parametrize(
    ("old", "new", "state", "field", "value"),
    [
        (
            "in_a - Vmax*Ab/(Km*V_a + Ab)",
            "in_a - Vmax*Ab/(Km*V_a + Ab)*Sig",
            "Ab",
            "role stiff",
            "it uses Sig",
        ),
        (
            "ka*hours_per_day*Gut - cl/V*Cen",
            "ka*hours_per_day*Gut*Act - cl/V*Cen",
            "Cen",
            "role exact",
            "it uses Act",
        ),
        (
            "ka*hours_per_day*Gut - cl/V*Cen",
            "ka*hours_per_day*Gut - cl/V*Cen*exp(-conc/IC50)",
            "Cen",
            "role exact",
            "ka*hours_per_day*Gut - cl/V*Cen*exp(-conc/IC50)",
        ),
        ("^hill) - Sig)", "^hill) - Sig^2)", "Sig", "role quasi_steady", None),
        ("^hill) - Sig)", "^hill))", "Sig", "role quasi_steady", "a rate without Sig"),
    ],
)
def test_a_role_that_does_not_hold_is_named(
    changed: Changed, old: str, new: str, state: str, field: str, value: str | None
) -> None:
    (problem,) = changed((EQUATIONS, old, new))
    assert (problem.file, problem.row, problem.field) == ("mechanism/states.csv", state, field)
    assert value is None or problem.value == value
    assert problem.action == f"Rewrite the rate of {state}, or give it another role."


def test_a_level_that_runs_away_is_named(changed: Changed) -> None:
    (problem,) = changed((EQUATIONS, "^hill) - Sig)", "^hill) + Sig)"))
    assert (problem.row, problem.value, problem.allowed) == ("rate of Sig", "100", "below 0")


def test_a_rate_that_is_no_number_at_the_start_is_named(changed: Changed) -> None:
    (problem,) = changed((EQUATIONS, "(half*Sig", "(half*Sig*Ab/Ab"))
    assert (problem.row, problem.value) == ("rate of Act", "nan")


def test_a_loop_of_quasi_steady_states_is_named(changed: Changed) -> None:
    (problem,) = changed((EQUATIONS, "^hill) - Sig)", "^hill) + Act - Sig)"))
    assert problem.value in ("Sig uses Act uses Sig", "Act uses Sig uses Act")
    assert problem.allowed == "quasi-steady states without a loop"


def test_a_loop_of_assignments_is_named(changed: Changed) -> None:
    (problem,) = changed(
        (EQUATIONS, "k_grow*Act", "k_grow*Act*cure"),
        (EQUATIONS, "exp(-Cells*10^shift/cells_unit)", "growth/k_grow"),
    )
    assert problem.value in ("growth uses cure uses growth", "cure uses growth uses cure")


def test_a_stiff_block_is_small(changed: Changed) -> None:
    names = [f"N{k}" for k in range(4)]
    states = "".join(f"{name},n,mg,stiff,antibody\n" for name in names)
    rates = "".join(f"rate,{name},in_a - in_a*{name}/Ab_50\n" for name in names)
    starts = "".join(f"initial,{name},0\n" for name in names)
    problems = changed(
        (STATES, "Sig,", states + "Sig,"), (EQUATIONS, "rate,Sig", rates + starts + "rate,Sig")
    )
    assert [(p.row, p.value) for p in problems] == [("block antibody", "5 states")]
