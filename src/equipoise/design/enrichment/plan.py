"""What an adaptive enrichment trial fixes before its first patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.design.closed.closure import intersection_members
from equipoise.design.closed.combination import Combination, FisherProduct, InverseNormal
from equipoise.design.closed.intersections import (
    Intersection,
    intersection_test,
    refuse_random_subset,
)
from equipoise.design.closed.selection import Rule
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among


@dataclass(frozen=True)
class EnrichmentPlan:
    """Rules of the analysis, the same for every endpoint.

    Attributes
    ----------
    combination : InverseNormal or FisherProduct
        How stages are combined, and the bounds.
    intersection : function
        Test of the intersection of populations.
    rule : function
        Which populations go on; see `design.closed.selection`.
    success : {"all", "any"}
        Stop early when all populations still tested are rejected, or any.
    """

    combination: Combination
    intersection: Intersection
    rule: Rule
    success: str

    @property
    def stages(self) -> int:
        """Stages planned."""
        return self.combination.stages


def enrichment_plan(
    combination: object,
    rule: Rule,
    *,
    intersection: str | Intersection = "simes",
    success: str = "all",
    subset_size: str = "fixed",
    error_simulated: bool = False,
) -> EnrichmentPlan:
    """Fix the analysis of an adaptive enrichment trial, or say why its error is not controlled.

    Parameters
    ----------
    combination : InverseNormal or FisherProduct
        Anything else, a group-sequential plan say, is refused: its bounds hold for one statistic
        on all patients so far, and a population chosen on those patients is another statistic.
    rule : function
        Selection rule.
    intersection : str or function
        As `closed_test`.
    success : {"all", "any"}
        When an early rejection ends the trial.
    subset_size : {"fixed", "random"}
        Whether recruitment fixes the stratum sizes or they come as they come.
    error_simulated : bool
        That the family-wise error with an estimated correlation is simulated; without it
        Spiessens-Debois is refused for a random subset size.

    Raises
    ------
    ArrayError
        All that is wrong.
    """
    problems = not_among("success", success, ("all", "any"))
    problems += not_among("subset_size", subset_size, ("fixed", "random"))
    if not isinstance(combination, InverseNormal | FisherProduct):
        problems.append(
            Problem(
                *("", "", "combination", type(combination).__name__),
                "a combination test with weights fixed in advance",
                "Bounds of a design without enrichment hold for one population only: after a "
                "selection the error is not the one spent. Use inverse_normal with the planned "
                "information and these bounds, or fisher_product.",
            )
        )
    if problems or not isinstance(combination, InverseNormal | FisherProduct):
        raise ArrayError(problems)
    if isinstance(intersection, str):
        refuse_random_subset(intersection, subset_size, error_simulated)
        intersection = intersection_test(intersection)
    return EnrichmentPlan(combination, intersection, rule, success)


@dataclass(frozen=True)
class RunningTest:
    """Intersections of n trials while their stages come in.

    Attributes
    ----------
    total : array, shape (n, 2^m - 1)
        Running sums of the combination test; NaN once nothing in it is tested.
    rejected : array of bool, shape (n, 2^m - 1)
        Intersections rejected so far.
    stage_p : array, shape (n, 2^m - 1)
        P-values of the last stage.
    """

    total: Array
    rejected: np.ndarray
    stage_p: Array

    def populations(self) -> np.ndarray:
        """Hypotheses rejected so far: shape (n, m)."""
        return self._over_holding(self.rejected, np.logical_and)

    def futile(self, plan: EnrichmentPlan, stage: int) -> np.ndarray:
        """Whether some intersection with a population gave up at this interim: (n, m)."""
        failed = plan.combination.fails(self.total, self.stage_p, stage)
        return self._over_holding(failed & ~self.rejected, np.logical_or)

    def needed(self, plan: EnrichmentPlan, stage: int) -> Array:
        """Return the next score with which all of a population's sets cross: (n, m)."""
        score = plan.combination.needed(self.total, stage)
        score = np.where(self.rejected, -np.inf, np.where(np.isnan(score), np.inf, score))
        return np.asarray(self._over_holding(score, np.maximum))

    def _over_holding(self, values: np.ndarray, join: np.ufunc) -> np.ndarray:
        sets = values.shape[1]
        m = int(sets + 1).bit_length() - 1
        columns = []
        for j in range(m):
            holding = [i for i in range(sets) if (i + 1) >> j & 1]
            value = values[:, holding[0]]
            for i in holding[1:]:
                value = join(value, values[:, i])
            columns.append(value)
        return np.stack(columns, axis=1)


def first_totals(trials: int, populations: int) -> RunningTest:
    """Start of the running test, nothing rejected."""
    shape = (trials, 2**populations - 1)
    return RunningTest(np.zeros(shape), np.zeros(shape, dtype=bool), np.full(shape, np.nan))


def after_stage(
    plan: EnrichmentPlan, before: RunningTest, p: Array, information: Array, stage: int
) -> RunningTest:
    """Continue the running test with a stage's p-values (n, m), NaN where not tested."""
    columns = []
    for held in intersection_members(p.shape[1]):
        some = np.flatnonzero(held)
        if some.size == 1:
            columns.append(p[:, some[0]])
        else:
            columns.append(plan.intersection(p[:, some], information[:, some]))
    stage_p = np.stack(columns, axis=1)
    total = before.total + plan.combination.score(stage_p, stage)
    crossed = plan.combination.crosses(total, stage)
    return RunningTest(total, before.rejected | crossed, stage_p)
