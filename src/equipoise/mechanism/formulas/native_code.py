"""Formulas as machine code: every function of a model in one LLVM module, compiled at once.

Each function is ``void f(const double* x, const double* p, double* out)``. No fast-math flag is
set, so that sums are added in the order written; an optimiser only removes what is computed twice
or never used. `exp`, `log` and `pow` are those of the C library.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numpy.typing import NDArray

from equipoise.errors import ComputationError, Problem
from equipoise.mechanism.formulas.tree import (
    Call,
    Formula,
    FormulaError,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    whole_exponent,
)

_DOUBLE = ir.DoubleType()
_INDEX = ir.IntType(64)
_SIGNATURE = ir.FunctionType(ir.VoidType(), [_DOUBLE.as_pointer()] * 3)
Slots = Mapping[str, tuple[int, int]]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MachineCode:
    """Compiled functions and where they start; the code lives as long as this value does.

    Attributes
    ----------
    addresses : mapping of str to int
    sizes : mapping of str to int
        How many numbers each function writes.
    engine : object
        Owner of the memory the code stands in.

    Notes
    -----
    It cannot be sent to another process: a worker builds its own.
    """

    addresses: Mapping[str, int]
    sizes: Mapping[str, int]
    engine: Any

    def address(self, name: str) -> int:
        """Return the address of a function, for `call_native`."""
        return self.addresses[name]

    def __call__(self, name: str, x: Array, p: Array) -> Array:
        """Return what a function writes for one `x` and one `p`; for checks, not for loops."""
        x, p = (np.ascontiguousarray(a, dtype=np.float64) for a in (x, p))
        out = np.empty(self.sizes[name])
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        kind(self.addresses[name])(x.ctypes.data, p.ctypes.data, out.ctypes.data)
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("machine code belongs to one process; let each worker build its own")


def machine_code(
    functions: Mapping[str, Sequence[Formula]],
    slots: Slots,
    lets: Sequence[tuple[str, Formula]] = (),
) -> MachineCode:
    """Compile functions of the vectors x and p.

    Parameters
    ----------
    functions : mapping of str to sequence of Formula
        ``functions["rates"][k]`` is what `rates` writes to ``out[k]``.
    slots : mapping of str to (int, int)
        ``(0, i)`` for a name that stands in ``x[i]``, ``(1, j)`` for one in ``p[j]``.
    lets : sequence of (str, Formula)
        Named parts, in the order in which they are worked out; each may use those before it.
        What no function uses costs nothing.

    Raises
    ------
    FormulaError
        Every name that is neither in a slot nor a let before, and every let that is in a slot.
    ComputationError
        The compiler refuses the module.
    """
    _require_names(functions, slots, lets)
    module = ir.Module("formulas")
    module.triple = binding.get_process_triple()
    labels = {name: f"equipoise_formulas_{k}" for k, name in enumerate(functions)}
    for name, formulas in functions.items():
        _Writer(module, labels[name], slots, lets).write(formulas)
    engine = _compiled(str(module))
    addresses = {name: engine.get_function_address(label) for name, label in labels.items()}
    sizes = {name: len(formulas) for name, formulas in functions.items()}
    return MachineCode(addresses, sizes, engine)


def _require_names(
    functions: Mapping[str, Sequence[Formula]], slots: Slots, lets: Sequence[tuple[str, Formula]]
) -> None:
    problems = []
    known = set(slots)
    for name, formula in lets:
        problems += [_unknown(name, missing, formula) for missing in sorted(formula.names - known)]
        if name in known:
            action = "Rename one of them."
            problems.append(Problem(name, "", "", formula.text, "one value of a name", action))
        known.add(name)
    for function, formulas in functions.items():
        for formula in formulas:
            missing = sorted(formula.names - known)
            problems += [_unknown(function, name, formula) for name in missing]
    if problems:
        raise FormulaError(problems)


def _unknown(where: str, name: str, formula: Formula) -> Problem:
    allowed, action = "a name with a slot or a let before", "Define it or correct the name."
    return Problem(where, f"'{formula.text}'", "", name, allowed, action)


class _Writer:
    """Writes one function into a module."""

    def __init__(
        self, module: ir.Module, label: str, slots: Slots, lets: Sequence[tuple[str, Formula]]
    ) -> None:
        self.module, self.slots, self.lets = module, slots, dict(lets)
        self.function = ir.Function(module, _SIGNATURE, label)
        for argument in self.function.args:
            argument.add_attribute("noalias")
        self.builder = ir.IRBuilder(self.function.append_basic_block())
        self.known: dict[str, Any] = {}

    def write(self, formulas: Sequence[Formula]) -> None:
        needed = self.needed(formulas)
        for name, formula in self.lets.items():
            if name in needed:
                self.known[name] = self.value(formula.tree)
        made = [self.value(formula.tree) for formula in formulas]
        for k, value in enumerate(made):
            self.builder.store(value, self.pointer(2, k))
        self.builder.ret_void()

    def needed(self, formulas: Sequence[Formula]) -> set[str]:
        """Return the lets that the formulas use, straight or through other lets."""
        needed = {name for formula in formulas for name in formula.names}
        for name in reversed(self.lets):
            if name in needed:
                needed |= self.lets[name].names
        return needed

    def pointer(self, argument: int, index: int) -> Any:
        return self.builder.gep(
            self.function.args[argument],
            [ir.Constant(_INDEX, index)],
            inbounds=True,
            source_etype=_DOUBLE,
        )

    def named(self, name: str) -> Any:
        if name not in self.known:
            argument, index = self.slots[name]
            self.known[name] = self.builder.load(self.pointer(argument, index), typ=_DOUBLE)
        return self.known[name]

    def value(self, node: Node) -> Any:
        if isinstance(node, Number):
            return ir.Constant(_DOUBLE, node.value)
        if isinstance(node, Name):
            return self.named(node.name)
        if isinstance(node, Negative):
            return self.builder.fneg(self.value(node.of))
        if isinstance(node, Call):
            return self.intrinsic(node.function, self.value(node.of))
        return self.operation(node)

    def operation(self, node: Operation) -> Any:
        left = self.value(node.left)
        if node.operator == "^":
            whole = whole_exponent(node.right)
            if whole is not None:
                return self.multiplied(left, whole)
            return self.intrinsic("pow", left, self.value(node.right))
        write = {
            "+": self.builder.fadd,
            "-": self.builder.fsub,
            "*": self.builder.fmul,
            "/": self.builder.fdiv,
        }[node.operator]
        return write(left, self.value(node.right))

    def multiplied(self, base: Any, exponent: int) -> Any:
        one = ir.Constant(_DOUBLE, 1.0)
        product = base if exponent else one
        if abs(exponent) > 1:
            product = square = self.builder.fmul(base, base)
            if abs(exponent) > 2:
                product = self.builder.fmul(square, base if abs(exponent) == 3 else square)
        return self.builder.fdiv(one, product) if exponent < 0 else product

    def intrinsic(self, name: str, *arguments: Any) -> Any:
        function = self.module.declare_intrinsic(f"llvm.{name}", [_DOUBLE])
        return self.builder.call(function, arguments)


@cache
def _ready() -> None:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()


def _compiled(text: str) -> Any:
    """Compile the text of a module for the processor at hand, without its own extensions.

    The baseline instruction set keeps the bits the same from one machine to the next of a kind.
    """
    _ready()
    try:
        module = binding.parse_assembly(text)
        module.verify()
        machine = binding.Target.from_default_triple().create_target_machine(opt=2)
        options = binding.create_pipeline_tuning_options(speed_level=2)
        passes = binding.create_pass_builder(machine, options)
        passes.getModulePassManager().run(module, passes)
        engine = binding.create_mcjit_compiler(module, machine)
        engine.finalize_object()
    except RuntimeError as error:
        raise ComputationError(f"the formulas could not be compiled: {error}") from error
    return engine
