"""Calibrate a case: systemic effects, kill, the bridge of definitions, recurrence; then predict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from equipoise.mechanism.arm_store import ArmStore
from equipoise.mechanism.calibration.calibration_record import Calibration, FittedParameter
from equipoise.mechanism.calibration.fitted_prior import FittedPrior, fitted_prior
from equipoise.mechanism.calibration.held_out import PredictedArm, leave_one_out, predicted_arm
from equipoise.mechanism.calibration.response_fit import (
    FittedArm,
    ResponseFit,
    fit_responses,
    posterior_mode,
)
from equipoise.mechanism.calibration.response_targets import Z95, ResponseTarget
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import VirtualPopulation, draw_population
from equipoise.mechanism.population.quasi_random import sobol
from equipoise.mechanism.population.streams import independent

Say = Callable[[str], None]


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
        first = prior.natural(posterior_mode(kill, base, prior, fixed, [prior.mean]).x)
        bridges = [_arm(store, plan, t) for t in targets if t.use == "bridge"]
        shift = _prior(case, (plan.bridge,))
        tied = posterior_mode(kill, bridges, shift, {**fixed, **first}, [shift.mean])
        fixed.update(shift.natural(tied.x))
    fit = fit_responses(kill, arms, prior, fixed, rng, particles=plan.draws, workers=workers)
    say("mechanism: each arm from the others")
    left_out = dict(zip((t.id for t in fitted), leave_one_out(kill, arms, fit, fixed), strict=True))
    say("mechanism: held-out arms")
    thetas = _thetas(case, plan, fit, fixed, rng)
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
    return _calibration(case, fit, thetas, fixed, predicted, store)


def _thetas(
    case: CaseModel,
    plan: MechanismPlan,
    fit: ResponseFit,
    fixed: Mapping[str, float],
    rng: np.random.Generator,
) -> list[dict[str, float]]:
    """Posterior draws; what no arm could fit is drawn from its assumed range beside them."""
    prior = _prior(case, plan.assumed)
    size = (len(fit.draws.points), len(plan.assumed))
    loose = prior.mean + prior.sd * rng.standard_normal(size)
    return [
        {**fixed, **fit.theta(point), **prior.natural(free)}
        for point, free in zip(fit.draws.points, loose, strict=True)
    ]


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
    thetas: Sequence[Mapping[str, float]],
    fixed: Mapping[str, float],
    arms: tuple[PredictedArm, ...],
    store: ArmStore,
) -> Calibration:
    names = tuple(thetas[0])
    draws = np.array([[theta[name] for name in names] for theta in thetas])
    return Calibration(
        _fitted(case, fit),
        names,
        draws,
        fit.theta(),
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
        len(store.population),
        store.failed,
    )


def _fitted(case: CaseModel, fit: ResponseFit) -> tuple[FittedParameter, ...]:
    """Prior and posterior of each fitted parameter."""
    prior, points = fit.prior, fit.draws.points
    natural = np.array([list(prior.natural(point).values()) for point in points])
    low, median, high = np.percentile(natural, (2.5, 50, 97.5), axis=0)
    edges = [prior.natural(prior.mean + sign * Z95 * prior.sd) for sign in (-1, 1)]
    learnt = 1 - points.var(axis=0) / prior.sd**2
    mode, rows = fit.theta(), {row.symbol: row for row in case.model.parameters}
    return tuple(
        FittedParameter(
            *(name, rows[name].label, rows[name].unit, mode[name]),
            *(float(median[i]), float(low[i]), float(high[i])),
            *(edges[0][name], edges[1][name], float(learnt[i])),
        )
        for i, name in enumerate(prior.names)
    )
