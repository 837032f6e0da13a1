"""Which assumed numbers an effect of a drug rests on, read from the equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from equipoise.mechanism.formulas.tree import Name, Node, Number, Operation, walk
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.algebra import ZERO, names_in, replaced


def assumed_behind(
    model: MechanismModel,
    values: Mapping[str, float],
    dosed: Iterable[str],
    sources: Iterable[str],
    outcome: str,
) -> tuple[str, ...]:
    """Return the assumed parameters in the equations between a drug and an outcome.

    An equation counts if it can be reached from a state of the drug and reaches the outcome, once
    the switches of a rival are set and drugs that are not given are gone. What only equations
    without a state hold behind it counts too. A parameter that scales both arms alike, and so the
    effect, counts as well: the list is of what the number rests on, not of how much. What differs
    between patients (covariates) and what the rival sets does not count.

    Parameters
    ----------
    model : MechanismModel
    values : mapping of str to float
        Switches and other parameters that are fixed by definition.
    dosed : iterable of str
        States that doses enter, and infusion rates that are used.
    sources : iterable of str
        Of those, the drug's.
    outcome : str
        State or assigned quantity.

    Returns
    -------
    tuple of str
        In the order of the table of parameters; empty where the drug does not reach the outcome.
    """
    trees = _equations(model, values, set(dosed))
    uses = {name: names_in(tree) for name, tree in trees.items()}
    reached = _closure({s for s in sources if s in trees} | _fed(uses, sources), _users(uses))
    behind = _closure({outcome}, uses)
    between = reached & behind
    if outcome not in between:
        return ()
    driven = _closure(set(model.names_of_states), _users(uses))
    names: set[str] = set()
    for name in between:
        names |= _closure({n for n in uses[name] if n not in driven}, uses) | uses[name]
    return tuple(
        p.symbol
        for p in model.parameters
        if p.symbol in names and p.standing == "assumed" and p.role in ("constant", "fitted")
    )


def parameters_behind(model: MechanismModel, dosed: Iterable[str], outcome: str) -> frozenset[str]:
    """Return every parameter an outcome can depend on while only some drugs are given."""
    trees = _equations(model, {}, set(dosed))
    starts = {name: model.initials[name].names for name in trees if name in model.initials}
    uses = {name: names_in(tree) | starts.get(name, frozenset()) for name, tree in trees.items()}
    return _closure({outcome}, uses) & frozenset(model.names_of_parameters)


def _equations(
    model: MechanismModel, values: Mapping[str, float], dosed: set[str]
) -> dict[str, Node]:
    """Return rates and assignments with values set and states that stay at 0 gone."""
    fixed: dict[str, Node] = {name: Number(float(value)) for name, value in values.items()}
    fixed |= {
        p.symbol: ZERO for p in model.parameters if p.role == "input" and p.symbol not in dosed
    }
    exponents: dict[str, Node] = {
        name: Number(model.values[model.index(name)]) for name in _exponents(model)
    }
    starts = model.initials
    idle = {n for n in starts if starts[n].tree == ZERO and n not in dosed}
    while True:
        known = exponents | fixed | dict.fromkeys(idle, ZERO)
        trees: dict[str, Node] = {}
        for name, formula in model.assignments.items():
            trees[name] = replaced(formula.tree, known)
            if isinstance(trees[name], Number):
                known[name] = trees[name]
        rates = {name: replaced(formula.tree, known) for name, formula in model.rates.items()}
        moving = {name for name in idle if rates[name] != ZERO}
        if not moving:
            break
        idle -= moving
    known = fixed | dict.fromkeys(idle, ZERO)
    known |= {name: tree for name, tree in trees.items() if tree == ZERO}
    tables = {**model.assignments, **{n: f for n, f in model.rates.items() if n not in idle}}
    return {name: replaced(formula.tree, known) for name, formula in tables.items()}


def _exponents(model: MechanismModel) -> set[str]:
    """Return parameters above 0 that are exponents: 0 to their power is 0."""
    powers = {
        node.right.name
        for formula in (*model.assignments.values(), *model.rates.values())
        for node in walk(formula.tree)
        if isinstance(node, Operation) and node.operator == "^" and isinstance(node.right, Name)
    }
    return {p.symbol for p in model.parameters if p.symbol in powers and p.value > 0.0}


def _users(uses: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    made: dict[str, set[str]] = {}
    for name, used in uses.items():
        for other in used:
            made.setdefault(other, set()).add(name)
    return {name: frozenset(users) for name, users in made.items()}


def _fed(uses: Mapping[str, frozenset[str]], sources: Iterable[str]) -> set[str]:
    """Return what uses an infusion rate among the sources."""
    given = set(sources) - uses.keys()
    return {name for name, used in uses.items() if used & given}


def _closure(start: set[str], following: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found, waiting = set[str](), list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += following.get(name, ())
    return frozenset(found)
