"""A stratified trial with a time to an event and one analysis: every population's log-rank test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from equipoise.design.engines import SurvivalPlan
from equipoise.design.engines.patients import draw_trials
from equipoise.design.engines.survival_looks import ScoredLooks, score_trials
from equipoise.design.enrichment import Nested
from equipoise.design.enrichment.stage_draw import StageDraw
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class StratifiedEvents:
    """Patients of all strata, compared within strata when enough events have happened in all.

    An endpoint as `enrichment.stage_draw.Endpoint` asks, with one stage.

    Attributes
    ----------
    populations : Nested
        Strata and populations.
    plan : SurvivalPlan
        Its strata are groups of patients who are alike; one look.
    called : array of int, shape (groups,)
        Stratum in which the trial counts each group.
    truth : array, shape (m,)
        `-log HR` by stratum; NaN where no one hazard ratio holds all the time.
    """

    populations: Nested
    plan: SurvivalPlan
    called: NDArray[np.int64]
    truth: Array

    @property
    def stages(self) -> int:
        """One."""
        return 1

    def planned(self, stage: int) -> Array:
        """Patients of the one stage."""
        return np.full(self.populations.size, float(self.plan.patients))

    def draw(self, rng: Generator, stage: int, breadth: NDArray[np.int64]) -> StageDraw:
        """Draw every trial; the estimate of a stratum is its one-step log hazard ratio."""
        found = self._scored(rng, breadth.size)
        score, variance = found.score[:, 0], found.variance[:, 0]
        reached = np.isfinite(found.calendar[:, :1])
        inside = (self.populations.weights > 0.0).T.astype(np.float64)
        top, bottom = score @ inside, variance @ inside
        z = np.where(bottom > 0.0, -top / np.sqrt(np.where(bottom > 0.0, bottom, 1.0)), 0.0)
        seen = variance > 0.0
        effect = np.where(seen, -score / np.where(seen, variance, 1.0), 0.0)
        shape = (breadth.size, self.populations.size, 2)
        patients = found.subjects[:, 0].reshape(shape).sum(axis=2).astype(np.float64)
        spread = np.ones(effect.shape)
        never = np.where(reached, z, -np.inf)
        return StageDraw(patients, never, effect, variance, spread, np.maximum(bottom, 1e-12))

    def _scored(self, rng: Generator, size: int) -> ScoredLooks:
        """Draw patients by what they are and compare them by what they are called."""
        trials = draw_trials(self.plan, rng, size)
        called = trials._replace(stratum=self.called[trials.stratum])
        strata = self.populations.size
        return score_trials(called, self.plan.events, self.plan.scale, strata=strata)
