"""Calibrate, simulate the arms that a user asked for, and report them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from equipoise.errors import ComputationError
from equipoise.mechanism.arm_store import ArmStore
from equipoise.mechanism.arms.arm_records import (
    STATEMENT,
    AssumedValue,
    PairedEffect,
    PopulationRow,
    SimulatedArm,
    SimulatedArms,
    SimulatedReadout,
    SimulatedShare,
    Spread,
)
from equipoise.mechanism.arms.arm_request import AskedArms
from equipoise.mechanism.arms.arm_simulating import ArmsInPatients, Say, arms_in_patients
from equipoise.mechanism.arms.drug_levels import drug_levels
from equipoise.mechanism.arms.paired_ratios import paired_ratios, ratios_over_ranges
from equipoise.mechanism.arms.response_tally import ResponseTally
from equipoise.mechanism.calibrating import calibrate, fit_population
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.combinations.arm_sets import entries
from equipoise.mechanism.dosing import Regimen, schedule
from equipoise.mechanism.drug_effects import edge_draws
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.recurrence import tie_recurrence
from equipoise.mechanism.sensitivity import assumed_behind
from equipoise.mechanism.systemic import with_systemic
from equipoise.synthesis.arrays import Array


def simulate_arms(
    case: CaseModel,
    plan: MechanismPlan,
    asked: AskedArms,
    *,
    name: str,
    seed: int,
    say: Say = lambda step: None,
) -> SimulatedArms:
    """Calibrate the case, then simulate the arms and say what they show.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    asked : AskedArms
    name : str
        Of the case.
    seed : int
        Of the calibration: that of the case, so that it is the dossier's.
    say : callable
        Called with the name of each step.

    Raises
    ------
    ComputationError
        No patient has a solution.
    """
    begun = time.monotonic()
    case, _ = with_systemic(case, plan)
    calibration = calibrate(case, plan, seed, workers=asked.workers, say=say)
    store = ArmStore(case, plan, fit_population(case, plan, seed), asked.workers)
    link = tie_recurrence(case, plan, calibration, store, np.random.default_rng([seed, 8])).link
    seconds = time.monotonic() - begun
    return report_arms(case, plan, asked, calibration, link, name, seed, seconds, say)


def report_arms(
    case: CaseModel,
    plan: MechanismPlan,
    asked: AskedArms,
    calibration: Calibration,
    link: RecurrenceLink,
    name: str,
    seed: int,
    seconds: float,
    say: Say,
) -> SimulatedArms:
    """Simulate the arms with a calibration that is known; arguments as in `simulate_arms`."""
    outputs = [row.output for row in plan.shown if row.kind == "readout"]
    thetas, mode = calibration.thetas, calibration.theta()
    found = arms_in_patients(case, plan, asked, thetas, mode, link, outputs, say)
    if not found.tallies[0].n:
        reasons = sorted({patient.reason for patient in found.failed})
        raise ComputationError(f"no patient has a solution: {'; '.join(reasons)}")
    say("levels of the drugs")
    arms = tuple(
        _arm(case, plan, asked, regimen, found, k) for k, regimen in enumerate(asked.regimens)
    )
    effect = None
    if asked.control is not None:
        say("the drug over the ranges of its parameters")
        effect = _effect(case, plan, asked, calibration, link, found, seed)
    return SimulatedArms(
        statement=STATEMENT,
        case=name,
        rival=asked.rival.id,
        rival_label=asked.rival.label,
        other_rivals=tuple(r.id for r in case.rivals if r.id != asked.rival.id),
        surgery_day=asked.surgery,
        years=plan.recurrence.years,
        stratum=plan.kill.stratum,
        stratum_share=asked.stratum_share,
        patients=asked.patients,
        kept=found.tallies[0].n,
        failed=found.failed,
        seed=asked.seed,
        calibration_seed=seed,
        draws=len(thetas),
        calibration_status=calibration.status,
        calibration_seconds=seconds,
        link_reached=link.reached,
        arms=arms,
        effect=effect,
        population=tuple(_population(case, plan, found)),
        assumed_values=_values(case, arms, effect),
    )


def _values(
    case: CaseModel, arms: Sequence[SimulatedArm], effect: PairedEffect | None
) -> tuple[AssumedValue, ...]:
    symbols = {s for arm in arms for s in arm.assumed} | set(effect.assumed if effect else ())
    return tuple(
        AssumedValue(p.symbol, p.label, p.value, p.unit, p.low, p.high)
        for p in case.model.parameters
        if p.symbol in symbols
    )


def _arm(
    case: CaseModel,
    plan: MechanismPlan,
    asked: AskedArms,
    regimen: Regimen,
    found: ArmsInPatients,
    arm: int,
) -> SimulatedArm:
    timed = schedule(regimen, case.drugs, case.model, asked.surgery)
    tally, values = found.tallies[arm], found.readouts[arm]
    shown = [row for row in plan.shown if row.kind == "readout"]
    levels = [row for row in plan.shown if row.kind == "level"]
    names = [*plan.kill.definitions, ""]
    strata = {"all": asked.stratum_share, **{k: float(v) for k, v in plan.kill.levels.items()}}
    return SimulatedArm(
        regimen=regimen.name,
        doses={drug: timed.count(drug) for drug in regimen.drugs},
        responses=tuple(
            _share(tally, k, definition, stratum, share)
            for k, definition in enumerate(names[:-1])
            for stratum, share in strata.items()
        ),
        event_free=_share(tally, len(names) - 1, "", "all", asked.stratum_share),
        levels=drug_levels(case, levels, found.first, regimen, asked.surgery),
        readouts=tuple(
            SimulatedReadout(
                *(row.output, row.label, row.unit),
                *(_spread(values[:, day, k]) for day in (0, 1)),
            )
            for k, row in enumerate(shown)
        ),
        assumed=_assumed(case, plan, asked, regimen, regimen),
    )


def _share(
    tally: ResponseTally, k: int, definition: str, stratum: str, share: float
) -> SimulatedShare:
    low, median, high = np.percentile(tally.shares(share)[:, k], (2.5, 50.0, 97.5))
    patients = tally.of_patients(share)[:, k]
    error = patients.std(ddof=1) / np.sqrt(len(patients)) if len(patients) > 1 else np.nan
    return SimulatedShare(definition, stratum, float(median), float(low), float(high), float(error))


def _spread(values: Array) -> Spread:
    low, median, high = np.percentile(values, (2.5, 50.0, 97.5))
    return Spread(float(median), float(low), float(high))


def _assumed(
    case: CaseModel, plan: MechanismPlan, asked: AskedArms, dosed: Regimen, sources: Regimen
) -> tuple[str, ...]:
    """Symbols of assumed constants; covariates are told with the population."""
    given, of = entries(dosed, case.drugs), entries(sources, case.drugs)
    roles = {parameter.symbol: parameter.role for parameter in case.model.parameters}
    found = assumed_behind(case.model, asked.rival.switches, given, of, plan.outcome)
    return tuple(symbol for symbol in found if roles[symbol] == "constant")


def _effect(
    case: CaseModel,
    plan: MechanismPlan,
    asked: AskedArms,
    calibration: Calibration,
    link: RecurrenceLink,
    found: ArmsInPatients,
    seed: int,
) -> PairedEffect:
    edges = edge_draws(case, plan, calibration, link, seed, workers=asked.workers)
    ranges, failed = ratios_over_ranges(case, asked, edges)
    draws, patients, _ = edges.rows.shape
    control, treated = found.tallies
    return PairedEffect(
        drug=plan.drug,
        control=asked.regimens[0].name,
        ratios=paired_ratios(plan, control, treated, asked.stratum_share, ranges),
        uncertain=plan.uncertain,
        draws=draws,
        patients=patients,
        failed=failed,
        assumed=_assumed(case, plan, asked, asked.regimen, case.regimens[plan.drug]),
    )


def _population(
    case: CaseModel, plan: MechanismPlan, found: ArmsInPatients
) -> Iterator[PopulationRow]:
    """Covariates of the patients kept; the spread of sensitivities is the calibration's."""
    sensitivities = {family.sensitivity for family in plan.kill.families}
    known = {parameter.symbol: parameter for parameter in case.model.parameters}
    for row in case.covariates:
        values, parameter = found.covariates[row.symbol], known.get(row.symbol)
        low, median, high = (float(x) for x in np.percentile(values, (2.5, 50.0, 97.5)))
        yield PopulationRow(
            row.symbol,
            parameter.label if parameter else row.name.replace("_", " "),
            parameter.unit if parameter else "",
            "fitted" if row.symbol in sensitivities else row.standing,
            *(median, low, high, float(values.mean())),
        )
