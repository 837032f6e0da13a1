r"""The normal model once the variance parameters are known: everything is linear algebra.

`y = X b + sum_r Z_r u_r + e`, `e ~ N(0, V)` with V known, `u_r ~ N(0, tau_r^2 I)`, and
`b = b0 + R g`, `g ~ N(0, I)` (an entry of g may be flat instead). Written with a root R of the
prior covariance, a spike is a column of zeros and a vague prior a large one; nothing is inverted
that could be singular.

All arrays are in units of a typical standard error, so that squares neither overflow nor vanish.
Over nodes of a grid, m at a time, the two functions here return the log marginal likelihood
(m,) (up to one constant) and mean (m, n) and covariance (m, n, n) of n wanted effects
`A b + M (X b + sum_r Z_r u_r) + L u_new`, `u_new,r ~ N(0, tau_r^2)` being one new draw each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class CoefficientPrior:
    """One normal component of the prior of b: `b0` (p,), root `R` (p, p), `proper` (p,).

    `log_weight` is its log probability; where `proper` is false that entry of g is flat.
    """

    log_weight: float
    b0: Array
    root: Array
    proper: NDArray[np.bool_]


@dataclass(frozen=True)
class WantedEffects:
    """What is asked for: `A` (n, p) on b, `L` (n, r) on new draws, `M` (n, k) on the rows."""

    A: Array
    L: Array
    M: Array


@dataclass(frozen=True)
class IndependentRows:
    """At most one variance parameter: rows made independent, `Var(y) = a + c tau^2`.

    `y, a, c` are (k,), `X` (k, p), and `back` (k, k) turns rows back into those of the user
    (None where they are the same).
    """

    y: Array
    X: Array
    a: Array
    c: Array
    back: Array | None


@dataclass(frozen=True)
class DenseRows:
    """Several variance parameters: rows whitened so that V is the identity.

    `y` (k,), `X` (k, p), `Z` one (k, q_r) a variance parameter, and `back` (k, k) as above.
    """

    y: Array
    X: Array
    Z: tuple[Array, ...]
    back: Array | None


Rows = IndependentRows | DenseRows
Conditional = tuple[Array, Array, Array]
"""Log likelihood (m,), mean (m, n), covariance (m, n, n)."""


def independent_rows(y: Array, V: Array, X: Array, Z: Array | None) -> IndependentRows:
    """Rotate the rows so that both V and Z Z' are diagonal.

    With V = C C' the rows C^-1 y have covariance `I + tau^2 (C^-1 Z)(C^-1 Z)'`; the left singular
    vectors of `C^-1 Z` are the rotation. `V` may be (k,), and `Z` None for the identity.
    """
    if V.ndim == 1 and Z is None:
        return IndependentRows(y, X, V, np.ones_like(y), None)
    root = np.diag(np.sqrt(V)) if V.ndim == 1 else np.linalg.cholesky(V)
    white = np.linalg.solve(root, np.eye(y.size) if Z is None else Z)
    U, values, _ = np.linalg.svd(white, full_matrices=True)
    c = np.zeros_like(y)
    c[: values.size] = values * values
    turn = np.linalg.solve(root, np.column_stack((y, X)))
    rotated = U.T @ turn
    return IndependentRows(rotated[:, 0], rotated[:, 1:], np.ones_like(y), c, root @ U)


def dense_rows(y: Array, V: Array, X: Array, Z: tuple[Array, ...]) -> DenseRows:
    """Whiten the rows with the Cholesky factor of V."""
    root = np.asarray(np.diag(np.sqrt(V)) if V.ndim == 1 else np.linalg.cholesky(V))
    first, *others = (
        np.asarray(np.linalg.solve(root, array)) for array in (np.column_stack((y, X)), *Z)
    )
    return DenseRows(first[:, 0], first[:, 1:], tuple(others), root)


def log_likelihood(rows: Rows, prior: CoefficientPrior, tau2: Array) -> Array:
    """Log marginal likelihood (m,) of the variance parameters `tau2` (m, r)."""
    if isinstance(rows, IndependentRows):
        return _solve_independent(rows, prior, tau2)[0]
    return _solve_dense(rows, prior, tau2)[0]


def conditional(
    rows: Rows, prior: CoefficientPrior, tau2: Array, wanted: WantedEffects
) -> tuple[Array, Array]:
    """Mean (m, n) and covariance (m, n, n) of the wanted effects given `tau2` (m, r)."""
    M = wanted.M if rows.back is None else wanted.M @ rows.back
    if isinstance(rows, IndependentRows):
        mean, covariance = _independent_effects(rows, prior, tau2, wanted.A, M)
    else:
        mean, covariance = _dense_effects(rows, prior, tau2, wanted.A, M)
    return mean, covariance + np.einsum("mr,ar,br->mab", tau2, wanted.L, wanted.L)


def _solve_independent(
    rows: IndependentRows, prior: CoefficientPrior, tau2: Array
) -> tuple[Array, Array, Array]:
    """Log likelihood (m,), g (m, p) and its precision P (m, p, p)."""
    variance = rows.a + rows.c * tau2.sum(axis=1, keepdims=True)
    w = 1.0 / variance
    y, X = rows.y - rows.X @ prior.b0, rows.X @ prior.root
    k, p = X.shape
    products = (X[:, :, None] * X[:, None, :]).reshape(k, p * p)
    P = (w @ products).reshape(-1, p, p) + np.diag(prior.proper.astype(np.float64))
    right = w @ (X * y[:, None])
    if p == 1:  # the common case, without the overhead of a solver
        g, log_det = right / P[:, 0], np.log(P[:, 0, 0])
    else:
        g = np.linalg.solve(P, right[:, :, None])[:, :, 0]
        log_det = np.linalg.slogdet(P)[1]
    left = y - g @ X.T
    distance = (w * left * left).sum(axis=1) + (g * g) @ prior.proper
    log_det = log_det + np.log(variance).sum(axis=1)
    return -0.5 * (distance + log_det), g, P


def _independent_effects(
    rows: IndependentRows, prior: CoefficientPrior, tau2: Array, A: Array, M: Array
) -> tuple[Array, Array]:
    """Effects from b and the shrunken rows: `t = y - B (y - X b)`, `B = a / (a + c tau^2)`."""
    _, g, P = _solve_independent(rows, prior, tau2)
    b = prior.b0 + g @ prior.root.T
    spread = prior.root @ np.linalg.inv(P) @ prior.root.T
    if not M.any():
        return b @ A.T, A @ spread @ A.T
    B = rows.a / (rows.a + rows.c * tau2.sum(axis=1, keepdims=True))
    weighted = M * B[:, None, :]
    on_b = A + weighted @ rows.X
    mean = np.einsum("mnp,mp->mn", on_b, b) + (M @ rows.y) - weighted @ rows.y
    own = (M * (rows.a * (1.0 - B))[:, None, :]) @ M.T
    return mean, on_b @ spread @ on_b.transpose(0, 2, 1) + own


def _solve_dense(
    rows: DenseRows, prior: CoefficientPrior, tau2: Array
) -> tuple[Array, Array, Array]:
    """Log likelihood (m,), all coefficients (m, p + q) and the R of a QR of their precision.

    `tau_r` times standard normal effects takes the place of u_r; least squares with one extra
    row for every proper prior, by QR, because squaring would lose half the digits.
    """
    m, k = tau2.shape[0], rows.y.size
    tau = np.sqrt(tau2)
    y = rows.y - rows.X @ prior.b0
    fixed = np.broadcast_to(rows.X @ prior.root, (m, k, rows.X.shape[1]))
    design = np.concatenate(
        [fixed, *(tau[:, r, None, None] * Z for r, Z in enumerate(rows.Z))], axis=2
    )
    size = design.shape[2]
    proper = np.concatenate([prior.proper, np.ones(size - prior.proper.size, dtype=bool)])
    ridge = np.broadcast_to(np.diag(proper.astype(np.float64)), (m, size, size))
    Q, R = np.linalg.qr(np.concatenate([design, ridge], axis=1))
    g = np.linalg.solve(R, (y @ Q[:, :k])[:, :, None])[:, :, 0]
    left = y - np.einsum("mkp,mp->mk", design, g)
    distance = (left * left).sum(axis=1) + (g * g) @ proper
    log_det = np.log(np.abs(np.diagonal(R, axis1=1, axis2=2))).sum(axis=1)
    return -0.5 * distance - log_det, g, R


def _dense_effects(
    rows: DenseRows, prior: CoefficientPrior, tau2: Array, A: Array, M: Array
) -> tuple[Array, Array]:
    _, g, R = _solve_dense(rows, prior, tau2)
    m, n = tau2.shape[0], A.shape[0]
    tau = np.sqrt(tau2)
    on_b = A + M @ rows.X
    parts = [np.broadcast_to(on_b @ prior.root, (m, n, on_b.shape[1]))]
    parts += [tau[:, r, None, None] * (M @ Z) for r, Z in enumerate(rows.Z)]
    weights = np.concatenate(parts, axis=2)
    half = weights @ np.linalg.inv(R)
    mean = on_b @ prior.b0 + np.einsum("mnp,mp->mn", weights, g)
    return mean, half @ half.transpose(0, 2, 1)
