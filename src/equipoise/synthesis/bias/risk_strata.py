"""Strata by risk of bias: do studies rated worse show other effects than those rated better.

Strata, not scores: a quality score adds things that do not add (concealment, blinding, loss to
follow-up), and the direction of the difference it makes depends on which score is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.bias.study_effects import checked, ratings_of, sentences
from equipoise.synthesis.intervals import critical_value, two_sided_p
from equipoise.synthesis.pooling import PooledEffect, pool

METHOD_CITES = {
    "by_risk_of_bias": ("juni1999",),
    "difference": ("satterthwaite1946",),
}
"""Keys of `equipoise.cite.REFERENCES` behind the strata and their comparison."""


@dataclass(frozen=True)
class StrataByRisk:
    """Pools of strata by risk of bias, and how they differ.

    Attributes
    ----------
    ratings : tuple of str
        The strata, in the order in which they first occur.
    pools : tuple of PooledEffect
        One a stratum.
    difference, difference_se, difference_low, difference_high : array, shape (S - 1,)
        Each later stratum minus the first, on the analysis scale.
    difference_df, difference_p_value : array, shape (S - 1,)
        Satterthwaite degrees of freedom (infinite: normal) and two-sided P.
    q_between, q_between_df, q_between_p_value : float
        `sum (m_s - m)^2 / se_s^2` over strata, chi-square with S - 1 degrees of freedom.
    whole : PooledEffect
        All studies together.
    k : int
    status, message : str
    """

    ratings: tuple[str, ...]
    pools: tuple[PooledEffect, ...]
    difference: Array
    difference_se: Array
    difference_low: Array
    difference_high: Array
    difference_df: Array
    difference_p_value: Array
    q_between: float
    q_between_df: int
    q_between_p_value: float
    whole: PooledEffect
    k: int
    status: str
    message: str


def by_risk_of_bias(
    yi: ArrayLike,
    vi: ArrayLike,
    rating: object,
    *,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
) -> StrataByRisk:
    """Pool the studies of each risk-of-bias rating apart, and compare the strata.

    Each stratum has its own tau2. A difference is `m_s - m_1` with `se^2 = se_s^2 + se_1^2`,
    referred to Student's distribution with Satterthwaite's degrees of freedom
    `(sum se^2)^2 / sum (se^4 / (k_s - 1))`, or to the normal one when `ci` is ``wald``.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    rating : sequence of str, shape (k,)
        Judgement of each study. Put a study of the best rating first: it is what the others
        are compared with.
    method, ci, level
        As in `pool`.

    Returns
    -------
    StrataByRisk
        NaN where a stratum has too few studies for its error.

    Raises
    ------
    ArrayError
        As `pool`; also when a study lacks a rating.

    Notes
    -----
    The comparison is between studies, not within them: strata may differ for other reasons.
    Strata, not scores: Juni and others 1999, 10.1001/jama.282.11.1054.

    Examples
    --------
    >>> y, v = [0.0, 0.1, 0.5, 0.6], [0.02, 0.02, 0.02, 0.02]
    >>> result = by_risk_of_bias(y, v, ["low", "low", "high", "high"], method="EE", ci="wald")
    >>> result.ratings, round(float(result.difference[0]), 3)
    (('low', 'high'), 0.5)
    """
    y, v = checked(yi, vi, level=level)
    words, problems = ratings_of(rating, y.size)
    if problems:
        raise ArrayError(problems)
    strata = tuple(dict.fromkeys(words))
    member = {s: np.array([word == s for word in words], dtype=bool) for s in strata}
    pools = tuple(pool(y[m], v[m], method=method, ci=ci, level=level) for m in member.values())
    found = _compared(pools, ci, level)
    alone = [s for s, pooled in zip(strata, pools, strict=True) if math.isnan(pooled.se)]
    said = f"Too few studies for an error in: {', '.join(alone)}." if alone else ""
    several = len(strata) > 1
    return StrataByRisk(
        ratings=strata,
        pools=pools,
        difference=found.difference,
        difference_se=found.se,
        difference_low=found.difference - found.half,
        difference_high=found.difference + found.half,
        difference_df=found.df,
        difference_p_value=found.p_value,
        q_between=found.q,
        q_between_df=max(0, len(strata) - 1),
        q_between_p_value=float(chdtrc(len(strata) - 1, found.q)) if several else math.nan,
        whole=pool(y, v, method=method, ci=ci, level=level),
        k=y.size,
        status="converged" if several and not alone else "undefined",
        message=sentences(said, "" if several else "Only one stratum: nothing to compare."),
    )


class _Compared(NamedTuple):
    """Strata against the first, and all together."""

    difference: Array
    se: Array
    half: Array
    df: Array
    p_value: Array
    q: float


def _compared(pools: tuple[PooledEffect, ...], ci: str, level: float) -> _Compared:
    """Compare each later pool with the first; NaN where one of the two has no error."""
    mean = np.array([p.estimate for p in pools])
    variance = np.array([p.se for p in pools]) ** 2
    difference, se = mean[1:] - mean[:1], np.sqrt(variance[1:] + variance[:1])
    df = np.full(difference.size, math.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        if ci != "wald":
            each = variance**2 / np.array([p.k - 1.0 for p in pools])
            df = se**4 / (each[1:] + each[:1])
        w = 1.0 / variance
        q = float(w @ (mean - w @ mean / w.sum()) ** 2) if len(pools) > 1 else math.nan
    usable = [s > 0.0 and f > 0.0 for s, f in zip(se, df, strict=True)]
    half, p_value = np.full(se.size, math.nan), np.full(se.size, math.nan)
    for i in np.flatnonzero(usable):
        half[i] = critical_value(level, float(df[i])) * se[i]
        p_value[i] = two_sided_p(float(difference[i] / se[i]), float(df[i]))
    return _Compared(difference, se, half, df, p_value, q)
