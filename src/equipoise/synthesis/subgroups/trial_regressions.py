"""Regressions of patients that keep the trials apart."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.subgroups.patient_rows import PatientRows
from equipoise.synthesis.subgroups.regression_fits import (
    Regression,
    least_squares,
    logistic,
    residual_variance,
    stratified_cox,
)


class TrialFit(NamedTuple):
    """One trial: mean of the covariate, interaction, effect at that mean, and their variances."""

    trial: Hashable
    mean: float
    interaction: float
    interaction_variance: float
    effect: float
    effect_variance: float


def base_columns(rows: PatientRows) -> list[Array]:
    """Return every trial's intercept (not for Cox) and slope of the covariate, if it varies."""
    mine = [rows.place == i for i in range(len(rows.names))]
    columns = [] if rows.family == "cox" else [m.astype(np.float64) for m in mine]
    slopes = [np.where(m, rows.centred, 0.0) for m in mine]
    return [*columns, *(s for s in slopes if s.any())]


def regress(rows: PatientRows, X: Array) -> Regression:
    """Regress by family; for ``linear`` with each trial's own residual variance."""
    if rows.family == "cox":
        return stratified_cox(X, rows.time, rows.outcome, rows.place)
    if rows.family == "logistic":
        return logistic(X, rows.outcome)
    variances = np.empty(len(rows.names))
    for i in range(variances.size):
        mine = rows.place == i
        full = _full(rows, mine)
        variances[i] = residual_variance(full, rows.outcome[mine])
    flat = [
        Problem(
            "",
            str(rows.names[i]),
            "outcome",
            f"residual variance {variances[i]:g}",
            "patients who differ within arm and stratum",
            "Leave the trial out.",
        )
        for i in np.flatnonzero(~(variances > 0.0))
    ]
    if flat:
        raise ArrayError(flat)
    return least_squares(X, rows.outcome, variances[rows.place])


def _full(rows: PatientRows, mine: NDArray[np.bool_]) -> Array:
    """Intercept, covariate, treatment and product, for one trial."""
    t, x = rows.treatment[mine], rows.centred[mine]
    return np.column_stack([np.ones(t.size), x, t, t * x])


def trial_fit(rows: PatientRows, i: int) -> TrialFit | None:
    """Fit one trial alone; None when its likelihood has no maximum."""
    mine = rows.place == i
    t, x = rows.treatment[mine], rows.centred[mine]
    varies = all(np.ptp(x[t == arm]) > 0.0 for arm in (0.0, 1.0))
    columns = [t * x, t, x] if varies else [t, *([x] if np.ptp(x) > 0.0 else [])]
    if rows.family != "cox":
        columns.append(np.ones(t.size))
    X = np.column_stack(columns)
    y = rows.outcome[mine]
    if rows.family == "cox":
        fit = stratified_cox(X, rows.time[mine], y, rows.place[mine])
    elif rows.family == "logistic":
        fit = logistic(X, y)
    else:
        error = residual_variance(_full(rows, mine), y)
        if not error > 0.0:
            return None
        fit = least_squares(X, y, np.full(y.size, error))
    if fit.status != "converged":
        return None
    v = variances_of(fit)
    nan, mean = math.nan, float(rows.means[i])
    pair = (float(fit.beta[0]), float(v[0])) if varies else (nan, nan)
    at = 1 if varies else 0
    return TrialFit(rows.names[i], mean, *pair, float(fit.beta[at]), float(v[at]))


def variances_of(fit: Regression) -> Array:
    """Variances (p,) of the coefficients."""
    out: Array = np.diag(fit.covariance)
    return out
