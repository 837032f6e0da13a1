"""Where the states and numbers of a structure stand, and room for solving it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.mechanism.formulas import MachineCode
from equipoise.mechanism.solving.records import (
    Events,
    Layout,
    Modes,
    Scratch,
    Tolerances,
    Tracks,
)
from equipoise.mechanism.solving.structure import Structure

PIECES = 4096
"""Pieces of a track before any dose; more than 20 a day for half a year."""

PIECES_A_DOSE = 40
"""More than any dosing interval was seen to take."""


def layout_of(
    structure: Structure,
    before: MachineCode,
    code: MachineCode,
    counts: tuple[int, int],
    used: Sequence[frozenset[str]],
) -> Layout:
    """Say where everything stands; see `Layout`.

    Parameters
    ----------
    structure : Structure
    before, code : MachineCode
        Functions of the parameters alone, and the others.
    counts : (int, int)
        Parameters, and constants made of them.
    used : sequence of frozenset of str
        States each reader uses.
    """
    s = structure
    exact, stiff, groups = s.exact, s.stiff, (*s.driven, s.coupled)
    tracks = (*stiff, *s.driven)
    at = _firsts((*exact, *stiff, *groups))
    sizes = [len(block) for block in exact]
    columns = [sum(home == b for home in s.inputs.values()) for b in range(len(exact))]
    linear = np.cumsum([0, *(k * (k + 1 + c) for k, c in zip(sizes, columns, strict=True))])
    uses = np.array([[name in names for name in s.states] for names in used], dtype=np.bool_)
    uses = uses.reshape(len(used), len(s.states))
    reads = [[any(n in names for n in block) for block in (*exact, *tracks)] for names in used]
    read = np.array(reads, dtype=np.bool_).reshape(len(used), len(exact) + len(tracks))
    first, last = len(exact), len(exact) + len(stiff)
    return Layout(
        parameters=counts[0],
        constants=counts[1],
        states=len(s.states),
        constants_code=before.address("constants"),
        start_code=code.address("start"),
        linear_code=code.address("linear"),
        linear_size=int(linear[-1]),
        exact_at=at[:first],
        exact_size=_whole(sizes),
        exact_inputs=_whole(columns),
        linear_at=linear[:-1].astype(np.int64),
        track_at=at[first:-1],
        track_size=_whole(len(block) for block in tracks),
        stiff_code=_whole(code.address(f"stiff {k}") for k in range(len(stiff))),
        slopes_code=_whole(code.address(f"slopes {k}") for k in range(len(stiff))),
        own_at=at[last:],
        own_size=_whole(len(group) for group in groups),
        own_code=_whole(code.address(f"own {g}") for g in range(len(s.driven))),
        rates_code=_whole(code.address(f"rates {g}") for g in range(len(groups))),
        reads_exact=np.ascontiguousarray(read[:, :first]),
        reads_track=np.ascontiguousarray(read[:, first:]),
        uses=uses,
        floor=np.array([float(n in s.logarithmic) for n in s.states]),
        outputs_code=code.address("outputs"),
        outputs=len(s.outputs),
    )


def _firsts(groups: Sequence[Sequence[str]]) -> np.ndarray:
    return np.cumsum([0, *(len(group) for group in groups)])[:-1].astype(np.int64)


def _whole(values: object) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]


def modes_for(layout: Layout, events: Events) -> Modes:
    """Room for the exact blocks of one patient."""
    blocks = layout.exact_at.size
    size = max(layout.exact_size, default=1)
    counts = np.diff(events.first)[:blocks]
    nodes = int(max(counts, default=0)) + 2
    square, nodal = (blocks, size, size), (blocks, nodes, size)
    return Modes(
        matrix=np.zeros(square),
        rate=np.zeros((blocks, size)),
        basis=np.zeros(square),
        inverse=np.zeros(square),
        whole=np.zeros(blocks, np.bool_),
        time=np.zeros((blocks, nodes)),
        level=np.zeros(nodal),
        drive=np.zeros(nodal),
        forced=np.zeros((blocks, nodes), np.bool_),
        last=np.zeros(blocks, np.int64),
        cursor=np.zeros(blocks, np.int64),
    )


def tracks_for(layout: Layout, events: Events) -> Tracks:
    """Room for the tracks of one patient."""
    count = layout.track_at.size
    size = max(layout.track_size, default=1)
    pieces = PIECES + PIECES_A_DOSE * events.time.size
    return Tracks(
        time=np.zeros((count, pieces)),
        end=np.zeros((count, pieces)),
        cubic=np.zeros((count, pieces, size, 4)),
        last=np.zeros(count, np.int64),
        cursor=np.zeros(count, np.int64),
    )


def scratch_for(layout: Layout) -> Scratch:
    """Room for states and stages."""
    n = layout.states + 4
    return Scratch(
        x=np.zeros(n),
        p=np.zeros(layout.parameters + layout.constants),
        y=np.zeros(n),
        trial=np.zeros(n),
        scale=np.zeros(n),
        stages=np.zeros((8, n)),
        small=np.zeros((4, 4)),
        square=np.zeros(16),
        steps=np.zeros(1, np.int64),
    )


DEFAULT = Tolerances(stiff=1e-6, driven=1e-6, coupled=1e-5, steps=1_000_000)
