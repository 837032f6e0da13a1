"""Trials in which the drug does nothing: how much benefit a model finds there all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from equipoise.biomarkers.individual.benefit_model import BenefitPlan, fit_benefit
from equipoise.biomarkers.individual.cross_fitting import cross_fit, cross_fitted_benefit
from equipoise.biomarkers.individual.naive_learner import gap_between_halves, naive_benefit
from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"t-learner": ("kunzel2019",), "null trials": ("kent2020",)}

FOLDS = 5
METHODS = ("naive", "naive, out of fold", "shrunken", "shrunken, out of fold")


@dataclass(frozen=True)
class NullGap:
    """Observed benefit in the half with more predicted benefit, when there is none in truth.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    n, covariates, trials, seed : int
    upper, upper_mcse : float
        Mean difference between the arms in the share with a good outcome, in the upper half.
    gap, gap_mcse : float
        Mean of the upper half's difference less the lower half's.
    predicted, predicted_mcse : float
        Mean benefit the method predicts for its upper half.
    """

    method: str
    n: int
    covariates: int
    trials: int
    seed: int
    upper: float
    upper_mcse: float
    gap: float
    gap_mcse: float
    predicted: float
    predicted_mcse: float


def null_table(
    n: int, covariates: int, share: float, prognostic: float, rng: np.random.Generator
) -> PatientTable:
    """Draw a trial, half the patients treated, in which treatment does nothing.

    Covariates are independent standard normal; the log odds of a good outcome are
    `logit(share) + prognostic x1`.
    """
    x = rng.standard_normal((n, covariates))
    treatment = rng.permutation(np.arange(n) % 2).astype(np.float64)
    eta = np.log(share / (1.0 - share)) + prognostic * x[:, 0]
    event = (rng.random(n) < expit(eta)).astype(np.float64)
    names = tuple(f"x{i + 1}" for i in range(covariates))
    return PatientTable(treatment, event, np.empty(0), x, names, "benefit", True, "binary")


def null_gaps(
    n: int,
    *,
    covariates: int = 20,
    share: float = 0.6,
    prognostic: float = 0.5,
    trials: int = 2000,
    methods: tuple[str, ...] = METHODS,
    seed: int,
) -> tuple[NullGap, ...]:
    """Answer how much benefit each method finds in trials where there is none.

    Parameters
    ----------
    n : int
        Patients a trial, 40 or more.
    covariates : int
        Candidate markers, 1 or more.
    share : float
        Share with a good outcome at the average covariate.
    prognostic : float
        Log odds ratio of the first covariate, for one standard deviation.
    trials, seed : int
        Every trial has a seed of its own (`seed` and its number), so that the same trial is the
        same whatever the methods.
    methods : tuple of str
        Of `METHODS`.

    Raises
    ------
    InputError
    """
    rules = (
        ("n", n, n >= 40, "40 or more"),
        ("covariates", covariates, covariates >= 1, "1 or more"),
        ("share", share, 0.0 < share < 1.0, "inside 0 to 1"),
        ("trials", trials, trials >= 2, "2 or more"),
        ("methods", methods, set(methods) <= set(METHODS), ", ".join(METHODS)),
    )
    problems = [
        Problem("", "", field, repr(value), allowed, f"Change {field}.")
        for field, value, good, allowed in rules
        if not good
    ]
    if problems:
        raise InputError(problems)
    found = np.full((len(methods), trials, 3), np.nan)
    for trial in range(trials):
        table = null_table(n, covariates, share, prognostic, np.random.default_rng((seed, trial)))
        for place, method in enumerate(methods):
            found[place, trial] = _one(table, *PREDICTIONS[method](table, seed + trial))
    return tuple(
        _summary(method, n, covariates, seed, found[place]) for place, method in enumerate(methods)
    )


def _one(table: PatientTable, benefit: Array, priority: Array) -> tuple[float, float, float]:
    upper, lower = gap_between_halves(table, priority)
    top = np.argsort(-priority, kind="stable")[: table.size // 2]
    return upper, upper - lower, float(benefit[top].mean())


def _summary(method: str, n: int, covariates: int, seed: int, found: Array) -> NullGap:
    known = found[np.isfinite(found).all(axis=1)]
    mean = known.mean(axis=0)
    error = known.std(axis=0, ddof=1) / np.sqrt(known.shape[0])
    pairs = [float(x) for pair in zip(mean, error, strict=True) for x in pair]
    return NullGap(method, n, covariates, known.shape[0], seed, *pairs)


def _plan(table: PatientTable) -> BenefitPlan:
    return BenefitPlan(table.names)


Prediction = tuple[Array, Array]
"""Predicted benefit (n,), and what the patients are ranked by (n,)."""


def _both(benefit: Array) -> Prediction:
    return benefit, benefit


def _naive_out_of_fold(table: PatientTable, seed: int) -> Prediction:
    found = cross_fit(table, naive_benefit, folds=FOLDS, seed=seed)
    return found.benefit, found.priority


def _shrunken_out_of_fold(table: PatientTable, seed: int) -> Prediction:
    found = cross_fitted_benefit(table, _plan(table), folds=FOLDS, seed=seed)
    return found.benefit, found.priority


PREDICTIONS: dict[str, Callable[[PatientTable, int], Prediction]] = {
    "naive": lambda table, _: _both(naive_benefit(table)(table.covariates)),
    "naive, out of fold": _naive_out_of_fold,
    "shrunken": lambda table, _: _both(fit_benefit(table, _plan(table)).benefit(table.covariates)),
    "shrunken, out of fold": _shrunken_out_of_fold,
}
"""How each method predicts benefit from a trial and a seed."""
