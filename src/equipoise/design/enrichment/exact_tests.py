"""Exact conditional p-values of rates in strata: Fisher's test, and its stratified form."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel

Integers = NDArray[np.int64]


def exact_p_values(counts: Integers, breadth: Integers, sign: float) -> Array:
    """P-value of every population, given its strata's margins.

    Given the events of both arms of a stratum, those of one arm are hypergeometric if the rates
    are equal; their sum over strata has the convolution of these distributions, and the p-value
    is its tail from the sum seen. With one stratum it is Fisher's one-sided test. Under equal
    rates in every stratum of the population `P(p <= alpha) <= alpha` for every alpha, so that
    the closed combination test keeps its level, conservatively.

    Parameters
    ----------
    counts : array of int, shape (n, m, 2, 2)
        Patients and events by stratum and arm (control, treatment).
    breadth : array of int, shape (n,)
        Broadest population recruited; -1 for nobody.
    sign : float
        1 when events are good, -1 when they are bad.

    Returns
    -------
    array, shape (n, m)
        1 for a population that was not recruited.
    """
    found = np.ones(counts.shape[:2])
    most = int(counts[..., 0].sum(axis=(1, 2)).max(initial=0))
    log_factorial = np.asarray(gammaln(np.arange(most + 2.0) + 1.0))
    exact_kernel(counts, breadth, 1 if sign > 0.0 else 0, log_factorial, found)
    return found


@kernel
def exact_kernel(
    counts: Integers, breadth: Integers, arm: int, log_factorial: Array, out: Array
) -> None:
    """Fill `out` (n, m) with tails of the events of `arm`."""
    m = counts.shape[1]
    size = log_factorial.size
    before, after = np.empty(size), np.empty(size)
    for i in range(counts.shape[0]):
        before[0] = 1.0
        top, seen = 0, 0  # largest sum with a probability, and the sum seen
        for s in range(m - 1, m - 2 - breadth[i], -1):
            n1, n0 = counts[i, s, arm, 0], counts[i, s, 1 - arm, 0]
            d = counts[i, s, 0, 1] + counts[i, s, 1, 1]
            low, high = max(0, d - n0), min(d, n1)
            seen += counts[i, s, arm, 1]
            after[: top + high + 1] = 0.0
            whole = log_factorial[n1 + n0] - log_factorial[d] - log_factorial[n1 + n0 - d]
            for a in range(low, high + 1):
                chance = math.exp(
                    log_factorial[n1] - log_factorial[a] - log_factorial[n1 - a]
                    + log_factorial[n0] - log_factorial[d - a] - log_factorial[n0 - d + a]
                    - whole
                )  # fmt: skip
                for t in range(top + 1):
                    after[t + a] += before[t] * chance
            top += high
            before, after = after, before
            tail = 0.0
            for t in range(top, seen - 1, -1):
                tail += before[t]
            out[i, m - 1 - s] = min(tail, 1.0)
