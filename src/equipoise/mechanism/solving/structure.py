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

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.table_cells import near_words
from equipoise.mechanism.formulas.tree import Name, Node
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.algebra import (
    ZERO,
    called,
    derivative,
    names_in,
    replaced,
    times,
)
from equipoise.mechanism.solving.equations import Equations

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
    work = Equations(model, dosed)
    levels = work.levels()
    wanted = tuple(work.inlined(Name(name)) for name in outputs)
    needed = work.needed(wanted, levels)
    exact = work.blocks("exact", needed)
    stiff = work.blocks("stiff", needed)
    logarithmic = work.logarithmic(needed, levels)
    driven = tuple(work.driven(needed, levels, exact).values())
    led = {name for group in driven for name in group}
    coupled = tuple(n for n in needed if n in work.integrated and n not in led)
    logs = frozenset(coupled) & logarithmic
    rates, by = dict(work.rates), {}
    for name in logs:
        rates[name] = derivative(rates[name], name)
        by[name] = times(Name(START + name), called("exp", Name(LOGARITHM + name)))
    kept = {
        n: replaced(rates[n], by) for group in (*exact, *stiff, *driven, coupled) for n in group
    }
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


def _require_outputs(model: MechanismModel, outputs: tuple[str, ...]) -> None:
    known = (*model.names_of_states, *model.assignments)
    problems = [
        Problem("", "", "outputs", n, "a state or an assigned quantity", near_words(n, known))
        for n in outputs
        if n not in known
    ]
    if problems:
        raise InputError(problems)
