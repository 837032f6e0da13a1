"""Sampling covariance: which errors share patients, and how much does that correlate them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, refuse, same_length
from equipoise.synthesis.mixed.random_structures import Codes, Groups, components_of

METHOD_CITES = {"blocks": ("hedges2010",), "shared control": ("franchini2012",)}
"""Keys of `equipoise.cite.REFERENCES`."""

Labels = Sequence[Any] | NDArray[Any]


def block_covariance(vi: ArrayLike, cluster: Labels, correlation: float) -> Array:
    """Covariance matrix of errors that are equally correlated within clusters.

    `V_ij = correlation sqrt(vi_i vi_j)` for two rows of one cluster, zero between clusters: the
    usual guess when a study reports several outcomes on the same patients without saying how
    they correlate. Try several correlations, and make the inference cluster-robust.

    Parameters
    ----------
    vi : array_like, shape (k,)
        Sampling variances.
    cluster : sequence, length k
        Study of each row.
    correlation : float
        Above -1 and below 1; a negative one also above `-1 / (m - 1)` for the largest cluster
        of m rows, for no covariance matrix has less.

    Returns
    -------
    array, shape (k, k)

    Raises
    ------
    ArrayError
        Variances not above zero, a missing label, a correlation out of range.

    Notes
    -----
    Source: Hedges, Tipton and Johnson 2010, section 3, 10.1002/jrsm.5.

    Examples
    --------
    >>> [[float(c) for c in row] for row in block_covariance([1.0, 4.0, 1.0], ["a", "a", "b"], 0.5)]
    [[1.0, 1.0, 0.0], [1.0, 4.0, 0.0], [0.0, 0.0, 1.0]]
    """
    v = as_vector(vi, "vi")
    problems = refuse("vi", v, ~(np.isfinite(v) & (v > 0.0)), "a finite variance above 0")
    codes, bad = _codes(cluster, "cluster", v.size)
    problems += bad
    largest = int(np.bincount(codes).max()) if codes.size else 1
    lowest = -1.0 / (largest - 1) if largest > 1 else -1.0
    if not lowest < correlation < 1.0:
        allowed = f"above {lowest:.4g} and below 1 for clusters of up to {largest}"
        problems.append(
            Problem("", "", "correlation", repr(correlation), allowed, "Use for instance 0.6.")
        )
    if problems:
        raise ArrayError(problems)
    se = np.sqrt(v)
    out: Array = correlation * (codes[:, None] == codes) * np.outer(se, se)
    np.fill_diagonal(out, v)
    return out


def shared_control_covariance(vi: ArrayLike, control_variance: ArrayLike, control: Labels) -> Array:
    """Covariance matrix of contrasts, some of which share a control arm.

    A contrast is arm minus control, `y_i = a_i - c`, with `Var y_i = Var a_i + Var c`. Two of
    them with the same control covary by `Var c`, the part of both variances that the control
    brings: `1 / events + 1 / (n - events)` for a log odds ratio, `1 / events - 1 / n` for a log
    risk ratio, `sd^2 / n` for a mean difference, `1 / events` for a log rate ratio.

    Parameters
    ----------
    vi : array_like, shape (k,)
        Sampling variances of the contrasts.
    control_variance : array_like, shape (k,)
        Variance that the control arm of each contrast brings; below `vi`, and the same for all
        contrasts with one control.
    control : sequence, length k
        Label of the control arm of each contrast, unique over studies.

    Returns
    -------
    array, shape (k, k)

    Raises
    ------
    ArrayError
        A control variance that is not above zero and below `vi`, or that differs within a
        control arm; a missing label; unequal lengths.

    Notes
    -----
    Not for standardised differences, whose shared standard deviation covaries as well.
    Source: Franchini 2012, 10.1002/jrsm.1049.

    Examples
    --------
    >>> shared_control_covariance([0.3, 0.4], [0.1, 0.1], ["t1", "t1"]).tolist()
    [[0.3, 0.1], [0.1, 0.4]]
    """
    v, c = as_vector(vi, "vi"), as_vector(control_variance, "control_variance")
    same_length(vi=v, control_variance=c)
    codes, problems = _codes(control, "control", v.size)
    problems += refuse("vi", v, ~(np.isfinite(v) & (v > 0.0)), "a finite variance above 0")
    within = np.isfinite(c) & (c > 0.0) & ~(c >= v)
    problems += refuse("control_variance", c, ~within, "above 0 and below the variance in vi")
    if not problems:
        first = np.unique(codes, return_index=True)[1][codes]
        differs = np.abs(c - c[first]) > 1e-9 * c
        problems += refuse("control_variance", c, differs, "the same for one control arm")
    if problems:
        raise ArrayError(problems)
    out: Array = (codes[:, None] == codes) * c
    out = 0.5 * (out + out.T)
    np.fill_diagonal(out, v)
    return out


def _codes(labels: Labels, field: str, k: int) -> tuple[Codes, list[Problem]]:
    """Labels as numbers; one cluster for all is allowed here."""
    found, problems = components_of([Groups(labels, field)], k)
    kept = [problem for problem in problems if problem.field != "labels"]
    named = [
        Problem("", "", p.field.replace("random[0] labels", field), p.value, p.allowed, p.action)
        for p in kept
    ]
    return found[0].outer if found else np.empty(0, np.intp), named
