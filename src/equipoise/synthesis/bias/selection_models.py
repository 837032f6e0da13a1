"""Selection models: what would the pool say if significant results were published more readily."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, as_vector, not_among
from equipoise.synthesis.bias.selection_likelihood import (
    ALTERNATIVES,
    Selected,
    derivatives,
    selected,
)
from equipoise.synthesis.bias.selection_search import HIGHEST_WEIGHT, LOWEST_WEIGHT, Peak, peaks
from equipoise.synthesis.bias.study_effects import back, checked, in_unit, option, sentences
from equipoise.synthesis.intervals import critical_value, two_sided_p

METHOD_CITES = {
    "stepfun": ("hedges1992", "vevea1995"),
    "given": ("vevea2005",),
}
"""Keys of `equipoise.cite.REFERENCES`: weights estimated, and weights given."""

FEW = 4
"""P values in an interval below which its weight is mostly guessed: one more study would move it
by a factor."""

GUESSED = "Fewer than {few} P values in interval {which}: weights there are mostly guess."
STOPPED = "A weight was stopped at its bound: the data do not say how large it is."


@dataclass(frozen=True)
class SelectionModel:
    """A random-effects pool allowing for publication that depends on P.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, level, p_value : float
        Mean effect before selection, with Wald interval and P.
    tau2, tau2_se : float
        Between-study variance before selection; its error is NaN at zero.
    steps : array, shape (J,)
        Upper ends of the intervals of P.
    weights, weights_se : array, shape (J,)
        Chance of publication relative to the first interval; its error is NaN where the weight
        was fixed, given or stopped at a bound.
    counts : array, shape (J,)
        Studies in each interval.
    loglik : float
    unselected_estimate, unselected_tau2, unselected_loglik : float
        The same model by maximum likelihood with all weights 1.
    lrt, lrt_df, lrt_p_value : float
        Likelihood-ratio test that all weights are 1; NaN for given weights.
    tau2_lrt, tau2_lrt_p_value : float
        Likelihood-ratio test that tau2 is 0, chi-square with 1 degree of freedom
        (conservative: the value lies at the edge).
    alternative : str
    k : int
    status : str
        ``converged``; ``boundary``: tau2 is zero or a weight was stopped at its bound;
        ``bimodal``: a second maximum lies within a log-likelihood of 2; ``not_converged``;
        ``undefined``.
    message : str
        What a reader should know before using the numbers.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    p_value: float
    tau2: float
    tau2_se: float
    steps: Array
    weights: Array
    weights_se: Array
    counts: NDArray[np.int64]
    loglik: float
    unselected_estimate: float
    unselected_tau2: float
    unselected_loglik: float
    lrt: float
    lrt_df: int
    lrt_p_value: float
    tau2_lrt: float
    tau2_lrt_p_value: float
    alternative: str
    k: int
    status: str
    message: str


def selection_model(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    steps: ArrayLike = (0.025, 1.0),
    alternative: str = "greater",
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> SelectionModel:
    """Pool effects that were published more or less readily depending on their P value.

    The effects before selection are `N(mu, vi + tau2)`; a study whose P lies in interval j,
    `(a_(j-1), a_j]`, is published with a chance proportional to `delta_j`, `delta_1 = 1`. Mean,
    tau2 and the other `delta` are estimated together by maximum likelihood, from many starting
    points; errors come from the observed information.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    steps : array_like, shape (J,)
        Upper ends of the intervals of P, ascending, above 0; 1 is added if it is not the last.
        One-sided P are half the usual ones: 0.025 stands for "significant at 5 %".
    alternative : {"greater", "less", "two.sided"}
        Direction in which results were favoured: P is `1 - Phi(z)`, `Phi(z)` or
        `2 (1 - Phi(|z|))`, `z = yi / sqrt(vi)`.
    weights : array_like, shape (J,), optional
        Chances of publication supposed instead of estimated: a sensitivity analysis that
        also works for few studies (Vevea and Woods 2005, 10.1037/1082-989X.10.4.428).
    level : float
        Level of the interval.

    Returns
    -------
    SelectionModel
        ``undefined`` with a sentence when weights are to be estimated and an interval of P holds
        no study, or there are fewer studies than parameters.

    Raises
    ------
    ArrayError
        Unknown option, steps that do not ascend within 0 to 1, weights that are not above 0 or
        not one an interval, unequal lengths, a value that is not finite, a variance that is not
        above zero.

    Notes
    -----
    Needs many studies (tens), or is mostly assumption. Source: Vevea and Hedges 1995,
    10.1007/BF02294384; Hedges 1992, 10.1214/ss/1177011364.

    Examples
    --------
    >>> y, v = [0.1, 0.2, 0.5, 0.7, 0.6, 0.3], [0.01, 0.02, 0.05, 0.09, 0.2, 0.08]
    >>> result = selection_model(y, v, weights=[1.0, 0.5])
    >>> round(result.unselected_estimate, 3), round(result.estimate, 3)
    (0.242, 0.19)
    """
    problems = not_among("alternative", alternative, ALTERNATIVES)
    ends = _steps(steps, problems)
    given = None if weights is None else _given(weights, ends, problems)
    y, v = checked(yi, vi, level=level, problems=problems)
    scaled = in_unit(y, v)
    data = selected(scaled.y, scaled.v, ends, alternative)
    why = _why_undefined(data, given)
    ask = _Ask(ends, alternative, given, level)
    return _undefined(data, ask, why) if why else _fitted(data, ask, scaled.unit)


class _Ask(NamedTuple):
    """The options of one model."""

    ends: Array
    alternative: str
    given: Array | None
    level: float


def _steps(steps: ArrayLike, problems: list[Problem]) -> Array:
    """Return the ends of the intervals, 1 the last; what is wrong goes to `problems`."""
    ends = as_vector(steps, "steps")
    inside = bool(ends.size) and bool(np.all((ends > 0.0) & (ends <= 1.0)))
    if not inside or bool((np.diff(ends) <= 0.0).any()):
        allowed, action = "ascending values above 0, at most 1", "Use for instance (0.025, 1)."
        problems.append(option("steps", ends.tolist(), allowed, action))
        return np.ones(1)
    return ends if ends[-1] == 1.0 else np.append(ends, 1.0)


def _given(weights: ArrayLike, ends: Array, problems: list[Problem]) -> Array:
    """Return the weights supposed, relative to the first; what is wrong goes to `problems`."""
    given = as_vector(weights, "weights")
    if given.size != ends.size or not bool((np.isfinite(given) & (given > 0.0)).all()):
        allowed = f"{ends.size} finite values above 0, one an interval of P"
        problems.append(option("weights", given.tolist(), allowed, "Give one an interval."))
        return np.ones(ends.size)
    out: Array = given / given[0]
    return out


def _why_undefined(data: Selected, given: Array | None) -> str:
    """Return the sentence that says why there is no fit; empty if there is one."""
    k, parameters = data.y.size, 2 + (0 if given is not None else data.counts.size - 1)
    if k < parameters:
        return f"{parameters} parameters need at least as many studies; there are {k}."
    if given is None and (data.counts == 0).any():
        empty = ", ".join(str(j + 1) for j in np.flatnonzero(data.counts == 0))
        return f"No study in interval {empty} of P: choose other steps, or give weights."
    return ""


def _undefined(data: Selected, ask: _Ask, why: str) -> SelectionModel:
    """Return what is left when there is no fit."""
    nan, blank = math.nan, np.full(ask.ends.size, math.nan)
    counts = data.counts.astype(np.int64)
    return SelectionModel(
        *(nan, nan, nan, nan, ask.level, nan, nan, nan, ask.ends, blank, blank, counts),
        *(nan, nan, nan, nan, nan, 0, nan, nan, nan),
        *(ask.alternative, data.y.size, "undefined", why),
    )


def _errors(data: Selected, peak: Peak) -> Array:
    """Return standard errors (J + 2,) from the observed information on what is free."""
    out = np.full(peak.free.size, math.nan)
    hessian = derivatives(data, peak.mu, peak.tau2, peak.delta).hessian
    information = -hessian[np.ix_(peak.free, peak.free)]
    values, vectors = np.linalg.eigh(information)
    if values.min() > 1e-12 * values.max():
        out[peak.free] = np.sqrt((vectors**2 / values).sum(axis=1))
    return out


def _fitted(data: Selected, ask: _Ask, unit: int) -> SelectionModel:
    """Put the highest maximum beside the fit without selection and the one without tau2."""
    plain = peaks(data, np.ones(ask.ends.size))[0]
    flat = peaks(data, ask.given, tau2_zero=True)[0]
    found, k = (
        peaks(data, ask.given, also=(flat,) if ask.given is not None else (plain, flat)),
        data.y.size,
    )
    best = found[0]
    errors = _errors(data, best)
    se, half = float(errors[0]), critical_value(ask.level) * float(errors[0])
    df = 0 if ask.given is not None else ask.ends.size - 1
    lrt, tau2_lrt = (max(0.0, 2.0 * (best.loglik - p.loglik)) for p in (plain, flat))
    status, message = _remarks(data, found, ask.given is None, se)
    shift = k * unit * math.log(2.0)
    return SelectionModel(
        estimate=back(best.mu, unit),
        se=back(se, unit),
        ci_low=back(best.mu - half, unit),
        ci_high=back(best.mu + half, unit),
        level=ask.level,
        p_value=two_sided_p(best.mu / se),
        tau2=back(best.tau2, 2 * unit),
        tau2_se=back(float(errors[1]), 2 * unit),
        steps=ask.ends,
        weights=best.delta,
        weights_se=errors[2:],
        counts=data.counts.astype(np.int64),
        loglik=best.loglik - shift,
        unselected_estimate=back(plain.mu, unit),
        unselected_tau2=back(plain.tau2, 2 * unit),
        unselected_loglik=plain.loglik - shift,
        lrt=lrt if df else math.nan,
        lrt_df=df,
        lrt_p_value=float(chdtrc(df, lrt)) if df else math.nan,
        tau2_lrt=tau2_lrt,
        tau2_lrt_p_value=float(chdtrc(1, tau2_lrt)),
        alternative=ask.alternative,
        k=k,
        status=status,
        message=message,
    )


def _remarks(data: Selected, found: list[Peak], estimated: bool, se: float) -> tuple[str, str]:
    """Status and sentences."""
    best = found[0]
    inner = best.delta[1:]
    stopped = estimated and bool(((inner >= HIGHEST_WEIGHT) | (inner <= LOWEST_WEIGHT)).any())
    rivals = [p for p in found[1:] if p.loglik > best.loglik - 2.0]
    few = [str(j + 1) for j in np.flatnonzero(data.counts < FEW)] if estimated else []
    said = sentences(
        GUESSED.format(few=FEW, which=", ".join(few)) if few else "",
        STOPPED if stopped else "",
        "The likelihood has a second maximum nearly as high." if rivals else "",
        "The information is singular: there are no standard errors." if math.isnan(se) else "",
        "" if estimated else "Weights were supposed, not estimated.",
    )
    if not best.settled:
        return "not_converged", sentences("The search did not settle.", said)
    if rivals:
        return "bimodal", said
    return ("boundary" if stopped or best.tau2 == 0.0 else "converged"), said
