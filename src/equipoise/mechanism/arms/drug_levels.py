"""Mean levels of drugs: read often enough that a short infusion is not missed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.mechanism.arms.arm_records import SimulatedLevel
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import Regimen, schedule
from equipoise.mechanism.plan import ShownOutput
from equipoise.mechanism.population import VirtualPopulation
from equipoise.mechanism.solving import simulate_patients
from equipoise.synthesis.arrays import Array

STEP = 1.0 / 48.0
"""Half an hour, in days: a third of the shortest infusion that is usual."""
LEVEL_PATIENTS = 64
"""Patients read so often; a mean over them is within a few per cent."""


def drug_levels(
    case: CaseModel,
    shown: Sequence[ShownOutput],
    people: VirtualPopulation,
    regimen: Regimen,
    surgery: float,
) -> tuple[SimulatedLevel, ...]:
    """Return the levels that rise above 0 in at least one patient.

    The mean of a patient is the area under the level from its first rise to surgery, by
    trapezia, over that time. Mean and percentiles are over patients who were given the drug and
    whose solution stands.
    """
    if not shown:
        return ()
    days = np.linspace(0.0, surgery, max(2, round(surgery / STEP) + 1))
    first = people.parameters[:LEVEL_PATIENTS]
    response = simulate_patients(
        *(case.model, schedule(regimen, case.drugs, case.model, surgery), first),
        outputs=[row.output for row in shown],
        days=days.tolist(),
    )
    found = []
    for row in shown:
        means = course_means(response.of(row.output)[response.status == 0], days)
        if means.size:
            low, high = np.percentile(means, (2.5, 97.5))
            found.append(
                SimulatedLevel(
                    *(row.output, row.label, row.unit, float(means.mean()), float(low)),
                    *(float(high), means.size),
                )
            )
    return tuple(found)


def course_means(level: Array, days: Array) -> Array:
    """Return the mean of every level (n, d) since it was last 0 at the start; none where it is."""
    risen = level > 0.0
    given = risen.any(axis=1)
    start = np.maximum(risen.argmax(axis=1) - 1, 0)[given]
    area = np.trapezoid(level[given], days, axis=1)
    means: Array = area / (days[-1] - days[start])
    return means
