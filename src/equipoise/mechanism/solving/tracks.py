"""Courses kept as cubic pieces, so that who comes later can read them at any time."""

from __future__ import annotations

from equipoise.mechanism.solving.records import Array, Layout, Tracks
from equipoise.synthesis.compiled import part


@part
def add_piece(
    tracks: Tracks, t: int, start: float, h: float, y0: Array, f0: Array, y1: Array, f1: Array
) -> bool:
    """Add the cubic with values `y0, y1` and slopes `f0, f1` at both ends; False if there is no room.

    The error is `h^4/384` times the fourth derivative (Hermite interpolation).
    """
    j = tracks.last[t] + 1
    if j >= tracks.time.shape[1]:
        return False
    tracks.last[t] = j
    tracks.time[t, j] = start
    tracks.end[t, j] = h
    for i in range(y0.size):
        rise = (y1[i] - y0[i]) / h
        tracks.cubic[t, j, i, 0] = y0[i]
        tracks.cubic[t, j, i, 1] = f0[i]
        tracks.cubic[t, j, i, 2] = (3.0 * rise - 2.0 * f0[i] - f1[i]) / h
        tracks.cubic[t, j, i, 3] = (f0[i] + f1[i] - 2.0 * rise) / (h * h)
    return True


@part
def read_track(layout: Layout, tracks: Tracks, t: int, time: float, right: bool, x: Array) -> None:
    """Write the states of track t at a time into x; at a joint, after it if `right`."""
    j = tracks.cursor[t]
    while j > 0 and tracks.time[t, j] > time:
        j -= 1
    while j < tracks.last[t] and (
        tracks.time[t, j + 1] < time or (right and tracks.time[t, j + 1] == time)
    ):
        j += 1
    tracks.cursor[t] = j
    s = time - tracks.time[t, j]
    at = layout.track_at[t]
    for i in range(layout.track_size[t]):
        c = tracks.cubic[t, j, i]
        x[at + i] = c[0] + s * (c[1] + s * (c[2] + s * c[3]))
