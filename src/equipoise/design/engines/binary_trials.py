"""Patient-level trials with a yes-or-no endpoint, analysed at several looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from equipoise.design.engines.binary_statistics import log_odds_z, pooled_z
from equipoise.design.engines.binomial_tables import BinomialTables, binomial_tables
from equipoise.design.engines.stopping import Bounds, stops
from equipoise.design.engines.tally import Moments, Tally
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among

Integers = NDArray[np.int64]

STATISTICS: dict[str, Callable[[Integers, Integers], tuple[Array, Array]]] = {
    "pooled": pooled_z,
    "log_odds": log_odds_z,
}
"""Test statistics by name; each gives z and its estimate for cumulative counts."""


@dataclass(frozen=True)
class BinaryTrial:
    """A two-arm group-sequential trial with a binary endpoint: `run_chunks` can call it.

    Attributes
    ----------
    patients : array of int, shape (K, 2)
        Cumulative patients at each look, control and treatment.
    rates : array, shape (2,)
        Probability of the event under control and treatment.
    bounds : Bounds
        Efficacy and futility bounds.
    sign : float
        1 when the event is good, -1 when it is bad.
    statistic : str
        A name of `STATISTICS`.
    tables : BinomialTables
        One cell a stage and arm.
    """

    patients: Integers
    rates: Array
    bounds: Bounds
    sign: float
    statistic: str
    tables: BinomialTables

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials.

        Counts ``rejected``, ``futile``, ``stopped`` by look and ``success``; moments ``patients``
        at the stop, and the naive ``estimate`` at the stop (difference of rates or log odds
        ratio, treatment against control), over all and ``estimate_if_success``.
        """
        z, estimate = STATISTICS[self.statistic](self.draw(rng, size), self.patients)
        stop = stops(self.sign * z, self.bounds)
        n = self.patients.sum(axis=1).astype(np.float64)
        moments = {"patients": Moments.of(stop.at(n)), **stop.estimates(estimate)}
        return Tally(size, stop.counts(self.bounds.looks), moments)

    def draw(self, rng: Generator, size: int) -> Integers:
        """Draw cumulative events, shape (size, K, 2).

        The events of a stage in an arm are one binomial draw, which is the sum of its patients'
        own; nothing depends on their order.
        """
        stages = self.tables.draw(rng, size).reshape(size, -1, 2)
        return np.cumsum(stages, axis=1, out=stages)


def binary_trial(
    patients: ArrayLike,
    rates: ArrayLike,
    bounds: Bounds,
    *,
    benefit: str = "higher",
    statistic: str = "pooled",
) -> BinaryTrial:
    """Check the plan of a binary trial and tabulate its draws.

    Parameters
    ----------
    patients : array_like, shape (K, 2)
        Cumulative patients under control and treatment at each look; see `patients_at_looks`.
    rates : array_like, shape (2,)
        Probability of the event under control and treatment.
    bounds : Bounds
        One bound of each kind a look.
    benefit : {"higher", "lower"}
        Whether the treatment should make the event more or less frequent.
    statistic : {"pooled", "log_odds"}
        z of the difference under the common rate, or Wald z of the log odds ratio.

    Raises
    ------
    ArrayError
        All that is wrong with the plan.

    Examples
    --------
    >>> from equipoise.design.engines import bounds, run_chunks
    >>> trial = binary_trial([[60, 60]], [0.3, 0.5], bounds([1.96]))
    >>> tally = run_chunks(trial, 2000, 500, seed=1)
    >>> bool(0.5 < tally.rate("success").value < 0.7)
    True
    """
    n = np.atleast_2d(np.asarray(patients, dtype=np.float64))
    p = np.atleast_1d(np.asarray(rates, dtype=np.float64))
    problems = not_among("benefit", benefit, ("higher", "lower"))
    problems += not_among("statistic", statistic, tuple(STATISTICS))
    if n.shape != (bounds.looks, 2):
        allowed = f"shape ({bounds.looks}, 2)"
        problems.append(
            Problem("", "", "patients", f"shape {n.shape}", allowed, "Pass a pair a look.")
        )
    if p.shape != (2,):
        problems.append(
            Problem("", "", "rates", f"shape {p.shape}", "shape (2,)", "Pass one rate an arm.")
        )
    if problems:
        raise ArrayError(problems)
    stages = np.diff(n, axis=0, prepend=0.0)
    if not np.all(n[0] >= 1.0):
        raise ArrayError([_first_look(n)])
    tables = binomial_tables(stages.ravel(), np.tile(p, bounds.looks))
    sign = 1.0 if benefit == "higher" else -1.0
    return BinaryTrial(n.astype(np.int64), p, bounds, sign, statistic, tables)


def patients_at_looks(total: ArrayLike, allocation: float = 1.0) -> Integers:
    """Split cumulative patients into arms, shape (K, 2), control then treatment.

    With `allocation` treated for each control, a stage of `m` patients gives
    `ceil(m allocation / (1 + allocation))` to the treatment, as rpact does.
    """
    cumulative = np.atleast_1d(np.asarray(total, dtype=np.float64))
    stage = np.diff(cumulative, prepend=0.0)
    share = stage * allocation / (1.0 + allocation)
    treated = np.cumsum(np.ceil(np.round(share, 9)))  # 60.000000000000007 is 60
    return np.stack([cumulative - treated, treated], axis=1).astype(np.int64)


def _first_look(n: Array) -> Problem:
    shown = str(n[0].tolist())
    return Problem("", "look 1", "patients", shown, "1 or more in each arm", "Look later.")
