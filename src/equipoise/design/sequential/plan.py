"""A group-sequential plan: its bounds, and what follows from them for any effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.design.sequential.plan_input import as_drifts, bad_number, stop_if
from equipoise.design.sequential.recursion import exit_table
from equipoise.design.sequential.spending import Spending
from equipoise.errors import ComputationError, Problem
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class WangTsiatis:
    """Bounds `C t^(delta - 1/2)`; `C` so that the level is met (10.2307/2531959).

    `delta` 0 is O'Brien and Fleming's test, 0.5 Pocock's.
    """

    delta: float


@dataclass(frozen=True)
class HaybittlePeto:
    """The same bound `early` at every look but the last, which meets the level."""

    early: float = 3.0


OBRIEN_FLEMING = WangTsiatis(0.0)
"""Bounds `C / sqrt t` (10.2307/2530245)."""

POCOCK = WangTsiatis(0.5)
"""The same bound at every look (10.1093/biomet/64.2.191)."""

Family = Spending | WangTsiatis | HaybittlePeto


@dataclass(frozen=True)
class SequentialPlan:
    """Bounds of a group-sequential test of `theta <= 0`, or of `theta = 0` if two-sided.

    Attributes
    ----------
    t : array, shape (K,)
        Information fractions of the looks.
    upper : array, shape (K,)
        Efficacy bounds of `Z_k`; `inf` where nothing may be claimed.
    lower : array, shape (K,)
        Two-sided: minus `upper`. One-sided: futility bounds, the last equal to the last upper
        one (who is left there accepts); `-inf` everywhere in a plan without futility.
    alpha : float
        Level of the whole test.
    sided : int
        1 or 2.
    family : Spending, WangTsiatis or HaybittlePeto
        Where the efficacy bounds come from.
    constant : float
        `C` of Wang and Tsiatis' bounds; NaN for other families.
    futility : Spending, tuple of float or None
        Beta spending, the bounds as they were given, or no futility.
    binding : bool
        Whether the efficacy bounds count on futility being obeyed.
    beta : float
        Type II error that beta spending spends; NaN without.
    drift : float
        Drift at which it spends it; NaN without.
    alpha_spent, beta_spent : array, shape (K,)
        Cumulative errors: of both sides under no drift (futility obeyed only if binding), and of
        the lower bounds under `drift` (NaN without beta spending).
    """

    t: Array
    upper: Array
    lower: Array
    alpha: float
    sided: int
    family: Family
    constant: float
    futility: Spending | tuple[float, ...] | None
    binding: bool
    beta: float
    drift: float
    alpha_spent: Array
    beta_spent: Array

    @property
    def looks(self) -> int:
        """Number of looks, the final analysis included."""
        return self.t.size

    @property
    def stage_levels(self) -> Array:
        """One-sided level of the z test at each look, `Phi(-upper)`, shape (K,)."""
        return np.asarray(ndtr(-self.upper), dtype=np.float64)

    def exit_probabilities(self, delta: ArrayLike = 0.0) -> tuple[Array, Array]:
        """Probability of a first exit above and below at each look, futility obeyed.

        Parameters
        ----------
        delta : float or array_like, shape (n,)
            Drift `theta sqrt(I_max)`, `I_max` the information at `t = 1`.

        Returns
        -------
        upper, lower : array, shape (K,) or (n, K)
        """
        up, down = exit_table(self.t, self.upper, self.lower, as_drifts(delta))
        return (up[0], down[0]) if np.ndim(delta) == 0 else (up, down)

    def power(self, delta: ArrayLike) -> Array:
        """Probability of claiming benefit, an upper exit, under each drift: shape (n,).

        Futility is obeyed. A two-sided test that rejects for harm is no success and not counted.
        """
        up, _ = exit_table(self.t, self.upper, self.lower, as_drifts(delta))
        return np.asarray(up.sum(axis=1), dtype=np.float64)

    def expected_information(self, delta: ArrayLike) -> Array:
        """Mean information at the end as a fraction of the largest, futility obeyed: shape (n,).

        `sum_k (t_k - t_{k-1}) P(look k is reached)`.
        """
        up, down = exit_table(self.t, self.upper, self.lower, as_drifts(delta))
        left = np.cumsum(up + down, axis=1)[:, :-1]
        steps = np.diff(self.t, prepend=0.0)
        return np.asarray(self.t[-1] - left @ steps[1:], dtype=np.float64)

    def drift_for_power(self, power: float) -> float:
        """Drift at which the plan has that power, futility obeyed.

        Raises
        ------
        ArrayError
            A power that is not above the level of one side and below 1.
        """
        stop_if(_bad_power(power, self.alpha / self.sided))
        low, high = 0.0, 1.1 * fixed_drift(power, self.alpha, self.sided)
        for _ in range(60):
            if self._shortfall(high, power) < 0.0:
                found = brentq(self._shortfall, low, high, args=(power,), xtol=1e-13, rtol=1e-14)
                return float(found)
            low, high = high, 1.5 * high
        raise ComputationError(f"No drift below {high:g} gives the power {power:g}.")

    def inflation_factor(self, power: float) -> float:
        """Largest information of this plan over that of a fixed test with the same power."""
        drift = self.drift_for_power(power)
        return float((drift / fixed_drift(power, self.alpha, self.sided)) ** 2 * self.t[-1])

    def _shortfall(self, delta: float, power: float) -> float:
        return power - float(self.power(delta)[0])


def _bad_power(power: float, alpha: float) -> list[Problem]:
    return bad_number("power", power, alpha < power < 1.0, f"above the level {alpha:g}, below 1")


def fixed_drift(power: float, alpha: float, sided: int) -> float:
    """Drift at which a single z test of level `alpha` claims benefit with probability `power`.

    `z_{alpha / sided} + z_{1 - power}`, `z` upper quantiles.

    Examples
    --------
    >>> round(fixed_drift(0.8, 0.025, 1), 6)
    2.801585
    """
    stop_if(_bad_power(power, alpha / sided))
    return float(ndtri(power)) - float(ndtri(alpha / sided))
