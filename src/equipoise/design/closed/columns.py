"""Folds over the few columns of many rows, one array operation a column.

NumPy reduces along a short last axis row by row, which costs ten times as much.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray


def fold(join: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
    """`join` the columns of `values` (n, m), from the first to the last: shape (n,)."""
    columns = (values[:, j] for j in range(values.shape[1]))
    return np.asarray(functools.reduce(join, columns))


def any_of(flags: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether any of the columns is true: shape (n,)."""
    return np.asarray(fold(np.logical_or, flags), dtype=bool)


def all_of(flags: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether all of the columns are true: shape (n,)."""
    return np.asarray(fold(np.logical_and, flags), dtype=bool)


def total(values: NDArray[Any]) -> NDArray[np.float64]:
    """Sum of the columns as numbers: shape (n,)."""
    return np.asarray(fold(np.add, values.astype(np.float64)))
