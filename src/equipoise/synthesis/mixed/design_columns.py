"""The columns of a regression: checked, named, and turned into orthonormal ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import qr

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_floats

COLLINEAR = 1e-10
"""Share of a column's length that must be its own; a year near 2000 with a spread of 0.001
years beside an intercept still has a thousand times as much."""


@dataclass(frozen=True)
class Design:
    """`X 2^-exponents = Q R` with orthonormal `Q` (k, p); `back` is the inverse of `R`.

    A coefficient of `X` is `2^-exponents` times `back @ b`, `b` being those of `Q`.
    `slopes` says which columns are not the intercept.
    """

    names: tuple[str, ...]
    Q: Array
    back: Array
    exponents: Array
    slopes: tuple[int, ...]


def matrix_of(X: Any, field: str = "X") -> tuple[Array, tuple[str, ...] | None]:
    """Return `X` as floats (k, p), and its column names if it is a dataframe or a series."""
    columns = getattr(X, "columns", None)
    if columns is not None:
        names: tuple[str, ...] | None = tuple(str(column) for column in columns)
    else:
        label = getattr(X, "name", None)
        names = (str(label),) if isinstance(label, str) else None
    try:
        values = as_floats(X)
    except (TypeError, ValueError) as error:
        action = "Turn categories into 0/1 columns, leaving one out beside an intercept."
        raise ArrayError([Problem("", "", field, repr(X), "numbers", action)]) from error
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        found = f"shape {values.shape}"
        raise ArrayError([Problem("", "", field, found, "shape (k, p)", "Pass a matrix.")])
    return values, names


def design_of(X: Any, k: int, names: Sequence[str] | None) -> tuple[Design | None, list[Problem]]:
    """Return the design, or every reason why there is none; None is a lone intercept."""
    values, found = (np.ones((k, 1)), ("intercept",)) if X is None else matrix_of(X)
    rows, p = values.shape
    chosen = tuple(names) if names is not None else found or default_names(values)
    problems = []
    if rows != k:
        action = "Pass one row an effect."
        problems.append(Problem("", "", "X", f"{rows} rows", f"{k} rows", action))
    if len(chosen) != p or len(set(chosen)) != len(chosen):
        shown = ", ".join(chosen)
        problems.append(
            Problem("", "", "names", shown, f"{p} different names", "Name every column once.")
        )
        chosen = default_names(values)
    for i, j in np.argwhere(~np.isfinite(values))[:20]:
        problems.append(
            Problem(
                *("", f"index {i}", f"X, column {chosen[j]!r}", repr(float(values[i, j]))),
                *("a finite number", "Correct or leave out that row."),
            )
        )
    if p == 0 or p > rows:
        action = "Leave out columns, or add studies."
        problems.append(
            Problem("", "", "X", f"{p} columns", f"between 1 and {rows} columns", action)
        )
    if problems:
        return None, problems
    return _orthonormal(values, chosen)


def default_names(values: Array) -> tuple[str, ...]:
    """Return ``intercept`` for a column of ones, else ``x1``, ``x2``, ... by position."""
    names, slopes = [], 0
    for column in values.T:
        if np.all(column == 1.0) and "intercept" not in names:
            names.append("intercept")
        else:
            slopes += 1
            names.append(f"x{slopes}")
    return tuple(names)


def _orthonormal(values: Array, names: tuple[str, ...]) -> tuple[Design | None, list[Problem]]:
    """Scale each column by a power of two and make the columns orthonormal."""
    largest = np.abs(values).max(axis=0)
    exponents = np.where(largest > 0.0, np.frexp(largest)[1], 0)
    scaled = np.ldexp(values, -exponents)
    problems = _collinear(scaled, names)
    if problems:
        return None, problems
    Q, R = np.linalg.qr(scaled)
    constant = np.all(values == values[0], axis=0)
    slopes = tuple(int(j) for j in np.flatnonzero(~constant))
    back = np.linalg.solve(R, np.eye(R.shape[0]))
    return Design(names, Q, back, exponents, slopes), []


def _collinear(scaled: Array, names: tuple[str, ...]) -> list[Problem]:
    """Return one problem for every column that the others determine, naming those."""
    lengths = np.linalg.norm(scaled, axis=0)
    zero = [
        Problem("", "", f"X, column {names[j]!r}", "all zero", "values that differ", "Drop it.")
        for j in np.flatnonzero(lengths == 0.0)
    ]
    if zero:
        return zero
    unit = scaled / lengths
    R, order = qr(unit, mode="r", pivoting=True)
    R = R[: order.size]
    own = np.abs(np.diag(R))
    rank = int((own > COLLINEAR).sum())
    out = []
    for place in range(rank, order.size):
        share = np.linalg.solve(R[:rank, :rank], R[:rank, place])
        partners = [names[order[i]] for i in np.flatnonzero(np.abs(share) > 1e-8)]
        found = f"determined by {', '.join(repr(n) for n in sorted(partners))}"
        action = "The columns are collinear: leave one of them out."
        field = f"X, column {names[order[place]]!r}"
        out.append(Problem("", "", field, found, "columns that are not collinear", action))
    return out
