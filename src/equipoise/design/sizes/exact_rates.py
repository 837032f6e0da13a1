"""Exact tests of two rates: the tables that each claims, their probability, and the true size."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betainc, gammaln, ndtri, xlog1py, xlogy

from equipoise.design.sizes.size_input import (
    Rule,
    direction,
    level_rules,
    refuse_unless,
)
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"fisher": (), "boschloo": ("boschloo1970",), "pooled": ("fleiss1980",)}
"""Tests, and the papers of each."""

GRID = 201
"""Common rates at which the size is looked at before the largest is refined."""

TIE = 1e-10
"""Relative difference below which two p-values are one."""


def exact_power(
    patients: tuple[int, int],
    treatment: ArrayLike,
    control: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    test: str = "fisher",
    benefit: str = "higher",
) -> Array:
    r"""Probability that a test of two binomial rates claims a benefit, by enumeration.

    :math:`\sum_{x_0} b(x_0; n_0, p_0) P(X_1 \ge c(x_0))`, where the test claims a benefit for
    :math:`x_1 \ge c(x_0)` events among :math:`n_1` treated:

    - fisher: the hypergeometric tail given all events is at most :math:`\alpha`;
    - boschloo: Fisher's p-value is at most the largest cut-off that keeps the probability of a
      claim within :math:`\alpha` for every common rate; never less powerful than Fisher's test;
    - pooled: z of the difference with the pooled variance is at least :math:`z_{1-\alpha}`, which
      does not keep the level exactly: see `exact_size`.

    Parameters
    ----------
    patients : (int, int)
        Control and treatment.
    treatment, control : array_like
        Rates, 0 and 1 included.
    alpha : float
        Level of both sides together if `sided` is 2, half of which is then spent on each.
    test : {"fisher", "boschloo", "pooled"}
        Which tables are claimed.
    benefit : {"higher", "lower"}
        Whether the event should become more or less frequent.

    Raises
    ------
    ArrayError
        For rates outside [0, 1], arms without a patient, and numbers out of range.

    References
    ----------
    Boschloo 1970 (10.1111/j.1467-9574.1970.tb00104.x).

    Examples
    --------
    >>> round(float(exact_power((30, 30), 0.7, 0.35)), 3)
    0.714
    """
    p1, p0 = (np.asarray(v, dtype=np.float64) for v in (treatment, control))
    inside = "0 to 1"
    refuse_unless(
        [
            ("treatment", p1, (p1 >= 0.0) & (p1 <= 1.0), inside),
            ("control", p0, (p0 >= 0.0) & (p0 <= 1.0), inside),
            *_rules(patients, alpha, sided, test),
        ]
    )
    if direction(benefit) < 0.0:
        p1, p0 = 1.0 - p1, 1.0 - p0
    least = least_events(patients, alpha / sided, test)
    return _claimed(patients, least, p1, p0)


def exact_size(
    patients: tuple[int, int], *, alpha: float = 0.025, sided: int = 1, test: str = "fisher"
) -> float:
    """Largest probability of claiming a benefit, over all common rates, of one side of a test.

    Found on a grid of rates and refined (bounded Brent); Fisher's and Boschloo's tests stay within
    the level of that side, the pooled z test need not.

    Examples
    --------
    >>> round(exact_size((30, 30)), 4)
    0.0137
    """
    refuse_unless(_rules(patients, alpha, sided, test))
    return _size(patients, least_events(patients, alpha / sided, test))


def least_events(patients: tuple[int, int], level: float, test: str) -> Array:
    """Fewest treated with the event that claim a benefit, for each count under control.

    Returns
    -------
    array, shape (n_0 + 1,)
        ``n_1 + 1`` where no count of the treated claims anything.
    """
    n0, n1 = patients
    if test == "pooled":
        return _least(pooled_z_table(n0, n1) >= -ndtri(level))
    p = fisher_p_table(n0, n1)
    fisher = _least(p <= level * (1.0 + TIE))
    if test == "fisher":
        return fisher
    return _boschloo(patients, p, level)


def fisher_p_table(n0: int, n1: int) -> Array:
    """One-sided p-values of Fisher's exact test, shape (n_0 + 1, n_1 + 1), small if `x_1` is high.

    The tail is summed within each number of events in all, from the most extreme table down.
    """
    log_pmf = _log_choose(n0)[:, None] + _log_choose(n1)[None, :]
    total = _log_choose(n0 + n1)
    x0, x1 = np.indices(log_pmf.shape)
    pmf = np.exp(log_pmf - total[x0 + x1])
    tail = pmf.copy()
    # from (x0, x1) the next more extreme table with as many events is (x0 - 1, x1 + 1)
    for i in range(1, n0 + 1):
        tail[i, :-1] += tail[i - 1, 1:]
    return np.asarray(np.minimum(tail, 1.0))


def pooled_z_table(n0: int, n1: int) -> Array:
    """Z of the difference under the pooled variance, (n_0 + 1, n_1 + 1); 0 where all are alike."""
    x0, x1 = np.indices((n0 + 1, n1 + 1))
    pooled = (x0 + x1) / (n0 + n1)
    variance = pooled * (1.0 - pooled) * (1.0 / n0 + 1.0 / n1)
    difference = x1 / n1 - x0 / n0
    safe = np.where(variance > 0.0, variance, 1.0)
    return np.asarray(np.where(variance > 0.0, difference / np.sqrt(safe), 0.0))


def binomial_tail(count: Array, n: Array, p: Array) -> Array:
    """Return P(X >= count) of a binomial: 1 for no count or less, 0 beyond `n`."""
    inside = np.clip(count, 1.0, n)
    tail = np.where(count > 0.0, betainc(inside, n - inside + 1.0, p), 1.0)
    return np.asarray(np.where(count > n, 0.0, tail))


def _boschloo(patients: tuple[int, int], p: Array, level: float) -> Array:
    """Bisect the distinct Fisher p-values for the largest cut-off that keeps the level."""
    cuts = np.unique(p)
    cuts = cuts[np.append(np.diff(cuts) > TIE * cuts[:-1], True)]
    low, high = int(np.searchsorted(cuts, level * (1.0 + TIE), side="right")) - 1, cuts.size - 1
    low = max(low, -1)
    while low < high:
        middle = (low + high + 1) // 2
        if _size(patients, _least(p <= cuts[middle] * (1.0 + TIE))) <= level:
            low = middle
        else:
            high = middle - 1
    cut = cuts[low] if low >= 0 else -1.0
    return _least(p <= cut * (1.0 + TIE))


def _least(claimed: NDArray[np.bool_]) -> Array:
    """First claimed count in each row; claims go on from there to all treated."""
    return np.asarray(claimed.shape[1] - np.count_nonzero(claimed, axis=1), dtype=np.float64)


def _claimed(patients: tuple[int, int], least: Array, p1: Array, p0: Array) -> Array:
    """Probability of the claimed tables, in the shape the rates broadcast to."""
    n0, n1 = patients
    x0 = np.arange(n0 + 1)
    q1, q0 = (np.asarray(p, dtype=np.float64)[..., None] for p in (p1, p0))
    log_b = _log_choose(n0) + xlogy(x0, q0) + xlog1py(n0 - x0, -q0)
    tail = binomial_tail(least, np.asarray(n1, dtype=np.float64), q1)
    return np.asarray(np.sum(np.exp(log_b) * tail, axis=-1))


def _size(patients: tuple[int, int], least: Array) -> float:
    grid = np.linspace(0.0, 1.0, GRID)
    on_grid = _claimed(patients, least, grid, grid)
    best = int(np.argmax(on_grid))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, GRID - 1)])
    fine = minimize_scalar(
        lambda p: -float(_claimed(patients, least, p, p)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-8},
    )
    return max(float(on_grid[best]), -float(fine.fun))


def _log_choose(n: int) -> Array:
    x = np.arange(n + 1)
    return np.asarray(gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0))


def _rules(patients: tuple[int, int], alpha: float, sided: int, test: str) -> list[Rule]:
    n = np.asarray(patients, dtype=np.float64)
    fine = (n >= 1.0) & (n == np.floor(n)) & np.isfinite(n)
    return [
        ("patients", n, fine, "whole, 1 or more in each arm"),
        *level_rules(alpha, sided),
        ("test", test, test in METHOD_CITES, ", ".join(METHOD_CITES)),
    ]
