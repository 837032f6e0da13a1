"""Nested populations as strata, and how many patients each stage takes from each stratum.

Strata are in the order of the marker, from the most negative; populations from the smallest, which
is the last stratum alone, to everybody. With two strata: (complement, S) and (S, F).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Nested:
    """Populations that hold one another.

    Attributes
    ----------
    shares : array, shape (m,)
        Share of patients in each stratum; the sum is 1.
    weights : array, shape (m, m)
        `weights[j, s]`, share of stratum s within population j; 0 outside it.
    """

    shares: Array
    weights: Array

    @property
    def size(self) -> int:
        """How many populations, and strata."""
        return int(self.shares.size)

    def average(self, values: Array) -> Array:
        """Prevalence-weighted average (..., m populations) of stratum values (..., m)."""
        return np.asarray(values @ self.weights.T)


def nested(shares: ArrayLike) -> Nested:
    """Nest populations by a marker, from the share of each stratum.

    Parameters
    ----------
    shares : array_like, shape (m,)
        From the most negative stratum to the smallest population; each above 0, sum 1. One
        number is one population.

    Raises
    ------
    ArrayError
        Shares that are 0 (that stratum does not exist: leave it out) or do not add up to 1.

    Examples
    --------
    >>> nested([0.6, 0.4]).weights.tolist()
    [[0.0, 1.0], [0.6, 0.4]]
    """
    found = as_vector(shares, "shares")
    if found.size == 0 or not np.all(found > 0.0) or not abs(found.sum() - 1.0) < 1e-9:
        action = (
            "A stratum of share 0 does not exist: leave it out; with one left, plan all-comers."
        )
        shown, allowed = str(found.tolist()), "each above 0, sum 1"
        raise ArrayError([Problem("", "", "shares", shown, allowed, action)])
    m = found.size
    inside = np.arange(m)[None, :] >= m - 1 - np.arange(m)[:, None]
    held = np.where(inside, found, 0.0)
    return Nested(found, held / held.sum(axis=1, keepdims=True))


def stage_patients(populations: Nested, stage_totals: ArrayLike, allocation: float) -> Integers:
    """Patients by stage, breadth of recruitment, stratum and arm (control, treatment).

    A stage that recruits population b takes its patients in proportion to the strata in it
    (largest remainders), and splits each stratum into `allocation` treated for each control.

    Parameters
    ----------
    populations : Nested
        m strata.
    stage_totals : array_like, shape (K,)
        Patients recruited in each stage, whichever population goes on.
    allocation : float
        Treated for each control.

    Returns
    -------
    array of int, shape (K, m, m, 2)
        `[k, b, s, arm]`.

    Raises
    ------
    ArrayError
        A stratum that would get no patient in an arm.

    Examples
    --------
    >>> stage_patients(nested([0.6, 0.4]), [100], 1.0)[0].tolist()
    [[[0, 0], [50, 50]], [[30, 30], [20, 20]]]
    """
    totals = as_vector(stage_totals, "stage_totals")
    whole = np.all(np.isfinite(totals) & (totals >= 1.0) & (totals == np.floor(totals)))
    if not whole or totals.size == 0 or not 0.0 < allocation < np.inf:
        shown = f"{totals.tolist()} at {allocation}"
        allowed, action = "whole numbers above 0, allocation above 0", "Correct them."
        raise ArrayError([Problem("", "", "stage_totals", shown, allowed, action)])
    m = populations.size
    found = np.zeros((totals.size, m, m, 2), dtype=np.int64)
    for k, total in enumerate(totals):
        for b in range(m):
            stratum = _apportion(int(total), populations.weights[b])
            treated = np.rint(stratum * allocation / (1.0 + allocation)).astype(np.int64)
            found[k, b] = np.stack([stratum - treated, treated], axis=1)
    recruited = populations.weights[None, :, :, None] > 0.0
    if np.any((found == 0) & recruited):
        action = "Recruit more, or merge strata."
        allowed = "a patient in each arm of each stratum recruited"
        shown = str(totals.tolist())
        raise ArrayError([Problem("", "", "stage_totals", shown, allowed, action)])
    return found


def _apportion(total: int, shares: Array) -> Integers:
    exact = np.round(total * shares, 9)
    whole = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:short]] += 1
    return whole
