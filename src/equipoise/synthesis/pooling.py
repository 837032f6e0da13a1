"""Pooling: what is the average effect, and how sure can we be of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.heterogeneity import q_profile
from equipoise.synthesis.pool_input import (
    BY_DEFAULT,
    STATUSES,
    Choice,
    UnlessOne,
    checked,
    exponents_of,
    out_of_range,
)
from equipoise.synthesis.pool_remarks import FEW, remarks
from equipoise.synthesis.pooled_numbers import Numbers, Pools, pooled_numbers
from equipoise.synthesis.restricted_likelihood import other_modes

__all__ = ["FEW", "METHOD_CITES", "PooledEffect", "pool"]

METHOD_CITES = {
    "EE": ("cochran1954",),
    "DL": ("dersimonian1986",),
    "HE": ("hedges1985",),
    "HS": ("viechtbauer2005",),
    "SJ": ("sidik2005",),
    "ML": ("viechtbauer2005",),
    "REML": ("viechtbauer2005",),
    "EB": ("morris1983",),
    "PM": ("paule1982",),
    "wald": (),
    "t": (),
    "hksj": ("hartung2001", "sidik2002"),
    "hksj-adhoc": ("knapp2003", "jackson2017"),
    "tau2": ("viechtbauer2007", "higgins2002"),
    "prediction": ("higgins2009", "riley2011"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each estimator and interval."""


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


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    ci: str = BY_DEFAULT,
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
    method : {"REML", "EE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM"}
        Estimator of tau2. ``EE`` sets it to zero (one common effect). Closed forms: ``DL``
        (DerSimonian-Laird), ``HE`` (Hedges-Olkin, equal weights), ``HS`` (Hunter-Schmidt, biased
        downwards), ``SJ`` (Sidik-Jonkman, two steps, never exactly zero unless all effects are
        equal, biased upwards when tau2 is small). Likelihood: ``ML`` (biased downwards with few
        studies), ``REML``; both return the best of all maxima. Moment equation `Q(tau2) = k - 1`:
        ``PM`` (Paule-Mandel) and ``EB`` (empirical Bayes), one estimate under two names.
    ci : {"hksj", "wald", "t", "hksj-adhoc"}
        Interval. Those with k - 1 degrees of freedom are ``undefined`` for one study; when none
        is asked for, one study has Wald's.
    level : float
        Confidence level of the interval, of the Q-profile and of the prediction interval;
        above 0, at most 0.999999999.
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
        not finite, a variance that is not above zero; every offending index is named. Also
        effects and errors of magnitudes that no double can bring together (`pool_input.SPAN`).

    Notes
    -----
    Do not pool effects that share patients, nor effects of several designs.

    The kernel that finds tau2 is that of `batch.pool`, and gives the same bits. `tau2_se` follows
    metafor: the exact variance of the moment for DL, HE, HS and SJ, the expected information for
    ML and REML, `sqrt(2 k^2 / (k - 1)) / sum wi` for PM and EB.

    Sources: Viechtbauer 2005, 10.3102/10769986030003261; Hartung and Knapp 2001,
    10.1002/sim.1009; Viechtbauer 2007, 10.1002/sim.2514.

    Examples
    --------
    >>> result = pool([0.10, 0.30, 0.35], [0.04, 0.05, 0.02], method="EE", ci="wald")
    >>> round(result.estimate, 4), round(result.se, 4)
    (0.2737, 0.1026)
    """
    choice = Choice(method, ci, level, prediction)
    y, v = checked(yi, vi, choice)
    if isinstance(ci, UnlessOne):
        choice = choice._replace(ci="wald" if y.size == 1 else str(ci))
    if y.size == 0:
        return _nothing(choice)
    unit, lift = exponents_of(y, v)
    return _pool_scaled(np.ldexp(y, lift - unit), np.ldexp(v, -2 * unit), choice, unit, lift)


def _rescaled(numbers: dict[str, float], choice: Choice, k: int, unit: int, lift: int) -> None:
    """Bring numbers back to the scale of the data, or say that no double can hold them.

    The data were divided by `2^unit`, and the effects multiplied by `2^lift`. What is made of
    effects alone is brought down again; an error that is made of the variances never went up.
    """
    squares = ("tau2", "tau2_se", "tau2_low", "tau2_high")
    down = unit - lift if choice.ci == "hksj" else unit
    powers = dict.fromkeys(("se", "ci_low", "ci_high"), down) | dict.fromkeys(squares, 2 * unit)
    ahead = unit if choice.prediction == "riley" else down
    powers |= {"estimate": unit - lift, "prediction_low": ahead, "prediction_high": ahead}
    powers |= {"q": -2 * lift, "h2": -2 * lift if choice.method == "EE" else 0}
    if choice.method == "SJ":  # its tau2 goes with the fourth power of faint effects
        powers |= {"tau2": 2 * unit - 4 * lift, "tau2_se": 2 * unit - 2 * lift, "i2": -4 * lift}
    lost = []
    for name, power in powers.items():
        try:
            numbers[name] = math.ldexp(numbers[name], power)
        except OverflowError:
            lost.append(name)
    if lost:
        raise out_of_range(lost)
    free = k - 1 if choice.method == "REML" else k
    numbers["loglik"] -= free * unit * math.log(2.0)


def _nothing(choice: Choice) -> PooledEffect:
    """Return what is left when no study contributes."""
    nan, (method, ci, level, _) = math.nan, choice
    empty = np.empty(0)
    return PooledEffect(
        *(nan,) * 4, level, *(nan,) * 12, empty, 0, method, ci, "undefined", "No study."
    )


def _pool_scaled(y: Array, v: Array, choice: Choice, unit: int, lift: int) -> PooledEffect:
    """Pool data whose typical standard error is near 1; see `_rescaled` for `unit` and `lift`."""
    method, ci, level, _ = choice
    pools = pooled_numbers(y[np.newaxis], v[np.newaxis], choice)
    numbers = dict(zip(Numbers._fields, [float(x[0]) for x in pools.numbers], strict=True))
    # Effects are counted from that of the most precise study, so that effects that are all the
    # same differ by nothing.
    centred = y - y[np.argmin(v)]
    profile = q_profile(centred, v, level) if method != "EE" else (math.nan, math.nan)
    numbers["tau2_low"], numbers["tau2_high"] = profile
    wi = 1.0 / (v + numbers["tau2"])
    search = _search(centred, v, pools, method, unit)
    _rescaled(numbers, choice, y.size, unit, lift)
    return PooledEffect(
        **numbers,
        level=level,
        weights=100.0 * wi / wi.sum(),
        k=y.size,
        method=method,
        ci=ci,
        status=STATUSES[int(pools.status[0])],
        message=" ".join([*search, *remarks(pools, choice, numbers["estimate"], unit, lift)]),
    )


def _search(y: Array, v: Array, pools: Pools, method: str, unit: int) -> list[str]:
    """Say what the search for `tau2` met, if anything."""
    status = STATUSES[int(pools.status[0])]
    if status == "not_converged":
        return ["No value of tau2 could be shown to be the best."]
    if status == "bimodal":
        tau2, square = float(pools.numbers.tau2[0]), math.ldexp(1.0, 2 * unit)
        return [other_modes(y, v, tau2, restricted=method == "REML", unit=square)]
    return []
