"""Patients that a comparison of means needs, and its power: z and t tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from equipoise.design.sizes.size_input import (
    Rule,
    direction,
    level_rules,
    positive,
    power_rules,
    refuse_unless,
)
from equipoise.synthesis.arrays import Array

METHOD_CITES = ("satterthwaite1946",)
"""Papers behind the degrees of freedom under unequal variances."""

TESTS = ("t", "z")


def patients_for_means(
    difference: float,
    sd: float | tuple[float, float],
    *,
    alpha: float = 0.025,
    sided: int = 1,
    power: float = 0.8,
    allocation: float = 1.0,
    test: str = "t",
    arms: int = 2,
) -> float:
    r"""Patients in all that a test of means needs.

    z test: :math:`n = z^2 (1 + r) (\sigma_0^2 + \sigma_1^2 / r) / \delta^2`, with
    :math:`z = z_{1-\alpha} + z_{power}` and `r` treated for each control. t test: the root `n` of
    `power_of_means`, which is a few patients more.

    Parameters
    ----------
    difference : float
        Mean under treatment less that under control (or a fixed value, with one arm), not 0.
    sd : float or (float, float)
        Standard deviation in both arms, or in control and treatment.
    alpha, sided, power, allocation
        As for `patients_for_rates`.
    test : {"t", "z"}
        Variances estimated (Welch's test if they differ) or known.
    arms : {1, 2}
        One arm against a fixed value, or two.

    Returns
    -------
    float
        Patients, not rounded.

    Raises
    ------
    ArrayError
        For a difference of 0 and numbers out of range.

    Examples
    --------
    >>> round(patients_for_means(0.5, 1.0), 1)
    127.5
    >>> round(patients_for_means(0.5, 1.0, test="z"), 1)
    125.6
    """
    refuse_unless(
        [
            *_rules(difference, sd, allocation, test, arms),
            ("difference", difference, difference != 0.0, "other than 0"),
            *power_rules(alpha, sided, power),
        ]
    )
    z = float(ndtri(power) - ndtri(alpha / sided))
    n = z**2 * _unit_variance(sd, allocation, arms) / difference**2
    if test == "z":
        return n

    def lacking(patients: float) -> float:
        n, size = patients, abs(difference)
        found = power_of_means(
            n, size, sd, alpha=alpha, sided=sided, allocation=allocation, arms=arms
        )
        return float(found) - power

    low = max(n, _fewest(sd, allocation, arms))  # a t test needs more than a z test
    high = 2.0 * low
    while lacking(high) < 0.0:
        high *= 2.0
    return low if lacking(low) >= 0.0 else float(brentq(lacking, low, high, rtol=1e-13))


def power_of_means(
    patients: ArrayLike,
    difference: ArrayLike,
    sd: float | tuple[float, float],
    *,
    alpha: float = 0.025,
    sided: int = 1,
    allocation: float = 1.0,
    test: str = "t",
    arms: int = 2,
    benefit: str = "higher",
) -> Array:
    r"""Probability that a test of means claims a benefit.

    With :math:`\theta = \delta / \sqrt{\sigma_1^2 / n_1 + \sigma_0^2 / n_0}`, a z test claims with
    probability :math:`\Phi(\theta - z_{1-\alpha})`, a t test with
    :math:`P(T_{\nu, \theta} > t_{\nu, 1-\alpha})`, `T` noncentral with :math:`\nu = n - 2`
    (exact), or under unequal variances with Satterthwaite's :math:`\nu` at the true variances (an
    approximation good to a few in a thousand from 10 patients an arm).

    Parameters
    ----------
    patients : array_like
        In all arms together.
    difference : array_like
        Mean under treatment less that under control.
    sd, alpha, sided, allocation, test, arms
        As for `patients_for_means`.
    benefit : {"higher", "lower"}
        Whether the treatment should raise or lower the mean.

    Raises
    ------
    ArrayError
        For numbers out of range, and fewer patients than a t test can do with.

    References
    ----------
    Satterthwaite 1946 (10.2307/3002019).

    Examples
    --------
    >>> round(float(power_of_means(128, 0.5, 1.0)), 4)
    0.8015
    """
    n, delta = (np.asarray(v, dtype=np.float64) for v in (patients, difference))
    refuse_unless(
        [
            *_rules(delta, sd, allocation, test, arms),
            *level_rules(alpha, sided),
            positive("patients", n),
        ]
    )
    least = _fewest(sd, allocation, arms)
    refuse_unless([("patients", n, (test == "z") | (n >= least), f"{least:g} or more in a t test")])
    theta = direction(benefit) * delta * np.sqrt(n / _unit_variance(sd, allocation, arms))
    level = alpha / sided
    if test == "z":
        return np.asarray(ndtr(theta + ndtri(level)))
    nu = _degrees(n, sd, allocation, arms)
    # by symmetry P(T > t) is P(T < -t) with the sign of the noncentrality turned
    return np.asarray(nctdtr(nu, -theta, stdtrit(nu, level)))


def _unit_variance(sd: float | tuple[float, float], r: float, arms: int) -> float:
    """Return `n` times the variance of the estimate."""
    control, treated = _sds(sd)
    if arms == 1:
        return treated**2
    return (1.0 + r) * (control**2 + treated**2 / r)


def _degrees(n: Array, sd: float | tuple[float, float], r: float, arms: int) -> Array:
    control, treated = _sds(sd)
    if arms == 1:
        return n - 1.0
    if control == treated:
        return n - 2.0
    n1, n0 = n * r / (1.0 + r), n / (1.0 + r)
    v1, v0 = treated**2 / n1, control**2 / n0
    return np.asarray(np.square(v1 + v0) / (v1**2 / (n1 - 1.0) + v0**2 / (n0 - 1.0)))


def _fewest(sd: float | tuple[float, float], r: float, arms: int) -> float:
    """Return the patients with one degree of freedom, or two in the smaller arm if Welch's."""
    control, treated = _sds(sd)
    if arms == 1 or control == treated:
        return 1.0 + arms
    return 2.0 * (1.0 + r) / min(1.0, r)


def _sds(sd: float | tuple[float, float]) -> tuple[float, float]:
    return sd if isinstance(sd, tuple) else (sd, sd)


def _rules(
    difference: ArrayLike, sd: float | tuple[float, float], r: float, test: str, arms: int
) -> list[Rule]:
    delta = np.asarray(difference, dtype=np.float64)
    pair = not isinstance(sd, tuple) or (len(sd) == 2 and arms == 2)
    return [
        ("difference", delta, np.isfinite(delta), "finite"),
        positive("sd", sd),
        ("sd", str(sd), pair, "one number, or (control, treatment) with two arms"),
        positive("allocation", r),
        ("test", test, test in TESTS, ", ".join(TESTS)),
        ("arms", arms, arms in (1, 2), "1 or 2"),
    ]
