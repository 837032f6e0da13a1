"""Adaptive enrichment trials stage by stage, for any endpoint, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr

from equipoise.design.closed.columns import all_of, any_of, fold
from equipoise.design.closed.selection import Difference, Interim, applied
from equipoise.design.engines.tally import Moments, Tally
from equipoise.design.enrichment.corrected import corrected_effects
from equipoise.design.enrichment.plan import (
    EnrichmentPlan,
    RunningTest,
    after_stage,
    first_totals,
)
from equipoise.design.enrichment.populations import Nested
from equipoise.design.enrichment.stage_draw import Endpoint, StageDraw
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class EnrichmentTrials:
    """n simulated trials with K stages and m populations.

    Attributes
    ----------
    tested : array of bool, shape (n, K, m)
        Populations tested in each stage; none after the trial ended.
    rejected : array of bool, shape (n, K, m)
        Hypotheses rejected by each stage, in a stage that tested their population: a claim for a
        population that was dropped is not made, although the closed test might allow it.
    strong_null : array of bool, shape (n,)
        Whether "no effect in any population" was rejected.
    patients : array, shape (n, K, m)
        Patients (or events) by stage and stratum.
    p : array, shape (n, m, K)
        Stage-wise p-values, as `closed_test` takes them.
    naive, corrected : array, shape (n, m)
        Effects in the populations tested to the end, from all stages as if nothing had been
        selected, and conditionally unbiased (two stages, two populations, a `Difference` rule,
        the second stage done); NaN elsewhere.
    """

    tested: Flags
    rejected: Flags
    strong_null: Flags
    patients: Array
    p: Array
    naive: Array
    corrected: Array


@dataclass
class _Averages:
    """Running averages of the stratum estimates."""

    weight: Array
    effect: Array
    spread: Array

    def add(self, draw: StageDraw) -> None:
        """Average a stage in, by its weights."""
        weight = self.weight + draw.weight
        part = draw.weight / np.where(weight > 0.0, weight, 1.0)
        self.effect = self.effect + part * (draw.effect - self.effect)
        self.spread = self.spread + part * (draw.spread - self.spread)
        self.weight = weight

    def variance(self) -> Array:
        """Variance of the averages; so large without a patient that the estimate says nothing."""
        there = self.weight > 0.0
        return np.where(there, self.spread / np.where(there, self.weight, 1.0), NOTHING_KNOWN)


@dataclass(frozen=True)
class EnrichmentSimulation:
    """A plan and an endpoint: `run_chunks` can call it.

    Attributes
    ----------
    plan : EnrichmentPlan
        Rules of the analysis.
    endpoint : Endpoint
        What is drawn.
    """

    plan: EnrichmentPlan
    endpoint: Endpoint

    def __post_init__(self) -> None:
        if self.plan.stages != self.endpoint.stages:
            shown = f"plan {self.plan.stages}, endpoint {self.endpoint.stages}"
            action = "Give a bound and a sample size for every stage."
            raise ArrayError([Problem("", "", "stages", shown, "the same number", action)])

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials and add them up."""
        return tally(self.trials(rng, size), self.endpoint.populations, self.endpoint.truth)

    def trials(self, rng: Generator, size: int) -> EnrichmentTrials:
        """Simulate `size` trials, each with all it knows."""
        m, stages = self.endpoint.populations.size, self.endpoint.stages
        tested = np.zeros((size, stages, m), dtype=bool)
        rejected = np.zeros((size, stages, m), dtype=bool)
        patients, p = np.zeros((size, stages, m)), np.full((size, m, stages), np.nan)
        running = first_totals(size, m)
        averages = _Averages(*(np.zeros((size, m)) for _ in range(3)))
        first: tuple[Array, Array] = (averages.effect, averages.weight)
        tested[:, 0] = True
        for k in range(stages):
            draw = self.endpoint.draw(rng, k, _breadth(tested[:, k]))
            p[:, :, k] = np.where(tested[:, k], ndtr(-draw.z), np.nan)
            patients[:, k] = draw.patients
            averages.add(draw)
            running = after_stage(self.plan, running, p[:, :, k], draw.information, k)
            rejected[:, k] = running.populations() & tested[:, k]
            if k > 0:
                rejected[:, k] |= rejected[:, k - 1]
            if k == 0:
                first = (averages.effect, averages.weight)
            if k + 1 < stages:
                tested[:, k + 1] = self._next(running, averages, patients, tested[:, k], k)
        naive = np.where(_last(tested), self.endpoint.populations.average(averages.effect), np.nan)
        corrected = self._corrected(first, averages, tested)
        strong = running.rejected[:, -1]
        return EnrichmentTrials(tested, rejected, strong, patients, p, naive, corrected)

    def _next(
        self,
        running: RunningTest,
        averages: _Averages,
        patients: Array,
        tested: Flags,
        stage: int,
    ) -> Flags:
        """Choose the populations of the next stage: none where the trial ends."""
        nests = self.endpoint.populations
        effect = np.where(tested, nests.average(averages.effect), np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            z = effect / np.sqrt(averages.variance() @ (nests.weights.T**2))
        so_far = np.cumsum(fold(np.add, patients[:, : stage + 1])[:, ::-1], axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            expected = z * np.sqrt(self.endpoint.planned(stage + 1) / so_far)
        needed = running.needed(self.plan, stage)
        kept = applied(self.plan.rule, Interim(stage + 1, effect, z, needed, expected))
        done = running.populations()
        success = any_of(done & tested)
        if self.plan.success == "all":
            success &= all_of(done | ~tested)
        futile = all_of(running.futile(self.plan, stage) | ~tested)
        return np.asarray(kept & ~(success | futile)[:, None])

    def _corrected(self, first: tuple[Array, Array], averages: _Averages, tested: Flags) -> Array:
        size, stages, m = tested.shape
        if stages != 2 or m != 2 or not isinstance(self.plan.rule, Difference):
            return np.full((size, m), np.nan)
        effect, weight = first
        share = weight / np.where(averages.weight > 0.0, averages.weight, 1.0)
        nests, kept = self.endpoint.populations, tested[:, 1]
        variance = averages.variance()
        return corrected_effects(
            self.plan.rule, nests, effect, averages.effect, variance, share, kept
        )


def tally(trials: EnrichmentTrials, populations: Nested, effects: Array) -> Tally:
    """Add trials up; `effects` (m,) are the true ones by stratum.

    Counts: ``rejected`` (m,), ``rejected_by_stage`` (K, m), ``any``, ``strong_null``, ``error`` (a
    population rejected whose true effect is not above 0), ``tested`` (K, m), ``ended`` (K,) with
    that stage the last, ``selection`` (K, 2^m) by code (sum of 2^j over the populations tested, 0
    none). Moments: ``patients``, ``patients_by_stage`` (K, m strata), ``naive``, ``corrected``,
    and the errors ``naive_error`` (all that have an estimate), ``naive_error_selected`` (those
    that have a corrected one), ``corrected_error``, each (m,).
    """
    final = trials.rejected[:, -1]
    truth = populations.average(effects)
    size, _, m = trials.tested.shape
    codes = trials.tested.astype(np.int64) @ (2 ** np.arange(m))
    going = codes > 0
    ended = going & ~np.concatenate([going[:, 1:], np.zeros((size, 1), dtype=bool)], axis=1)
    error = trials.naive - truth
    counts = {
        "rejected": final.sum(axis=0),
        "rejected_by_stage": trials.rejected.sum(axis=0),
        "any": any_of(final).sum(),
        "strong_null": trials.strong_null.sum(),
        "error": any_of(final & (truth <= NULL)).sum(),
        "tested": trials.tested.sum(axis=0),
        "ended": ended.sum(axis=0),
        "selection": np.stack([(codes == c).sum(axis=0) for c in range(2**m)], axis=1),
    }
    moments = {
        "patients": Moments.of(fold(np.add, trials.patients.reshape(size, -1))),
        "patients_by_stage": Moments.of(trials.patients),
        "naive": Moments.of(trials.naive),
        "corrected": Moments.of(trials.corrected),
        "naive_error": Moments.of(error),
        "naive_error_selected": Moments.of(np.where(np.isnan(trials.corrected), np.nan, error)),
        "corrected_error": Moments.of(trials.corrected - truth),
    }
    return Tally(size, counts, moments)


NOTHING_KNOWN = 1e30
"""Variance of a stratum nobody was recruited to: finite, since others weigh it by 0."""

NULL = 1e-12
"""True effects up to this are no effect: averages of opposite effects round to such numbers."""


def _breadth(tested: Flags) -> NDArray[np.int64]:
    """Broadest population tested, -1 for none: shape (n,)."""
    m = tested.shape[1]
    return np.asarray(fold(np.maximum, np.where(tested, np.arange(m), -1)))


def _last(tested: Flags) -> Flags:
    """Return the populations tested in the last stage each trial had: shape (n, m)."""
    found = tested[:, 0]
    for k in range(1, tested.shape[1]):
        found = np.where(any_of(tested[:, k])[:, None], tested[:, k], found)
    return np.asarray(found)
