"""The (restricted) log-likelihood of the variance parameters, and its gradient.

With `M = V + sum_j Z_j G_j Z_j'`, `b` the generalised least-squares estimate and `r = y - X b`:

- ML: `-1/2 [k log 2 pi + log|M| + r' M^-1 r]`;
- REML: `-1/2 [(k - p) log 2 pi - log|X'X| + log|M| + log|X' M^-1 X| + r' M^-1 r]`, comparable
  between designs because of `log|X'X|` (Patterson and Thompson 1971, 10.1093/biomet/58.3.545;
  Harville 1977, 10.2307/2286796, is the gradient).

`X` is replaced by `Q` with orthonormal columns, for which `log|Q'Q|` is zero. Rows that share
nothing are independent, so that `M` falls into blocks; blocks of similar size are padded to one
size (with rows of variance one and nothing in them) and handled as one stack.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.mixed import covariance_structures
from equipoise.synthesis.mixed.random_structures import Codes, Component

LOG_2_PI = math.log(2.0 * math.pi)

SMALL = 50_000
"""Work (blocks times size cubed) below which one padded stack is quicker than several."""

AT_ONCE = 500_000
"""Numbers in the matrices that are factorised at once when many points are compared."""


class Stack(NamedTuple):
    """Blocks of one padded size m.

    `rows` (b, m), the row k standing for padding; `y` (b, m), `Q` (b, m, p), `V` (b, m, m);
    `entries` holds, for each structure, which entry of its `G` (flattened; q^2: none) is added to
    which entry of `M` (b, m, m).
    """

    rows: Codes
    y: Array
    Q: Array
    V: Array
    entries: tuple[Codes, ...]


@dataclass(frozen=True)
class Model:
    """Everything the likelihood needs: data in blocks, structures, ML or REML."""

    stacks: tuple[Stack, ...]
    components: tuple[Component, ...]
    k: int
    p: int
    restricted: bool

    @property
    def splits(self) -> list[int]:
        """Ends of the parameters of each structure."""
        sizes = [len(covariance_structures.kinds(c.structure, c.q)) for c in self.components]
        return [int(end) for end in np.cumsum(sizes)]

    def kinds(self) -> list[str]:
        """Kind of every parameter."""
        return [
            kind for c in self.components for kind in covariance_structures.kinds(c.structure, c.q)
        ]

    def parts(self, theta: Array) -> list[Array]:
        """Parameters of each structure."""
        return np.split(theta, self.splits[:-1]) if self.components else []

    def covariances(self, theta: Array) -> list[Array]:
        """`G` of each structure."""
        return [
            covariance_structures.covariance(c.structure, c.q, part)
            for c, part in zip(self.components, self.parts(theta), strict=True)
        ]


class Solved(NamedTuple):
    """The model at given variances.

    `loglik`, coefficients `b` of `Q`, `information` (p, p) = Q' M^-1 Q, `rss` = r' M^-1 r,
    `gradient` in theta if it was asked for.
    """

    loglik: float
    b: Array
    information: Array
    rss: float
    gradient: Array


def as_floats(values: object) -> Array:
    """Return the same array, known to hold doubles (linear algebra forgets it)."""
    return np.asarray(values, dtype=np.float64)


def blocks_of(k: int, groupings: Sequence[Codes], V: Array) -> Codes:
    """Label (k,) of the block of each row: rows that share a group or a sampling error."""
    labels = np.arange(k)
    first, second = np.nonzero(V) if V.ndim == 2 else (labels[:0], labels[:0])
    while True:
        before = labels.copy()
        for codes in groupings:
            lowest = np.full(int(codes.max(initial=0)) + 1, k)
            np.minimum.at(lowest, codes, labels)
            labels = lowest[codes]
        np.minimum.at(labels, first, labels[second])
        if np.array_equal(before, labels):
            return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def stacks_of(
    y: Array, Q: Array, V: Array, components: Sequence[Component], blocks: Codes
) -> tuple[Stack, ...]:
    """Blocks sorted into stacks whose sizes are powers of two."""
    k = y.size
    order = np.argsort(blocks, kind="stable")
    sizes = np.bincount(blocks)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    padded = np.array([1 << (int(size) - 1).bit_length() for size in sizes])
    if sizes.size * int(sizes.max()) ** 3 <= SMALL:
        padded[:] = padded.max()
    out = []
    for width in np.unique(padded):
        which = np.flatnonzero(padded == width)
        rows = np.full((which.size, min(int(width), int(sizes[which].max()))), k, dtype=np.intp)
        for line, block in enumerate(which):
            rows[line, : sizes[block]] = order[starts[block] : starts[block] + sizes[block]]
        out.append(_stack(rows, y, Q, V, components))
    return tuple(out)


def _stack(rows: Codes, y: Array, Q: Array, V: Array, components: Sequence[Component]) -> Stack:
    """Gather the rows of one stack."""
    k, (_, m) = y.size, rows.shape
    real = rows < k
    at = np.where(real, rows, 0)
    both = real[:, :, None] & real[:, None, :]
    if V.ndim == 2:
        variance = np.where(both, V[at[:, :, None], at[:, None, :]], 0.0)
    else:
        variance = np.zeros(both.shape)
        variance[:, np.arange(m), np.arange(m)] = V[at]
    pad_line, pad_place = np.nonzero(~real)
    variance[pad_line, pad_place, pad_place] = 1.0
    entries = []
    for c in components:
        outer, inner = c.outer[at], c.inner[at]
        same = both & (outer[:, :, None] == outer[:, None, :])
        entry = inner[:, :, None] * c.q + inner[:, None, :]
        entries.append(np.where(same, entry, c.q * c.q))
    return Stack(
        rows,
        np.where(real, y[at], 0.0),
        np.where(real[:, :, None], Q[at], 0.0),
        variance,
        tuple(entries),
    )


def total_covariance(stack: Stack, matrices: Sequence[Array]) -> Array:
    """`M` of every block of a stack (b, m, m)."""
    total = stack.V
    for entry, G in zip(stack.entries, matrices, strict=True):
        total = total + np.append(G.ravel(), 0.0)[entry]
    return total


def solve(model: Model, theta: Array, *, slope: bool = False) -> Solved | None:
    """Evaluate the model at `theta`; None where `M` is not positive definite to rounding."""
    matrices = model.covariances(theta)
    roots: list[Array] = []
    whitened: list[Array] = []
    cross = np.zeros((model.p + 1, model.p + 1))
    log_det = 0.0
    for stack in model.stacks:
        try:
            lower = as_floats(np.linalg.cholesky(total_covariance(stack, matrices)))
        except np.linalg.LinAlgError:
            return None
        both = np.concatenate([stack.Q, stack.y[:, :, None]], axis=2)
        white = np.linalg.solve(lower, both)
        log_det += 2.0 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())
        flat = white.reshape(-1, model.p + 1)
        cross += flat.T @ flat
        roots.append(lower)
        whitened.append(white)
    information = cross[:-1, :-1]
    try:
        root = as_floats(np.linalg.cholesky(information))
    except np.linalg.LinAlgError:
        return None
    b = np.linalg.solve(root.T, np.linalg.solve(root, cross[:-1, -1]))
    residuals = [white[:, :, -1] - white[:, :, :-1] @ b for white in whitened]
    rss = float(sum((r * r).sum() for r in residuals))
    twice = model.k * LOG_2_PI + log_det + rss
    if model.restricted:
        twice += 2.0 * float(np.log(np.diag(root)).sum()) - model.p * LOG_2_PI
    by_theta = _gradient(model, theta, roots, whitened, residuals, root) if slope else b[:0]
    return Solved(-0.5 * twice, b, information, rss, by_theta)


def _gradient(
    model: Model,
    theta: Array,
    roots: list[Array],
    whitened: list[Array],
    residuals: list[Array],
    root: Array,
) -> Array:
    """Return the derivative of the log-likelihood.

    `1/2 tr[(u u' - M^-1 + F F') dM]`, the last term for REML;
    `u = M^-1 r` and `F F' = M^-1 X (X' M^-1 X)^-1 X' M^-1`, each only within blocks.
    """
    sums = [np.zeros(c.q * c.q + 1) for c in model.components]
    for stack, lower, white, residual in zip(model.stacks, roots, whitened, residuals, strict=True):
        inverse = np.linalg.inv(lower)
        up = inverse.transpose(0, 2, 1)
        u = up @ residual[:, :, None]
        change = u @ u.transpose(0, 2, 1) - up @ inverse
        if model.restricted:
            scaled = np.linalg.solve(root, white[:, :, :-1].transpose(0, 2, 1))
            F = up @ scaled.transpose(0, 2, 1)
            change += F @ F.transpose(0, 2, 1)
        for total, entry, c in zip(sums, stack.entries, model.components, strict=True):
            here = np.bincount(entry.ravel(), weights=change.ravel(), minlength=c.q * c.q + 1)
            np.add(total, here, out=total)
    pieces = [
        covariance_structures.gradient(c.structure, c.q, part, 0.5 * total[:-1].reshape(c.q, c.q))
        for c, part, total in zip(model.components, model.parts(theta), sums, strict=True)
    ]
    return np.concatenate(pieces) if pieces else np.empty(0)


def heights(model: Model, points: Array) -> Array:
    """Log-likelihood at many parameter vectors (n, parameters); minus infinity where undefined."""
    size = sum(stack.V.size for stack in model.stacks)
    pieces = max(1, min(len(points), len(points) * size // AT_ONCE))
    out = []
    for part in np.array_split(points, pieces):
        try:
            out.append(_heights(model, part))
        except np.linalg.LinAlgError:
            out.append(np.array([_height(model, point) for point in part]))
    return np.concatenate(out)


def _height(model: Model, theta: Array) -> float:
    solved = solve(model, theta)
    return -math.inf if solved is None else solved.loglik


def _heights(model: Model, points: Array) -> Array:
    """`solve` without the gradient, all points in one stack."""
    n, p = len(points), model.p
    matrices = [np.zeros((n, c.q * c.q + 1)) for c in model.components]
    for line, point in enumerate(points):
        for flat, G in zip(matrices, model.covariances(point), strict=True):
            flat[line, :-1] = G.ravel()
    cross = np.zeros((n, p + 1, p + 1))
    log_det = np.zeros(n)
    for stack in model.stacks:
        total = np.broadcast_to(stack.V, (n, *stack.V.shape))
        for entry, flat in zip(stack.entries, matrices, strict=True):
            total = total + flat[:, entry]
        lower = np.linalg.cholesky(total)
        both = np.concatenate([stack.Q, stack.y[:, :, None]], axis=2)
        white = np.linalg.solve(lower, both).reshape(n, -1, p + 1)
        log_det += 2.0 * np.log(np.diagonal(lower, axis1=2, axis2=3)).sum(axis=(1, 2))
        cross += white.transpose(0, 2, 1) @ white
    root = np.linalg.cholesky(cross[:, :-1, :-1])
    z = np.linalg.solve(root, cross[:, :-1, -1:])[:, :, 0]
    twice = model.k * LOG_2_PI + log_det + cross[:, -1, -1] - (z * z).sum(axis=1)
    if model.restricted:
        diagonal = np.diagonal(root, axis1=1, axis2=2)
        twice += 2.0 * np.log(diagonal).sum(axis=1) - p * LOG_2_PI
    return as_floats(-0.5 * twice)
