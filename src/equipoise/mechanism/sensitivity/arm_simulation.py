r"""Outcomes of an arm: integrals are simulated, sensitivities of tumours are averaged over.

A row of parameters is simulated once. Coefficients of kill enter afterwards, from the same row, and
the chance of a complete response is the mean over `q` points of the distribution of what no
simulation is needed for: the sensitivities of each family and cells before treatment. With the
points spread evenly (Sobol') few simulated patients give a smooth log odds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from equipoise.mechanism.calibration.kill_integrals import (
    KillIntegrals,
    complete_response,
    kill_integrals,
    log_burden,
)
from equipoise.mechanism.calibration.kill_plan import KillPlan
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink, residual
from equipoise.mechanism.dosing import Schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving import simulate_patients
from equipoise.synthesis.arrays import Array

FINE_DAYS, COARSE_DAYS, FINE_UNTIL = 2.0, 7.0, 28.0
"""Steps of escape: it is fastest at first, and within a step it is taken as even."""


@dataclass(frozen=True, eq=False)
class OutcomeSetting:
    """How outcomes are read from a simulation.

    Attributes
    ----------
    model : MechanismModel
    plan : KillPlan
        How integrals add up to cells.
    definition : str
        Definition of complete response, among those of the plan.
    stratum_share : float
        Share of patients of stratum 1 of the plan.
    scores : (q, f + 1) array
        Standard scores: sensitivity of each family, then log cells before treatment.
    cells_spread : float
        Standard deviation of log cells before treatment; 0 where rows already differ in cells.
    link : RecurrenceLink or None
        From cells left to recurrence; without it there is no event-free share.
    years : float
        Time of the event-free share.
    workers : int
        Threads of the simulation.
    """

    model: MechanismModel
    plan: KillPlan
    definition: str
    stratum_share: float
    scores: Array = field(repr=False)
    cells_spread: float = 0.0
    link: RecurrenceLink | None = None
    years: float = 5.0
    workers: int = 1


@dataclass(frozen=True, eq=False)
class ArmOutcomes:
    """One arm: m draws of n patients. A patient whose solution failed holds NaN.

    Attributes
    ----------
    response : (m, n) array
        Chance of a complete response.
    log10_burden : (m, n) array
        Mean of log10 cells at surgery.
    event_free : (m, n) array
        Chance of no recurrence; NaN without a link.
    readouts : mapping of str to (m, n, d) array
        What else was asked for, on `days`.
    days : (d,) array
    failed : int
        Rows that have no solution.
    """

    response: Array
    log10_burden: Array
    event_free: Array
    readouts: Mapping[str, Array]
    days: Array
    failed: int


def sensitivity_scores(families: int, points: int, seed: int) -> Array:
    """Return standard scores (points, families + 1) that fill the space evenly.

    Scrambled Sobol' points through the normal quantile function; `points` is a power of 2.
    """
    sobol = qmc.Sobol(families + 1, rng=np.random.default_rng(seed))
    made: Array = ndtri(np.clip(sobol.random(points), 1e-12, 1 - 1e-12))
    return made


def integral_days(surgery: float) -> tuple[float, ...]:
    """Return the days at which integrals are read: close together at first, surgery last."""
    fine = np.arange(FINE_DAYS, min(FINE_UNTIL, surgery), FINE_DAYS)
    coarse = np.arange(FINE_UNTIL, surgery, COARSE_DAYS)
    return (*fine.tolist(), *coarse.tolist(), float(surgery))


def arm_outcomes(
    setting: OutcomeSetting, schedule: Schedule, rows: Array, readouts: tuple[str, ...] = ()
) -> ArmOutcomes:
    """Simulate an arm; surgery is on the last day of its schedule.

    Parameters
    ----------
    setting : OutcomeSetting
    schedule : Schedule
    rows : (m, n, p) array
        Parameters of n patients under m draws, coefficients of kill among them.
    readouts : tuple of str
        States or assigned quantities to keep.
    """
    m, n, p = rows.shape
    flat = rows.reshape(m * n, p)
    simulated = flat.copy()
    for symbol in setting.plan.unsimulated:
        simulated[:, setting.model.index(symbol)] = 0.0
    outputs = tuple(dict.fromkeys((*setting.plan.states, *readouts)))
    days = integral_days(schedule.days)
    solved = simulate_patients(
        *(setting.model, schedule, simulated),
        outputs=outputs,
        days=days,
        workers=setting.workers,
    )
    good = solved.status == 0
    values = {name: solved.of(name) for name in outputs}
    response, burden, free = read_outcomes(setting, values, flat, good)
    return ArmOutcomes(
        response.reshape(m, n),
        burden.reshape(m, n),
        free.reshape(m, n),
        {name: values[name].reshape(m, n, len(days)) for name in readouts},
        np.array(days),
        int((~good).sum()),
    )


def read_outcomes(
    setting: OutcomeSetting,
    values: Mapping[str, Array],
    rows: Array,
    good: NDArray[np.bool_],
) -> tuple[Array, Array, Array]:
    """Return response, log10 burden and event-free share of rows, each (n,), from integrals."""
    made = np.full((3, len(rows)), np.nan)
    for i in np.flatnonzero(good):
        made[:, i] = _patient(setting, {name: value[i] for name, value in values.items()}, rows[i])
    return made[0], made[1], made[2]


def _patient(
    setting: OutcomeSetting, values: Mapping[str, Array], row: Array
) -> tuple[float, float, float]:
    plan, model, q = setting.plan, setting.model, len(setting.scores)
    cells = row[model.index(plan.cells)] * np.exp(setting.cells_spread * setting.scores[:, -1])
    share = np.full(q, row[model.index(plan.resistant_share)])
    one = kill_integrals(
        plan,
        {name: values[name][None, :] for name in plan.states},
        cells[:1],
        share[:1],
        setting.scores[:1, :-1],
    )
    arm = KillIntegrals(
        np.repeat(one.totals, q, axis=0),
        np.repeat(one.steps, q, axis=0),
        np.repeat(one.escape, q, axis=0),
        np.repeat(one.growth, q),
        cells,
        share,
        np.ascontiguousarray(setting.scores[:, :-1]),
    )
    theta = {name: float(row[model.index(name)]) for name in plan_parameters(plan)}
    left = log_burden(plan, arm, theta)
    weight = np.array([1.0 - setting.stratum_share, setting.stratum_share])
    response = weight @ complete_response(plan, left, theta, setting.definition).mean(axis=1)
    free = np.nan
    if setting.link is not None:
        excess = residual(left, theta[plan.clonogenic])
        hazard = setting.link.base_hazard * np.exp(setting.link.power * excess)
        free = weight @ np.exp(-hazard * setting.years).mean(axis=1)
    return float(response), float(weight @ left.mean(axis=1) / np.log(10.0)), float(free)


def plan_parameters(plan: KillPlan) -> tuple[str, ...]:
    """Return every parameter that a plan takes from a row, each once."""
    names = [plan.escape_rate, plan.clonogenic]
    names += [term.coefficient for term in plan.terms]
    for family in plan.families:
        names += [family.spread, family.shift, *([family.resistant] if family.resistant else [])]
    names += [name for shifts in plan.definitions.values() for name in shifts]
    return tuple(dict.fromkeys(names))
