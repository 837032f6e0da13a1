"""From a model to the machine code of one simulation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equipoise.mechanism.formulas import MachineCode, machine_code
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.functions import Functions
from equipoise.mechanism.solving.layouts import code_of
from equipoise.mechanism.solving.records import Code
from equipoise.mechanism.solving.structure import Structure, structure_of

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
    parameters, constants : int
        Sizes of the first two parts of the vector p.
    before, code : MachineCode
        The functions of parameters alone, and the others.
    addresses : Code
        What kernels get; good for as long as this value lives.
    """

    structure: Structure
    parameters: int
    constants: int
    before: MachineCode
    code: MachineCode
    addresses: Code


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
            _kept[key] = _compiled(model, structure_of(model, key[1], key[2]))
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        return _kept[key]


def _compiled(model: MechanismModel, structure: Structure) -> CompiledModel:
    functions = Functions(model.names_of_parameters, structure)
    main = functions.main()
    constants = functions.constants()
    before = machine_code({"constants": constants.formulas}, constants.slots, constants.lets)
    code = machine_code(main.formulas, main.slots, main.lets)
    addresses = code_of(structure, code, main)
    sizes = len(model.names_of_parameters), len(constants.formulas)
    return CompiledModel(structure, *sizes, before, code, addresses)
