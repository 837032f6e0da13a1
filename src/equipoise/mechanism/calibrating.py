"""Calibrate a case: systemic effects, kill, the bridge of definitions, recurrence; then predict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.arm_integrals import arm_integrals
from equipoise.mechanism.calibration.fitted_prior import FittedPrior, fitted_prior
from equipoise.mechanism.calibration.held_out import PredictedArm, leave_one_out, predicted_arm
from equipoise.mechanism.calibration.kill_integrals import KillIntegrals
from equipoise.mechanism.calibration.response_fit import FittedArm, ResponseFit, fit_responses
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import VirtualPopulation, draw_population
from equipoise.mechanism.population.quasi_random import sobol
from equipoise.mechanism.population.streams import independent
from equipoise.synthesis.arrays import Array

Say = Callable[[str], None]


@dataclass(frozen=True)
class FittedParameter:
    """A fitted parameter: prior and posterior.

    Attributes
    ----------
    symbol, label, unit : str
    mode : float
        At the posterior mode.
    median, low, high : float
        Of the posterior draws, central 95 %.
    prior_low, prior_high : float
        Central 95 % of the prior.
    learnt : float
        1 - (posterior sd / prior sd)^2 on the working scale: 0 where the data said nothing.
    """

    symbol: str
    label: str
    unit: str
    mode: float
    median: float
    low: float
    high: float
    prior_low: float
    prior_high: float
    learnt: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the trials say, and how well the model then predicts.

    Attributes
    ----------
    parameters : tuple of FittedParameter
    names : tuple of str
        Fitted parameters, in the order of the columns of `draws`.
    draws : (m, p) array
        Posterior draws on the natural scale.
    mode : dict of str to float
    fixed : dict of str to float
        Every other parameter of the kill plan, as used.
    arms : tuple of PredictedArm
        Fitted, held out and checked.
    log_likelihood, saturated, log_marginal : float
    temperatures : int
        Steps of the sequential Monte Carlo.
    unique_draws : int
    accepted : float
        Share of its last moves accepted.
    status, message : str
    patients, failed : int
        Virtual patients of the fit, and simulated patient-arms that failed.
    """

    parameters: tuple[FittedParameter, ...]
    names: tuple[str, ...]
    draws: Array
    mode: dict[str, float]
    fixed: dict[str, float]
    arms: tuple[PredictedArm, ...]
    log_likelihood: float
    saturated: float
    log_marginal: float
    temperatures: int
    unique_draws: int
    accepted: float
    status: str
    message: str
    patients: int
    failed: int

    def theta(self, draw: int | None = None) -> dict[str, float]:
        """All parameters of the kill plan at a draw, or at the mode."""
        if draw is None:
            return {**self.fixed, **self.mode}
        values = self.draws[draw].tolist()
        return {**self.fixed, **dict(zip(self.names, values, strict=True))}

    @property
    def thetas(self) -> list[dict[str, float]]:
        """`theta` of every draw."""
        return [self.theta(draw) for draw in range(len(self.draws))]


class ArmStore:
    """Integrals of the arms of one population, simulated when first asked for."""

    def __init__(
        self, case: CaseModel, plan: MechanismPlan, population: VirtualPopulation, workers: int
    ) -> None:
        self.case, self.plan, self.population, self.workers = case, plan, population, workers
        self.failed = 0
        self._known: dict[tuple[str, float], KillIntegrals] = {}

    def arm(self, regimen: str, burden_ratio: float = 1.0) -> KillIntegrals:
        """Integrals of a regimen."""
        key = (regimen, burden_ratio)
        if key not in self._known:
            whole = arm_integrals(
                self.case,
                self.plan.kill,
                regimen,
                self.population,
                burden_ratio=burden_ratio,
                workers=self.workers,
            )
            self._known[key] = whole.kept()
            self.failed += len(whole.cells) - len(self._known[key].cells)
        return self._known[key]


def fit_population(
    case: CaseModel, plan: MechanismPlan, seed: int, n: int | None = None
) -> VirtualPopulation:
    """Virtual patients on which the fit rests; strata are told apart by arithmetic, not drawn."""
    return draw_population(
        case.model,
        case.covariates,
        n or plan.patients,
        seed,
        correlations=case.correlations,
        fixed={plan.kill.stratum: 0.0},
        stream=sobol if plan.stream == "sobol" else independent,
    )


def calibrate(
    case: CaseModel,
    plan: MechanismPlan,
    seed: int,
    *,
    workers: int = 1,
    say: Say = lambda step: None,
) -> Calibration:
    """Fit and predict.

    Definitions are never mixed for the same patients: rows marked `fit` count each patient once,
    each arm under the definition of its trial; rows marked `bridge` print another definition for
    patients already counted, and fix only the parameter that ties the two definitions together,
    first, with every other parameter at the mode of a fit without the rows that need it.
    """
    kill, model = plan.kill, case.model
    rng = np.random.default_rng([seed, 6])
    store = ArmStore(case, plan, fit_population(case, plan, seed), workers)
    say("mechanism: arms of the fit")
    fixed = {name: model.values[model.index(name)].item() for name in kill.parameters}
    targets = [t for t in case.targets if t.measure == "pcr" and t.n and t.definition]
    fitted = [t for t in targets if t.use == "fit"]
    arms = [_arm(store, plan, t) for t in fitted]
    prior = _prior(case, plan.fitted)
    say("mechanism: fit")
    if plan.bridge:
        base = [a for a in arms if plan.bridge not in kill.definitions[a.definition]]
        first = fit_responses(kill, base, prior, fixed, rng, particles=50)
        bridges = [_arm(store, plan, t) for t in targets if t.use == "bridge"]
        shift = fit_responses(
            kill,
            bridges,
            _prior(case, (plan.bridge,)),
            {**fixed, **first.theta()},
            rng,
            particles=200,
        )
        fixed[plan.bridge] = shift.theta()[plan.bridge]
    fit = fit_responses(kill, arms, prior, fixed, rng, particles=plan.draws)
    say("mechanism: each arm from the others")
    left_out = dict(zip((t.id for t in fitted), leave_one_out(kill, arms, fit, fixed), strict=True))
    say("mechanism: held-out arms")
    thetas = [{**fixed, **fit.theta(point)} for point in fit.draws.points]
    predicted = tuple(
        predicted_arm(
            kill,
            store.arm(t.regimen, t.burden_ratio),
            t,
            t.definition,
            _share(plan, t),
            thetas,
            rng,
            float(left_out.get(t.id, np.nan)),
        )
        for t in targets
    )
    return _calibration(case, fit, fixed, predicted, len(store.population), store.failed)


def _arm(store: ArmStore, plan: MechanismPlan, target: ResponseTarget) -> FittedArm:
    integrals = store.arm(target.regimen, target.burden_ratio)
    share = _share(plan, target)
    return FittedArm(target.id, integrals, target.definition, share, target.counted, target.n or 0)


def _share(plan: MechanismPlan, target: ResponseTarget) -> float:
    """Share of patients with the stratum: by the row's stratum, its share, or the plan's."""
    if target.stratum in plan.kill.levels:
        return float(plan.kill.levels[target.stratum])
    return plan.stratum_share if target.stratum_share is None else target.stratum_share


def _prior(case: CaseModel, names: Sequence[str]) -> FittedPrior:
    rows = {row.symbol: row for row in case.model.parameters}
    ranges = {name: (float(rows[name].low or 0.0), float(rows[name].high or 0.0)) for name in names}
    return fitted_prior(names, ranges)


def _calibration(
    case: CaseModel,
    fit: ResponseFit,
    fixed: Mapping[str, float],
    arms: tuple[PredictedArm, ...],
    patients: int,
    failed: int,
) -> Calibration:
    prior, points = fit.prior, fit.draws.points
    natural = np.array([list(prior.natural(point).values()) for point in points])
    quantiles = np.percentile(natural, (2.5, 50, 97.5), axis=0)
    edges = [prior.natural(prior.mean + sign * 1.959963984540054 * prior.sd) for sign in (-1, 1)]
    learnt = 1 - points.var(axis=0) / prior.sd**2
    mode = fit.theta()
    rows = {row.symbol: row for row in case.model.parameters}
    parameters = tuple(
        FittedParameter(
            name,
            rows[name].label,
            rows[name].unit,
            mode[name],
            float(quantiles[1, i]),
            float(quantiles[0, i]),
            float(quantiles[2, i]),
            edges[0][name],
            edges[1][name],
            float(learnt[i]),
        )
        for i, name in enumerate(prior.names)
    )
    return Calibration(
        parameters,
        prior.names,
        natural,
        mode,
        dict(fixed),
        arms,
        fit.log_likelihood,
        fit.saturated,
        fit.draws.log_marginal,
        len(fit.draws.temperatures),
        fit.draws.unique,
        fit.draws.accepted,
        fit.status,
        fit.message,
        patients,
        failed,
    )
