"""The door for effects by trial and stratum: one row a trial and stratum, checked once."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, refuse

ROW_ACTION = "Correct or leave out that row."

SPAN = 1e12
"""Largest effect and standard error, in units of the smallest: a double has 16 digits."""


class TrialStrata(NamedTuple):
    """What one trial reports.

    `levels` (m,) are places in the list of levels, `effects` (m,) on the analysis scale,
    `covariance` (m, m) of their errors.
    """

    trial: Hashable
    levels: tuple[int, ...]
    effects: Array
    covariance: Array


class Strata(NamedTuple):
    """All trials, in order of first appearance, and the levels, the reference first."""

    levels: tuple[Hashable, ...]
    trials: tuple[TrialStrata, ...]


def read_strata(
    yi: ArrayLike,
    vi: ArrayLike,
    trial: Sequence[Hashable],
    stratum: Sequence[Hashable],
    *,
    reference: Hashable | None,
    levels: Sequence[Hashable] | None,
    covariance: ArrayLike | None,
) -> Strata:
    """Return the checked table, or every reason why it cannot be analysed at once."""
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    trials, strata = labels(trial, "trial"), labels(stratum, "stratum")
    sizes = {"yi": y.size, "vi": v.size, "trial": len(trials), "stratum": len(strata)}
    equal_sizes(sizes)
    order = level_order(strata, reference, levels)
    problems = number_problems(y, v)
    problems += _row_problems(trials, strata, order)
    V = _covariance(covariance, v, trials, problems)
    if problems:
        raise ArrayError(problems)
    return Strata(order, tuple(_by_trial(y, V, v, trials, [order.index(s) for s in strata])))


def labels(values: Sequence[Hashable], name: str) -> list[Hashable]:
    """Labels as a list; a single string is not a list of letters, NaN is not a label."""
    if isinstance(values, str) or not hasattr(values, "__len__"):
        found = repr(values)
        raise ArrayError([Problem("", "", name, found, "one label a row", "Pass a list.")])
    out = [v.item() if isinstance(v, np.generic) else v for v in values]
    problems = [
        Problem("", f"index {i}", name, repr(v), "a label", ROW_ACTION)
        for i, v in enumerate(out)
        if v is None or not isinstance(v, Hashable) or (isinstance(v, float) and math.isnan(v))
    ]
    if problems:
        raise ArrayError(problems)
    return out


def equal_sizes(sizes: dict[str, int]) -> None:
    """Refuse columns of unequal length, showing all lengths."""
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"{name} {size}" for name, size in sizes.items())
        action = "Pass one value a row to each."
        raise ArrayError([Problem("", "", ", ".join(sizes), shown, "equal lengths", action)])


def number_problems(y: Array, v: Array) -> list[Problem]:
    """Return what is wrong with effects and variances, row by row."""
    tiny = float(np.finfo(np.float64).tiny)
    problems = refuse("yi", y, ~np.isfinite(y), "a finite number")
    problems += refuse("vi", v, ~(np.isfinite(v) & (v >= tiny)), "a finite variance above 0")
    if problems or not y.size:
        return problems
    low, high = float(np.sqrt(v.min())), float(np.sqrt(v.max()))
    if max(high, float(np.abs(y).max())) > SPAN * low:
        found = f"standard errors from {low:.3g} to {high:.3g}, effects to {np.abs(y).max():.3g}"
        allowed = f"effects and standard errors within {SPAN:g} times the smallest standard error"
        action = "Check that vi are variances in squared units of yi."
        problems.append(Problem("", "", "yi, vi", found, allowed, action))
    return problems


def level_order(
    strata: Sequence[Hashable], reference: Hashable | None, levels: Sequence[Hashable] | None
) -> tuple[Hashable, ...]:
    """Levels with the reference first; sorted by their text unless given.

    Sorting, not order of appearance: shuffled rows must not turn the sign of an answer.
    """
    order = list(dict.fromkeys(levels)) if levels is not None else sorted(set(strata), key=str)
    if reference is None:
        return tuple(order)
    if reference not in order:
        shown = ", ".join(str(x) for x in order) or "a level of stratum"
        problem = Problem("", "", "reference", repr(reference), shown, "Choose one of these.")
        raise ArrayError([problem])
    return (reference, *(x for x in order if x != reference))


def _row_problems(
    trials: list[Hashable], strata: list[Hashable], order: tuple[Hashable, ...]
) -> list[Problem]:
    """Levels that are not known, and a stratum that one trial gives twice."""
    seen: dict[tuple[Hashable, Hashable], int] = {}
    problems = []
    shown = ", ".join(str(x) for x in order)
    for i, key in enumerate(zip(trials, strata, strict=True)):
        if key[1] not in order:
            problems.append(
                Problem("", f"index {i}", "stratum", repr(key[1]), shown, "Add it to levels.")
            )
        if key in seen:
            found = f"{key[0]}, {key[1]} (also index {seen[key]})"
            allowed = "one row a trial and stratum"
            problems.append(Problem("", f"index {i}", "stratum", found, allowed, ROW_ACTION))
        seen.setdefault(key, i)
    return problems


def _covariance(
    covariance: ArrayLike | None, v: Array, trials: list[Hashable], problems: list[Problem]
) -> Array | None:
    """Return the covariance matrix of all rows, or None if they are independent."""
    if covariance is None:
        return None
    V = np.asarray(covariance, dtype=np.float64)
    n = v.size
    if V.shape != (n, n) or not np.isfinite(V).all() or not np.allclose(V, V.T):
        found, allowed = f"shape {V.shape}", f"a finite symmetric matrix ({n}, {n})"
        problems.append(Problem("", "", "covariance", found, allowed, "Pass one row a row."))
        return None
    across = np.array([[a != b for b in trials] for a in trials], dtype=bool)
    if not np.allclose(np.diag(V), v, rtol=1e-8, atol=0.0):
        allowed, action = "vi on its diagonal", "Make the two agree."
        problems.append(Problem("", "", "covariance", "another diagonal", allowed, action))
    elif (V[across] != 0.0).any():
        allowed, action = "0 between rows of different trials", "Trials are independent."
        problems.append(Problem("", "", "covariance", "not 0", allowed, action))
    elif float(np.linalg.eigvalsh(V / np.sqrt(np.outer(v, v)))[0]) <= 1e-12:
        allowed, action = "a positive definite matrix", "Check the covariances."
        problems.append(Problem("", "", "covariance", "not definite", allowed, action))
    return V


def _by_trial(
    y: Array, V: Array | None, v: Array, trials: list[Hashable], places: list[int]
) -> list[TrialStrata]:
    """Group the rows by trial, the levels of each in order."""
    rows: dict[Hashable, list[int]] = {}
    for i, name in enumerate(trials):
        rows.setdefault(name, []).append(i)
    out = []
    for name, found in rows.items():
        index = sorted(found, key=lambda i: places[i])
        block = np.diag(v[index]) if V is None else V[np.ix_(index, index)]
        out.append(TrialStrata(name, tuple(places[i] for i in index), y[index], block))
    return out
