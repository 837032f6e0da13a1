"""Likelihoods with a penalty: logistic and Cox regression pulled towards no effect."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel
from equipoise.synthesis.survival.partial_likelihood import Sample, partial_likelihood

METHOD_CITES = {
    "coordinate descent": ("friedman2010", "simon2011"),
    "cox": ("cox1972", "efron1977"),
}

LogLikelihood = Callable[[Array], tuple[float, Array, Array]]
"""Log-likelihood, its slope (p,) and the information (p, p) at coefficients (p,)."""

STEPS = 100
SWEEPS = 10_000
FLAT = 1e10
"""Condition number of the curvature, in standard deviations of covariates, beyond which some
combination of them is not determined: separated outcomes, or one column made of others."""
CLOSE = 1e-10
"""Largest change of a coefficient, in standard deviations of a covariate, that ends the search."""


class PenalisedFit(NamedTuple):
    """Coefficients (p,), inverse of information plus ridge (p, p), log-likelihood, and how it went.

    The covariance is NaN with a lasso penalty, which has no such interval, and where the search
    did not end.
    """

    beta: Array
    covariance: Array
    loglik: float
    status: str
    message: str


def logistic_likelihood(X: Array, y: Array) -> LogLikelihood:
    """Log-likelihood of `P(y = 1) = expit(X b)`; X (n, p) holds its own column of ones."""

    def at(beta: Array) -> tuple[float, Array, Array]:
        eta = X @ beta
        p = expit(eta)
        loglik = float((y * eta - np.logaddexp(0.0, eta)).sum())
        return loglik, X.T @ (y - p), X.T @ (X * (p * (1.0 - p))[:, None])

    return at


def cox_likelihood(X: Array, time: Array, event: Array, *, efron: bool = True) -> LogLikelihood:
    """Partial log-likelihood of `h(t | x) = h0(t) exp(x b)`: the kernel of `survival.cox`."""
    order = np.lexsort((-event, time))
    z = np.column_stack([np.ones(time.size), X])[order]
    stratum = np.zeros(time.size, dtype=np.int64)
    sample = Sample(np.ascontiguousarray(z), time[order], event[order], stratum)

    def at(beta: Array) -> tuple[float, Array, Array]:
        return partial_likelihood(sample, np.ascontiguousarray(beta), efron)

    return at


@kernel
def descend(H: Array, g: Array, beta: Array, l1: Array, l2: Array, close: float) -> Array:
    """Minimise `(b - beta)' H (b - beta) / 2 - g' (b - beta) + l1' |b| + l2' b^2 / 2`.

    One coefficient at a time, `b_j = S(H_jj b_j + r_j, l1_j) / (H_jj + l2_j)` with the residual
    slope `r = g - H (b - beta)` and `S` the soft threshold (Friedman, Hastie and Tibshirani
    2010, 10.18637/jss.v033.i01).
    """
    b, r = beta.copy(), g.copy()
    for _ in range(SWEEPS):
        largest = 0.0
        for j in range(b.size):
            pull = H[j, j] * b[j] + r[j]
            size = max(abs(pull) - l1[j], 0.0)
            new = np.sign(pull) * size / (H[j, j] + l2[j]) if size > 0.0 else 0.0
            step = new - b[j]
            if step != 0.0:
                for i in range(b.size):
                    r[i] -= H[i, j] * step
                b[j] = new
                largest = max(largest, abs(step))
        if largest < close:
            break
    return b


def fit_penalised(likelihood: LogLikelihood, l1: Array, l2: Array) -> PenalisedFit:
    """Maximise `l(b) - sum_j l1_j |b_j| - sum_j l2_j b_j^2 / 2`, a penalty of 0 leaving b_j free.

    Newton's method on the likelihood, the penalised quadratic solved exactly (ridge) or by
    coordinate descent (lasso), each step halved until the objective falls. A ridge penalty is
    the normal prior `b_j ~ N(0, 1 / l2_j)`: the fit is then the posterior mode and the
    covariance its normal approximation.

    Parameters
    ----------
    likelihood : callable
        `logistic_likelihood` or `cox_likelihood`.
    l1, l2 : (p,) arrays
        Penalties, not negative, on the scale of the log-likelihood (n times those per patient).
    """
    beta = np.zeros(l1.size)
    at = likelihood(beta)

    def loss(b: Array, loglik: float) -> float:
        return -loglik + float(l1 @ np.abs(b) + 0.5 * l2 @ b**2)

    here, status = loss(beta, at[0]), "not_converged"
    for _ in range(STEPS):
        target = _proposal(at, beta, l1, l2)
        if target is None:
            break
        step, size = target - beta, 1.0
        new = likelihood(target)
        while not loss(beta + size * step, new[0]) <= here + 1e-12 * abs(here) and size > 1e-8:
            size *= 0.5
            new = likelihood(beta + size * step)
        beta, at = beta + size * step, new
        here = loss(beta, at[0])
        if float(np.abs(size * step).max(initial=0.0)) < CLOSE:
            status = "converged"
            break
    covariance = _covariance(at[2], l1, l2)
    if not l1.any() and np.isnan(covariance).any():
        status = "not_converged"
    if status != "converged":
        covariance[:] = math.nan
    message = "" if status == "converged" else "The search did not end: look for separation."
    return PenalisedFit(beta, covariance, at[0], status, message)


def _proposal(at: tuple[float, Array, Array], beta: Array, l1: Array, l2: Array) -> Array | None:
    """Best coefficients of the quadratic model; None where it has no minimum."""
    _, slope, information = at
    if l1.any():
        curved = information + np.diag(np.full(beta.size, 1e-12))
        return np.asarray(descend(curved, slope, beta, l1, l2, 0.01 * CLOSE))
    try:
        step = np.linalg.solve(information + np.diag(l2), slope - l2 * beta)
    except np.linalg.LinAlgError:
        return None
    return np.asarray(beta + step)


def _covariance(information: Array, l1: Array, l2: Array) -> Array:
    """Inverse of the curvature; NaN with a lasso, and where the likelihood is as good as flat."""
    curvature = information + np.diag(l2)
    if l1.any() or not np.linalg.cond(curvature) < FLAT:
        return np.full(information.shape, math.nan)
    return np.asarray(np.linalg.inv(curvature))
