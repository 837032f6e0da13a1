"""Tests of "no effect in any of these populations", as p-values of the p-values of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, owens_t

from equipoise.design.closed.columns import fold, total
from equipoise.design.closed.combination import normal_score
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {
    "sidak": ("sidak1967",),
    "simes": ("simes1986",),
    "spiessens_debois": ("spiessens2010",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each test."""

Intersection = Callable[[Array, Array], Array]
"""From p-values (n, m), NaN where not tested, and information (n, m) to p-values (n,)."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
"""For the one integral of three nested populations; 96 nodes leave 1e-13."""

REACH = 9.0
"""Standard normal values beyond which nothing is integrated: the tail is 1e-19."""


def bonferroni(p: Array, information: Array | None = None) -> Array:
    """Smallest p-value times the number tested, at most 1; valid under any dependence.

    Examples
    --------
    >>> bonferroni(np.array([[0.02, 0.03], [0.02, np.nan]])).tolist()
    [0.04, 0.02]
    """
    return np.asarray(np.minimum(_smallest(p) * _tested(p), 1.0))


def sidak(p: Array, information: Array | None = None) -> Array:
    """Return `1 - (1 - smallest p)^m`; valid for statistics that are positively dependent.

    Sidak 1967, 10.1080/01621459.1967.10482935. Written with `expm1`, so that a small p-value
    keeps its digits.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(_tested(p) * np.log1p(-_smallest(p))))


def simes(p: Array, information: Array | None = None) -> Array:
    """Smallest of `m p_(j) / j` over the ordered p-values; valid under positive dependence.

    Nested populations that share patients depend positively. Simes 1986,
    10.1093/biomet/73.3.751.
    """
    if p.shape[1] == 2:  # the common case: no sort
        low, high = np.fmin(p[:, 0], p[:, 1]), np.fmax(p[:, 0], p[:, 1])
        return np.asarray(np.minimum(_tested(p) * low, high))
    ordered = np.sort(p, axis=1)  # NaN last
    ranks = np.arange(1.0, p.shape[1] + 1.0)
    return np.asarray(fold(np.fmin, _tested(p)[:, None] * ordered / ranks))


def spiessens_debois(p: Array, information: Array) -> Array:
    """P of the largest statistic of nested populations, their correlation used.

    For populations in order from the smallest, statistics on independent patients have
    correlation `sqrt(I_i / I_j)` for i < j, `I` the information (patients, events) of each. With
    two, `P(max > c) = Q(c) + 2 T(c, sqrt((1 - r) / (1 + r)))`, Q the upper normal tail and T
    Owen's function; with three, one integral over the middle one, given which the other two are
    independent. Every term is positive, so that a small tail keeps its digits.

    Parameters
    ----------
    p : array, shape (n, m)
        One-sided p-values of normal statistics, NaN where not tested; m at most 3.
    information : array, shape (n, m)
        Information of each population in this stage.

    Raises
    ------
    ArrayError
        More than three populations, or information that does not grow from one to the next.

    Notes
    -----
    With a subset of random size the correlation is an estimate and the level only asymptotic:
    `refuse_random_subset`. Spiessens and Debois 2010, 10.1016/j.cct.2010.08.011.

    Examples
    --------
    >>> p, size = np.array([[0.02, 0.03]]), np.array([[50.0, 100.0]])
    >>> round(float(spiessens_debois(p, size)[0]), 6)
    0.03359
    """
    size = np.broadcast_to(np.asarray(information, dtype=np.float64), p.shape)
    size = np.where(np.isnan(p), np.nan, size)
    _refuse_disordered(size)
    found = _smallest(p).copy()
    count = _tested(p)
    score = normal_score(found)
    two = count == 2
    if two.any():
        low, high = fold(np.fmin, size[two]), fold(np.fmax, size[two])
        found[two] = two_nested(score[two], np.sqrt(low / high))
    three = count == 3
    if three.any():
        r = np.sqrt(size[three, :2] / size[three, 1:])
        found[three] = three_nested(score[three], r[:, 0], r[:, 1])
    return found


def two_nested(c: ArrayLike, r: ArrayLike) -> Array:
    """P that the larger of two normals of correlation `r` is above `c`."""
    angle = np.sqrt((1.0 - np.asarray(r)) / (1.0 + np.asarray(r)))
    return np.asarray(ndtr(-np.asarray(c)) + 2.0 * owens_t(c, angle))


def three_nested(c: ArrayLike, r_low: ArrayLike, r_high: ArrayLike) -> Array:
    """P that the largest of three normals is above `c`, the outer two tied through the middle.

    `r_low`, `r_high` (n,) are the correlations of the middle with the smallest and the largest.
    """
    top, a, b = (
        np.atleast_1d(np.asarray(x, dtype=np.float64))[:, None] for x in (c, r_low, r_high)
    )
    cut = np.clip(top, -REACH, REACH)
    middle = 0.5 * (cut + REACH) * (NODES + 1.0) - REACH
    density = np.exp(-0.5 * middle**2) / np.sqrt(2.0 * np.pi)
    with np.errstate(divide="ignore", invalid="ignore"):
        small = ndtr(-(top - a * middle) / np.sqrt(1.0 - a * a))
        large = ndtr(-(top - b * middle) / np.sqrt(1.0 - b * b))
    inside = (density * (small + large - small * large)) @ WEIGHTS
    return np.asarray(ndtr(-top[:, 0]) + 0.5 * (cut[:, 0] + REACH) * inside)


INTERSECTIONS: dict[str, Intersection] = {
    "bonferroni": bonferroni,
    "sidak": sidak,
    "simes": simes,
    "spiessens-debois": spiessens_debois,
}
"""The tests there are, by name."""


def intersection_test(name: str) -> Intersection:
    """Return the intersection test of that name, or say which there are."""
    if name not in INTERSECTIONS:
        allowed = ", ".join(INTERSECTIONS)
        raise ArrayError([Problem("", "", "intersection", repr(name), allowed, "Choose one.")])
    return INTERSECTIONS[name]


def refuse_random_subset(name: str, subset_size: str, error_simulated: bool) -> None:
    """Refuse Spiessens-Debois where the subset's size is not fixed and its error unknown.

    Its level rests on the correlation `sqrt(I_S / I_F)` being the true one. A subset that turns
    out as large as it happens to be needs the correlation estimated at the analysis and the
    family-wise error of that procedure simulated.
    """
    if name == "spiessens-debois" and subset_size == "random" and not error_simulated:
        action = (
            "Fix the size of the subset by stratified recruitment, take simes, or estimate the "
            "correlation and simulate the error (error_simulated = true)."
        )
        allowed = "a subset of fixed size"
        raise ArrayError([Problem("", "", "intersection", name, allowed, action)])


def _smallest(p: Array) -> Array:
    return fold(np.fmin, p)


def _tested(p: Array) -> Array:
    return total(~np.isnan(p))


def _refuse_disordered(size: Array) -> None:
    if size.shape[1] > 3:
        value = f"{size.shape[1]} populations"
        raise ArrayError([Problem("", "", "information", value, "at most 3", "Take simes.")])
    problems = []
    for i in range(size.shape[1]):
        for j in range(i + 1, size.shape[1]):
            if np.any(size[:, i] > size[:, j]) or np.any(size[:, i] <= 0.0):
                problems.append(
                    Problem(
                        *("", f"populations {i} and {j}", "information", ""),
                        "above 0, not falling from the smallest population to the largest",
                        "Order the populations by inclusion.",
                    )
                )
    if problems:
        raise ArrayError(problems)
