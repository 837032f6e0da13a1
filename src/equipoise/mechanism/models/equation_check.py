"""Whether the equations of a model are complete, and whether names, order and units fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from equipoise.errors import Problem
from equipoise.mechanism.formulas import (
    Formula,
    FormulaError,
    Unit,
    clash,
    parse_formula,
    parse_unit,
    unit_and_clashes,
)
from equipoise.mechanism.formulas.tree import constant
from equipoise.mechanism.models.dependencies import in_order, states_behind
from equipoise.mechanism.models.mechanism_model import unknown
from equipoise.mechanism.models.rows import Equation, Parameter, State

DAY = parse_unit("day")


@dataclass
class Equations:
    """The formulas of a model by kind, and what is wrong with them."""

    rate: dict[str, Formula] = field(default_factory=dict)
    assignment: dict[str, Formula] = field(default_factory=dict)
    initial: dict[str, Formula] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def each(self) -> Iterator[tuple[str, str, Formula]]:
        """Yield kind, name and formula of every equation."""
        for kind in ("rate", "assignment", "initial"):
            for name, formula in getattr(self, kind).items():
                yield kind, name, formula


def placed(problem: Problem, file: str, row: str) -> Problem:
    """Return a problem of a formula or unit as one of a row, with the part it was found in."""
    part = " ".join(text for text in (problem.file, problem.row) if text)
    return replace(problem, file=file, row=row, field=part)


def parsed(file: str, rows: Sequence[Equation]) -> Equations:
    """Parse the equations of a file; what is doubled or cannot be read is a problem."""
    made = Equations()
    for row in rows:
        where, kind = f"{row.kind} of {row.name}", getattr(made, row.kind)
        if row.name in kind:
            allowed, action = "one equation of a kind for a name", "Remove one of them."
            made.problems.append(Problem(file, where, "", row.formula, allowed, action))
            continue
        try:
            kind[row.name] = parse_formula(row.formula)
        except FormulaError as error:
            made.problems += [placed(problem, file, where) for problem in error.problems]
    return made


def name_problems(
    file: str, equations: Equations, states: Sequence[State], parameters: Sequence[Parameter]
) -> list[Problem]:
    """Return every missing equation, equation of nothing, doubled and undefined name."""
    state_names = {state.name for state in states}
    given = state_names | {parameter.symbol for parameter in parameters}
    known = given | set(equations.assignment)
    found = []
    for kind in ("rate", "initial"):
        named = set(getattr(equations, kind))
        for name in sorted(state_names - named):
            allowed, action = f"a {kind} equation for every state", "Add it, or remove the state."
            found.append(Problem(file, f"{kind} of {name}", "", "", allowed, action))
        for name in sorted(named - state_names):
            found.append(placed(unknown(name, state_names, "a state"), file, f"{kind} of {name}"))
    for name in sorted(given & set(equations.assignment)):
        allowed, action = "one meaning of a name", "Rename the state or parameter, or the quantity."
        found.append(Problem(file, f"assignment of {name}", "name", name, allowed, action))
    for kind, name, formula in equations.each():
        for used in sorted(formula.names - known):
            problem = unknown(used, known, "a state, parameter or assigned quantity")
            found.append(placed(problem, file, f"{kind} of {name}"))
    return found


def ordered_assignments(file: str, equations: Equations) -> dict[str, Formula]:
    """Return the assignments, each after those it uses; a loop is added to the problems."""
    uses = {name: formula.names for name, formula in equations.assignment.items()}
    order, loop = in_order(uses)
    if loop:
        allowed, action = "assignments without a loop", "Make one of them a state with a rate."
        shown = " uses ".join(loop)
        equations.problems.append(Problem(file, "assignment", "", shown, allowed, action))
    return {name: equations.assignment[name] for name in order}


def start_problems(file: str, equations: Equations, states: Sequence[State]) -> list[Problem]:
    """Return every value at the start that depends on a state."""
    names, found = [state.name for state in states], []
    for name, formula in equations.initial.items():
        behind = states_behind(formula, equations.assignment, names)
        if behind:
            allowed = "parameters, and what follows from them"
            shown, action = ", ".join(sorted(behind)), "Write it without states."
            found.append(Problem(file, f"initial of {name}", formula.text, shown, allowed, action))
    return found


def add_units(
    file: str, equations: Equations, assignments: Mapping[str, Formula], units: dict[str, Unit]
) -> list[Problem]:
    """Add the units of the assigned quantities to `units`, and return every clash.

    A rate has the unit of its state per day. A value at the start has the unit of its state, or is
    a number as written, which is then in that unit.
    """
    found: list[Problem] = []

    def checked(kind: str, name: str, formula: Formula, wanted: Unit | None) -> Unit:
        unit, clashes = unit_and_clashes(formula, units)
        if wanted is not None and not clashes and not unit.same(wanted):
            what = f"which the {kind} of {name} has"
            clashes = [clash(formula.text, unit, wanted, what)]
        found.extend(placed(problem, file, f"{kind} of {name}") for problem in clashes)
        return unit

    for name, formula in assignments.items():
        units[name] = checked("assignment", name, formula, None)
    for name, formula in equations.rate.items():
        checked("rate", name, formula, units[name] / DAY)
    for name, formula in equations.initial.items():
        if constant(formula.tree) is None:
            checked("initial", name, formula, units[name])
    return found
