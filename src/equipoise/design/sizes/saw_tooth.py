"""Power of exact tests by size: it goes up in teeth, and stays above a target only from some n."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.sizes.exact_rates import binomial_tail, exact_power, exact_size
from equipoise.design.sizes.size_input import (
    direction,
    level_rules,
    power_rules,
    probability,
    refuse_unless,
    whole_arms,
)
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class SawTooth:
    """Exact power at every size in a range.

    Attributes
    ----------
    patients : array, shape (m,)
        Patients in all, increasing.
    power : array, shape (m,)
        Exact power at each size.
    size : array, shape (m,)
        Largest probability of a false claim at each size.
    target : float
        Power asked for.
    first : int or None
        Smallest size whose power reaches the target; some larger ones may fall short.
    lasting : int or None
        Smallest size from which on every size looked at reaches it.
    status : {"reached", "not in range"}
        Whether there is a lasting size with room to spare: a tenth of the sizes looked at, or
        more, lie beyond it.
    """

    patients: Array
    power: Array
    size: Array
    target: float
    first: int | None
    lasting: int | None
    status: Literal["reached", "not in range"]


def single_arm_power(
    patients: ArrayLike,
    rate: ArrayLike,
    null_rate: ArrayLike,
    *,
    alpha: float = 0.025,
    benefit: str = "higher",
) -> Array:
    """Probability that an exact binomial test of one arm claims a rate beyond `null_rate`.

    It claims from the fewest events whose binomial tail under `null_rate` is at most `alpha`.

    Parameters
    ----------
    patients : array_like
        Whole numbers.
    rate, null_rate : array_like
        True rate and the one to be refuted.
    alpha : float
        Level, one-sided.
    benefit : {"higher", "lower"}
        Whether the rate should be above or below `null_rate`.

    Raises
    ------
    ArrayError
        For rates of 0 or 1 and numbers out of range.

    Examples
    --------
    >>> [round(float(p), 3) for p in single_arm_power([51, 52, 53], 0.5, 0.3)]
    [0.799, 0.834, 0.795]
    """
    n, p, p0 = (np.asarray(v, dtype=np.float64) for v in (patients, rate, null_rate))
    fine = np.isfinite(n) & (n >= 1.0) & (n == np.floor(n))
    refuse_unless(
        [
            ("patients", n, fine, "whole, 1 or more"),
            probability("rate", p),
            probability("null_rate", p0),
            *level_rules(alpha, 1),
        ]
    )
    if direction(benefit) < 0.0:
        p, p0 = 1.0 - p, 1.0 - p0
    n, p, p0 = np.broadcast_arrays(n, p, p0)
    return binomial_tail(single_arm_least_events(n, p0, alpha), n, p)


def single_arm_least_events(patients: Array, null_rate: Array, alpha: float) -> Array:
    """Fewest events that an exact binomial test claims; ``n + 1`` if not even all do.

    The tail falls with the count, so the count is bisected, all sizes at once.
    """
    n = np.asarray(patients, dtype=np.float64)
    low, high = np.zeros(n.shape), n + 1.0
    for _ in range(int(np.ceil(np.log2(np.max(n) + 2.0))) + 1):
        middle = np.floor((low + high) / 2.0)
        enough = binomial_tail(middle, n, null_rate) <= alpha
        high = np.where(enough, middle, high)
        low = np.where(enough, low, np.minimum(middle + 1.0, high))
    return high


def single_arm_saw_tooth(
    rate: float,
    null_rate: float,
    up_to: int,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    benefit: str = "higher",
) -> SawTooth:
    """Exact power of one arm at each size up to `up_to`, and where it reaches the target.

    Examples
    --------
    >>> found = single_arm_saw_tooth(0.5, 0.3, 120)
    >>> found.first, found.lasting
    (47, 54)
    """
    refuse_unless([*power_rules(alpha, 1, power), _range(up_to)])
    n = np.arange(1.0, up_to + 1.0)

    def chance(p: float) -> Array:
        return single_arm_power(n, p, null_rate, alpha=alpha, benefit=benefit)

    return _saw_tooth(n, chance(rate), chance(null_rate), power)


def two_arm_saw_tooth(
    treatment: float,
    control: float,
    up_to: int,
    *,
    from_patients: int = 2,
    allocation: float = 1.0,
    alpha: float = 0.025,
    sided: int = 1,
    power: float = 0.8,
    test: str = "fisher",
    benefit: str = "higher",
) -> SawTooth:
    """Exact power of a test of two rates at each size of the control arm, up to `up_to` in all.

    The treated arm has `allocation` for each control, rounded up. Enumeration takes a time that
    grows with the square of the size (Boschloo's test: about fifty times Fisher's).

    Examples
    --------
    >>> found = two_arm_saw_tooth(0.6, 0.25, 100)
    >>> found.first, found.lasting
    (74, 74)
    """
    refuse_unless(
        [
            *power_rules(alpha, sided, power),
            _range(up_to),
            ("from_patients", from_patients, 2 <= from_patients <= up_to, f"2 to {up_to}"),
        ]
    )
    share = 1.0 / (1.0 + allocation)
    controls = np.arange(1, int(up_to * share) + 1)
    arms = np.stack([controls, whole_arms(controls / share, allocation)[:, 1]], axis=-1).astype(int)
    totals = arms.sum(axis=-1)
    arms = arms[(totals >= from_patients) & (totals <= up_to)]
    reached, size = (
        _each(arms, call)
        for call in (
            lambda n: exact_power(
                n, treatment, control, alpha=alpha, sided=sided, test=test, benefit=benefit
            ),
            lambda n: exact_size(n, alpha=alpha, sided=sided, test=test),
        )
    )
    return _saw_tooth(arms.sum(axis=-1).astype(np.float64), reached, size, power)


def _each(arms: Array, call: Callable[[tuple[int, int]], ArrayLike]) -> Array:
    return np.array([float(np.asarray(call((int(a), int(b))))) for a, b in arms])


def _saw_tooth(n: Array, reached: Array, size: Array, target: float) -> SawTooth:
    above = np.flatnonzero(reached >= target)
    below = np.flatnonzero(reached < target)
    first = int(n[above[0]]) if above.size else None
    start = int(below[-1]) + 1 if below.size else 0
    lasting = int(n[start]) if start < n.size else None
    safe = start < n.size - 0.1 * n.size
    return SawTooth(n, reached, size, target, first, lasting, "reached" if safe else "not in range")


def _range(up_to: int) -> tuple[str, int, bool, str]:
    return "up_to", up_to, 2 <= up_to <= 100_000, "2 to 100000"
