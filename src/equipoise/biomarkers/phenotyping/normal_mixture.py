"""Two normal components: how likely a tumour is to belong to the higher one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from equipoise.errors import InputError, Problem
from equipoise.synthesis.compiled import kernel

Array = NDArray[np.float64]
Status = Literal["converged", "not converged", "one component", "not separated"]

METHOD_CITES = {"normal mixture": ("ashman1994", "dempster1977")}

FEWEST = 30
"""Fewest values fitted: five parameters from fewer are a matter of the starting point."""

TOLERANCE = 1e-13
"""Relative change of the log likelihood at which the climb ends."""

MOST_STEPS = 20_000
STARTS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9)
"""Shares of the values that begin in the lower component; the best end is kept."""

NARROWEST = 0.05
"""Smallest standard deviation of a component, as a share of that of all values: without it one
value alone would be a component of infinite likelihood."""

SEPARATED = 2.0
"""Smallest distance of two components that can be told apart, ``sqrt(2) |m1 - m0| / sqrt(s0^2 +
s1^2)`` (Ashman, Bird and Zepf 1994, doi:10.1086/117248)."""

_LOG_ROOT_2_PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class NormalMixture:
    """Lower and higher component of a marker's expression.

    Attributes
    ----------
    means, sds : (float, float)
        Of the lower and the higher component, on the scale of the values.
    weight : float
        Share of the higher component in the reference, in (0, 1).
    log_likelihood : float
        At the fit, NaN where the parameters come from a file.
    n : int
        Values fitted.
    status : {"converged", "not converged", "one component", "not separated"}
        "one component" when the two are no better by the Bayesian information criterion than a
        single normal, "not separated" when they lie closer than `SEPARATED`: then nothing may be
        called by them.
    """

    means: tuple[float, float]
    sds: tuple[float, float]
    weight: float
    log_likelihood: float = float("nan")
    n: int = 0
    status: Status = "converged"

    @property
    def separation(self) -> float:
        """Return the distance of the components in units of their joint spread."""
        distance = abs(self.means[1] - self.means[0])
        return float(np.sqrt(2.0) * distance / np.hypot(*self.sds))


def fit_mixture(values: ArrayLike) -> NormalMixture:
    """Fit two normal components with their own variances by maximum likelihood.

    The expectation-maximisation algorithm (Dempster, Laird and Rubin 1977,
    doi:10.1111/j.2517-6161.1977.tb01600.x), from several starts, climbs
    ``sum_i log((1 - w) N(x_i; m0, s0) + w N(x_i; m1, s1))``.

    Parameters
    ----------
    values : array_like, shape (n,)
        Expression of one gene, on a log scale, in a reference that is not selected by it. NaN is
        left out.

    Returns
    -------
    NormalMixture
        Its `status` says when nothing may be called by it.

    Raises
    ------
    InputError
        If fewer than 30 finite values, infinite values, or no spread.
    """
    x = np.asarray(values, dtype=np.float64).ravel()
    x = x[~np.isnan(x)]
    problems = []
    if x.size < FEWEST:
        allowed = f"at least {FEWEST} values"
        problems.append(Problem("", "", "values", str(x.size), allowed, "Use a larger reference."))
    if not np.isfinite(x).all():
        problems.append(
            Problem("", "", "values", "infinite", "finite numbers", "Correct them at their source.")
        )
    elif x.size and np.ptp(x) == 0.0:
        problems.append(
            Problem("", "", "values", "all equal", "values that differ", "Use another gene.")
        )
    if problems:
        raise InputError(problems)
    ends = [_climb(np.sort(x), share) for share in STARTS]
    best = max(ends, key=lambda end: end.log_likelihood)
    single = -x.size * (np.log(x.std()) + _LOG_ROOT_2_PI + 0.5)
    if 2.0 * (best.log_likelihood - single) <= 3.0 * np.log(x.size):
        return replace(best, status="one component")
    if best.separation < SEPARATED:
        return replace(best, status="not separated")
    return best


def probability_positive(
    values: ArrayLike, mixture: NormalMixture, prevalence: float | None = None
) -> Array:
    """Return P(higher component) of each value.

    ``w N(x; m1, s1) / ((1 - w) N(x; m0, s0) + w N(x; m1, s1))``, with `prevalence` in the place
    of w where the population is known to differ from the reference. With unequal variances this
    rises again far below m0 (or falls far above m1); beyond the two means it is held to be no
    higher than at m0 and no lower than at m1, so that it never falls as expression rises.

    Parameters
    ----------
    values : array_like, shape (n,)
        On the scale and platform of the reference. NaN gives NaN.
    mixture : NormalMixture
        With status "converged".
    prevalence : float, optional
        Share positive in the population of the values, in (0, 1).

    Raises
    ------
    InputError
        If the mixture has another status, or a prevalence outside (0, 1).
    """
    problems = []
    if mixture.status != "converged":
        action = "Fit a larger or an unselected reference, or take another gene."
        problems.append(Problem("", "", "mixture", mixture.status, "converged", action))
    weight = mixture.weight if prevalence is None else prevalence
    if not 0.0 < weight < 1.0:
        problems.append(
            Problem("", "", "prevalence", f"{weight}", "above 0 and below 1", "Give a share.")
        )
    if problems:
        raise InputError(problems)
    x = np.asarray(values, dtype=np.float64)
    found = expit(_log_odds(x, mixture, weight))
    ends = expit(_log_odds(np.array(mixture.means), mixture, weight))
    found = np.where(x < mixture.means[0], np.minimum(found, ends[0]), found)
    return np.asarray(np.where(x > mixture.means[1], np.maximum(found, ends[1]), found))


def _log_odds(x: Array, mixture: NormalMixture, weight: float) -> Array:
    (m0, m1), (s0, s1) = mixture.means, mixture.sds
    higher = -0.5 * ((x - m1) / s1) ** 2 - np.log(s1) + np.log(weight)
    lower = -0.5 * ((x - m0) / s0) ** 2 - np.log(s0) + np.log1p(-weight)
    return np.asarray(higher - lower)


def _climb(x: Array, share: float) -> NormalMixture:
    """Run EM from the lowest `share` of the sorted values in the lower component."""
    cut = min(max(round(share * x.size), 2), x.size - 2)
    member = (np.arange(x.size) >= cut).astype(np.float64)
    floor = NARROWEST * float(x.std())
    m0, m1, s0, s1, weight, likelihood, ended = _steps(x, member, floor, TOLERANCE, MOST_STEPS)
    status: Status = "converged" if ended else "not converged"
    if m0 > m1:
        m0, m1, s0, s1, weight = m1, m0, s1, s0, 1.0 - weight
    return NormalMixture((m0, m1), (s0, s1), weight, likelihood, x.size, status)


@kernel
def _steps(
    x: Array, member: Array, floor: float, tolerance: float, most: int
) -> tuple[float, float, float, float, float, float, bool]:
    """Climb from membership `member`; it is overwritten. Stops too when a component empties."""
    n = x.size
    before = -np.inf
    now = before
    m0 = m1 = s0 = s1 = weight = 0.0
    for _ in range(most):
        size = member.sum()
        if size < 1.0 or n - size < 1.0:
            break
        m1 = (member * x).sum() / size
        m0 = ((1.0 - member) * x).sum() / (n - size)
        s1 = max(np.sqrt((member * (x - m1) ** 2).sum() / size), floor)
        s0 = max(np.sqrt(((1.0 - member) * (x - m0) ** 2).sum() / (n - size)), floor)
        weight = size / n
        now = 0.0
        for i in range(n):
            low = np.log((1.0 - weight) / s0) - 0.5 * ((x[i] - m0) / s0) ** 2
            high = np.log(weight / s1) - 0.5 * ((x[i] - m1) / s1) ** 2
            top = max(low, high)
            total = top + np.log(np.exp(low - top) + np.exp(high - top))
            now += total - _LOG_ROOT_2_PI
            member[i] = np.exp(high - total)
        if abs(now - before) <= tolerance * abs(now):
            return m0, m1, s0, s1, weight, now, True
        before = now
    return m0, m1, s0, s1, weight, now, False
