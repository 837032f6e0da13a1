"""Events that a log-rank test needs, and the power that events give."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

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

METHODS = ("schoenfeld", "freedman")
"""Approximations."""

METHOD_CITES = {
    "schoenfeld": ("schoenfeld1981",),
    "freedman": ("freedman1982",),
    "interaction": ("peterson1993",),
}
"""Papers of each approximation, and of the test of interaction."""


def events_needed(
    hazard_ratio: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    power: ArrayLike = 0.8,
    allocation: ArrayLike = 1.0,
    method: str = "schoenfeld",
) -> Array:
    r"""Events, in both arms together, that a log-rank test needs to find a hazard ratio.

    With :math:`z = z_{1-\alpha} + z_{power}` (:math:`\alpha/2` if two-sided) and `r` treated for
    each control, Schoenfeld's number is :math:`z^2 (1 + r)^2 / (r \log^2 HR)` and Freedman's
    :math:`z^2 (1 + r\,HR)^2 / (r (1 - HR)^2)`.  Schoenfeld's takes the patients at risk to stay
    in the ratio `r`, Freedman's the hazard ratio to be far enough from 1 for that to matter; they
    differ by 1 to 3 in a hundred for ratios of 0.6 to 0.85 in a 1:1 trial.

    Parameters
    ----------
    hazard_ratio : array_like
        Treatment against control, on the natural scale; above 1 is an effect the other way.
    alpha : float
        Level, of both sides together if `sided` is 2.
    sided : {1, 2}
        Sides of the test. Power in the wrong direction is not counted.
    power : array_like
        Probability of a claim in the direction of the effect.
    allocation : array_like
        Treated for each control, `r`.
    method : {"schoenfeld", "freedman"}
        Approximation.

    Returns
    -------
    array
        Events, not rounded, in the shape the arguments broadcast to; `whole` rounds them up.

    Raises
    ------
    ArrayError
        For a ratio of 1 (no number of events finds no effect) and numbers out of range.

    References
    ----------
    Schoenfeld 1981 (10.1093/biomet/68.1.316); Freedman 1982 (10.1002/sim.4780010204).

    Examples
    --------
    >>> from equipoise.design.sizes import whole
    >>> whole(events_needed([0.64, 0.75, 0.80, 0.85])).tolist()
    [158.0, 380.0, 631.0, 1189.0]
    >>> whole(events_needed([0.64, 0.75, 0.80, 0.85], method="freedman")).tolist()
    [163.0, 385.0, 636.0, 1194.0]
    """
    hr, r = _arrays(hazard_ratio, allocation)
    target = np.asarray(power, dtype=np.float64)
    refuse_unless([*_effect_rules(hr, r, method), _not_one(hr), *power_rules(alpha, sided, target)])
    z = ndtri(target) - ndtri(alpha / sided)
    return np.asarray(np.square(z / _drift_per_root_event(hr, r, method)))


def power_of_events(
    events: ArrayLike,
    hazard_ratio: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    allocation: ArrayLike = 1.0,
    method: str = "schoenfeld",
    benefit: str = "lower",
) -> Array:
    r"""Probability that a log-rank test of so many events claims a benefit.

    :math:`\Phi(\delta - z_{1-\alpha})` with :math:`\delta = -\log HR \sqrt{r D} / (1 + r)`
    (Schoenfeld) or :math:`(1 - HR) \sqrt{r D} / (1 + r\,HR)` (Freedman), `D` the events.  A ratio
    of 1 gives the level of one side.

    Parameters
    ----------
    events : array_like
        Events in both arms together, 0 or more.
    hazard_ratio, alpha, sided, allocation, method
        As for `events_needed`.
    benefit : {"lower", "higher"}
        Whether a hazard ratio below or above 1 is the benefit.

    Raises
    ------
    ArrayError
        For numbers out of range.

    Examples
    --------
    >>> [round(float(p), 3) for p in power_of_events([158, 631], 0.80)]
    [0.289, 0.8]
    """
    hr, r = _arrays(hazard_ratio, allocation)
    d = np.asarray(events, dtype=np.float64)
    refuse_unless(
        [
            *_effect_rules(hr, r, method),
            *level_rules(alpha, sided),
            ("events", d, np.isfinite(d) & (d >= 0.0), "finite, 0 or more"),
        ]
    )
    drift = -direction(benefit) * np.sqrt(d) * _drift_per_root_event(hr, r, method)
    return np.asarray(ndtr(drift + ndtri(alpha / sided)))


def detectable_hazard_ratio(
    events: ArrayLike,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    power: ArrayLike = 0.8,
    allocation: ArrayLike = 1.0,
    method: str = "schoenfeld",
    benefit: str = "lower",
) -> Array:
    r"""Hazard ratio nearest to 1 that so many events find with the stated power.

    Schoenfeld: :math:`\exp(\mp z (1 + r) / \sqrt{r D})`.  Freedman, with
    :math:`c = \sqrt{r D} / z`: :math:`(c - 1) / (c + r)` below 1, :math:`(c + 1) / (c - r)` above.

    Raises
    ------
    ArrayError
        For numbers out of range, and for events so few that Freedman's formula has no such ratio.

    Examples
    --------
    >>> round(float(detectable_hazard_ratio(631)), 3)
    0.8
    """
    d, r = _arrays(events, allocation)
    target = np.asarray(power, dtype=np.float64)
    refuse_unless(
        [
            positive("events", d),
            positive("allocation", r),
            _method(method),
            *power_rules(alpha, sided, target),
        ]
    )
    c = np.sqrt(r * d) / (ndtri(target) - ndtri(alpha / sided))
    sign = direction(benefit)
    if method == "schoenfeld":
        return np.asarray(np.exp(sign * (1.0 + r) / c))
    lower = sign < 0.0
    least = 1.0 if lower else r
    enough = "enough for some ratio to be found: more events, or method 'schoenfeld'"
    refuse_unless([("events", np.broadcast_to(d, c.shape), c > least, enough)])
    return np.asarray((c - 1.0) / (c + r) if lower else (c + 1.0) / (c - r))


def interaction_events_needed(
    ratio_of_hazard_ratios: ArrayLike,
    prevalence: ArrayLike = 0.5,
    *,
    alpha: float = 0.025,
    sided: int = 1,
    power: ArrayLike = 0.8,
    allocation: ArrayLike = 1.0,
) -> Array:
    r"""Events, in both strata together, that a test of interaction with a marker needs.

    The log hazard ratios of the strata have variances :math:`(1 + r)^2 / (r D p)` and
    :math:`(1 + r)^2 / (r D (1 - p))`, so that Schoenfeld's number for the ratio of hazard ratios
    is multiplied by :math:`1 / (p (1 - p))`: by four at best.

    Parameters
    ----------
    ratio_of_hazard_ratios : array_like
        Hazard ratio in marker-positive over that in marker-negative patients.
    prevalence : array_like
        Share `p` of the *events* that fall in marker-positive patients; the share of the patients
        if both strata have events alike.

    Raises
    ------
    ArrayError
        For a prevalence of 0 or 1 (there is one stratum, and no interaction), a ratio of 1, and
        numbers out of range.

    References
    ----------
    Peterson and George 1993 (10.1016/0197-2456(93)90031-8).

    Examples
    --------
    >>> from equipoise.design.sizes import whole
    >>> float(whole(interaction_events_needed(0.64, 0.5)))
    631.0
    """
    hr, r = _arrays(ratio_of_hazard_ratios, allocation)
    p, target = (np.asarray(v, dtype=np.float64) for v in (prevalence, power))
    refuse_unless(
        [
            positive("ratio_of_hazard_ratios", hr),
            ("ratio_of_hazard_ratios", hr, hr != 1.0, "other than 1"),
            positive("allocation", r),
            probability("prevalence", p),
            *power_rules(alpha, sided, target),
        ]
    )
    z = ndtri(target) - ndtri(alpha / sided)
    one_stratum = np.square(z / _drift_per_root_event(hr, r, "schoenfeld"))
    return np.asarray(one_stratum / (p * (1.0 - p)))


def _drift_per_root_event(hr: Array, r: Array, method: str) -> Array:
    """Return the expected z over the root of the events; above 0 for a ratio below 1."""
    if method == "schoenfeld":
        return np.asarray(-np.log(hr) * np.sqrt(r) / (1.0 + r))
    return np.asarray((1.0 - hr) * np.sqrt(r) / (1.0 + r * hr))


def _arrays(first: ArrayLike, allocation: ArrayLike) -> tuple[Array, Array]:
    return np.asarray(first, dtype=np.float64), np.asarray(allocation, dtype=np.float64)


def _effect_rules(hr: Array, r: Array, method: str) -> list[Rule]:
    return [positive("hazard_ratio", hr), positive("allocation", r), _method(method)]


def _not_one(hr: Array) -> Rule:
    return "hazard_ratio", hr, hr != 1.0, "other than 1: no number of events finds no effect"


def _method(method: str) -> Rule:
    return "method", method, method in METHODS, ", ".join(METHODS)
