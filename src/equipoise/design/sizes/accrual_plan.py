"""When patients enter a trial: rates by period, ramps included."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.sizes.size_input import positive, refuse_unless
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class Accrual:
    r"""Patients entering a month, linear within each period.

    In period `k`, from `times[k]` to `times[k + 1]`, the rate goes from `rates[k]` to `rates[k] +
    slopes[k] (times[k + 1] - times[k])`; after the last time nobody enters.

    Attributes
    ----------
    times : tuple of float, (A + 1,)
        Calendar months, from 0 to the end of accrual.
    rates : tuple of float, (A,)
        Patients a month at the start of each period.
    slopes : tuple of float, (A,)
        Change of the rate a month; empty for constant rates.

    Raises
    ------
    ArrayError
        For times that do not increase from 0, rates below 0 anywhere, or no patient at all.

    Examples
    --------
    >>> Accrual((0.0, 24.0), (10.0,)).total
    240.0
    """

    times: tuple[float, ...]
    rates: tuple[float, ...]
    slopes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an accrual that cannot be."""
        times, rates, slopes = self.arrays()
        periods = max(times.size - 1, 0)
        allowed = f"one a period ({periods})"
        increasing = times.size > 1 and times[0] == 0.0 and bool(np.all(np.diff(times) > 0.0))
        refuse_unless(
            [
                ("times", str(self.times), increasing and bool(np.all(np.isfinite(times))),
                 "finite, increasing from 0"),
                ("rates", str(self.rates), rates.size == periods, allowed),
                ("slopes", str(self.slopes), slopes.size == periods, allowed),
            ]
        )  # fmt: skip
        ends = rates + slopes * np.diff(times)
        never_below = np.isfinite(ends) & (rates >= 0.0) & (ends >= -1e-9 * np.abs(rates))
        refuse_unless(
            [
                ("rates", rates, never_below, "0 or more from start to end of each period"),
                ("rates", str(self.rates), bool(np.any(rates + ends > 0.0)), "some patients"),
            ]
        )

    def arrays(self) -> tuple[Array, Array, Array]:
        """Return times, rates and slopes as arrays."""
        rates = np.asarray(self.rates, dtype=np.float64)
        slopes = np.asarray(self.slopes, dtype=np.float64) if self.slopes else np.zeros(rates.size)
        return np.asarray(self.times, dtype=np.float64), rates, slopes

    def kinks(self) -> tuple[Array, Array, Array]:
        """Return times (A + 1,), and by how much rate and slope jump there.

        The rate is then the sum over times before `t` of `jump + bend (t - time)`, and any
        quantity that is linear in the entries is a sum over the same few times.
        """
        times, rates, slopes = self.arrays()
        before = np.concatenate([[0.0], rates + slopes * np.diff(times)])
        after = np.concatenate([rates, [0.0]])
        bends = np.diff(np.concatenate([[0.0], slopes, [0.0]]))
        return times, after - before, bends

    @property
    def months(self) -> float:
        """Length of accrual."""
        return float(self.times[-1])

    @property
    def total(self) -> float:
        """Patients by the end of accrual."""
        times, rates, slopes = self.arrays()
        width = np.diff(times)
        return float(np.sum(width * (rates + 0.5 * slopes * width)))

    def patients(self, months: ArrayLike) -> Array:
        """Patients that have entered by calendar `months`, in the shape of `months`."""
        times, rates, slopes = self.arrays()
        elapsed = np.asarray(months, dtype=np.float64)[..., None] - times[:-1]
        v = np.clip(elapsed, 0.0, np.diff(times))
        return np.asarray(np.sum(v * (rates + 0.5 * slopes * v), axis=-1))

    def scaled(self, patients: float) -> Accrual:
        """Return the same shape and length of accrual with `patients` in all."""
        refuse_unless([positive("patients", patients)])
        _, rates, slopes = self.arrays()
        factor = patients / self.total
        return replace(self, rates=tuple(rates * factor), slopes=tuple(slopes * factor))

    def stopped(self, months: float) -> Accrual:
        """Return this accrual, with its last period ending at `months` instead."""
        times, rates, slopes = self.arrays()
        kept = int(np.count_nonzero(times[:-1] < months))
        ends = (*times[:kept].tolist(), float(months))
        return Accrual(ends, tuple(rates[:kept].tolist()), tuple(slopes[:kept].tolist()))


def constant_accrual(rate: float, months: float) -> Accrual:
    """Return an accrual of `rate` patients a month for `months`."""
    return Accrual((0.0, float(months)), (float(rate),))


def ramped_accrual(rate: float, ramp_months: float, months: float) -> Accrual:
    """Return an accrual that grows evenly from 0 to `rate` over `ramp_months`, then stays there.

    Examples
    --------
    >>> ramped_accrual(10.0, 12.0, 24.0).total
    180.0
    """
    refuse_unless(
        [
            positive("rate", rate),
            positive("ramp_months", ramp_months),
            ("months", months, months >= ramp_months, f"ramp_months ({ramp_months:g}) or more"),
        ]
    )
    if months == ramp_months:
        return Accrual((0.0, float(months)), (0.0,), (rate / ramp_months,))
    slopes = (rate / ramp_months, 0.0)
    return Accrual((0.0, float(ramp_months), float(months)), (0.0, float(rate)), slopes)
