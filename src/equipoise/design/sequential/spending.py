"""Spending functions: how much of an error may be used up by an information fraction."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.design.sequential.plan_input import bad_looks, stop_if
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, as_vector, not_among

METHOD_CITES = {
    "obrien-fleming": ("lan1983",),
    "pocock": ("lan1983",),
    "hwang-shih-decani": ("hwang1990",),
    "kim-demets": ("kim1987",),
    "user": ("lan1983",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each family."""

Share = Callable[[float], float]


@dataclass(frozen=True)
class Spending:
    """A spending function, as data.

    Attributes
    ----------
    family : str
        ``obrien-fleming`` and ``pocock`` (Lan and DeMets), ``hwang-shih-decani``,
        ``kim-demets``, or ``user``.
    parameter : float
        `gamma` of Hwang-Shih-DeCani (any finite number), `rho > 0` of Kim-DeMets; NaN otherwise.
    share : callable or None
        ``user`` only: the share of the error spent at `t` in [0, 1], a number in [0, 1].
    cumulative : tuple of float
        ``user`` only, instead of `share`: the error spent in all, one number a planned look.

    Notes
    -----
    With `alpha` the error to spend on one side of the test and `z` the upper quantile:

    ==================  ===========================================================
    obrien-fleming      `2 - 2 Phi(z_{alpha/2} / sqrt t)`
    pocock              `alpha log(1 + (e - 1) t)`
    hwang-shih-decani   `alpha (1 - exp(-gamma t)) / (1 - exp(-gamma))`; `alpha t` at 0
    kim-demets          `alpha t^rho`
    ==================  ===========================================================

    A two-sided test of 5 % spends 2.5 % by this formula on each side (`z_{0.0125}`), so that its
    upper bounds are those of the one-sided test of 2.5 %; rpact's ``asOF`` does the same. Some
    texts spend 5 % by the formula (`z_{0.025}`) and halve it: other bounds.
    """

    family: str
    parameter: float = math.nan
    share: Share | None = None
    cumulative: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an unknown family and a parameter that it cannot have."""
        problems = not_among("family", self.family, tuple(METHOD_CITES))
        value, given = repr(self.parameter), math.isfinite(self.parameter)
        if self.family == "hwang-shih-decani" and not given:
            problems += [Problem("", "", "parameter", value, "a finite gamma", "Give gamma.")]
        if self.family == "kim-demets" and not (given and self.parameter > 0.0):
            problems += [Problem("", "", "parameter", value, "rho above 0", "Give rho.")]
        if self.family == "user" and (self.share is None) == (not self.cumulative):
            allowed = "either a share function or cumulative values"
            problems += [Problem("", "", "share", "both or none", allowed, "Give one of the two.")]
        stop_if(problems)


def _obrien_fleming(t: Array, level: float) -> Array:
    return np.asarray(2.0 * ndtr(ndtri(0.5 * level) / np.sqrt(t)), dtype=np.float64)


def _pocock(t: Array, level: float) -> Array:
    return np.asarray(level * np.log1p(math.expm1(1.0) * t))


def _hwang_shih_decani(t: Array, level: float, gamma: float) -> Array:
    if gamma == 0.0:
        return level * t
    if gamma > 0.0:
        return np.asarray(level * np.expm1(-gamma * t) / math.expm1(-gamma))
    share = np.exp(gamma * (1.0 - t)) * np.expm1(gamma * t) / math.expm1(gamma)
    return np.asarray(level * share)


def _user(spending: Spending, t: Array, level: float) -> Array:
    if spending.share is not None:
        return level * as_vector([spending.share(float(x)) for x in t], "share")
    cumulative = as_vector(spending.cumulative, "cumulative")
    if cumulative.size < t.size or (t[-1] >= 1.0 and cumulative.size != t.size):
        found = f"{cumulative.size} values for {t.size} looks"
        action = "Give one value a look, or a share function if the looks may move."
        stop_if([Problem("", "", "cumulative", found, "one value a look", action)])
    return cumulative[: t.size]


def spent(spending: Spending, t: Array, level: float) -> Array:
    """Error spent in all by each look.

    Parameters
    ----------
    spending : Spending
    t : array, shape (K,)
        Information fractions; above 1 counts as 1.
    level : float
        The error to spend by `t = 1`, of one side.

    Returns
    -------
    array, shape (K,)
        Cumulative error; exactly `level` at `t >= 1`.

    Raises
    ------
    ArrayError
        A spending function that decreases, leaves [0, level], is NaN or spends another total.
    """
    at = np.minimum(t, 1.0)
    if spending.family == "obrien-fleming":
        total = _obrien_fleming(at, level)
    elif spending.family == "pocock":
        total = _pocock(at, level)
    elif spending.family == "hwang-shih-decani":
        total = _hwang_shih_decani(at, level, spending.parameter)
    elif spending.family == "kim-demets":
        total = level * at**spending.parameter
    else:
        total = _user(spending, at, level)
    _stop_if_unusable(total, at, level)
    return np.where(at >= 1.0, level, total)


def _stop_if_unusable(total: Array, t: Array, level: float) -> None:
    outside = ~((total >= 0.0) & (total <= level * (1.0 + 1e-12)))
    problems = bad_looks("spending", total, outside, f"error spent between 0 and {level:g}")
    falls = np.concatenate([[False], np.diff(total) < 0.0])
    problems += bad_looks("spending", total, falls & ~outside, "not below the look before")
    ends = (t >= 1.0) & ~(np.abs(total - level) <= 1e-9 * level)
    problems += bad_looks("spending", total, ends & ~outside, f"all of {level:g} at t = 1")
    stop_if(problems)
