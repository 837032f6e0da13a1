"""A small linear mixed model whose rows fall into independent blocks, one a trial.

`y_i ~ N(X_i beta, V_i + sum_s theta_s K_is)`, with `V_i` known and variances `theta_s >= 0`
estimated by restricted or full likelihood. Blocks are padded to one size with rows that say
nothing, so that a whole grid of `theta` is scored in one pass; the best grid points are polished
and the highest wins, whichever hill the data start on (Harville 1977,
10.1080/01621459.1977.10480998).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize, root

from equipoise.synthesis.arrays import Array

POINTS = {1: 400, 2: 40}
"""Log-spaced grid points for each variance, beside 0, when there are one or two variances."""

STARTS = 4
"""Grid maxima that are polished."""

CHUNK = 2_000_000
"""Numbers held at once when a grid is scored."""


class Blocks(NamedTuple):
    """Padded blocks: `y` (k, m), `V` (k, m, m), `X` (k, m, p), `K` (s, k, m, m), `n` real rows."""

    y: Array
    V: Array
    X: Array
    K: Array
    n: int


class BlockFit(NamedTuple):
    """`beta` (p,), its covariance (p, p), `theta` (s,), log-likelihood, status, weights.

    `weights` (p, k, m) are linear: `beta = sum weights * y` at the estimated variances.
    """

    beta: Array
    covariance: Array
    theta: Array
    loglik: float
    status: str
    weights: Array
    q: float


def blocks_of(
    y: Sequence[Array], V: Sequence[Array], X: Sequence[Array], K: Sequence[Sequence[Array]]
) -> Blocks:
    """Pad the blocks of all trials; `K[s][i]` belongs to variance `s` and trial `i`."""
    k, m, p = len(y), max((x.size for x in y), default=1), X[0].shape[1]
    out = Blocks(
        np.zeros((k, m)),
        np.tile(np.eye(m), (k, 1, 1)),
        np.zeros((k, m, p)),
        np.zeros((len(K), k, m, m)),
        sum(x.size for x in y),
    )
    for i, yi in enumerate(y):
        r = yi.size
        out.y[i, :r], out.V[i, :r, :r], out.X[i, :r] = yi, V[i], X[i]
        for s, blocks in enumerate(K):
            out.K[s, i, :r, :r] = blocks[i]
    return out


def fit_blocks(blocks: Blocks, method: str = "REML") -> BlockFit:
    """Fit by ``REML`` or ``ML``; ``EE`` leaves every variance at zero.

    Status ``boundary`` when a variance is zero, ``undefined`` when `beta` is not identified.
    """
    unit = _unit(blocks)
    scaled = _in_unit(blocks, unit)
    s, p = blocks.K.shape[0], blocks.X.shape[2]
    if np.linalg.matrix_rank(scaled.X.reshape(-1, p)) < p:
        nan = np.full((p, p), np.nan)
        return BlockFit(nan[0], nan, np.full(s, np.nan), math.nan, "undefined", nan, math.nan)
    reml = method != "ML"
    theta = np.zeros(s) if method == "EE" or s == 0 else _maximum(scaled, reml)
    A, beta, loglik = _solve(scaled, theta[None, :], reml)
    covariance = np.linalg.inv(A[0])
    weighted = np.linalg.solve(_total(scaled, theta[None, :])[0], scaled.X)
    weights = np.einsum("pq,kmq->pkm", covariance, weighted)
    fixed = _solve(scaled, np.zeros((1, s)), reml)[1][0]
    status = "boundary" if s and method != "EE" and (theta == 0.0).any() else "converged"
    free = blocks.n - p if reml else blocks.n
    return BlockFit(
        np.ldexp(beta[0], unit),
        np.ldexp(covariance, 2 * unit),
        np.ldexp(theta, 2 * unit),
        float(loglik[0]) - free * unit * math.log(2.0),
        status,
        weights,
        _quadratic(scaled, fixed, np.zeros(s)),
    )


def gls_quadratic(blocks: Blocks, fit: BlockFit) -> float:
    """`r' S^-1 r` at the fit, the weighted sum of squares behind a Hartung-Knapp factor."""
    unit = _unit(blocks)
    scaled = _in_unit(blocks, unit)
    return _quadratic(scaled, np.ldexp(fit.beta, -unit), np.ldexp(fit.theta, -2 * unit))


def _quadratic(blocks: Blocks, beta: Array, theta: Array) -> float:
    residual = blocks.y - blocks.X @ beta
    solved = np.linalg.solve(_total(blocks, theta[None, :])[0], residual[..., None])[..., 0]
    return float((residual * solved).sum())


def _unit(blocks: Blocks) -> int:
    """Binary exponent near the typical standard error, so that any scale can be held."""
    diagonal = np.diagonal(blocks.V, axis1=1, axis2=2)
    real = diagonal[(blocks.X != 0.0).any(axis=2)]
    return round(0.5 * float(np.median(np.log2(real)))) if real.size else 0


def _in_unit(blocks: Blocks, unit: int) -> Blocks:
    real = (blocks.X != 0.0).any(axis=2)
    V = np.ldexp(blocks.V, -2 * unit)
    rows, places = np.nonzero(~real)
    V[rows, places, places] = 1.0
    return blocks._replace(y=np.ldexp(blocks.y, -unit), V=V)


def _total(blocks: Blocks, theta: Array) -> Array:
    """Covariance of every block at every `theta` (g, s): (g, k, m, m)."""
    out: Array = blocks.V + np.tensordot(theta, blocks.K, axes=1)
    return out


def _solve(blocks: Blocks, theta: Array, reml: bool) -> tuple[Array, Array, Array]:
    """Information (g, p, p), coefficients (g, p) and log-likelihood (g,) at `theta` (g, s)."""
    root_s = _root(_total(blocks, theta))
    g, (k, m, p) = theta.shape[0], blocks.X.shape
    both = np.concatenate([blocks.X, blocks.y[..., None]], axis=2)
    white = both / root_s if m == 1 else np.linalg.solve(root_s, both[None])
    flat = white.reshape(g, k * m, p + 1)
    X, y = flat[..., :p], flat[..., p]
    A = np.einsum("gnp,gnq->gpq", X, X)
    beta = np.linalg.solve(A, np.einsum("gnp,gn->gp", X, y)[..., None])[..., 0]
    rest = y - np.einsum("gnp,gp->gn", X, beta)
    log_det = 2.0 * np.log(np.diagonal(root_s, axis1=2, axis2=3)).sum(axis=(1, 2))
    free = blocks.n - p if reml else blocks.n
    twice = free * math.log(2 * math.pi) + log_det + (rest**2).sum(axis=1)
    if reml:
        flat_x = blocks.X.reshape(-1, p)
        twice = twice + np.linalg.slogdet(A)[1] - np.linalg.slogdet(flat_x.T @ flat_x)[1]
    return A, beta, -0.5 * twice


def _root(total: Array) -> Array:
    """Cholesky factors; plain roots where each trial has one row."""
    if total.shape[-1] == 1:
        roots: Array = np.sqrt(total)
        return roots
    factors: Array = np.linalg.cholesky(total).astype(np.float64, copy=False)
    return factors


def _slope(blocks: Blocks, theta: Array, reml: bool) -> Array:
    """Gradient of the log-likelihood: `-tr(P K_s) / 2 + y' P K_s P y / 2` for every variance."""
    A, beta, _ = _solve(blocks, theta[None, :], reml)
    total = _total(blocks, theta[None, :])[0]
    inverse = 1.0 / total if total.shape[-1] == 1 else np.linalg.inv(total)
    residual = np.einsum("kab,kb->ka", inverse, blocks.y - blocks.X @ beta[0])
    half = np.einsum("kab,kbp->kap", inverse, blocks.X)
    C = np.linalg.inv(A[0])
    out = np.empty(blocks.K.shape[0])
    for s, K in enumerate(blocks.K):
        trace = np.einsum("kab,kba->", inverse, K)
        if reml:
            trace -= np.einsum("kap,kab,kbq,qp->", half, K, half, C)
        out[s] = 0.5 * (np.einsum("ka,kab,kb->", residual, K, residual) - trace)
    return out


def _grid(blocks: Blocks) -> list[Array]:
    """Zero and log-spaced values of each variance that bracket every mode."""
    real = (blocks.X != 0.0).any(axis=2)
    v = np.diagonal(blocks.V, axis1=1, axis2=2)[real]
    values = blocks.y[real]
    spread = float(((values - values.mean()) ** 2).sum())
    axes = []
    for K in blocks.K:
        size = np.diagonal(K, axis1=1, axis2=2)[real]
        size = float(size[size > 0.0].min()) if (size > 0.0).any() else 1.0
        high = 4.0 * (spread + float(v.max())) / size
        low = 1e-4 * float(v.min())
        points = POINTS.get(len(blocks.K), 12)
        axes.append(np.concatenate([[0.0], np.geomspace(min(low, high), high, points)]))
    return axes


def _scores(blocks: Blocks, theta: Array, reml: bool) -> Array:
    k, m, p = blocks.X.shape
    size = max(1, CHUNK // (k * m * (m + p + 1)))
    parts = [_solve(blocks, theta[i : i + size], reml)[2] for i in range(0, theta.shape[0], size)]
    return np.concatenate(parts)


def _maximum(blocks: Blocks, reml: bool) -> Array:
    """Variances at the highest point of the likelihood: the best grid maxima, polished."""
    axes = _grid(blocks)
    mesh = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    theta = mesh.reshape(-1, len(axes))
    score = _scores(blocks, theta, reml)
    height = score.reshape(mesh.shape[:-1])
    peak = np.ones(height.shape, dtype=bool)
    for axis in range(height.ndim):
        up = np.diff(height, axis=axis)
        ahead = [slice(None)] * height.ndim
        behind = [slice(None)] * height.ndim
        ahead[axis], behind[axis] = slice(None, -1), slice(1, None)
        peak[tuple(ahead)] &= up <= 0.0
        peak[tuple(behind)] &= up >= 0.0
    found = np.flatnonzero(peak.ravel())
    best = found[np.argsort(-score[found], kind="stable")[:STARTS]]
    if len(axes) == 1:
        polished = [_bracketed(blocks, axes[0], int(i), reml) for i in best]
    else:
        polished = [_polish(blocks, theta[i], reml) for i in best]
    candidates = np.array([*polished, *theta[best]])
    out: Array = candidates[int(np.argmax(_scores(blocks, candidates, reml)))]
    return out


def _bracketed(blocks: Blocks, axis: Array, place: int, reml: bool) -> Array:
    """Zero of the slope between the neighbours of a grid maximum; one variance."""
    low, high = axis[max(place - 1, 0)], axis[min(place + 1, axis.size - 1)]

    def slope(t: float) -> float:
        return float(_slope(blocks, np.array([t]), reml)[0])

    if slope(low) <= 0.0 or slope(high) >= 0.0:
        return np.array([axis[place]])
    return np.array([brentq(slope, low, high, xtol=1e-300, rtol=1e-14, maxiter=200)])


def _polish(blocks: Blocks, start: Array, reml: bool) -> Array:
    """Climb from one grid point within the bounds, then solve for a slope of zero."""
    scale = float(np.median(np.diagonal(blocks.V, axis1=1, axis2=2)))
    climbed = minimize(
        lambda t: -float(_solve(blocks, t[None, :] * scale, reml)[2][0]),
        start / scale,
        jac=lambda t: -scale * _slope(blocks, t * scale, reml),
        bounds=[(0.0, None)] * start.size,
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 500},
    )
    theta: Array = np.maximum(climbed.x, 0.0) * scale
    free = theta > 0.0
    if not free.any():
        return theta

    def slope(log_free: Array) -> Array:
        full = theta.copy()
        full[free] = np.exp(np.clip(log_free, -700.0, 700.0))
        return _slope(blocks, full, reml)[free] * full[free]

    solved = root(slope, np.log(theta[free]), tol=1e-13)
    better = theta.copy()
    better[free] = np.exp(np.clip(solved.x, -700.0, 700.0))
    close = bool((np.abs(np.log(better[free] / theta[free])) < 0.5).all())
    return better if close else theta
