"""Who enters a two-arm trial when, and how fast events and drop-outs happen there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from equipoise.design.sizes.accrual_plan import Accrual
from equipoise.design.sizes.size_input import positive, refuse_unless
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class EventPlan:
    r"""Accrual, hazards and drop-out of a two-arm trial with a time to an event.

    Attributes
    ----------
    accrual : Accrual
        Entries by calendar month, both arms together.
    hazard : tuple of float, (P,)
        Hazard of the event a month under control, in each piece of the time since entry.
    hazard_ratio : tuple of float, (P,) or (1,)
        Treatment against control in each piece; `(1.0, 0.6)` with `starts` `(0, 6)` is an effect
        that begins at 6 months.
    starts : tuple of float, (P,)
        Months since entry at which the pieces begin, the first 0.
    dropout : (float, float)
        Hazard of drop-out a month, control and treatment.
    allocation : float
        Treated for each control, all through accrual.

    Raises
    ------
    ArrayError
        All that is wrong with the plan.

    See Also
    --------
    monthly_hazard : from a share with the event at some month.

    Examples
    --------
    >>> from equipoise.design.sizes import constant_accrual
    >>> plan = EventPlan(constant_accrual(20.0, 36.0), (0.01,), (0.75,))
    >>> plan.allocation
    1.0
    """

    accrual: Accrual
    hazard: tuple[float, ...]
    hazard_ratio: tuple[float, ...] = (1.0,)
    starts: tuple[float, ...] = (0.0,)
    dropout: tuple[float, float] = (0.0, 0.0)
    allocation: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be."""
        begin = np.asarray(self.starts, dtype=np.float64)
        pieces = begin.size
        increasing = pieces > 0 and begin[0] == 0.0 and bool(np.all(np.diff(begin) > 0.0))
        one_each = f"one a piece ({pieces})"
        lost = np.asarray(self.dropout, dtype=np.float64)
        control = np.asarray(self.hazard, dtype=np.float64)
        refuse_unless(
            [
                ("starts", str(self.starts), increasing and bool(np.all(np.isfinite(begin))),
                 "finite, increasing from 0"),
                ("hazard", str(self.hazard), control.size == pieces, one_each),
                ("hazard_ratio", str(self.hazard_ratio), len(self.hazard_ratio) in (1, pieces),
                 f"one, or {one_each}"),
                ("hazard", control, np.isfinite(control) & (control >= 0.0), "finite, 0 or more"),
                positive("hazard_ratio", self.hazard_ratio),
                ("dropout", str(self.dropout), lost.size == 2, "one an arm"),
                ("dropout", lost, np.isfinite(lost) & (lost >= 0.0), "finite, 0 or more"),
                positive("allocation", self.allocation),
            ]
        )  # fmt: skip

    def ratios(self) -> Array:
        """Hazard ratio in each piece, shape (P,)."""
        return np.broadcast_to(np.asarray(self.hazard_ratio, dtype=np.float64), len(self.starts))

    def hazards(self) -> Array:
        """Hazard of the event, shape (2, P), control then treatment."""
        control = np.asarray(self.hazard, dtype=np.float64)
        return np.stack([control, control * self.ratios()])

    def shares(self) -> Array:
        """Share of the patients in control and treatment, shape (2,)."""
        r = self.allocation
        return np.array([1.0, r]) / (1.0 + r)

    def with_accrual(self, accrual: Accrual) -> EventPlan:
        """Return this plan with another accrual."""
        return replace(self, accrual=accrual)


def monthly_hazard(share: float, months: float) -> float:
    r"""Return the constant hazard with which `share` has the event by `months`.

    :math:`-\log(1 - share) / months`; a median is a `share` of 0.5.

    Raises
    ------
    ArrayError
        For a share outside [0, 1) or months not above 0.

    Examples
    --------
    >>> round(monthly_hazard(0.5, 24.0), 6)
    0.028881
    """
    refuse_unless(
        [("share", share, 0.0 <= share < 1.0, "0 or more, below 1"), positive("months", months)]
    )
    return -math.log1p(-share) / months
