"""Patients that a comparison of two rates needs by the normal approximation, and its power."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit, ndtr, ndtri

from equipoise.design.sizes.size_input import (
    Rule,
    direction,
    level_rules,
    positive,
    power_rules,
    probability,
    refuse_unless,
)
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"pooled": ("fleiss1980",), "unpooled": ("fleiss1980",), "log_odds": ()}
"""Test statistics, and the papers of each."""


def patients_for_rates(
    treatment: ArrayLike,
    control: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    power: ArrayLike = 0.8,
    allocation: ArrayLike = 1.0,
    statistic: str = "pooled",
    continuity: bool = False,
) -> Array:
    r"""Patients, in both arms together, that a test of two rates needs.

    With `r` treated for each control, a treated arm of
    :math:`n_1 = (z_{1-\alpha} s_0 + z_{power} s_1)^2 / \delta^2`, where :math:`\delta` is the
    effect and :math:`s^2` the variance of its estimate for one treated patient, under no effect
    and under the effect:

    - pooled: :math:`s_0^2 = (1 + r) \bar p (1 - \bar p)` at the mean rate of the patients,
      :math:`s_1^2 = p_1 (1 - p_1) + r p_0 (1 - p_0)`;
    - unpooled: :math:`s_1` in both places;
    - log_odds: :math:`\delta` is the log odds ratio and
      :math:`s_0^2 = s_1^2 = 1 / (p_1 (1 - p_1)) + r / (p_0 (1 - p_0))`.

    A continuity correction takes :math:`\frac{1}{2} (1 / n_1 + 1 / n_0)` off the difference, which
    multiplies the size by :math:`\frac{1}{4} (1 + \sqrt{1 + 2 (1 + r) / (n_1 |\delta|)})^2` and
    brings it near that of Fisher's exact test.

    Parameters
    ----------
    treatment, control : array_like
        Rates in the two arms, not equal.
    alpha : float
        Level, of both sides together if `sided` is 2.
    sided : {1, 2}
        Sides of the test. Power in the wrong direction is not counted.
    power : array_like
        Probability of a claim in the direction of the effect.
    allocation : array_like
        Treated for each control, `r`.
    statistic : {"pooled", "unpooled", "log_odds"}
        What is tested.
    continuity : bool
        Whether the difference is corrected for continuity.

    Returns
    -------
    array
        Patients, not rounded; `whole_arms` rounds each arm up.

    Raises
    ------
    ArrayError
        For equal rates, rates of 0 or 1, and numbers out of range.

    References
    ----------
    Fleiss, Tytun and Ury 1980, equations 2 to 4 (10.2307/2529990).

    Examples
    --------
    >>> from equipoise.design.sizes import whole_arms
    >>> whole_arms(patients_for_rates(0.60, 0.45)).tolist()
    [173.0, 173.0]
    """
    p1, p0, r = (np.asarray(v, dtype=np.float64) for v in (treatment, control, allocation))
    rules = _rules(p1, p0, r, statistic, continuity)
    unequal = ("treatment", p1, p1 != p0, "another rate than the control's")
    refuse_unless([*rules, unequal, *power_rules(alpha, sided, power)])
    effect, null_sd, sd = _moments(p1, p0, r, statistic)
    z_level, z_power = -ndtri(alpha / sided), ndtri(np.asarray(power, dtype=np.float64))
    treated = np.square((z_level * null_sd + z_power * sd) / effect)
    if continuity:
        ratio = 2.0 * (1.0 + r) / (treated * np.abs(effect))
        treated = treated * np.square(1.0 + np.sqrt(1.0 + ratio)) / 4.0
    return np.asarray(treated * (1.0 + r) / r)


def power_of_rates(
    patients: ArrayLike,
    treatment: ArrayLike,
    control: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    allocation: ArrayLike = 1.0,
    statistic: str = "pooled",
    continuity: bool = False,
    benefit: str = "higher",
) -> Array:
    r"""Probability that a test of two rates claims a benefit, by the normal approximation.

    :math:`\Phi((\delta \sqrt{n_1} - z_{1-\alpha} s_0) / s_1)`, in the symbols of
    `patients_for_rates`; in small trials and for rates near 0 or 1 use `exact_power`.

    Parameters
    ----------
    patients : array_like
        In both arms together.
    treatment, control, alpha, sided, allocation, statistic, continuity
        As for `patients_for_rates`; equal rates give about the level.
    benefit : {"higher", "lower"}
        Whether the treatment should make the event more or less frequent.

    Raises
    ------
    ArrayError
        For rates of 0 or 1 and numbers out of range.

    Examples
    --------
    >>> round(float(power_of_rates(346, 0.60, 0.45)), 3)
    0.8
    """
    p1, p0, r, n = (
        np.asarray(v, dtype=np.float64) for v in (treatment, control, allocation, patients)
    )
    rules = _rules(p1, p0, r, statistic, continuity)
    refuse_unless([*rules, *level_rules(alpha, sided), positive("patients", n)])
    effect, null_sd, sd = _moments(p1, p0, r, statistic)
    treated = n * r / (1.0 + r)
    gain = direction(benefit) * effect
    if continuity:
        gain = gain - 0.5 * (1.0 + r) / treated
    return np.asarray(ndtr((gain * np.sqrt(treated) + ndtri(alpha / sided) * null_sd) / sd))


def _moments(p1: Array, p0: Array, r: Array, statistic: str) -> tuple[Array, Array, Array]:
    """Return effect, and its standard deviation for one treated patient without and with it."""
    v1, v0 = p1 * (1.0 - p1), p0 * (1.0 - p0)
    if statistic == "log_odds":
        sd = np.sqrt(1.0 / v1 + r / v0)
        return np.asarray(logit(p1) - logit(p0)), sd, sd
    sd = np.sqrt(v1 + r * v0)
    if statistic == "unpooled":
        return p1 - p0, sd, sd
    mean = (r * p1 + p0) / (1.0 + r)
    return p1 - p0, np.sqrt((1.0 + r) * mean * (1.0 - mean)), sd


def _rules(p1: Array, p0: Array, r: Array, statistic: str, continuity: bool) -> list[Rule]:
    corrected = not continuity or statistic != "log_odds"
    return [
        probability("treatment", p1),
        probability("control", p0),
        positive("allocation", r),
        ("statistic", statistic, statistic in METHOD_CITES, ", ".join(METHOD_CITES)),
        ("continuity", continuity, corrected, "False for the log odds ratio"),
    ]
