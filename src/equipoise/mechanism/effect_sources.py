"""Of a case: which uncertain number carries the effect of the drug on complete response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import schedule
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import Rival
from equipoise.mechanism.sensitivity import (
    DifferenceIndices,
    Factor,
    OutcomeSetting,
    UncertainFactor,
    arm_difference_indices,
    arm_outcomes,
    log_odds_ratio,
    uncertain_factors,
    with_coefficients,
    with_typical_values,
)
from equipoise.synthesis.arrays import Array

COEFFICIENTS, PATIENT = "fitted coefficients", "patient"
"""Factors of many parameters at once: which posterior draw, and which virtual patient."""


@dataclass(frozen=True)
class EffectSources:
    """Indices of the log odds ratio, and of its rank, from the same simulations."""

    rival: str
    regimen: str
    effect: DifferenceIndices
    rank: DifferenceIndices


def effect_sources(
    case: CaseModel,
    plan: MechanismPlan,
    calibration: Calibration,
    setting: OutcomeSetting,
    patients: Array,
    rival: Rival,
    seed: int,
    *,
    size: int = 128,
) -> EffectSources:
    """Return Sobol' indices of the log odds ratio of the drug on the first backbone.

    A point is one patient under one draw of everything: what is uncertain about the drug has a
    factor each, the fitted coefficients are one factor and what differs between patients is one.
    The chance of response of a point is a mean over sensitivities of tumours, and over cells
    before treatment as well where `setting.cells_spread` says so.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    calibration : Calibration
    setting : OutcomeSetting
    patients : (n, p) array
        As drawn from the tables, under no draw of typical values yet: these are put on here.
    rival : Rival
    seed : int
    size : int
        Base sample, a power of 2; `2 size (d + 2)` patients are simulated.
    """
    drawn = uncertain_factors(case.model, plan.uncertain)
    whole = (UncertainFactor(COEFFICIENTS, 0.0, 1.0), UncertainFactor(PATIENT, 0.0, 1.0))
    factors: tuple[Factor, ...] = (*drawn, *whole)
    difference = _difference(case, plan, calibration, setting, patients, rival)
    known: list[Array] = []

    def once(points: Array) -> Array:
        if not known:
            known.append(difference(points))
        return known[0]

    effect, rank = (
        arm_difference_indices(
            once, factors, np.random.default_rng([seed, 8]), size=size, ranked=ranked
        )
        for ranked in (False, True)
    )
    return EffectSources(rival.id, plan.backbones[0], effect, rank)


def _difference(
    case: CaseModel,
    plan: MechanismPlan,
    calibration: Calibration,
    setting: OutcomeSetting,
    patients: Array,
    rival: Rival,
) -> Callable[[Array], Array]:
    backbone, model = plan.backbones[0], case.model
    arms = []
    for name in (f"{backbone}+{plan.drug}", backbone):
        regimen, surgery = case.regimen(name)
        arms.append(schedule(regimen, case.drugs, model, surgery))
    shared = shared_coefficients(plan, calibration)
    columns = [calibration.names.index(name) for name in shared]

    def difference(points: Array) -> Array:
        chosen, person = (
            np.minimum((points[:, k] * count).astype(int), count - 1)
            for k, count in ((-2, len(calibration.draws)), (-1, len(patients)))
        )
        rows = np.concatenate(
            [
                with_typical_values(model, patients[i : i + 1], plan.uncertain, points[k : k + 1])
                for k, i in enumerate(person)
            ]
        )
        rows = with_coefficients(model, rows, shared, calibration.draws[chosen][:, columns])
        for symbol, value in rival.switches.items():
            rows[:, :, model.index(symbol)] = value
        treated, control = (arm_outcomes(setting, arm, rows).response for arm in arms)
        return log_odds_ratio(treated, control)

    return difference


def shared_coefficients(plan: MechanismPlan, calibration: Calibration) -> tuple[str, ...]:
    """Return the parameters of the kill plan that all patients share under one draw."""
    kill = plan.kill
    own = {kill.cells, kill.resistant_share, kill.stratum}
    own |= {family.sensitivity for family in kill.families}
    return tuple(name for name in calibration.names if name not in own)
