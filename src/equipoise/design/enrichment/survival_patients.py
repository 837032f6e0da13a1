"""Adaptive enrichment with a time to an event, patient by patient, stage cohorts kept apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr

from equipoise.design.closed.columns import any_of, fold
from equipoise.design.closed.selection import Difference, Interim, applied
from equipoise.design.engines.tally import Moments, Tally
from equipoise.design.enrichment.cohort_kernels import simulate_cohorts
from equipoise.design.enrichment.corrected import corrected_effects
from equipoise.design.enrichment.plan import EnrichmentPlan, after_stage, first_totals
from equipoise.design.enrichment.populations import Nested
from equipoise.design.enrichment.survival_settings import SurvivalSetting
from equipoise.design.enrichment.trials import EnrichmentTrials, tally
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

METHOD_CITES = {"stage_cohorts": ("jenkins2011",)}
"""Keys of `equipoise.cite.REFERENCES` behind cohorts that are followed on."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Cohort:
    """Analyses of one stage's patients in n trials: see `simulate_cohorts`."""

    sums: Array
    times: Array
    early: Array
    patients: Array

    def z(self) -> Array:
        """Stratified log-rank statistic of each population, above 0 for benefit: (n, m)."""
        top, bottom = self.sums[:, :, 0].sum(axis=2), self.sums[:, :, 1].sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(bottom > 0.0, -top / np.sqrt(bottom), 0.0)

    def events(self) -> Array:
        """Events of each population at its analysis: (n, m)."""
        return np.asarray(self.sums[:, :, 2].sum(axis=2))

    def information(self) -> Array:
        """Return numbers (n, m) whose root ratios are the correlations of neighbours.

        Two populations are analysed at times of their own, and share the events of the smaller
        until the earlier of the two: `r = sum_s min(V_s, V_s') / sqrt(V V')`, V the variances at
        either time. Estimated, so the level of Spiessens-Debois is approximate here.
        """
        variance = self.sums[:, :, 1]
        found: Array = np.ones((self.times.shape[0], self.times.shape[1] - 1))
        for j in range(found.shape[1] - 1):
            here, next_one = variance[:, j], variance[:, j + 1]
            shared = np.minimum(here, next_one).sum(axis=1)
            both = here.sum(axis=1) * next_one.sum(axis=1)
            squared = shared**2 / np.maximum(both, NOTHING**2)
            found[:, j + 1] = found[:, j] / np.clip(squared, NOTHING, 1.0)
        return found


@dataclass(frozen=True)
class SurvivalEnrichment:
    """Two stages, the second in the populations chosen at the interim: `run_chunks` can call it.

    Patients recruited before the interim look are the first cohort, and stay in it: they are
    followed on until numbers of events that were fixed beforehand, whatever was chosen, and give
    the first p-values. Patients recruited after give the second. So the second p-values are
    independent of all that the choice was made on, and the combination test keeps its level
    although the choice saw data (of any kind) on first-cohort patients who are still followed.
    Events of first-cohort patients never move into the second stage, and there is no early
    rejection. Jenkins, Stone and Jennison 2011, 10.1002/pst.472.

    Attributes
    ----------
    plan : EnrichmentPlan
        Two stages, `upper[0]` infinite.
    setting : SurvivalSetting
        Recruitment, hazards and events.
    """

    plan: EnrichmentPlan
    setting: SurvivalSetting

    def __post_init__(self) -> None:
        combination = self.plan.combination
        first = getattr(combination, "upper", None)
        early = first is None or first[0] < math.inf
        if self.plan.stages != 2 or early:
            action = "Set the first bound to inf: the first cohort's p-value comes at the end."
            allowed = "an inverse normal test of two stages without early rejection"
            shown = f"{self.plan.stages} stages, first bound {None if first is None else first[0]}"
            raise ArrayError([Problem("", "", "combination", shown, allowed, action)])

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials and add them up; see `trials.tally` for most names.

        Counts too ``short`` (2, m): analyses whose events were never reached, made at the latest
        time. Moments ``duration`` (months to the last analysis), ``interim_time``, and
        ``events`` (2, m) at the analyses.
        """
        found, cohorts = self.trials(rng, size)
        whole = tally(found, self.setting.populations, self.setting.truth)
        counts, moments = dict(whole.counts), dict(whole.moments)
        wanted = np.stack([self.setting.events[0, -1], self.setting.events[1, -1]])
        used = np.stack([c.events() for c in cohorts], axis=1)
        breadth = fold(np.maximum, np.where(found.tested[:, 1], np.arange(used.shape[2]), -1))
        planned = np.broadcast_to(wanted, used.shape).copy()
        planned[:, 1] = self.setting.events[1][breadth]
        seen = np.stack([found.tested[:, 0] & any_of(found.tested[:, 1])[:, None]] * 2, axis=1)
        seen[:, 1] = found.tested[:, 1]
        counts["short"] = ((used < planned) & seen).sum(axis=0)
        last = np.where(seen, np.stack([c.times[:, :-1] for c in cohorts], axis=1), 0.0)
        interim = cohorts[0].times[:, -1]
        moments["interim_time"] = Moments.of(interim)
        moments["duration"] = Moments.of(
            np.maximum(interim, fold(np.maximum, last.reshape(size, -1)))
        )
        moments["events"] = Moments.of(np.where(seen, used, np.nan))
        return Tally(size, counts, moments)

    def trials(self, rng: Generator, size: int) -> tuple[EnrichmentTrials, list[_Cohort]]:
        """Simulate `size` trials, each with all it knows."""
        m = self.setting.populations.size
        everybody = np.full(size, m - 1, dtype=np.int64)
        first = self._cohort(rng, 0, everybody, np.zeros(size))
        kept = applied(self.plan.rule, self._interim(first))
        breadth = fold(np.maximum, np.where(kept, np.arange(m), -1))
        second = self._cohort(rng, 1, breadth, first.times[:, -1])
        going = any_of(kept)[:, None]
        p = np.stack(
            [
                np.where(going, ndtr(-first.z()), np.nan),
                np.where(kept, ndtr(-second.z()), np.nan),
            ],
            axis=2,
        )
        running = first_totals(size, m)
        for k, cohort in enumerate((first, second)):
            running = after_stage(self.plan, running, p[:, :, k], cohort.information(), k)
        rejected = np.zeros((size, 2, m), dtype=bool)
        rejected[:, 1] = running.populations() & kept
        tested = np.stack([np.ones((size, m), dtype=bool), kept], axis=1)
        patients = np.stack([first.patients, second.patients], axis=1)
        naive, corrected = self._effects(first, second, kept)
        strong = running.rejected[:, -1]
        found = EnrichmentTrials(tested, rejected, strong, patients, p, naive, corrected)
        return found, [first, second]

    def _cohort(
        self, rng: Generator, stage: int, breadth: NDArray[np.int64], begin: Array
    ) -> _Cohort:
        s, n, m = self.setting, breadth.size, self.setting.populations.size
        sums, times = np.zeros((n, m, 3, m)), np.zeros((n, m + 1))
        early, patients = np.zeros((n, 3, m)), np.zeros((n, m))
        look = s.interim_events if stage == 0 else -1
        simulate_cohorts(
            rng, s.size[stage], begin, s.rate, breadth, s.quota[stage], s.fixed, s.treated_share,
            s.true_given_called, s.cuts, s.hazards, s.dropout, s.events[stage], look, s.longest,
            sums, times, early, patients,
        )  # fmt: skip
        return _Cohort(sums, times, early, patients)

    def _interim(self, first: _Cohort) -> Interim:
        """Log-rank estimates of the strata at the look, averaged by prevalence."""
        effect, variance = _stratum_effects(first.early[:, 0], first.early[:, 1])
        nests: Nested = self.setting.populations
        estimate = nests.average(effect)
        z = estimate / np.sqrt(variance @ (nests.weights.T**2))
        information = np.cumsum(first.early[:, 2, ::-1], axis=1)
        running = first_totals(z.shape[0], z.shape[1])
        running = after_stage(self.plan, running, ndtr(-z), information, 0)
        alone = np.diag(self.setting.events[1]).astype(np.float64)
        expected = z * np.sqrt(alone / np.maximum(information, 1.0))
        return Interim(1, estimate, z, running.needed(self.plan, 0), expected)

    def _effects(self, first: _Cohort, second: _Cohort, kept: Flags) -> tuple[Array, Array]:
        """Naive and corrected effects of the populations tested to the end."""
        nests, m = self.setting.populations, kept.shape[1]
        going = any_of(kept)
        widest = np.where(going, fold(np.maximum, np.where(kept, np.arange(m), -1)), m - 1)
        rows = np.arange(kept.shape[0])
        later = first.sums[:, -1] + second.sums[rows, widest]
        total = np.where(going[:, None, None], later, first.early)
        effect, variance = _stratum_effects(total[:, 0], total[:, 1])
        shown = np.where(going[:, None], kept, True)
        naive = np.where(shown, nests.average(effect), np.nan)
        if m != 2 or not isinstance(self.plan.rule, Difference):
            return naive, np.full(naive.shape, np.nan)
        interim, _ = _stratum_effects(first.early[:, 0], first.early[:, 1])
        share = first.early[:, 1] / np.maximum(total[:, 1], NOTHING)
        fixed = corrected_effects(self.plan.rule, nests, interim, effect, variance, share, kept)
        return naive, fixed


NOTHING = 1e-9
"""Variance of a log-rank sum below which a stratum has told nothing."""


def _stratum_effects(difference: Array, variance: Array) -> tuple[Array, Array]:
    """Peto's one-step `-(O - E) / V` by stratum, and its variance; 0 where nothing happened."""
    held = np.maximum(variance, NOTHING)
    return -difference / held, 1.0 / held
