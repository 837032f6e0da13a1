"""Cluster-robust errors that stay honest with few clusters (CR2).

With working covariance `M` in cluster blocks `M_i = L_i L_i'`, residuals `e_i`, and
`B = (X' M^-1 X)^-1`, the estimate is

`B [ sum_i X_i' M_i^-1 A_i e_i e_i' A_i' M_i^-1 X_i ] B`,
`A_i = L_i (L_i' (M_i - X_i B X_i') L_i)^(-1/2) L_i'`,

which is exactly unbiased if the working covariance is right and remains consistent if it is
not. Degrees of freedom by Satterthwaite, and for several coefficients together the approximate
Hotelling test, both from the same variance of the estimate. Sources: Bell and McCaffrey's
correction as given by Tipton 2015, 10.1037/met0000011; Pustejovsky and Tipton 2018,
10.1080/07350015.2016.1247004.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.mixed.likelihood import Model, as_floats, total_covariance

NOTHING_LEFT = 1e-12
"""Relative eigenvalue below which a cluster's residuals are fixed at zero by the coefficients."""


@dataclass(frozen=True)
class Robust:
    """Robust covariance (p, p) of the coefficients of `Q`, and what its own precision needs.

    `weights` (c, m, p) are `A_i M_i^-1 X_i`, `working` (c, m, m) is `M_i`, `cross` (c, p, p) is
    `X_i' weights_i`, `bread` (p, p) is `B`; clusters of all stacks follow each other in tuples.
    """

    covariance: Array
    bread: Array
    weights: tuple[Array, ...]
    working: tuple[Array, ...]
    cross: tuple[Array, ...]

    def degrees_of_freedom(self, contrasts: Array) -> float:
        """Degrees of freedom of the robust covariance of `contrasts` (q, p), all together.

        With `d_st` the entries of the covariance, standardised by its expectation under the
        working model, `q (q + 1) / sum_st Var(d_st)`; for one contrast Satterthwaite's.
        """
        expected = contrasts @ self.bread @ contrasts.T
        values, vectors = np.linalg.eigh(expected)
        standard = (vectors / np.sqrt(values)) @ vectors.T @ contrasts
        turn = (standard @ self.bread).T
        a = [w @ turn for w in self.weights]
        own = np.concatenate(
            [x.transpose(0, 2, 1) @ M @ x for x, M in zip(a, self.working, strict=True)]
        )
        v = np.concatenate([c @ turn for c in self.cross])
        q = standard.shape[0]
        moved = np.einsum("cps,pr,crt->cst", v, self.bread, v)
        BK = np.einsum("pr,crs,cqt->stpq", self.bread, v, v)
        total = 0.0
        for s in range(q):
            for t in range(q):
                last = np.trace(BK[s, t] @ BK[t, s]) + np.trace(BK[t, s] @ BK[t, s])
                total += _pair(own, moved, (s, s), (t, t)) + _pair(own, moved, (s, t), (t, s))
                total += float(last)
        return float(q * (q + 1) / total) if total > 0.0 else math.nan


def _pair(own: Array, moved: Array, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Part of the summed product of two covariances of scores that is within clusters."""
    a, b = own[:, one[0], one[1]], own[:, other[0], other[1]]
    m, n = moved[:, one[0], one[1]], moved[:, other[0], other[1]]
    return float(a @ b - a @ n - m @ b)


def robust(model: Model, matrices: Sequence[Array], b: Array, information: Array) -> Robust:
    """CR2 covariance; every block of `model` is one cluster."""
    bread = as_floats(np.linalg.inv(information))
    meat = np.zeros_like(bread)
    weights, working, cross = [], [], []
    for stack in model.stacks:
        M = total_covariance(stack, matrices)
        lower = np.linalg.cholesky(M)
        up = lower.transpose(0, 2, 1)
        left = up @ (M - stack.Q @ bread @ stack.Q.transpose(0, 2, 1)) @ lower
        adjustment = lower @ _inverse_root(left) @ up
        weight = adjustment @ np.linalg.solve(M, stack.Q)
        residual = stack.y - stack.Q @ b
        score = np.einsum("cmp,cm->cp", weight, residual)
        meat += score.T @ score
        weights.append(weight)
        working.append(M)
        cross.append(stack.Q.transpose(0, 2, 1) @ weight)
    return Robust(bread @ meat @ bread, bread, tuple(weights), tuple(working), tuple(cross))


def _inverse_root(matrices: Array) -> Array:
    """Symmetric inverse square root of each matrix, zero where there is nothing."""
    values, vectors = np.linalg.eigh(matrices)
    least = NOTHING_LEFT * values.max(axis=1, keepdims=True)
    kept = values > least
    inverse = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    out: Array = (vectors * inverse[:, None, :]) @ vectors.transpose(0, 2, 1)
    return out
