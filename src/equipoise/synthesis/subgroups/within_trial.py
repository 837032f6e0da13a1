"""Contrasts between strata of the same trial, pooled: the only ones free of aggregation bias."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, fdtrc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.pooling import PooledEffect, pool
from equipoise.synthesis.subgroups.block_likelihood import (
    BlockFit,
    Blocks,
    blocks_of,
    fit_blocks,
    gls_quadratic,
)
from equipoise.synthesis.subgroups.strata import Strata, TrialStrata

LIKELIHOODS = ("EE", "ML", "REML")
"""Estimators there are for three and more levels; two levels take any of `pool`."""


class TrialContrast(NamedTuple):
    """One trial's difference `level - against`, its variance and its place in the rows."""

    trial: Hashable
    level: Hashable
    against: Hashable
    estimate: float
    variance: float


class PooledContrasts(NamedTuple):
    """The pooled contrasts with the reference (k - 1,), their covariance and joint test."""

    effects: tuple[PooledEffect, ...]
    covariance: Array
    tau2: float
    joint_statistic: float
    joint_df: tuple[float, float]
    joint_p: float


def contrast_matrix(levels: Sequence[int]) -> Array:
    """Rows that take each level (m - 1, m) of a trial against its first."""
    m = len(levels)
    return np.hstack([-np.ones((m - 1, 1)), np.eye(m - 1)])


def level_design(levels: Sequence[int], k: int) -> Array:
    """Which interaction (m, k - 1) each row holds; the reference row holds none."""
    return np.eye(k)[list(levels)][:, 1:]


def trial_contrasts(strata: Strata) -> tuple[TrialContrast, ...]:
    """Every trial's own contrasts with the first of its levels."""
    out = []
    for one in strata.trials:
        if len(one.levels) < 2:
            continue
        C = contrast_matrix(one.levels)
        variance = np.diag(C @ one.covariance @ C.T)
        against = strata.levels[one.levels[0]]
        for place, estimate, v in zip(one.levels[1:], C @ one.effects, variance, strict=True):
            level = strata.levels[place]
            out.append(TrialContrast(one.trial, level, against, float(estimate), float(v)))
    return tuple(out)


def pool_contrasts(
    strata: Strata, *, method: str, ci: str | None, confidence: float
) -> PooledContrasts:
    """Pool the within-trial contrasts with the reference level.

    Two levels: `pool` of `d_i = y_i1 - y_i0` with `v_i = v_i0 + v_i1 - 2 c_i`. More: generalised
    least squares of all contrasts of all trials, `C_i y_i ~ N(C_i G_i gamma, C_i (S_i + tau2/2 I)
    C_i')`, so that one variance `tau2` is that of every contrast's true value between trials,
    contrasts with a common level share half of it, and no level is special.
    """
    own = trial_contrasts(strata)
    k = len(strata.levels)
    used = [one for one in strata.trials if len(one.levels) > 1]
    chosen = ci or ("hksj" if len(used) > 1 else "wald")
    if k <= 2:
        y, v = [c.estimate for c in own], [c.variance for c in own]
        pooled = pool(y, v, method=method, ci=chosen, level=confidence)
        return _two_levels(pooled)
    return _many_levels(strata, used, method, chosen, confidence)


def _two_levels(pooled: PooledEffect) -> PooledContrasts:
    statistic = (pooled.estimate / pooled.se) ** 2 if pooled.se > 0.0 else math.nan
    df = math.inf if pooled.ci == "wald" else float(pooled.k - 1)
    return PooledContrasts(
        (pooled,),
        np.array([[pooled.se**2]]),
        pooled.tau2,
        statistic,
        (1.0, df),
        pooled.p_value,
    )


def _many_levels(
    strata: Strata, used: Sequence[TrialStrata], method: str, ci: str, confidence: float
) -> PooledContrasts:
    if method not in LIKELIHOODS:
        allowed = f"{', '.join(LIKELIHOODS)} for three and more levels"
        raise ArrayError([Problem("", "", "method", repr(method), allowed, "Use REML.")])
    p = len(strata.levels) - 1
    empty = pool([], [], ci=ci, level=confidence)
    if not used:
        nan = np.full((p, p), np.nan)
        effects = (replace(empty, method=method, message=NO_CONTRAST),) * p
        return PooledContrasts(effects, nan, math.nan, math.nan, (float(p), math.nan), math.nan)
    blocks = _blocks(used, p + 1)
    fit = fit_blocks(blocks, method)
    df = blocks.n - p
    factor = _factor(blocks, fit, ci, df)
    covariance = factor * fit.covariance
    effects = tuple(
        _as_pooled(empty, fit, covariance, j, _marks(ci, df, method, confidence, used))
        for j in range(p)
    )
    return PooledContrasts(
        effects,
        covariance,
        float(fit.theta[0]),
        *_joint_test(fit.beta, covariance, math.inf if ci == "wald" else float(df)),
    )


NO_CONTRAST = "No trial gives two strata: there is no within-trial interaction to pool."
NOT_IDENTIFIED = "Some levels are compared in no trial, so not every interaction is identified."


class _Marks(NamedTuple):
    """How the intervals of several contrasts are made."""

    ci: str
    df: float
    method: str
    level: float
    k: int


def _marks(ci: str, df: int, method: str, level: float, used: Sequence[TrialStrata]) -> _Marks:
    return _Marks(ci, math.inf if ci == "wald" else float(df), method, level, len(used))


def _blocks(used: Sequence[TrialStrata], k: int) -> Blocks:
    matrices = [contrast_matrix(one.levels) for one in used]
    return blocks_of(
        [C @ one.effects for C, one in zip(matrices, used, strict=True)],
        [C @ one.covariance @ C.T for C, one in zip(matrices, used, strict=True)],
        [C @ level_design(one.levels, k) for C, one in zip(matrices, used, strict=True)],
        [[0.5 * C @ C.T for C in matrices]],
    )


def _factor(blocks: Blocks, fit: BlockFit, ci: str, df: int) -> float:
    """Multivariate Hartung-Knapp factor: the residual sum of squares a degree of freedom."""
    if not ci.startswith("hksj"):
        return 1.0 if ci == "wald" or df > 0 else math.nan
    if df < 1 or fit.status == "undefined":
        return math.nan
    factor = gls_quadratic(blocks, fit) / df
    return max(1.0, factor) if ci == "hksj-adhoc" else factor


def _joint_test(
    beta: Array, covariance: Array, df: float
) -> tuple[float, tuple[float, float], float]:
    """Wald test that no level differs: chi-squared, or F with `df` in the denominator."""
    p = beta.size
    if not np.isfinite(covariance).all() or not np.isfinite(beta).all():
        return math.nan, (float(p), df), math.nan
    statistic = float(beta @ np.linalg.solve(covariance, beta))
    if math.isinf(df):
        return statistic, (float(p), df), float(chdtrc(p, statistic))
    return statistic / p, (float(p), df), float(fdtrc(p, df, statistic / p))


def _as_pooled(
    empty: PooledEffect, fit: BlockFit, covariance: Array, j: int, marks: _Marks
) -> PooledEffect:
    """One contrast of the joint fit in the words of `PooledEffect`; what has no meaning is NaN."""
    estimate, variance = float(fit.beta[j]), float(covariance[j, j])
    if not (math.isfinite(estimate) and math.isfinite(variance)):
        message = NOT_IDENTIFIED if math.isnan(estimate) else f"{marks.ci} needs more contrasts."
        return replace(empty, estimate=estimate, method=marks.method, k=marks.k, message=message)
    se = math.sqrt(variance)
    half = critical_value(marks.level, marks.df) * se
    return replace(
        empty,
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        p_value=two_sided_p(estimate / se, marks.df) if se > 0.0 else math.nan,
        tau2=float(fit.theta[0]),
        q=fit.q,
        loglik=fit.loglik,
        k=marks.k,
        method=marks.method,
        status=fit.status,
        message="",
    )
