"""What a simulation has to solve: the states its outputs rest on, by the way they are solved.

A state that is not dosed and whose rate is zero at its start stays there; it becomes its start, and
what multiplies it vanishes from the equations. Of the rest, only what the outputs depend on is
kept. Integrated states are looked at again:

- *driven*: linear in itself with a constant coefficient, and fed by exact blocks alone. It is
  solved before the others, and its course repeats when the dosing does.
- *logarithmic*: its rate is itself times something that does not hold it; ln(state/start) is
  integrated, so that a fall over twenty orders of magnitude keeps its relative accuracy.
- *coupled*: every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.table_cells import near_words
from equipoise.mechanism.formulas.tree import Name, Node
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.algebra import (
    ZERO,
    called,
    derivative,
    divided,
    names_in,
    negative,
    replaced,
    times,
)

LOGARITHM = "logarithm of "
START = "start of "


@dataclass(frozen=True, eq=False)
class Structure:
    """The equations of one simulation; every tree is in states kept, parameters and levels.

    Attributes
    ----------
    exact, stiff, driven : tuple of tuple of str
        States of each block, and of each group of driven states.
    coupled : tuple of str
        All other integrated states.
    logarithmic : frozenset of str
        Those of `coupled` of which the logarithm is integrated.
    rates : mapping of str to Node
        Of every state kept; of the logarithm where that is integrated.
    starts : mapping of str to Node
        In parameters alone.
    levels : mapping of str to Node
        Quasi-steady states in the order in which they are worked out.
    slopes : mapping of str to Node
        Of the rate of each quasi-steady state, in itself.
    outputs : tuple of Node
    inputs : mapping of str to int
        Infusion rates in use, each with the block it enters, exact blocks counted first.
    """

    exact: tuple[tuple[str, ...], ...]
    stiff: tuple[tuple[str, ...], ...]
    driven: tuple[tuple[str, ...], ...]
    coupled: tuple[str, ...]
    logarithmic: frozenset[str]
    rates: Mapping[str, Node]
    starts: Mapping[str, Node]
    levels: Mapping[str, Node]
    slopes: Mapping[str, Node]
    outputs: tuple[Node, ...]
    inputs: Mapping[str, int]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state kept, in the order of the vector x."""
        groups = (*self.exact, *self.stiff, *self.driven, self.coupled)
        return tuple(name for group in groups for name in group)

    @property
    def accumulated(self) -> frozenset[str]:
        """Integrated states on whose value no rate depends, their own included."""
        used = {n for tree in (*self.rates.values(), *self.levels.values()) for n in names_in(tree)}
        groups = (*self.driven, self.coupled)
        return frozenset(n for group in groups for n in group) - used

    @property
    def relaxing(self) -> frozenset[str]:
        """Integrated states that are drawn to a level at a constant pace, and so forget errors."""
        groups, held = (*self.driven, self.coupled), frozenset(self.states) | self.levels.keys()
        pace = {n: derivative(self.rates[n], n) for group in groups for n in group}
        kept = {n for n, tree in pace.items() if tree != ZERO and not names_in(tree) & held}
        return frozenset(kept) - self.logarithmic

    def inputs_of(self, block: tuple[str, ...]) -> list[str]:
        """Return the infusions that enter a block, in the order of its columns."""
        blocks = (*self.exact, *self.stiff)
        return [name for name, home in self.inputs.items() if blocks[home] == block]


def structure_of(
    model: MechanismModel, dosed: frozenset[str], outputs: tuple[str, ...]
) -> Structure:
    """Work out what has to be solved for some outputs.

    Parameters
    ----------
    model : MechanismModel
    dosed : frozenset of str
        States and infusion rates that the schedule changes.
    outputs : tuple of str
        States and assigned quantities.

    Raises
    ------
    InputError
        Unknown outputs, or an infusion rate used outside the block it enters.
    """
    _require_outputs(model, outputs)
    work = _Equations(model, dosed)
    levels = work.levels()
    wanted = tuple(work.inlined(Name(name)) for name in outputs)
    needed = work.needed(wanted, levels)
    exact = work.blocks("exact", needed)
    stiff = work.blocks("stiff", needed)
    logarithmic = work.logarithmic(needed, levels)
    groups = work.driven(needed, levels, exact)
    driven = tuple(groups.values())
    led = {name for group in driven for name in group}
    coupled = tuple(n for n in needed if n in work.integrated and n not in led)
    logs = frozenset(coupled) & logarithmic
    rates, by = dict(work.rates), {}
    for name in logs:
        rates[name] = derivative(rates[name], name)
        by[name] = times(Name(START + name), called("exp", Name(LOGARITHM + name)))
    kept = {n: replaced(rates[n], by) for group in (*exact, *stiff, *driven, coupled) for n in group}
    return Structure(
        exact,
        stiff,
        driven,
        coupled,
        logs,
        kept,
        {name: work.starts[name] for name in kept},
        {name: replaced(level, by) for name, level in levels.items() if name in needed},
        {name: replaced(work.slope(name), by) for name in levels if name in needed},
        tuple(replaced(tree, by) for tree in wanted),
        work.inputs(
            (*exact, *stiff), [*kept.items(), *levels.items(), *zip(outputs, wanted, strict=True)]
        ),
    )


class _Equations:
    """The equations of a model with assigned quantities and resting states put in."""

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


def _require_outputs(model: MechanismModel, outputs: tuple[str, ...]) -> None:
    known = (*model.names_of_states, *model.assignments)
    problems = [
        Problem("", "", "outputs", n, "a state or an assigned quantity", near_words(n, known))
        for n in outputs
        if n not in known
    ]
    if problems:
        raise InputError(problems)
