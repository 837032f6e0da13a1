"""What a group-sequential plan may be given, refused in one error that names all problems."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector

CLOSEST = 1e-6
"""Looks nearer than this, relative to their information, are one look: the integral would need
more than 10,000 nodes a look to tell them apart."""


def stop_if(problems: list[Problem]) -> None:
    """Raise every problem at once, if there is any."""
    if problems:
        raise ArrayError(problems)


def bad_number(name: str, value: float, fine: bool, allowed: str) -> list[Problem]:
    """One problem unless `fine`, a test that a NaN fails."""
    return [] if fine else [Problem("", "", name, repr(value), allowed, f"Correct {name}.")]


def bad_alpha(alpha: float) -> list[Problem]:
    """Refuse a level outside (0, 0.5)."""
    return bad_number("alpha", alpha, 0.0 < alpha < 0.5, "above 0 and below 0.5")


def bad_looks(name: str, values: Array, bad: NDArray[np.bool_], allowed: str) -> list[Problem]:
    """One problem for every look that is `bad`."""
    return [
        Problem("", f"look {k + 1}", name, repr(float(values[k])), allowed, "Correct that look.")
        for k in np.flatnonzero(bad)
    ]


def bad_fractions(t: Array) -> list[Problem]:
    """Refuse fractions that are not above 0, finite and increasing."""
    if t.size == 0:
        return [Problem("", "", "t", "no look", "one look or more", "Give the fractions.")]
    usable = np.isfinite(t) & (t > 0.0)
    problems = bad_looks("t", t, ~usable, "a finite information fraction above 0")
    if problems:
        return problems
    close = np.concatenate([[False], np.diff(t) < CLOSEST * t[1:]])
    return bad_looks("t", t, close, f"more than the look before, by {CLOSEST:g} of itself")


def as_information_fractions(t: ArrayLike, *, last: float | None = None) -> Array:
    """Fractions as an array (K,); `last` is what the last one must be."""
    fractions = as_vector(t, "t")
    problems = bad_fractions(fractions)
    if not problems and last is not None and abs(fractions[-1] - last) > 1e-12:
        problems = bad_looks(
            "t", fractions, np.arange(fractions.size) == fractions.size - 1, f"{last:g} at the last"
        )
    stop_if(problems)
    return fractions


def as_bounds(t: Array, upper: ArrayLike, lower: ArrayLike | None) -> tuple[Array, Array]:
    """Upper and lower bounds (K,) that leave a region to go on in at every look but the last."""
    high = as_vector(upper, "upper")
    low = np.full(t.size, -np.inf) if lower is None else as_vector(lower, "lower")
    problems = [
        Problem("", "", name, f"{values.size} values", f"{t.size}, one a look", "Give all bounds.")
        for name, values in (("upper", high), ("lower", low))
        if values.size != t.size
    ]
    stop_if(problems)
    problems = bad_looks("upper", high, ~(high > -np.inf), "a number, or inf for no bound")
    problems += bad_looks("lower", low, ~(low < np.inf), "a number, or -inf for no bound")
    crossed = ~(low < high)
    crossed[-1] = not low[-1] <= high[-1]
    if not problems:
        problems = bad_looks("lower", low, crossed, "below the upper bound of that look")
    stop_if(problems)
    return high, low


def as_drifts(delta: ArrayLike, name: str = "delta") -> Array:
    """Drifts, or other finite numbers, as an array (n,)."""
    drifts = as_vector(delta, name)
    action = f"Correct that {name}."
    stop_if(
        [
            Problem("", f"index {i}", name, repr(float(drifts[i])), "a finite number", action)
            for i in np.flatnonzero(~np.isfinite(drifts))
        ]
    )
    return drifts


def bad_weights(mean: Array, sd: Array, weights: Array, *, finite: bool) -> list[Problem]:
    """Refuse what is not a normal belief or a mixture of normal ones."""
    wide = sd < np.inf if finite or sd.size > 1 else sd <= np.inf
    checks = (
        ("mean", mean, np.isfinite(mean), "a finite number"),
        (
            "sd",
            sd,
            (sd > 0.0) & wide,
            "above 0, infinite only in a single component before the look",
        ),
        ("weights", weights, (weights > 0.0) & (weights < np.inf), "above 0"),
    )
    return [
        Problem("", f"component {i + 1}", name, repr(float(values[i])), allowed, f"Correct {name}.")
        for name, values, fine, allowed in checks
        for i in np.flatnonzero(~fine)
    ]


def as_futility(t: Array, futility: ArrayLike | None) -> Array:
    """Futility bounds as an array (K,): one for every look but the last, which gets `-inf`."""
    if futility is None:
        return np.full(t.size, -np.inf)
    given = np.empty(0) if t.size == 1 and np.size(futility) == 0 else as_vector(futility, "bound")
    if given.size != t.size - 1:
        allowed = f"{t.size - 1}, one for every look but the last"
        action = "Give -inf at a look without futility."
        stop_if([Problem("", "", "futility", f"{given.size} values", allowed, action)])
    stop_if(bad_looks("futility", given, ~(given < np.inf), "a number, or -inf for no bound"))
    return np.append(given, -np.inf)


def no_bound(bounds: Array, error: str) -> list[Problem]:
    """Say at which look no bound spends the error planned there."""
    missing = np.flatnonzero(np.isnan(bounds))
    if missing.size == 0:
        return []
    allowed = f"an error that the trials still going on can spend ({error})"
    action = "Spend less there, or lower the binding futility bounds before it."
    return [Problem("", f"look {missing[0] + 1}", "spending", "no bound", allowed, action)]


def bad_meeting(lower: Array, upper: Array) -> list[Problem]:
    """Refuse futility bounds that leave nothing between them and the efficacy bounds."""
    return [
        Problem(
            *("", f"look {k + 1}", "futility", repr(float(lower[k]))),
            f"below the efficacy bound {upper[k]:.4f}",
            "Lower the futility bound, or let it not be binding.",
        )
        for k in np.flatnonzero(lower[:-1] >= upper[:-1])
    ]
