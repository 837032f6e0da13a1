"""The native functions of a structure, as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from equipoise.mechanism.formulas.tree import Formula, Name, Node
from equipoise.mechanism.solving.algebra import (
    ZERO,
    derivative,
    formula_of,
    names_in,
    replaced,
)
from equipoise.mechanism.solving.grouping import Grouping
from equipoise.mechanism.solving.lag import CHANGE, lagging
from equipoise.mechanism.solving.source_terms import (
    OWN,
    clock_name,
    row_names,
    source_changes,
    source_terms,
)
from equipoise.mechanism.solving.structure import LOGARITHM, START, Structure

Slots = dict[str, tuple[int, int]]
Lets = list[tuple[str, Formula]]


@dataclass(frozen=True, eq=False)
class ConstantFunctions:
    """What is worked out from parameters: arguments of `machine_code`."""

    formulas: list[Formula]
    slots: Slots
    lets: Lets


@dataclass(frozen=True, eq=False)
class MainFunctions:
    """All other functions: arguments of `machine_code`, and what each reader uses."""

    formulas: Mapping[str, list[Formula]]
    slots: Slots
    lets: Lets
    used: Sequence[frozenset[str]]
    rows: Sequence[Sequence[str]]


class Functions:
    """Writes the functions; `main` first, for it finds the constants."""

    def __init__(self, parameters: Sequence[str], structure: Structure) -> None:
        self.parameters, self.structure = parameters, structure
        known = frozenset(parameters) - structure.inputs.keys()
        self.grouping = Grouping(lambda n: n in known or n.startswith(START))
        self.levels: dict[str, Node] = {}
        self.fixed: dict[str, Node] = {}
        for name, level in structure.levels.items():
            made = self.grouping.taken(replaced(level, self.fixed))
            (self.fixed if self.grouping.constant(made) else self.levels)[name] = made
        self.logarithms: dict[str, Node] = {
            LOGARITHM + n: Name(OWN + n) for n in structure.logarithmic
        }

    def taken(self, trees: Iterable[Node], own: Sequence[str] = ()) -> list[Formula]:
        """Return trees as formulas of the constants and of the states that are being solved."""
        by = {**self.fixed, **self.logarithms, **{n: Name(OWN + n) for n in own}}
        return [formula_of(self.grouping.taken(replaced(tree, by))) for tree in trees]

    def main(self) -> MainFunctions:
        """Return the functions that kernels call for every patient, and their slots."""
        s = self.structure
        formulas = {"linear": self.taken(tree for block in s.exact for tree in self.linear(block))}
        blocks = (*s.exact, *s.stiff)
        for b, block in enumerate(blocks):
            formulas[f"block {b}"] = self.taken((s.rates[n] for n in block), block)
            slopes = [derivative(s.rates[n], m) for n in block for m in block]
            formulas[f"slopes {b}"] = self.taken(slopes, block)
        for g, group in enumerate(s.driven):
            formulas[f"rates {g}"] = self.taken((s.rates[n] for n in group), group)
            formulas[f"own {g}"] = self.taken(derivative(s.rates[n], n) for n in group)
        lags, rates = self.lagging()
        formulas[f"rates {len(s.driven)}"] = self.taken(rates)
        formulas["outputs"] = self.taken(s.outputs, s.coupled)
        starts = (ZERO if n in s.logarithmic else s.starts[n] for n in s.states)
        formulas["start"] = self.taken(starts)
        slots, lets, rows = self.slots(), [], []
        for k, names in enumerate((*blocks, *s.driven)):
            exact = k < len(s.exact)
            rows.append(row_names(k, len(names), exact))
            for name in (*rows[-1], clock_name(k)):
                slots[name] = (1, len(slots))
            terms = source_terms(k, names, exact)
            lets += [(name, formula_of(tree)) for name, tree in terms.items()]
        used = self.used(formulas, lags)
        for group in (*blocks, *s.driven, s.coupled):
            slots |= {OWN + name: (0, i) for i, name in enumerate(group)}
        lets += self.level_lets() + lags
        return MainFunctions(formulas, slots, lets, used, rows)

    def lagging(self) -> tuple[Lets, list[Node]]:
        """Return the rates of the coupled states for fast states that lag, and parts of them."""
        s = self.structure
        by = {**self.fixed, **self.logarithms, **{n: Name(OWN + n) for n in s.coupled}}
        rates = [replaced(s.rates[n], by) for n in s.coupled]
        levels = {n: replaced(level, by) for n, level in self.levels.items()}
        slopes = {n: replaced(s.slopes[n], by) for n in self.levels}
        changes = {OWN + n: rate for n, rate in zip(s.coupled, rates, strict=True)}
        for k, names in enumerate((*s.exact, *s.stiff, *s.driven)):
            changes |= source_changes(k, names, k < len(s.exact))
        parts, made = lagging(rates, levels, slopes, changes, self.grouping.constant)
        return [(n, formula_of(self.grouping.taken(tree))) for n, tree in parts.items()], made

    def level_lets(self) -> Lets:
        """Return the quasi-steady states in order; coupled states in them are being solved."""
        own = {n: Name(OWN + n) for n in self.structure.coupled}
        by = {**own, **self.logarithms}
        return [(n, formula_of(replaced(level, by))) for n, level in self.levels.items()]

    def slots(self) -> Slots:
        """Return the places of parameters and constants in p."""
        names = (*self.parameters, *self.kept())
        return {name: (1, k) for k, name in enumerate(names)}

    def kept(self) -> dict[str, Node]:
        """Return the constants by name, the starts behind logarithms last."""
        s = self.structure
        kept = {name: tree for tree, name in self.grouping.constants.items()}
        return kept | {START + n: s.starts[n] for n in s.logarithmic}

    def constants(self) -> ConstantFunctions:
        """Return the function that works out the constants."""
        kept = self.kept()
        order = sorted(kept, key=lambda name: not name.startswith(START))
        slots = {name: (1, k) for k, name in enumerate(self.parameters)}
        lets = [(name, formula_of(kept[name])) for name in order]
        return ConstantFunctions([formula_of(Name(name)) for name in kept], slots, lets)

    def linear(self, block: tuple[str, ...]) -> list[Node]:
        """Return matrix by rows, constant drive and a column for each infusion of a block."""
        rates = self.structure.rates
        inputs = self.structure.inputs_of(block)
        rest = dict.fromkeys((*block, *inputs), ZERO)
        made = [derivative(rates[n], m) for n in block for m in block]
        made += [replaced(rates[n], rest) for n in block]
        return made + [derivative(rates[n], i) for i in inputs for n in block]

    def used(self, formulas: Mapping[str, list[Formula]], lags: Lets) -> list[frozenset[str]]:
        """Return the states each reader uses: driven groups, coupled states, outputs.

        Changes of states are written in the numbers of their sources; the states stand beside.
        """
        parts = {name: tree.names for name, tree in lags}
        made = []
        last = len(self.structure.driven)
        for name in (*(f"rates {g}" for g in range(last + 1)), "outputs"):
            found = {n for formula in formulas[name] for n in formula.names}
            for part in reversed(parts):
                if part in found:
                    found |= parts[part] | {part.removeprefix(CHANGE)}
            for level in reversed(self.levels):
                if level in found:
                    found |= names_in(self.levels[level])
            made.append(frozenset(found))
        return made
