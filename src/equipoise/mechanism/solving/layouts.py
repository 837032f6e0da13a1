"""Where states and numbers stand, and room for solving them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from equipoise.mechanism.formulas import MachineCode
from equipoise.mechanism.solving.exact_blocks import decompose
from equipoise.mechanism.solving.functions import MainFunctions
from equipoise.mechanism.solving.records import (
    LINES,
    WIDTH,
    Array,
    Code,
    Events,
    Integers,
    Modes,
    Tolerances,
)
from equipoise.mechanism.solving.source_terms import CUBIC as POWERS
from equipoise.mechanism.solving.source_terms import row_names
from equipoise.mechanism.solving.structure import Structure

if TYPE_CHECKING:
    from equipoise.mechanism.solving.compiling import CompiledModel

DEFAULT = Tolerances(stiff=2e-4, driven=4e-6, coupled=1e-4, steps=1_000_000)

ADDED_UP = 0.1
"""Share of an accumulated state that counts: of ten steps with an error each."""

FORGOTTEN = 10.0
"""Multiple of a state that counts where it is drawn to a level: its errors fade."""

PIECES = 4096
"""Pieces of a source before any dose; more than 20 a day for half a year."""

PIECES_A_DOSE = 20
"""More than dosing intervals take on average."""


def code_of(structure: Structure, code: MachineCode, main: MainFunctions) -> Code:
    """Say where the functions are and what they read; see `Code`."""
    s = structure
    blocks, groups = (*s.exact, *s.stiff), (*s.driven, s.coupled)
    at = _whole(np.cumsum([0, *(len(group) for group in (*blocks, *groups))])[:-1])
    uses = [[name in names for name in s.states] for names in main.used]
    reads = np.zeros((len(main.used), len(blocks) + len(s.driven) + 1), np.int64)
    for g, names in enumerate(main.used):
        found = [k for k, group in enumerate((*blocks, *s.driven)) if names & set(group)]
        reads[g, : len(found) + 1] = [len(found), *found]
    return Code(
        start=code.address("start"),
        outputs=code.address("outputs"),
        size=_whole(len(block) for block in blocks),
        at=at[: len(blocks)],
        rates=_whole(code.address(f"block {b}") for b in range(len(blocks))),
        slopes=_whole(code.address(f"slopes {b}") for b in range(len(blocks))),
        own_size=_whole(len(group) for group in groups),
        own_at=at[len(blocks) :],
        own_rates=_whole(code.address(f"rates {g}") for g in range(len(groups))),
        own_slopes=_whole(code.address(f"own {g}") for g in range(len(s.driven))),
        reads=reads,
        uses=np.array(uses, dtype=np.bool_).reshape(len(main.used), len(s.states)),
        floor=np.array([_floor(s, name) for name in s.states]),
    )


def _floor(structure: Structure, name: str) -> float:
    """Return what an error is measured against; in what only adds up, errors add up as well."""
    if name in structure.logarithmic:
        return 1.0
    if name in structure.accumulated:
        return -ADDED_UP
    return -FORGOTTEN if name in structure.relaxing else -1.0


def _whole(values: Iterable[int]) -> Integers:
    return np.array(list(values), dtype=np.int64)


def _row_sizes(structure: Structure) -> list[int]:
    """Return how many numbers the row of each source has."""
    sources = (*structure.exact, *structure.stiff, *structure.driven)
    return [
        len(row_names(k, len(names), k < len(structure.exact))) for k, names in enumerate(sources)
    ]


def p_size(compiled: CompiledModel) -> int:
    """Return the size of p: parameters, constants, and a row and a clock for each source."""
    sizes = _row_sizes(compiled.structure)
    return compiled.parameters + compiled.constants + sum(sizes) + len(sizes)


def linear_size(compiled: CompiledModel) -> int:
    """Return how many numbers describe the exact blocks."""
    return compiled.code.sizes["linear"]


def modes_of(compiled: CompiledModel, linear: Array) -> Modes:
    """Take the exact blocks of each patient apart."""
    s, n = compiled.structure, linear.shape[0]
    count, size = len(s.exact), max((len(block) for block in s.exact), default=1)
    columns = max((len(s.inputs_of(block)) for block in s.exact), default=0)
    basis, inverse = (np.zeros((n, count, size, size)) for _ in range(2))
    rate, constant = (np.zeros((n, count, size)) for _ in range(2))
    column, whole = np.zeros((n, count, columns, size)), np.zeros((n, count), np.bool_)
    at = 0
    for b, block in enumerate(s.exact):
        k, inputs = len(block), len(s.inputs_of(block))
        matrix = linear[:, at : at + k * k].reshape(n, k, k)
        rate[:, b, :k], basis[:, b, :k, :k], inverse[:, b, :k, :k], whole[:, b] = decompose(matrix)
        at += k * k
        constant[:, b, :k] = linear[:, at : at + k]
        at += k
        column[:, b, :inputs, :k] = linear[:, at : at + inputs * k].reshape(n, inputs, k)
        at += inputs * k
    return Modes(basis, inverse, rate, constant, column, whole)


def sources_for(compiled: CompiledModel, events: Events) -> tuple[Array, Integers]:
    """Room for the courses of one patient: `row` and `book`."""
    s = compiled.structure
    names = (*s.exact, *s.stiff, *s.driven)
    sizes = _row_sizes(s)
    pieces = PIECES + PIECES_A_DOSE * events.time.size
    row = np.zeros((len(names), pieces, 1 + max(sizes, default=0)))
    book = np.zeros((len(names), WIDTH + 1), np.int64)
    slot = compiled.parameters + compiled.constants
    for k, size in enumerate(sizes):
        modes = len(names[k]) if k < len(s.exact) else 0
        book[k] = [-1, -1, size, slot, slot + size, 1 + 2 * modes, modes + POWERS]
        slot += size + 1
    return row, book


def room_for(compiled: CompiledModel) -> Array:
    """Room for the largest set of states that is solved at once."""
    s = compiled.structure
    largest = max(len(group) for group in (*s.exact, *s.stiff, *s.driven, s.coupled))
    return np.zeros((LINES, largest + 1))
