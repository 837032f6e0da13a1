"""Rates of a set of equations at a time: what they read is filled in, then native code is called."""

from __future__ import annotations

from equipoise.mechanism.formulas import call_native
from equipoise.mechanism.solving.exact_blocks import read_block
from equipoise.mechanism.solving.records import Array, Layout, Modes, Tracks
from equipoise.mechanism.solving.tracks import read_track
from equipoise.synthesis.compiled import part


@part
def fill(
    layout: Layout, reader: int, modes: Modes, tracks: Tracks, t: float, right: bool, x: Array
) -> None:
    """Fill x with everything a reader takes from exact blocks and tracks at time t."""
    for b in range(layout.exact_at.size):
        if layout.reads_exact[reader, b]:
            read_block(layout, modes, b, t, right, x)
    for k in range(layout.track_at.size):
        if layout.reads_track[reader, k]:
            read_track(layout, tracks, k, t, right, x)


@part
def rates_at(
    layout: Layout,
    reader: int,
    modes: Modes,
    tracks: Tracks,
    t: float,
    right: bool,
    x: Array,
    p: Array,
    out: Array,
) -> None:
    """Write the rates of a reader at time t; its own states stand in x."""
    fill(layout, reader, modes, tracks, t, right, x)
    call_native(layout.rates_code[reader], x.ctypes.data, p.ctypes.data, out.ctypes.data)
