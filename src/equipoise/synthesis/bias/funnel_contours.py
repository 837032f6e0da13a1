"""Contours of a funnel plot: which results are significant at the null, study by study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from equipoise.synthesis.arrays import Array, as_vector
from equipoise.synthesis.bias.study_effects import checked, option
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.pooling import pool

METHOD_CITES = {"contour_funnel": ("peters2008",)}

POINTS = 101
"""Standard errors at which contours are given; they are straight lines, but scales may bend."""


@dataclass(frozen=True)
class ContourFunnel:
    """The numbers of a contour-enhanced funnel plot; it draws nothing.

    Attributes
    ----------
    yi, sei : array, shape (k,)
        The points: effects on the analysis scale and standard errors.
    p_value : array, shape (k,)
        Two-sided P of each study against `null`.
    zone : array of int, shape (k,)
        How many of the `levels` each study is significant at: 0 is the middle zone.
    counts : array of int, shape (m + 1,)
        Studies in each zone.
    estimate : float
        Where the funnel stands.
    null : float
        Effect at which the contours meet.
    levels : array, shape (m,)
        Confidence levels of the contours, ascending.
    grid : array, shape (g,)
        Standard errors, from 0 to the largest.
    contour_low, contour_high : array, shape (m, g)
        `null -+ z_level grid`.
    funnel_low, funnel_high : array, shape (g,)
        `estimate -+ 1.96 grid`: where 95 % of studies would lie without heterogeneity or bias.
    outside : int
        Studies outside that funnel.
    k : int
    message : str
    """

    yi: Array
    sei: Array
    p_value: Array
    zone: NDArray[np.int64]
    counts: NDArray[np.int64]
    estimate: float
    null: float
    levels: Array
    grid: Array
    contour_low: Array
    contour_high: Array
    funnel_low: Array
    funnel_high: Array
    outside: int
    k: int
    message: str


def contour_funnel(
    yi: ArrayLike,
    vi: ArrayLike,
    estimate: float | None = None,
    levels: ArrayLike = (0.90, 0.95, 0.99),
    *,
    null: float = 0.0,
) -> ContourFunnel:
    """Say where studies and the borders of significance lie in a funnel plot.

    At standard error s the contour of level c is `null -+ z s`, `z` the normal quantile of
    `(1 + c) / 2`. If studies seem to be missing where results would not be significant,
    selective publication is a likelier cause; if they are missing where results would be, some
    other cause is (Peters and others 2008, 10.1016/j.jclinepi.2007.11.010).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on the analysis scale (log for ratios) and their sampling variances.
    estimate : float, optional
        Where the funnel stands; the common-effect mean if not given.
    levels : array_like, shape (m,)
        Confidence levels, each between 0 and 1.
    null : float
        Effect of no difference, on the analysis scale.

    Returns
    -------
    ContourFunnel

    Raises
    ------
    ArrayError
        Levels that are not between 0 and 1, unequal lengths, a value that is not finite, a
        variance that is not above zero.

    Examples
    --------
    >>> plot = contour_funnel([0.1, 0.5, 0.9], [0.01, 0.05, 0.09])
    >>> plot.counts.tolist(), plot.zone.tolist()
    ([1, 0, 1, 1], [0, 2, 3])
    """
    c = np.sort(as_vector(levels, "levels"))
    problems = []
    if not c.size or not bool(((c > 0.0) & (c < 1.0)).all()):
        problems.append(option("levels", c.tolist(), "between 0 and 1", "Use (0.90, 0.95, 0.99)."))
    if not np.isfinite(null) or (estimate is not None and not np.isfinite(estimate)):
        problems.append(option("estimate, null", (estimate, null), "finite", "Give a number."))
    y, v = checked(yi, vi, problems=problems)
    s = np.sqrt(v)
    middle = pool(y, v, method="EE", ci="wald").estimate if estimate is None else float(estimate)
    p_value = 2.0 * ndtr(-np.abs((y - null) / s))
    zone = (p_value[:, None] < 1.0 - c).sum(axis=1)
    grid = np.linspace(0.0, float(s.max()) if s.size else 0.0, POINTS)
    z = np.array([critical_value(float(level)) for level in c])[:, None]
    wide = critical_value(0.95)
    return ContourFunnel(
        yi=y,
        sei=s,
        p_value=p_value,
        zone=zone,
        counts=np.bincount(zone, minlength=c.size + 1),
        estimate=middle,
        null=null,
        levels=c,
        grid=grid,
        contour_low=null - z * grid,
        contour_high=null + z * grid,
        funnel_low=middle - wide * grid,
        funnel_high=middle + wide * grid,
        outside=int((np.abs(y - middle) > wide * s).sum()),
        k=y.size,
        message="" if y.size else "No study.",
    )
