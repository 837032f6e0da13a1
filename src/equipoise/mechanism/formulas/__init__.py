"""Formulas of a model: text to tree, units, and machine code that compiled kernels call."""

from equipoise.mechanism.formulas.evaluation import evaluate
from equipoise.mechanism.formulas.native_call import call_native
from equipoise.mechanism.formulas.native_code import MachineCode, machine_code
from equipoise.mechanism.formulas.parsing import parse_formula
from equipoise.mechanism.formulas.tree import Formula, FormulaError
from equipoise.mechanism.formulas.unit_algebra import ONE, Unit
from equipoise.mechanism.formulas.unit_check import clash, unit_and_clashes, unit_of
from equipoise.mechanism.formulas.unit_parsing import parse_unit

__all__ = [
    "ONE",
    "Formula",
    "FormulaError",
    "MachineCode",
    "Unit",
    "call_native",
    "clash",
    "evaluate",
    "machine_code",
    "parse_formula",
    "parse_unit",
    "unit_and_clashes",
    "unit_of",
]
