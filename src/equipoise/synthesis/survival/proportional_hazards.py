"""Cox regression: how covariates multiply the hazard."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.survival.partial_likelihood import (
    CONVERGED,
    INFINITE,
    STOPPED,
    UNDEFINED,
    Likelihood,
    Maximum,
    Sample,
    maximise,
    partial_likelihood,
)
from equipoise.synthesis.survival.patients import bad_level, bad_option, patients, stop_if
from equipoise.synthesis.survival.two_arm_hazard import TIES

METHOD_CITES = {
    "cox": ("cox1972",),
    "efron": ("efron1977",),
    "breslow": ("breslow1974",),
    "monotone": ("heinze2001",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the model, its ties and its failure."""

DEPENDENT = 1e-9
"""Share of a covariate's information that must be its own; below it, the others say the same."""


@dataclass(frozen=True)
class CoxFit:
    """A Cox model; arrays have one entry a covariate, shape (p,), in the order of `X`.

    Attributes
    ----------
    coefficients, se, ci_low, ci_high, p_values : array
        Log hazard ratio for one unit, its standard error, Wald limits and two-sided Wald P.
        Infinite, with NaN error, limits and P, where the likelihood has no maximum.
    covariance : array, shape (p, p)
        Inverse information; NaN rows and columns for infinite coefficients.
    level : float
        Confidence level.
    loglik_null, loglik : float
        Partial log-likelihood with all coefficients 0, and at the estimate.
    score, lr, wald : float
        Chi-square statistics of all coefficients together, `df` degrees of freedom.
    score_p_value, lr_p_value, wald_p_value : float
        Their P.
    df, n, events, steps : int
        Covariates, patients, events, Newton steps.
    ties : str
        How tied events are handled.
    status, message : str
        ``converged``, ``not_converged`` or ``undefined`` (no event).
    """

    coefficients: Array
    se: Array
    ci_low: Array
    ci_high: Array
    p_values: Array
    covariance: Array
    level: float
    loglik_null: float
    loglik: float
    score: float
    score_p_value: float
    lr: float
    lr_p_value: float
    wald: float
    wald_p_value: float
    df: int
    n: int
    events: int
    steps: int
    ties: str
    status: str
    message: str


def cox(
    time: ArrayLike,
    event: ArrayLike,
    X: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    ties: str = "efron",
    level: float = 0.95,
) -> CoxFit:
    """Estimate by what factor each covariate multiplies the hazard, the others held fixed.

    The hazard is `h(t | x) = h0(t) exp(x b)`, `h0` unspecified (one for each stratum). `b`
    maximises the partial likelihood `prod exp(xi b) / sum_{j at risk at ti} exp(xj b)` over
    events `i`; tied events by Efron's or Breslow's approximation.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Time from the start and 1 for an event, 0 for censored.
    X : array_like, shape (n, p) or (n,)
        Covariates; products for interactions are made by the caller.
    strata : array_like, shape (n,)
        Labels; each stratum has a baseline hazard of its own.
    ties : {"efron", "breslow"}
        Likelihood of events at one time.
    level : float
        Confidence level.

    Returns
    -------
    CoxFit
        Where a combination of covariates separates those who have the event from all others
        at risk the likelihood rises for ever: those coefficients are infinite, the status is
        ``not_converged``, and the likelihood-ratio and score tests still hold.

    Raises
    ------
    ArrayError
        Data or options that cannot be used; a covariate that is constant, or a combination of
        the ones before it, in every risk set.

    Notes
    -----
    Covariates are centred and divided by their range before the fit, so units do not matter.
    The standard errors assume the model. Sources: Cox 1972, 10.1111/j.2517-6161.1972.tb00899.x;
    Efron 1977, 10.1080/01621459.1977.10480613; Breslow 1974, 10.2307/2529620; monotone
    likelihood: Heinze and Schemper 2001, 10.1111/j.0006-341X.2001.00114.x.

    Examples
    --------
    >>> fit = cox([2, 4, 6, 1, 3, 5], [1, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    >>> fit.status, round(float(fit.coefficients[0]), 4)
    ('converged', -1.2075)
    """
    problems = bad_level(level) + not_among("ties", ties, TIES)
    covariates = _matrix(X)
    problems += _bad_cells(covariates)
    data = patients(time, event, None, strata, problems)
    n, p = covariates.shape
    stop_if(bad_option("X", f"{n} rows", n == data.time.size, f"{data.time.size} rows, one each"))
    if not data.event.any():
        return _without_events(n, p, level, ties)
    spread = np.ptp(covariates, axis=0)
    unit = np.where(spread > 0.0, spread, 1.0)
    scaled = ((covariates - covariates.mean(axis=0)) / unit)[data.order]
    z = np.column_stack([np.ones(n), scaled])
    sample = Sample(z, data.time, data.event, data.stratum)
    null = partial_likelihood(sample, np.zeros(p), ties == "efron")
    stop_if(_dependent(null[2]))
    best = maximise(sample, null, efron=ties == "efron")
    counts = {"n": n, "events": int(data.event.sum())}
    return _summary(best, null, unit, counts, ties=ties, level=level)


def _matrix(X: ArrayLike) -> Array:
    """Covariates as an (n, p) array; a vector is one covariate."""
    try:
        covariates = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        problem = Problem("", "", "X", repr(X), "numbers", "Pass one row a patient.")
        raise ArrayError([problem]) from error
    if covariates.ndim == 1:
        covariates = covariates[:, None]
    shape = f"shape {covariates.shape}"
    ok = covariates.ndim == 2 and covariates.shape[1] > 0
    stop_if(bad_option("X", shape, ok, "shape (n, p), p at least 1"))
    return covariates


def _bad_cells(X: Array) -> list[Problem]:
    rows, columns = np.nonzero(~np.isfinite(X))
    return [
        Problem("", f"index {i}", f"X column {j}", repr(float(X[i, j])), "finite", "Leave it out.")
        for i, j in zip(rows, columns, strict=True)
    ]


def _dependent(information: Array) -> list[Problem]:
    """One problem for each covariate that adds nothing to the ones before it.

    What is a covariate's own is the part of its information that is left when it is regressed on
    the earlier ones: the pivots of a Cholesky decomposition.
    """
    left = information.copy()
    problems = []
    for j in range(left.shape[0]):
        if left[j, j] <= DEPENDENT * max(information[j, j], 1e-3):
            said = "a covariate that varies among those at risk and is not made of earlier columns"
            problems.append(Problem("", "", f"X column {j}", "", said, "Leave the column out."))
            left[j + 1 :, j] = 0.0
        else:
            rest = left[j + 1 :, j] / left[j, j]
            left[j + 1 :, j + 1 :] -= np.outer(rest, left[j, j + 1 :])
    return problems


def _without_events(n: int, p: int, level: float, ties: str) -> CoxFit:
    best = Maximum(np.full(p, math.nan), np.eye(p), math.nan, UNDEFINED, np.ones(p, bool), 0)
    null = (math.nan, np.full(p, math.nan), np.eye(p))
    return _summary(best, null, np.ones(p), {"n": n, "events": 0}, ties=ties, level=level)


def _summary(
    best: Maximum,
    null: Likelihood,
    unit: Array,
    counts: dict[str, int],
    *,
    ties: str,
    level: float,
) -> CoxFit:
    """Bring the fit back to the units of the covariates and add tests and intervals."""
    p = unit.size
    scaled = _covariance(best)
    with np.errstate(over="ignore", under="ignore"):
        covariance = scaled / unit / unit[:, None]
    b, se = best.beta / unit, np.sqrt(np.diag(scaled)) / unit
    half = critical_value(level) * se
    fitted = best.code == CONVERGED
    wald = float(best.beta @ best.information @ best.beta) if fitted else math.nan
    score = float(null[1] @ np.linalg.solve(null[2], null[1]))
    lr = 2.0 * max(best.loglik, null[0]) - 2.0 * null[0]
    with np.errstate(invalid="ignore"):
        p_values = 2.0 * ndtr(-np.abs(b / se))
    return CoxFit(
        *(b, se, b - half, b + half, p_values, covariance, level, null[0], best.loglik),
        score=score,
        score_p_value=float(chdtrc(p, score)),
        lr=lr,
        lr_p_value=float(chdtrc(p, lr)),
        wald=wald,
        wald_p_value=float(chdtrc(p, wald)),
        df=p,
        n=counts["n"],
        events=counts["events"],
        steps=best.steps,
        ties=ties,
        status={CONVERGED: "converged", UNDEFINED: "undefined"}.get(best.code, "not_converged"),
        message=_said(best),
    )


def _covariance(best: Maximum) -> Array:
    """Inverse information; NaN for coefficients that have no finite estimate."""
    p = best.beta.size
    covariance = np.full((p, p), math.nan)
    if best.code == CONVERGED:
        covariance[:, :] = np.linalg.inv(best.information)
        return covariance
    free = np.flatnonzero(~best.moving)
    if best.code == INFINITE and free.size:
        block = np.ix_(free, free)
        covariance[block] = np.linalg.inv(best.information[block])
    return covariance


def _said(best: Maximum) -> str:
    """Put a failure into a sentence; empty when there is none."""
    if best.code == CONVERGED:
        return ""
    if best.code == UNDEFINED:
        return "No event was seen."
    if best.code == STOPPED:
        return "The iteration stopped before the maximum; look for separation or extreme values."
    columns = ", ".join(str(j) for j in np.flatnonzero(best.moving))
    return (
        f"The likelihood rises for ever along X column {columns}: the covariate separates those "
        "who had the event from all others at risk, and its hazard ratio is 0 or infinite. The "
        "likelihood-ratio and score tests hold; Wald intervals do not exist."
    )
