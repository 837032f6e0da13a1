"""Bias as a distribution: how large, and how variable, is the bias of a study so rated.

It widens the studies it is stated for. Never a score: weights by a sum of quality points have no
meaning as precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.synthesis.arrays import Array, ArrayError, broadcast, require
from equipoise.synthesis.bias.study_effects import checked, option, sentences
from equipoise.synthesis.pooling import PooledEffect, pool

METHOD_CITES = {"pool_with_bias": ("turner2009",)}


@dataclass(frozen=True)
class PoolWithBias:
    """A pool before and after a stated bias is taken out of each study.

    Attributes
    ----------
    before, after : PooledEffect
    yi, vi : array, shape (k,)
        Effects less their expected bias, and variances plus that of the bias.
    bias_mean, bias_sd : array, shape (k,)
        What was supposed, on the analysis scale.
    shift : float
        `after.estimate - before.estimate`.
    weight_change : array, shape (k,)
        Change of each study's weight, percentage points.
    k : int
    message : str
    """

    before: PooledEffect
    after: PooledEffect
    yi: Array
    vi: Array
    bias_mean: Array
    bias_sd: Array
    shift: float
    weight_change: Array
    k: int
    message: str


def bias_prior(
    rating: object, priors: Mapping[str, tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Look up mean and standard deviation of the bias for each study's rating.

    Parameters
    ----------
    rating : sequence of str, shape (k,)
        Judgement of each study, such as ``low``, ``some concerns``, ``high``.
    priors : mapping of str to (mean, sd)
        Bias of a study so rated, on the analysis scale (log for ratios): a mean of -0.1 says
        that such studies show log ratios too low by 0.1. Source and direction are the caller's.

    Returns
    -------
    tuple of array, shape (k,)
        Means and standard deviations.

    Raises
    ------
    ArrayError
        A rating that `priors` lacks, all of them named with those there are; a mean that is not
        finite or a standard deviation below zero.

    Examples
    --------
    >>> mean, sd = bias_prior(["low", "high"], {"low": (0.0, 0.0), "high": (-0.1, 0.2)})
    >>> mean.tolist(), sd.tolist()
    ([0.0, -0.1], [0.0, 0.2])
    """
    words = (rating,) if isinstance(rating, str) else tuple(rating)  # type: ignore[arg-type]
    missing = sorted({str(word) for word in words} - set(priors))
    if missing:
        allowed, action = ", ".join(priors), "Give a prior for that rating."
        raise ArrayError([option("rating", word, allowed, action) for word in missing])
    spoilt = [
        option("priors", {word: priors[word]}, "a finite mean and a finite sd >= 0", "Change it.")
        for word in dict.fromkeys(words)
        if not (np.isfinite(priors[word]).all() and priors[word][1] >= 0.0)
    ]
    if spoilt:
        raise ArrayError(spoilt)
    pairs = np.array([priors[word] for word in words], dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def pool_with_bias(
    yi: ArrayLike,
    vi: ArrayLike,
    bias_mean: ArrayLike,
    bias_sd: ArrayLike,
    *,
    method: str = "REML",
    ci: str = "hksj",
    level: float = 0.95,
) -> PoolWithBias:
    """Pool effects after a stated bias has been taken out, its uncertainty kept in.

    Study i is thought to show `theta_i + b_i` with `b_i ~ N(m_i, s_i^2)`, independent between
    studies: `yi - m_i` is pooled with variance `vi + s_i^2`. A study at high risk is thereby
    down-weighted by as much as its bias is uncertain, and by nothing else.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    bias_mean, bias_sd : array_like, shape (k,)
        Mean and standard deviation of the bias, on the same scale; one number serves all.
    method, ci, level
        As in `pool`.

    Returns
    -------
    PoolWithBias

    Raises
    ------
    ArrayError
        As `pool`; also a mean that is not finite or a standard deviation below zero.

    Notes
    -----
    Only additive bias. Not for a bias that all studies of a stratum share: it would not average
    out, as it does here. Source: Turner and others 2009, 10.1111/j.1467-985X.2008.00547.x.

    Examples
    --------
    >>> result = pool_with_bias([-0.5, -0.1], [0.04, 0.04], [-0.2, 0.0], [0.2, 0.0], method="EE")
    >>> round(result.before.estimate, 3), round(result.after.estimate, 3)
    (-0.3, -0.167)
    """
    y, v = checked(yi, vi, level=level)
    x = broadcast(bias_mean=bias_mean, bias_sd=bias_sd, yi=y)
    require(x, ("bias_mean",), np.isfinite, "a finite number")
    require(x, ("bias_sd",), lambda s: np.isfinite(s) & (s >= 0.0), "a standard deviation, >= 0")
    before = pool(y, v, method=method, ci=ci, level=level)
    shifted, widened = y - x["bias_mean"], v + x["bias_sd"] ** 2
    after = pool(shifted, widened, method=method, ci=ci, level=level)
    touched = int(((x["bias_mean"] != 0.0) | (x["bias_sd"] > 0.0)).sum())
    said = f"A bias was supposed for {touched} of {y.size} studies; the data do not show it."
    return PoolWithBias(
        before=before,
        after=after,
        yi=shifted,
        vi=widened,
        bias_mean=x["bias_mean"],
        bias_sd=x["bias_sd"],
        shift=after.estimate - before.estimate,
        weight_change=after.weights - before.weights,
        k=y.size,
        message=sentences(said if touched else "", after.message),
    )
