"""The one door through which arrays of numbers enter the synthesis room."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]


class ArrayError(InputError, ValueError):
    """Numbers that cannot be analysed; each problem names the index and what is allowed."""


def as_vector(values: ArrayLike, name: str) -> Array:
    """Return `values` as a float array of shape (k,), or say why it is not one."""
    try:
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError) as error:
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
