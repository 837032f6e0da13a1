"""How p-values of separate stages become one test, with rules fixed before the first patient."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, ndtr, ndtri

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector

METHOD_CITES = {
    "inverse_normal": ("lehmacher1999",),
    "fisher_product": ("bauer1994", "wassmer1999"),
}
"""Keys of `equipoise.cite.REFERENCES` behind each combination."""


Flags = NDArray[np.bool_]


def normal_score(p: ArrayLike) -> Array:
    """Return the z whose upper tail is `p`; digits of a small p are kept, 0 and 1 are infinite."""
    return -np.asarray(ndtri(p), dtype=np.float64)


@dataclass(frozen=True)
class InverseNormal:
    """Weighted sum of normal scores, held against group-sequential bounds.

    `Z_k = (w_1 q_1 + ... + w_k q_k) / sqrt(w_1^2 + ... + w_k^2)` with `q_j` the upper normal
    quantile of the p-value of stage j: under the null it has the joint law of a group-sequential
    statistic with information shares `w_j^2`, whatever was changed between the stages, if the
    weights were fixed beforehand and each stage's p-value is uniform given the earlier stages.

    Attributes
    ----------
    weights : array, shape (K,)
        `w_k`, above 0; for planned information fractions t the roots of their steps.
    upper : array, shape (K,)
        Efficacy bounds on `Z_k`; infinite where no rejection is allowed.
    lower : array, shape (K - 1,)
        Futility bounds, not binding for the bounds above; `-inf` for none.

    Notes
    -----
    Lehmacher and Wassmer 1999, 10.1111/j.0006-341X.1999.01286.x.
    """

    weights: Array
    upper: Array
    lower: Array

    @property
    def stages(self) -> int:
        """Stages planned."""
        return int(self.upper.size)

    def statistics(self, p: Array) -> Array:
        """Return the combined statistic at every stage, shape (..., K), of p-values (..., K)."""
        score = normal_score(p) * self.weights
        return np.asarray(np.cumsum(score, axis=-1) / np.sqrt(np.cumsum(self.weights**2)))

    def score(self, p: Array, stage: int) -> Array:
        """Return what stage `stage`, from 0, adds to the running sum."""
        return np.asarray(self.weights[stage] * normal_score(p))

    def crosses(self, total: Array, stage: int) -> Flags:
        """Whether the running sum rejects at that stage."""
        return np.asarray(total >= self.upper[stage] * self._norm(stage))

    def fails(self, total: Array, p: Array, stage: int) -> Flags:
        """Whether the running sum is futile at that interim."""
        return np.asarray(total <= self.lower[stage] * self._norm(stage))

    def needed(self, total: Array, stage: int) -> Array:
        """Return the normal score the stage after `stage` must show to cross its bound."""
        short = self.upper[stage + 1] * self._norm(stage + 1) - total
        return np.asarray(short / self.weights[stage + 1])

    def _norm(self, stage: int) -> float:
        return float(np.sqrt(np.sum(self.weights[: stage + 1] ** 2)))

    def rejects(self, statistics: Array) -> Flags:
        """Whether each stage's statistic crosses its bound; NaN never does."""
        return np.asarray(statistics >= self.upper)

    def level_reached(self, statistics: Array) -> Array:
        """P-value of each stage's statistic were that stage the only look."""
        return np.asarray(ndtr(-statistics))


@dataclass(frozen=True)
class FisherProduct:
    """Product of the stages' p-values, held against critical values.

    Attributes
    ----------
    critical : array, shape (K,)
        Reject at stage k when `p_1 ... p_k <= c_k`; see `fisher_bounds`.
    accept : array, shape (K - 1,)
        Give up when an interim `p_k` is at or above this; 1 for never.

    Notes
    -----
    Statistics are kept as `log(p_1 ... p_k)`, so that no product underflows. Bauer and Köhne
    1994, 10.2307/2533441.
    """

    critical: Array
    accept: Array

    @property
    def stages(self) -> int:
        """Stages planned."""
        return int(self.critical.size)

    def statistics(self, p: Array) -> Array:
        """Return the log of the product up to every stage, shape (..., K)."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.cumsum(np.log(p), axis=-1))

    def score(self, p: Array, stage: int) -> Array:
        """Return what a stage adds to the running log of the product."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(p))

    def crosses(self, total: Array, stage: int) -> Flags:
        """Whether the running log rejects at stage `stage`, from 0."""
        return np.asarray(total <= math.log(self.critical[stage]))

    def fails(self, total: Array, p: Array, stage: int) -> Flags:
        """Whether the p-value of that interim is too large to go on."""
        return np.asarray((p >= self.accept[stage]) & (self.accept[stage] < 1.0))

    def needed(self, total: Array, stage: int) -> Array:
        """Return the normal score the stage after `stage` must show to cross its critical value."""
        room = np.exp(np.minimum(math.log(self.critical[stage + 1]) - total, 0.0))
        return normal_score(room)

    def rejects(self, statistics: Array) -> Flags:
        """Whether each stage's product is at or below its critical value; NaN never is."""
        return np.asarray(statistics <= np.log(self.critical))

    def level_reached(self, statistics: Array) -> Array:
        """P-value of each stage's product were that stage the only look: a gamma tail."""
        stages = np.arange(1.0, self.critical.size + 1.0)
        return np.asarray(gammaincc(stages, -statistics))


Combination = InverseNormal | FisherProduct


def inverse_normal(
    information: ArrayLike, upper: ArrayLike, lower: ArrayLike | None = None
) -> InverseNormal:
    """Inverse normal combination for planned information fractions and z bounds.

    Parameters
    ----------
    information : array_like, shape (K,)
        Planned information fractions, strictly increasing; the weights are the roots of the
        steps between them.
    upper : array_like, shape (K,)
        Group-sequential efficacy bounds for these fractions (z); `inf` where none.
    lower : array_like, shape (K - 1,), optional
        Non-binding futility bounds (z); none if left out.

    Raises
    ------
    ArrayError
        Every problem at once: fractions that do not increase, NaN, unequal lengths.

    Examples
    --------
    >>> test = inverse_normal([0.5, 1.0], [np.inf, 1.959964])
    >>> test.statistics(np.array([0.02, 0.03])).round(4).tolist()
    [2.0537, 2.7821]
    """
    t, up = as_vector(information, "information"), as_vector(upper, "upper")
    low = np.full(t.size - 1, -np.inf) if lower is None else as_vector(lower, "lower")
    steps = np.diff(t, prepend=0.0)
    problems = []
    if not np.all(steps > 0.0) or not np.all(np.isfinite(t)):
        problems.append(
            Problem("", "", "information", str(t.tolist()), "finite, above 0, increasing", "Fix.")
        )
    if up.size != t.size or np.any(np.isnan(up)):
        shown, allowed = str(up.tolist()), f"{t.size} numbers or inf"
        problems.append(Problem("", "", "upper", shown, allowed, "Pass one bound a stage."))
    if low.size != t.size - 1 or np.any(np.isnan(low)):
        shown, allowed = str(low.tolist()), f"{t.size - 1} numbers or -inf"
        problems.append(Problem("", "", "lower", shown, allowed, "Pass one bound an interim."))
    if problems:
        raise ArrayError(problems)
    return InverseNormal(np.sqrt(steps), up, low)


def fisher_product(critical: ArrayLike, accept: ArrayLike | None = None) -> FisherProduct:
    """Fisher's product test with critical values `critical` (K,) and `accept` (K - 1,).

    Raises
    ------
    ArrayError
        Critical values outside (0, 1), or of another number than the stages.
    """
    c = as_vector(critical, "critical")
    a = np.ones(c.size - 1) if accept is None else as_vector(accept, "accept")
    problems = []
    if not np.all((c > 0.0) & (c < 1.0)):
        shown = str(c.tolist())
        problems.append(Problem("", "", "critical", shown, "between 0 and 1", "See fisher_bounds."))
    if a.size != c.size - 1 or not np.all((a > 0.0) & (a <= 1.0)):
        shown, allowed = str(a.tolist()), f"{c.size - 1} numbers above 0, to 1"
        problems.append(Problem("", "", "accept", shown, allowed, "Pass one an interim."))
    if problems:
        raise ArrayError(problems)
    return FisherProduct(c, a)
