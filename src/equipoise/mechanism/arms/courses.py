"""Simulate some patients under a regimen: integrals of kill, and readouts of the whole model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from equipoise.mechanism.arm_integrals import reading_days
from equipoise.mechanism.calibration.kill_integrals import KillIntegrals, kill_integrals
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import Regimen, schedule
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import VirtualPopulation
from equipoise.mechanism.solving import simulate_patients
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True, eq=False)
class Courses:
    """n patients under one regimen.

    Attributes
    ----------
    integrals : KillIntegrals
        For every draw of the coefficients; NaN where the solution failed.
    readouts : (n, 2, k) array
        Before treatment and at surgery, of the whole model with the patient's own parameters.
    reasons : dict of int to str
        Position and reason of every patient whose solution failed.
    """

    integrals: KillIntegrals
    readouts: Array
    reasons: dict[int, str]


def courses(
    case: CaseModel,
    plan: MechanismPlan,
    people: VirtualPopulation,
    regimen: Regimen,
    surgery: float,
    *,
    outputs: Sequence[str],
    workers: int,
) -> Courses:
    """Simulate patients twice: without kill and escape for the integrals, and as they are.

    The integrals serve every draw of the coefficients, which enter afterwards (`kill_integrals`).
    Readouts need the cells themselves, so they come from the model itself.
    """
    kill, model = plan.kill, case.model
    timed = schedule(regimen, case.drugs, model, surgery)
    free = people.parameters.copy()
    for symbol in kill.unsimulated:
        free[:, model.index(symbol)] = 0.0
    summed = simulate_patients(
        *(model, timed, free),
        outputs=kill.states,
        days=reading_days(regimen, surgery),
        workers=workers,
    )
    whole = simulate_patients(
        *(model, timed, people.parameters), outputs=outputs, days=[0.0, surgery], workers=workers
    )
    integrals = kill_integrals(
        kill,
        {state: summed.of(state) for state in kill.states},
        people.column(kill.cells),
        people.column(kill.resistant_share),
        np.column_stack([people.score(family.sensitivity) for family in kill.families]),
    )
    return Courses(integrals, whole.values, {**dict(whole.failed), **dict(summed.failed)})


def chosen(integrals: KillIntegrals, good: NDArray[np.bool_]) -> KillIntegrals:
    """Return the integrals of the patients where `good` holds."""
    return KillIntegrals(*(getattr(integrals, field.name)[good] for field in fields(integrals)))
