"""Simulated trials with one hypothesis: whatever draws their statistics, they stop alike.

What draws is a record that can be sent to other processes. It gives the statistics and estimates
of every look, whether or not the trial stopped before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from equipoise.design.engines.binary_trials import STATISTICS, BinaryTrial
from equipoise.design.engines.canonical_trials import canonical_z
from equipoise.design.engines.stopping import Bounds, stops
from equipoise.design.engines.survival_looks import simulate_looks
from equipoise.design.engines.survival_plans import SurvivalPlan
from equipoise.design.engines.survival_trials import log_rank_z, one_step_log_hazard_ratio
from equipoise.design.engines.tally import Moments, Tally
from equipoise.design.evaluation.stopping_bias import Correction
from equipoise.synthesis.arrays import Array


class Drawn(NamedTuple):
    """Looks of simulated trials.

    Attributes
    ----------
    z, estimate : array, shape (size, K)
        Above 0 for benefit; NaN z at a look that was never reached.
    patients, events, months : array, shape (K,) or (size, K)
        At each look; NaN where there is none.
    """

    z: Array
    estimate: Array
    patients: Array
    events: Array
    months: Array


Draw = Callable[[Generator, int], Drawn]


@dataclass(frozen=True)
class CountedPatients:
    """Patients with a yes-or-no endpoint.

    Attributes
    ----------
    trial : BinaryTrial
        Draws the counts.
    months : array, shape (K,)
        Of each look.
    """

    trial: BinaryTrial
    months: Array

    def __call__(self, rng: Generator, size: int) -> Drawn:
        """Draw `size` trials."""
        trial = self.trial
        z, estimate = STATISTICS[trial.statistic](trial.draw(rng, size), trial.patients)
        patients = trial.patients.sum(axis=1).astype(np.float64)
        none = np.full(patients.size, math.nan)
        return Drawn(trial.sign * z, trial.sign * estimate, patients, none, self.months)


@dataclass(frozen=True)
class FollowedPatients:
    """Patients with a time to an event; each look waits for its events.

    Attributes
    ----------
    plan : SurvivalPlan
        The strata are groups that differ; the test does not know them.
    """

    plan: SurvivalPlan

    def __call__(self, rng: Generator, size: int) -> Drawn:
        """Draw `size` trials; the estimate is the one-step log hazard ratio."""
        looks = simulate_looks(self.plan, rng, size, stratified=False)
        months = np.where(np.isfinite(looks.calendar), looks.calendar, math.nan)
        events, patients = (
            x.reshape(*x.shape[:2], -1).sum(axis=2).astype(np.float64)
            for x in (looks.events, looks.subjects)
        )
        return Drawn(
            -log_rank_z(looks), -one_step_log_hazard_ratio(looks), patients, events, months
        )


@dataclass(frozen=True)
class DrawnStatistics:
    """Normal statistics, no patients.

    Attributes
    ----------
    information, effect : array, shape (K,)
        Of each look, and what its statistic is about; see `canonical_form`.
    patients, events, months : array, shape (K,)
        Expected at each look.
    """

    information: Array
    effect: Array
    patients: Array
    events: Array
    months: Array

    def __call__(self, rng: Generator, size: int) -> Drawn:
        """Draw `size` trials."""
        root = np.sqrt(self.information)
        fractions = self.information / self.information[-1]
        z = canonical_z(rng, size, fractions, 0.0) + self.effect * root
        z = np.where(self.months < math.inf, z, math.nan) if np.any(np.isinf(self.months)) else z
        months = np.where(np.isinf(self.months), math.nan, self.months)
        return Drawn(z, z / root, self.patients, self.events, months)


@dataclass(frozen=True)
class TwoArmTrial:
    """A trial with one hypothesis: `run_chunks` can call it.

    Attributes
    ----------
    draw : Draw
        What draws the looks.
    bounds : Bounds
        Efficacy and futility bounds on its z.
    truth : float
        Effect to be estimated, above 0 for benefit; NaN where there is no single one.
    correction : Correction or None
        Takes the bias of stopping out of an estimate.
    """

    draw: Draw
    bounds: Bounds
    truth: float
    correction: Correction | None

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials.

        Counts ``rejected``, ``futile``, ``stopped``, ``not_reached`` by look and ``success``;
        moments ``patients``, ``events``, ``months`` at the end, ``naive_error`` and
        ``corrected_error``.
        """
        drawn = self.draw(rng, size)
        stop = stops(drawn.z, self.bounds)
        at_look = np.arange(self.bounds.looks) <= stop.look[:, None]
        counts = stop.counts(self.bounds.looks)
        counts["not_reached"] = np.sum(at_look & np.isnan(drawn.z), axis=0)
        naive = stop.at(drawn.estimate)
        naive = np.where(np.isfinite(naive), naive, math.nan)
        mended = naive
        if self.correction is not None:
            mended = self.correction(naive)
        elif self.bounds.looks > 1:
            mended = np.full(size, math.nan)
        moments = {
            "patients": Moments.of(stop.at(drawn.patients)),
            "events": Moments.of(stop.at(drawn.events)),
            "months": Moments.of(stop.at(drawn.months)),
            "naive_error": Moments.of(naive - self.truth),
            "corrected_error": Moments.of(mended - self.truth),
        }
        return Tally(size, counts, moments)
