"""Is a ranking of patients by expected benefit any good: the TOC curve and its areas."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, failing, same_length
from equipoise.synthesis.compiled import kernel
from equipoise.synthesis.intervals import critical_value, two_sided_p

METHOD_CITES = {"rate": ("yadlowsky2025",)}

DRAWS = 500
"""Half-samples behind a standard error: it is then known to about 3 % of itself."""


@dataclass(frozen=True)
class RankWeightedEffect:
    """An area under the TOC curve; 0 for a ranking that says nothing.

    Attributes
    ----------
    weighting : {"AUTOC", "QINI"}
    estimate, se, ci_low, ci_high, p_value, level : float
        In units of the scores; normal interval and two-sided P.
    draws, seed : int
        Half-samples and where they started.
    """

    weighting: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    level: float
    draws: int
    seed: int


@dataclass(frozen=True, eq=False)
class BenefitCurve:
    """The TOC curve with pointwise half-sample errors; arrays are (m,).

    Attributes
    ----------
    share : array
        Share of patients treated, those of highest priority first.
    gain : array
        Their mean benefit less that of all patients.
    se : array
        Standard error of the gain.
    """

    share: Array
    gain: Array
    se: Array


@kernel
def toc(scores: Array, groups: Array) -> Array:
    """Mean of the first k scores less the mean of all, k = 1 to n (n,).

    `scores` are in order of priority; patients of one `groups` value are tied, and each then
    counts with the mean of its group, so that their order does not matter.
    """
    n = scores.size
    out = np.empty(n)
    i, total = 0, 0.0
    while i < n:
        j, mean = i, 0.0
        while j < n and groups[j] == groups[i]:
            mean += scores[j]
            j += 1
        mean /= j - i
        for k in range(i, j):
            total += mean
            out[k] = total / (k + 1)
        i = j
    return out - total / n


@kernel
def areas(curve: Array) -> tuple[float, float]:
    """AUTOC `sum TOC(k / n) / n` and Qini `sum (k / n) TOC(k / n) / n`."""
    n = curve.size
    autoc, qini = 0.0, 0.0
    for k in range(n):
        autoc += curve[k]
        qini += curve[k] * (k + 1) / n
    return autoc / n, qini / n


def rank_weighted_effect(
    scores: ArrayLike,
    priority: ArrayLike,
    *,
    weighting: str = "AUTOC",
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int,
) -> RankWeightedEffect:
    r"""Answer whether those ranked first benefit more than the rest.

    `TOC(u) = E[S | among the first u] - E[S]`, AUTOC `= int TOC(u) du`, Qini
    `= int u TOC(u) du` over u from 0 to 1 (Yadlowsky and others 2025,
    10.1080/01621459.2024.2393466). The error is the standard deviation over half-samples without
    replacement: the variance of half a sample's estimate about the whole one's is that of the
    whole one's about the truth.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Of `benefit_scores`.
    priority : array_like, shape (n,)
        Larger for patients to be treated first, from *other* patients (another trial, or
        `cross_fitted_benefit`): a ranking fitted on these outcomes finds a gain where none is.
    weighting : {"AUTOC", "QINI"}
        AUTOC looks for few patients who gain much, Qini for many who gain a little more.
    draws, seed : int
        Half-samples and their seed.
    level : float

    Raises
    ------
    ArrayError
        Values that are not finite, unequal lengths, fewer than 4 patients, an unknown weighting.

    Examples
    --------
    >>> effect = rank_weighted_effect([4.0, 3.0, 2.0, 1.0], [4, 3, 2, 1], seed=1)
    >>> round(effect.estimate, 4)
    0.75
    """
    s, p = _checked(scores, priority, weighting)
    which = ("AUTOC", "QINI").index(weighting)
    estimate = areas(toc(*_ordered(s, p)))[which]
    halves = np.array([areas(c)[which] for c in _half_curves(s, p, draws, seed)])
    se = float(halves.std(ddof=1))
    half = critical_value(level) * se
    p_value = two_sided_p(estimate / se) if se > 0.0 else math.nan
    return RankWeightedEffect(
        weighting, estimate, se, estimate - half, estimate + half, p_value, level, draws, seed
    )


def benefit_curve(
    scores: ArrayLike, priority: ArrayLike, *, points: int = 20, draws: int = DRAWS, seed: int
) -> BenefitCurve:
    """Return the TOC curve at equally spaced shares, with half-sample errors.

    Parameters as in `rank_weighted_effect`; `points` shares from `1 / points` to 1.
    """
    s, p = _checked(scores, priority, "AUTOC")
    share = np.arange(1, points + 1) / points
    gain = _at(toc(*_ordered(s, p)), share)
    halves = np.array([_at(curve, share) for curve in _half_curves(s, p, draws, seed)])
    return BenefitCurve(share, gain, np.asarray(halves.std(axis=0, ddof=1)))


def _at(curve: Array, share: Array) -> Array:
    places = np.ceil(share * curve.size - 1e-9).astype(np.int64) - 1
    return np.asarray(curve[np.maximum(places, 0)])


def _ordered(scores: Array, priority: Array) -> tuple[Array, Array]:
    order = np.argsort(-priority, kind="stable")
    return scores[order], priority[order]


def _half_curves(scores: Array, priority: Array, draws: int, seed: int) -> list[Array]:
    """TOC curves of half-samples, each in order of priority."""
    rng = np.random.default_rng(seed)
    s, p = _ordered(scores, priority)
    half = s.size // 2
    curves = []
    for _ in range(draws):
        rows = np.sort(rng.permutation(s.size)[:half])
        curves.append(toc(s[rows], p[rows]))
    return curves


def _checked(scores: ArrayLike, priority: ArrayLike, weighting: str) -> tuple[Array, Array]:
    s, p = as_vector(scores, "scores"), as_vector(priority, "priority")
    same_length(scores=s, priority=p)
    data = {"scores": s, "priority": p}
    problems = failing(data, data, np.isfinite, "a finite number")
    if s.size < 4:
        problems.append(Problem("", "", "scores", str(s.size), "4 or more", "Add patients."))
    if weighting not in {"AUTOC", "QINI"}:
        allowed = "AUTOC, QINI"
        problems.append(Problem("", "", "weighting", repr(weighting), allowed, "Choose one."))
    if problems:
        raise ArrayError(problems)
    return s, p
