"""Prognostic and predictive effects apart: who does badly anyway, and whom the drug helps more."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.biomarkers.individual.penalised_likelihood import (
    PenalisedFit,
    cox_likelihood,
    fit_penalised,
    logistic_likelihood,
)
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value

METHOD_CITES = {"ridge as prior": ("spiegelhalter1994",), "approach": ("kent2020",)}

PROGNOSTIC_SD = 1.0
"""Prior standard deviation of a log ratio for one standard deviation of a covariate: vague."""
PREDICTIVE_SD = 0.354
"""The same for the ratio of ratios: 95 % between one half and two."""


@dataclass(frozen=True)
class BenefitPlan:
    """What is fixed before the outcome is looked at.

    Parameters
    ----------
    predictive : tuple of str
        Covariates that may change the effect; all covariates are prognostic. Empty for none.
    prognostic_sd, predictive_sd : float
        Prior standard deviations of the coefficients for one standard deviation of a covariate
        (ridge penalties `1 / sd^2`); infinite for no penalty.
    lasso : float
        Penalty on the absolute predictive coefficients, on the scale of the log-likelihood; 0 for
        none. With it there are no intervals.
    horizon : float
        Time at which benefit is counted; survival only.
    """

    predictive: tuple[str, ...]
    prognostic_sd: float = PROGNOSTIC_SD
    predictive_sd: float = PREDICTIVE_SD
    lasso: float = 0.0
    horizon: float = math.nan


@dataclass(frozen=True, eq=False)
class BenefitModel:
    """A fitted model; coefficients are for one standard deviation of each covariate.

    Attributes
    ----------
    names, predictive : tuple of str
        Covariates (p,), and those of them with a predictive coefficient (q,).
    centre, spread : array, shape (p,)
        Mean and standard deviation of each covariate in the patients it was fitted on.
    fit : PenalisedFit
        Coefficients in the order: intercept (binary only), prognostic, treatment, predictive.
    baseline : float
        Cumulative baseline hazard at the horizon; NaN for binary.
    plan : BenefitPlan
    sign : float
        1 where an event avoided is the benefit, -1 where an event gained is.
    family : str
    """

    names: tuple[str, ...]
    predictive: tuple[str, ...]
    centre: Array
    spread: Array
    fit: PenalisedFit
    baseline: float
    plan: BenefitPlan
    sign: float
    family: str

    def risk(self, covariates: Array, arm: float) -> Array:
        """Probability of the event (by the horizon) for patients (n, p), in arm 1 or 0."""
        X = _design(self, covariates, np.full(covariates.shape[0], arm))
        if self.family == "binary":
            return np.asarray(expit(X @ self.fit.beta))
        return np.asarray(-np.expm1(-self.baseline * np.exp(X @ self.fit.beta)))

    def benefit(self, covariates: Array) -> Array:
        """Absolute benefit (n,): the probability of a good outcome that treatment adds."""
        return np.asarray(self.sign * (self.risk(covariates, 0.0) - self.risk(covariates, 1.0)))

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient: what sort, ratio for one standard deviation, interval, P.

        The interval is the posterior's (normal approximation) under the plan's priors, and the
        P that of the coefficient's sign under it, doubled; NaN with a lasso.
        """
        p, skip = len(self.names), int(self.family == "binary")
        kinds = ["prognostic"] * p + ["treatment"] + ["predictive"] * len(self.predictive)
        names = [*self.names, "treatment", *self.predictive]
        beta = self.fit.beta[skip:]
        se = np.sqrt(np.diag(self.fit.covariance))[skip:]
        half = critical_value(level) * se
        with np.errstate(over="ignore"):  # a fit that ran off: infinite ratios, no errors
            ratio, low, high = np.exp(beta), np.exp(beta - half), np.exp(beta + half)
        return pd.DataFrame(
            {
                "covariate": names,
                "kind": kinds,
                "ratio": ratio,
                "low": low,
                "high": high,
                "log_ratio": beta,
                "se": se,
                "p_value": 2.0 * ndtr(-np.abs(beta / se)),
            }
        )


def fit_benefit(table: PatientTable, plan: BenefitPlan) -> BenefitModel:
    """Answer which covariates foretell the outcome, and which foretell the effect.

    `g(x, a) = b0 + z'b + (a - 1/2) (t + z_q'd)` on the logit or log hazard scale, z the
    standardised covariates, a the arm. Coding the arm as -1/2 and 1/2 makes b the *prognostic*
    effects, those in both arms together, and d the *predictive* ones, the difference of a
    covariate's effect between the arms. b and d have normal priors of their own (ridge), t none.

    Parameters
    ----------
    table : PatientTable
    plan : BenefitPlan

    Returns
    -------
    BenefitModel
        `fit.status` is ``not_converged``, with a message, where the search did not end.

    Raises
    ------
    InputError
        Every part of the plan that does not fit the table.

    Notes
    -----
    The covariates must be named before the outcome is seen, or the priors mean nothing. In a
    cohort d also holds whatever decided on the treatment.
    """
    problems = plan_problems(table, plan)
    if problems:
        raise InputError(problems)
    centre, spread = table.covariates.mean(axis=0), table.covariates.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)  # a bootstrap sample may lose a rare category
    shell = BenefitModel(
        table.names,
        plan.predictive,
        centre,
        spread,
        _nothing(),
        math.nan,
        plan,
        table.sign,
        table.family,
    )
    X = _design(shell, table.covariates, table.treatment)
    p, q, binary = len(table.names), len(plan.predictive), table.family == "binary"
    free = np.zeros(int(binary))
    l2 = np.concatenate(
        [free, np.full(p, plan.prognostic_sd**-2), [0.0], np.full(q, plan.predictive_sd**-2)]
    )
    l1 = np.concatenate([free, np.zeros(p + 1), np.full(q, plan.lasso)])
    likelihood = (
        logistic_likelihood(X, table.event)
        if binary
        else cox_likelihood(X, table.time, table.event)
    )
    fit = fit_penalised(likelihood, l1, l2)
    baseline = math.nan if binary else _baseline(table, X @ fit.beta, plan.horizon)
    return BenefitModel(
        table.names, plan.predictive, centre, spread, fit, baseline, plan, table.sign, table.family
    )


def plan_problems(table: PatientTable, plan: BenefitPlan) -> list[Problem]:
    """Every part of a plan that does not fit the patients."""
    problems = []
    known = ", ".join(table.names)
    for name in plan.predictive:
        if name not in table.names:
            action = "Name it among the covariates, or leave it out."
            problems.append(Problem("plan", "", "predictive", name, known, action))
    if len(set(plan.predictive)) < len(plan.predictive):
        found = ", ".join(plan.predictive)
        problems.append(Problem("plan", "", "predictive", found, "each once", "Name each once."))
    for field in ("prognostic_sd", "predictive_sd"):
        value = getattr(plan, field)
        if not value > 0.0:
            allowed = "above 0 (infinite for no penalty)"
            problems.append(Problem("plan", "", field, repr(value), allowed, "Use the default."))
    if not 0.0 <= plan.lasso < math.inf:
        problems.append(Problem("plan", "", "lasso", repr(plan.lasso), "0 or more", "Use 0."))
    if table.family == "survival":
        last = float(table.time.max())
        if not 0.0 < plan.horizon <= last:
            allowed = f"above 0, at most {last:g}, the last time"
            action = "Choose the time at which benefit counts."
            problems.append(Problem("plan", "", "horizon", repr(plan.horizon), allowed, action))
    return problems


def _nothing() -> PenalisedFit:
    return PenalisedFit(np.empty(0), np.empty((0, 0)), math.nan, "", "")


def _design(model: BenefitModel, covariates: Array, arm: Array) -> Array:
    """Columns: ones (binary), standardised covariates, arm, arm times predictive covariates."""
    z = (covariates - model.centre) / model.spread
    chosen = [model.names.index(name) for name in model.predictive]
    a = arm - 0.5
    columns = [z, a[:, None], z[:, chosen] * a[:, None]]
    if model.family == "binary":
        columns.insert(0, np.ones((z.shape[0], 1)))
    return np.hstack(columns)


def _baseline(table: PatientTable, eta: Array, horizon: float) -> float:
    """Breslow's cumulative baseline hazard at the horizon: `sum_{ti <= h} 1 / sum_{risk} e^eta`."""
    order = np.argsort(table.time, kind="stable")
    time, event, weight = table.time[order], table.event[order], np.exp(eta[order])
    at_risk = np.cumsum(weight[::-1])[::-1]
    first = np.searchsorted(time, time, side="left")
    counted = (event == 1.0) & (time <= horizon)
    return float((1.0 / at_risk[first])[counted].sum())
