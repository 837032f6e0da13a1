"""Run the mechanism of a case: calibrate, predict, weigh rivals, and say what must be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from equipoise.mechanism.accepted import accepted_population
from equipoise.mechanism.arm_store import ArmStore
from equipoise.mechanism.calibrating import calibrate, fit_population
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.case_combinations import case_combinations
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.combinations import CombinationCell, ResponseSurface, Sweep
from equipoise.mechanism.dose_readings import DoseReading, dose_readings
from equipoise.mechanism.drug_checks import DrugCheck, drug_checks
from equipoise.mechanism.drug_effects import DrugEffect, EdgeDraws, drug_effects, edge_draws
from equipoise.mechanism.effect_sources import EffectSources, effect_sources
from equipoise.mechanism.exposure import ExposureCheck, check_exposures
from equipoise.mechanism.identifiability import profiles
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import StratumAcceptance
from equipoise.mechanism.recurrence import RecurrenceCheck, tie_recurrence
from equipoise.mechanism.required_gain import required_gain
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
    IsoEffects,
    MarkerSplits,
    ModelGain,
    split_effects,
)
from equipoise.mechanism.sources import MechanismSources, mechanism_sources
from equipoise.mechanism.systemic import with_systemic
from equipoise.synthesis.arrays import Array

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
    readings : tuple of DoseReading
        Levels that sources imply, their doses read as base and as salt.
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
    carriers : EffectSources
        Sobol indices of the effect, and of its rank.
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
    readings: tuple[DoseReading, ...]
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
    carriers: EffectSources
    iso: IsoEffects
    gain: ModelGain
    cells: tuple[CombinationCell, ...]
    sweeps: tuple[Sweep, ...]
    surface: ResponseSurface
    seed: int


def assess_mechanism(
    case: CaseModel,
    plan: MechanismPlan,
    seed: int,
    *,
    workers: int = 1,
    say: Say = lambda step: None,
) -> CaseMechanism:
    """Work out everything that the room says of a case.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    seed : int
        Of every draw; the same seed gives the same numbers for any number of workers.
    workers : int
        Threads.
    say : callable
        Called with the name of each step.
    """
    exposures = check_exposures(case.exposures, case.model, case.drugs, case.regimens)
    case, systemic = with_systemic(case, plan)
    drug = case.regimens[plan.drug]
    calibration = calibrate(case, plan, seed, workers=workers, say=say)
    store = ArmStore(case, plan, fit_population(case, plan, seed), workers)
    say("mechanism: recurrence")
    recurrence = tie_recurrence(case, plan, calibration, store, np.random.default_rng([seed, 8]))
    accepted = accepted_population(case, plan, calibration, seed, workers)
    draw = partial(edge_draws, case, plan, calibration, recurrence.link, seed, workers=workers)
    say("mechanism: rivals")
    weighed = _weighed(case, plan, store.population.parameters, seed, workers)
    say("mechanism: effects of the drug")
    told = _effects(case, plan, calibration, store.population.parameters, draw(), seed)
    say("mechanism: combinations")
    combined = _combined(case, plan, draw(draws=plan.few, patients=plan.few))
    return CaseMechanism(
        drug=plan.drug,
        backbone=plan.backbones[0],
        definition=plan.definition,
        summary=_summary(case),
        sources=mechanism_sources(case, plan),
        exposures=exposures,
        readings=dose_readings(case.pk_sources, drug, case.drugs[drug.doses[0].drug]),
        systemic=systemic,
        calibration=calibration,
        recurrence=recurrence,
        acceptance=accepted.strata,
        accepted=len(accepted.indices),
        generated=len(accepted.prior),
        effective_patients=accepted.effective_size,
        seed=seed,
        **weighed,
        **told,
        **combined,
    )


def _weighed(
    case: CaseModel, plan: MechanismPlan, people: Array, seed: int, workers: int
) -> dict[str, Any]:
    """Weigh rivals by the window trials, and say what those trials can place."""
    trials = window_trials(
        case.model, case.drugs, case.regimens, case.evidence, people, also=plan.readouts
    )
    predicted = predicted_effects(
        trials, case.rivals, draws=plan.rival_draws, seed=seed, workers=workers
    )
    return {
        "weights": weigh_rivals(predicted, plan.reference),
        "readouts": predicted_readouts(predicted),
        "profiles": profiles(plan.profiles, trials, case.rivals),
    }


def _effects(
    case: CaseModel,
    plan: MechanismPlan,
    calibration: Calibration,
    people: Array,
    edges: EdgeDraws,
    seed: int,
) -> dict[str, Any]:
    """Tell what the drug adds under each rival, what carries it, and what it would need."""
    effects, outcomes, markers = drug_effects(case, plan, edges, case.rivals)
    held = [target for target in case.targets if target.id in plan.drug_targets]
    alone, together = (
        next(rival for rival in case.rivals if rival.id == name)
        for name in (plan.drive.rival, plan.combined_rivals[0])
    )
    gain = required_gain(case, plan, edges.setting, edges.under(alone), alone.id, case.experiments)
    return {
        "effects": effects,
        "checks": drug_checks(held, effects),
        "splits": split_effects(outcomes, markers),
        "carriers": effect_sources(
            *(case, plan, calibration, edges.setting, people, together, seed),
            size=plan.base_sample,
        ),
        "iso": gain.effects,
        "gain": gain.model,
    }


def _combined(case: CaseModel, plan: MechanismPlan, few: EdgeDraws) -> dict[str, Any]:
    """Rank combinations and sweep the drug; exploratory."""
    ranked = [rival for rival in case.rivals if rival.id in plan.combined_rivals]
    found = case_combinations(case, plan, few.setting, few.rows, ranked, ranked[0])
    return {
        "cells": found.cells,
        "sweeps": (found.start_days, found.doses),
        "surface": found.surface,
    }


def _summary(case: CaseModel) -> ModelSummary:
    model = case.model
    count = {
        standing: sum(row.standing == standing for row in model.parameters)
        for standing in ("printed", "derived", "fitted", "assumed")
    }
    return ModelSummary(
        len(model.names_of_states), len(model.parameters), **count, digest=model.digest
    )
