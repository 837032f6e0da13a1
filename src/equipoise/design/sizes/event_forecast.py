"""Events that a plan leads to, when, and how many patients they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from equipoise.design.sizes.accrual_plan import Accrual
from equipoise.design.sizes.event_incidence import incidence
from equipoise.design.sizes.event_plan import EventPlan
from equipoise.design.sizes.size_input import positive, refuse_unless
from equipoise.synthesis.arrays import Array

LATEST_MONTHS = 12000.0
"""A thousand years: events that come later are called never reached."""


@dataclass(frozen=True)
class EventTime:
    """When a number of events is expected.

    Attributes
    ----------
    months : float
        Calendar months from the first entry; `inf` if never.
    status : {"reached", "never"}
        Whether the plan is expected to lead to so many events at all.
    patients : float
        Patients that have entered by then.
    most_events : float
        Events expected if everybody is followed for ever.
    message : str
        What to do when they are never reached; empty otherwise.
    """

    months: float
    status: Literal["reached", "never"]
    patients: float
    most_events: float
    message: str = ""


def expected_events(plan: EventPlan, months: ArrayLike) -> Array:
    r"""Events expected by calendar `months`, in control and treatment.

    :math:`E D(t) = \int_0^t a(s) F(t - s) ds` with accrual rate `a` and cumulative incidence `F`
    of the event before drop-out.  For piecewise linear `a` and piecewise constant hazards that is
    :math:`\sum_k j_k G(t - \tau_k) + b_k H(t - \tau_k)`, where `a` jumps by `j` and its slope by
    `b` at :math:`\tau_k` and `G`, `H` are the first and second integral of `F`: no quadrature.

    Parameters
    ----------
    plan : EventPlan
        Accrual, hazards, drop-out.
    months : array_like
        Calendar months since the first entry, 0 or more.

    Returns
    -------
    array, shape (..., 2)
        Expected events, control then treatment.

    Raises
    ------
    ArrayError
        For months below 0 or not finite.

    Examples
    --------
    >>> from equipoise.design.sizes import constant_accrual
    >>> plan = EventPlan(constant_accrual(20.0, 36.0), (0.01,), (0.75,))
    >>> [round(float(d), 1) for d in expected_events(plan, 60.0)]
    [122.2, 96.5]
    """
    hazard = plan.hazards()
    return _events(plan, _months(months), hazard)


def expected_events_by_piece(plan: EventPlan, months: ArrayLike) -> Array:
    """Events expected by calendar `months`, by arm and piece of the time since entry.

    Returns
    -------
    array, shape (..., 2, P)
        They add up to `expected_events`.
    """
    t, hazard = _months(months), plan.hazards()
    only = np.eye(hazard.shape[1])
    return np.stack([_events(plan, t, hazard * one) for one in only], axis=-1)


def average_log_hazard_ratio(plan: EventPlan, months: ArrayLike) -> Array:
    r"""Log hazard ratio that a log-rank test at `months` is about, averaged over the events.

    :math:`\sum_j d_j \log HR_j / \sum_j d_j` with `d_j` the events expected in piece `j`. Under a
    delayed effect it moves with the time of the analysis; with `power_of_events` it gives the
    approximate power, which is good while the ratio of patients at risk stays near the allocation.

    Source: Schoenfeld 1981 (10.1093/biomet/68.1.316), where the mean of the log-rank statistic is
    an integral of the log hazard ratio over the events.

    Raises
    ------
    ArrayError
        For months by which no event is expected.
    """
    by_piece = expected_events_by_piece(plan, months).sum(axis=-2)
    total = by_piece.sum(axis=-1)
    refuse_unless([("months", months, total > 0.0, "late enough for an event")])
    return np.asarray(by_piece @ np.log(plan.ratios()) / total)


def months_until_events(plan: EventPlan, events: float) -> EventTime:
    """Calendar months until so many events, in both arms together, are expected.

    Expected events grow with time, so there is one such month or none; it is found by bracketing
    (Brent) to 1e-10 months.

    Returns
    -------
    EventTime
        With status ``never`` when not even endless follow-up is expected to give so many.

    Raises
    ------
    ArrayError
        For events not above 0.

    Examples
    --------
    >>> from equipoise.design.sizes import constant_accrual
    >>> plan = EventPlan(constant_accrual(20.0, 36.0), (0.01,), (0.75,))
    >>> found = months_until_events(plan, 380.0)
    >>> found.status, round(found.months, 1)
    ('reached', 104.9)
    >>> months_until_events(plan, 721.0).status
    'never'
    """
    refuse_unless([positive("events", events)])

    def excess(t: float) -> float:
        return float(expected_events(plan, t).sum()) - events

    most = _most_events(plan)
    if excess(LATEST_MONTHS) < 0.0:
        message = (
            f"{events:g} events are never reached: {plan.accrual.total:g} patients followed for "
            f"ever are expected to have {most:.1f}"
            f"{' in more than a thousand years' if most >= events else ''}. "
            "Enter more patients or lose fewer."
        )
        return EventTime(np.inf, "never", plan.accrual.total, most, message)
    high = plan.accrual.months
    while excess(high) < 0.0:
        high *= 2.0
    months = float(brentq(excess, 0.0, high, xtol=1e-10, rtol=1e-14))
    return EventTime(months, "reached", float(plan.accrual.patients(months)), most)


def patients_for_events(plan: EventPlan, events: float, months: float) -> float:
    """Patients that lead to so many events by calendar `months`, the accrual scaled to fit.

    The length and shape of accrual stay as in `plan`; only its rate changes, so that the answer is
    `events` over the probability that a patient has the event by then.

    Returns
    -------
    float
        Patients in both arms, entered by the end of accrual, not rounded.

    Raises
    ------
    ArrayError
        For numbers out of range, and for months by which nobody can have an event.

    Examples
    --------
    >>> from equipoise.design.sizes import constant_accrual
    >>> plan = EventPlan(constant_accrual(1.0, 24.0), (0.02,), (0.80,))
    >>> round(patients_for_events(plan, 631.0, 48.0), 1)
    1338.3
    """
    expected = float(expected_events(plan, months).sum())
    refuse_unless(
        [
            positive("events", events),
            ("months", months, expected > 0.0, "late enough for an event"),
        ]
    )
    return events * plan.accrual.total / expected


def accrual_for_events(plan: EventPlan, events: float, months: float) -> Accrual | None:
    """Shortest accrual, at the rates of `plan`, that leads to so many events by `months`.

    Its last rate may go on as long as needed, up to `months` itself.

    Returns
    -------
    Accrual or None
        `None` when entering patients until the last day does not give so many events.
    """
    refuse_unless([positive("events", events), positive("months", months)])

    def excess(length: float) -> float:
        accrual = plan.accrual.stopped(length)
        return float(expected_events(plan.with_accrual(accrual), months).sum()) - events

    if excess(months) < 0.0:
        return None
    times, rates, slopes = plan.accrual.arrays()
    first = next(float(times[k]) for k in range(rates.size) if rates[k] > 0.0 or slopes[k] > 0.0)
    least = first + 1e-9 * months
    if excess(least) >= 0.0:
        return plan.accrual.stopped(least)
    return plan.accrual.stopped(float(brentq(excess, least, months, xtol=1e-10, rtol=1e-14)))


def _months(months: ArrayLike) -> Array:
    t = np.asarray(months, dtype=np.float64)
    refuse_unless([("months", t, np.isfinite(t) & (t >= 0.0), "finite, 0 or more")])
    return t


def _events(plan: EventPlan, t: Array, counted: Array) -> Array:
    """Events whose hazard is `counted` (2, P), by calendar time `t`, shape (..., 2)."""
    times, jumps, bends = plan.accrual.kinks()
    starts = np.asarray(plan.starts, dtype=np.float64)
    hazard, share = plan.hazards(), plan.shares()
    since = t[..., None] - times
    arms = []
    for arm in range(2):
        leaving = hazard[arm] + plan.dropout[arm]
        f = incidence(since, starts, counted[arm], leaving)
        arms.append(share[arm] * (f.once @ jumps + f.twice @ bends))
    return np.stack(arms, axis=-1)


def _most_events(plan: EventPlan) -> float:
    """Events of everybody followed for ever."""
    starts, hazard = np.asarray(plan.starts, dtype=np.float64), plan.hazards()
    ever = 0.0
    for arm in range(2):
        leaving = hazard[arm] + plan.dropout[arm]
        f = incidence(starts[-1:], starts, hazard[arm], leaving).probability[0]
        followed = float(np.exp(-np.sum(leaving[:-1] * np.diff(starts))))
        last = hazard[arm][-1] / leaving[-1] if leaving[-1] > 0.0 else 0.0
        ever += plan.shares()[arm] * (f + followed * last)
    return float(plan.accrual.total * ever)
