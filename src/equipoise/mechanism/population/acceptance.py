"""Generate, then accept: patients are kept with probabilities that meet published shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

from equipoise.mechanism.population.acceptance_input import Stratum, checked
from equipoise.mechanism.population.tilting import effective_size, tilt, tilted_weights
from equipoise.mechanism.population.virtual_population import VirtualPopulation
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"accept": ("allen2016", "csiszar1975", "kong1994")}

SPAWN_KEY = (0,)
"""Child of the seed that decides; no symbol of a parameter has this spawn key."""


@dataclass(frozen=True)
class StratumAcceptance:
    """What acceptance did in one stratum.

    Attributes
    ----------
    stratum : str, int, float or bool
    patients, failed : int
        Patients of the prior population, and those without a prediction, who are never accepted.
    predicted, target : float
        Mean prediction before acceptance, and the published share.
    slope : float
        Lambda of the exponential tilt; 0 where nothing had to change.
    accepted : int
    expected_rate : float
        Mean probability of acceptance.
    effective_size : float
        Kish's effective number of patients of the tilt, of `patients` less `failed`.
    achieved, achieved_error : float
        Mean prediction of the accepted, and its standard error from drawing them; NaN when none
        or one was accepted.
    """

    stratum: Stratum
    patients: int
    failed: int
    predicted: float
    target: float
    slope: float
    accepted: int
    expected_rate: float
    effective_size: float
    achieved: float
    achieved_error: float


@dataclass(frozen=True, eq=False)
class AcceptedPopulation:
    """Patients accepted from a prior population.

    Attributes
    ----------
    prior : VirtualPopulation
    indices : (m,) array of int
        Rows of `prior` that were accepted, rising.
    probabilities : (n,) array
        Probability with which each patient is accepted.
    strata : tuple of StratumAcceptance
    seed : int
    """

    prior: VirtualPopulation = field(repr=False)
    indices: NDArray[np.int64] = field(repr=False)
    probabilities: Array = field(repr=False)
    strata: tuple[StratumAcceptance, ...]
    seed: int

    @property
    def population(self) -> VirtualPopulation:
        """The accepted patients, each with weight 1."""
        return self.prior.take(self.indices)

    @property
    def acceptance_rate(self) -> float:
        """Accepted patients as a share of the prior population."""
        return self.indices.size / len(self.prior)

    @property
    def effective_size(self) -> float:
        """Kish's effective number of patients of all acceptance probabilities together."""
        return effective_size(self.probabilities)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for every stratum, its columns those of `StratumAcceptance`."""
        return pd.DataFrame([vars(row) for row in self.strata])


def accept(
    population: VirtualPopulation,
    predicted: ArrayLike,
    strata: ArrayLike,
    targets: Mapping[Stratum, float],
    seed: int,
    *,
    keep_mix: bool = True,
) -> AcceptedPopulation:
    """Accept patients so that each stratum's mean prediction meets its published share.

    Patients are generated from the prior population and accepted one by one [1]_. Here the
    probability of acceptance in stratum s is the exponential tilt nearest to accepting all alike,

        a_i = c_s exp(lambda_s p_i) / max_j exp(lambda_s p_j),

    with lambda_s such that ``sum_i a_i p_i / sum_i a_i`` is the target (`tilt`). So the expected
    sums of the accepted meet it exactly, and their mean within `achieved_error`. With `keep_mix`
    the factors c_s <= 1 give every stratum the acceptance rate of the lowest, so that strata keep
    their shares of the population; else c_s = 1.

    Parameters
    ----------
    population : VirtualPopulation
    predicted : (n,) array
        Probability of response p of each patient; NaN where a simulation failed: such a patient is
        counted and never accepted.
    strata : (n,) array
        Stratum of each patient, all of them in `targets`.
    targets : mapping
        Published share by stratum, from 0 to 1.
    seed : int
        Patient i is decided by the i-th number of its stream.
    keep_mix : bool

    Raises
    ------
    InputError
        With every problem: arrays of another length, predictions outside 0 to 1, a stratum without
        a target or without patients, a target outside the range of its predictions.

    References
    ----------
    .. [1] Allen RJ, Rieger TR, Musante CJ. Efficient generation and selection of virtual
       populations in quantitative systems pharmacology models. CPT: Pharmacometrics & Systems
       Pharmacology 2016;5:140-146. doi:10.1002/psp4.12063. There acceptance is the ratio of an
       observed to the simulated density; a published share gives a mean, not a density, hence
       the tilt.
    """
    p, members = checked(len(population), predicted, strata, targets, seed)
    slopes = {stratum: tilt(p[rows], targets[stratum]) for stratum, rows in members.items()}
    weights = {s: tilted_weights(p[rows], slopes[s]) for s, rows in members.items()}
    own_rates = {s: float(w.mean()) for s, w in weights.items()}
    lowest = min(own_rates.values())
    probabilities = np.zeros(len(population))
    for s, rows in members.items():
        probabilities[rows] = weights[s] * (lowest / own_rates[s] if keep_mix else 1.0)
    stream = Generator(PCG64(SeedSequence(seed, spawn_key=SPAWN_KEY)))
    accepted = stream.random(len(population)) < probabilities
    labels = np.asarray(strata)
    return AcceptedPopulation(
        prior=population,
        indices=np.flatnonzero(accepted),
        probabilities=probabilities,
        strata=tuple(
            _stratum(s, p, labels == s, accepted, probabilities, targets[s], slopes[s])
            for s in members
        ),
        seed=seed,
    )


def _stratum(
    stratum: Stratum,
    p: Array,
    own: NDArray[np.bool_],
    accepted: NDArray[np.bool_],
    probabilities: Array,
    target: float,
    slope: float,
) -> StratumAcceptance:
    usable, taken = p[own & ~np.isnan(p)], p[own & accepted]
    count = int(taken.size)
    return StratumAcceptance(
        stratum=stratum,
        patients=int(own.sum()),
        failed=int(own.sum()) - int(usable.size),
        predicted=float(usable.mean()),
        target=target,
        slope=slope,
        accepted=count,
        expected_rate=float(probabilities[own].mean()),
        effective_size=effective_size(probabilities[own]),
        achieved=float(taken.mean()) if count else float("nan"),
        achieved_error=float(taken.std(ddof=1)) / count**0.5 if count > 1 else float("nan"),
    )
