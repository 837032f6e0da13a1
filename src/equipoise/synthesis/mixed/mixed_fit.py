"""A fitted mixed model as it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector
from equipoise.synthesis.mixed.coefficient_inference import (
    ContrastEstimate,
    Inferred,
    OmnibusTest,
    combine,
    joint_test,
)
from equipoise.synthesis.mixed.model_input import Prepared, RandomStructures
from equipoise.synthesis.mixed.random_structures import Labels


@dataclass(frozen=True)
class MixedFit:
    """A fitted mixed model, on the analysis scale (log for ratios).

    Attributes
    ----------
    names : tuple of str
        Names of the p coefficients.
    estimate, se, ci_low, ci_high, df, p_value : array, shape (p,)
        Coefficients, their standard errors, intervals at `level`, degrees of freedom (inf for
        the normal) and two-sided P.
    covariance : array, shape (p, p)
        Covariance of the coefficients that `se` comes from.
    parameters : tuple of str
        ``tau2[name]`` variances and ``rho[name]`` correlations, in the order of `random`.
    parameter_values : array
        Their estimates; variances in squared units of `y`. The correlation of a level that has
        no variance is NaN.
    G : tuple of array
        Covariance matrix of each structure, levels in sorted order.
    loglik, aic : float
        (Restricted) log-likelihood at the estimate, and `-2 loglik + 2 (p + parameters)`.
    q, q_df, q_p_value : float
        `y' P y` at weights `V^-1`, whatever the method: heterogeneity left by the coefficients.
    qm, qm_df1, qm_df2, qm_p_value : float
        Test of all coefficients but the intercept: chi-square (`qm_df2` inf) or F.
    k, p : int
        Numbers of effects and of coefficients.
    method, inference, level
        As asked for.
    status : str
        ``converged``, ``boundary`` (a zero variance, a correlation at the end of its range),
        ``bimodal``, ``not_converged``, ``undefined`` (no standard error exists).
    message : str
        What a reader should know before using the numbers; empty if nothing.
    y, V, X, random, cluster
        The input as it was given.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    df: Array
    p_value: Array
    covariance: Array
    parameters: tuple[str, ...]
    parameter_values: Array
    G: tuple[Array, ...]
    loglik: float
    aic: float
    q: float
    q_df: int
    q_p_value: float
    qm: float
    qm_df1: int
    qm_df2: float
    qm_p_value: float
    k: int
    p: int
    method: str
    inference: str
    level: float
    status: str
    message: str
    y: ArrayLike = field(repr=False)
    V: ArrayLike = field(repr=False)
    X: Any = field(repr=False)
    random: RandomStructures = field(repr=False)
    cluster: Labels | None = field(repr=False)
    prepared: Prepared = field(repr=False)
    theta: Array = field(repr=False)
    inferred: Inferred = field(repr=False)

    def contrast(self, weights: ArrayLike) -> ContrastEstimate:
        """Estimate a linear combination of the coefficients.

        `weights` (p,), in the order of `names`; the estimate is `weights @ estimate`, its error
        and degrees of freedom follow the inference of the fit.

        Raises
        ------
        ArrayError
            Weights that are not p finite numbers.
        """
        w = as_vector(weights, "weights")
        if w.size != self.p or not np.all(np.isfinite(w)):
            allowed = f"{self.p} finite numbers, one for each of {', '.join(self.names)}"
            raise ArrayError([Problem("", "", "weights", repr(w.tolist()), allowed, "Pass these.")])
        return combine(self.prepared, self.inferred, self._rows(w), 0, self.level)

    def compare_all(self) -> OmnibusTest:
        """Test that all coefficients are equal, for columns that indicate groups of rows."""
        differences = np.eye(self.p)[1:] - np.eye(self.p)[0]
        return joint_test(self.prepared, self.inferred, self._rows(differences))

    def _rows(self, weights: Array) -> Array:
        """Weights of the columns as given, turned to those of the orthonormal columns."""
        design = self.prepared.design
        rows: Array = np.ldexp(weights, -design.exponents) @ design.back
        return rows
