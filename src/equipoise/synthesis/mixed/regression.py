"""Meta-regression: do study characteristics explain why effects differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, not_among
from equipoise.synthesis.mixed.design_columns import default_names, matrix_of
from equipoise.synthesis.mixed.mixed_fit import MixedFit
from equipoise.synthesis.mixed.mixed_model import fit_mixed
from equipoise.synthesis.mixed.random_structures import Groups, Labels
from equipoise.synthesis.mixed.regression_heterogeneity import (
    MOMENT_METHODS,
    MomentEstimate,
    likelihood_se,
    q_profile,
    tau2_regression,
    typical_variance,
)
from equipoise.synthesis.mixed.regression_result import RegressionResult

METHODS = ("REML", "EE", "ML", *MOMENT_METHODS)

METHOD_CITES = {
    "regression": ("thompson2002", "knapp2003"),
    "r2": ("lopezlopez2014",),
    "tau2": ("viechtbauer2007",),
}
"""Keys of `equipoise.cite.REFERENCES`."""


def meta_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    X: Any = None,
    *,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
    names: Sequence[str] | None = None,
    intercept: bool = True,
    cluster: Labels | None = None,
) -> RegressionResult:
    """Regress independent effects on study characteristics.

    `yi ~ N(x_i b, vi + tau2)`: the coefficients are weighted least squares at
    `wi = 1 / (vi + tau2)`, `tau2` being what the moderators leave. `R2 = 100 max(0,
    (tau2_0 - tau2) / tau2_0)`, with `tau2_0` by the same method without moderators; `I2` and
    `H2` compare tau2 with `(k - p) / tr P`.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale (log for ratios) and their sampling *variances*.
    X : array_like, shape (k, q), or dataframe
        Moderators. A column of ones among them is the intercept, and no other is added.
    method : {"REML", "EE", "ML", "DL", "HE", "HS", "SJ", "PM", "EB"}
        Estimator of tau2. ``EE`` sets it to zero; ``EB`` and ``PM`` are the same number.
    ci : {"hksj", "wald", "t", "hksj-adhoc", "cr2"}
        Inference, see `fit_mixed`; ``cr2`` takes every study for a cluster unless `cluster`
        says otherwise.
    level : float
    names : sequence of str
        Names of the moderators; by default those of a dataframe, else ``x1``, ``x2``, ...
    intercept : bool
        Whether to put a column of ones first, unless there is one.
    cluster : sequence, length k
        For ``cr2``.

    Returns
    -------
    RegressionResult

    Raises
    ------
    ArrayError
        As `fit_mixed`; also when there are no more effects than coefficients.

    Notes
    -----
    REML and ML look at the whole likelihood of tau2 (`single_variance`). A relation between
    studies is not one between patients: regression on the mean of a patient characteristic says
    little about who benefits. Ten studies a moderator is the usual least.

    Sources: Thompson and Higgins 2002, 10.1002/sim.1187; Knapp and Hartung 2003,
    10.1002/sim.1482; Viechtbauer 2007, 10.1002/sim.2514; López-López 2014, 10.1111/bmsp.12002.

    Examples
    --------
    >>> yi = [0.10, 0.30, 0.35, 0.80, 0.90]
    >>> result = meta_regression(yi, [0.02] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], method="EE", ci="wald")
    >>> result.names, [round(float(b), 3) for b in result.estimate]
    (('intercept', 'x1'), [-0.14, 0.21])
    >>> round(float(result.predict([[6.0]]).estimate[0]), 2)
    1.12
    """
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    problems = not_among("method", method, METHODS)
    if problems:
        raise ArrayError(problems)
    design, columns = _design(X, y.size, names, intercept=intercept)
    if columns and y.size <= design.shape[1]:
        action = "Leave out moderators, or pool without them."
        found, allowed = f"{y.size} effects, {design.shape[1]} coefficients", "fewer coefficients"
        raise ArrayError([Problem("", "", "X", found, allowed, action)])
    clusters = range(y.size) if ci == "cr2" and cluster is None else cluster
    common: dict[str, Any] = {"inference": ci, "level": level, "cluster": clusters}
    common["names"] = columns
    if method in ("REML", "ML"):
        rows = (Groups(range(y.size), "residual"),)
        fit = fit_mixed(y, v, design, random=rows, method=method, **common)
        return _result(fit, fit, v, method, None)
    plain = fit_mixed(y, v, design, method="FE", **common)
    if method == "EE":
        return _result(plain, plain, v, method, MomentEstimate(0.0, math.nan, "converged"))
    found_tau = _moments(plain, method)
    total = v + found_tau.tau2
    fit = fit_mixed(y, total, design, method="FE", **common)
    return _result(fit, plain, v, method, found_tau)


def _design(
    X: Any, k: int, names: Sequence[str] | None, *, intercept: bool
) -> tuple[Array, tuple[str, ...]]:
    """Columns with their names, an intercept first if one is asked for."""
    values, found = (np.empty((k, 0)), None) if X is None else matrix_of(X)
    moderators = tuple(names) if names is not None else found or default_names(values)
    if not intercept or bool(np.all(values == 1.0, axis=0).any()):
        return values, moderators
    return np.column_stack([np.ones(values.shape[0]), values]), ("intercept", *moderators)


def _moments(plain: MixedFit, method: str) -> MomentEstimate:
    """Estimate tau2 by a method of moments, in squared units of the data."""
    ready = plain.prepared
    found = tau2_regression(ready.y, ready.V, ready.design.Q, method)
    unit = 2 * ready.unit
    return found._replace(tau2=math.ldexp(found.tau2, unit), se=math.ldexp(found.se, unit))


def _result(
    fit: MixedFit, plain: MixedFit, v: Array, method: str, found: MomentEstimate | None
) -> RegressionResult:
    """Put the numbers of the regression beside those of the mixed model beneath."""
    ready, unit = plain.prepared, 2 * plain.prepared.unit
    scaled, Q = ready.V, ready.design.Q
    if found is None:
        tau2 = float(fit.parameter_values[0])
        se = likelihood_se(Q, scaled, math.ldexp(tau2, -unit), restricted=method == "REML")
        found = MomentEstimate(tau2, math.ldexp(se, unit), fit.status)
    k, p = fit.k, fit.p
    profile = (math.nan, math.nan)
    if method != "EE":
        low, high = q_profile(ready.y, scaled, Q, fit.level)
        profile = (math.ldexp(low, unit), math.ldexp(high, unit))
        ratio = math.ldexp(found.tau2, -unit) / typical_variance(Q, scaled)
        i2, h2 = 100.0 * ratio / (1.0 + ratio), ratio + 1.0
    else:
        h2 = plain.q / (k - p)
        i2 = 100.0 * max(0.0, 1.0 - 1.0 / h2) if h2 > 0.0 else 0.0
    of_fit = "names estimate se ci_low ci_high df p_value covariance qm qm_df1 qm_df2 qm_p_value "
    of_fit += "loglik k p level message"
    numbers: dict[str, Any] = {name: getattr(fit, name) for name in of_fit.split()}
    numbers |= {name: getattr(plain, name) for name in ("q", "q_df", "q_p_value")}
    lost = fit.status in ("undefined", "not_converged")
    return RegressionResult(
        **numbers,
        tau2=found.tau2,
        tau2_se=found.se,
        tau2_low=profile[0],
        tau2_high=profile[1],
        i2=i2,
        h2=h2,
        r2=_explained(plain, v, method, found.tau2),
        method=method,
        ci=fit.inference,
        status=fit.status if lost else found.status,
        fit=fit,
    )


def _explained(plain: MixedFit, v: Array, method: str, tau2: float) -> float:
    """Return the pseudo-R2 (López-López 2014) in per cent, NaN where it has no meaning."""
    if method == "EE" or not 0 < len(plain.prepared.design.slopes) == plain.p - 1:
        return math.nan
    y = np.asarray(plain.y, dtype=np.float64)
    if method in ("REML", "ML"):
        rows = Groups(range(plain.k), "residual")
        total = float(fit_mixed(y, v, random=(rows,), method=method).parameter_values[0])
    else:
        total = _moments(fit_mixed(y, v, method="FE"), method).tau2
    return 100.0 * max(0.0, (total - tau2) / total) if total > 0.0 else 0.0
