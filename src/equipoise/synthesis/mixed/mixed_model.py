"""The one model under pairwise, regression, multilevel and multivariate synthesis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.mixed.coefficient_inference import (
    ContrastEstimate,
    Inferred,
    combine,
    infer,
    omnibus,
)
from equipoise.synthesis.mixed.fit_remarks import remarks
from equipoise.synthesis.mixed.likelihood import Model, Solved, solve
from equipoise.synthesis.mixed.mixed_fit import MixedFit
from equipoise.synthesis.mixed.model_input import Options, Prepared, prepare
from equipoise.synthesis.mixed.random_structures import Labels, Structures, structures_of
from equipoise.synthesis.mixed.variance_estimates import (
    Variances,
    estimate_variances,
    hidden_structures,
    parameter_table,
    unscaled,
)

METHOD_CITES = {
    "REML": ("patterson1971", "harville1977"),
    "ML": ("harville1977",),
    "multilevel": ("konstantopoulos2011",),
    "multivariate": ("berkey1998", "jackson2011"),
    "hksj": ("knapp2003",),
    "cr2": ("tipton2015", "pustejovsky2018"),
    "parametrisation": ("pinheiro1996",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each part of the model."""


def fit_mixed(
    y: ArrayLike,
    V: ArrayLike,
    X: Any = None,
    *,
    random: Structures | None = (),
    method: str = "REML",
    inference: str = "wald",
    cluster: Labels | None = None,
    level: float = 0.95,
    names: Sequence[str] | None = None,
) -> MixedFit:
    """Regress effects on columns when their errors, and their true values, may be correlated.

    `y ~ N(X b + Z u, V)`, `u ~ N(0, G)`: `y` (k,) effects, `V` their known sampling covariance,
    `X` (k, p) columns, `Z u` the deviations of the structures in `random`. With
    `M = V + sum_j Z_j G_j Z_j'` the coefficients are `b = (X' M^-1 X)^-1 X' M^-1 y` at the
    variances that maximise the (restricted) likelihood. Inference:

    - ``wald``: covariance `(X' M^-1 X)^-1`, normal quantile;
    - ``t``: the same, Student quantile with k - p degrees of freedom;
    - ``hksj``: the same times `r' M^-1 r / (k - p)` (Knapp and Hartung 2003), Student quantile;
      ``hksj-adhoc``: that factor not below 1. Meant for independent effects with one variance;
    - ``cr2``: cluster-robust, small-sample corrected, Satterthwaite degrees of freedom; right
      in large samples even when `V` is a guess.

    Parameters
    ----------
    y : array_like, shape (k,)
        Effects on the analysis scale (log for ratios).
    V : array_like, shape (k,) or (k, k), or list of square blocks
        Sampling variances (not standard errors), or their positive definite covariance matrix:
        blocks for effects that share patients (see `sampling_covariance`). A list of blocks is
        put on the diagonal in the order of the rows.
    X : array_like, shape (k, p), or dataframe
        Columns of the regression *including* any intercept; None is an intercept alone.
    random : Groups, Correlated, or sequence of these; labels, or mapping of names to labels
        Structures of the true effects; none (or None) gives generalised least squares. The labels
        of the k rows stand for their `Groups`, a mapping for several with names.
    method : {"REML", "ML", "FE"}
        How variances are estimated; ``FE`` allows no random structure.
    inference : {"wald", "t", "hksj", "hksj-adhoc", "cr2"}
    cluster : sequence, length k
        Independent unit of each row, for ``cr2``.
    level : float
        Confidence level, above 0, at most 0.999999999.
    names : sequence of str
        Names of the columns; by default those of a dataframe, else ``intercept``, ``x1``, ...

    Returns
    -------
    MixedFit

    Raises
    ------
    ArrayError
        Anything that is not finite, a variance not above zero, a `V` that is not positive
        definite, collinear columns (named), more columns than effects, structures whose
        parameters no data could tell apart, clusters that share something, unknown options.

    Notes
    -----
    One variance parameter is searched without gaps; several from many deterministic starts
    (modules `single_variance` and `optimum` say what that proves). Blocks of rows that share
    nothing are handled apart: 10,000 independent effects are cheap, one block of 1,000 takes
    seconds.

    Do not use it for raw counts with rare events, where the normal likelihood of `y` fails.

    Sources: Harville 1977, 10.2307/2286796; Berkey 1998,
    10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C; Konstantopoulos 2011,
    10.1002/jrsm.35; Knapp and Hartung 2003, 10.1002/sim.1482; Pustejovsky and Tipton 2018,
    10.1080/07350015.2016.1247004.

    Examples
    --------
    >>> from equipoise.synthesis.mixed import Groups, fit_mixed
    >>> study = ["a", "a", "b", "b", "c"]
    >>> fit = fit_mixed([0.1, 0.3, 0.6, 0.5, 0.9], [0.02] * 5, random=[Groups(study)])
    >>> fit.parameters, fit.k
    (('tau2[1]',), 5)
    >>> round(float(fit.estimate[0]), 3), round(float(fit.parameter_values[0]), 3)
    (0.54, 0.106)
    """
    structures = structures_of(random, np.size(y))
    prepared = prepare(y, V, X, structures, cluster, names, Options(method, inference, level))
    restricted = method == "REML"
    model = prepared.model(prepared.components, restricted=restricted, clustered=inference == "cr2")
    _refuse_hidden(hidden_structures(model))
    found = estimate_variances(model, prepared.unit)
    solved = solve(model, found.theta)
    if solved is None:
        action = "Check the magnitudes of V and X."
        problem = Problem("", "", "y, V, X", "", "a model that a double can hold", action)
        raise ArrayError([problem])
    inferred = infer(prepared, model, found.theta, solved, inference)
    numbers = _coefficients(prepared, inferred, level)
    numbers |= _fit_numbers(prepared, model, found, solved, inferred)
    status = "undefined" if np.isnan(numbers["ci_low"]).any() else found.status
    return MixedFit(
        **numbers,
        k=prepared.k,
        p=prepared.p,
        method=method,
        inference=inference,
        level=level,
        status=status,
        message=remarks(prepared, found.message, inferred, numbers["q"], inference),
        y=y,
        V=V,
        X=X,
        random=structures,
        cluster=cluster,
        prepared=prepared,
        theta=found.theta,
        inferred=inferred,
    )


def _refuse_hidden(names: list[str]) -> None:
    """Refuse structures of which the columns leave nothing to see."""
    action = "Leave that structure out, or the columns that tell its groups apart."
    problems = [
        Problem("", "", "random", name, "groups that differ in more than the columns", action)
        for name in names
    ]
    if problems:
        raise ArrayError(problems)


def _coefficients(prepared: Prepared, inferred: Inferred, level: float) -> dict[str, Any]:
    """Return every coefficient of `X` with its error and interval, in units of the data."""
    design = prepared.design
    with np.errstate(over="ignore", under="ignore"):
        rows = [
            combine(prepared, inferred, weights, int(exponent), level)
            for weights, exponent in zip(design.back, design.exponents, strict=True)
        ]
        powers = prepared.unit - inferred.down - design.exponents
        covariance = design.back @ inferred.covariance @ design.back.T
        covariance = np.ldexp(covariance, powers[:, None] + powers)
    table = {
        name: np.array(values)
        for name, values in zip(ContrastEstimate._fields, zip(*rows, strict=True), strict=True)
    }
    lost = [name for name in ("estimate", "se") if np.isinf(table[name]).any()]
    if lost:
        action = "Give the effects or the columns in another unit."
        allowed = "magnitudes for which these are below 1.7e308"
        raise ArrayError([Problem("", "", "y, V, X", ", ".join(lost), allowed, action)])
    return {"names": design.names, "covariance": covariance, **table}


def _fit_numbers(
    prepared: Prepared, model: Model, found: Variances, solved: Solved, inferred: Inferred
) -> dict[str, Any]:
    """Variances, likelihood and tests, in units of the data."""
    k, p, unit = prepared.k, prepared.p, prepared.unit
    names, values = parameter_table(model, found.theta)
    matrices = tuple(np.ldexp(G, 2 * unit) for G in model.covariances(found.theta))
    free = k - p if model.restricted else k
    loglik = solved.loglik - free * unit * math.log(2.0)
    q = math.ldexp(residual_q(prepared), -2 * prepared.lift)
    test = omnibus(prepared, inferred)
    return {
        "parameters": names,
        "parameter_values": unscaled(names, values, unit),
        "G": matrices,
        "loglik": loglik,
        "aic": -2.0 * loglik + 2.0 * (p + len(names)),
        "q": q,
        "q_df": k - p,
        "q_p_value": float(chdtrc(k - p, q)) if k > p else 1.0,
        **dict(zip(("qm", "qm_df1", "qm_df2", "qm_p_value"), test, strict=True)),
    }


def residual_q(prepared: Prepared) -> float:
    """`r' V^-1 r` of the fit without random structures, in lifted units."""
    solved = solve(prepared.model(()), np.empty(0))
    return math.nan if solved is None else solved.rss
