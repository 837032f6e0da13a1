"""One variance: its whole likelihood is looked at, so that the best maximum is known.

With `V = L L'` and `L^-1 Z Z' L^-T = U diag(d) U'`, the rotated data `U' L^-1 y` are independent
with variances `1 + s d_i`, whatever `V` and `Z` were. The likelihood of the variance `s` is then a
sum over k terms that can be evaluated at hundreds of `s` at once. The sign of its slope is read at
zero and on a log-spaced grid that spans every scale on which it can bend; each change from rising
to falling is polished to machine precision; the highest maximum wins.

What this proves: a maximum can be missed only if the likelihood falls and rises again between two
neighbouring points of the grid (about a tenth apart), where each term changes by less than a
hundredth; the two then differ by less than any tolerance used here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.mixed.likelihood import LOG_2_PI, Model, total_covariance

GRID_POINTS = 400
"""Least number of points of the scan; more for a wide range, never above a tenth apart."""

CHUNK = 2_000_000
"""Numbers held at once while scanning: 16 MB a matrix."""

LOADING = 1e-12
"""Relative size of `d_i` below which a rotated row does not feel the variance."""


@dataclass(frozen=True)
class Rotated:
    """Independent rows: `y` (k,), `Q` (k, p), `d` (k,), and `log|V|`."""

    y: Array
    Q: Array
    d: Array
    log_det: float
    restricted: bool


class Mode(NamedTuple):
    """A local maximum: the variance and the log-likelihood there."""

    variance: float
    loglik: float


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Root of a continuous function between points of opposite sign, to machine precision."""
    precision = 4.0 * float(np.finfo(float).eps)
    return float(brentq(function, low, high, xtol=1e-300, rtol=precision, maxiter=10_000))


def rotate(model: Model) -> Rotated:
    """Rotate a model with one variance so that its rows become independent."""
    y, Q, d, log_det = [], [], [], 0.0
    unit = [np.eye(c.q) for c in model.components]
    for stack in model.stacks:
        lower = np.linalg.cholesky(stack.V)
        log_det += 2.0 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())
        inverse = np.linalg.inv(lower)
        loading = total_covariance(stack._replace(V=np.zeros_like(stack.V)), unit)
        values, vectors = np.linalg.eigh(inverse @ loading @ inverse.transpose(0, 2, 1))
        turn = vectors.transpose(0, 2, 1) @ inverse
        y.append((turn @ stack.y[:, :, None]).ravel())
        Q.append((turn @ stack.Q).reshape(-1, model.p))
        d.append(values.ravel())
    # A row of padding has turned into a row of zeros that feels no variance: it adds nothing.
    all_d = np.concatenate(d)
    all_d[all_d < LOADING * all_d.max()] = 0.0
    return Rotated(np.concatenate(y), np.concatenate(Q), all_d, log_det, model.restricted)


def slopes(data: Rotated, grid: Array) -> Array:
    """Twice the derivative of the log-likelihood at every variance of `grid` (g,)."""
    pieces = max(1, grid.size * data.y.size // CHUNK)
    return np.concatenate([_slopes(data, part) for part in np.array_split(grid, pieces)])


def _slopes(data: Rotated, grid: Array) -> Array:
    """`u' D u - tr(W D) + tr((Q'WQ)^-1 Q'W D W Q)`, the last for REML; `u = W (y - Q b)`."""
    p = data.Q.shape[1]
    w = 1.0 / (1.0 + grid[:, None] * data.d)
    pairs = (data.Q[:, :, None] * data.Q[:, None, :]).reshape(-1, p * p)
    information = (w @ pairs).reshape(-1, p, p)
    b = np.linalg.solve(information, (w @ (data.Q * data.y[:, None]))[:, :, None])
    u = w * (data.y - b[:, :, 0] @ data.Q.T)
    wd = w * data.d
    out: Array = (u * u) @ data.d - wd.sum(axis=1)
    if data.restricted:
        inner = ((w * wd) @ pairs).reshape(-1, p, p)
        out += np.trace(np.linalg.solve(information, inner), axis1=1, axis2=2)
    return out


def log_likelihood(data: Rotated, variance: float, k: int) -> float:
    """Return the (restricted) log-likelihood of the original data at one variance."""
    total = 1.0 + variance * data.d
    scaled = data.Q / total[:, None]
    information = scaled.T @ data.Q
    b = np.linalg.solve(information, scaled.T @ data.y)
    residual = data.y - data.Q @ b
    twice = k * LOG_2_PI + data.log_det + float(np.log(total).sum() + residual**2 @ (1.0 / total))
    if data.restricted:
        twice += float(np.linalg.slogdet(information)[1]) - information.shape[0] * LOG_2_PI
    return -0.5 * twice


def scan_grid(data: Rotated) -> Array:
    """Zero and log-spaced variances that bracket every maximum.

    Below a ten-thousandth of the smallest `1 / d_i` nothing changes. In the eigenbasis of the
    contrasts the slope is a sum of `l (z^2 / (1 + s l)^2 - 1 / (1 + s l))`, negative once
    `1 + s l` exceeds every `z^2 <= y' P y`; the margin of a thousand is for the smallest `l`,
    which may be below the smallest `d` when not every row feels the variance.
    """
    felt = data.d[data.d > 0.0]
    b = np.linalg.lstsq(data.Q, data.y)[0]
    spread = float(((data.y - data.Q @ b) ** 2).sum())
    margin = 10.0 if felt.size == data.d.size else 1e3
    low, high = 1e-4 / float(felt.max()), margin * max(1.0, spread) / float(felt.min())
    points = max(GRID_POINTS, int(np.ceil(np.log(high / low) / 0.1)))
    return np.concatenate([[0.0], np.geomspace(low, high, points)])


def modes(data: Rotated, k: int) -> list[Mode]:
    """Every local maximum of the likelihood for variances of at least zero, ascending."""
    grid = scan_grid(data)
    falling = slopes(data, grid) <= 0.0
    found = [0.0] if falling[0] else []
    for i in np.flatnonzero(~falling[:-1] & falling[1:]):
        low, high = float(grid[i]), float(grid[i + 1])
        found.append(root(lambda s: float(_slopes(data, np.array([s]))[0]), low, high))
    return [Mode(s, log_likelihood(data, s, k)) for s in found]
