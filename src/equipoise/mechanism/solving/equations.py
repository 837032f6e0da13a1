"""The equations of a model with assigned quantities and resting states put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from equipoise.errors import InputError, Problem
from equipoise.mechanism.formulas.tree import Node
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.algebra import (
    ZERO,
    derivative,
    divided,
    names_in,
    negative,
    replaced,
)


class Equations:
    """What the equations of a model come to when some of its states are dosed."""

    def __init__(self, model: MechanismModel, dosed: frozenset[str]) -> None:
        self.model, self.dosed = model, dosed
        self.roles = {state.name: state.role for state in model.states}
        self.integrated = {n for n, role in self.roles.items() if role == "integrated"}
        unused: dict[str, Node] = {
            parameter.symbol: ZERO
            for parameter in model.parameters
            if parameter.role == "input" and parameter.symbol not in dosed
        }
        self.plain: dict[str, Node] = dict(unused)
        for name, formula in model.assignments.items():
            self.plain[name] = replaced(formula.tree, self.plain)
        self.starts = self._starts()
        self.rates = {n: replaced(f.tree, self.plain) for n, f in model.rates.items()}
        self.resting: dict[str, Node] = self._resting()
        self.rates = {n: replaced(rate, self.resting) for n, rate in self.rates.items()}

    def _starts(self) -> dict[str, Node]:
        starts: dict[str, Node] = {}
        for _ in range(2):  # a start may use the start of a later state
            for name, formula in self.model.initials.items():
                starts[name] = replaced(replaced(formula.tree, self.plain), starts)
        return starts

    def _resting(self) -> dict[str, Node]:
        """Return the starts of all states that never leave them."""
        moved = set(self.dosed)
        for block in self.model.blocks.values():
            names = {state.name for state in block}
            used = {n for name in names for n in names_in(self.rates[name])}
            if (names | used) & self.dosed:
                moved |= names
        resting = {
            name: self.starts[name]
            for name, role in self.roles.items()
            if role != "quasi_steady" and name not in moved
        }
        while True:
            leaving = [n for n in resting if replaced(self.rates[n], resting) != ZERO]
            if not leaving:
                return resting
            for name in leaving:
                del resting[name]

    def inlined(self, node: Node) -> Node:
        """Return a tree in states that move, quasi-steady states and parameters."""
        return replaced(replaced(node, self.plain), self.resting)

    def levels(self) -> dict[str, Node]:
        """Return where each quasi-steady state stands: rate at 0 over minus the slope."""
        made: dict[str, Node] = {}
        for name in self.model.quasi_steady_order:
            rest = replaced(self.rates[name], {name: ZERO})
            made[name] = divided(rest, negative(self.slope(name)))
        return made

    def slope(self, name: str) -> Node:
        """Return the slope of a rate in its own state."""
        return derivative(self.rates[name], name)

    def behind(self, node: Node, levels: Mapping[str, Node]) -> set[str]:
        """Return the states a tree uses, quasi-steady ones and those behind them included."""
        found: set[str] = set()
        waiting = [name for name in names_in(node) if name in self.roles]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                if name in levels:
                    waiting += [n for n in names_in(levels[name]) if n in self.roles]
        return found

    def needed(self, wanted: Iterable[Node], levels: Mapping[str, Node]) -> dict[str, None]:
        """Return every state the outputs rest on, in the order of the model."""
        found: set[str] = set()
        waiting = {name for tree in wanted for name in self.behind(tree, levels)}
        blocks = {s.name: [t.name for t in b] for b in self.model.blocks.values() for s in b}
        while waiting:
            name = waiting.pop()
            found.add(name)
            near = set(blocks.get(name, ()))
            if name not in levels:
                near |= self.behind(self.rates[name], levels)
            waiting |= near - found
        return dict.fromkeys(name for name in self.roles if name in found)

    def blocks(self, role: str, needed: Mapping[str, None]) -> tuple[tuple[str, ...], ...]:
        """Return the blocks of a role that are needed and move."""
        made = []
        for block in self.model.blocks.values():
            names = tuple(state.name for state in block)
            if block[0].role == role and any(n in needed and n not in self.resting for n in names):
                made.append(names)
        return tuple(made)

    def logarithmic(self, needed: Mapping[str, None], levels: Mapping[str, Node]) -> set[str]:
        """Return the integrated states whose rate is proportional to themselves."""
        found = set()
        for name in self.integrated & needed.keys() - self.resting.keys():
            rate = self.rates[name]
            factor = derivative(rate, name)
            free = name not in self.behind(factor, levels)
            if free and factor != ZERO and replaced(rate, {name: ZERO}) == ZERO:
                found.add(name)
        return found

    def driven(
        self,
        needed: Mapping[str, None],
        levels: Mapping[str, Node],
        exact: tuple[tuple[str, ...], ...],
    ) -> dict[tuple[int, ...], tuple[str, ...]]:
        """Return the driven states by the exact blocks that feed them."""
        home = {name: k for k, block in enumerate(exact) for name in block}
        groups: dict[tuple[int, ...], tuple[str, ...]] = {}
        for name in needed:
            if name not in self.integrated or name in self.resting:
                continue
            behind = self.behind(self.rates[name], levels) - {name}
            slope = names_in(derivative(self.rates[name], name))
            if behind and behind <= home.keys() and not slope & self.roles.keys():
                key = tuple(sorted({home[n] for n in behind}))
                groups[key] = (*groups.get(key, ()), name)
        return groups

    def inputs(
        self, blocks: tuple[tuple[str, ...], ...], trees: Iterable[tuple[str, Node]]
    ) -> dict[str, int]:
        """Return the block each infusion enters; refuse one that is used elsewhere."""
        found: dict[str, int] = {}
        infused = self.dosed & set(self.model.names_of_parameters)
        home = {name: k for k, block in enumerate(blocks) for name in block}
        problems = []
        for state, tree in trees:
            for name in sorted(names_in(tree) & infused):
                if state not in home or found.setdefault(name, home[state]) != home[state]:
                    allowed = "an infusion that enters one exact or stiff block"
                    action = f"Let {state} follow from the states of that block."
                    problems.append(Problem("", state, "rate", name, allowed, action))
        if problems:
            raise InputError(problems)
        return found
