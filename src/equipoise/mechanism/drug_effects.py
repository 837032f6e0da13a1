"""What the drug adds to a backbone under each rival, as distributions that design can take.

For every draw of the uncertain parameters and of the fitted coefficients, the same virtual
patients are simulated with and without the drug. What comes out is predicted, prior-driven, and
never an observation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import schedule
from equipoise.mechanism.plan import MarkerSplit, MechanismPlan
from equipoise.mechanism.population import draw_population
from equipoise.mechanism.population.quasi_random import sobol
from equipoise.mechanism.rivals import Rival, parameter_ranges
from equipoise.mechanism.sensitivity import (
    ArmOutcomes,
    MarkerStatus,
    OutcomeSetting,
    RivalOutcomes,
    arm_outcomes,
    log_hazard_ratio,
    log_odds_ratio,
    mean_response,
    sensitivity_scores,
    with_coefficients,
    with_typical_values,
)
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.posteriors import Posterior, PriorDescription

POINTS = 64
"""Points of the distribution of sensitivities, for each simulated patient."""
NARROWEST = 1e-3
"""Least bandwidth of a predictive distribution, on the log scale: below what a trial can see."""


@dataclass(frozen=True, eq=False)
class DrugEffect:
    """Effect of the drug under one rival.

    Attributes
    ----------
    rival, label : str
    regimen : str
        Backbone that the drug is added to.
    groups : tuple of str
        ``all``, then each side of each split.
    shares : tuple of float
        Share of patients in each group.
    log_odds_ratios : (m, g) array
        Of complete response, with the drug against without, by draw and group.
    log_hazard_ratios : (m,) array
        Of recurrence, in all patients.
    response, response_with : (m,) arrays
        Share with a complete response, without and with the drug.
    failed : int
        Simulated courses without a solution.
    """

    rival: str
    label: str
    regimen: str
    groups: tuple[str, ...]
    shares: tuple[float, ...]
    log_odds_ratios: Array
    log_hazard_ratios: Array
    response: Array
    response_with: Array
    failed: int

    def posterior(self) -> Posterior:
        """Predictive distribution of the log odds ratio in each group.

        A Gaussian kernel about each draw, its bandwidth by Silverman's rule.
        """
        return _smooth(self.groups, self.log_odds_ratios, self.rival, self.label)

    def hazard_posterior(self) -> Posterior:
        """Predictive distribution of the log hazard ratio of recurrence."""
        return _smooth(("all",), self.log_hazard_ratios[:, None], self.rival, self.label)


@dataclass(frozen=True, eq=False)
class EdgeDraws:
    """Patients under draws of everything that is uncertain.

    Attributes
    ----------
    setting : OutcomeSetting
    rows : (m, n, p) array
    seed : int
    """

    setting: OutcomeSetting
    rows: Array
    seed: int

    def under(self, rival: Rival) -> Array:
        """Rows with the switches of a rival."""
        rows = self.rows.copy()
        for symbol, value in rival.switches.items():
            rows[:, :, self.setting.model.index(symbol)] = value
        return rows


def edge_draws(
    case: CaseModel,
    plan: MechanismPlan,
    calibration: Calibration,
    link: RecurrenceLink,
    seed: int,
    *,
    draws: int | None = None,
    patients: int | None = None,
    workers: int = 1,
) -> EdgeDraws:
    """Draw patients, uncertain parameters and fitted coefficients together.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    calibration : Calibration
    link : RecurrenceLink
    seed : int
    draws, patients : int or None
        As the plan says, if not given.
    workers : int
    """
    model, kill = case.model, plan.kill
    m, n = draws or plan.edge_draws, patients or plan.edge_patients
    rng = np.random.default_rng([seed, 7])
    people = draw_population(
        model,
        case.covariates,
        n,
        seed,
        correlations=case.correlations,
        fixed={kill.stratum: 0.0},
        stream=sobol,
    )
    ranges = parameter_ranges(model, plan.uncertain)
    rows = with_typical_values(model, people.parameters, ranges.names, ranges.draw(m, rng))
    chosen = rng.choice(len(calibration.draws), size=m, replace=m > len(calibration.draws))
    coefficients = [name for name in calibration.names if name not in _own(plan)]
    values = np.array([[calibration.theta(int(d))[c] for c in coefficients] for d in chosen])
    setting = OutcomeSetting(
        model,
        kill,
        plan.definition,
        plan.stratum_share,
        sensitivity_scores(len(kill.families), POINTS, seed),
        link=link,
        years=plan.recurrence.years,
        workers=workers,
    )
    return EdgeDraws(setting, with_coefficients(model, rows, coefficients, values), seed)


def _own(plan: MechanismPlan) -> set[str]:
    """Return what differs between patients and no coefficient may overwrite."""
    kill = plan.kill
    return {kill.cells, kill.resistant_share, kill.stratum, *(f.sensitivity for f in kill.families)}


def drug_effects(
    case: CaseModel, plan: MechanismPlan, edges: EdgeDraws, rivals: Sequence[Rival]
) -> tuple[tuple[DrugEffect, ...], tuple[RivalOutcomes, ...], tuple[MarkerStatus, ...]]:
    """Simulate the first backbone with and without the drug under every rival.

    Returns
    -------
    tuple of DrugEffect, tuple of RivalOutcomes, tuple of MarkerStatus
        Effects, and what the marker splits are made of.
    """
    backbone = plan.backbones[0]
    effects, outcomes = [], []
    status: dict[str, dict[str, Array]] = {split.name: {} for split in plan.splits}
    readouts = tuple(
        s.symbol for s in plan.splits if s.symbol not in case.model.names_of_parameters
    )
    for rival in rivals:
        rows = edges.under(rival)
        control, treated = (
            _arm(case, edges.setting, name, rows, readouts)
            for name in (backbone, f"{backbone}+{plan.drug}")
        )
        for split in plan.splits:
            status[split.name][rival.id] = _positive(case, split, rows, control)
        outcomes.append(RivalOutcomes(rival.id, treated.response, control.response))
        sides = {split.name: status[split.name][rival.id] for split in plan.splits}
        effects.append(_effect(rival, backbone, control, treated, sides))
    markers = tuple(MarkerStatus(s.symbol, s.name, status[s.name]) for s in plan.splits)
    return tuple(effects), tuple(outcomes), markers


def _arm(
    case: CaseModel, setting: OutcomeSetting, name: str, rows: Array, readouts: tuple[str, ...]
) -> ArmOutcomes:
    regimen, surgery = case.regimen(name)
    return arm_outcomes(setting, schedule(regimen, case.drugs, case.model, surgery), rows, readouts)


def _positive(case: CaseModel, split: MarkerSplit, rows: Array, control: ArmOutcomes) -> Array:
    """1 where a patient is above the cut, (m, n); a readout is taken without the drug, at first."""
    if split.symbol in case.model.names_of_parameters:
        value = rows[:, :, case.model.index(split.symbol)]
    else:
        value = control.readouts[split.symbol][:, :, 0]
    positive: Array = (value > split.cut).astype(float)
    return positive


def _effect(
    rival: Rival,
    backbone: str,
    control: ArmOutcomes,
    treated: ArmOutcomes,
    sides: Mapping[str, Array],
) -> DrugEffect:
    groups: list[tuple[str, Array | None]] = [("all", None)]
    for name, positive in sides.items():
        groups += [(name, positive), (f"not {name}", 1.0 - positive)]
    ratios = [log_odds_ratio(treated.response, control.response, chosen) for _, chosen in groups]
    return DrugEffect(
        rival.id,
        rival.label,
        backbone,
        tuple(name for name, _ in groups),
        tuple(1.0 if chosen is None else float(chosen.mean()) for _, chosen in groups),
        np.column_stack(ratios),
        log_hazard_ratio(treated.event_free, control.event_free),
        mean_response(control.response),
        mean_response(treated.response),
        control.failed + treated.failed,
    )


def _smooth(names: tuple[str, ...], draws: Array, rival: str, label: str) -> Posterior:
    m, g = draws.shape
    spread = draws.std(axis=0)
    bandwidth = np.maximum(spread * (4.0 / ((g + 2) * m)) ** (1.0 / (g + 4)), NARROWEST)
    covariance = np.diag(bandwidth**2)
    return Posterior(
        names,
        np.full(m, 1.0 / m),
        draws,
        np.repeat(covariance[None], m, axis=0),
        scale="log",
        prior=(PriorDescription(rival, label, "simulated from the mechanism, no trial of it"),),
    )
