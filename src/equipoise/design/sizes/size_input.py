"""What a sample size may be asked for, refused in one error that names every problem."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Rule = tuple[str, ArrayLike, ArrayLike, str]
"""A name, its values, which of them are fine (a NaN never is), and what is allowed."""


def refuse_unless(rules: Iterable[Rule]) -> None:
    """Raise one error with a problem for every value that is not fine."""
    problems = [problem for rule in rules for problem in _broken(*rule)]
    if problems:
        raise ArrayError(problems)


def positive(name: str, values: ArrayLike) -> Rule:
    """Rule for finite values above 0."""
    x = np.asarray(values, dtype=np.float64)
    return name, x, np.isfinite(x) & (x > 0.0), "finite, above 0"


def probability(name: str, values: ArrayLike) -> Rule:
    """Rule for probabilities that are not certain: a comparison needs both outcomes."""
    x = np.asarray(values, dtype=np.float64)
    return name, x, (x > 0.0) & (x < 1.0), "above 0, below 1"


def level_rules(alpha: float, sided: int) -> list[Rule]:
    """Rules for the level of a test."""
    return [
        ("alpha", alpha, 0.0 < alpha < 0.5 * sided, "above 0, below 0.5 a side"),
        ("sided", sided, sided in (1, 2), "1 or 2"),
    ]


def power_rules(alpha: float, sided: int, power: ArrayLike) -> list[Rule]:
    """Rules for level and power; a power below the level of one side needs no patients."""
    target = np.asarray(power, dtype=np.float64)
    fine = (target > alpha / max(sided, 1)) & (target < 1.0)
    return [
        *level_rules(alpha, sided),
        ("power", target, fine, "above the level of one side, below 1"),
    ]


def whole(values: ArrayLike) -> Array:
    """Smallest whole numbers not below `values`, forgiving 1e-9 of rounding error.

    Examples
    --------
    >>> whole([157.6, 60.000000000000007]).tolist()
    [158.0, 60.0]
    """
    x = np.asarray(values, dtype=np.float64)
    near = np.rint(x)
    return np.asarray(np.where(np.abs(x - near) <= 1e-9 * np.maximum(near, 1.0), near, np.ceil(x)))


def whole_arms(total: ArrayLike, allocation: ArrayLike = 1.0) -> Array:
    """Split a total into whole patients an arm, (..., 2), control then treatment, rounding each up.

    Examples
    --------
    >>> whole_arms(382.6, 2.0).tolist()
    [128.0, 256.0]
    """
    n, r = np.broadcast_arrays(
        np.asarray(total, dtype=np.float64), np.asarray(allocation, dtype=np.float64)
    )
    return whole(np.stack([n / (1.0 + r), n * r / (1.0 + r)], axis=-1))


def direction(benefit: str) -> float:
    """Return 1 if a higher value is the benefit, -1 if a lower one is."""
    refuse_unless([("benefit", benefit, benefit in ("lower", "higher"), "lower, higher")])
    return 1.0 if benefit == "higher" else -1.0


def _broken(name: str, values: ArrayLike, fine: ArrayLike, allowed: str) -> list[Problem]:
    shown, good = np.broadcast_arrays(np.asarray(values), np.asarray(fine, dtype=bool))
    return [
        Problem(
            "",
            "" if shown.ndim == 0 else f"index {i}",
            name,
            repr(shown.flat[i].item()),
            allowed,
            f"Correct {name}.",
        )
        for i in np.flatnonzero(~good.ravel())
    ]
