"""Virtual patients of a request, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from equipoise.mechanism.arms.arm_request import AskedArms
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import VirtualPopulation, draw_population

BLOCK = 512
"""Patients of a block: enough that what is done once a block does not count."""


def patient_blocks(
    case: CaseModel, plan: MechanismPlan, asked: AskedArms, theta: Mapping[str, float]
) -> Iterator[VirtualPopulation]:
    """Draw patients under the rival asked for, their stratum by the share asked for.

    Patients are independent, and patient i is the same whatever the number of patients. What the
    calibration fitted is set to `theta`; a patient's sensitivity follows from its score and the
    fitted spread.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    asked : AskedArms
    theta : mapping of str to float
        Parameters of the kill plan, at the mode.
    """
    kill = plan.kill
    covariates = [
        row.model_copy(update={"centre": asked.stratum_share})
        if row.symbol == kill.stratum
        else row
        for row in case.covariates
    ]
    own = {kill.cells, kill.resistant_share, kill.stratum}
    own |= {family.sensitivity for family in kill.families}
    common = {name: value for name, value in theta.items() if name not in own}
    for first in range(0, asked.patients, BLOCK):
        people = draw_population(
            case.model,
            covariates,
            min(BLOCK, asked.patients - first),
            asked.seed,
            correlations=case.correlations,
            fixed=asked.rival.switches,
            first=first,
        )
        parameters = people.parameters.copy()
        for name, value in common.items():
            parameters[:, case.model.index(name)] = value
        for family in kill.families:
            spread = theta[family.spread] * people.score(family.sensitivity)
            parameters[:, case.model.index(family.sensitivity)] = np.exp(spread)
        yield replace(people, parameters=parameters)
