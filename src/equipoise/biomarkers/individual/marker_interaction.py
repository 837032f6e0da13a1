"""Does one marker change the effect: tests on a ratio and on a difference, from patients."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.biomarkers.individual.weighted_scores import pseudo_observations
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.subgroups.regression_fits import logistic
from equipoise.synthesis.survival import cox

METHOD_CITES = {"cox": ("cox1972",), "scales": ("kent2020",), "mean time": ("andersen2003",)}


@dataclass(frozen=True)
class MarkerInteraction:
    """Interaction of treatment with one unit of a marker, on one scale.

    Attributes
    ----------
    scale : {"ratio", "difference"}
    words : str
        What the estimate is.
    estimate, se, ci_low, ci_high, level, p_value : float
        On the analysis scale: a log ratio of ratios, or a difference of differences.
    status, message : str
        ``not_converged`` where the outcomes are separated; the numbers are then NaN.
    """

    scale: str
    words: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    p_value: float
    status: str
    message: str


def interaction_of_marker(
    table: PatientTable, covariate: str, *, horizon: float = math.nan, level: float = 0.95
) -> tuple[MarkerInteraction, MarkerInteraction]:
    """Test one prespecified marker, on the ratio and on the difference.

    `g = b0 + b1 x + (t + d x) a`: d by logistic or Cox regression (log ratio of odds or hazard
    ratios), and by least squares with errors for unequal variances (HC1) of the event, or of the
    restricted time free of it up to `horizon` (pseudo-observations), as a difference of
    differences. Nothing is shrunk: `shrink_subgroups` and the priors of interactions are for that.

    Parameters
    ----------
    table : PatientTable
    covariate : str
        One of its names, named before the outcome was seen.
    horizon : float
        For survival only.
    level : float

    Returns
    -------
    tuple of MarkerInteraction
        Ratio, then difference.

    Raises
    ------
    InputError
        An unknown covariate, or a horizon that cannot be used.
    """
    problems = _problems(table, covariate, horizon)
    if problems:
        raise InputError(problems)
    x = table.covariates[:, table.names.index(covariate)]
    a = table.treatment
    X = np.column_stack([x, a, a * x])
    return _on_ratio(table, X, level), _on_difference(table, X, horizon, level)


def _problems(table: PatientTable, covariate: str, horizon: float) -> list[Problem]:
    problems = []
    if covariate not in table.names:
        allowed, action = ", ".join(table.names), "Name one of these."
        problems.append(Problem("", "", "covariate", covariate, allowed, action))
    if table.family == "survival":
        last = min(float(np.sort(table.time[table.treatment == arm])[-2]) for arm in (0.0, 1.0))
        if not 0.0 < horizon <= last:
            allowed, action = f"above 0, at most {last:g}", "Choose a time both arms reach."
            problems.append(Problem("", "", "horizon", repr(horizon), allowed, action))
    return problems


def _on_ratio(table: PatientTable, X: Array, level: float) -> MarkerInteraction:
    if table.family == "binary":
        words = "log ratio of odds ratios for one unit of the marker"
        fit = logistic(np.column_stack([np.ones(table.size), X]), table.event)
        found = (fit.beta, fit.covariance, fit.status, fit.message)
    else:
        words = "log ratio of hazard ratios for one unit of the marker"
        model = cox(table.time, table.event, X)
        found = (model.coefficients, model.covariance, model.status, model.message)
    beta, covariance, status, message = found
    fine = status == "converged"
    value = float(beta[-1]) if fine else math.nan
    se = float(np.sqrt(covariance[-1, -1])) if fine else math.nan
    return _result("ratio", words, value, se, level, status, message)


def _on_difference(
    table: PatientTable, X: Array, horizon: float, level: float
) -> MarkerInteraction:
    words = "difference of risk differences for one unit of the marker"
    y = table.event
    if table.family == "survival":
        words = "difference of differences in restricted mean time, for one unit of the marker"
        y = table.sign * pseudo_observations(table, horizon)
    Z = np.column_stack([np.ones(table.size), X])
    inverse = np.linalg.inv(Z.T @ Z)
    beta = inverse @ (Z.T @ y)
    rest = y - Z @ beta
    n, p = Z.shape
    spread = inverse @ (Z.T @ (Z * (rest**2)[:, None])) @ inverse * n / (n - p)
    return _result(
        "difference", words, float(beta[-1]), float(np.sqrt(spread[-1, -1])), level, "converged", ""
    )


def _result(
    scale: str, words: str, value: float, se: float, level: float, status: str, message: str
) -> MarkerInteraction:
    half = critical_value(level) * se
    p_value = two_sided_p(value / se) if se > 0.0 else math.nan
    return MarkerInteraction(
        scale, words, value, se, value - half, value + half, level, p_value, status, message
    )
