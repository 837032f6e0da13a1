"""Tests of funnel-plot asymmetry: do small studies show other effects than large ones.

What they see is an association of effect and study size, a small-study effect. Selective
publication is one cause; others are true heterogeneity tied to size (sicker patients, earlier
trials, another dose), poorer methods in small trials, a measure whose error depends on its
value, and chance (Sterne and others 2011, 10.1136/bmj.d4002).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.arrays import Array, as_vector, broadcast, not_among, refuse
from equipoise.synthesis.bias.funnel_regression import METHODS, fit_line, is_constant, line_at
from equipoise.synthesis.bias.study_effects import back, checked, in_unit, option, sentences
from equipoise.synthesis.intervals import critical_value, two_sided_p

METHOD_CITES = {
    "egger": ("egger1997", "sterne2011"),
    "limit": ("stanley2014",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each test."""

FEW = 10
"""Studies below which the tests find next to nothing (Sterne 2011, recommendation 3)."""

LOW_POWER = (
    "Only {k} studies: below 10 the test has little power, and a large P does not mean symmetry."
)
OTHER_CAUSES = (
    "Asymmetry has other causes than selective publication, such as heterogeneity tied to "
    "study size."
)
PERFECT = 1e-26
"""Residual sum, relative to that of the effects, below which studies lie on a line exactly."""

PREDICTORS = ("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")
POWER_OF_UNIT = {"sei": 1, "vi": 2}


@dataclass(frozen=True)
class FunnelTest:
    """A test of funnel-plot asymmetry by regression.

    Attributes
    ----------
    test, model, predictor : str
        Which test it is, ``lm`` or ``rma``, and what stands for the size of a study.
    statistic, df, p_value : float
        Slope over its error; degrees of freedom (infinite: normal); two-sided P.
    slope, slope_se : float
        Change of the effect, on the analysis scale, with one unit of the predictor.
    limit, limit_low, limit_high, level : float
        Effect expected of an infinitely large study with its interval; NaN where the
        predictor does not vanish in such a study (``ni``, ``sqrtni``).
    tau2 : float
        Residual variance between studies (``rma``), NaN for ``lm``.
    k : int
        Studies used.
    status : str
        ``converged``, or ``undefined`` when there is no such test for these data.
    message : str
        What a reader should know before using the numbers.
    """

    test: str
    model: str
    predictor: str
    statistic: float
    df: float
    p_value: float
    slope: float
    slope_se: float
    limit: float
    limit_low: float
    limit_high: float
    level: float
    tau2: float
    k: int
    status: str
    message: str


def egger(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    predictor: str = "sei",
    model: str = "lm",
    ni: ArrayLike | None = None,
    method: str = "REML",
    level: float = 0.95,
) -> FunnelTest:
    """Test by regression whether effects change with the size of the study (Egger's test).

    `yi = b0 + b1 xi + error`, `xi` the predictor, weights inverse to the variance of the error.

    - ``lm``: the variance is `phi vi`, `phi = sum (ri^2 / vi) / (k - 2)`; `b1 / se` has Student's
      distribution with k - 2 degrees of freedom. With ``sei`` this is the test of Egger 1997
      (there, the intercept of `yi / sei` on `1 / sei` is this `b1`).
    - ``rma``: the variance is `vi + tau2`; `b1 / se` is referred to the normal distribution.

    `b0` is the effect at `xi = 0`: with ``sei`` (PET), ``vi`` (PEESE), ``ninv`` or ``sqrtninv``
    that of an infinitely large study (Stanley and Doucouliagos 2014, 10.1002/jrsm.1095). Read it
    as a sensitivity analysis.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale (log for ratios) and their sampling variances.
    predictor : {"sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"}
        Standard error, variance, or sample size and its inverse and square roots.
    model : {"lm", "rma"}
        Multiplicative or additive extra variance.
    ni : array_like, shape (k,), optional
        Sample sizes, for the predictors made of them.
    method : {"REML", "EE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM"}
        Estimator of tau2 for ``rma``.
    level : float
        Level of the interval of the limit.

    Returns
    -------
    FunnelTest
        ``undefined`` with a sentence for fewer than three studies or a predictor that does not
        vary (all studies equally large).

    Raises
    ------
    ArrayError
        Unknown option, unequal lengths, a value that is not finite, a variance or a sample size
        that is not above zero; every offending index is named.

    Notes
    -----
    Not for log odds ratios with large effects or rare events, whose variance depends on the
    effect itself: use `peters` or `harbord`. Source: Egger and others 1997,
    10.1136/bmj.315.7109.629.

    Examples
    --------
    >>> result = egger([0.1, 0.2, 0.5, 0.7, 0.6], [0.01, 0.02, 0.05, 0.09, 0.2])
    >>> round(result.statistic, 3), result.df
    (4.261, 3.0)
    """
    problems = [
        *not_among("predictor", predictor, PREDICTORS),
        *not_among("model", model, ("lm", "rma")),
        *not_among("method", method, METHODS),
    ]
    if predictor not in POWER_OF_UNIT and ni is None:
        problems.append(option("ni", None, "sample sizes", f"Give ni for {predictor}."))
    if ni is not None:
        n = as_vector(ni, "ni")
        problems += refuse("ni", n, ~(np.isfinite(n) & (n > 0)), "a sample size above 0")
    y, v = checked(yi, vi, level=level, problems=problems)
    sizes = broadcast(ni=n, yi=y)["ni"] if ni is not None else np.ones_like(y)
    return regression_test(Ask("egger", predictor, model, method, level), y, v, sizes)


def _predictor(name: str, v: Array, n: Array) -> Array:
    """Measure of study size that the line runs along."""
    of_size = {"ni": n, "ninv": 1.0 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1.0 / np.sqrt(n)}
    return of_size[name] if name in of_size else np.sqrt(v) if name == "sei" else v


class Ask(NamedTuple):
    """What is to be fitted: the test's name and its options."""

    test: str
    predictor: str
    model: str
    method: str
    level: float


class _Fit(NamedTuple):
    """A line in the unit of the data: errors and degrees of freedom of its own model."""

    slope: float
    slope_se: float
    intercept: float
    intercept_se: float
    df: float
    tau2: float


def regression_test(ask: Ask, yi: Array, vi: Array, n: Array, remark: str = "") -> FunnelTest:
    """Fit the line and say what it shows."""
    nothing = _why_undefined(vi, ask.predictor, n)
    if nothing:
        fit, status = _Fit(*(math.nan,) * 6), "undefined"
    else:
        fit, status = _in_own_unit(ask, yi, vi, n), "converged"
        few = LOW_POWER.format(k=yi.size) if yi.size < FEW else ""
        nothing = sentences(few, OTHER_CAUSES)
    statistic = _over(fit.slope, fit.slope_se)
    half = math.nan if status == "undefined" else critical_value(ask.level, fit.df)
    half *= fit.intercept_se
    limit = math.nan if ask.predictor in {"ni", "sqrtni"} else fit.intercept
    return FunnelTest(
        test=ask.test,
        model=ask.model,
        predictor=ask.predictor,
        statistic=statistic,
        df=fit.df,
        p_value=math.nan if status == "undefined" else two_sided_p(statistic, fit.df),
        slope=fit.slope,
        slope_se=fit.slope_se,
        limit=limit,
        limit_low=limit - half,
        limit_high=limit + half,
        level=ask.level,
        tau2=fit.tau2,
        k=yi.size,
        status=status,
        message=sentences(nothing, remark),
    )


def _in_own_unit(ask: Ask, yi: Array, vi: Array, n: Array) -> _Fit:
    """Fit in a unit near the typical error, counted from one effect, and bring it back."""
    y, v, unit = in_unit(yi, vi)
    x = _predictor(ask.predictor, v, n)
    origin = float(y[0])
    y = y - origin
    lift, factor, df, tau2 = 0, 1.0, math.inf, math.nan
    if ask.model == "lm":
        # By their own size, so that the squares of very small effects are not lost.
        lift, df = -math.frexp(float(np.abs(y).max()))[1], float(y.size - 2)
        line = line_at(np.ldexp(y, lift), v, x)
        explained = float((np.ldexp(y, lift) ** 2 / v).sum())
        factor = math.sqrt(line.q / df) if line.q > PERFECT * explained else 0.0
    else:
        line = fit_line(y, v, x, ask.method)
        tau2 = back(line.tau2, 2 * unit)
    down = unit - lift
    errors = down if ask.model == "lm" else unit
    power = POWER_OF_UNIT.get(ask.predictor, 0) * unit
    return _Fit(
        slope=back(line.slope, down - power),
        slope_se=back(factor * line.slope_se, errors - power),
        intercept=back(back(line.intercept, -lift) + origin, unit),
        intercept_se=back(factor * line.intercept_se, errors),
        df=df,
        tau2=tau2,
    )


def _over(slope: float, se: float) -> float:
    """Slope over its error; a perfect line has an infinite one, no slope at all none."""
    if se > 0.0 or math.isnan(se):
        return slope / se
    return math.copysign(math.inf, slope) if slope else 0.0


def _why_undefined(v: Array, predictor: str, n: Array) -> str:
    """Return the sentence that says why there is no line; empty if there is one."""
    if v.size < 3:
        return f"The regression needs three studies; there are {v.size}."
    scaled = in_unit(v, v).v
    if is_constant(_predictor(predictor, scaled, n), scaled):
        return f"All studies have the same {predictor}: nothing can be seen of small studies."
    return ""
