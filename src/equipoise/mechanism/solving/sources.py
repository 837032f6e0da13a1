"""Courses kept in pieces, so that who comes later can read them at any time."""

from __future__ import annotations

from equipoise.mechanism.solving.records import (
    CLOCK,
    CUBIC,
    CURSOR,
    LAST,
    NEW_SLOPE,
    SCALE,
    SIZE,
    SLOPE,
    SLOT,
    TRIAL,
    WIDTH,
    Array,
    Integers,
    Y,
)
from equipoise.synthesis.compiled import part


@part
def tell(row: Array, book: Integers, reads: Integers, t: float, right: bool, p: Array) -> None:
    """Put into p what a reader reads at time t; where a piece begins, that piece if `right`."""
    for i in range(1, reads[0] + 1):
        k = reads[i]
        last, found = book[k, LAST], book[k, CURSOR]
        j = max(found, 0)
        while j > 0 and row[k, j, 0] > t:
            j -= 1
        while j < last and (row[k, j + 1, 0] < t or (right and row[k, j + 1, 0] == t)):
            j += 1
        if j != found:
            book[k, CURSOR] = j
            at = book[k, SLOT]
            for m in range(book[k, SIZE]):
                p[at + m] = row[k, j, 1 + m]
        p[book[k, CLOCK]] = t - row[k, j, 0]


@part
def forget(book: Integers) -> None:
    """Let the next reader look every piece up again."""
    for k in range(book.shape[0]):
        book[k, CURSOR] = -1


@part
def new_piece(row: Array, book: Integers, k: int, start: float) -> int:
    """Return the number of a new piece of source k, its numbers zero; -1 if there is no room."""
    j = int(book[k, LAST]) + 1
    if j >= row.shape[1]:
        return -1
    book[k, LAST] = j
    row[k, j, 0] = start
    for m in range(book[k, SIZE]):
        row[k, j, 1 + m] = 0.0
    return j


@part
def add_cubic(
    row: Array, book: Integers, k: int, size: int, start: float, h: float, room: Array
) -> bool:
    """Add a cubic piece of length h through a step in `room`; False without room.

    Values and slopes are those at both ends. The error is `h^4/384` times the fourth derivative
    (Hermite interpolation).
    """
    j = new_piece(row, book, k, start)
    if j < 0:
        return False
    at = book[k, CUBIC]
    for i in range(size):
        f0, f1 = room[SLOPE, i], room[NEW_SLOPE, i]
        rise = (room[TRIAL, i] - room[Y, i]) / h
        row[k, j, at] = room[Y, i]
        row[k, j, at + 1] = f0
        row[k, j, at + 2] = (3.0 * rise - 2.0 * f0 - f1) / h
        row[k, j, at + 3] = (f0 + f1 - 2.0 * rise) / (h * h)
        at += book[k, WIDTH]
    return True


@part
def accept(room: Array, size: int) -> None:
    """Let the states after a trial step be the states."""
    for i in range(size):
        room[Y, i] = room[TRIAL, i]
        room[SLOPE, i] = room[NEW_SLOPE, i]
        room[SCALE, i] = max(room[SCALE, i], abs(room[Y, i]))


@part
def finite(room: Array, size: int) -> bool:
    """Return whether every state is a finite number."""
    total = 0.0
    for i in range(size):
        total += 0.0 * room[Y, i]
    return total == 0.0
