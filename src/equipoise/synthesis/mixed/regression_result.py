"""A meta-regression as it is read: numbers, and predictions from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.mixed.design_columns import matrix_of
from equipoise.synthesis.mixed.mixed_fit import MixedFit


class Prediction(NamedTuple):
    """Mean effect at given moderators, with its error, interval, and prediction interval.

    Each is an array with one entry for every row that was asked for.
    """

    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    prediction_low: Array
    prediction_high: Array


@dataclass(frozen=True)
class RegressionResult:
    """A meta-regression, on the analysis scale (log for ratios).

    Attributes
    ----------
    names : tuple of str
        Coefficients, the intercept first if there is one.
    estimate, se, ci_low, ci_high, df, p_value : array, shape (p,)
    covariance : array, shape (p, p)
    tau2, tau2_se, tau2_low, tau2_high : float
        Residual between-study variance, its standard error, its Q-profile interval.
    i2, h2 : float
        Residual inconsistency in per cent, and as a ratio of variances.
    r2 : float
        Share of the between-study variance that the moderators explain, in per cent, cut at 0;
        0 when there is none to explain, NaN without an intercept or moderators, and for EE. Very
        imprecise below some 40 studies.
    q, q_df, q_p_value : float
        Heterogeneity left over (QE), at weights `1 / vi`, whatever the method.
    qm, qm_df1, qm_df2, qm_p_value : float
        Test of all moderators together: chi-square (`qm_df2` inf) or F.
    loglik : float
        Restricted log-likelihood for REML, else the log-likelihood, at the estimate.
    k, p : int
    method, ci, level : str, str, float
    status, message : str
        As for `fit_mixed`.
    fit : MixedFit
        The mixed model beneath, at the estimated variances.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    df: Array
    p_value: Array
    covariance: Array
    tau2: float
    tau2_se: float
    tau2_low: float
    tau2_high: float
    i2: float
    h2: float
    r2: float
    q: float
    q_df: int
    q_p_value: float
    qm: float
    qm_df1: int
    qm_df2: float
    qm_p_value: float
    loglik: float
    k: int
    p: int
    method: str
    ci: str
    level: float
    status: str
    message: str
    fit: MixedFit = field(repr=False)

    def predict(self, X_new: Any) -> Prediction:
        """Mean effect, and range of true effects, of studies with moderators `X_new`.

        `estimate = x b`, `se = sqrt(x C x')`, intervals `estimate +- crit se` and
        `estimate +- crit sqrt(se^2 + tau2)`, `crit` being the quantile of the fit (under ``cr2``
        with the degrees of freedom of that combination). Beyond the range of the moderators
        this is extrapolation, which no interval shows.

        Parameters
        ----------
        X_new : array_like, shape (n, p - 1) or (n, p)
            Moderators as in the call, without the intercept if the call added it.

        Raises
        ------
        ArrayError
            Another number of columns, values that are not finite.
        """
        values, _ = matrix_of(X_new, "X_new")
        added = self.names[0] == "intercept" and values.shape[1] == self.p - 1
        rows = np.column_stack([np.ones(values.shape[0]), values]) if added else values
        if rows.shape[1] != self.p or not np.all(np.isfinite(rows)):
            allowed = f"finite columns {', '.join(self.names)}, with or without an intercept"
            found = f"shape {values.shape}"
            raise ArrayError([Problem("", "", "X_new", found, allowed, "Pass these columns.")])
        made = [self.fit.contrast(row) for row in rows]
        estimate, se = np.array([m.estimate for m in made]), np.array([m.se for m in made])
        crit = np.array([critical_value(self.level, m.df) if m.df > 0 else math.nan for m in made])
        half = crit * np.hypot(se, math.sqrt(self.tau2))
        ahead = math.nan if self.method == "EE" else 1.0
        low, high = np.array([m.ci_low for m in made]), np.array([m.ci_high for m in made])
        return Prediction(
            estimate, se, low, high, ahead * (estimate - half), ahead * (estimate + half)
        )
