"""Tables of two arms by event: what may enter, and which trials can say something.

One trial is a 2 x 2 table: `a` events and `b` non-events under treatment, `c` events and `d`
non-events under control. A trial in which nobody, or everybody, had the event in both arms is
called double-zero here; it has no odds ratio of its own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, no_level, refuse, same_length
from equipoise.synthesis.intervals import critical_value, two_sided_p

MOST = 2.0**53
"""Largest count: above it a double no longer tells a number from the next."""


class Tables(NamedTuple):
    """Counts of k trials, each of shape (k,), with the arm sizes and margins made of them."""

    a: Array
    b: Array
    c: Array
    d: Array

    @property
    def treated(self) -> Array:
        """Patients under treatment, `n1 = a + b`."""
        return self.a + self.b

    @property
    def controls(self) -> Array:
        """Patients under control, `n2 = c + d`."""
        return self.c + self.d

    @property
    def events(self) -> Array:
        """Events in both arms, `m = a + c`."""
        return self.a + self.c

    @property
    def total(self) -> Array:
        """Patients in both arms, `N`."""
        return self.treated + self.controls

    @property
    def double_zero(self) -> NDArray[np.bool_]:
        """Whether nobody, or everybody, had the event in both arms."""
        out: NDArray[np.bool_] = (self.events == 0) | (self.b + self.d == 0)
        return out

    @property
    def some_zero(self) -> NDArray[np.bool_]:
        """Whether any of the four cells is empty."""
        out: NDArray[np.bool_] = (np.stack(self) == 0).any(axis=0)
        return out

    def only(self, keep: NDArray[np.bool_]) -> Tables:
        """Return the trials where `keep` is true."""
        return Tables(*(cell[keep] for cell in self))


class Normal(NamedTuple):
    """A normal interval and its two-sided P."""

    low: float
    high: float
    p_value: float


def checked_tables(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    level: float,
    problems: list[Problem],
    whole: bool = False,
    most: float = MOST,
) -> Tables:
    """Return the counts, or every reason why they are none.

    Counts are finite, at least 0 and at most `most`, whole numbers if `whole`; each arm has a
    patient. `problems` are those the caller has found among its options.
    """
    names = ("a", "b", "c", "d")
    cells = [as_vector(x, name) for x, name in zip((a, b, c, d), names, strict=True)]
    same_length(**dict(zip(names, cells, strict=True)))
    found = [*problems, *no_level(level)]
    for name, x in zip(names, cells, strict=True):
        bad = ~(np.isfinite(x) & (x >= 0) & (x <= most))
        found += refuse(name, x, bad, f"a count of at least 0 and at most {most:.10g}")
        if whole:
            broken = ~bad & (x != np.floor(x))
            found += refuse(name, x, broken, "a whole number, as this likelihood counts tables")
    tables = Tables(*cells)
    for arm, size in (("a + b", tables.treated), ("c + d", tables.controls)):
        found += refuse(arm, size, size == 0, "at least 1 patient in the arm")
    if found:
        raise ArrayError(found)
    return tables


def normal_interval(estimate: float, se: float, level: float) -> Normal:
    """`estimate +- z se` and the P of `estimate / se`; NaN where `se` is not above 0."""
    if not se > 0.0:
        return Normal(*(math.nan,) * 3)
    half = critical_value(level) * se
    return Normal(estimate - half, estimate + half, two_sided_p(estimate / se))


def trials(count: int) -> str:
    """`1 trial` or `3 trials`."""
    return f"{count} trial" if count == 1 else f"{count} trials"
