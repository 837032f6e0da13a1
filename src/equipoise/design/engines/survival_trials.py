"""Patient-level trials with a time to an event, analysed when so many events have happened."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from equipoise.design.engines.stopping import Bounds, stops
from equipoise.design.engines.survival_looks import ScoredLooks, simulate_looks
from equipoise.design.engines.survival_plans import SurvivalPlan
from equipoise.design.engines.tally import Moments, Tally
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among

METHOD_CITES = {
    "log_rank": ("petopeto1972",),
    "weights": ("harrington1982",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the test and its weights."""


@dataclass(frozen=True)
class SurvivalTrial:
    """A two-arm group-sequential trial with a time to an event: `run_chunks` can call it.

    Attributes
    ----------
    plan : SurvivalPlan
        Patients, accrual, hazards and looks.
    bounds : Bounds
        Efficacy and futility bounds.
    stratified : bool
        Whether the log-rank test compares within strata.
    rho, gamma : float
        Exponents of its weights.
    sign : float
        -1 when the event is bad, 1 when it is good.
    """

    plan: SurvivalPlan
    bounds: Bounds
    stratified: bool
    rho: float
    gamma: float
    sign: float

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials.

        Counts ``rejected``, ``futile``, ``stopped``, ``not_reached`` by look (a look whose events
        never came is not tested; it is counted when the trial had not stopped before) and
        ``success``. Moments at the stop: ``events``, ``subjects``, ``calendar`` (of trials whose
        look was reached), the naive ``estimate`` of the log hazard ratio and
        ``estimate_if_success``; by look, of trials that got there, ``calendar_at_look`` and
        ``subjects_at_look``.
        """
        scored = simulate_looks(
            self.plan, rng, size, stratified=self.stratified, rho=self.rho, gamma=self.gamma
        )
        z = self.sign * log_rank_z(scored)
        stop = stops(z, self.bounds)
        looks = self.bounds.looks
        at_look = np.arange(looks) <= stop.look[:, None]
        reached = np.isfinite(scored.calendar)
        calendar = np.where(reached, scored.calendar, math.nan)
        events, subjects = (x.sum(axis=(2, 3)).astype(float) for x in scored[2:4])
        counts = stop.counts(looks) | {"not_reached": np.sum(at_look & ~reached, axis=0)}
        moments = {
            "events": Moments.of(stop.at(events)),
            "subjects": Moments.of(stop.at(subjects)),
            "calendar": Moments.of(stop.at(calendar)),
            "calendar_at_look": Moments.of(np.where(at_look, calendar, math.nan)),
            "subjects_at_look": Moments.of(np.where(at_look & reached, subjects, math.nan)),
            **stop.estimates(self._estimates(scored)),
        }
        return Tally(size, counts, moments)

    def _estimates(self, scored: ScoredLooks) -> Array:
        """Log hazard ratio at each look; NaN from a weighted test, which estimates none."""
        if self.rho == self.gamma == 0.0:
            return one_step_log_hazard_ratio(scored)
        return np.full(scored.calendar.shape, math.nan)


def survival_trial(
    plan: SurvivalPlan,
    bounds: Bounds,
    *,
    benefit: str = "lower",
    stratified: bool = True,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> SurvivalTrial:
    """Join a plan, its bounds and its test.

    Parameters
    ----------
    plan : SurvivalPlan
        See `survival_plan`.
    bounds : Bounds
        One bound of each kind a look.
    benefit : {"lower", "higher"}
        Whether the treatment should lower the hazard (the event is bad) or raise it.
    stratified : bool
        Compare within strata, or as if there were none.
    rho, gamma : float
        Exponents of the weights `S^rho (1 - S)^gamma`; fix them before seeing data.

    Raises
    ------
    ArrayError
        Bounds that do not fit the looks, or options that are not there.

    Examples
    --------
    >>> from equipoise.design.engines import bounds, run_chunks, survival_plan
    >>> plan = survival_plan(200, [100], accrual=[0, 12], hazard=0.05, hazard_ratio=0.5)
    >>> tally = run_chunks(survival_trial(plan, bounds([1.96])), 400, 200, seed=1)
    >>> bool(0.88 < tally.rate("success").value < 0.98)
    True
    """
    problems = not_among("benefit", benefit, ("lower", "higher"))
    if plan.events.size != bounds.looks:
        shown = f"{plan.events.size} looks, {bounds.looks} bounds"
        problems.append(Problem("", "", "bounds", shown, "one of each a look", "Match them."))
    for name, value in (("rho", rho), ("gamma", gamma)):
        if not 0.0 <= value < math.inf:
            problems.append(Problem("", "", name, repr(value), "finite, 0 or above", "Correct it."))
    if problems:
        raise ArrayError(problems)
    sign = -1.0 if benefit == "lower" else 1.0
    return SurvivalTrial(plan, bounds, stratified, float(rho), float(gamma), sign)


def log_rank_z(scored: ScoredLooks) -> Array:
    """Return `sum (O - E) / sqrt(sum V)` over strata, shape (size, K).

    Above 0 when the treated had more events; 0 where no event compared the arms; NaN at a look
    whose events never came.
    """
    score, variance = scored.score.sum(axis=2), scored.variance.sum(axis=2)
    known = variance > 0.0
    z = np.where(known, score, 0.0) / np.sqrt(np.where(known, variance, 1.0))
    return np.where(np.isfinite(scored.calendar), z, math.nan)


def one_step_log_hazard_ratio(scored: ScoredLooks) -> Array:
    """Return Peto's `sum (O - E) / sum V` over strata, shape (size, K).

    Close to the log hazard ratio where that is not far from 0; NaN where no event compared the
    arms.
    """
    score, variance = scored.score.sum(axis=2), scored.variance.sum(axis=2)
    return np.where(variance > 0.0, score, math.nan) / np.where(variance > 0.0, variance, 1.0)
