"""Formulas of a model: text to tree, units, and machine code that compiled kernels call."""

from equipoise.mechanism.formulas.evaluation import evaluate
from equipoise.mechanism.formulas.native_call import call_native
from equipoise.mechanism.formulas.native_code import MachineCode, machine_code
from equipoise.mechanism.formulas.parsing import parse_formula
from equipoise.mechanism.formulas.tree import Formula, FormulaError

__all__ = [
    "Formula",
    "FormulaError",
    "MachineCode",
    "call_native",
    "evaluate",
    "machine_code",
    "parse_formula",
]
