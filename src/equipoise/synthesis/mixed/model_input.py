"""What a mixed model may be made of: effects, sampling covariances, columns, structures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import block_diag

from equipoise.errors import Problem
from equipoise.synthesis.arrays import (
    Array,
    ArrayError,
    as_floats,
    as_vector,
    no_level,
    not_among,
    refuse,
)
from equipoise.synthesis.mixed.design_columns import Design, design_of
from equipoise.synthesis.mixed.likelihood import Model, blocks_of, stacks_of
from equipoise.synthesis.mixed.random_structures import (
    Codes,
    Component,
    Correlated,
    Groups,
    Labels,
    components_of,
)

METHODS = ("REML", "ML", "FE")
INFERENCES = ("wald", "t", "hksj", "hksj-adhoc", "cr2")

SPAN = 1e12
"""Largest effect, and largest standard error, in units of the smallest; as for `pool`."""

FAINT = -500
"""Binary exponent of the largest effect, in standard errors, below which effects are lifted."""

PIVOT = 1e-12
"""Least squared pivot of the correlation matrix of the errors; below, it is singular."""

RandomStructures = Sequence[Groups | Correlated]


@dataclass(frozen=True)
class Options:
    """The choices of one fit."""

    method: str
    inference: str
    level: float


@dataclass(frozen=True)
class Prepared:
    """A model in units in which a typical standard error is 1.

    Effects were divided by `2^(unit - lift)` and variances by `4^unit`; `V` is (k,) when no two
    errors are correlated, else (k, k). `cluster` numbers the clusters, if there are any.
    """

    y: Array
    V: Array
    design: Design
    components: tuple[Component, ...]
    cluster: Codes | None
    unit: int
    lift: int

    @property
    def k(self) -> int:
        """Number of effects."""
        return self.y.size

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.design.Q.shape[1])

    def model(
        self,
        components: tuple[Component, ...],
        *,
        restricted: bool = False,
        clustered: bool = False,
    ) -> Model:
        """Return the likelihood of these effects; `clustered` makes every cluster one block."""
        groupings = [c.outer for c in components]
        if clustered and self.cluster is not None:
            groupings.append(self.cluster)
        blocks = blocks_of(self.k, groupings, self.V)
        stacks = stacks_of(self.y, self.design.Q, self.V, components, blocks)
        return Model(stacks, components, self.k, self.p, restricted)


def prepare(
    y: ArrayLike,
    V: ArrayLike,
    X: Any,
    random: RandomStructures,
    cluster: Labels | None,
    names: Sequence[str] | None,
    options: Options,
) -> Prepared:
    """Return the model in numbers, or every reason why it cannot be fitted."""
    problems = _option_problems(options, len(random), cluster)
    effects = as_vector(y, "y")
    k = effects.size
    if k == 0:
        problems.append(Problem("", "", "y", "no effect", "at least one", "Pass the effects."))
        raise ArrayError(problems)
    problems += refuse("y", effects, ~np.isfinite(effects), "a finite number")
    covariance, bad = _sampling_covariance(V, k)
    problems += bad
    design, bad = design_of(X, k, names)
    problems += bad
    components, bad = components_of(random, k)
    problems += bad
    codes = None
    if cluster is not None:
        coded, bad = components_of([Groups(cluster, "cluster")], k)
        problems += [p for p in bad if p.field != "labels"]
        codes = coded[0].outer if coded else None
    if not problems:
        problems += _incompatible(effects, _variances(covariance))
    if not problems and codes is not None and options.inference == "cr2":
        problems += _not_nested(covariance, components, codes)
    if problems or design is None:
        raise ArrayError(problems)
    return _in_units(effects, covariance, design, components, codes)


def _option_problems(options: Options, structures: int, cluster: Labels | None) -> list[Problem]:
    """Return what is wrong with the choices."""
    out = [
        *not_among("method", options.method, METHODS),
        *not_among("inference", options.inference, INFERENCES),
        *no_level(options.level),
    ]
    if options.method == "FE" and structures > 0:
        action = "Use REML or ML, or leave `random` out."
        out.append(Problem("", "", "random", f"{structures} structures", "none with FE", action))
    if options.inference == "cr2" and cluster is None:
        action = "Pass the label of the independent unit of each row, for instance its study."
        out.append(Problem("", "", "cluster", "None", "labels, with cr2", action))
    return out


def _sampling_covariance(V: ArrayLike, k: int) -> tuple[Array, list[Problem]]:
    """Variances (k,), or the covariance matrix (k, k) if any two errors are correlated."""
    try:
        values = np.atleast_1d(as_floats(_on_the_diagonal(V)))
    except (TypeError, ValueError, OverflowError) as error:
        problem = Problem("", "", "V", repr(V), "numbers", "Pass variances or a matrix.")
        raise ArrayError([problem]) from error
    if values.shape not in ((k,), (k, k)):
        allowed = f"shape ({k},) or ({k}, {k})"
        return values, [
            Problem("", "", "V", f"shape {values.shape}", allowed, "Pass one row an effect.")
        ]
    variances = _variances(values)
    tiny = float(np.finfo(np.float64).tiny)
    good = np.isfinite(variances) & (variances >= tiny)
    out = refuse("V", variances, ~good, f"a finite variance of at least {tiny:.2g}")
    if values.ndim == 1 or out:
        return values, out
    bad = np.argwhere(~np.isfinite(values))
    if bad.size:
        place = f"row {bad[0][0]}, column {bad[0][1]}"
        found = repr(float(values[tuple(bad[0])]))
        return values, [Problem("", place, "V", found, "finite numbers", "Correct it.")]
    if k == 1 or not np.any(values[~np.eye(k, dtype=bool)]):
        return variances, []
    return 0.5 * values + 0.5 * values.T, _not_a_covariance(values, variances)


def _on_the_diagonal(V: Any) -> Any:
    """Return the matrix of a list of square blocks (a number is one); anything else as it is."""
    if not isinstance(V, list | tuple):
        return V
    try:
        shapes = [np.shape(block) for block in V]
    except ValueError:
        return V
    square = [len(shape) == 2 and shape[0] == shape[1] for shape in shapes]
    blocks = any(square) and all(s or shape == () for s, shape in zip(square, shapes, strict=True))
    return block_diag(*V) if blocks else V


def _not_a_covariance(values: Array, variances: Array) -> list[Problem]:
    """Return why a matrix is not the covariance of errors that all carry information."""
    se = np.sqrt(variances)
    correlation = values / se[:, None] / se
    gap = np.abs(correlation - correlation.T)
    if gap.max() > 1e-8:
        i, j = np.unravel_index(int(gap.argmax()), gap.shape)
        found = f"V[{i}, {j}] = {values[i, j]:.6g} but V[{j}, {i}] = {values[j, i]:.6g}"
        return [Problem("", "", "V", found, "a symmetric matrix", "Correct one of them.")]
    largest = np.abs(np.tril(correlation, -1))
    if largest.max() >= 1.0:
        i, j = np.unravel_index(int(largest.argmax()), gap.shape)
        found = f"correlation {correlation[i, j]:.6g} of rows {i} and {j}"
        return [Problem("", "", "V", found, "between -1 and 1", "Check that covariance.")]
    try:
        pivots = np.diag(np.linalg.cholesky(correlation)) ** 2
    except np.linalg.LinAlgError:
        pivots = np.zeros(1)
    if pivots.min() > PIVOT:
        return []
    least = float(np.linalg.eigvalsh(correlation)[0])
    found = f"not positive definite: its correlation matrix has an eigenvalue of {least:.3g}"
    action = "Lower the assumed correlations, or leave out rows that others determine."
    return [Problem("", "", "V", found, "a positive definite matrix", action)]


def _variances(V: Array) -> Array:
    return V if V.ndim == 1 else np.diag(V).copy()


def _incompatible(y: Array, v: Array) -> list[Problem]:
    """Return the reason why these magnitudes cannot be brought together; none mostly."""
    se_low, se_high = math.sqrt(float(v.min())), math.sqrt(float(v.max()))
    largest = float(np.abs(y).max())
    if max(se_high, largest) / se_low <= SPAN:
        return []
    found = f"standard errors from {se_low:.3g} to {se_high:.3g}, effects up to {largest:.3g}"
    allowed = f"magnitudes within a factor of {SPAN:g}"
    action = "Check that V holds variances in squared units of y."
    return [Problem("", f"index {int(np.argmin(v))}", "y, V", found, allowed, action)]


def _not_nested(V: Array, components: tuple[Component, ...], cluster: Codes) -> list[Problem]:
    """Clusters must be independent: whatever rows share, they share within one cluster."""
    blocks = blocks_of(cluster.size, [*(c.outer for c in components), cluster], V)
    merged = np.unique(blocks).size
    if merged == 1 and np.unique(cluster).size == 1:
        action = "One cluster shows no variation between clusters; ask for wald."
        return [Problem("", "", "cluster", "one cluster", "two clusters, with cr2", action)]
    if merged == np.unique(cluster).size:
        return []
    found = f"{np.unique(cluster).size} clusters, of which only {merged} sets are independent"
    allowed = "clusters between which no random effect and no sampling error is shared"
    action = "Cluster by the outermost group."
    return [Problem("", "", "cluster", found, allowed, action)]


def _in_units(
    y: Array,
    V: Array,
    design: Design,
    components: tuple[Component, ...],
    cluster: Codes | None,
) -> Prepared:
    """Divide by powers of two, which costs no digit."""
    v = _variances(V)
    unit = round(0.5 * float(np.median(np.log2(v))))
    largest, lift = float(np.abs(y).max()), 0
    if largest > 0.0:
        size = math.frexp(largest)[1] - round(0.5 * math.log2(float(v.min())))
        lift = max(0, FAINT - size)
    scaled, covariance = np.ldexp(y, lift - unit), np.ldexp(V, -2 * unit)
    return Prepared(scaled, covariance, design, components, cluster, unit, lift)
