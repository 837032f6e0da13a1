"""Of a case: the gain that an effect needs, and the gain that the model has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InputError, Problem
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import schedule
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.sensitivity import (
    CellExperiment,
    DriveTerm,
    ExposureBand,
    IsoEffects,
    ModelGain,
    OutcomeSetting,
    arm_outcomes,
    iso_effects,
    log_odds_ratio,
    model_gain,
)
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True, eq=False)
class RequiredGain:
    """What must be true, and what the model says.

    Attributes
    ----------
    effects : IsoEffects
    model : ModelGain
        Over the prior, under `rival`.
    rival : str
    regimen : str
        Backbone of the model's gain.
    """

    effects: IsoEffects
    model: ModelGain
    rival: str
    regimen: str


def required_gain(
    case: CaseModel,
    plan: MechanismPlan,
    setting: OutcomeSetting,
    rows: Array,
    rival: str,
    experiments: Sequence[CellExperiment] = (),
) -> RequiredGain:
    """Return lines of equal effect over what patients reach, and the model's own gain.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    setting : OutcomeSetting
    rows : (m, n, p) array
        Patients under draws, with the switches of the rival in which the drug acts through this
        drive alone.
    rival : str
        Its id.
    experiments : sequence of CellExperiment
    """
    drive = plan.drive
    effects = iso_effects(
        drive_terms(case, plan), exposure(case, plan), drive.odds_ratios, experiments
    )
    backbone = plan.backbones[0]
    outcomes = []
    for name, readouts in ((f"{backbone}+{plan.drug}", drive.states), (backbone, ())):
        regimen, surgery = case.regimen(name)
        arm = schedule(regimen, case.drugs, case.model, surgery)
        outcomes.append(arm_outcomes(setting, arm, rows, readouts))
    treated, control = outcomes
    total = np.sum([treated.readouts[name] for name in drive.states], axis=0)
    mean = np.trapezoid(total, treated.days, axis=2) / (treated.days[-1] - treated.days[0])
    gain = model_gain(log_odds_ratio(treated.response, control.response), np.nanmean(mean, axis=1))
    return RequiredGain(effects, gain, rival, backbone)


def drive_terms(case: CaseModel, plan: MechanismPlan) -> tuple[DriveTerm, ...]:
    """Return the terms of the drive at the table's values; a blank weight or steepness is 1."""
    drive, model = plan.drive, case.model

    def value(names: tuple[str, ...], k: int) -> float:
        name = names[k] if k < len(names) else ""
        return float(model.values[model.index(name)]) if name else 1.0

    labels = {state.name: state.label for state in model.states}
    return tuple(
        DriveTerm(
            labels[drive.states[k]],
            float(model.values[model.index(name)]),
            value(drive.weights, k),
            value(drive.steepness, k),
        )
        for k, name in enumerate(drive.half_concentrations)
    )


def exposure(case: CaseModel, plan: MechanismPlan) -> ExposureBand:
    """Return the printed concentration with its interval, and the range of the tissue ratio."""
    target = case.target(plan.drive.observed)
    ratio = case.model.parameters[case.model.index(plan.drive.tissue_ratio)]
    numbers = (target.low, target.value, target.high, ratio.low, ratio.value, ratio.high)
    problems = [
        Problem(
            "", row, field, "", "a number", "Give it, or name another row in [mechanism.drive]."
        )
        for (row, field), number in zip(
            [(target.id, f) for f in ("low", "value", "high")]
            + [(ratio.symbol, f) for f in ("low", "value", "high")],
            numbers,
            strict=True,
        )
        if number is None
    ]
    if problems:
        raise InputError(problems)
    return ExposureBand(*(float(number or 0.0) for number in numbers))
