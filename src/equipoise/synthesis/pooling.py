"""Pooling: what is the average effect, and how sure can we be of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, not_among, refuse, same_length
from equipoise.synthesis.heterogeneity import (
    Tau2,
    generalised_q,
    inconsistency,
    inconsistency_from_q,
    q_p_value,
    q_profile,
    tau2_dersimonian_laird,
    tau2_paule_mandel,
)
from equipoise.synthesis.intervals import Interval, mean_interval, prediction_interval
from equipoise.synthesis.restricted_likelihood import (
    log_likelihood,
    restricted_log_likelihood,
    tau2_reml,
)

METHODS = ("EE", "DL", "REML", "PM")
INTERVALS = ("wald", "t", "hksj", "hksj-adhoc")
PREDICTIONS = ("metafor", "riley")

METHOD_CITES = {
    "EE": ("cochran1954",),
    "DL": ("dersimonian1986",),
    "REML": ("viechtbauer2005",),
    "PM": ("paule1982",),
    "wald": (),
    "t": (),
    "hksj": ("hartung2001", "sidik2002"),
    "hksj-adhoc": ("knapp2003", "jackson2017"),
    "tau2": ("viechtbauer2007", "higgins2002"),
    "prediction": ("higgins2009", "riley2011"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each estimator and interval."""

FEW = 5
"""Below this number of studies every interval of a random-effects mean is fragile."""


@dataclass(frozen=True)
class PooledEffect:
    """A pooled effect on the analysis scale (log for ratios).

    Attributes
    ----------
    estimate, se, ci_low, ci_high, level, p_value : float
        Mean effect, the standard error its interval uses, the interval, two-sided P.
    tau2, tau2_se, tau2_low, tau2_high : float
        Between-study variance (at least 0), its standard error, its Q-profile interval.
    i2, h2 : float
        Inconsistency in per cent, and as a ratio of variances.
    q, q_p_value : float
        Cochran's Q at weights `1 / vi`, whatever the method, and its P.
    prediction_low, prediction_high : float
        Interval for the true effect of a further study.
    loglik : float
        Restricted log-likelihood for REML, else the log-likelihood, at the estimate.
    weights : array, shape (k,)
        Weights in per cent.
    k : int
        Number of studies.
    method, ci : str
        Estimator of `tau2` and kind of interval.
    status : str
        ``converged``, ``boundary`` (tau2 is zero), ``bimodal``, ``not_converged``,
        ``undefined`` (the interval does not exist).
    message : str
        What a reader should know before using the numbers; empty if nothing.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    p_value: float
    tau2: float
    tau2_se: float
    tau2_low: float
    tau2_high: float
    i2: float
    h2: float
    q: float
    q_p_value: float
    prediction_low: float
    prediction_high: float
    loglik: float
    weights: Array
    k: int
    method: str
    ci: str
    status: str
    message: str


class _Choice(NamedTuple):
    """The options of one pool."""

    method: str
    ci: str
    level: float
    prediction: str


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
    prediction: str = "metafor",
) -> PooledEffect:
    """Pool independent effects with known sampling variances.

    The model is `yi ~ N(mu, vi + tau2)`; with `wi = 1 / (vi + tau2)` the estimate is
    `mu = sum wi yi / sum wi`. Intervals:

    - ``wald``: `se^2 = 1 / sum wi`, normal quantile;
    - ``t``: the same `se`, Student quantile with k - 1 degrees of freedom;
    - ``hksj``: `se^2 = Q(tau2) / (k - 1) / sum wi`, Student quantile (no floor, so it can be
      narrower than ``wald``; `message` says when it is);
    - ``hksj-adhoc``: as ``hksj`` with the factor `Q(tau2) / (k - 1)` not allowed below 1.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale (log for ratios) and their sampling *variances* (not
        standard errors), in squared units of `yi`.
    method : {"REML", "EE", "DL", "PM"}
        Estimator of tau2; ``EE`` sets it to zero (one common effect).
    ci : {"hksj", "wald", "t", "hksj-adhoc"}
        Interval; those with k - 1 degrees of freedom are ``undefined`` for one study.
    level : float
        Confidence level of the interval, of the Q-profile and of the prediction interval.
    prediction : {"metafor", "riley"}
        ``metafor``: `mu +- crit sqrt(se^2 + tau2)` with the quantile of `ci`. ``riley``: a
        Student quantile with k - 2 degrees of freedom (10.1136/bmj.d549), NaN for k <= 2.

    Returns
    -------
    PooledEffect
        For one study under ``hksj`` the estimate is given and the interval is NaN with status
        ``undefined``; for none every number is NaN.

    Raises
    ------
    ArrayError
        An `InputError` and a `ValueError`: unknown option, unequal lengths, a value that is
        not finite, a variance that is not above zero; every offending index is named.

    Notes
    -----
    Do not pool effects that share patients, nor effects of several designs.

    Sources: Viechtbauer 2005, 10.3102/10769986030003261; Hartung and Knapp 2001,
    10.1002/sim.1009; Viechtbauer 2007, 10.1002/sim.2514.

    Examples
    --------
    >>> result = pool([0.10, 0.30, 0.35], [0.04, 0.05, 0.02], method="EE", ci="wald")
    >>> round(result.estimate, 4), round(result.se, 4)
    (0.2737, 0.1026)
    """
    choice = _Choice(method, ci, level, prediction)
    y, v = _checked(yi, vi, choice)
    if y.size == 0:
        return _nothing(choice)
    unit = _unit(v)
    scaled = _pool_in_unit(y / unit, v / unit / unit, choice)
    return _rescaled(scaled, unit)


def _checked(yi: ArrayLike, vi: ArrayLike, choice: _Choice) -> tuple[Array, Array]:
    """Return both vectors, or every reason why they cannot be pooled."""
    problems = [
        *not_among("method", choice.method, METHODS),
        *not_among("ci", choice.ci, INTERVALS),
        *not_among("prediction", choice.prediction, PREDICTIONS),
    ]
    if not 0.0 < choice.level < 1.0:
        shown = repr(choice.level)
        problems.append(Problem("", "", "level", shown, "between 0 and 1", "Use 0.95."))
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    same_length(yi=y, vi=v)
    problems += refuse("yi", y, ~np.isfinite(y), "a finite number")
    problems += refuse("vi", v, ~(np.isfinite(v) & (v > 0)), "a finite variance above 0")
    if problems:
        raise ArrayError(problems)
    return y, v


def _unit(v: Array) -> float:
    """Power of two near the median standard error.

    Dividing by it costs no digit and keeps squares of tiny and huge data within range.
    """
    exponent = round(0.5 * float(np.median(np.log2(v))))
    return math.ldexp(1.0, max(-500, min(500, exponent)))


def _rescaled(result: PooledEffect, unit: float) -> PooledEffect:
    """Bring a result back from data divided by `unit`."""
    names = ("estimate", "se", "ci_low", "ci_high", "prediction_low", "prediction_high")
    squares = ("tau2", "tau2_se", "tau2_low", "tau2_high")
    changes = {name: getattr(result, name) * unit for name in names}
    changes |= {name: getattr(result, name) * unit * unit for name in squares}
    lost = result.k - 1 if result.method == "REML" else result.k
    return replace(result, loglik=result.loglik - lost * math.log(unit), **changes)


def _nothing(choice: _Choice) -> PooledEffect:
    """Return what is left when no study contributes."""
    nan, (method, ci, level, _) = math.nan, choice
    empty = np.empty(0)
    return PooledEffect(
        *(nan,) * 4, level, *(nan,) * 12, empty, 0, method, ci, "undefined", "No study."
    )


def _tau2(y: Array, v: Array, method: str) -> Tau2:
    """Between-study variance by the named method; zero for one study, which says nothing."""
    if method == "EE" or y.size == 1:
        return Tau2(0.0, math.nan, "converged")
    estimators = {"DL": tau2_dersimonian_laird, "PM": tau2_paule_mandel, "REML": tau2_reml}
    return estimators[method](y, v)


def _pool_in_unit(y: Array, v: Array, choice: _Choice) -> PooledEffect:
    """Pool data whose typical standard error is near 1."""
    k, (method, ci, level, convention) = y.size, choice
    tau = _tau2(y, v, method)
    wi = 1.0 / (v + tau.tau2)
    total = float(wi.sum())
    estimate = float(wi @ y) / total
    q, q_at_tau2 = generalised_q(y, v), generalised_q(y, v, tau.tau2)
    interval = mean_interval(estimate, total, q_at_tau2, k=k, ci=ci, level=level)
    spread = inconsistency_from_q(q, k) if method == "EE" else inconsistency(v, tau.tau2)
    profile = predicted = (math.nan, math.nan)
    if method != "EE" and k > 1:
        profile = q_profile(y, v, level)
        predicted = prediction_interval(
            estimate, interval, tau.tau2, k=k, level=level, convention=convention
        )
    likelihood = restricted_log_likelihood if method == "REML" else log_likelihood
    return PooledEffect(
        estimate=estimate,
        se=interval.se,
        ci_low=interval.low,
        ci_high=interval.high,
        level=level,
        p_value=interval.p_value,
        tau2=tau.tau2,
        tau2_se=tau.se,
        tau2_low=profile[0],
        tau2_high=profile[1],
        i2=spread.i2,
        h2=spread.h2,
        q=q,
        q_p_value=q_p_value(q, k),
        prediction_low=predicted[0],
        prediction_high=predicted[1],
        loglik=likelihood(y, v, tau.tau2),
        weights=100.0 * wi / total,
        k=k,
        method=method,
        ci=ci,
        status="undefined" if math.isnan(interval.se) else tau.status,
        message=" ".join(_remarks(tau, interval, k, choice)),
    )


def _remarks(tau: Tau2, interval: Interval, k: int, choice: _Choice) -> list[str]:
    """Sentences a reader needs beside the numbers."""
    out = [tau.message] if tau.message else []
    if k == 1:
        out.append("One study: heterogeneity cannot be seen.")
        if choice.ci != "wald":
            out.append(f"The {choice.ci} interval needs two studies; ask for wald.")
        return out
    if choice.ci == "hksj" and interval.se < interval.wald_se:
        out.append("The Hartung-Knapp standard error is below the Wald one; see hksj-adhoc.")
    if choice.ci.startswith("hksj") and k < FEW:
        out.append(f"Only {k} studies: read the hksj-adhoc and Wald intervals beside this one.")
    if choice.prediction == "riley" and k < 3 and choice.method != "EE":
        out.append("A prediction interval with k - 2 degrees of freedom needs three studies.")
    return out
