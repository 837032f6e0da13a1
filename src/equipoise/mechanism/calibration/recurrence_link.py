r"""From cells left at surgery to recurrence: one hazard a patient, tied to one trial.

A patient with N cells left has the constant hazard `h_0 (1 + N / N_c)^b`, `N_c` the clonogenic
number of the complete response: no cells, no excess. Event-free shares are means over patients,
`S(t) = mean exp(-h t)`, and the hazard ratio of two arms is `ln S_1(t) / ln S_0(t)`: exact for
proportional hazards, and what such a trial would print on average for mixtures. `h_0` and `b`
solve the event-free shares of both arms of one trial; whatever else differed between its arms after
surgery is in `b`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class RecurrenceLink:
    """Hazard from cells left.

    Attributes
    ----------
    base_hazard : float
        Hazard of a patient without cells left, a year.
    power : float
        b.
    reached : bool
        Whether both event-free shares could be met.
    """

    base_hazard: float
    power: float
    reached: bool


def residual(log_cells_left: Array, clonogenic: float | Array) -> Array:
    """`ln(1 + N / N_c)` from the natural logarithm of N."""
    excess: Array = np.logaddexp(0.0, log_cells_left - np.log(clonogenic))
    return excess


def event_free(
    link: RecurrenceLink, left: Array, years: float, weight: Array | None = None
) -> float:
    """Share without an event at `years`; `left` from `residual`, `weight` of the patients."""
    share = np.exp(-link.base_hazard * np.exp(link.power * left) * years)
    return float(np.average(share, weights=weight))


def hazard_ratio(
    link: RecurrenceLink,
    left: Array,
    reference: Array,
    years: float,
    weight: Array | None = None,
    reference_weight: Array | None = None,
) -> float:
    """Ratio of cumulative hazards at `years`, arm with `left` against arm with `reference`."""
    upper = np.log(event_free(link, left, years, weight))
    return float(upper / np.log(event_free(link, reference, years, reference_weight)))


def base_hazard(
    power: float, left: Array, share: float, years: float, weight: Array | None = None
) -> float:
    """Hazard of a patient without cells left that gives the event-free share."""

    def excess(log_hazard: float) -> float:
        link = RecurrenceLink(float(np.exp(log_hazard)), power, True)
        return event_free(link, left, years, weight) - share

    return float(np.exp(optimize.brentq(excess, -200.0, 20.0, xtol=1e-10)))


def recurrence_link(
    treated: Array,
    control: Array,
    control_share: float,
    ratio: float,
    years: float,
    weight: Array | None = None,
) -> RecurrenceLink:
    """Solve the link from the control arm's event-free share and the trial's hazard ratio.

    Parameters
    ----------
    treated, control : (n,) arrays
        From `residual`, the same patients in both arms.
    control_share : float
        Event-free share of the control arm at `years`.
    ratio : float
        Hazard ratio, treated against control.
    years : float
    weight : (n,) array or None
        Weight of each patient.
    """

    def built(power: float) -> RecurrenceLink:
        return RecurrenceLink(
            base_hazard(power, control, control_share, years, weight), power, True
        )

    def excess(power: float) -> float:
        return hazard_ratio(built(power), treated, control, years, weight, weight) - ratio

    powers = np.linspace(0.0, 1.2, 25)
    found = np.array([excess(power) for power in powers])
    crossing = np.flatnonzero(np.diff(np.sign(found)) != 0)
    if not len(crossing):
        link = built(float(powers[np.argmin(np.abs(found))]))
        return RecurrenceLink(link.base_hazard, link.power, False)
    k = int(crossing[0])
    return built(float(optimize.brentq(excess, powers[k], powers[k + 1], xtol=1e-8)))
