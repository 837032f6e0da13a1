"""Whether every state can be solved as its role says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from equipoise.errors import Problem
from equipoise.mechanism.formulas import Formula, evaluate
from equipoise.mechanism.models.dependencies import NONLINEAR, degree, in_order, states_behind
from equipoise.mechanism.models.rows import BLOCK_ROLES, State

LARGEST_STIFF = 4
"""States of a nonlinear block; its implicit steps are written for few."""


def block_problems(file: str, states: Sequence[State]) -> list[Problem]:
    """Return every state whose block does not go with its role, and every mixed block."""
    found = []
    roles: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for state in states:
        wants = state.role in BLOCK_ROLES
        if wants != bool(state.block):
            allowed = "the name of a block" if wants else f"blank for the role {state.role}"
            action = f"Only {' and '.join(BLOCK_ROLES)} states stand in a block."
            found.append(Problem(file, state.name, "block", state.block, allowed, action))
            continue
        if not wants:
            continue
        sizes[state.block] = sizes.get(state.block, 0) + 1
        first = roles.setdefault(state.block, state.role)
        if state.role != first:
            allowed = f"{first}, as the other states of the block {state.block}"
            action = "Give one role to a block."
            found.append(Problem(file, state.name, "role", state.role, allowed, action))
    for block, role in roles.items():
        if role == "stiff" and sizes[block] > LARGEST_STIFF:
            shown, allowed = f"{sizes[block]} states", f"at most {LARGEST_STIFF} stiff states"
            action = "Make some of them integrated."
            found.append(Problem(file, f"block {block}", "", shown, allowed, action))
    return found


def role_problems(
    file: str,
    states: Sequence[State],
    rates: Mapping[str, Formula],
    assignments: Mapping[str, Formula],
) -> list[Problem]:
    """Return every state whose rate does not let it be solved as its role says.

    An exact block is affine in its own states, with coefficients that depend on parameters alone; a
    stiff block depends on its own states alone; a quasi-steady state is affine in itself.
    """
    names = [state.name for state in states]
    blocks: dict[str, set[str]] = {}
    for state in states:
        blocks.setdefault(state.block, set()).add(state.name)
    found = []
    for state in states:
        rate = rates[state.name]
        if state.role in BLOCK_ROLES:
            own = blocks[state.block]
            strange = sorted(states_behind(rate, assignments, names) - own)
            if strange:
                allowed = f"a rate that depends on states of the block {state.block} alone"
                found.append(_problem(file, state, f"it uses {', '.join(strange)}", allowed))
            elif state.role == "exact" and degree(rate, assignments, frozenset(own)) == NONLINEAR:
                allowed = "a rate that is linear in the states of its block"
                found.append(_problem(file, state, rate.text, allowed))
        elif state.role == "quasi_steady":
            own_degree = degree(rate, assignments, frozenset([state.name]))
            if own_degree != 1:
                allowed = f"a rate that is linear in {state.name}"
                shown = rate.text if own_degree else f"a rate without {state.name}"
                found.append(_problem(file, state, shown, allowed))
    return found


def _problem(file: str, state: State, shown: str, allowed: str) -> Problem:
    action = f"Rewrite the rate of {state.name}, or give it another role."
    return Problem(file, state.name, f"role {state.role}", shown, allowed, action)


def quasi_steady_order(
    file: str,
    states: Sequence[State],
    rates: Mapping[str, Formula],
    assignments: Mapping[str, Formula],
    problems: list[Problem],
) -> tuple[str, ...]:
    """Return the quasi-steady states, each after those its rate uses; a loop is a problem."""
    fast = [state.name for state in states if state.role == "quasi_steady"]
    uses = {name: states_behind(rates[name], assignments, fast) - {name} for name in fast}
    order, loop = in_order(uses)
    if loop:
        allowed = "quasi-steady states without a loop"
        action = "Make the slowest of them integrated."
        problems.append(Problem(file, "", "role", " uses ".join(loop), allowed, action))
    return order


def value_problems(
    file: str,
    states: Sequence[State],
    rates: Mapping[str, Formula],
    assignments: Mapping[str, Formula],
    initials: Mapping[str, Formula],
    parameters: Mapping[str, float],
) -> list[Problem]:
    """Return every start and every rate at the start that is no number, and every unstable level.

    A quasi-steady state must fall back when it is raised, or it has no level to stand at.
    """
    values = dict(parameters)
    _assign(values, assignments)
    for name, formula in initials.items():
        values[name] = evaluate(formula, values)
    found = [
        _not_finite(file, "initial", name, values[name], initials[name])
        for name in initials
        if not math.isfinite(values[name])
    ]
    if found:
        return found
    _assign(values, assignments)
    for state in states:
        rate = rates[state.name]
        speed = evaluate(rate, values)
        if not math.isfinite(speed):
            found.append(_not_finite(file, "rate", state.name, speed, rate))
        elif state.role == "quasi_steady":
            slope = _slope(state.name, rate, assignments, values)
            if not slope < 0.0:
                allowed, action = "below 0", "Give the state another role or correct the equation."
                where, what = f"rate of {state.name}", f"slope in {state.name} at the start"
                found.append(Problem(file, where, what, f"{slope:g}", allowed, action))
    return found


def _slope(
    name: str, rate: Formula, assignments: Mapping[str, Formula], values: Mapping[str, float]
) -> float:
    """Slope of a rate that is affine in its own state."""
    ends = []
    for level in (0.0, 1.0):
        moved = {**values, name: level}
        _assign(moved, assignments)
        ends.append(evaluate(rate, moved))
    return ends[1] - ends[0]


def _assign(values: dict[str, float], assignments: Mapping[str, Formula]) -> None:
    """Work out what can be: before the states have values, some quantities cannot."""
    for name, formula in assignments.items():
        if formula.names <= values.keys():
            values[name] = evaluate(formula, values)


def _not_finite(file: str, kind: str, name: str, value: float, formula: Formula) -> Problem:
    allowed, action = "a finite number at the start", "Correct the equation or a parameter's value."
    return Problem(file, f"{kind} of {name}", formula.text, f"{value:g}", allowed, action)
