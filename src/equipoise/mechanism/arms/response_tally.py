r"""Add up complete responses and recurrence over patients, draw by draw.

For patient i, draw d of the coefficients and stratum x the chance of a complete response under
definition k is `p_{dkxi}`. Kept are the sums over patients for each draw, from which shares and
their interval follow, and for each patient the mean over draws, from which the Monte Carlo error
follows: the standard deviation over patients of that mean over the square root of their number.
Nothing else of a patient is kept, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.calibration.kill_integrals import (
    KillIntegrals,
    complete_response,
    log_burden,
)
from equipoise.mechanism.calibration.kill_plan import KillPlan
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink, residual
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True, eq=False)
class ResponseTally:
    """Outcomes of n patients under m draws and k definitions.

    Attributes
    ----------
    sums : (m, k + 1, 2) array
        Sum over patients by draw, definition and stratum; the last row is of patients without
        recurrence.
    means : (n, k + 1, 2) array
        Mean over draws of each patient.
    """

    sums: Array
    means: Array

    @property
    def n(self) -> int:
        """Number of patients."""
        return len(self.means)

    def shares(self, stratum_share: float) -> Array:
        """Share by draw and outcome, (m, k + 1), where this share of patients is of stratum 1."""
        weight = np.array([1.0 - stratum_share, stratum_share])
        shares: Array = self.sums @ weight / self.n
        return shares

    def of_patients(self, stratum_share: float) -> Array:
        """Mean over draws of each patient and outcome, (n, k + 1), by the same share."""
        means: Array = self.means @ np.array([1.0 - stratum_share, stratum_share])
        return means


def response_tally(
    plan: KillPlan,
    arm: KillIntegrals,
    thetas: Sequence[Mapping[str, float]],
    link: RecurrenceLink,
    years: float,
) -> ResponseTally:
    """Tally patients of whom every integral is finite.

    Parameters
    ----------
    plan : KillPlan
    arm : KillIntegrals
    thetas : sequence of mapping
        Parameters of the kill plan, one a draw.
    link : RecurrenceLink
    years : float
        Time of the event-free share.
    """
    n, k = len(arm.cells), len(plan.definitions)
    sums = np.empty((len(thetas), k + 1, 2))
    means = np.zeros((n, k + 1, 2))
    for d, theta in enumerate(thetas):
        left = log_burden(plan, arm, theta)[:, :, 0]
        for row, definition in enumerate(plan.definitions):
            chance = complete_response(plan, left, theta, definition)
            sums[d, row] = chance.sum(axis=1)
            means[:, row] += chance.T
        hazard = link.base_hazard * np.exp(link.power * residual(left, theta[plan.clonogenic]))
        free = np.exp(-hazard * years)
        sums[d, k] = free.sum(axis=1)
        means[:, k] += free.T
    return ResponseTally(sums, means / len(thetas))


def joined(parts: Sequence[ResponseTally]) -> ResponseTally:
    """Return the tally of all patients of several."""
    total: Array = np.sum([part.sums for part in parts], axis=0)
    return ResponseTally(total, np.concatenate([part.means for part in parts]))
