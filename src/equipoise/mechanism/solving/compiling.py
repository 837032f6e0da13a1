"""From a model to the machine code of one simulation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equipoise.mechanism.formulas import MachineCode, machine_code
from equipoise.mechanism.formulas.tree import Formula, Name, Node
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.algebra import (
    ZERO,
    derivative,
    formula_of,
    names_in,
    replaced,
)
from equipoise.mechanism.solving.grouping import Grouping
from equipoise.mechanism.solving.layouts import layout_of
from equipoise.mechanism.solving.records import Layout
from equipoise.mechanism.solving.structure import LOGARITHM, START, Structure, structure_of

MOST_KEPT = 32
"""Compiled models that are kept: one takes about 0.1 s to make again."""

_kept: OrderedDict[tuple[str, frozenset[str], tuple[str, ...]], CompiledModel] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """Machine code for some outputs of a model under dosing of some states and infusions.

    Attributes
    ----------
    structure : Structure
    code : tuple of MachineCode
        Kept alive here; the layout holds its addresses.
    layout : Layout
    """

    structure: Structure
    code: tuple[MachineCode, ...]
    layout: Layout


def compile_model(
    model: MechanismModel, dosed: Iterable[str], outputs: Sequence[str]
) -> CompiledModel:
    """Compile what a simulation needs; what is dosed and asked for again is not compiled again.

    Parameters
    ----------
    model : MechanismModel
    dosed : iterable of str
        States that doses add to, and infusion rates that change.
    outputs : sequence of str
        States and assigned quantities.
    """
    key = (model.digest, frozenset(dosed), tuple(outputs))
    with _lock:
        if key not in _kept:
            _kept[key] = _Compiler(model, structure_of(model, key[1], key[2])).compiled()
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        return _kept[key]


class _Compiler:
    """Writes the functions of a structure and says where everything stands."""

    def __init__(self, model: MechanismModel, structure: Structure) -> None:
        self.model, self.structure = model, structure
        parameters = frozenset(model.names_of_parameters) - structure.inputs.keys()
        self.grouping = Grouping(lambda n: n in parameters or n.startswith(START))
        self.levels: dict[str, Node] = {}
        self.fixed: dict[str, Node] = {}
        for name, level in structure.levels.items():
            made = self.grouping.taken(replaced(level, self.fixed))
            (self.fixed if self.grouping.constant(made) else self.levels)[name] = made

    def taken(self, trees: Iterable[Node]) -> list[Formula]:
        """Return trees as formulas without constants."""
        return [formula_of(self.grouping.taken(replaced(t, self.fixed))) for t in trees]

    def functions(self) -> dict[str, list[Formula]]:
        s = self.structure
        made: dict[str, list[Formula]] = {"outputs": self.taken(s.outputs)}
        linear: list[Node] = []
        for block in s.exact:
            linear += self.linear(block)
        made["linear"] = self.taken(linear)
        for k, block in enumerate(s.stiff):
            made[f"stiff {k}"] = self.taken(s.rates[n] for n in block)
            slopes = [derivative(s.rates[n], m) for n in block for m in block]
            made[f"slopes {k}"] = self.taken(slopes)
        for g, group in enumerate((*s.driven, s.coupled)):
            made[f"rates {g}"] = self.taken(s.rates[n] for n in group)
        for g, group in enumerate(s.driven):
            made[f"own {g}"] = self.taken(derivative(s.rates[n], n) for n in group)
        made["start"] = self.taken(ZERO if n in s.logarithmic else s.starts[n] for n in s.states)
        return made

    def linear(self, block: tuple[str, ...]) -> list[Node]:
        """Return matrix by rows, constant drive and a column for each infusion of a block."""
        rates = self.structure.rates
        inputs = self.inputs(block)
        rest = dict.fromkeys((*block, *inputs), ZERO)
        made = [derivative(rates[n], m) for n in block for m in block]
        made += [replaced(rates[n], rest) for n in block]
        return made + [derivative(rates[n], i) for i in inputs for n in block]

    def inputs(self, block: tuple[str, ...]) -> list[str]:
        """Return the infusions that enter a block."""
        blocks = (*self.structure.exact, *self.structure.stiff)
        return [i for i, home in self.structure.inputs.items() if blocks[home] == block]

    def compiled(self) -> CompiledModel:
        """Compile the functions, those of the parameters alone apart from the others."""
        s = self.structure
        functions = self.functions()
        kept = {name: tree for tree, name in self.grouping.constants.items()}
        kept |= {START + n: s.starts[n] for n in s.logarithmic}
        count = len(self.model.names_of_parameters)
        slots = {n: (1, k) for k, n in enumerate(self.model.names_of_parameters)}
        lets = sorted(kept, key=lambda name: not name.startswith(START))
        before = machine_code(
            {"constants": [formula_of(Name(name)) for name in kept]},
            slots,
            [(name, formula_of(kept[name])) for name in lets],
        )
        slots |= {name: (1, count + k) for k, name in enumerate(kept)}
        slots |= {
            LOGARITHM + n if n in s.logarithmic else n: (0, k) for k, n in enumerate(s.states)
        }
        levels = [(name, formula_of(level)) for name, level in self.levels.items()]
        code = machine_code(functions, slots, levels)
        layout = layout_of(s, before, code, (count, len(kept)), self.behind(functions))
        return CompiledModel(s, (before, code), layout)

    def behind(self, functions: dict[str, list[Formula]]) -> list[frozenset[str]]:
        """Return the states each reader uses: driven groups, coupled states, outputs."""
        used = []
        last = len(self.structure.driven)
        for name in (*(f"rates {g}" for g in range(last + 1)), "outputs"):
            found = {n for formula in functions[name] for n in formula.names}
            for level in reversed(self.levels):
                if level in found:
                    found |= names_in(self.levels[level])
            used.append(frozenset(found))
        return used
