"""Three regressions of patients on treatment and phenotype: least squares, logistic, Cox."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.survival.proportional_hazards import cox

STEPS = 60
"""Newton steps; a logistic likelihood that has a maximum needs fewer than ten."""

FAR = 15.0
"""A fitted log odds beyond this in a whole group is a likelihood that rises for ever."""

ROUNDING = 1e-13
"""Residuals this small, in units of the outcome, are arithmetic."""

SEPARATED = "A combination of covariates separates the outcomes: no finite estimate."


class Regression(NamedTuple):
    """Coefficients (p,), covariance (p, p), log-likelihood, status, message."""

    beta: Array
    covariance: Array
    loglik: float
    status: str
    message: str


def least_squares(X: Array, y: Array, variance: Array) -> Regression:
    """Weighted least squares with residual variances (n,) taken as known."""
    root = np.sqrt(variance)
    Q, R = np.linalg.qr(X / root[:, None])
    beta = np.linalg.solve(R, Q.T @ (y / root))
    inverse = np.linalg.inv(R)
    rest = (y - X @ beta) / root
    loglik = -0.5 * float((np.log(2 * math.pi * variance) + rest**2).sum())
    return Regression(beta, inverse @ inverse.T, loglik, "converged", "")


def residual_variance(X: Array, y: Array) -> float:
    """Residual mean square of a least-squares fit; 0 if only rounding is left, NaN if nothing."""
    beta, _, rank, _ = np.linalg.lstsq(X, y, rcond=None)
    free = y.size - int(rank)
    rest = y - X @ beta
    if float(np.abs(rest).max()) < ROUNDING * float(np.abs(y).max()):
        return 0.0
    return float((rest**2).sum()) / free if free > 0 else math.nan


def logistic(X: Array, y: Array) -> Regression:
    """Maximum likelihood by Newton's method, each step halved until it climbs."""
    scale = np.abs(X).max(axis=0)
    Z = X / scale
    beta = np.zeros(X.shape[1])
    here = _binomial(Z @ beta, y)
    for _ in range(STEPS):
        p = expit(Z @ beta)
        information = Z.T @ (Z * (p * (1.0 - p))[:, None])
        step = np.linalg.lstsq(information, Z.T @ (y - p), rcond=None)[0]
        size = 1.0
        while _binomial(Z @ (beta + size * step), y) < here - 1e-12 and size > 1e-6:
            size *= 0.5
        beta = beta + size * step
        here = _binomial(Z @ beta, y)
        if float(np.abs(step).max()) < 1e-11 * max(1.0, float(np.abs(beta).max())):
            break
    p = expit(Z @ beta)
    information = Z.T @ (Z * (p * (1.0 - p))[:, None])
    lost = bool((np.abs(Z @ beta) > FAR).any()) or np.linalg.cond(information) > 1e13
    if lost:
        nan = np.full((beta.size, beta.size), np.nan)
        return Regression(beta / scale, nan, here, "not_converged", SEPARATED)
    covariance = np.linalg.inv(information) / np.outer(scale, scale)
    return Regression(beta / scale, covariance, here, "converged", "")


def _binomial(eta: Array, y: Array) -> float:
    return float((y * eta - np.logaddexp(0.0, eta)).sum())


def stratified_cox(X: Array, time: Array, event: Array, strata: NDArray[np.intp]) -> Regression:
    """Cox regression with a baseline hazard for each trial (`survival.cox`, Efron's ties)."""
    fit = cox(time, event, X, strata=strata.astype(np.float64))
    return Regression(fit.coefficients, fit.covariance, fit.loglik, fit.status, fit.message)
