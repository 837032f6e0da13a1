"""Run the mechanism of a case: calibrate, predict, weigh rivals, and say what must be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.arm_store import ArmStore
from equipoise.mechanism.calibrating import calibrate, fit_population
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.combinations import CombinationCell, ResponseSurface, Sweep
from equipoise.mechanism.combined_effects import combined_effects
from equipoise.mechanism.drug_checks import DrugCheck, drug_checks
from equipoise.mechanism.drug_effects import DrugEffect, drug_effects, edge_draws
from equipoise.mechanism.exposure import ExposureCheck, check_exposures
from equipoise.mechanism.identifiability import profiles
from equipoise.mechanism.must_be_true import must_be_true
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import StratumAcceptance
from equipoise.mechanism.recurrence import RecurrenceCheck, tie_recurrence
from equipoise.mechanism.rivals import (
    PredictedReadout,
    Profile,
    RivalWeights,
    SystemicFit,
    predicted_effects,
    predicted_readouts,
    weigh_rivals,
    window_trials,
)
from equipoise.mechanism.sensitivity import (
    DifferenceIndices,
    IsoEffects,
    MarkerSplits,
    ModelGain,
    split_effects,
)
from equipoise.mechanism.sources import MechanismSources
from equipoise.mechanism.systemic import with_systemic

Say = Callable[[str], None]


@dataclass(frozen=True)
class ModelSummary:
    """What the model consists of."""

    states: int
    parameters: int
    printed: int
    derived: int
    fitted: int
    assumed: int
    digest: str


@dataclass(frozen=True, eq=False)
class CaseMechanism:
    """What the mechanism room says of a case; everything in it is simulated or fitted.

    Attributes
    ----------
    drug, backbone, definition : str
        What effects are about.
    summary : ModelSummary
    sources : MechanismSources
        What the ids and symbols below stand for.
    exposures : tuple of ExposureCheck
    systemic : SystemicFit
    calibration : Calibration
    recurrence : RecurrenceCheck
    acceptance : tuple of StratumAcceptance
        Virtual patients accepted so that strata meet published shares.
    accepted, generated : int
    effective_patients : float
    weights : RivalWeights
    readouts : tuple of PredictedReadout
    profiles : tuple of Profile
    effects : tuple of DrugEffect
    checks : tuple of DrugCheck
        Printed effects of the drug itself, beside what each rival predicts.
    splits : MarkerSplits
    indices : DifferenceIndices
    iso : IsoEffects
    gain : ModelGain
    cells : tuple of CombinationCell
    sweeps : tuple of Sweep
    surface : ResponseSurface
    seed : int
    """

    drug: str
    backbone: str
    definition: str
    summary: ModelSummary
    sources: MechanismSources
    exposures: tuple[ExposureCheck, ...]
    systemic: SystemicFit
    calibration: Calibration
    recurrence: RecurrenceCheck
    acceptance: tuple[StratumAcceptance, ...]
    accepted: int
    generated: int
    effective_patients: float
    weights: RivalWeights
    readouts: tuple[PredictedReadout, ...]
    profiles: tuple[Profile, ...]
    effects: tuple[DrugEffect, ...]
    checks: tuple[DrugCheck, ...]
    splits: MarkerSplits
    indices: DifferenceIndices
    iso: IsoEffects
    gain: ModelGain
    cells: tuple[CombinationCell, ...]
    sweeps: tuple[Sweep, ...]
    surface: ResponseSurface
    seed: int
