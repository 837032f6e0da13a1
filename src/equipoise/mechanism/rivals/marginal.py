r"""Marginal likelihoods from draws of the prior, with their Monte Carlo error.

`m = mean_i L_i` over draws of the prior; the standard error of `ln m` is
`sd(L) / (m sqrt(n))` (delta method). For two rivals on the same draws the standard error of
`ln m_1 - ln m_2` is that of the mean of `L_1i / m_1 - L_2i / m_2`. Right where the evidence is
weak against the prior, so that many draws carry weight: `effective` says how many,
`(sum L)^2 / sum L^2`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class MarginalLikelihood:
    """Logarithm of a marginal likelihood, its Monte Carlo error, and draws that carried it."""

    log_value: float
    error: float
    effective: float


def marginal_likelihood(log_likelihood: Array) -> MarginalLikelihood:
    """Average a likelihood over draws of the prior, shape (n,)."""
    n = len(log_likelihood)
    share = relative(log_likelihood)
    return MarginalLikelihood(
        float(special.logsumexp(log_likelihood)) - math.log(n),
        _error(share),
        float(n * n / (share**2).sum()),
    )


def relative(log_likelihood: Array) -> Array:
    """`L_i / mean L`, shape (n,)."""
    share: Array = special.softmax(log_likelihood) * len(log_likelihood)
    return share


def log_ratio_error(one: Array, other: Array) -> float:
    """Monte Carlo error of a log Bayes factor from log likelihoods (n,) on the same draws."""
    return _error(relative(one) - relative(other))


def _error(values: Array) -> float:
    if len(values) < 2:
        return math.inf
    return float(np.std(values, ddof=1)) / math.sqrt(len(values))
