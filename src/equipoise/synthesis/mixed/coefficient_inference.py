"""How sure are the coefficients: standard errors, degrees of freedom, intervals, tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, fdtrc

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.mixed.cluster_robust import Robust, robust
from equipoise.synthesis.mixed.likelihood import Model, Solved, as_floats
from equipoise.synthesis.mixed.model_input import Prepared


@dataclass(frozen=True)
class Inferred:
    """Covariance (p, p) of the coefficients of `Q` under one kind of inference.

    `df` is k - p, inf for the normal, NaN when each contrast has its own (`robust`). `factor` is
    what the Wald standard errors were multiplied by. The covariance is in squared units of
    `2^(unit - down)` of the data: errors that are made of effects were lifted with them.
    """

    b: Array
    covariance: Array
    df: float
    factor: float
    down: int
    robust: Robust | None


class ContrastEstimate(NamedTuple):
    """A linear combination of coefficients with its error, interval, df (inf: normal) and P."""

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    df: float
    p_value: float


class OmnibusTest(NamedTuple):
    """Statistic, its degrees of freedom (`df2` inf: chi-square), P."""

    statistic: float
    df1: int
    df2: float
    p_value: float


def infer(
    prepared: Prepared, model: Model, theta: Array, solved: Solved, inference: str
) -> Inferred:
    """Return the covariance of the coefficients at the estimated variances.

    For ``cr2`` the blocks of `model` must be the clusters.
    """
    spare = prepared.k - prepared.p
    wald = as_floats(np.linalg.inv(solved.information))
    if inference != "wald" and spare == 0:
        return Inferred(solved.b, wald * math.nan, math.nan, math.nan, 0, None)
    if inference == "cr2":
        found = robust(model, model.covariances(theta), solved.b, solved.information)
        return Inferred(solved.b, found.covariance, math.nan, math.nan, prepared.lift, found)
    if inference == "wald":
        return Inferred(solved.b, wald, math.inf, 1.0, 0, None)
    if inference == "t":
        return Inferred(solved.b, wald, float(spare), 1.0, 0, None)
    factor = math.sqrt(solved.rss / spare)
    if inference == "hksj-adhoc":
        factor = 1.0 if prepared.lift else max(1.0, factor)
        return Inferred(solved.b, wald * factor**2, float(spare), factor, 0, None)
    return Inferred(solved.b, wald * factor**2, float(spare), factor, prepared.lift, None)


def combine(
    prepared: Prepared, inferred: Inferred, weights: Array, exponent: int, level: float
) -> ContrastEstimate:
    """Estimate `2^-exponent weights @ b`, in units of the data."""
    value = float(weights @ inferred.b)
    variance = float(weights @ inferred.covariance @ weights)
    error = math.sqrt(variance) if variance >= 0.0 else math.nan
    df = inferred.df
    if inferred.robust is not None:
        df = inferred.robust.degrees_of_freedom(weights[None, :])
    up = prepared.unit - exponent
    estimate = float(np.ldexp(value, up - prepared.lift))
    se = float(np.ldexp(error, up - inferred.down))
    if math.isnan(error) or not df > 0.0:
        return ContrastEstimate(estimate, se, math.nan, math.nan, df, math.nan)
    half = critical_value(level, df) * se
    compared = float(np.ldexp(value, inferred.down - prepared.lift))
    p_value = 1.0 if value == 0.0 else two_sided_p(compared / error, df) if error > 0.0 else 0.0
    return ContrastEstimate(estimate, se, estimate - half, estimate + half, df, p_value)


def omnibus(prepared: Prepared, inferred: Inferred) -> OmnibusTest:
    """Test that every coefficient but the intercept is zero; NaN if there is no other."""
    return joint_test(prepared, inferred, prepared.design.back[list(prepared.design.slopes)])


def joint_test(prepared: Prepared, inferred: Inferred, rows: Array) -> OmnibusTest:
    """Test that m combinations `rows @ b` (m, p) are all zero.

    `QM = b' C^-1 b`: chi-square(m) for ``wald``; `QM / m` against F(m, k - p) for ``t`` and the
    Hartung-Knapp kinds; for ``cr2`` the approximate Hotelling test, `(n - m + 1) / (n m) QM`
    against F(m, n - m + 1), `n` its degrees of freedom. NaN where the test does not exist.
    """
    m = rows.shape[0]
    undefined = OmnibusTest(math.nan, m, math.nan, math.nan)
    b, covariance = rows @ inferred.b, rows @ inferred.covariance @ rows.T
    scale = np.sqrt(np.diag(covariance))
    if m == 0 or not np.all(scale > 0.0):
        return undefined
    z = b / scale
    try:
        quadratic = float(z @ np.linalg.solve(covariance / scale / scale[:, None], z))
    except np.linalg.LinAlgError:
        return undefined
    quadratic = math.ldexp(quadratic, 2 * (inferred.down - prepared.lift))
    if inferred.robust is not None:
        n = inferred.robust.degrees_of_freedom(rows)
        df2 = n - m + 1
        if df2 <= 0.0 or quadratic < 0.0:
            return undefined
        statistic = df2 / (n * m) * quadratic
        return OmnibusTest(statistic, m, df2, float(fdtrc(m, df2, statistic)))
    if math.isinf(inferred.df):
        return OmnibusTest(quadratic, m, math.inf, float(chdtrc(m, quadratic)))
    statistic = quadratic / m
    return OmnibusTest(statistic, m, inferred.df, float(fdtrc(m, inferred.df, statistic)))
