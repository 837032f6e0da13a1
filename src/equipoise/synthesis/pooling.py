"""What is the average effect, and how sure can we be of it?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, refuse, same_length
from equipoise.synthesis.heterogeneity import (
    Inconsistency,
    Tau2,
    generalised_q,
    inconsistency,
    inconsistency_from_q,
    q_p_value,
    q_profile,
    tau2_dersimonian_laird,
    tau2_paule_mandel,
)
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
    estimate, se : float
        Mean effect and the standard error its interval uses.
    ci_low, ci_high, level, p_value : float
        Confidence interval, its level, two-sided P of no effect.
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


@dataclass(frozen=True)
class _Interval:
    """Standard error, degrees of freedom (inf for normal) and the interval they give."""

    se: float
    df: float
    low: float
    high: float
    p_value: float


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
        Student quantile with k - 2 degrees of freedom and the Wald error (10.1136/bmj.d549),
        NaN for k <= 2.

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
    Do not pool effects that share patients, nor effects of several designs. The mean of few
    studies says little about the next patient group: read the prediction interval.

    Sources: Viechtbauer 2005, 10.3102/10769986030003261; Hartung and Knapp 2001,
    10.1002/sim.1009; Viechtbauer 2007, 10.1002/sim.2514.

    Examples
    --------
    >>> result = pool([0.10, 0.30, 0.35], [0.04, 0.05, 0.02], method="EE", ci="wald")
    >>> round(result.estimate, 4), round(result.se, 4)
    (0.2737, 0.1026)
    """
    y, v = _checked(yi, vi, method, ci, level, prediction)
    if y.size == 0:
        return _nothing(method, ci, level)
    shift, scale = _frame(y, v)
    scaled = _pool_scaled((y - shift) / scale, v / scale / scale, method, ci, level, prediction)
    return _unscaled(scaled, shift, scale)


def _checked(
    yi: ArrayLike, vi: ArrayLike, method: str, ci: str, level: float, prediction: str
) -> tuple[Array, Array]:
    """Return both vectors, or every reason why they cannot be pooled."""
    problems = [
        Problem("", "", name, repr(value), ", ".join(allowed), "Choose one of these.")
        for name, value, allowed in (
            ("method", method, METHODS),
            ("ci", ci, INTERVALS),
            ("prediction", prediction, PREDICTIONS),
        )
        if value not in allowed
    ]
    if not 0.0 < level < 1.0:
        problems.append(Problem("", "", "level", repr(level), "between 0 and 1", "Use 0.95."))
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    same_length(yi=y, vi=v)
    problems += refuse("yi", y, ~np.isfinite(y), "a finite number")
    problems += refuse("vi", v, ~(np.isfinite(v) & (v > 0)), "a finite variance above 0")
    if problems:
        raise ArrayError(problems)
    return y, v


def _frame(y: Array, v: Array) -> tuple[float, float]:
    """Shift and power-of-two scale that bring the data near 0 and 1, so that tiny and huge
    units neither under- nor overflow; a power of two costs no digit.
    """
    exponent = round(0.5 * float(np.median(np.log2(v))))
    return 0.0, math.ldexp(1.0, max(-500, min(500, exponent)))
