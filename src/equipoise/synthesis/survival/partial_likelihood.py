"""Cox's partial likelihood for any number of covariates, and its maximum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.survival.patients import Codes

CONVERGED, INFINITE, STOPPED, UNDEFINED = 0, 1, 2, 3
"""How the search ended."""

NEAR = 1e-10
"""Squared length of a Newton step in standard errors at which the slope is as good as zero."""

MOVING = 0.01
"""A step this long across a covariate's range, where the slope is as good as zero, goes on for
ever: were there a maximum, its standard error would exceed a log hazard ratio of 1,000."""

MAX_STEPS = 200


class Maximum(NamedTuple):
    """Where the search ended; `moving` marks coefficients that run off to infinity."""

    beta: Array
    information: Array
    loglik: float
    code: int
    moving: NDArray[np.bool_]
    steps: int


class Sample(NamedTuple):
    """Patients sorted by stratum and time; the first column of `z` (n, p + 1) is 1."""

    z: Array
    time: Array
    event: Array
    stratum: Codes


@njit(nogil=True, cache=True)
def _add(sums: Array, weight: float, z: Array) -> None:
    """Add `weight z z'` to the lower triangle of `sums`."""
    for a in range(z.size):
        for b in range(a + 1):
            sums[a, b] += weight * z[a] * z[b]


@njit(nogil=True, cache=True)
def _count(sums: Array, tied: Array, gone: float, slope: Array, information: Array) -> float:
    """One event: subtract the mean of its risk set, add its covariance, return the log total.

    `sums` is over the risk set and `tied` over the events of that time, of which the share
    `gone` no longer counts (Efron).
    """
    total = sums[0, 0] - gone * tied[0, 0]
    for a in range(slope.size):
        mean = (sums[a + 1, 0] - gone * tied[a + 1, 0]) / total
        slope[a] -= mean
        for b in range(a + 1):
            other = (sums[b + 1, 0] - gone * tied[b + 1, 0]) / total
            second = (sums[a + 1, b + 1] - gone * tied[a + 1, b + 1]) / total
            information[a, b] += second - mean * other
    return float(np.log(total))


@njit(nogil=True, cache=True)
def partial_likelihood(sample: Sample, beta: Array, efron: bool) -> tuple[float, Array, Array]:
    """Log-likelihood at `beta` (p,), its slope (p,) and the information (p, p).

    The sums over the risk set are kept relative to the largest linear predictor so far, so
    that no exponential overflows.
    """
    z, time, event, stratum = sample
    n, p = time.size, beta.size
    eta = np.zeros(n)
    for row in range(n):
        for a in range(p):
            eta[row] += z[row, a + 1] * beta[a]
    loglik, slope, information = 0.0, np.zeros(p), np.zeros((p, p))
    sums, tied = np.zeros((p + 1, p + 1)), np.zeros((p + 1, p + 1))
    top = -np.inf
    i = n - 1
    while i >= 0:
        if i == n - 1 or stratum[i] != stratum[i + 1]:
            sums[:, :] = 0.0
            top = -np.inf
        j, highest = i, top
        while j >= 0 and time[j] == time[i] and stratum[j] == stratum[i]:
            highest = max(highest, eta[j])
            j -= 1
        sums *= np.exp(top - highest)
        top = highest
        tied[:, :] = 0.0
        for row in range(j + 1, i + 1):
            _add(sums, np.exp(eta[row] - top), z[row])
            if event[row] == 1.0:
                _add(tied, np.exp(eta[row] - top), z[row])
                loglik += eta[row]
                slope += z[row, 1:]
        deaths = event[j + 1 : i + 1].sum()
        for step in range(int(deaths)):
            gone = step / deaths if efron else 0.0
            loglik -= top + _count(sums, tied, gone, slope, information)
        i = j
    for a in range(p):
        information[:a, a] = information[a, :a]
    return loglik, slope, information


Likelihood = tuple[float, Array, Array]
"""Log-likelihood, slope and information at one place."""


def maximise(sample: Sample, null: Likelihood, *, efron: bool) -> Maximum:
    """Climb from 0, where the likelihood is `null`, by Newton's method, halving steps downhill.

    The covariates have mean 0 and range 1, so that a step is a change of the log hazard ratio
    across the range of one.
    """
    beta, at = np.zeros(sample.z.shape[1] - 1), null
    still = np.zeros(beta.size, dtype=np.bool_)
    for steps in range(1, MAX_STEPS + 1):
        try:
            step = np.linalg.solve(at[2], at[1])
        except np.linalg.LinAlgError:
            return Maximum(beta, at[2], at[0], STOPPED, still, steps)
        length = float(step @ at[1])
        moving = np.abs(step) > MOVING
        if 0.0 <= length < NEAR and moving.any():
            signs = np.where(moving, np.sign(step) * np.inf, beta)
            return Maximum(signs, at[2], at[0], INFINITE, moving, steps)
        for _ in range(60):
            new = partial_likelihood(sample, beta + step, efron)
            if new[0] >= at[0] - 1e-10 * abs(at[0]):
                break
            step = 0.5 * step
        beta, at = beta + step, new
        if abs(length) < NEAR:
            return Maximum(beta, at[2], at[0], CONVERGED, still, steps)
    return Maximum(beta, at[2], at[0], STOPPED, still, MAX_STEPS)
