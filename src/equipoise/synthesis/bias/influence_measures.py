"""Influence: which studies move the answer, and which does the model not fit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.bias.partial_pools import leave_one_out
from equipoise.synthesis.bias.study_effects import checked

METHOD_CITES = {"influence": ("outliers2010",)}

MEDIAN_OF_CHI_SQUARE = float(chdtri(1, 0.5))
"""Cook's distance above which a study moves the mean to beyond its own 50 % region."""


@dataclass(frozen=True)
class Influence:
    """What happens to the pool without each study; arrays are (k,).

    Attributes
    ----------
    rstudent : array
        Effect minus the mean of the others, over the error of that difference.
    dffits : array
        Change of the mean in standard errors of the study's fitted value.
    cooks_distance : array
        Squared change of the mean over its variance.
    covariance_ratio : array
        Variance of the mean without the study over that with it; below 1 when the pool is more
        precise without.
    tau2_left_out, q_left_out : array
        Heterogeneity without the study.
    hat, weight : array
        Share of the study in the mean, and the same in per cent.
    dfbetas : array
        Change of the mean in its standard errors.
    influential : array of bool
        Whether any rule is met: `|dffits| > 3 sqrt(1 / (k - 1))`, Cook's distance above the
        median of chi-square(1), `hat > 3 / k`, `|dfbetas| > 1`.
    estimate, tau2 : float
        With all studies.
    method : str
    k : int
    status, message : str
        ``undefined`` for fewer than two studies.
    """

    rstudent: Array
    dffits: Array
    cooks_distance: Array
    covariance_ratio: Array
    tau2_left_out: Array
    q_left_out: Array
    hat: Array
    weight: Array
    dfbetas: Array
    influential: NDArray[np.bool_]
    estimate: float
    tau2: float
    method: str
    k: int
    status: str
    message: str


def influence(yi: ArrayLike, vi: ArrayLike, *, method: str = "REML") -> Influence:
    """Measure how far each study moves the pool, and how far it lies from the others.

    With `mu, tau2` from all studies, `mu_i, tau2_i, se_i` without study i, `h_i` its share of
    the weights and `W(t) = sum 1 / (vj + t)` over all studies (Wald errors throughout):

    - rstudent `(yi - mu_i) / sqrt(vi + tau2_i + se_i^2)`,
    - dffits `(mu - mu_i) / sqrt(h_i (vi + tau2_i))`,
    - Cook's distance `(mu - mu_i)^2 W(tau2)`,
    - covariance ratio `se_i^2 W(tau2)`,
    - dfbetas `(mu - mu_i) sqrt(W(tau2_i))`.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale and their sampling variances.
    method : str
        Estimator of tau2, as in `pool`.

    Returns
    -------
    Influence

    Raises
    ------
    ArrayError
        As `pool`.

    Notes
    -----
    A flag asks for a look at the study, not for its removal; the limits are customs. Source:
    Viechtbauer and Cheung 2010, 10.1002/jrsm.11.

    Examples
    --------
    >>> y = [0.1, 0.2, 0.15, 0.3, 0.25, 0.2, 0.1, 0.9]
    >>> result = influence(y, [0.05, 0.06, 0.05, 0.07, 0.05, 0.06, 0.05, 0.02], method="EE")
    >>> float(result.rstudent[-1].round(2)), result.influential.nonzero()[0].tolist()
    (4.32, [7])
    """
    y, v = checked(yi, vi)
    k = y.size
    rows = leave_one_out(y, v, method=method, ci="wald")
    mu, tau2 = rows.whole.estimate, rows.whole.tau2
    w = 1.0 / (v + tau2)
    total = float(w.sum())
    moved = mu - rows.estimate
    changed = rows.tau2 + v
    with np.errstate(divide="ignore", invalid="ignore"):
        hat = w / total
        rstudent = (y - rows.estimate) / np.sqrt(changed + rows.se**2)
        dffits = moved / np.sqrt(hat * changed)
        information = np.array([(1.0 / (v + tau2_left)).sum() for tau2_left in rows.tau2])
        limit = 3.0 * math.sqrt(1.0 / (k - 1)) if k > 1 else math.nan
    distance = (moved * math.sqrt(total)) ** 2
    dfbetas = moved * np.sqrt(information)
    influential = (
        (np.abs(dffits) > limit)
        | (distance > MEDIAN_OF_CHI_SQUARE)
        | (hat > 3.0 / max(k, 1))
        | (np.abs(dfbetas) > 1.0)
    )
    return Influence(
        rstudent=rstudent,
        dffits=dffits,
        cooks_distance=distance,
        covariance_ratio=(rows.se * math.sqrt(total)) ** 2,
        tau2_left_out=rows.tau2,
        q_left_out=rows.q,
        hat=hat,
        weight=100.0 * hat,
        dfbetas=dfbetas,
        influential=influential,
        estimate=mu,
        tau2=tau2,
        method=method,
        k=k,
        status=rows.whole.status if k > 1 else "undefined",
        message=rows.whole.message if k > 1 else f"Influence needs two studies; there are {k}.",
    )
