"""The mixed model behind `missing_phenotype`, fitted stage by stage or at one stroke."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.subgroups.block_likelihood import BlockFit, blocks_of, fit_blocks
from equipoise.synthesis.subgroups.phenotype_rows import PhenotypeRows, PhenotypeTrial

FEWEST = 3
"""Trials with both strata that are needed before `tau_d` can be estimated at all."""


class Settings(NamedTuple):
    """Options of one fit; `tau_d` is NaN when it is to be estimated."""

    method: str
    d_from: str
    q0: float
    g_eco: float
    g_eco_sd: float
    tau_d: float


class PhenotypeFit(NamedTuple):
    """`beta` is (theta, d); `weights` (2, n) are the linear weights of the rows in it.

    `shares` (2, 2, trials) holds what each trial adds to the covariance of `beta`.
    """

    beta: Array
    covariance: Array
    tau2: float
    tau_d2: float
    weights: Array
    shares: Array
    loglik: float
    boundary: bool


class _Linear(NamedTuple):
    """A trial's equation for theta, `sum c y - offset + b d`, with its error variance."""

    rows: tuple[int, ...]
    coefficients: Array
    on_d: float
    on_g: float
    variance: float


def fit_phenotype(rows: PhenotypeRows, how: Settings) -> PhenotypeFit:
    """Fit theta and d; NaN for what the rows do not identify.

    ``within``: the likelihood of the differences of trials with both strata gives d and `tau_d`;
    the likelihood of everything else given those differences gives theta and tau. No comparison
    between trials reaches d. ``all``: both at one stroke, so that one-stratum trials and, through
    theta, whole-only trials have a say in d.
    """
    return _fit_within(rows, how) if how.d_from == "within" else _fit_all(rows, how)


def tau_d_estimable(rows: PhenotypeRows) -> bool:
    """Whether enough trials give both strata to estimate how much d varies."""
    return sum(one.kind == "both" for one in rows.trials) >= FEWEST


def _fit_within(rows: PhenotypeRows, how: Settings) -> PhenotypeFit:
    n, both = rows.y.size, [one for one in rows.trials if one.kind == "both"]
    d, var_d, tau_d2 = math.nan, math.nan, math.nan
    weights_d, known, at_zero, loglik = np.zeros(n), 0.0, False, 0.0
    if both:
        first = _differences(rows, both, how)
        d, var_d, loglik = float(first.beta[0]), float(first.covariance[0, 0]), first.loglik
        estimated = bool(first.theta.size)
        tau_d2 = float(first.theta[0]) if estimated else _fixed(how) ** 2
        at_zero = first.status == "boundary"
        for one, weight in zip(both, first.weights[0, :, 0], strict=True):
            weights_d[list(one.rows)] = weight, -weight
        known = d * d + var_d + tau_d2
    equations = [
        (one, _equation(rows, one, how, tau_d2, known))
        for one in rows.trials
        if both or one.kind == "whole"
    ]
    if not equations:
        return _nothing(rows)
    second = _centre(rows, [e for _, e in equations], how, d)
    fit = _together(rows, equations, second, (d, var_d, tau_d2, weights_d))
    return fit._replace(loglik=fit.loglik + loglik, boundary=fit.boundary or at_zero)


def _fixed(how: Settings) -> float:
    return 0.0 if math.isnan(how.tau_d) else how.tau_d


def _differences(rows: PhenotypeRows, both: Sequence[PhenotypeTrial], how: Settings) -> BlockFit:
    """Stage one: positive minus negative, trial by trial, pooled."""
    pairs = [list(one.rows) for one in both]
    estimate = math.isnan(how.tau_d) and len(both) >= FEWEST and how.method != "EE"
    extra = 0.0 if estimate else _fixed(how) ** 2
    blocks = blocks_of(
        [np.array([rows.y[a] - rows.y[b]]) for a, b in pairs],
        [np.array([[rows.v[a] + rows.v[b] + extra]]) for a, b in pairs],
        [np.ones((1, 1))] * len(pairs),
        [[np.ones((1, 1))] * len(pairs)] if estimate else [],
    )
    return fit_blocks(blocks, how.method)


def _equation(
    rows: PhenotypeRows, one: PhenotypeTrial, how: Settings, tau_d2: float, d_squared: float
) -> _Linear:
    """Return what a trial says of theta once its own difference has been used for d.

    Both strata: `q y+ + (1 - q) y-`, less its regression on the difference (coefficient r, zero
    when q is the share of precision). One stratum: `y+ - (1 - q) d` or `y- + q d`. Whole:
    `y - (q - q0) g_eco`.
    """
    q, index = one.share, list(one.rows)
    v, blur = rows.v[index], one.share_se**2
    if one.kind == "both":
        r = (q * v[0] - (1.0 - q) * v[1]) / (v[0] + v[1] + tau_d2)
        error = q * q * v[0] + (1.0 - q) ** 2 * v[1] - r * r * (v[0] + v[1] + tau_d2)
        c = np.array([q - r, 1.0 - q + r])
        return _Linear(one.rows, c, r, 0.0, float(error) + blur * d_squared)
    if one.kind == "whole":
        lean = q - how.q0 if math.isfinite(q) and math.isfinite(how.q0) else 0.0
        error = float(v[0]) + blur * (how.g_eco**2 + how.g_eco_sd**2)
        return _Linear(one.rows, np.ones(1), 0.0, lean, error)
    b = q - 1.0 if one.kind == "positive" else q
    return _Linear(one.rows, np.ones(1), b, 0.0, float(v[0]) + b * b * tau_d2 + blur * d_squared)


def _centre(rows: PhenotypeRows, equations: Sequence[_Linear], how: Settings, d: float) -> BlockFit:
    """Stage two: theta from every trial's equation; an uncertain g_eco is a row with its prior."""
    shift = 0.0 if math.isnan(d) else d
    values = [float(e.coefficients @ rows.y[list(e.rows)]) + e.on_d * shift for e in equations]
    uncertain = how.g_eco_sd > 0.0
    X = [np.array([[1.0, e.on_g] if uncertain else [1.0]]) for e in equations]
    y = [np.array([x - e.on_g * how.g_eco]) for x, e in zip(values, equations, strict=True)]
    V = [np.array([[e.variance]]) for e in equations]
    K = [np.ones((1, 1))] * len(equations)
    if uncertain:
        y, V = [*y, np.zeros(1)], [*V, np.array([[how.g_eco_sd**2]])]
        X, K = [*X, np.array([[0.0, 1.0]])], [*K, np.zeros((1, 1))]
    estimate = how.method != "EE" and len(equations) > 1
    return fit_blocks(blocks_of(y, V, X, [K] if estimate else []), how.method)


def _together(
    rows: PhenotypeRows,
    equations: Sequence[tuple[PhenotypeTrial, _Linear]],
    second: BlockFit,
    first: tuple[float, float, float, Array],
) -> PhenotypeFit:
    """Weights and covariance of (theta, d) when theta leans on d but never d on theta."""
    d, var_d, tau_d2, weights_d = first
    omega = second.weights[0, :, 0]
    weights, shares = np.zeros((2, rows.y.size)), np.zeros((2, 2, len(rows.trials)))
    lean = sum(float(w * e.on_d) for w, (_, e) in zip(omega, equations, strict=False))
    tau2 = float(second.theta[0]) if second.theta.size else 0.0
    place = {one.trial: i for i, one in enumerate(rows.trials)}
    for w, (one, e) in zip(omega, equations, strict=False):
        weights[0, list(e.rows)] += w * e.coefficients
        shares[0, 0, place[one.trial]] += w * w * (e.variance + tau2)
    weights[1] = weights_d
    weights[0] += lean * weights_d
    for i, one in enumerate(rows.trials):
        if one.kind == "both":
            error = rows.v[list(one.rows)].sum() + tau_d2
            part = float(weights_d[one.rows[0]] ** 2 * error)
            shares[:, :, i] += part * np.array([[lean * lean, lean], [lean, 1.0]])
    var_theta = float(second.covariance[0, 0])
    covariance = np.array([[var_theta, math.nan], [math.nan, math.nan]])
    if math.isfinite(d):
        cov = lean * var_d
        covariance = np.array([[var_theta + lean * cov, cov], [cov, var_d]])
    beta = np.array([float(second.beta[0]), d])
    return PhenotypeFit(
        beta, covariance, tau2, tau_d2, weights, shares, second.loglik, second.status == "boundary"
    )


def _nothing(rows: PhenotypeRows) -> PhenotypeFit:
    nan, n = math.nan, rows.y.size
    empty = np.full((2, 2), nan)
    shares = np.full((2, 2, len(rows.trials)), nan)
    return PhenotypeFit(empty[0], empty, nan, nan, np.full((2, n), nan), shares, nan, False)


def _fit_all(rows: PhenotypeRows, how: Settings) -> PhenotypeFit:
    """One mixed model of all rows; the error of the shares enters by three passes."""
    d_squared = 0.0
    fit = _mixed(rows, how, d_squared)
    if any(one.share_se > 0.0 for one in rows.trials):
        for _ in range(3):
            d_squared = float(fit.beta[1] ** 2 + fit.covariance[1, 1] + fit.tau_d2)
            fit = _mixed(rows, how, d_squared)
    return fit


def _mixed(rows: PhenotypeRows, how: Settings, d_squared: float) -> PhenotypeFit:
    """`y = theta_i + z d_i`, z being 1 - q, -q or 0; trial blocks, two variances at most."""
    estimate_d = math.isnan(how.tau_d) and tau_d_estimable(rows) and how.method != "EE"
    uncertain = how.g_eco_sd > 0.0
    y, V, X, K_theta, K_d = [], [], [], [], []
    for one in rows.trials:
        index = list(one.rows)
        q = one.share
        z = {"both": [1.0 - q, -q], "positive": [1.0 - q], "negative": [-q], "whole": [0.0]}
        column, whole = np.array(z[one.kind]), one.kind == "whole"
        lean = q - how.q0 if whole and math.isfinite(q - how.q0) else 0.0
        blur = one.share_se**2 * (how.g_eco**2 + how.g_eco_sd**2 if whole else d_squared)
        square = np.outer(column, column)
        ones = np.ones((len(index), len(index)))
        y.append(rows.y[index] - lean * how.g_eco)
        known = 0.0 if estimate_d else _fixed(how) ** 2
        V.append(np.diag(rows.v[index]) + blur * ones + known * square)
        columns = [np.ones(len(index)), column] + [np.full(len(index), lean)] * uncertain
        X.append(np.column_stack(columns))
        K_theta.append(ones)
        K_d.append(square)
    if uncertain:
        y, V = [*y, np.zeros(1)], [*V, np.array([[how.g_eco_sd**2]])]
        X = [*X, np.array([[0.0, 0.0, 1.0]])]
        K_theta, K_d = [*K_theta, np.zeros((1, 1))], [*K_d, np.zeros((1, 1))]
    free = [] if how.method == "EE" or len(rows.trials) < 2 else [K_theta]
    K = [*free, K_d] if estimate_d else free
    fit = fit_blocks(blocks_of(y, V, X, K), how.method)
    tau_d2 = float(fit.theta[-1]) if estimate_d else _fixed(how) ** 2
    return _from_blocks(rows, fit, V, K, tau_d2)


def _from_blocks(
    rows: PhenotypeRows,
    fit: BlockFit,
    V: Sequence[Array],
    K: Sequence[Sequence[Array]],
    tau_d2: float,
) -> PhenotypeFit:
    if fit.status == "undefined":
        return _nothing(rows)
    weights, shares = np.zeros((2, rows.y.size)), np.zeros((2, 2, len(rows.trials)))
    for i, one in enumerate(rows.trials):
        w = fit.weights[:2, i, : len(one.rows)]
        total = V[i] + sum(t * blocks[i] for t, blocks in zip(fit.theta, K, strict=True))
        weights[:, list(one.rows)] = w
        shares[:, :, i] = w @ total @ w.T
    tau2 = float(fit.theta[0]) if fit.theta.size else 0.0
    return PhenotypeFit(
        fit.beta[:2],
        fit.covariance[:2, :2],
        tau2,
        tau_d2,
        weights,
        shares,
        fit.loglik,
        fit.status == "boundary",
    )
