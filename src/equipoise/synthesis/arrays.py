"""The one door through which arrays of numbers enter the synthesis room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]


HIGHEST_LEVEL = 0.999999999
"""Confidence level above which the quantiles run into infinity."""


class ArrayError(InputError, ValueError):
    """Numbers that cannot be analysed; each problem names the index and what is allowed."""


def as_floats(values: ArrayLike) -> Array:
    """Return `values` as float64; an entry that a masked array hides is NaN, not what is under it.

    Raises what NumPy raises when they are no numbers.
    """
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
    return np.asarray(values, dtype=np.float64)


def as_vector(values: ArrayLike, name: str) -> Array:
    """Return `values` as a float array of shape (k,), or say why it is not one."""
    try:
        array = np.atleast_1d(as_floats(values))
    except (TypeError, ValueError, OverflowError) as error:
        problem = Problem("", "", name, repr(values), "numbers", "Pass one number a study.")
        raise ArrayError([problem]) from error
    if array.ndim != 1:
        problem = Problem("", "", name, f"shape {array.shape}", "shape (k,)", "Flatten the array.")
        raise ArrayError([problem])
    return array


def refuse(name: str, values: Array, bad: NDArray[np.bool_], allowed: str) -> list[Problem]:
    """One problem for every index of `values` that is `bad`."""
    action = "Correct or leave out that study."
    return [
        Problem("", f"index {i}", name, repr(float(values[i])), allowed, action)
        for i in np.flatnonzero(bad)
    ]


def not_among(name: str, value: str, allowed: tuple[str, ...]) -> list[Problem]:
    """Return a problem when an option is not one of those there are."""
    if value in allowed:
        return []
    return [Problem("", "", name, repr(value), ", ".join(allowed), "Choose one of these.")]


def no_level(level: float, field: str = "level") -> list[Problem]:
    """Return a problem when a confidence level is none."""
    if isinstance(level, Real) and 0.0 < float(level) <= HIGHEST_LEVEL:
        return []
    allowed = f"above 0, at most {HIGHEST_LEVEL}"
    return [Problem("", "", field, repr(level), allowed, "Use 0.95.")]


def same_length(**arrays: Array) -> None:
    """Refuse vectors of unequal length, showing all lengths."""
    lengths = {name: array.size for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {size}" for name, size in lengths.items())
        names = ", ".join(lengths)
        problem = Problem("", "", names, shown, "equal lengths", "Pass one value a study to each.")
        raise ArrayError([problem])


def broadcast(**values: ArrayLike) -> dict[str, Array]:
    """Vectors of one common length; a single number is repeated."""
    arrays = {name: as_vector(value, name) for name, value in values.items()}
    size = next((array.size for array in arrays.values() if array.size != 1), 1)
    long = {n: np.full(size, a[0]) if a.size == 1 else a for n, a in arrays.items()}
    same_length(**long)
    return long


def require(
    arrays: dict[str, Array], names: Iterable[str], test: Callable[[Array], ArrayLike], allowed: str
) -> None:
    """Refuse, all at once, every value of the named arrays that fails `test`."""
    problems = failing(arrays, names, test, allowed)
    if problems:
        raise ArrayError(problems)


def failing(
    arrays: dict[str, Array], names: Iterable[str], test: Callable[[Array], ArrayLike], allowed: str
) -> list[Problem]:
    """One problem for every value of the named arrays that fails `test`."""
    return [
        problem
        for name in names
        for problem in refuse(
            name, arrays[name], ~np.asarray(test(arrays[name]), dtype=bool), allowed
        )
    ]
